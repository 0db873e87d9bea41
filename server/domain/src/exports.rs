//! Lists as files: counted, read page by page as of one moment, remembered in the audit.

use crate::{
    Actor, Ctx, Result, Scope, Tx,
    audit::{self, Entry},
    billing, payments, people,
    property::{self, register},
    requests, staff,
    tasks::{self, Beat, Running},
};
use model::{
    Cursor, KeyCursor, Permission as P, TaskId,
    audit::{AuditFilter, AuditRow},
    auth::Danger,
    billing::DebtRow,
    exports::{ExportCommand, ExportList},
    payments::PaymentRow,
    people::ContactRow,
    property::{BuildingFilter, BuildingRow, RegisterFilter, RegisterRow},
    requests::RequestRow,
    staff::StaffRow,
    tasks::TaskKind,
};
use serde_json::json;
use tokio::sync::mpsc::Sender;

/// Rows read at once.
const PAGE: i64 = 1_000;

/// Some rows of a list.
pub enum Rows {
    Requests(Vec<RequestRow>),
    People(Vec<ContactRow>),
    Units(Vec<RegisterRow>),
    Staff(Vec<StaffRow>),
    Payments(Vec<PaymentRow>),
    Debts(Vec<DebtRow>),
    Buildings(Vec<BuildingRow>),
    Audit(Vec<AuditRow>),
}

fn permission(list: ExportList) -> P {
    match list {
        ExportList::Requests => P::RequestsExport,
        ExportList::People => P::ResidentsManage,
        ExportList::Units | ExportList::Buildings => P::BuildingsManage,
        ExportList::Staff => P::StaffManage,
        ExportList::Payments | ExportList::Debts => P::PaymentsRead,
        ExportList::Audit => P::AuditRead,
    }
}

/// The right to take a list away; people as a file need a fresh proof besides.
fn allowed(actor: &Actor, list: ExportList) -> Result<Scope> {
    let scope = actor.scope(permission(list))?;
    if list == ExportList::People {
        actor.proves(Danger::ExportPeople)?;
    }
    Ok(scope)
}

const fn object_type(list: ExportList) -> &'static str {
    match list {
        ExportList::Requests => "request",
        ExportList::People => "contact",
        ExportList::Units => "unit",
        ExportList::Staff => "user",
        ExportList::Payments => "payment",
        ExportList::Debts => "account",
        ExportList::Buildings => "building",
        ExportList::Audit => "company",
    }
}

/// Whether a list has more rows than `most`.
///
/// # Errors
/// `forbidden` without the right to take this list away.
pub async fn is_longer(ctx: &Ctx, actor: &Actor, command: &ExportCommand, most: i64) -> Result<bool> {
    let scope = allowed(actor, command.list)?;
    let mut tx = ctx.begin(actor).await?;
    let rows = match command.list {
        ExportList::Requests => requests::count_up_to(&mut tx, &scope, &command.requests, most + 1).await?,
        // The chosen ones are few.
        ExportList::People if !command.people_ids.is_empty() => 0,
        ExportList::People => {
            sqlx::query_scalar!(
                r#"select count(*) as "n!" from (select from contacts where company_id = $1 limit $2) c"#,
                scope.company(),
                most + 1
            )
            .fetch_one(tx.conn())
            .await?
        }
        ExportList::Units => return register::is_longer(&mut tx, &scope, &command.units, most).await,
        ExportList::Staff => 0,
        ExportList::Payments => payments::count_up_to(&mut tx, &scope, &command.payments, most + 1).await?,
        ExportList::Debts => return billing::debts_longer(&mut tx, &scope, &command.debts, most).await,
        ExportList::Buildings => {
            sqlx::query_scalar!(
                r#"select count(*) as "n!" from (select from buildings where company_id = $1 limit $2) b"#,
                scope.company(),
                most + 1
            )
            .fetch_one(tx.conn())
            .await?
        }
        ExportList::Audit => audit::count_up_to(&mut tx, &scope, &command.audit, most + 1).await?,
    };
    Ok(rows > most)
}

/// Queues the making of a file.
pub async fn start(ctx: &Ctx, actor: &Actor, command: &ExportCommand) -> Result<TaskId> {
    allowed(actor, command.list)?;
    let mut tx = ctx.begin(actor).await?;
    let task = tasks::start(&mut tx, TaskKind::Export, None, &serde_json::to_value(command)?).await?;
    tx.commit().await?;
    Ok(task)
}

/// Reads a whole list and sends it on, page by page, as fast as they are taken. A task says how far it is, and may be
/// told to stop; a receiver that is gone ends the reading, too.
pub async fn read(
    ctx: &Ctx,
    actor: &Actor,
    command: &ExportCommand,
    task: Option<&Running>,
    take: Sender<Rows>,
) -> Result<Beat> {
    let scope = allowed(actor, command.list)?;
    let mut tx = ctx.begin(actor).await?;
    // All pages are of one moment.
    sqlx::query("set transaction isolation level repeatable read").execute(tx.conn()).await?;
    let (mut after, mut total) = (After::default(), 0_i64);
    loop {
        let (rows, count) = page(ctx, &mut tx, &scope, command, &mut after).await?;
        total += count;
        let taken = take.send(rows).await.is_ok();
        if let Some(task) = task
            && task.tick(ctx, total, None).await? == Beat::Cancel
        {
            return Ok(Beat::Cancel);
        }
        if !taken || count < PAGE {
            break;
        }
    }
    let filter = json!({ "list": command.list, "format": command.format, "requests": command.requests,
        "filtered": command.is_filtered(), "building_id": command.building_id,
        "people_ids": command.people_ids, "units": command.units, "payments": command.payments,
        "debts": command.debts, "buildings": command.buildings, "staff": command.staff,
        "audit": AuditFilter { text: None, ..command.audit.clone() } });
    let action = format!("{}.export", object_type(command.list));
    let changes = json!({ "rows": total, "filter": filter });
    tx.audit(Entry { action: &action, object_type: object_type(command.list), object_id: None, changes }).await?;
    tx.commit().await?;
    Ok(Beat::GoOn)
}

/// Where the next page begins.
#[derive(Default)]
struct After {
    cursor: Option<Cursor>,
    person: Option<KeyCursor>,
    /// Of units and houses.
    unit: Option<String>,
    debt: Option<(i64, uuid::Uuid)>,
}

async fn page(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &Scope,
    command: &ExportCommand,
    after: &mut After,
) -> Result<(Rows, i64)> {
    let length = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Ok(match command.list {
        ExportList::Requests => {
            let rows = requests::page(tx, scope, &command.requests, after.cursor, PAGE).await?;
            after.cursor = rows.last().map(|last| requests::after(last, &command.requests));
            let n = length(rows.len());
            (Rows::Requests(rows), n)
        }
        ExportList::People => {
            let rows = people::rows(ctx, tx, scope, &command.people(), after.person.take(), PAGE).await?;
            after.person = rows.last().map(|(_, cursor)| cursor.clone());
            let n = length(rows.len());
            (Rows::People(rows.into_iter().map(|(row, _)| row).collect()), n)
        }
        ExportList::Units => {
            let filter = RegisterFilter { cursor: after.unit.take(), ..command.units.clone() };
            let page = register::page(tx, scope, &filter, usize::try_from(PAGE).unwrap_or(1_000)).await?;
            // Without a next page it is the last one, full or not.
            let n = if page.next.is_some() { PAGE } else { length(page.items.len()).min(PAGE - 1) };
            after.unit = page.next;
            (Rows::Units(page.items), n)
        }
        ExportList::Buildings => {
            let filter = BuildingFilter { cursor: after.unit.take(), ..command.buildings.clone() };
            let page = property::building_page(tx, scope, &filter, usize::try_from(PAGE).unwrap_or(1_000)).await?;
            // As with units.
            let n = if page.next.is_some() { PAGE } else { length(page.items.len()).min(PAGE - 1) };
            after.unit = page.next;
            (Rows::Buildings(page.items), n)
        }
        ExportList::Audit => {
            let rows = audit::rows(tx, scope, &command.audit, after.cursor, PAGE).await?;
            after.cursor = rows.last().map(|last| Cursor { at: last.at, id: last.id.0 });
            let n = length(rows.len());
            (Rows::Audit(rows), n)
        }
        ExportList::Payments => {
            let rows = payments::page(tx, scope, &command.payments, after.cursor, PAGE).await?;
            after.cursor = rows.last().map(|last| Cursor { at: last.paid_at, id: last.id.0 });
            let n = length(rows.len());
            (Rows::Payments(rows), n)
        }
        ExportList::Debts => {
            let (rows, last) = billing::debts_page(tx, scope, &command.debts, after.debt, PAGE).await?;
            after.debt = last;
            let n = length(rows.len());
            (Rows::Debts(rows), n)
        }
        ExportList::Staff => {
            // All of them at once: a page that is not full is the last.
            let rows = staff::rows(tx, scope, &command.staff, staff::Zone::Whole).await?;
            let n = length(rows.len()).min(PAGE - 1);
            (Rows::Staff(rows), n)
        }
    })
}
