//! Payments as lists, sums and cards. Residents see those of the accounts of their homes since they live there.

use crate::{Actor, Ctx, Error, Result, Scope, Tx, paging, property::Meant};
use model::{
    Cursor, Money, Page, PaymentId, Permission as P,
    payments::{
        ClickRefund, ClickWord, FiscalReceipt, FiscalState, PaymentCard, PaymentFilter, PaymentRow, PaymentSource,
        PaymentState, PaymentTotals, SourceTotal,
    },
};
use sqlx::{Postgres, QueryBuilder, Row, postgres::PgRow};
use uuid::Uuid;

const SELECT: &str = "select p.id, p.number, p.source, p.state, p.amount_tiyin, p.paid_at, p.booked_on, p.account_id, \
     p.account_number, p.address, p.reference, k.name as kassa, p.disputed_at is not null as disputed, p.kassa_id, \
     p.payer, p.note, p.created_by, w.name as created_by_name, p.refunded_at, p.refund_reason, p.receipt_url, \
     k.merchant_user_id is not null as click_user, k.live as kassa_live \
     from payments p left join kassas k on k.company_id = p.company_id and k.id = p.kassa_id \
     left join users w on w.id = p.created_by where p.company_id = ";

fn row(row: &PgRow) -> Result<PaymentRow> {
    Ok(PaymentRow {
        id: row.try_get::<Uuid, _>("id")?.into(),
        number: row.try_get("number")?,
        source: crate::error::word(row.try_get("source")?)?,
        state: crate::error::word(row.try_get("state")?)?,
        amount: Money::from_tiyin(row.try_get("amount_tiyin")?),
        paid_at: row.try_get("paid_at")?,
        booked_on: row.try_get("booked_on")?,
        account_id: row.try_get::<Uuid, _>("account_id")?.into(),
        account_number: row.try_get("account_number")?,
        address: row.try_get("address")?,
        reference: row.try_get("reference")?,
        kassa: row.try_get("kassa")?,
        disputed: row.try_get("disputed")?,
    })
}

/// What the text of a filter may mean. Each of these ways has an index.
struct Sought {
    /// The number of a receipt, of a transaction or of the account as it was then.
    text: String,
    number: Option<i64>,
    houses: Vec<Uuid>,
    accounts: Vec<Uuid>,
}

impl Sought {
    async fn read(tx: &mut Tx, scope: &Scope, filter: &PaymentFilter) -> Result<Option<Self>> {
        let Some(text) = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
        let (houses, accounts) = Meant::read(tx, scope, Some(text)).await?.records(tx, scope).await?;
        let number = text.trim_start_matches(['№', '#']).trim().parse().ok();
        Ok(Some(Self { text: text.to_owned(), number, houses, accounts }))
    }

    fn push(&self, sql: &mut QueryBuilder<Postgres>) {
        sql.push(" and (p.reference = ").push_bind(self.text.clone());
        sql.push(" or p.account_number = ").push_bind(self.text.clone());
        if let Some(number) = self.number {
            sql.push(" or p.number = ").push_bind(number);
        }
        for (column, ids) in [("p.building_id", &self.houses), ("p.account_id", &self.accounts)] {
            // The planner takes an empty list for a way of its own.
            if !ids.is_empty() {
                sql.push(" or ").push(column).push(" = any(").push_bind(ids.clone()).push(")");
            }
        }
        sql.push(")");
    }
}

/// What the reader may see, and of it what the filter asks for.
fn narrow(sql: &mut QueryBuilder<Postgres>, scope: &Scope, filter: &PaymentFilter, sought: Option<&Sought>) {
    if let Some(contact) = scope.own_contact() {
        sql.push(" and exists (select from personal_accounts o join residencies r on r.company_id = o.company_id and r.unit_id = o.unit_id where o.company_id = p.company_id and o.id = p.account_id and r.until_on is null and r.since_on <= p.booked_on and r.contact_id = ");
        sql.push_bind(contact.0).push(")");
    }
    if let Some(source) = filter.source {
        sql.push(" and p.source = ").push_bind(source.as_str());
    }
    if let Some(state) = filter.state {
        sql.push(" and p.state = ").push_bind(state.as_str());
    }
    if let Some(id) = filter.account_id {
        sql.push(" and p.account_id = ").push_bind(id.0);
    }
    if let Some(id) = filter.building_id {
        sql.push(" and p.building_id = ").push_bind(id.0);
    }
    if let Some(id) = filter.kassa_id {
        sql.push(" and p.kassa_id = ").push_bind(id.0);
    }
    if let Some(day) = filter.from {
        sql.push(" and p.booked_on >= ").push_bind(day);
    }
    if let Some(day) = filter.to {
        sql.push(" and p.booked_on <= ").push_bind(day);
    }
    if filter.disputed {
        sql.push(" and p.disputed_at is not null");
    }
    if let Some(sought) = sought {
        sought.push(sql);
    }
}

/// A page of payments, the newest first.
///
/// # Errors
/// `invalid` on a cursor that is not ours or a limit outside 1–100.
pub async fn list(ctx: &Ctx, actor: &Actor, filter: &PaymentFilter) -> Result<Page<PaymentRow>> {
    let scope = actor.scope_any(&[P::PaymentsRead, P::PaymentsReadOwn])?;
    let limit = paging::limit(filter.limit, 50, 100)?;
    let cursor = paging::cursor(filter.cursor.as_deref())?;
    let mut tx = ctx.begin(actor).await?;
    let items = page(&mut tx, &scope, filter, cursor, paging::and_one(limit)).await?;
    Ok(paging::cut(items, limit, |last| Cursor { at: last.paid_at, id: last.id.0 }.encode()))
}

/// Some rows after a place in the list.
pub(crate) async fn page(
    tx: &mut Tx,
    scope: &Scope,
    filter: &PaymentFilter,
    after: Option<Cursor>,
    most: i64,
) -> Result<Vec<PaymentRow>> {
    let sought = Sought::read(tx, scope, filter).await?;
    let mut sql = QueryBuilder::<Postgres>::new(SELECT);
    sql.push_bind(scope.company());
    narrow(&mut sql, scope, filter, sought.as_ref());
    if let Some(last) = after {
        sql.push(" and (p.paid_at, p.id) < (").push_bind(last.at).push(", ").push_bind(last.id).push(")");
    }
    sql.push(" order by p.paid_at desc, p.id desc limit ").push_bind(most);
    sql.build().fetch_all(tx.conn()).await?.iter().map(row).collect()
}

/// How many rows a filter shows, counted no further than `most`.
pub(crate) async fn count_up_to(tx: &mut Tx, scope: &Scope, filter: &PaymentFilter, most: i64) -> Result<i64> {
    let sought = Sought::read(tx, scope, filter).await?;
    let mut sql = QueryBuilder::<Postgres>::new("select count(*) from (select from payments p where p.company_id = ");
    sql.push_bind(scope.company());
    narrow(&mut sql, scope, filter, sought.as_ref());
    sql.push(" limit ").push_bind(most).push(") as counted");
    Ok(sql.build_query_scalar().fetch_one(tx.conn()).await?)
}

/// Sums over everything a filter shows.
pub async fn totals(ctx: &Ctx, actor: &Actor, filter: &PaymentFilter) -> Result<PaymentTotals> {
    let scope = actor.scope_any(&[P::PaymentsRead, P::PaymentsReadOwn])?;
    let mut tx = ctx.begin(actor).await?;
    let sought = Sought::read(&mut tx, &scope, filter).await?;
    let mut sql = QueryBuilder::<Postgres>::new(
        "select p.source, p.state, count(*) as n, sum(p.amount_tiyin)::bigint as sum from payments p where p.company_id = ",
    );
    sql.push_bind(scope.company());
    narrow(&mut sql, &scope, filter, sought.as_ref());
    sql.push(" group by p.source, p.state order by p.source, p.state");
    let mut totals = PaymentTotals::default();
    let overflow = || Error::internal("totals", "more money than there is");
    for row in sql.build().fetch_all(tx.conn()).await? {
        let (source, state) =
            (crate::error::word(row.try_get("source")?)?, crate::error::word::<PaymentState>(row.try_get("state")?)?);
        let (count, amount): (i64, _) = (row.try_get("n")?, Money::from_tiyin(row.try_get("sum")?));
        totals.count += count;
        match state {
            PaymentState::Refunded => totals.refunded = totals.refunded.checked_add(amount).ok_or_else(overflow)?,
            PaymentState::Completed => {
                totals.completed = totals.completed.checked_add(amount).ok_or_else(overflow)?;
                totals.by_source.push(SourceTotal { source, count, amount });
            }
        }
    }
    Ok(totals)
}

/// One payment.
///
/// # Errors
/// `not_found` for missing and foreign ones alike.
pub async fn get(ctx: &Ctx, actor: &Actor, id: PaymentId) -> Result<PaymentCard> {
    let scope = actor.scope_any(&[P::PaymentsRead, P::PaymentsReadOwn])?;
    let mut tx = ctx.begin(actor).await?;
    card(&mut tx, &scope, id).await
}

/// What Click said of a payment since the money came, and the last refund it was asked for.
async fn click_words(tx: &mut Tx, scope: &Scope, id: PaymentId) -> Result<(Option<ClickWord>, Option<ClickRefund>)> {
    let word = sqlx::query!(
        r#"select a.answer as "answer!", a.answer_note, a.asked_at as "at!" from payments p
           join click_attempts a on a.company_id = p.company_id and a.id = p.provider_id
           where p.company_id = $1 and p.id = $2 and a.asked_at >= p.created_at"#,
        scope.company(),
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    let word = match word {
        Some(w) => Some(ClickWord { answer: crate::error::word(&w.answer)?, note: w.answer_note, at: w.at }),
        None => None,
    };
    let refund = sqlx::query!(
        "select state, reason, note, asked_at, asked_by_name from click_refunds where company_id = $1 and payment_id = $2
         order by asked_at desc, id desc limit 1",
        scope.company(),
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    let refund = match refund {
        Some(r) => Some(ClickRefund {
            state: crate::error::word(&r.state)?,
            reason: r.reason,
            note: r.note,
            at: r.asked_at,
            author: r.asked_by_name,
        }),
        None => None,
    };
    Ok((word, refund))
}

/// How far the fiscal receipt of a payment is: Click's as we asked for it, Payme's as Payme told us.
async fn fiscal(tx: &mut Tx, scope: &Scope, id: PaymentId) -> Result<Option<FiscalReceipt>> {
    let row = sqlx::query!(
        r#"select c.state as "state?", c.note as "note?", t.fiscal_perform as "told?" from payments p
           left join click_receipts c on c.company_id = p.company_id and c.payment_id = p.id
           left join payme_transactions t on t.company_id = p.company_id and t.id = p.provider_id
           where p.company_id = $1 and p.id = $2"#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if let Some(state) = row.state.as_deref() {
        return Ok(Some(FiscalReceipt { state: crate::error::word(state)?, note: row.note }));
    }
    Ok(row.told.map(|told| match told["status_code"].as_i64() {
        Some(0) => FiscalReceipt { state: FiscalState::Made, note: None },
        _ => FiscalReceipt { state: FiscalState::Refused, note: told["message"].as_str().map(str::to_owned) },
    }))
}

pub(super) async fn card(tx: &mut Tx, scope: &Scope, id: PaymentId) -> Result<PaymentCard> {
    let mut sql = QueryBuilder::<Postgres>::new(SELECT);
    sql.push_bind(scope.company());
    narrow(&mut sql, scope, &PaymentFilter::default(), None);
    sql.push(" and p.id = ").push_bind(id.0);
    let found = sql.build().fetch_one(tx.conn()).await?;
    // What the desk keeps to itself.
    let desk = scope.own_contact().is_none();
    let row = row(&found)?;
    let by_click = desk && row.source == PaymentSource::Click;
    let kassa = found.try_get::<Option<Uuid>, _>("kassa_id")?;
    let fiscal = if desk { fiscal(tx, scope, id).await? } else { None };
    let (click, click_refund) = if by_click { click_words(tx, scope, id).await? } else { (None, None) };
    // Test kassas ask the simulator, where there is one.
    let reached = found.try_get::<Option<bool>, _>("kassa_live")? == Some(true)
        || tx.ctx().config.payments.simulator_url.is_some();
    let reached = reached && found.try_get::<Option<bool>, _>("click_user")? == Some(true);
    let by_desk = super::click::is_left_to_desk(click.as_ref(), click_refund.as_ref(), tx.now());
    Ok(PaymentCard {
        row,
        click_answers: by_click && reached && !by_desk,
        click,
        click_refund,
        fiscal,
        kassa_id: kassa.map(Into::into),
        payer: found.try_get("payer")?,
        note: found.try_get::<Option<String>, _>("note")?.filter(|_| desk),
        created_by: found.try_get::<Option<Uuid>, _>("created_by")?.filter(|_| desk).map(Into::into),
        created_by_name: found.try_get::<Option<String>, _>("created_by_name")?.filter(|_| desk),
        refunded_at: found.try_get("refunded_at")?,
        refund_reason: found.try_get::<Option<String>, _>("refund_reason")?.filter(|_| desk),
        receipt_url: found.try_get("receipt_url")?,
    })
}
