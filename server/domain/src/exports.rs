//! Lists as files: counted, read page by page as of one moment, remembered in the audit.

use crate::{
    Actor, Ctx, Result, Scope, Tx,
    audit::Entry,
    error::word,
    people, requests, staff,
    tasks::{self, Beat, Running},
};
use model::{
    Cursor, Permission as P, TaskId,
    exports::{ExportCommand, ExportList, UnitLine},
    people::ContactRow,
    requests::RequestRow,
    staff::{StaffFilter, StaffRow},
    tasks::TaskKind,
};
use serde_json::json;
use tokio::sync::mpsc::Sender;
use uuid::Uuid;

/// Rows read at once.
const PAGE: i64 = 1_000;

/// Some rows of a list.
pub enum Rows {
    Requests(Vec<RequestRow>),
    People(Vec<ContactRow>),
    Units(Vec<UnitLine>),
    Staff(Vec<StaffRow>),
}

fn permission(list: ExportList) -> P {
    match list {
        ExportList::Requests => P::RequestsExport,
        ExportList::People => P::ResidentsManage,
        ExportList::Units => P::BuildingsManage,
        ExportList::Staff => P::StaffManage,
    }
}

const fn object_type(list: ExportList) -> &'static str {
    match list {
        ExportList::Requests => "request",
        ExportList::People => "contact",
        ExportList::Units => "unit",
        ExportList::Staff => "user",
    }
}

/// Whether a list has more rows than `most`.
///
/// # Errors
/// `forbidden` without the right to take this list away.
pub async fn is_longer(ctx: &Ctx, actor: &Actor, command: &ExportCommand, most: i64) -> Result<bool> {
    let scope = actor.scope(permission(command.list))?;
    let mut tx = ctx.begin(actor).await?;
    let rows = match command.list {
        ExportList::Requests => requests::count_up_to(&mut tx, &scope, &command.requests, most + 1).await?,
        ExportList::People => sqlx::query_scalar!(
            r#"select count(*) as "n!" from (select from contacts where company_id = $1 limit $2) c"#,
            scope.company(),
            most + 1
        )
        .fetch_one(tx.conn())
        .await?,
        ExportList::Units => sqlx::query_scalar!(
            r#"select count(*) as "n!" from (select from units where company_id = $1 and ($3::uuid is null or building_id = $3) limit $2) c"#,
            scope.company(),
            most + 1,
            command.building_id.map(|b| b.0)
        )
        .fetch_one(tx.conn())
        .await?,
        ExportList::Staff => 0,
    };
    Ok(rows > most)
}

/// Queues the making of a file.
pub async fn start(ctx: &Ctx, actor: &Actor, command: &ExportCommand) -> Result<TaskId> {
    actor.scope(permission(command.list))?;
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
    let scope = actor.scope(permission(command.list))?;
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
        "filtered": command.is_filtered(), "building_id": command.building_id });
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
    unit: Option<(String, String, String, Uuid)>,
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
            let rows = people::rows(ctx, tx, scope, &command.people(), after.cursor, PAGE).await?;
            after.cursor = rows.last().map(|(_, cursor)| *cursor);
            let n = length(rows.len());
            (Rows::People(rows.into_iter().map(|(row, _)| row).collect()), n)
        }
        ExportList::Units => {
            let rows = units(tx, scope, command, after).await?;
            let n = length(rows.len());
            (Rows::Units(rows), n)
        }
        ExportList::Staff => {
            // All of them at once: a page that is not full is the last.
            let rows = staff::rows(tx, scope, &StaffFilter::default()).await?;
            let n = length(rows.len()).min(PAGE - 1);
            (Rows::Staff(rows), n)
        }
    })
}

async fn units(tx: &mut Tx, scope: &Scope, command: &ExportCommand, after: &mut After) -> Result<Vec<UnitLine>> {
    let (address, kind, number, id) = match after.unit.clone() {
        Some((address, kind, number, id)) => (Some(address), Some(kind), Some(number), Some(id)),
        None => (None, None, None, None),
    };
    let rows = sqlx::query!(
        r#"select u.id, c.name as "complex?", b.address, e.number as "entrance?", u.floor, u.kind, u.number, u.area_cm2, u.rooms,
             (select a.number from personal_accounts a where a.company_id = u.company_id and a.unit_id = u.id and a.closed_on is null limit 1) as account,
             (select count(*) from residencies r where r.company_id = u.company_id and r.unit_id = u.id and r.until_on is null)::int as "people!"
           from units u join buildings b on b.company_id = u.company_id and b.id = u.building_id
             left join complexes c on c.company_id = b.company_id and c.id = b.complex_id
             left join entrances e on e.company_id = u.company_id and e.id = u.entrance_id
           where u.company_id = $1 and ($2::uuid is null or u.building_id = $2) and ($3::text is null
             or (b.address, u.kind, length(u.number), u.number, u.id) > ($3, $4, length($5), $5, $6))
           order by b.address, u.kind, length(u.number), u.number, u.id limit $7"#,
        scope.company(),
        command.building_id.map(|b| b.0),
        address,
        kind,
        number,
        id,
        PAGE
    )
    .fetch_all(tx.conn())
    .await?;
    after.unit = rows.last().map(|r| (r.address.clone(), r.kind.clone(), r.number.clone(), r.id));
    rows.into_iter()
        .map(|u| {
            Ok(UnitLine {
                complex: u.complex,
                address: u.address,
                entrance: u.entrance,
                floor: u.floor,
                kind: word(&u.kind)?,
                number: u.number,
                area_cm2: u.area_cm2,
                rooms: u.rooms,
                account: u.account,
                people: u.people,
            })
        })
        .collect()
}
