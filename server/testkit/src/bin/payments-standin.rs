//! `payments-standin`: Payme's sandbox and Click's tester on this machine, for trying payments without them.

use anyhow::{Context, Result, bail};
use model::payments::{KassaMode, Provider};
use std::net::Ipv4Addr;
use testkit::{
    payments_standin::{Kassa, Options, serve},
    telegram_standin::orphaned,
};
use tokio::net::TcpListener;

const USAGE: &str = "payments-standin [--port 8082] [--target http://127.0.0.1:8080] [--stay] \
                     [--kassa payme,<kassa id>,<key>,<account field>,accumulating|one_time]… [--kassa click,<service id>,<key>,-,accumulating]…";

#[tokio::main]
async fn main() -> Result<()> {
    let (mut port, mut stay, mut target, mut told) = (8082u16, false, "http://127.0.0.1:8080".to_owned(), Vec::new());
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        if name == "--stay" {
            stay = true;
            continue;
        }
        let value = args.next().context(USAGE)?;
        match name.as_str() {
            "--port" => port = value.parse().context(USAGE)?,
            "--target" => target = value.trim_end_matches('/').to_owned(),
            "--kassa" => told.push(value),
            _ => bail!(USAGE),
        }
    }
    let kassas = told.iter().map(|text| kassa(&target, text)).collect::<Result<Vec<_>>>()?;
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.with_context(|| format!("port {port} is taken"))?;
    eprintln!("Payments stand-in: http://{}", listener.local_addr()?);
    tokio::select! {
        served = serve(Options { target, kassas }, listener) => Ok(served?),
        _ = tokio::signal::ctrl_c() => Ok(()),
        () = orphaned(), if !stay => Ok(()),
    }
}

fn kassa(target: &str, text: &str) -> Result<Kassa> {
    let parts: Vec<&str> = text.split(',').collect();
    let [provider, id, key, field, mode] = parts[..] else { bail!(USAGE) };
    let provider: Provider = provider.parse().map_err(|()| anyhow::anyhow!(USAGE))?;
    let mode: KassaMode = mode.parse().map_err(|()| anyhow::anyhow!(USAGE))?;
    Ok(Kassa {
        provider,
        id: id.to_owned(),
        key: key.to_owned(),
        field: field.to_owned(),
        mode,
        endpoint: format!("{target}/api/v1/payments/webhook/{provider}"),
    })
}
