//! Makes the file of a large list: pages come from the database as fast as a blocking thread writes them.

use domain::{
    Ctx, Error, Result,
    exports::{self, Rows},
    tasks::{Beat, Made, RESULT_LIFE, Running},
};
use model::exports::ExportCommand;
use tokio::sync::mpsc;

pub(crate) async fn make(ctx: &Ctx, run: &Running) -> Result<Beat> {
    let command: ExportCommand = serde_json::from_value(run.params.clone())?;
    let mut cancelled = false;
    let bytes = file(ctx, run.actor(), &command, async |done| {
        cancelled = run.tick(ctx, done, None).await? == Beat::Cancel;
        Ok(!cancelled)
    })
    .await?;
    if cancelled {
        return Ok(Beat::Cancel);
    }
    let format = documents::table_format(command.format);
    let key = format!("{}/exports/{}.{}", run.actor().company_id(), run.id, format.extension());
    ctx.blobs.put(&key, bytes.into(), format.content_type()).await.map_err(|e| Error::internal("blob store", e))?;
    let name = format!("{}.{}", command.list, format.extension());
    tracing::debug!(key, hours = RESULT_LIFE.num_hours(), "an export is ready");
    run.finish(ctx, Some(&Made { key, name, content_type: format.content_type() })).await?;
    Ok(Beat::GoOn)
}

/// The whole file of a list. `go_on` is asked after every page.
///
/// # Errors
/// `forbidden`; a fault of ours when the file cannot be written.
pub async fn file(
    ctx: &Ctx,
    actor: &domain::Actor,
    command: &ExportCommand,
    mut go_on: impl AsyncFnMut(i64) -> Result<bool>,
) -> Result<Vec<u8>> {
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
            }
        }
        file.finish()
    });
    exports::read(ctx, actor, command, async |rows, done| {
        // Nobody writes any more: the reason comes with the end of the thread.
        Ok(send.send(rows).await.is_ok() && go_on(done).await?)
    })
    .await?;
    drop(send);
    writing.await.map_err(|e| Error::internal("export", e))?.map_err(|e| Error::internal("export", e))
}
