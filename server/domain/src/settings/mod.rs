//! What a company decides for itself: profile, deadlines, working time; and the first day's guide with its sample.
//! Every change is versioned and audited.

mod calendar;
mod guide;
mod sample;

pub use calendar::{calendar, save_calendar};
pub use guide::{dismiss_guide, guide};
pub use sample::{load_sample, remove_sample};

use crate::{Actor, Ctx, Result, Tx, staff::trimmed};
use model::{
    Code, Lang, Permission as P, Phone,
    settings::{CompanyProfile, DeadlineHours, Deadlines, SaveProfile},
    validate,
};
use serde::Serialize;

/// What the audit keeps of a profile.
#[derive(Serialize)]
struct Profile<'a> {
    name: &'a str,
    /// The company's own numbers are public: they are not covered.
    phone: Option<&'a str>,
    emergency_phone: Option<&'a str>,
    address: Option<&'a str>,
    lang: &'a str,
}

/// The company's profile, as its managers see it.
pub async fn profile(ctx: &Ctx, actor: &Actor) -> Result<CompanyProfile> {
    actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    load_profile(&mut tx).await
}

async fn load_profile(tx: &mut Tx) -> Result<CompanyProfile> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        r#"select version, name, phone, emergency_phone, address, lang, time_zone, peek_request_number(id) as "next!"
           from companies where id = $1"#,
        company
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(CompanyProfile {
        version: row.version,
        name: row.name,
        phone: row.phone.as_deref().and_then(Phone::parse),
        emergency_phone: row.emergency_phone.as_deref().and_then(Phone::parse),
        address: row.address,
        lang: Lang::parse(&row.lang).unwrap_or_default(),
        time_zone: row.time_zone,
        next_request_number: row.next,
    })
}

/// Replaces the profile. `version` is the one the editor saw.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile.
pub async fn save_profile(ctx: &Ctx, actor: &Actor, version: i32, command: &SaveProfile) -> Result<CompanyProfile> {
    let scope = actor.scope(P::SettingsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let old = sqlx::query!(
        "select version, name, phone, emergency_phone, address, lang from companies where id = $1 for update",
        scope.company()
    )
    .fetch_one(tx.conn())
    .await?;
    if old.version != version {
        return Err(Code::Conflict.into());
    }
    let (name, address) = (command.name.trim(), trimmed(command.address.clone()));
    let before = Profile {
        name: &old.name,
        phone: old.phone.as_deref(),
        emergency_phone: old.emergency_phone.as_deref(),
        address: old.address.as_deref(),
        lang: &old.lang,
    };
    let after = Profile {
        name,
        phone: command.phone.as_ref().map(Phone::as_str),
        emergency_phone: command.emergency_phone.as_ref().map(Phone::as_str),
        address: address.as_deref(),
        lang: command.lang.code(),
    };
    if tx.record("company.update", "company", scope.company(), Some(&before), Some(&after)).await? {
        sqlx::query!(
            "update companies set name = $2, phone = $3, emergency_phone = $4, address = $5, lang = $6, version = version + 1
             where id = $1",
            scope.company(),
            after.name,
            after.phone,
            after.emergency_phone,
            after.address,
            after.lang
        )
        .execute(tx.conn())
        .await?;
    }
    let profile = load_profile(&mut tx).await?;
    tx.commit().await?;
    Ok(profile)
}

/// The hours the company gives each urgency.
pub async fn deadlines(ctx: &Ctx, actor: &Actor) -> Result<Deadlines> {
    actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    load_deadlines(&mut tx).await
}

async fn load_deadlines(tx: &mut Tx) -> Result<Deadlines> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select version, emergency_hours, urgent_hours, high_hours, normal_hours, low_hours from company_settings where company_id = $1",
        company
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map_or(Deadlines { version: 1, hours: DeadlineHours::default() }, |row| Deadlines {
        version: row.version,
        hours: DeadlineHours {
            emergency: row.emergency_hours,
            urgent: row.urgent_hours,
            high: row.high_hours,
            normal: row.normal_hours,
            low: row.low_hours,
        },
    }))
}

/// For whoever sets a deadline.
pub(crate) async fn deadline_hours(tx: &mut Tx) -> Result<DeadlineHours> {
    Ok(load_deadlines(tx).await?.hours)
}

/// Changes the hours; requests that are there keep their deadlines.
///
/// # Errors
/// `conflict` when somebody changed them meanwhile; `invalid` when something more urgent has more time.
pub async fn save_deadlines(ctx: &Ctx, actor: &Actor, version: i32, hours: &DeadlineHours) -> Result<Deadlines> {
    let scope = actor.scope(P::SettingsManage)?;
    validate::check(hours)?;
    let steps = [
        ("/urgent", hours.urgent, hours.high),
        ("/high", hours.high, hours.normal),
        ("/normal", hours.normal, hours.low),
    ];
    if let Some((pointer, ..)) = steps.into_iter().find(|(_, sooner, later)| sooner > later) {
        return Err(crate::Error::field(pointer, "out_of_range"));
    }
    let mut tx = ctx.begin(actor).await?;
    own_row(&mut tx).await?;
    let old = load_deadlines(&mut tx).await?;
    if old.version != version {
        return Err(Code::Conflict.into());
    }
    if tx.record("setting.update", "setting", scope.company(), Some(&old.hours), Some(hours)).await? {
        let now = tx.now();
        sqlx::query!(
            "update company_settings set emergency_hours = $2, urgent_hours = $3, high_hours = $4, normal_hours = $5,
               low_hours = $6, version = version + 1, updated_at = $7 where company_id = $1",
            scope.company(),
            hours.emergency,
            hours.urgent,
            hours.high,
            hours.normal,
            hours.low,
            now
        )
        .execute(tx.conn())
        .await?;
    }
    let saved = load_deadlines(&mut tx).await?;
    tx.commit().await?;
    Ok(saved)
}

/// Makes the company's row of settings and locks it, so that editors come one after another.
pub(crate) async fn own_row(tx: &mut Tx) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "insert into company_settings (company_id, updated_at) values ($1, $2) on conflict (company_id) do nothing",
        company,
        now
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("select company_id from company_settings where company_id = $1 for update", company)
        .fetch_one(tx.conn())
        .await?;
    Ok(())
}
