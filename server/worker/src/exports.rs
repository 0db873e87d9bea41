//! Makes the file of a large list: pages come from the database as fast as a blocking thread writes them.

use domain::{
    Actor, Ctx, Error, Result,
    exports::{self, Rows},
    tasks::{Beat, Made, Running},
};
use model::exports::ExportCommand;
use tokio::sync::mpsc;

pub(crate) async fn make(ctx: &Ctx, run: &Running) -> Result<Beat> {
    let command: ExportCommand = serde_json::from_value(run.params.clone())?;
    let Some(bytes) = file(ctx, run.actor(), &command, Some(run)).await? else { return Ok(Beat::Cancel) };
    let format = documents::table_format(command.format);
    let key = format!("{}/exports/{}.{}", run.actor().company_id(), run.id, format.extension());
    ctx.blobs.put(&key, bytes.into(), format.content_type()).await.map_err(|e| Error::internal("blob store", e))?;
    let name = format!("{}.{}", command.list, format.extension());
    run.finish(ctx, Some(&Made { key, name, content_type: format.content_type() })).await?;
    Ok(Beat::GoOn)
}

/// The whole file of a list; nothing when its task was cancelled.
///
/// # Errors
/// `forbidden`; a fault of ours when the file cannot be written.
pub async fn file(
    ctx: &Ctx,
    actor: &Actor,
    command: &ExportCommand,
    task: Option<&Running>,
) -> Result<Option<Vec<u8>>> {
    let (send, mut receive) = mpsc::channel::<Rows>(2);
    let (wanted, now) = (command.clone(), ctx.clock.now());
    let writing = tokio::task::spawn_blocking(move || {
        let l = i18n::locale(wanted.lang);
        let mut file = documents::ListFile::new(wanted.list, wanted.format, &wanted.columns, l, now)?;
        while let Some(rows) = receive.blocking_recv() {
            match rows {
                Rows::Requests(rows) => file.requests(&rows)?,
                Rows::People(rows) => file.people(&rows)?,
                Rows::Units(rows) => file.units(&rows)?,
                Rows::Staff(rows) => file.staff(&rows)?,
                Rows::Payments(rows) => file.payments(&rows)?,
                Rows::Debts(rows) => file.debts(&rows)?,
                Rows::Buildings(rows) => file.buildings(&rows)?,
                Rows::Audit(rows) => file.audit(&rows)?,
            }
        }
        file.finish()
    });
    let read = exports::read(ctx, actor, command, task, send).await?;
    let bytes = writing.await.map_err(|e| Error::internal("export", e))?.map_err(|e| Error::internal("export", e))?;
    Ok((read == Beat::GoOn).then_some(bytes))
}
