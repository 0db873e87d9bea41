//! Messages to people: a delivery row with the change that causes it, one job each, texts made when sent.
//!
//! What somebody is told about an event is decided in `notices`; messages about the person's own access (codes, resets,
//! invitations) come here directly. How one goes out is the same for all: taken, tried, and its end written down. A
//! message whose attempt broke off half-way is repeated only where a second copy is known as such.

use crate::{Actor, Ctx, Result, Tx, error::word, jobs, notices};
use chrono::{DateTime, Utc};
use model::{
    CompanyId, Lang,
    notices::{DeliveryState, FailReason, NoticeKind, NoticeObject},
};
use platform::ids::new_id;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

pub use model::notices::NoticeChannel as Channel;

/// Which text to make; its words are in `i18n` (`messages.json`).
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    pub company_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    pub channel: Channel,
    /// A phone, an e-mail address or a chat id.
    pub address: &'a str,
    pub template: &'a str,
    pub lang: Lang,
    pub params: Value,
}

/// Queues a message inside the caller's transaction.
pub(crate) async fn queue(conn: &mut PgConnection, draft: Draft<'_>, now: DateTime<Utc>) -> Result<Uuid> {
    let id = new_id();
    sqlx::query!(
        "insert into deliveries (id, company_id, user_id, channel, address, template, lang, params, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id,
        draft.company_id,
        draft.user_id,
        draft.channel.as_str(),
        draft.address,
        draft.template,
        draft.lang.code(),
        draft.params,
        now
    )
    .execute(&mut *conn)
    .await?;
    jobs::enqueue(conn, &jobs::Deliver { delivery_id: id }).await?;
    Ok(id)
}

/// The notice a message carries.
#[derive(Clone, Debug)]
pub struct Carried {
    pub company_id: CompanyId,
    pub company: String,
    pub kind: NoticeKind,
    pub about: Option<(NoticeObject, Uuid)>,
    pub facts: Value,
    /// Who it is for: the login of a staff member, or a person of the register.
    pub person: Uuid,
    /// The login it goes to, when they have one.
    pub user: Option<Uuid>,
    pub contact: Option<Uuid>,
    pub name: String,
    /// Works at the desk, in the field, or lives here.
    pub role: model::Role,
    /// The company's own title and text for this kind, channel and language.
    pub written: Option<(String, String)>,
}

/// A message on its way.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub id: Uuid,
    pub channel: Channel,
    pub address: String,
    pub template: String,
    pub lang: Lang,
    pub params: Value,
    pub state: String,
    pub created_at: DateTime<Utc>,
    /// What it carries; messages about access carry their own values.
    pub notice: Option<Carried>,
}

/// What to do with a message whose turn it is.
#[derive(Debug)]
pub enum Turn {
    /// Done, or being done by nobody knows whom.
    Nothing,
    /// Somebody sleeps: a job for the morning is queued.
    Held(DateTime<Utc>),
    Send(Box<Delivery>),
}

/// Takes a message to send it. From here to [`finish`] or [`put_back`] it counts as perhaps sent.
pub async fn take(ctx: &Ctx, id: Uuid) -> Result<Turn> {
    let now = ctx.clock.now();
    let mut tx = ctx.db.begin_system("a delivery's turn").await?;
    let row = sqlx::query!("select state, channel, notice_id from deliveries where id = $1 for update", id)
        .fetch_optional(&mut *tx)
        .await?;
    let Some(row) = row else { return Ok(Turn::Nothing) };
    let channel: Channel = word(&row.channel)?;
    match word(&row.state)? {
        DeliveryState::Queued => {}
        DeliveryState::Sending if channel.repeats() => {}
        DeliveryState::Sending => {
            drop(tx);
            finish(ctx, id, Outcome::Failed(FailReason::Unconfirmed, "the attempt broke off")).await?;
            return Ok(Turn::Nothing);
        }
        _ => return Ok(Turn::Nothing),
    }
    if row.notice_id.is_some()
        && let Some(until) = notices::held(&mut tx, id, now).await?
    {
        sqlx::query!("update deliveries set state = 'queued', run_at = $2 where id = $1", id, until)
            .execute(&mut *tx)
            .await?;
        jobs::enqueue_deliveries(&mut tx, &[(id, Some(until))], false).await?;
        tx.commit().await?;
        return Ok(Turn::Held(until));
    }
    sqlx::query!("update deliveries set state = 'sending', attempts = attempts + 1 where id = $1", id)
        .execute(&mut *tx)
        .await?;
    let delivery = load(&mut tx, &[id]).await?.pop();
    let Some(mut delivery) = delivery else { return Ok(Turn::Nothing) };
    let still = match &delivery.notice {
        Some(told) => notices::still_true(&mut tx, told.kind, told.about, told.contact, &told.facts, now).await?,
        None => true,
    };
    tx.commit().await?;
    if !still {
        finish(ctx, id, Outcome::Failed(FailReason::Overtaken, "overtaken by something newer")).await?;
        return Ok(Turn::Nothing);
    }
    // Where the address is a secret, the row shows it covered.
    if let Some((told, contact)) = delivery.notice.as_ref().and_then(|told| Some((told, told.contact?)))
        && matches!(delivery.channel, Channel::Email | Channel::Sms)
    {
        match notices::address(ctx, told.company_id, contact, delivery.channel).await? {
            Some(address) => delivery.address = address,
            None => {
                finish(ctx, id, Outcome::Failed(FailReason::NoAddress, "no address any more")).await?;
                return Ok(Turn::Nothing);
            }
        }
    }
    Ok(Turn::Send(Box::new(delivery)))
}

/// The attempt came to nothing that could be seen outside: it is tried again.
pub async fn put_back(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut tx = ctx.db.begin_system("a delivery is tried again").await?;
    sqlx::query!("update deliveries set state = 'queued' where id = $1 and state = 'sending'", id)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// The newest messages, for the outbox page of development.
pub async fn outbox(ctx: &Ctx) -> Result<Vec<Delivery>> {
    let mut tx = ctx.db.begin_system("deliveries").await?;
    let newest = sqlx::query_scalar!("select id from deliveries order by created_at desc, id desc limit 100");
    let newest = newest.fetch_all(&mut *tx).await?;
    load(&mut tx, &newest).await
}

/// The newest first. By their ids alone: with anything else to choose by, this is planned anew for each message, which costs
/// more than the message.
async fn load(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Delivery>> {
    let rows = sqlx::query!(
        r#"select d.id, d.channel, d.address, d.template, d.lang, d.params, d.state, d.created_at,
             n.company_id as "company_id?", c.name as "company?", n.kind as "kind?", n.object, n.object_id, n.facts as "facts?",
             n.person_id as "person?", n.contact_id, d.user_id, coalesce(k.name, u.name) as "name?", coalesce(u.role, 'resident') as "role!",
             t.title, t.body
           from deliveries d
           left join notices n on n.company_id = d.company_id and n.id = d.notice_id
           left join companies c on c.id = n.company_id
           left join contacts k on k.company_id = n.company_id and k.id = n.contact_id
           left join users u on u.company_id = n.company_id and u.id = n.user_id
           left join lateral (select x.title, x.body from message_texts x
             where x.company_id = n.company_id and x.kind = n.kind and x.channel = d.channel and x.lang = d.lang
             order by x.version desc limit 1) t on true
           where d.id = any($1) order by d.created_at desc, d.id desc"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    let mut all = Vec::with_capacity(rows.len());
    for d in rows {
        let notice = match (d.company_id, d.kind, d.facts, d.person) {
            (Some(company_id), Some(kind), Some(facts), Some(person)) => Some(Carried {
                company_id: company_id.into(),
                company: d.company.unwrap_or_default(),
                kind: word(&kind)?,
                about: d.object.as_deref().map(word).transpose()?.zip(d.object_id),
                facts,
                person,
                user: d.user_id,
                contact: d.contact_id,
                name: d.name.unwrap_or_default(),
                role: word(&d.role)?,
                written: d.title.zip(d.body),
            }),
            _ => None,
        };
        all.push(Delivery {
            id: d.id,
            channel: word(&d.channel)?,
            address: d.address,
            template: d.template,
            lang: Lang::parse(&d.lang).unwrap_or_default(),
            params: d.params,
            state: d.state,
            created_at: d.created_at,
            notice,
        });
    }
    Ok(all)
}

/// How a delivery ended.
#[derive(Clone, Copy, Debug)]
pub enum Outcome<'a> {
    Sent,
    /// No provider in development: shown on the outbox page.
    Captured,
    /// For good; the words are for the log and the journal.
    Failed(FailReason, &'a str),
}

/// Records the end of a delivery. A notice that did not arrive takes the person's next road, in the same transaction.
pub async fn finish(ctx: &Ctx, id: Uuid, outcome: Outcome<'_>) -> Result<()> {
    let (state, error) = match outcome {
        Outcome::Sent => (DeliveryState::Sent, None),
        Outcome::Captured => (DeliveryState::Captured, None),
        Outcome::Failed(reason, words) => (DeliveryState::Failed, Some(format!("{reason}: {words}"))),
    };
    let end = End { state, error, now: ctx.clock.now() };
    let mut tx = ctx.db.begin_system("delivery outcome").await?;
    let company = match outcome {
        Outcome::Failed(..) => company_of(&mut tx, id).await?,
        // What arrived takes no other road.
        Outcome::Sent | Outcome::Captured => None,
    };
    let Some(company) = company else {
        end.write(&mut tx, id).await?;
        tx.commit().await?;
        return Ok(());
    };
    drop(tx);
    let mut tx: Tx = ctx.begin(&Actor::system(company)).await?;
    let ended = end.write(tx.conn(), id).await?;
    if let (true, Outcome::Failed(reason, _)) = (ended, outcome) {
        notices::fall_back(&mut tx, id, reason).await?;
    }
    tx.commit().await
}

struct End {
    state: DeliveryState,
    error: Option<String>,
    now: DateTime<Utc>,
}

impl End {
    /// Whether this was the end: what has ended before stays as it ended.
    async fn write(&self, conn: &mut PgConnection, id: Uuid) -> Result<bool> {
        // What went out may hold codes and tokens; only a captured message still has to be shown.
        let ended = sqlx::query!(
            "update deliveries set state = $2, error = $3, done_at = $4,
               sent_at = case when $2 = 'sent' then $4::timestamptz end,
               params = case when $2 = 'captured' then params else '{}' end
             where id = $1 and state in ('queued', 'sending')",
            id,
            self.state.as_str(),
            self.error,
            self.now
        )
        .execute(conn)
        .await?;
        Ok(ended.rows_affected() == 1)
    }
}

/// Whose notice a delivery carries; nothing for messages about access.
async fn company_of(conn: &mut PgConnection, id: Uuid) -> Result<Option<CompanyId>> {
    let company = sqlx::query_scalar!("select company_id from deliveries where id = $1 and notice_id is not null", id)
        .fetch_optional(conn)
        .await?;
    Ok(company.flatten().map(CompanyId))
}

/// What a provider says later about a message it took. What has been read stays read, and what failed stays failed.
pub(crate) async fn reported(ctx: &Ctx, id: Uuid, state: DeliveryState) -> Result<()> {
    let now = ctx.clock.now();
    let mut tx = ctx.db.begin_system("a provider's report").await?;
    let row = sqlx::query!("select company_id, notice_id, state from deliveries where id = $1 for update", id)
        .fetch_optional(&mut *tx)
        .await?;
    let Some(row) = row else { return Ok(()) };
    let before: DeliveryState = word(&row.state)?;
    let moves = match state {
        DeliveryState::Delivered | DeliveryState::Failed => before == DeliveryState::Sent,
        DeliveryState::Read => matches!(before, DeliveryState::Sent | DeliveryState::Delivered),
        _ => false,
    };
    if !moves {
        return Ok(());
    }
    let error =
        (state == DeliveryState::Failed).then(|| format!("{}: the provider could not deliver it", FailReason::Refused));
    sqlx::query!(
        "update deliveries set state = $2, error = $4, done_at = $3,
           delivered_at = case when $2 = 'delivered' then $3::timestamptz else delivered_at end,
           read_at = case when $2 = 'read' then $3::timestamptz else read_at end where id = $1",
        id,
        state.as_str(),
        now,
        error
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    if let (DeliveryState::Failed, Some(company), Some(_)) = (state, row.company_id, row.notice_id) {
        let mut tx: Tx = ctx.begin(&Actor::system(company.into())).await?;
        notices::fall_back(&mut tx, id, FailReason::Refused).await?;
        tx.commit().await?;
    }
    Ok(())
}
