//! Comparing a registry with our books, once for each upload.

use super::{
    compare::{Differs, Ours, compare},
    registry, show,
};
use crate::{Actor, Ctx, Error, Result, Tx, audit::Entry, idempotency, payments::bank::MOST_LINES};
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use model::{
    Code, KassaId, Money, Permission as P, ReconciliationId,
    payments::{PaymentState, Provider, ReconciliationCard, Standing},
};
use platform::ids::new_id;
use serde_json::json;
use uuid::Uuid;

/// A registry that was just uploaded.
pub struct NewRegistry {
    pub kassa_id: KassaId,
    /// The days it is about; the first and last of the file when absent.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub file_name: String,
    pub rows: Vec<Vec<String>>,
}

/// More days than a cabinet gives at once.
const MOST_DAYS: i64 = 366;

/// Compares a registry with what we have of this kassa and these days.
///
/// # Errors
/// `not_found` when the kassa is not the company's; `invalid` on `/file` (`no_columns`), on `/from` and `/to`;
/// `empty_spreadsheet`; `spreadsheet_too_large`.
pub async fn reconcile(
    ctx: &Ctx,
    actor: &Actor,
    new: NewRegistry,
    key: Option<&idempotency::Key>,
) -> Result<ReconciliationCard> {
    let scope = actor.scope(P::PaymentsRecord)?;
    if new.rows.len() > MOST_LINES {
        return Err(Code::SpreadsheetTooLarge.into());
    }
    let mut tx = ctx.begin(actor).await?;
    if let Some(key) = key
        && let idempotency::Claim::Done { body, .. } = idempotency::claim(&mut tx, key).await?
    {
        return show::card(&mut tx, &scope, serde_json::from_value(body)?).await;
    }
    let kassa = sqlx::query!(
        r#"select k.provider, (extract(epoch from ($3::timestamptz at time zone c.time_zone) - ($3 at time zone 'UTC')))::int as "east!"
           from kassas k join companies c on c.id = k.company_id where k.company_id = $1 and k.id = $2"#,
        scope.company(),
        new.kassa_id.0,
        tx.now()
    )
    .fetch_one(tx.conn())
    .await?;
    let zone = FixedOffset::east_opt(kassa.east).ok_or_else(|| Error::internal("time zone", kassa.east.to_string()))?;
    let read = registry::read(&new.rows, zone).ok_or_else(|| Error::field("/file", "no_columns"))?;
    if read.rows.is_empty() && read.unread == 0 {
        return Err(Code::EmptySpreadsheet.into());
    }
    let days = || read.rows.iter().filter_map(|row| row.day);
    let from = new.from.or_else(|| days().min()).ok_or_else(|| Error::field("/from", "required"))?;
    let to = new.to.or_else(|| days().max()).ok_or_else(|| Error::field("/to", "required"))?;
    if to < from || (to - from).num_days() > MOST_DAYS {
        return Err(Error::field("/to", "out_of_range"));
    }
    let references: Vec<String> = read.rows.iter().map(|row| row.reference.clone()).collect();
    let window = Window { kassa: new.kassa_id.0, from, to, references: &references };
    let ours = match crate::error::word(&kassa.provider)? {
        Provider::Payme => payme(&mut tx, &window).await?,
        Provider::Click => click(&mut tx, &window).await?,
    };
    let (agreed, differences) = compare(&read.rows, &ours);
    let paid = |tiyin: i64, standing: Standing| (standing == Standing::Paid).then_some(tiyin);
    let theirs: Vec<i64> = read.rows.iter().filter_map(|row| paid(row.tiyin, row.standing)).collect();
    let counted: Vec<i64> =
        ours.iter().filter(|row| row.counts).filter_map(|row| paid(row.tiyin, row.standing)).collect();
    let name: String = new.file_name.chars().filter(|c| !c.is_control()).take(200).collect();
    let name = if name.trim().is_empty() { "registry".to_owned() } else { name };
    let id = ReconciliationId(new_id());
    let (now, author) = (tx.now(), tx.actor().name().to_owned());
    sqlx::query!(
        "insert into reconciliations (id, company_id, kassa_id, from_on, to_on, file_name, theirs_count, theirs_tiyin, ours_count,
           ours_tiyin, agreed_count, unread_count, created_at, created_by, created_by_name)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        id.0,
        scope.company(),
        new.kassa_id.0,
        from,
        to,
        name,
        count(theirs.len())?,
        sum(&theirs)?,
        count(counted.len())?,
        sum(&counted)?,
        count(agreed)?,
        count(read.unread)?,
        now,
        actor.user_id().map(|user| user.0),
        author
    )
    .execute(tx.conn())
    .await?;
    keep(&mut tx, id, &differences).await?;
    let changes = json!({
        "file": [null, name], "from": [null, from], "to": [null, to], "differences": [null, differences.len()],
        "amount": [null, Money::from_tiyin(sum(&theirs)?)],
    });
    tx.audit(Entry { action: "reconciliation.create", object_type: "reconciliation", object_id: Some(id.0), changes })
        .await?;
    if let Some(key) = key {
        idempotency::store(&mut tx, key, 201, &serde_json::to_value(id)?).await?;
    }
    let card = show::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

fn count(n: usize) -> Result<i32> {
    i32::try_from(n).map_err(|e| Error::internal("rows of a registry", e))
}

fn sum(tiyin: &[i64]) -> Result<i64> {
    let total: i128 = tiyin.iter().copied().map(i128::from).sum();
    total.try_into().map_err(|e| Error::internal("sum of a registry", e))
}

async fn keep(tx: &mut Tx, id: ReconciliationId, differences: &[Differs]) -> Result<()> {
    let company = tx.actor().company_id().0;
    let ids: Vec<Uuid> = differences.iter().map(|_| new_id()).collect();
    let kinds: Vec<String> = differences.iter().map(|d| d.kind.to_string()).collect();
    let references: Vec<String> = differences.iter().map(|d| d.reference.clone()).collect();
    let payments: Vec<Option<Uuid>> = differences.iter().map(|d| d.payment).collect();
    let moments: Vec<Option<DateTime<Utc>>> = differences.iter().map(|d| d.at).collect();
    let sums = |side: fn(&Differs) -> Option<(i64, Standing)>| -> Vec<Option<i64>> {
        differences.iter().map(|d| side(d).map(|(tiyin, _)| tiyin)).collect()
    };
    let states = |side: fn(&Differs) -> Option<(i64, Standing)>| -> Vec<Option<String>> {
        differences.iter().map(|d| side(d).map(|(_, standing)| standing.to_string())).collect()
    };
    sqlx::query!(
        "insert into reconciliation_differences (id, company_id, reconciliation_id, kind, reference, payment_id, at, theirs_tiyin,
           ours_tiyin, theirs_state, ours_state)
         select d.id, $1, $2, d.kind, d.reference, d.payment, d.at, d.theirs, d.ours, d.theirs_state, d.ours_state
         from unnest($3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::timestamptz[], $8::bigint[], $9::bigint[], $10::text[],
           $11::text[]) d(id, kind, reference, payment, at, theirs, ours, theirs_state, ours_state)",
        company,
        id.0,
        &ids,
        &kinds,
        &references,
        &payments as &[Option<Uuid>],
        &moments as &[Option<DateTime<Utc>>],
        &sums(|d| d.theirs) as &[Option<i64>],
        &sums(|d| d.ours) as &[Option<i64>],
        &states(|d| d.theirs) as &[Option<String>],
        &states(|d| d.ours) as &[Option<String>]
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What of ours is compared: everything of these days, and everything the file names.
struct Window<'a> {
    kassa: Uuid,
    from: NaiveDate,
    to: NaiveDate,
    references: &'a [String],
}

/// How a transaction stands in our books: money that is not on an account was not paid, whatever the protocol says.
fn standing(payment: Option<&str>, cancelled: bool) -> Result<Standing> {
    Ok(match payment.map(crate::error::word::<PaymentState>).transpose()? {
        Some(PaymentState::Completed) => Standing::Paid,
        Some(PaymentState::Refunded) => Standing::Cancelled,
        None if cancelled => Standing::Cancelled,
        None => Standing::Waiting,
    })
}

async fn payme(tx: &mut Tx, window: &Window<'_>) -> Result<Vec<Ours>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"with days as (
             select ($3::date::timestamp at time zone c.time_zone) as since, (($4::date + 1)::timestamp at time zone c.time_zone) as until
             from companies c where c.id = $1
           ), all_of_them as (
             select t.id, t.payme_id, t.amount_tiyin, t.state, to_timestamp(t.payme_time / 1000.0) as made, p.id as payment_id,
               p.state as payment_state, p.paid_at, p.amount_tiyin as paid_tiyin
             from payme_transactions t left join payments p on p.company_id = t.company_id and p.provider_id = t.id
             where t.company_id = $1 and t.kassa_id = $2
           )
           select t.id, t.payme_id, coalesce(t.paid_tiyin, t.amount_tiyin) as "tiyin!", t.state, t.made as "made!", t.payment_id as "payment_id?",
             t.payment_state as "payment_state?", t.paid_at as "paid_at?",
             (t.made >= d.since and t.made < d.until and t.paid_at >= d.since and t.paid_at < d.until) as inside,
             (t.paid_at >= d.since and t.paid_at < d.until) as counts
           from all_of_them t cross join days d
           where t.payme_id = any($5) or (t.made >= d.since and t.made < d.until) or (t.paid_at >= d.since and t.paid_at < d.until)
           order by t.made, t.id"#,
        company,
        window.kassa,
        window.from,
        window.to,
        window.references
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Ours {
                id: row.id,
                references: vec![row.payme_id],
                tiyin: row.tiyin,
                standing: standing(row.payment_state.as_deref(), row.state < 0)?,
                payment: row.payment_id,
                at: row.paid_at.unwrap_or(row.made),
                inside: row.inside == Some(true),
                counts: row.counts == Some(true),
            })
        })
        .collect()
}

async fn click(tx: &mut Tx, window: &Window<'_>) -> Result<Vec<Ours>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"with days as (
             select ($3::date::timestamp at time zone c.time_zone) as since, (($4::date + 1)::timestamp at time zone c.time_zone) as until
             from companies c where c.id = $1
           ), all_of_them as (
             select t.id, t.click_paydoc_id::text as paydoc, t.click_trans_id::text as trans, t.amount_tiyin, t.state, t.prepared_at as made,
               p.id as payment_id, p.state as payment_state, p.paid_at, p.amount_tiyin as paid_tiyin
             from click_attempts t left join payments p on p.company_id = t.company_id and p.provider_id = t.id
             where t.company_id = $1 and t.kassa_id = $2
           )
           select t.id, t.paydoc as "paydoc!", t.trans as "trans!", coalesce(t.paid_tiyin, t.amount_tiyin) as "tiyin!", t.state, t.made,
             t.payment_id as "payment_id?", t.payment_state as "payment_state?", t.paid_at as "paid_at?",
             (t.made >= d.since and t.made < d.until and t.paid_at >= d.since and t.paid_at < d.until) as inside,
             (t.paid_at >= d.since and t.paid_at < d.until) as counts
           from all_of_them t cross join days d
           where t.paydoc = any($5) or t.trans = any($5) or (t.made >= d.since and t.made < d.until)
             or (t.paid_at >= d.since and t.paid_at < d.until)
           order by t.made, t.id"#,
        company,
        window.kassa,
        window.from,
        window.to,
        window.references
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Ours {
                id: row.id,
                references: vec![row.paydoc, row.trans],
                tiyin: row.tiyin,
                standing: standing(row.payment_state.as_deref(), row.state == "cancelled")?,
                payment: row.payment_id,
                at: row.paid_at.unwrap_or(row.made),
                inside: row.inside == Some(true),
                counts: row.counts == Some(true),
            })
        })
        .collect()
}
