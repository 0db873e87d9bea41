//! A RabbitMQ of the test's own: a real one, with its data, ports and name apart from every other on the machine.

use platform::{
    amqp::Broker,
    config::{AmqpConfig, Config},
};
use secrecy::ExposeSecret;
use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// A busy machine takes half a minute to start Erlang.
const DEADLINE: Duration = Duration::from_secs(90);
/// Where packages put it; the script on the path refuses everybody but its own user.
const SERVER: &str = "/usr/lib/rabbitmq/bin/rabbitmq-server";
const CONFIG: &str = "log.console = false\ndisk_free_limit.absolute = 10MB\nvm_memory_high_watermark.relative = 0.9\n";

/// Ends with its value; its data stay until then, so that it can be killed and started again.
pub struct Rabbit {
    dir: TempDir,
    port: u16,
    names_port: u16,
    nodes_port: u16,
    // Where nodes of one machine find each other; Erlang would leave one behind.
    _names: Running,
    server: Option<Running>,
}

/// A process that ends with its value, kill -9.
pub(crate) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Rabbit {
    /// Ports and a folder, and nobody there yet.
    pub fn prepared() -> Self {
        let (port, names_port, nodes_port) = (free_port(), free_port(), free_port());
        let mut names = Command::new("epmd");
        names.args(["-port", &names_port.to_string(), "-address", "127.0.0.1"]);
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("rabbitmq.conf"), format!("listeners.tcp.1 = 127.0.0.1:{port}\n{CONFIG}")).unwrap();
        fs::write(dir.path().join("plugins"), "[].").unwrap();
        Self { dir, port, names_port, nodes_port, _names: quiet(&mut names), server: None }
    }

    /// A broker that takes connections.
    pub async fn started() -> Self {
        let mut rabbit = Self::prepared();
        rabbit.start().await;
        rabbit
    }

    /// Starts it on what it had before, and waits until it takes connections.
    pub async fn start(&mut self) {
        let dir = self.dir.path();
        let mut command = Command::new(SERVER);
        command
            .env("HOME", dir)
            // The broker itself becomes our child, with no script around it.
            .env("RUNNING_UNDER_SYSTEMD", "1")
            .env("RABBITMQ_NODENAME", format!("uk{}@localhost", self.port))
            .env("RABBITMQ_DIST_PORT", self.nodes_port.to_string())
            .env("ERL_EPMD_PORT", self.names_port.to_string())
            .env("ERL_EPMD_ADDRESS", "127.0.0.1")
            .env("RABBITMQ_MNESIA_BASE", dir.join("data"))
            .env("RABBITMQ_LOG_BASE", dir.join("log"))
            .env("RABBITMQ_CONFIG_FILE", dir.join("rabbitmq"))
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", dir.join("plugins"))
            .env("RABBITMQ_CONF_ENV_FILE", "/dev/null")
            .env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "+S 1:1 +sbwt none");
        self.server = Some(quiet(&mut command));
        let (port, began) = (self.port, Instant::now());
        while !tokio::task::spawn_blocking(move || answers(port)).await.unwrap() {
            assert!(began.elapsed() < DEADLINE, "RabbitMQ does not start; is rabbitmq-server installed?");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// As a power cut: kill -9.
    pub fn kill(&mut self) {
        self.server = None;
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}/%2f", self.port)
    }

    /// A connection of the test itself.
    pub async fn client(&self) -> Broker {
        let vars = [("UK_AMQP__URL".to_owned(), self.url())];
        let amqp: AmqpConfig = Config::load_from(None, vars).unwrap().amqp;
        Broker::open(&amqp, amqp.url.as_ref().unwrap().expose_secret()).await.unwrap()
    }
}

pub(crate) fn quiet(command: &mut Command) -> Running {
    let program = command.get_program().to_owned();
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    Running(child.unwrap_or_else(|error| panic!("{program:?} does not start: {error}")))
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Whether it speaks AMQP: the port is open before it does.
fn answers(port: u16) -> bool {
    let hello = || -> std::io::Result<u8> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(b"AMQP\0\0\x09\x01")?;
        let mut first = [0];
        stream.read_exact(&mut first)?;
        Ok(first[0])
    };
    // The first frame is a method: `connection.start`.
    hello().is_ok_and(|kind| kind == 1)
}
