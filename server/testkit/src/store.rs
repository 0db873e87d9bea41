//! An S3 server of the test's own that checks signatures; its files stay until its value ends.

use crate::rabbit::{Running, free_port, quiet};
use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::net::TcpStream;

const KEY: &str = "tester";
const SECRET: &str = "a secret for the tests";
/// Python takes its time on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// Can be killed and started again.
pub struct Store {
    dir: TempDir,
    port: u16,
    python: String,
    server: Option<Running>,
}

impl Store {
    /// One that takes connections.
    pub async fn started() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/nanio.sh");
        let output = Command::new(script).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let python = String::from_utf8(output.stdout).unwrap().trim().to_owned();
        let mut store = Self { dir: tempfile::tempdir().unwrap(), port: free_port(), python, server: None };
        store.start();
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", store.port)).await.is_err() {
            assert!(began.elapsed() < DEADLINE, "nanio does not start");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        store
    }

    /// Starts it on the files it had.
    pub fn start(&mut self) {
        let mut command = Command::new(&self.python);
        command.args(["-m", "nanio", "serve", "--host", "127.0.0.1", "--port", &self.port.to_string(), "--data-dir"]);
        command.arg(self.dir.path()).env("NANIO_ACCESS_KEY", KEY).env("NANIO_SECRET_KEY", SECRET);
        self.server = Some(quiet(&mut command));
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.server = None;
    }

    /// What the product must know to use it.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("UK_S3__ENDPOINT", format!("http://127.0.0.1:{}", self.port)),
            ("UK_S3__BUCKET", "uk-crm".to_owned()),
            ("UK_S3__ACCESS_KEY", KEY.to_owned()),
            ("UK_S3__SECRET_KEY", SECRET.to_owned()),
        ]
    }
}
