//! A mail server that takes every letter and keeps it.

use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// Can be killed and started again at the same address; the letters stay.
pub struct MailSink {
    port: u16,
    letters: Arc<Mutex<Vec<String>>>,
    server: Option<JoinHandle<()>>,
}

impl MailSink {
    /// One that takes letters.
    pub async fn started() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut sink = Self { port: listener.local_addr().unwrap().port(), letters: Arc::default(), server: None };
        sink.serve(listener);
        sink
    }

    /// Takes letters again.
    pub async fn start(&mut self) {
        self.serve(TcpListener::bind(("127.0.0.1", self.port)).await.unwrap());
    }

    /// Hangs up on everybody, wherever they are in their letter.
    pub async fn kill(&mut self) {
        if let Some(server) = self.server.take() {
            server.abort();
            assert!(server.await.is_err_and(|end| end.is_cancelled()));
        }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// How many letters were taken for this address.
    pub fn taken_for(&self, address: &str) -> usize {
        let rcpt = format!("<{address}>");
        self.letters.lock().unwrap().iter().filter(|letter| letter.contains(&rcpt)).count()
    }

    fn serve(&mut self, listener: TcpListener) {
        let letters = self.letters.clone();
        self.server = Some(tokio::spawn(async move {
            let mut talks = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                talks.spawn(talk(stream, letters.clone()));
            }
        }));
    }
}

impl Drop for MailSink {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            server.abort();
        }
    }
}

/// RFC 5321, as much as a client that knows what it does needs. Whoever hangs up has said enough.
async fn talk(stream: TcpStream, letters: Arc<Mutex<Vec<String>>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let (mut said, mut line, mut in_body) = (String::new(), String::new(), false);
    stream.write_all(b"220 sink\r\n").await?;
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        said.push_str(&line);
        let answer: &[u8] = match line.get(..4) {
            _ if in_body && line != ".\r\n" => continue,
            _ if in_body => {
                in_body = false;
                letters.lock().unwrap().push(std::mem::take(&mut said));
                b"250 taken\r\n"
            }
            Some("EHLO") => b"250-sink\r\n250 8BITMIME\r\n",
            Some("DATA") => {
                in_body = true;
                b"354 go on\r\n"
            }
            Some("QUIT") => return stream.write_all(b"221 bye\r\n").await,
            _ => b"250 ok\r\n",
        };
        stream.write_all(answer).await?;
    }
}
