//! What can be found without a file: transactions that stand still, payments that are not where the protocol says, entries
//! that say something else than their payment. Looked at every day; what is mended disappears with the next look.

use crate::{Actor, Ctx, Result, Tx};
use chrono::TimeDelta;
use model::{
    CompanyId, Money, Permission as P,
    payments::{Finding, Findings},
};

/// Payme gives a transaction twelve hours, and the sweep a minute.
const PAYME: TimeDelta = TimeDelta::hours(13);
/// Click completes within seconds.
const CLICK: TimeDelta = TimeDelta::hours(1);
/// What Click forgot so long ago nobody asks about.
const FORGOTTEN: TimeDelta = TimeDelta::days(30);
/// A dispute is somebody's business on its first day.
const DISPUTE: TimeDelta = TimeDelta::days(1);
/// Entries never change: those of older payments were looked at before.
const RECENT: TimeDelta = TimeDelta::days(90);

/// Looks at every company that has payments. Says how many findings are open.
pub async fn look_all(ctx: &Ctx) -> Result<i64> {
    let mut tx = ctx.db.begin_system("the daily look at payments").await?;
    let companies: Vec<CompanyId> = sqlx::query_scalar!(
        "select c.id from companies c where exists (select from payments p where p.company_id = c.id)
           or exists (select from kassas k where k.company_id = c.id) order by c.id"
    )
    .fetch_all(&mut *tx)
    .await?
    .into_iter()
    .map(Into::into)
    .collect();
    drop(tx);
    let mut open = 0;
    for company in companies {
        let mut tx = ctx.begin(&Actor::system(company)).await?;
        open += write(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(open)
}

/// Looks at the caller's company now.
pub async fn look(ctx: &Ctx, actor: &Actor) -> Result<Findings> {
    actor.scope(P::PaymentsRecord)?;
    let mut tx = ctx.begin(actor).await?;
    write(&mut tx).await?;
    let findings = read(&mut tx).await?;
    tx.commit().await?;
    Ok(findings)
}

/// What the last look found.
pub async fn findings(ctx: &Ctx, actor: &Actor) -> Result<Findings> {
    actor.scope(P::PaymentsRead)?;
    let mut tx = ctx.begin(actor).await?;
    read(&mut tx).await
}

async fn write(tx: &mut Tx) -> Result<i64> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    // Two looks at once would each take away what the other found a moment later.
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('payment look ' || $1::text, 0))")
        .bind(company)
        .execute(tx.conn())
        .await?;
    let open = sqlx::query_scalar!(
        r#"with found as materialized (
             select 'payme_stuck' as kind, t.id as subject, t.payme_id as reference, t.kassa_id, null::uuid as payment, t.amount_tiyin as tiyin,
               to_timestamp(t.payme_time / 1000.0) as at
             from payme_transactions t where t.company_id = $1 and t.state = 1 and to_timestamp(t.payme_time / 1000.0) < $3
             union all
             select 'click_stuck', t.id, t.click_paydoc_id::text, t.kassa_id, null, t.amount_tiyin, t.prepared_at
             from click_attempts t where t.company_id = $1 and t.state = 'prepared' and t.prepared_at < $4 and t.prepared_at > $5
             union all
             select 'not_credited', t.id, t.payme_id, t.kassa_id, null, t.amount_tiyin, to_timestamp(t.perform_time / 1000.0)
             from payme_transactions t where t.company_id = $1 and t.state = 2
               and not exists (select from payments p where p.company_id = t.company_id and p.provider_id = t.id)
             union all
             select 'not_credited', t.id, t.click_paydoc_id::text, t.kassa_id, null, t.amount_tiyin, coalesce(t.confirmed_at, t.prepared_at)
             from click_attempts t where t.company_id = $1 and t.state = 'confirmed'
               and not exists (select from payments p where p.company_id = t.company_id and p.provider_id = t.id)
             union all
             select 'not_taken_back', t.id, t.payme_id, t.kassa_id, p.id, p.amount_tiyin, to_timestamp(t.cancel_time / 1000.0)
             from payme_transactions t join payments p on p.company_id = t.company_id and p.provider_id = t.id and p.state = 'completed'
             where t.company_id = $1 and t.state = -2
             union all
             select 'entry_differs', p.id, p.reference, p.kassa_id, p.id, p.amount_tiyin, p.paid_at
             from payments p where p.company_id = $1 and p.created_at > $6 and (
               not exists (select from postings x where x.company_id = p.company_id and x.entry_id = p.entry_id and x.book = 'receivable'
                 and x.account_id = p.account_id and x.amount_tiyin = -p.amount_tiyin and x.booked_on = p.booked_on)
               or (p.state = 'refunded') <> exists (select from ledger_entries e where e.company_id = p.company_id and e.reverses = p.entry_id))
             union all
             select 'disputed', p.id, p.reference, p.kassa_id, p.id, p.amount_tiyin, p.disputed_at
             from payments p where p.company_id = $1 and p.disputed_at < $7
           ), gone as (
             delete from payment_findings f where f.company_id = $1
               and not exists (select from found n where n.kind = f.kind and n.subject = f.subject_id)
           ), added as (
             insert into payment_findings (id, company_id, kind, subject_id, reference, kassa_id, payment_id, amount_tiyin, at, found_at)
             select gen_random_uuid(), $1, n.kind, n.subject, n.reference, n.kassa_id, n.payment, n.tiyin, n.at, $2 from found n
             on conflict (company_id, kind, subject_id) do nothing
           ), looked as (
             insert into payment_looks (company_id, at) values ($1, $2) on conflict (company_id) do update set at = excluded.at
           )
           select count(*) as "n!" from found"#,
        company,
        now,
        now - PAYME,
        now - CLICK,
        now - FORGOTTEN,
        now - RECENT,
        now - DISPUTE
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(open)
}

async fn read(tx: &mut Tx) -> Result<Findings> {
    let company = tx.actor().company_id().0;
    let looked_at = sqlx::query_scalar!("select at from payment_looks where company_id = $1", company)
        .fetch_optional(tx.conn())
        .await?;
    let rows = sqlx::query!(
        r#"select f.id, f.kind, f.reference, k.name as "kassa?", f.payment_id, f.amount_tiyin, f.at, f.found_at, a.answer as "answer?"
           from payment_findings f left join kassas k on k.company_id = f.company_id and k.id = f.kassa_id
           left join payments p on p.company_id = f.company_id and p.id = f.payment_id
           left join click_attempts a on a.company_id = f.company_id and a.id = coalesce(p.provider_id, f.subject_id)
           where f.company_id = $1 order by f.at, f.id limit 200"#,
        company
    )
    .fetch_all(tx.conn())
    .await?;
    let items = rows.into_iter().map(|row| {
        Ok(Finding {
            id: row.id.into(),
            kind: crate::error::word(&row.kind)?,
            reference: row.reference,
            kassa: row.kassa,
            payment_id: row.payment_id.map(Into::into),
            amount: Money::from_tiyin(row.amount_tiyin),
            at: row.at,
            found_at: row.found_at,
            click: row.answer.as_deref().map(crate::error::word).transpose()?,
        })
    });
    Ok(Findings { looked_at, items: items.collect::<Result<Vec<_>>>()? })
}
