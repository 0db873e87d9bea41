//! A call at our own door, over a real socket: what somebody outside would get.

use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Our own answers come within it, or something is wrong.
const PATIENCE: Duration = Duration::from_secs(5);
/// Larger answers are cut.
const MOST: u64 = 64 * 1024;

/// The status and the body of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// HTTP status.
    pub status: u16,
    /// Body.
    pub body: String,
}

/// Sends one POST to this machine's `port`.
///
/// # Errors
/// When nobody answers in time, or it is not HTTP.
pub async fn post(port: u16, path: &str, headers: &[(&str, &str)], body: &str) -> std::io::Result<Heard> {
    let call = async {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        let mut head = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nContent-Length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body.as_bytes()).await?;
        let mut heard = Vec::new();
        stream.take(MOST).read_to_end(&mut heard).await?;
        Ok(heard)
    };
    let late = || std::io::Error::from(std::io::ErrorKind::TimedOut);
    let heard = tokio::time::timeout(PATIENCE, call).await.unwrap_or_else(|_| Err(late()))?;
    parse(&String::from_utf8_lossy(&heard)).ok_or_else(|| std::io::Error::from(std::io::ErrorKind::InvalidData))
}

fn parse(text: &str) -> Option<Heard> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    Some(Heard { status, body: body.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn what_was_said_is_heard() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut got = vec![0; 4096];
            let mut read = 0;
            while !got[..read].ends_with(b"hello") {
                read += stream.read(&mut got[read..]).await.unwrap();
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\nX: y\r\n\r\nwell").await.unwrap();
            String::from_utf8(got[..read].to_vec()).unwrap()
        });
        let heard = post(port, "/door", &[("X-Test", "1")], "hello").await.unwrap();
        assert_eq!(heard, Heard { status: 200, body: "well".to_owned() });
        let got = server.await.unwrap();
        assert!(got.starts_with("POST /door HTTP/1.1\r\n") && got.contains("X-Test: 1\r\n"), "{got}");
        assert!(post(port, "/door", &[], "").await.is_err(), "nobody is there any more");
    }
}
