//! Mail against a small SMTP server on a socket: what goes over the wire, and which refusals are final.

use std::path::Path;

use platform::mail::{Mail, MailError, Mailer};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::support::{config, free_port};

/// Takes one message; answers the recipient with `verdict`.
async fn server(verdict: &'static str) -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        let (mut said, mut line, mut in_body) = (String::new(), String::new(), false);
        stream.write_all(b"220 test\r\n").await.unwrap();
        loop {
            line.clear();
            if stream.read_line(&mut line).await.unwrap() == 0 {
                return said;
            }
            said.push_str(&line);
            let answer = match line.get(..4) {
                Some(".\r\n") => unreachable!(),
                _ if in_body && line != ".\r\n" => continue,
                _ if in_body => {
                    in_body = false;
                    "250 taken\r\n"
                }
                Some("EHLO") => "250-test\r\n250 8BITMIME\r\n",
                Some("RCPT") => verdict,
                Some("DATA") => {
                    in_body = true;
                    "354 go on\r\n"
                }
                Some("QUIT") => {
                    stream.write_all(b"221 bye\r\n").await.unwrap();
                    return said;
                }
                _ => "250 ok\r\n",
            };
            stream.write_all(answer.as_bytes()).await.unwrap();
            if answer == "250 taken\r\n" {
                return said;
            }
        }
    });
    (port, taken)
}

fn mailer(port: u16) -> Mailer {
    let url = format!("smtp://127.0.0.1:{port}");
    let vars = [("UK_SMTP__URL", url.as_str()), ("UK_SMTP__FROM", "UK CRM <noreply@example.uz>")];
    Mailer::from_config(&config(Path::new("/nowhere"), &vars)).unwrap()
}

fn mail() -> Mail {
    Mail {
        to: "Али <ali@example.uz>".into(),
        subject: "Квитанция".into(),
        text: "Plain text".into(),
        html: Some("<p>Rich text</p>".into()),
        id: Some(uuid::Uuid::nil()),
        unsubscribe: Some("https://crm.example.uz/u/token".into()),
    }
}

#[tokio::test]
async fn a_message_goes_out_with_both_bodies() {
    let (port, taken) = server("250 ok\r\n").await;
    mailer(port).send(&mail()).await.unwrap();
    let said = taken.await.unwrap();
    for part in [
        "MAIL FROM:<noreply@example.uz>",
        "RCPT TO:<ali@example.uz>",
        "Plain text",
        "<p>Rich text</p>",
        "Message-ID: <00000000-0000-0000-0000-000000000000@example.uz>",
        "List-Unsubscribe: <https://crm.example.uz/u/token>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Subject: =?utf-8?",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
}

#[tokio::test]
async fn refusals_are_final_or_not() {
    let (port, _taken) = server("550 no such user\r\n").await;
    assert!(matches!(mailer(port).send(&mail()).await, Err(MailError::Permanent(_))));
    let (port, _taken) = server("451 later\r\n").await;
    assert!(matches!(mailer(port).send(&mail()).await, Err(MailError::Transient(_))));
    assert!(matches!(mailer(free_port()).send(&mail()).await, Err(MailError::Transient(_))));
    let nobody = Mail { to: "not an address".into(), ..mail() };
    assert!(matches!(mailer(free_port()).send(&nobody).await, Err(MailError::Permanent(_))));
    assert!(Mailer::from_config(&config(Path::new("/nowhere"), &[])).is_none());
}
