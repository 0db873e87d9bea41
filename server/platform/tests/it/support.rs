//! Starts and ends the servers of these tests.

use std::fmt::Debug;
use std::future::Future;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use platform::config::Config;
use tempfile::TempDir;

/// A child process that ends with the test.
pub struct Process(Child);

impl Process {
    pub fn start(command: &mut Command) -> Self {
        let program = command.get_program().to_owned();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Self(child.unwrap_or_else(|error| panic!("{program:?} does not start: {error}")))
    }

    pub fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A real `redis-server` on a Unix socket.
pub struct Redis {
    dir: TempDir,
    process: Option<Process>,
}

impl Redis {
    pub fn start() -> Self {
        let mut redis = Self { dir: tempfile::tempdir().unwrap(), process: None };
        redis.restart();
        redis
    }

    pub fn restart(&mut self) {
        let socket = self.dir.path().join("redis.sock");
        let mut command = Command::new("redis-server");
        command.args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"]).arg(&socket);
        self.process = Some(Process::start(command.arg("--dir").arg(self.dir.path())));
    }

    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill();
        }
    }

    pub fn url(&self) -> secrecy::SecretString {
        format!("unix://{}", self.dir.path().join("redis.sock").display()).into()
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub fn config(data_dir: &Path, vars: &[(&str, &str)]) -> Config {
    let mut all = vec![("UK_DATA_DIR".to_owned(), data_dir.to_str().unwrap().to_owned())];
    all.extend(vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Config::load_from(None, all).unwrap()
}

/// Waits until `probe` gives a value.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: impl Debug, mut probe: impl FnMut() -> F) -> T {
    let begun = Instant::now();
    loop {
        if let Some(value) = probe().await {
            return value;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "waited in vain: {what:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Status and body of a plain GET.
pub fn http_get(url: &str) -> (u16, Vec<u8>) {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    answer(stream)
}

/// Status of a plain PUT.
pub fn http_put(url: &str, kind: &str, body: &[u8]) -> u16 {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let head = format!("PUT /{path} HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\nContent-Type: {kind}");
    let whole = [format!("{head}\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat();
    stream.write_all(&whole).unwrap();
    answer(stream).0
}

fn answer(mut stream: TcpStream) -> (u16, Vec<u8>) {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let status = std::str::from_utf8(&answer[9..12]).unwrap().parse().unwrap();
    (status, answer[end + 4..].to_vec())
}
