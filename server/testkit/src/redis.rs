//! A Redis of the test's own, which forgets everything when it ends.

use crate::rabbit::{Running, quiet};
use std::process::Command;
use tempfile::TempDir;

/// Ends with its value.
pub struct Redis {
    dir: TempDir,
    server: Option<Running>,
}

impl Redis {
    /// One that is starting; whoever connects tries until it is there.
    pub fn started() -> Self {
        let mut redis = Self { dir: tempfile::tempdir().unwrap(), server: None };
        redis.start();
        redis
    }

    /// Starts an empty one at the same address.
    pub fn start(&mut self) {
        let mut command = Command::new("redis-server");
        command.args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"]).arg(self.socket());
        self.server = Some(quiet(command.arg("--dir").arg(self.dir.path())));
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.server = None;
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("unix://{}", self.socket())
    }

    fn socket(&self) -> String {
        self.dir.path().join("redis.sock").display().to_string()
    }
}
