//! `telegram-standin`: a Bot API server on this machine, with a chat page, for trying the bot without Telegram.

use anyhow::{Context, Result, bail};
use std::net::Ipv4Addr;
use testkit::telegram_standin::{Options, orphaned, serve};
use tokio::net::TcpListener;

const USAGE: &str = "telegram-standin [--port 8081] [--webhook-url http://127.0.0.1:8080/telegram/webhook] \
                     [--secret word] [--token 7000001:standin] [--phone +998901234567]… [--stay]";

#[tokio::main]
async fn main() -> Result<()> {
    let (mut options, mut port, mut stay) = (Options::default(), 8081u16, false);
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        if name == "--stay" {
            stay = true;
            continue;
        }
        let value = args.next().context(USAGE)?;
        match name.as_str() {
            "--port" => port = value.parse().context(USAGE)?,
            "--webhook-url" => options.webhook_url = Some(value),
            "--secret" => options.secret = Some(value),
            "--token" => options.token = value,
            "--phone" => options.phones.push(value),
            _ => bail!(USAGE),
        }
    }
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.with_context(|| format!("port {port} is taken"))?;
    eprintln!("Telegram stand-in: http://{}", listener.local_addr()?);
    tokio::select! {
        served = serve(options, listener) => Ok(served?),
        _ = tokio::signal::ctrl_c() => Ok(()),
        () = orphaned(), if !stay => Ok(()),
    }
}
