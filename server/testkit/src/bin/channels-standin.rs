//! `channels-standin`: Eskiz, Play Mobile, a push service and Firebase on this machine, for trying messages without them.

use anyhow::{Context, Result, bail};
use std::net::Ipv4Addr;
use testkit::{channels_standin::serve, telegram_standin::orphaned};
use tokio::net::TcpListener;

const USAGE: &str = "channels-standin [--port 8083] [--stay]";

#[tokio::main]
async fn main() -> Result<()> {
    let (mut port, mut stay) = (8083u16, false);
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        match name.as_str() {
            "--stay" => stay = true,
            "--port" => port = args.next().context(USAGE)?.parse().context(USAGE)?,
            _ => bail!(USAGE),
        }
    }
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.with_context(|| format!("port {port} is taken"))?;
    eprintln!("Channels stand-in: http://{}", listener.local_addr()?);
    tokio::select! {
        served = serve(listener) => Ok(served?),
        _ = tokio::signal::ctrl_c() => Ok(()),
        () = orphaned(), if !stay => Ok(()),
    }
}
