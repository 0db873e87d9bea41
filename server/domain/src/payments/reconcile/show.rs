//! Comparisons as they are shown, and saying how a difference ended.

use crate::{Actor, Ctx, Result, Scope, Tx, audit::Entry, paging};
use model::{
    Code, Cursor, DifferenceId, Money, Page, Permission as P, ReconciliationId,
    payments::{
        Difference, KassaName, ReconciliationCard, ReconciliationFilter, ReconciliationRow, SettleDifference, Standing,
    },
    validate,
};
use serde_json::json;
use sqlx::{Postgres, QueryBuilder, Row, postgres::PgRow};
use uuid::Uuid;

const SELECT: &str = "select r.id, r.kassa_id, k.name as kassa, k.provider, r.from_on, r.to_on, r.file_name, r.theirs_count::bigint as theirs_count, \
     r.theirs_tiyin, r.ours_count::bigint as ours_count, r.ours_tiyin, r.agreed_count::bigint as agreed_count, r.unread_count::bigint as unread_count, \
     r.created_at, r.created_by_name, d.differences, d.open from reconciliations r \
     join kassas k on k.company_id = r.company_id and k.id = r.kassa_id \
     cross join lateral (select count(*) as differences, count(*) filter (where x.settled_at is null) as open \
       from reconciliation_differences x where x.company_id = r.company_id and x.reconciliation_id = r.id) d where r.company_id = ";

fn read(row: &PgRow) -> Result<ReconciliationRow> {
    Ok(ReconciliationRow {
        id: row.try_get::<Uuid, _>("id")?.into(),
        kassa_id: row.try_get::<Uuid, _>("kassa_id")?.into(),
        kassa: row.try_get("kassa")?,
        provider: crate::error::word(row.try_get("provider")?)?,
        from: row.try_get("from_on")?,
        to: row.try_get("to_on")?,
        file_name: row.try_get("file_name")?,
        theirs_count: row.try_get("theirs_count")?,
        theirs: Money::from_tiyin(row.try_get("theirs_tiyin")?),
        ours_count: row.try_get("ours_count")?,
        ours: Money::from_tiyin(row.try_get("ours_tiyin")?),
        agreed_count: row.try_get("agreed_count")?,
        unread_count: row.try_get("unread_count")?,
        differences: row.try_get("differences")?,
        open: row.try_get("open")?,
        created_by: row.try_get("created_by_name")?,
        created_at: row.try_get("created_at")?,
    })
}

/// A page of comparisons, the newest first.
///
/// # Errors
/// `invalid` on a cursor that is not ours or a limit outside 1–100.
pub async fn list(ctx: &Ctx, actor: &Actor, filter: &ReconciliationFilter) -> Result<Page<ReconciliationRow>> {
    let scope = actor.scope(P::PaymentsRead)?;
    let limit = paging::limit(filter.limit, 20, 100)?;
    let cursor = paging::cursor(filter.cursor.as_deref())?;
    let mut tx = ctx.begin(actor).await?;
    let mut sql = QueryBuilder::<Postgres>::new(SELECT);
    sql.push_bind(scope.company());
    if let Some(kassa) = filter.kassa_id {
        sql.push(" and r.kassa_id = ").push_bind(kassa.0);
    }
    if let Some(last) = cursor {
        sql.push(" and (r.created_at, r.id) < (").push_bind(last.at).push(", ").push_bind(last.id).push(")");
    }
    sql.push(" order by r.created_at desc, r.id desc limit ").push_bind(paging::and_one(limit));
    let items = sql.build().fetch_all(tx.conn()).await?.iter().map(read).collect::<Result<Vec<_>>>()?;
    Ok(paging::cut(items, limit, |last| Cursor { at: last.created_at, id: last.id.0 }.encode()))
}

/// One comparison with everything it found.
///
/// # Errors
/// `not_found` for missing and foreign ones alike.
pub async fn get(ctx: &Ctx, actor: &Actor, id: ReconciliationId) -> Result<ReconciliationCard> {
    let scope = actor.scope(P::PaymentsRead)?;
    let mut tx = ctx.begin(actor).await?;
    card(&mut tx, &scope, id).await
}

pub(super) async fn card(tx: &mut Tx, scope: &Scope, id: ReconciliationId) -> Result<ReconciliationCard> {
    let mut sql = QueryBuilder::<Postgres>::new(SELECT);
    sql.push_bind(scope.company()).push(" and r.id = ").push_bind(id.0);
    let found = sql.build().fetch_one(tx.conn()).await?;
    let rows = sqlx::query!(
        "select id, kind, reference, payment_id, at, theirs_tiyin, ours_tiyin, theirs_state, ours_state, settled_at, settled_by_name,
           settled_note
         from reconciliation_differences where company_id = $1 and reconciliation_id = $2
         order by settled_at is not null, kind, at, id limit 500",
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    let standing = |text: Option<String>| text.as_deref().map(crate::error::word::<Standing>).transpose();
    let items = rows.into_iter().map(|row| {
        Ok(Difference {
            id: row.id.into(),
            kind: crate::error::word(&row.kind)?,
            reference: row.reference,
            payment_id: row.payment_id.map(Into::into),
            at: row.at,
            theirs: row.theirs_tiyin.map(Money::from_tiyin),
            ours: row.ours_tiyin.map(Money::from_tiyin),
            theirs_state: standing(row.theirs_state)?,
            ours_state: standing(row.ours_state)?,
            settled_at: row.settled_at,
            settled_by: row.settled_by_name,
            settled_note: row.settled_note,
        })
    });
    Ok(ReconciliationCard { row: read(&found)?, items: items.collect::<Result<Vec<_>>>()? })
}

/// Says how a difference ended. Nothing else changes: money moves by a payment or a refund of its own.
///
/// # Errors
/// `not_found`; `illegal_transition` when somebody has said so before.
pub async fn settle(
    ctx: &Ctx,
    actor: &Actor,
    id: DifferenceId,
    command: &SettleDifference,
) -> Result<ReconciliationCard> {
    let scope = actor.scope(P::PaymentsRecord)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let (now, name, note) = (tx.now(), tx.actor().name().to_owned(), command.note.trim());
    let known = sqlx::query!(
        "select reconciliation_id, reference, settled_at from reconciliation_differences
         where company_id = $1 and id = $2 for update",
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if known.settled_at.is_some() {
        return Err(Code::IllegalTransition.into());
    }
    sqlx::query!(
        "update reconciliation_differences set settled_at = $3, settled_by_name = $4, settled_note = $5
         where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        now,
        name,
        note
    )
    .execute(tx.conn())
    .await?;
    let changes = json!({ "reference": [null, known.reference], "note": [null, note] });
    let object_id = Some(known.reconciliation_id);
    tx.audit(Entry { action: "reconciliation.settle", object_type: "reconciliation", object_id, changes }).await?;
    let card = card(&mut tx, &scope, known.reconciliation_id.into()).await?;
    tx.commit().await?;
    Ok(card)
}

/// The kassas that can be compared, closed ones included: their registries are still asked for.
pub async fn kassa_names(ctx: &Ctx, actor: &Actor) -> Result<Vec<KassaName>> {
    let scope = actor.scope(P::PaymentsRead)?;
    let mut tx = ctx.begin(actor).await?;
    let rows = sqlx::query!(
        "select id, name, provider from kassas where company_id = $1 order by archived_at is not null, created_at, id",
        scope.company()
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| Ok(KassaName { id: row.id.into(), name: row.name, provider: crate::error::word(&row.provider)? }))
        .collect()
}
