//! Statements and their lines as they are shown.

use super::guess::{self, Question};
use crate::{Actor, Ctx, Result, Scope, Tx, paging};
use chrono::NaiveDate;
use model::{
    Cursor, Money, Page, Permission as P, StatementId,
    payments::{
        BankLine, BankLineFilter, BankPart, LineState, StatementCard, StatementFilter, StatementRow, UnmatchedTotals,
    },
};
use sqlx::{Postgres, QueryBuilder, Row, postgres::PgRow};
use std::collections::HashMap;
use uuid::Uuid;

/// Lines shown on the page of a statement.
const SHOWN: i64 = 500;

const STATEMENT: &str = "select s.id, s.file_name, s.own_accounts, s.from_on, s.to_on, s.declared_tiyin, s.total_count::bigint as total_count, \
     s.total_tiyin, s.repeated_count::bigint as repeated_count, s.repeated_tiyin, s.outgoing_count::bigint as outgoing_count, s.outgoing_tiyin, \
     s.notes, s.created_at, s.created_by_name, l.matched_count, l.matched, l.waiting_count, l.waiting, l.aside_count, l.aside \
     from bank_statements s cross join lateral (select \
       count(*) filter (where b.state = 'allocated') as matched_count, coalesce(sum(b.amount_tiyin - b.left_tiyin), 0)::bigint as matched, \
       count(*) filter (where b.state = 'waiting') as waiting_count, coalesce(sum(b.left_tiyin) filter (where b.state = 'waiting'), 0)::bigint as waiting, \
       count(*) filter (where b.state = 'aside') as aside_count, coalesce(sum(b.left_tiyin) filter (where b.state = 'aside'), 0)::bigint as aside \
       from bank_lines b where b.company_id = s.company_id and b.statement_id = s.id) l \
     where s.company_id = ";

fn read_statement(row: &PgRow) -> Result<StatementRow> {
    let money = |name: &str| row.try_get::<i64, _>(name).map(Money::from_tiyin);
    Ok(StatementRow {
        id: row.try_get::<Uuid, _>("id")?.into(),
        file_name: row.try_get("file_name")?,
        own_accounts: row.try_get("own_accounts")?,
        from: row.try_get("from_on")?,
        to: row.try_get("to_on")?,
        total_count: row.try_get("total_count")?,
        total: money("total_tiyin")?,
        declared: row.try_get::<Option<i64>, _>("declared_tiyin")?.map(Money::from_tiyin),
        matched_count: row.try_get("matched_count")?,
        matched: money("matched")?,
        waiting_count: row.try_get("waiting_count")?,
        waiting: money("waiting")?,
        aside_count: row.try_get("aside_count")?,
        aside: money("aside")?,
        repeated_count: row.try_get("repeated_count")?,
        repeated: money("repeated_tiyin")?,
        outgoing_count: row.try_get("outgoing_count")?,
        outgoing: money("outgoing_tiyin")?,
        created_by: row.try_get("created_by_name")?,
        created_at: row.try_get("created_at")?,
    })
}

/// A page of statements, the newest first.
///
/// # Errors
/// `invalid` on a cursor that is not ours or a limit outside 1–100.
pub async fn statements(ctx: &Ctx, actor: &Actor, filter: &StatementFilter) -> Result<Page<StatementRow>> {
    let scope = actor.scope(P::PaymentsRead)?;
    let limit = paging::limit(filter.limit, 20, 100)?;
    let cursor = paging::cursor(filter.cursor.as_deref())?;
    let mut tx = ctx.begin(actor).await?;
    let mut sql = QueryBuilder::<Postgres>::new(STATEMENT);
    sql.push_bind(scope.company());
    if let Some(last) = cursor {
        sql.push(" and (s.created_at, s.id) < (").push_bind(last.at).push(", ").push_bind(last.id).push(")");
    }
    sql.push(" order by s.created_at desc, s.id desc limit ").push_bind(paging::and_one(limit));
    let items = sql.build().fetch_all(tx.conn()).await?.iter().map(read_statement).collect::<Result<Vec<_>>>()?;
    Ok(paging::cut(items, limit, |last| Cursor { at: last.created_at, id: last.id.0 }.encode()))
}

/// One statement with its lines.
///
/// # Errors
/// `not_found` for missing and foreign ones alike.
pub async fn statement(ctx: &Ctx, actor: &Actor, id: StatementId) -> Result<StatementCard> {
    let scope = actor.scope(P::PaymentsRead)?;
    let mut tx = ctx.begin(actor).await?;
    card(&mut tx, &scope, id).await
}

pub(super) async fn card(tx: &mut Tx, scope: &Scope, id: StatementId) -> Result<StatementCard> {
    let mut sql = QueryBuilder::<Postgres>::new(STATEMENT);
    sql.push_bind(scope.company()).push(" and s.id = ").push_bind(id.0);
    let found = sql.build().fetch_one(tx.conn()).await?;
    let mut sql = QueryBuilder::<Postgres>::new(LINE);
    sql.push_bind(scope.company()).push(" and l.statement_id = ").push_bind(id.0);
    sql.push(" order by l.line, l.id limit ").push_bind(SHOWN);
    let rows = sql.build().fetch_all(tx.conn()).await?;
    let lines = rows.iter().map(read_line).collect::<Result<Vec<_>>>()?;
    Ok(StatementCard {
        row: read_statement(&found)?,
        lines: with_parts(tx, scope, lines).await?,
        skipped: serde_json::from_value(found.try_get("notes")?)?,
    })
}

const LINE: &str = "select l.id, l.statement_id, l.line, l.state, l.own_account, l.received_on, l.number, l.amount_tiyin, l.left_tiyin, \
     l.payer, l.payer_account, l.purpose, l.aside_reason, l.created_at from bank_lines l where l.company_id = ";

fn read_line(row: &PgRow) -> Result<BankLine> {
    Ok(BankLine {
        id: row.try_get::<Uuid, _>("id")?.into(),
        statement_id: row.try_get::<Uuid, _>("statement_id")?.into(),
        line: row.try_get("line")?,
        state: crate::error::word(row.try_get("state")?)?,
        own_account: row.try_get("own_account")?,
        received_on: row.try_get("received_on")?,
        number: row.try_get("number")?,
        amount: Money::from_tiyin(row.try_get("amount_tiyin")?),
        left: Money::from_tiyin(row.try_get("left_tiyin")?),
        payer: row.try_get("payer")?,
        payer_account: row.try_get("payer_account")?,
        purpose: row.try_get("purpose")?,
        aside_reason: row.try_get("aside_reason")?,
        parts: Vec::new(),
        suggestions: Vec::new(),
    })
}

/// A page of lines, the newest statement first: those that wait, unless others are asked for.
///
/// # Errors
/// `invalid` on a cursor that is not ours or a limit outside 1–100.
pub async fn list(ctx: &Ctx, actor: &Actor, filter: &BankLineFilter) -> Result<Page<BankLine>> {
    let scope = actor.scope(P::PaymentsRead)?;
    let limit = paging::limit(filter.limit, 50, 100)?;
    let cursor = paging::cursor(filter.cursor.as_deref())?;
    let mut tx = ctx.begin(actor).await?;
    let mut sql = QueryBuilder::<Postgres>::new(LINE);
    sql.push_bind(scope.company());
    // The state as a text of the query itself: so it fits the index of that state.
    sql.push(match filter.state.unwrap_or(LineState::Waiting) {
        LineState::Waiting => " and l.state = 'waiting'",
        LineState::Allocated => " and l.state = 'allocated'",
        LineState::Aside => " and l.state = 'aside'",
    });
    if let Some(id) = filter.statement_id {
        sql.push(" and l.statement_id = ").push_bind(id.0);
    }
    if let Some(last) = cursor {
        sql.push(" and (l.created_at, l.id) < (").push_bind(last.at).push(", ").push_bind(last.id).push(")");
    }
    sql.push(" order by l.created_at desc, l.id desc limit ").push_bind(paging::and_one(limit));
    let rows = sql.build().fetch_all(tx.conn()).await?;
    let mut items = rows.iter().map(read_line).collect::<Result<Vec<_>>>()?;
    let more = items.len() > limit;
    items.truncate(limit);
    let last = rows.get(limit.saturating_sub(1)).filter(|_| more);
    let next = last
        .map(|row| Ok::<_, sqlx::Error>(Cursor { at: row.try_get("created_at")?, id: row.try_get("id")? }.encode()))
        .transpose()?;
    let items = with_parts(&mut tx, &scope, items).await?;
    Ok(Page { items: with_suggestions(&mut tx, items).await?, next })
}

pub(super) async fn one(tx: &mut Tx, scope: &Scope, id: model::BankLineId) -> Result<BankLine> {
    let mut sql = QueryBuilder::<Postgres>::new(LINE);
    sql.push_bind(scope.company()).push(" and l.id = ").push_bind(id.0);
    let line = read_line(&sql.build().fetch_one(tx.conn()).await?)?;
    let lines = with_parts(tx, scope, vec![line]).await?;
    with_suggestions(tx, lines).await?.pop().ok_or_else(|| model::Code::NotFound.into())
}

/// The payments that lines became.
async fn with_parts(tx: &mut Tx, scope: &Scope, mut lines: Vec<BankLine>) -> Result<Vec<BankLine>> {
    let ids: Vec<Uuid> = lines.iter().map(|line| line.id.0).collect();
    let rows = sqlx::query!(
        "select a.line_id, a.amount_tiyin, a.automatic, p.id as payment_id, p.number, p.account_id, p.account_number, p.address
         from bank_allocations a join payments p on p.company_id = a.company_id and p.provider_id = a.id
         where a.company_id = $1 and a.line_id = any($2) and a.undone_at is null order by a.created_at, a.id",
        scope.company(),
        &ids
    )
    .fetch_all(tx.conn())
    .await?;
    let mut parts: HashMap<Uuid, Vec<BankPart>> = HashMap::new();
    for row in rows {
        parts.entry(row.line_id).or_default().push(BankPart {
            payment_id: row.payment_id.into(),
            number: row.number,
            account_id: row.account_id.into(),
            account_number: row.account_number,
            address: row.address,
            amount: Money::from_tiyin(row.amount_tiyin),
            automatic: row.automatic,
        });
    }
    for line in &mut lines {
        line.parts = parts.remove(&line.id.0).unwrap_or_default();
    }
    Ok(lines)
}

async fn with_suggestions(tx: &mut Tx, mut lines: Vec<BankLine>) -> Result<Vec<BankLine>> {
    let waiting: Vec<usize> =
        lines.iter().enumerate().filter(|(_, l)| l.state == LineState::Waiting).map(|(index, _)| index).collect();
    if waiting.is_empty() {
        return Ok(lines);
    }
    let questions: Vec<Question<'_>> = waiting
        .iter()
        .filter_map(|index| lines.get(*index))
        .map(|l| Question { tiyin: l.left.tiyin(), payer: &l.payer, purpose: &l.purpose })
        .collect();
    let suggestions = guess::suggest(tx, &questions).await?;
    for (index, suggestions) in waiting.into_iter().zip(suggestions) {
        if let Some(line) = lines.get_mut(index) {
            line.suggestions = suggestions;
        }
    }
    Ok(lines)
}

/// Money that is nobody's yet.
pub async fn unmatched(ctx: &Ctx, actor: &Actor) -> Result<UnmatchedTotals> {
    let scope = actor.scope(P::PaymentsRead)?;
    let mut tx = ctx.begin(actor).await?;
    let row = sqlx::query!(
        r#"select (select count(*) from bank_lines where company_id = $1 and state = 'waiting') as "waiting_count!",
             (select coalesce(sum(left_tiyin), 0)::bigint from bank_lines where company_id = $1 and state = 'waiting') as "waiting!",
             (select count(*) from bank_lines where company_id = $1 and state = 'aside') as "aside_count!",
             (select coalesce(sum(left_tiyin), 0)::bigint from bank_lines where company_id = $1 and state = 'aside') as "aside!""#,
        scope.company()
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(UnmatchedTotals {
        waiting_count: row.waiting_count,
        waiting: Money::from_tiyin(row.waiting),
        aside_count: row.aside_count,
        aside: Money::from_tiyin(row.aside),
    })
}

/// A line nobody has touched since it was taken in.
pub(super) struct Untouched {
    pub id: Uuid,
    pub line: i32,
    pub tiyin: i64,
    pub purpose: String,
}

/// Lines of a statement that nobody has touched, in the order of the file.
pub(super) async fn untouched(tx: &mut Tx, id: StatementId, after: i32, most: i64) -> Result<Vec<Untouched>> {
    let company = tx.actor().company_id().0;
    Ok(sqlx::query_as!(
        Untouched,
        "select l.id, l.line, l.amount_tiyin as tiyin, l.purpose from bank_lines l
         where l.company_id = $1 and l.statement_id = $2 and l.state = 'waiting' and l.left_tiyin = l.amount_tiyin and l.line > $3
           and not exists (select from bank_allocations a where a.company_id = l.company_id and a.line_id = l.id)
         order by l.line limit $4",
        company,
        id.0,
        after,
        most
    )
    .fetch_all(tx.conn())
    .await?)
}

/// What a step on a line needs of it.
pub(super) struct Locked {
    pub id: Uuid,
    pub state: LineState,
    pub number: String,
    pub received_on: NaiveDate,
    pub left: i64,
    pub payer: String,
    pub purpose: String,
}
