//! The only way of payments into the ledger: the row, its entry, the news, the message and the audit go together.

use super::accounts;
use crate::{
    Result, Tx,
    audit::Entry,
    events::Audience,
    jobs::NotifyPayment,
    ledger::{self, Book, Line, NewEntry, Source, month_of},
};
use chrono::{DateTime, NaiveDate, Utc};
use model::{Code, Money, PaymentId, events::Event, payments::PaymentSource};
use platform::ids::new_id;
use serde_json::json;
use uuid::Uuid;

/// Money that has come.
pub(super) struct Incoming<'a> {
    pub source: PaymentSource,
    pub kassa: Option<Uuid>,
    /// The provider's transaction.
    pub provider_id: Option<Uuid>,
    pub reference: &'a str,
    pub account_id: Uuid,
    pub bill_id: Option<Uuid>,
    pub amount: Money,
    pub paid_at: DateTime<Utc>,
    /// Today when absent.
    pub booked_on: Option<NaiveDate>,
    pub payer: Option<&'a str>,
    pub note: Option<&'a str>,
}

const fn book(source: PaymentSource) -> Book {
    match source {
        PaymentSource::Payme => Book::Payme,
        PaymentSource::Click => Book::Click,
        PaymentSource::Cash => Book::Cash,
        PaymentSource::Bank => Book::Bank,
        PaymentSource::Terminal => Book::Terminal,
    }
}

/// Credits an account. What is more than owed stays on it as an advance.
pub(super) async fn credit(tx: &mut Tx, money: &Incoming<'_>) -> Result<PaymentId> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let place = sqlx::query!(
        r#"select a.number, u.id as unit_id, u.building_id, b.address || ', №' || u.number as "address!",
             next_payment_number($1) as "next!", ($3::timestamptz at time zone c.time_zone)::date as "today!",
             array(select r.contact_id from residencies r
               where r.company_id = $1 and r.unit_id = u.id and r.until_on is null) as "residents!"
           from personal_accounts a
           join companies c on c.id = a.company_id
           join units u on u.company_id = a.company_id and u.id = a.unit_id
           join buildings b on b.company_id = u.company_id and b.id = u.building_id
           where a.company_id = $1 and a.id = $2"#,
        company,
        money.account_id,
        now
    )
    .fetch_one(tx.conn())
    .await?;
    let id = new_id();
    let booked_on = money.booked_on.unwrap_or(place.today);
    let line = |book, account: Option<Uuid>, amount| Line {
        book,
        account: account.map(Into::into),
        service: None,
        kassa: money.kassa,
        amount,
    };
    let owed_less = Money::ZERO.checked_sub(money.amount).ok_or(Code::Internal)?;
    let entry = NewEntry {
        source: Source::Payment,
        source_id: id,
        period: month_of(booked_on),
        booked_on,
        reason: None,
        lines: vec![
            line(book(money.source), None, money.amount),
            line(Book::Receivable, Some(money.account_id), owed_less),
        ],
    };
    let entry = ledger::post(tx, entry).await?;
    let author = tx.actor().user_id().map(|user| user.0);
    sqlx::query!(
        "insert into payments (id, company_id, number, source, kassa_id, provider_id, reference, account_id, bill_id,
           account_number, address, building_id, amount_tiyin, state, paid_at, booked_on, entry_id, payer, note,
           created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'completed', $14, $15, $16, $17, $18, $19, $20)",
        id,
        company,
        place.next,
        money.source.as_str(),
        money.kassa,
        money.provider_id,
        money.reference,
        money.account_id,
        money.bill_id,
        place.number,
        place.address,
        place.building_id,
        money.amount.tiyin(),
        money.paid_at,
        booked_on,
        entry.0,
        money.payer,
        money.note,
        author,
        now
    )
    .execute(tx.conn())
    .await
    .map_err(|error| crate::property::taken(error, &[("payments_receipt", "/reference")]))?;
    let audience = audience(place.building_id, place.unit_id, &place.residents);
    let event = Event::PaymentCompleted { payment_id: id.into(), number: place.next, amount: money.amount };
    tx.emit(&event, &audience).await?;
    tx.enqueue(&NotifyPayment { company_id: tx.actor().company_id(), payment_id: id.into() }).await?;
    let changes = json!({
        "number": [null, place.next], "source": [null, money.source], "amount": [null, money.amount],
        "account": [null, place.number], "reference": [null, money.reference],
    });
    tx.audit(Entry { action: "payment.create", object_type: "payment", object_id: Some(id), changes }).await?;
    Ok(id.into())
}

/// Everybody who lives there, and nobody who does not.
fn audience(building: Uuid, unit: Uuid, residents: &[Uuid]) -> Audience {
    Audience {
        building_id: building.into(),
        unit_id: Some(unit.into()),
        contact_id: None,
        assignee_id: None,
        former_assignee_id: None,
        internal: false,
        categories: Vec::new(),
        buildings: Vec::new(),
        contacts: residents.iter().copied().map(Into::into).collect(),
        users: Vec::new(),
    }
}

/// Which payment is meant.
#[derive(Clone, Copy)]
pub(super) enum Which {
    Id(PaymentId),
    /// The provider's transaction behind it.
    Provider(Uuid),
}

/// Takes a payment back by a reversing entry, once.
///
/// # Errors
/// `not_found`; `illegal_transition` when it was taken back already.
pub(super) async fn take_back(tx: &mut Tx, which: Which, reason: &str) -> Result<PaymentId> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let (id, provider) = match which {
        Which::Id(id) => (Some(id.0), None),
        Which::Provider(id) => (None, Some(id)),
    };
    let payment = sqlx::query!(
        r#"select p.id, p.number, p.state, p.amount_tiyin, p.entry_id, p.bill_id, p.building_id, a.unit_id,
             ($4::timestamptz at time zone c.time_zone)::date as "today!",
             array(select r.contact_id from residencies r
               where r.company_id = $1 and r.unit_id = a.unit_id and r.until_on is null) as "residents!"
           from payments p
           join companies c on c.id = p.company_id
           join personal_accounts a on a.company_id = p.company_id and a.id = p.account_id
           where p.company_id = $1 and (p.id = $2 or p.provider_id = $3) for update of p"#,
        company,
        id,
        provider,
        now
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Code::NotFound)?;
    if payment.state != "completed" {
        return Err(Code::IllegalTransition.into());
    }
    let entry = ledger::reverse(tx, payment.entry_id.into(), Source::Refund, payment.id, payment.today, reason).await?;
    sqlx::query!(
        "update payments set state = 'refunded', refunded_at = $3, refund_entry_id = $4, refund_reason = $5,
           disputed_at = null where company_id = $1 and id = $2",
        company,
        payment.id,
        now,
        entry.0,
        reason
    )
    .execute(tx.conn())
    .await?;
    if let Some(bill) = payment.bill_id {
        accounts::reopen(tx, bill).await?;
    }
    let event = Event::PaymentRefunded {
        payment_id: payment.id.into(),
        number: payment.number,
        amount: Money::from_tiyin(payment.amount_tiyin),
    };
    tx.emit(&event, &audience(payment.building_id, payment.unit_id, &payment.residents)).await?;
    tx.enqueue(&NotifyPayment { company_id: tx.actor().company_id(), payment_id: payment.id.into() }).await?;
    let changes = json!({ "state": ["completed", "refunded"], "reason": [null, reason] });
    tx.audit(Entry { action: "payment.refund", object_type: "payment", object_id: Some(payment.id), changes }).await?;
    Ok(payment.id.into())
}
