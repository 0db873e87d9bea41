//! Text messages: which provider carries one, what it costs, and what the provider says later.
//!
//! Nothing goes out twice: an attempt is written down before the provider is called, and one that got no answer is
//! looked for there before anybody is asked again. The next provider is asked only when the one before has surely not
//! taken the message.

use crate::{Ctx, Result, error::word, messages};
use chrono::{DateTime, TimeDelta, Utc};
use platform::sms::{Carrier, Found, Message, Progress, Report, SmsError};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// Name of the day's account among advisory locks.
const DAY_LOCK: i64 = 0x736d_735f_6461_7900;
/// When a provider that has said nothing is asked.
const LOOKS: [TimeDelta; 3] = [TimeDelta::minutes(10), TimeDelta::hours(1), TimeDelta::hours(24)];
/// What notices may use of the day's parts, in tenths: the rest is kept for codes, without which nobody gets in.
const FOR_NOTICES: i64 = 8;
/// Asked in one go.
const BATCH: i64 = 100;

/// How sending ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// A provider has it.
    Accepted { provider: &'static str, provider_id: String, parts: i16, cost_tiyin: i64 },
    /// None is configured.
    NoProvider,
    /// Nobody takes it; trying again would not help.
    Refused(String),
    /// Nobody took it now, or it is not known.
    Later(String),
}

/// What an earlier attempt left.
struct Attempt {
    provider: String,
    provider_id: Option<String>,
    state: String,
    started_at: DateTime<Utc>,
}

/// Hands the message of a delivery to the first provider that takes it.
pub async fn send(ctx: &Ctx, delivery: Uuid, phone: &str, text: &str) -> Result<Sent> {
    let Some(sms) = &ctx.sms else { return Ok(Sent::NoProvider) };
    let message = match Message::new(delivery, phone, text) {
        Ok(message) => message,
        Err(error) => return Ok(Sent::Refused(error.to_string())),
    };
    let earlier = attempts(ctx, delivery).await?;
    for attempt in &earlier {
        let Some(carrier) = sms.carrier(&attempt.provider) else { continue };
        match (attempt.state.as_str(), &attempt.provider_id) {
            ("sent" | "delivered" | "failed", Some(id)) => return Ok(accepted(carrier, id.clone(), &message)),
            ("trying" | "unknown", _) => match carrier.find(delivery, attempt.started_at).await {
                Ok(Found::Taken(id)) => {
                    taken(ctx, delivery, carrier, &id).await?;
                    return Ok(accepted(carrier, id, &message));
                }
                Ok(Found::Nowhere) => {}
                // Only the same provider knows a repeat as one.
                Ok(Found::RepeatIsHarmless) => return one(ctx, carrier, &message).await.map(Tried::into_sent),
                Err(error) => return Ok(Sent::Later(error.to_string())),
            },
            _ => {}
        }
    }
    let mut best = Sent::Refused("no provider took it".to_owned());
    for carrier in sms.carriers() {
        match one(ctx, carrier, &message).await? {
            Tried::Next(SmsError::Transient(why)) => best = Sent::Later(format!("{}: {why}", carrier.name())),
            Tried::Next(error) => {
                tracing::error!(provider = carrier.name(), %error, "an SMS provider does not take a message");
                if !matches!(best, Sent::Later(_)) {
                    best = Sent::Refused(format!("{}: {error}", carrier.name()));
                }
            }
            Tried::End(sent) => return Ok(sent),
        }
    }
    Ok(best)
}

/// How one provider was tried.
enum Tried {
    End(Sent),
    /// It surely did not take it: another may.
    Next(SmsError),
}

impl Tried {
    fn into_sent(self) -> Sent {
        match self {
            Self::End(sent) => sent,
            Self::Next(SmsError::Transient(why)) => Sent::Later(why),
            Self::Next(error) => Sent::Refused(error.to_string()),
        }
    }
}

async fn one(ctx: &Ctx, carrier: &Carrier, message: &Message) -> Result<Tried> {
    if !begin(ctx, carrier, message).await? {
        tracing::error!("the daily number of SMS parts (sms.daily_parts) is used up");
        return Ok(Tried::End(Sent::Refused("the daily number of parts is used up".to_owned())));
    }
    let end = async |state, note: &str| end(ctx, message.id, carrier, state, note).await;
    Ok(match carrier.send(message).await {
        Ok(id) => {
            taken(ctx, message.id, carrier, &id).await?;
            Tried::End(accepted(carrier, id, message))
        }
        Err(SmsError::Unknown(why)) => {
            end("unknown", &why).await?;
            Tried::End(Sent::Later(why))
        }
        Err(error) => {
            end("refused", &error.to_string()).await?;
            match error {
                SmsError::Permanent(why) => Tried::End(Sent::Refused(why)),
                other => Tried::Next(other),
            }
        }
    })
}

fn accepted(carrier: &Carrier, provider_id: String, message: &Message) -> Sent {
    let parts = parts(message);
    Sent::Accepted { provider: carrier.name(), provider_id, parts, cost_tiyin: cost(carrier, parts) }
}

fn parts(message: &Message) -> i16 {
    i16::try_from(message.size().parts).unwrap_or(i16::MAX)
}

fn cost(carrier: &Carrier, parts: i16) -> i64 {
    carrier.part_price.saturating_mul(i64::from(parts))
}

async fn attempts(ctx: &Ctx, delivery: Uuid) -> Result<Vec<Attempt>> {
    let mut tx = ctx.db.begin_system("earlier attempts of a text message").await?;
    let rows = sqlx::query_as!(
        Attempt,
        "select provider, provider_id, state, started_at from sms_attempts where delivery_id = $1 order by started_at",
        delivery
    )
    .fetch_all(&mut *tx)
    .await?;
    Ok(rows)
}

/// Writes down that a provider is about to be called. `false` when the day's parts are used up: the account is kept under
/// a lock, so that many workers cannot overdraw it together.
async fn begin(ctx: &Ctx, carrier: &Carrier, message: &Message) -> Result<bool> {
    let (now, parts) = (ctx.clock.now(), parts(message));
    let mut tx = ctx.db.begin_system("an attempt to send a text message").await?;
    sqlx::query!("select pg_advisory_xact_lock($1)", DAY_LOCK).execute(&mut *tx).await?;
    let day = sqlx::query!(
        r#"select coalesce(sum(parts), 0)::bigint as "used!",
             exists (select from deliveries where id = $2 and notice_id is not null) as "notice!" from sms_attempts
           where started_at >= date_trunc('day', $1::timestamptz, 'Asia/Tashkent') and state <> 'refused'
             and not (delivery_id = $2 and provider = $3)"#,
        now,
        message.id,
        carrier.name()
    )
    .fetch_one(&mut *tx)
    .await?;
    let daily = ctx.sms.as_ref().map_or(0, |sms| i64::from(sms.daily_parts));
    let limit = if day.notice { daily * FOR_NOTICES / 10 } else { daily };
    if day.used + i64::from(parts) > limit {
        return Ok(false);
    }
    sqlx::query!(
        "insert into sms_attempts (delivery_id, provider, company_id, parts, price_tiyin, state, started_at)
         select d.id, $2, d.company_id, $3, $4, 'trying', $5 from deliveries d where d.id = $1
         on conflict (delivery_id, provider) do update set state = 'trying', note = null, started_at = excluded.started_at,
           parts = excluded.parts, price_tiyin = excluded.price_tiyin",
        message.id,
        carrier.name(),
        parts,
        cost(carrier, parts),
        now
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(true)
}

async fn end(ctx: &Ctx, delivery: Uuid, carrier: &Carrier, state: &str, note: &str) -> Result<()> {
    let mut tx = ctx.db.begin_system("the end of an attempt").await?;
    sqlx::query!(
        "update sms_attempts set state = $3, note = left($4, 500) where delivery_id = $1 and provider = $2 and state = 'trying'",
        delivery,
        carrier.name(),
        state,
        note
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

async fn taken(ctx: &Ctx, delivery: Uuid, carrier: &Carrier, provider_id: &str) -> Result<()> {
    let mut tx = ctx.db.begin_system("a text message was taken").await?;
    sqlx::query!(
        "update sms_attempts set state = 'sent', provider_id = $3, sent_at = $4, note = null
         where delivery_id = $1 and provider = $2 and state in ('trying', 'unknown')",
        delivery,
        carrier.name(),
        provider_id,
        ctx.clock.now()
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Whether the secret in a reports address is ours. Without a provider nobody reports.
pub fn may_report(ctx: &Ctx, secret: &str) -> bool {
    ctx.sms.as_ref().is_some_and(|sms| sms.report_secret().expose_secret().as_bytes().ct_eq(secret.as_bytes()).into())
}

/// Takes a provider's word on a message. Words only move forward: what arrived stays so, and so does what failed.
/// `false` when nobody knows the message.
pub async fn reported(ctx: &Ctx, provider: &str, report: &Report) -> Result<bool> {
    let now = ctx.clock.now();
    let mut tx = ctx.db.begin_system("a word on a text message").await?;
    let row = sqlx::query!(
        "select delivery_id, state from sms_attempts where provider = $1 and provider_id = $2 for update",
        provider,
        report.provider_id
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(false) };
    let state = match Progress::of(&report.word) {
        _ if row.state != "sent" => {
            if Progress::of(&report.word) != Progress::OnTheWay {
                tracing::warn!(delivery = %row.delivery_id, word = report.word, was = row.state, "a late word on a text message");
            }
            return Ok(true);
        }
        Progress::OnTheWay => "sent",
        Progress::Delivered => "delivered",
        Progress::Failed => "failed",
    };
    sqlx::query!(
        "update sms_attempts set state = $3, word = left($4, 100), reported_at = $5 where delivery_id = $1 and provider = $2",
        row.delivery_id,
        provider,
        state,
        report.word,
        now
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    settle(ctx, row.delivery_id).await?;
    Ok(true)
}

/// Brings the word of the provider to the message itself. Called from both sides, because the report may be faster than
/// our own note that the message was sent.
pub async fn settle(ctx: &Ctx, delivery: Uuid) -> Result<()> {
    let mut tx = ctx.db.begin_system("how a text message ended").await?;
    let ends = sqlx::query_scalar!(
        "select state from sms_attempts where delivery_id = $1 and state in ('delivered', 'failed') order by reported_at desc limit 1",
        delivery
    )
    .fetch_optional(&mut *tx)
    .await?;
    drop(tx);
    match ends {
        Some(state) => messages::reported(ctx, delivery, word(&state)?).await,
        None => Ok(()),
    }
}

/// Asks for messages that nobody reported: some reports are lost. Says how many got a final word.
pub async fn look(ctx: &Ctx) -> Result<usize> {
    let Some(sms) = &ctx.sms else { return Ok(0) };
    let now = ctx.clock.now();
    let mut tx = ctx.db.begin_system("text messages without a word").await?;
    let rows = sqlx::query!(
        r#"update sms_attempts a set looks = looks + 1 from (
             select delivery_id, provider from sms_attempts
             where state = 'sent' and looks < 3
               and sent_at < (case looks when 0 then $1::timestamptz when 1 then $2::timestamptz else $3::timestamptz end)
             order by sent_at limit $4 for update skip locked
           ) due where a.delivery_id = due.delivery_id and a.provider = due.provider
           returning a.provider, a.provider_id as "provider_id!""#,
        now - LOOKS[0],
        now - LOOKS[1],
        now - LOOKS[2],
        BATCH
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    let mut ended = 0;
    for row in rows {
        let Some(carrier) = sms.carrier(&row.provider) else { continue };
        match carrier.progress(&row.provider_id).await {
            Ok(Some(word)) => {
                ended += usize::from(Progress::of(&word) != Progress::OnTheWay);
                reported(ctx, carrier.name(), &Report { provider_id: row.provider_id, word }).await?;
            }
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(provider = carrier.name(), %error, "a provider does not tell how a message went");
            }
        }
    }
    Ok(ended)
}
