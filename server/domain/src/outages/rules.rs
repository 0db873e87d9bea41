//! What the detector goes by.

use crate::{Actor, Ctx, Error, Result, Tx};
use model::{
    Code, Permission as P,
    outages::{Detector, DetectorRules},
    validate,
};

pub(super) async fn rules(tx: &mut Tx) -> Result<Detector> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select version, minutes, riser, entrance, house, quiet_hours from outage_settings where company_id = $1",
        company
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map_or(Detector { version: 0, rules: DetectorRules::default() }, |row| Detector {
        version: row.version,
        rules: DetectorRules {
            minutes: row.minutes,
            riser: row.riser,
            entrance: row.entrance,
            house: row.house,
            quiet_hours: row.quiet_hours,
        },
    }))
}

/// What the detector goes by.
pub async fn detector(ctx: &Ctx, actor: &Actor) -> Result<Detector> {
    actor.scope(P::OutagesManage)?;
    let mut tx = ctx.begin(actor).await?;
    rules(&mut tx).await
}

/// Changes what the detector goes by. `version` is the one the editor saw.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; `invalid` when a narrower place needs more callers than a wider one.
pub async fn save_detector(ctx: &Ctx, actor: &Actor, version: i32, rules: &DetectorRules) -> Result<Detector> {
    let scope = actor.scope(P::SettingsManage)?;
    clean(rules)?;
    let mut tx = ctx.begin(actor).await?;
    let old = self::rules(&mut tx).await?;
    if old.version != version {
        return Err(Code::Conflict.into());
    }
    let saved = sqlx::query_scalar!(
        "insert into outage_settings (company_id, version, minutes, riser, entrance, house, quiet_hours)
         values ($1, 1, $3, $4, $5, $6, $7)
         on conflict (company_id) do update set version = outage_settings.version + 1, minutes = $3, riser = $4,
           entrance = $5, house = $6, quiet_hours = $7 where outage_settings.version = $2
         returning version",
        scope.company(),
        version,
        rules.minutes,
        rules.riser,
        rules.entrance,
        rules.house,
        rules.quiet_hours
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Code::Conflict)?;
    tx.record("setting.update", "setting", scope.company(), Some(&old.rules), Some(rules)).await?;
    tx.commit().await?;
    Ok(Detector { version: saved, rules: *rules })
}

/// Rules that make sense: a narrower place needs no more callers than a wider one.
fn clean(rules: &DetectorRules) -> Result<()> {
    validate::check(rules)?;
    match () {
        () if rules.riser > rules.entrance => Err(Error::field("/riser", "out_of_range")),
        () if rules.entrance > rules.house => Err(Error::field("/entrance", "out_of_range")),
        () => Ok(()),
    }
}
