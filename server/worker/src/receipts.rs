//! Prints papers of many accounts into one file: a thread lays out part after part as they are read, and joins them at
//! the end.

use documents::{DocumentError, paper};
use domain::{
    Ctx, Error, Result, billing, reminders,
    tasks::{Beat, Made, Running},
};
use model::{
    fold,
    receipts::{DebtLetter, PrintLetters, PrintReceipts, Receipt},
};
use tokio::{sync::mpsc, task::JoinHandle};

/// The bills of a house.
pub(crate) async fn make(ctx: &Ctx, run: &Running) -> Result<Beat> {
    let command: PrintReceipts = serde_json::from_value(run.params.clone())?;
    let (l, now) = (i18n::locale(command.lang.unwrap_or_default()), ctx.clock.now());
    let (send, printing) = press(move |part: Vec<Receipt>| paper::receipts_pdf(&part, l, false, now));
    let (beat, address) = billing::read_receipts(ctx, run, &command, send).await?;
    bind(ctx, run, beat, printing, name(&address, &command)).await
}

/// Letters to debtors.
pub(crate) async fn letters(ctx: &Ctx, run: &Running) -> Result<Beat> {
    let command: PrintLetters = serde_json::from_value(run.params.clone())?;
    let (l, now) = (i18n::locale(command.lang.unwrap_or_default()), ctx.clock.now());
    let (send, printing) = press(move |part: Vec<DebtLetter>| paper::letters_pdf(&part, l, false, now));
    let beat = reminders::read_letters(ctx, run, &command, send).await?;
    bind(ctx, run, beat, printing, format!("letters-{}.pdf", now.format("%Y-%m-%d"))).await
}

type Printing = JoinHandle<Result<Vec<u8>, DocumentError>>;

/// One part waits while another is laid out: a house of any size takes the memory of two.
fn press<T: Send + 'static>(
    lay_out: impl Fn(Vec<T>) -> Result<Vec<u8>, DocumentError> + Send + 'static,
) -> (mpsc::Sender<Vec<T>>, Printing) {
    let (send, mut receive) = mpsc::channel(1);
    let printing = tokio::task::spawn_blocking(move || {
        let mut parts = Vec::new();
        while let Some(part) = receive.blocking_recv() {
            parts.push(lay_out(part)?);
        }
        paper::join(parts)
    });
    (send, printing)
}

/// Keeps what was printed as the file of the task.
async fn bind(ctx: &Ctx, run: &Running, beat: Beat, printing: Printing, name: String) -> Result<Beat> {
    let bytes = printing.await.map_err(|e| Error::internal("paper", e))?;
    let bytes = bytes.map_err(|e| Error::internal("paper", e))?;
    if beat == Beat::Cancel {
        return Ok(Beat::Cancel);
    }
    let key = format!("{}/exports/{}.pdf", run.actor().company_id(), run.id);
    ctx.blobs.put(&key, bytes.into(), "application/pdf").await.map_err(|e| Error::internal("blob store", e))?;
    run.finish(ctx, Some(&Made { key, name, content_type: "application/pdf" })).await?;
    Ok(Beat::GoOn)
}

/// `navoi-12-2026-10.pdf`: the name stands in a header, so it is spelled in plain letters.
fn name(address: &str, command: &PrintReceipts) -> String {
    let house = fold::words(address).replace(' ', "-");
    let house: String = house.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(60).collect();
    format!("{house}-{}.pdf", command.period.format("%Y-%m"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_house_and_month() {
        let period = "2026-10-17".parse().unwrap();
        let command = PrintReceipts { building_id: uuid::Uuid::nil().into(), period, lang: None };
        assert_eq!(name("ул. Навои, 12\"\r\n", &command), "ul-navoi-12-2026-10.pdf");
    }
}
