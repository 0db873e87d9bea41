//! Kassas as their managers keep them. A key goes in and is never shown again.

use super::{click, register::SECRET};
use crate::{Actor, Ctx, Error, Result, Tx, audit::Entry, property::taken};
use model::{
    Code, KassaId, Money, Permission as P,
    auth::Danger,
    payments::{KassaCheck, KassaFacts, KassaView, Provider, SaveKassa},
    validate,
};
use platform::{ids::new_id, knock};
use secrecy::ExposeSecret;
use serde_json::json;
use sqlx::Row;
use uuid::Uuid;

const UNIQUE: [(&str, &str); 2] = [("kassas_service", "/facts/service_id"), ("kassas_secret", "/secret")];

/// Every kassa of the company that is not closed.
pub async fn kassas(ctx: &Ctx, actor: &Actor) -> Result<Vec<KassaView>> {
    let scope = actor.scope(P::KassasManage)?;
    let mut tx = ctx.begin(actor).await?;
    load(ctx, &mut tx, scope.company(), None).await
}

/// One kassa.
///
/// # Errors
/// `not_found` for missing and foreign ones alike.
pub async fn kassa(ctx: &Ctx, actor: &Actor, id: KassaId) -> Result<KassaView> {
    let scope = actor.scope(P::KassasManage)?;
    let mut tx = ctx.begin(actor).await?;
    one(ctx, &mut tx, scope.company(), id).await
}

async fn one(ctx: &Ctx, tx: &mut Tx, company: Uuid, id: KassaId) -> Result<KassaView> {
    load(ctx, tx, company, Some(id)).await?.pop().ok_or_else(|| Code::NotFound.into())
}

async fn load(ctx: &Ctx, tx: &mut Tx, company: Uuid, only: Option<KassaId>) -> Result<Vec<KassaView>> {
    let rows = sqlx::query(
        "select k.*, array(select b.building_id from kassa_buildings b
             where b.company_id = k.company_id and b.kassa_id = k.id order by b.building_id) as buildings,
           array(select h.address from kassa_buildings b join buildings h on h.company_id = b.company_id and h.id = b.building_id
             where b.company_id = k.company_id and b.kassa_id = k.id order by b.building_id) as houses,
           (select max(c.at) from provider_calls c where c.company_id = k.company_id and c.kassa_id = k.id) as last_call
         from kassas k where k.company_id = $1 and k.archived_at is null and ($2::uuid is null or k.id = $2)
         order by k.created_at, k.id",
    )
    .bind(company)
    .bind(only.map(|id| id.0))
    .fetch_all(tx.conn())
    .await?;
    let base = ctx.config.server.public_url.clone().unwrap_or_default();
    rows.iter()
        .map(|row| {
            let (id, provider): (Uuid, Provider) = (row.try_get("id")?, crate::error::word(row.try_get("provider")?)?);
            Ok(KassaView {
                id: id.into(),
                version: row.try_get("version")?,
                endpoint: format!("{base}{}", path(provider, Some(id))),
                houses: row.try_get("houses")?,
                secret_shown: row.try_get("secret_shown")?,
                last_call: row.try_get("last_call")?,
                facts: KassaFacts {
                    provider,
                    name: row.try_get("name")?,
                    mode: crate::error::word(row.try_get("mode")?)?,
                    live: row.try_get("live")?,
                    enabled: row.try_get("enabled")?,
                    refundable: row.try_get("refundable")?,
                    buildings: row.try_get::<Vec<Uuid>, _>("buildings")?.into_iter().map(Into::into).collect(),
                    merchant_id: row.try_get("merchant_id")?,
                    service_id: row.try_get("service_id")?,
                    merchant_user_id: row.try_get("merchant_user_id")?,
                    account_field: row.try_get("account_field")?,
                    min: Money::from_tiyin(row.try_get("min_tiyin")?),
                    max: Money::from_tiyin(row.try_get("max_tiyin")?),
                    busy_code: row.try_get("busy_code")?,
                    fiscal: super::register::fiscal(row)?,
                },
            })
        })
        .collect()
}

/// The address a provider calls.
fn path(provider: Provider, kassa: Option<Uuid>) -> String {
    let tail = kassa.map(|id| format!("/{id}")).unwrap_or_default();
    format!("/api/v1/payments/webhook/{provider}{tail}")
}

/// Makes a kassa.
///
/// # Errors
/// `invalid` with the wrong fields: a Click kassa without its service, a key that another kassa has, a house that is
/// not there.
pub async fn create_kassa(ctx: &Ctx, actor: &Actor, command: &SaveKassa) -> Result<KassaView> {
    let scope = actor.scope(P::KassasManage)?;
    actor.proves(Danger::Kassas)?;
    check(command)?;
    let Some(secret) = &command.secret else { return Err(Error::field("/secret", "required")) };
    let mut tx = ctx.begin(actor).await?;
    let (id, now, facts) = (new_id(), tx.now(), &command.facts);
    let closed = Closed::of(ctx, id, secret);
    sqlx::query!(
        "insert into kassas (id, company_id, provider, name, mode, live, enabled, refundable, merchant_id, service_id,
           merchant_user_id, account_field, secret_sealed, secret_key, secret_shown, min_tiyin, max_tiyin, busy_code,
           fiscal_title, fiscal_code, fiscal_package, fiscal_vat, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)",
        id,
        scope.company(),
        facts.provider.as_str(),
        facts.name.trim(),
        facts.mode.as_str(),
        facts.live,
        facts.enabled,
        facts.refundable,
        facts.merchant_id,
        facts.service_id,
        facts.merchant_user_id,
        facts.account_field,
        closed.sealed,
        closed.key,
        closed.shown,
        facts.min.tiyin(),
        facts.max.tiyin(),
        facts.busy_code,
        facts.fiscal.as_ref().map(|f| f.title.trim()),
        facts.fiscal.as_ref().map(|f| f.code.as_str()),
        facts.fiscal.as_ref().map(|f| f.package.as_str()),
        facts.fiscal.as_ref().map(|f| f.vat_percent),
        now
    )
    .execute(tx.conn())
    .await
    .map_err(|error| taken(error, &UNIQUE))?;
    houses(&mut tx, id, facts).await?;
    tx.record("kassa.create", "kassa", id, None, Some(facts)).await?;
    let view = one(ctx, &mut tx, scope.company(), id.into()).await?;
    tx.commit().await?;
    ctx.kassas.forget();
    Ok(view)
}

/// Replaces what is known of a kassa. `version` is the one the editor saw; the provider never changes.
///
/// # Errors
/// As [`create_kassa`]; `conflict` when somebody changed it meanwhile.
pub async fn update_kassa(
    ctx: &Ctx,
    actor: &Actor,
    id: KassaId,
    version: i32,
    command: &SaveKassa,
) -> Result<KassaView> {
    let scope = actor.scope(P::KassasManage)?;
    actor.proves(Danger::Kassas)?;
    check(command)?;
    let mut tx = ctx.begin(actor).await?;
    sqlx::query!("select id from kassas where company_id = $1 and id = $2 for update", scope.company(), id.0)
        .fetch_one(tx.conn())
        .await?;
    let before = one(ctx, &mut tx, scope.company(), id).await?;
    let facts = &command.facts;
    if before.version != version {
        return Err(Code::Conflict.into());
    }
    if before.facts.provider != facts.provider {
        return Err(Error::field("/facts/provider", "unknown"));
    }
    let closed = command.secret.as_ref().map(|secret| Closed::of(ctx, id.0, secret));
    sqlx::query!(
        "update kassas set version = version + 1, name = $3, mode = $4, live = $5, enabled = $6, refundable = $7,
           merchant_id = $8, service_id = $9, merchant_user_id = $10, account_field = $11,
           secret_sealed = coalesce($12, secret_sealed), secret_key = coalesce($13, secret_key),
           secret_shown = coalesce($14, secret_shown), min_tiyin = $15, max_tiyin = $16, busy_code = $17,
           fiscal_title = $18, fiscal_code = $19, fiscal_package = $20, fiscal_vat = $21
         where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        facts.name.trim(),
        facts.mode.as_str(),
        facts.live,
        facts.enabled,
        facts.refundable,
        facts.merchant_id,
        facts.service_id,
        facts.merchant_user_id,
        facts.account_field,
        closed.as_ref().map(|c| c.sealed.as_slice()),
        closed.as_ref().map(|c| c.key.as_slice()),
        closed.as_ref().map(|c| c.shown.as_str()),
        facts.min.tiyin(),
        facts.max.tiyin(),
        facts.busy_code,
        facts.fiscal.as_ref().map(|f| f.title.trim()),
        facts.fiscal.as_ref().map(|f| f.code.as_str()),
        facts.fiscal.as_ref().map(|f| f.package.as_str()),
        facts.fiscal.as_ref().map(|f| f.vat_percent)
    )
    .execute(tx.conn())
    .await
    .map_err(|error| taken(error, &UNIQUE))?;
    sqlx::query!("delete from kassa_buildings where company_id = $1 and kassa_id = $2", scope.company(), id.0)
        .execute(tx.conn())
        .await?;
    houses(&mut tx, id.0, facts).await?;
    tx.record("kassa.update", "kassa", id.0, Some(&before.facts), Some(facts)).await?;
    if closed.is_some() {
        let changes = json!({ "secret": [null, "•••"] });
        tx.audit(Entry { action: "kassa.update", object_type: "kassa", object_id: Some(id.0), changes }).await?;
    }
    let view = one(ctx, &mut tx, scope.company(), id).await?;
    tx.commit().await?;
    ctx.kassas.forget();
    Ok(view)
}

/// Closes a kassa: it takes nothing new, and finishes what it began.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile.
pub async fn archive_kassa(ctx: &Ctx, actor: &Actor, id: KassaId, version: i32) -> Result<()> {
    let scope = actor.scope(P::KassasManage)?;
    let mut tx = ctx.begin(actor).await?;
    let before = one(ctx, &mut tx, scope.company(), id).await?;
    let now = tx.now();
    let done = sqlx::query!(
        "update kassas set archived_at = $4, version = version + 1
         where company_id = $1 and id = $2 and version = $3 and archived_at is null",
        scope.company(),
        id.0,
        version,
        now
    )
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 0 {
        return Err(Code::Conflict.into());
    }
    tx.record("kassa.archive", "kassa", id.0, Some(&before.facts), None).await?;
    tx.commit().await?;
    ctx.kassas.forget();
    Ok(())
}

fn check(command: &SaveKassa) -> Result<()> {
    validate::check(command)?;
    let facts = &command.facts;
    match facts.provider {
        Provider::Click if facts.service_id.is_none() => return Err(Error::field("/facts/service_id", "required")),
        Provider::Payme if facts.service_id.is_some() => return Err(Error::field("/facts/service_id", "unknown")),
        _ => {}
    }
    if facts.min > facts.max {
        return Err(Error::field("/facts/max", "out_of_range"));
    }
    Ok(())
}

async fn houses(tx: &mut Tx, id: Uuid, facts: &KassaFacts) -> Result<()> {
    let ids: Vec<Uuid> = facts.buildings.iter().map(|id| id.0).collect();
    let company = tx.actor().company_id().0;
    let written = sqlx::query!(
        "insert into kassa_buildings (company_id, kassa_id, building_id)
         select $1, $2, b.id from buildings b where b.company_id = $1 and b.id = any($3)",
        company,
        id,
        &ids
    )
    .execute(tx.conn())
    .await?;
    let distinct: std::collections::HashSet<_> = ids.iter().collect();
    if usize::try_from(written.rows_affected()).is_ok_and(|n| n == distinct.len()) {
        Ok(())
    } else {
        Err(Error::field("/facts/buildings", "unknown"))
    }
}

/// A key as it is kept.
struct Closed {
    sealed: Vec<u8>,
    key: Vec<u8>,
    shown: String,
}

impl Closed {
    fn of(ctx: &Ctx, id: Uuid, secret: &str) -> Self {
        Self {
            sealed: ctx.sealer.seal(SECRET, id, secret.as_bytes()),
            key: ctx.sealer.blind_index(SECRET, secret),
            shown: shown(secret),
        }
    }
}

/// Enough to see which key it is, not enough to use it.
pub(crate) fn shown(secret: &str) -> String {
    let skip = secret.chars().count().saturating_sub(4);
    format!("••••{}", secret.chars().skip(skip).collect::<String>())
}

/// A call that a provider could make, and what our answer must say.
struct Knock {
    /// `auth`, `wrong_key`.
    what: &'static str,
    path: String,
    /// `Authorization`, where the provider sends one.
    authorization: Option<String>,
    content_type: &'static str,
    body: String,
    /// A piece that the right answer holds.
    expected: &'static str,
}

/// Tries a kassa through our own door, as the provider would call, without moving anything.
///
/// # Errors
/// `not_found` for missing and foreign ones alike.
pub async fn check_kassa(ctx: &Ctx, actor: &Actor, id: KassaId) -> Result<Vec<KassaCheck>> {
    let mut checks = Vec::new();
    for call in kassa_tests(ctx, actor, id).await? {
        let mut headers = vec![("Content-Type", call.content_type)];
        if let Some(authorization) = &call.authorization {
            headers.push(("Authorization", authorization));
        }
        let heard = knock::post(ctx.config.server.port, &call.path, &headers, &call.body).await;
        let (status, answer) = match heard {
            Ok(heard) => (heard.status, heard.body),
            Err(error) => (0, error.to_string()),
        };
        let good = status == 200 && answer.contains(call.expected);
        checks.push(KassaCheck { what: call.what.to_owned(), good, status, answer });
    }
    Ok(checks)
}

/// Calls that try a kassa without moving anything: an account that nobody has, with the right key and with a wrong one.
///
/// # Errors
/// `not_found` for missing and foreign ones alike.
async fn kassa_tests(ctx: &Ctx, actor: &Actor, id: KassaId) -> Result<Vec<Knock>> {
    actor.scope(P::KassasManage)?;
    let view = kassa(ctx, actor, id).await?;
    let found = super::register::find(ctx, view.facts.provider, super::register::Name::Id(id.0)).await?;
    let kassa = found.ok_or(Code::NotFound)?;
    let path = path(view.facts.provider, Some(id.0));
    let key = kassa.secret.expose_secret();
    let nobody = format!("test-{}", new_id().simple());
    Ok(match view.facts.provider {
        Provider::Payme => {
            let body = json!({ "method": "CheckPerformTransaction", "id": 1,
                "params": { "amount": kassa.min.tiyin(), "account": { (kassa.account_field.clone()): nobody } } });
            let knock = |what, key: &str, expected| Knock {
                what,
                path: path.clone(),
                authorization: Some(super::payme::authorization(key)),
                content_type: "text/json; charset=UTF-8",
                body: body.to_string(),
                expected,
            };
            let refused = if kassa.open { "\"code\":-31050" } else { "\"code\":-31054" };
            vec![knock("auth", key, refused), knock("wrong_key", "not-the-key", "\"code\":-32504")]
        }
        Provider::Click => {
            let service = kassa.service_id.unwrap_or_default().to_string();
            let (trans, amount, time) = ("1", "1000", "2026-01-01 00:00:00");
            let knock = |what, key: &str, expected| {
                let sign = click::sign_prepare(trans, &service, key, &nobody, amount, time);
                Knock {
                    what,
                    path: path.clone(),
                    authorization: None,
                    content_type: "application/x-www-form-urlencoded",
                    body: format!(
                        "click_trans_id={trans}&service_id={service}&click_paydoc_id=1&merchant_trans_id={nobody}\
                         &amount={amount}&action=0&error=0&error_note=Success&sign_time=2026-01-01+00%3A00%3A00&sign_string={sign}"
                    ),
                    expected,
                }
            };
            vec![knock("auth", key, "\"error\":-5"), knock("wrong_key", "not-the-key", "\"error\":-1")]
        }
    })
}
