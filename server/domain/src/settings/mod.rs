//! What a company decides for itself: profile and working time; and the first day's guide with its sample.
//! Every change is versioned and audited.

mod calendar;
mod guide;
mod languages;
mod numbers;
mod sample;

pub(crate) use calendar::usual_calendar;
pub use calendar::{calendar, save_calendar};
pub use guide::{dismiss_guide, guide};
pub use languages::{languages, offered, save_languages};
pub use numbers::raise_request_number;
pub use sample::{load_sample, remove_sample};

use crate::{Actor, Ctx, Result, Tx, staff::trimmed};
use chrono::TimeDelta;
use model::{
    Code, Lang, Permission as P, Phone,
    settings::{CompanyContacts, CompanyProfile, SaveProfile},
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
    short_number: Option<&'a str>,
    address: Option<&'a str>,
    legal_name: Option<&'a str>,
    tax_id: Option<&'a str>,
    bank_account: Option<&'a str>,
    bank_name: Option<&'a str>,
    bank_code: Option<&'a str>,
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
        r#"select version, name, phone, emergency_phone, short_number, address, legal_name, tax_id, bank_account, bank_name,
             bank_code, lang, time_zone, peek_request_number(id) as "next!"
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
        short_number: row.short_number,
        address: row.address,
        legal_name: row.legal_name,
        tax_id: row.tax_id,
        bank_account: row.bank_account,
        bank_name: row.bank_name,
        bank_code: row.bank_code,
        lang: Lang::parse(&row.lang).unwrap_or_default(),
        time_zone: row.time_zone,
        next_request_number: row.next,
    })
}

/// How to reach the company: for everybody who signs in.
pub async fn contacts(ctx: &Ctx, actor: &Actor) -> Result<CompanyContacts> {
    actor.scope(P::ProfileManage)?;
    let mut tx = ctx.begin(actor).await?;
    let profile = load_profile(&mut tx).await?;
    let calendar = calendar::load(&mut tx).await?;
    let today = (tx.now() + TimeDelta::hours(5)).date_naive();
    let soon = today..=today + TimeDelta::days(14);
    Ok(CompanyContacts {
        name: profile.name,
        phone: profile.phone,
        emergency_phone: profile.emergency_phone,
        short_number: profile.short_number,
        address: profile.address,
        week: calendar.week,
        special: calendar.special.into_iter().filter(|special| soon.contains(&special.day)).collect(),
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
        "select version, name, phone, emergency_phone, short_number, address, legal_name, tax_id, bank_account, bank_name, bank_code
         from companies where id = $1 for update",
        scope.company()
    )
    .fetch_one(tx.conn())
    .await?;
    if old.version != version {
        return Err(Code::Conflict.into());
    }
    let (name, address) = (command.name.trim(), trimmed(command.address.clone()));
    let (legal_name, bank_name) = (trimmed(command.legal_name.clone()), trimmed(command.bank_name.clone()));
    let before = Profile {
        name: &old.name,
        phone: old.phone.as_deref(),
        emergency_phone: old.emergency_phone.as_deref(),
        short_number: old.short_number.as_deref(),
        address: old.address.as_deref(),
        legal_name: old.legal_name.as_deref(),
        tax_id: old.tax_id.as_deref(),
        bank_account: old.bank_account.as_deref(),
        bank_name: old.bank_name.as_deref(),
        bank_code: old.bank_code.as_deref(),
    };
    let after = Profile {
        name,
        phone: command.phone.as_ref().map(Phone::as_str),
        emergency_phone: command.emergency_phone.as_ref().map(Phone::as_str),
        short_number: command.short_number.as_deref(),
        address: address.as_deref(),
        legal_name: legal_name.as_deref(),
        tax_id: command.tax_id.as_deref(),
        bank_account: command.bank_account.as_deref(),
        bank_name: bank_name.as_deref(),
        bank_code: command.bank_code.as_deref(),
    };
    if tx.record("company.update", "company", scope.company(), Some(&before), Some(&after)).await? {
        sqlx::query!(
            "update companies set name = $2, phone = $3, emergency_phone = $4, address = $5, short_number = $6,
               legal_name = $7, tax_id = $8, bank_account = $9, bank_name = $10, bank_code = $11, version = version + 1 where id = $1",
            scope.company(),
            after.name,
            after.phone,
            after.emergency_phone,
            after.address,
            after.short_number,
            after.legal_name,
            after.tax_id,
            after.bank_account,
            after.bank_name,
            after.bank_code
        )
        .execute(tx.conn())
        .await?;
    }
    let profile = load_profile(&mut tx).await?;
    tx.commit().await?;
    Ok(profile)
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
