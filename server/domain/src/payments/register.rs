//! Kassas in memory: each call of a provider needs one, with its key open. A kassa changed here is read anew at once,
//! one changed by another instance within [`FRESH`].

use crate::{Ctx, Error, Result};
use model::{
    CompanyId, KassaId, Money,
    payments::{Fiscal, KassaMode, Provider},
};
use secrecy::SecretString;
use sqlx::Row;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;
use uuid::Uuid;

/// How long a kassa is believed without looking.
const FRESH: Duration = Duration::from_secs(5);
/// More kassas than any installation has; then memory is emptied.
const MOST: usize = 10_000;
/// Where a kassa's key is sealed.
pub(crate) const SECRET: &str = "kassas.secret";

/// A kassa ready to answer.
#[derive(Debug)]
pub struct Kassa {
    pub id: KassaId,
    pub company_id: CompanyId,
    pub provider: Provider,
    pub mode: KassaMode,
    /// Takes new payments. What was begun is finished either way.
    pub open: bool,
    pub live: bool,
    pub refundable: bool,
    pub merchant_id: String,
    pub service_id: Option<i64>,
    /// With it Click can be asked.
    pub merchant_user_id: Option<String>,
    pub account_field: String,
    pub secret: SecretString,
    pub min: Money,
    pub max: Money,
    pub busy_code: i32,
    pub fiscal: Option<Fiscal>,
    /// The houses it is for; all when empty.
    pub buildings: Vec<Uuid>,
}

impl Kassa {
    /// Whether it takes money for this house.
    pub fn serves(&self, building: Uuid) -> bool {
        self.buildings.is_empty() || self.buildings.contains(&building)
    }
}

/// How a call names its kassa.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Name {
    Id(Uuid),
    /// The blind index of a Payme key.
    Key(Vec<u8>),
    /// Click's service.
    Service(i64),
}

/// The kassas in memory; cheap to clone.
#[derive(Clone, Default)]
pub struct Register(Arc<Mutex<HashMap<Name, Known>>>);

/// When it was read, and what was there.
type Known = (Instant, Option<Arc<Kassa>>);

impl Register {
    /// Something about kassas has changed.
    pub(super) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn known(&self, name: &Name) -> Option<Option<Arc<Kassa>>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(name).filter(|(at, _)| at.elapsed() < FRESH).map(|(_, kassa)| kassa.clone())
    }

    fn learn(&self, name: Name, kassa: Option<Arc<Kassa>>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(name, (Instant::now(), kassa));
    }
}

/// The kassa of a call; none when there is no such one of this provider.
pub(super) async fn find(ctx: &Ctx, provider: Provider, name: Name) -> Result<Option<Arc<Kassa>>> {
    let kassa = match ctx.kassas.known(&name) {
        Some(known) => known,
        None => {
            let found = load(ctx, &name).await?.map(Arc::new);
            ctx.kassas.learn(name, found.clone());
            found
        }
    };
    Ok(kassa.filter(|kassa| kassa.provider == provider))
}

async fn load(ctx: &Ctx, name: &Name) -> Result<Option<Kassa>> {
    const SQL: &str = "select k.*, array(select b.building_id from kassa_buildings b
         where b.company_id = k.company_id and b.kassa_id = k.id) as buildings from kassas k where ";
    let mut tx = ctx.db.begin_system("the kassa of a provider's call").await?;
    let mut sql = sqlx::QueryBuilder::<sqlx::Postgres>::new(SQL);
    match name {
        // A closed kassa still finishes what it began.
        Name::Id(id) => sql.push("k.id = ").push_bind(*id),
        Name::Key(key) => {
            sql.push("k.provider = 'payme' and k.archived_at is null and k.secret_key = ").push_bind(key.clone())
        }
        Name::Service(id) => {
            sql.push("k.provider = 'click' and k.archived_at is null and k.service_id = ").push_bind(*id)
        }
    };
    let Some(row) = sql.build().fetch_optional(&mut *tx).await? else { return Ok(None) };
    let id: Uuid = row.try_get("id")?;
    let sealed: Vec<u8> = row.try_get("secret_sealed")?;
    let secret = ctx.sealer.open(SECRET, id, &sealed).map_err(|e| Error::internal("the key of a kassa", e))?;
    let secret = String::from_utf8(secret).map_err(|e| Error::internal("the key of a kassa", e))?;
    let archived: Option<chrono::DateTime<chrono::Utc>> = row.try_get("archived_at")?;
    Ok(Some(Kassa {
        id: id.into(),
        company_id: row.try_get::<Uuid, _>("company_id")?.into(),
        provider: crate::error::word(row.try_get("provider")?)?,
        mode: crate::error::word(row.try_get("mode")?)?,
        open: row.try_get::<bool, _>("enabled")? && archived.is_none(),
        live: row.try_get("live")?,
        refundable: row.try_get("refundable")?,
        merchant_id: row.try_get("merchant_id")?,
        service_id: row.try_get("service_id")?,
        merchant_user_id: row.try_get("merchant_user_id")?,
        account_field: row.try_get("account_field")?,
        secret: secret.into(),
        min: Money::from_tiyin(row.try_get("min_tiyin")?),
        max: Money::from_tiyin(row.try_get("max_tiyin")?),
        busy_code: row.try_get("busy_code")?,
        fiscal: fiscal(&row)?,
        buildings: row.try_get("buildings")?,
    }))
}

/// The fiscal line of a row of kassas.
pub(super) fn fiscal(row: &sqlx::postgres::PgRow) -> Result<Option<Fiscal>> {
    let Some(title) = row.try_get::<Option<String>, _>("fiscal_title")? else { return Ok(None) };
    Ok(Some(Fiscal {
        title,
        code: row.try_get("fiscal_code")?,
        package: row.try_get("fiscal_package")?,
        vat_percent: row.try_get("fiscal_vat")?,
    }))
}
