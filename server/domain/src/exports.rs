//! Lists as files: counted, read page by page as of one moment, remembered in the audit.

use crate::{
    Actor, Ctx, Result, Scope, Tx,
    audit::Entry,
    people::{self, HomeJson},
    property::register,
    requests, staff,
    tasks::{self, Beat, Running},
};
use model::{
    Cursor, Permission as P, Phone, TaskId,
    exports::{ExportCommand, ExportList},
    people::ContactRow,
    property::{RegisterFilter, RegisterRow},
    requests::RequestRow,
    staff::{StaffFilter, StaffRow},
    tasks::TaskKind,
};
use serde_json::json;
use sqlx::types::Json;
use tokio::sync::mpsc::Sender;

/// Rows read at once.
const PAGE: i64 = 1_000;

/// Some rows of a list.
pub enum Rows {
    Requests(Vec<RequestRow>),
    People(Vec<ContactRow>),
    Units(Vec<RegisterRow>),
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
        let (rows, count) = page(&mut tx, &scope, command, &mut after).await?;
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
        "filtered": command.text.is_some(), "units": command.units });
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
    unit: Option<String>,
}

async fn page(tx: &mut Tx, scope: &Scope, command: &ExportCommand, after: &mut After) -> Result<(Rows, i64)> {
    let length = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Ok(match command.list {
        ExportList::Requests => {
            let rows = requests::page(tx, scope, &command.requests, after.cursor, PAGE).await?;
            after.cursor = rows.last().map(|last| requests::after(last, &command.requests));
            let n = length(rows.len());
            (Rows::Requests(rows), n)
        }
        ExportList::People => {
            let (rows, cursor) = contacts(tx, scope, command.text.as_deref(), after.cursor).await?;
            after.cursor = cursor;
            let n = length(rows.len());
            (Rows::People(rows), n)
        }
        ExportList::Units => {
            let filter = RegisterFilter { cursor: after.unit.take(), ..command.units.clone() };
            let page = register::page(tx, scope, &filter, usize::try_from(PAGE).unwrap_or(1_000)).await?;
            // Without a next page it is the last one, full or not.
            let n = if page.next.is_some() { PAGE } else { length(page.items.len()).min(PAGE - 1) };
            after.unit = page.next;
            (Rows::Units(page.items), n)
        }
        ExportList::Staff => {
            // All of them at once: a page that is not full is the last.
            let rows = staff::rows(tx, scope, &StaffFilter::default()).await?;
            let n = length(rows.len()).min(PAGE - 1);
            (Rows::Staff(rows), n)
        }
    })
}

async fn contacts(
    tx: &mut Tx,
    scope: &Scope,
    text: Option<&str>,
    cursor: Option<Cursor>,
) -> Result<(Vec<ContactRow>, Option<Cursor>)> {
    let text = text.map(str::trim).filter(|t| !t.is_empty());
    let name = text.map(|t| format!("%{}%", t.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")));
    let digits: Option<String> =
        text.map(|t| t.chars().filter(char::is_ascii_digit).collect()).filter(|d: &String| d.len() >= 3);
    let rows = sqlx::query!(
        r#"select c.id, c.name, c.created_at, u.id is not null as "has_login!",
             array(select phone from contact_phones p where p.company_id = c.company_id and p.contact_id = c.id order by position) as "phones!",
             coalesce((select jsonb_agg(jsonb_build_object('unit_id', n.id, 'relation', r.relation, 'address', b.address || ', №' || n.number))
               from residencies r join units n on n.company_id = r.company_id and n.id = r.unit_id
               join buildings b on b.company_id = n.company_id and b.id = n.building_id
               where r.company_id = c.company_id and r.contact_id = c.id and r.until_on is null), '[]') as "homes!: Json<Vec<HomeJson>>"
           from contacts c left join users u on u.company_id = c.company_id and u.contact_id = c.id
           where c.company_id = $1
             and ($2::text is null or c.name ilike $2 or exists (select from contact_phones p
               where p.company_id = c.company_id and p.contact_id = c.id and p.phone like '%' || $3 || '%'))
             and ($4::timestamptz is null or (c.created_at, c.id) < ($4, $5))
           order by c.created_at desc, c.id desc limit $6"#,
        scope.company(),
        name,
        digits,
        cursor.map(|c| c.at),
        cursor.map(|c| c.id),
        PAGE
    )
    .fetch_all(tx.conn())
    .await?;
    let next = rows.last().map(|r| Cursor { at: r.created_at, id: r.id });
    let rows = rows
        .into_iter()
        .map(|c| {
            Ok(ContactRow {
                id: c.id.into(),
                name: c.name,
                phones: c.phones.iter().filter_map(|p| Phone::parse(p)).collect(),
                homes: people::homes(c.homes)?,
                has_login: c.has_login,
            })
        })
        .collect::<Result<_>>()?;
    Ok((rows, next))
}
