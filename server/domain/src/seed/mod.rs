//! A city in a box: one demo company with houses, people and two years of requests. Same seed and same moment, same
//! bytes: ids and everything else come from one stream of random numbers.
//!
//! All of it is one transaction, so that a seed that was killed leaves nothing behind; it is written house by house,
//! so that size costs time and not memory. Outbox and audit stay empty: they tell of what happens from now on, and
//! no connected browser has missed the invented past.

mod arrivals;
mod bank;
mod billing;
mod canvas;
mod clocks;
mod copy;
mod debts;
mod houses;
mod life;
mod names;
mod news;
mod outages;
mod papers;
pub mod payments;
mod people;
mod pictures;
mod plan;
mod requests;
mod rng;
mod roster;
mod sorter;
mod texts;
mod topics;
mod work;

use crate::{Ctx, Error, Result, auth::DEMO_CODE};
use chrono::{DateTime, TimeDelta, Utc};
use model::Role;
use platform::sealed::Sealer;
use rng::Rng;
use serde::Serialize;
use uuid::Uuid;

/// The password of every demo login.
pub const PASSWORD: &str = "demo-password-1";
/// Its hash with a fixed salt, made once: a fresh salt would make every seed different.
const PASSWORD_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$ORm8lgfsxTRMMpj2fXV82Q$kCAfBHjvjmLaUXspN9ceAHXGGJLXNpgYmtZslRKVJ7Q";

/// Flats of the first house whose residents one can sign in as: one with a single home, one with two (the second is
/// `SECOND_HOME`), one who speaks Uzbek.
const STARS: usize = 4;
const TWO_HOMES: usize = 1;
const SECOND_HOME: usize = 2;
const SPEAKS_UZBEK: usize = 3;

/// What to build.
#[derive(Clone, Debug)]
pub struct SeedOptions {
    /// Flats; shops, storages and parking places come on top.
    pub apartments: u32,
    pub seed: u64,
    /// Where the two years of history end.
    pub now: DateTime<Utc>,
    pub company_name: String,
}

/// A login of the demo, as printed and written to `demo-logins.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum DemoLogin {
    Staff { role: Role, login: String, password: &'static str },
    Resident { role: Role, phone: String, code: &'static str },
}

/// Who one can sign in as, the most powerful first.
pub type DemoLogins = Vec<DemoLogin>;

/// What every part of the seed needs to know.
struct Plot {
    seed: u64,
    company: Uuid,
    apartments: usize,
    now: DateTime<Utc>,
    /// When the company took over its houses: a year before the history begins.
    opened: DateTime<Utc>,
    /// Seals what people keep to themselves, always to the same bytes.
    sealer: Sealer,
}

impl Plot {
    fn new(options: &SeedOptions, sealer: Sealer) -> Result<Self> {
        let apartments = usize::try_from(options.apartments).map_err(|e| Error::internal("seed", e))?;
        // Whole seconds: what JSON, COPY and people all write alike.
        let now = DateTime::from_timestamp(options.now.timestamp(), 0).unwrap_or(options.now);
        let opened = now - TimeDelta::days(plan::DAYS + 365);
        let company = Rng::part(options.seed, "company", 0).id(opened);
        Ok(Self { seed: options.seed, company, apartments, now, opened, sealer })
    }

    /// Whether the flat belongs to somebody one can sign in as.
    fn star(&self, building: &houses::Building, flat: usize) -> bool {
        building.index == 0 && flat < STARS
    }
}

/// Builds the company. `progress` is told what happens.
///
/// # Errors
/// `invalid` on `/apartments` outside 20 to 1,000,000; `conflict` when the database already holds demo data.
pub async fn run(ctx: &Ctx, options: &SeedOptions, progress: impl Fn(&str)) -> Result<DemoLogins> {
    if !(20..=1_000_000).contains(&options.apartments) {
        return Err(Error::field("/apartments", "out_of_range"));
    }
    let plot = Plot::new(options, ctx.sealer.clone())?;
    refuse_twice(ctx, &plot).await?;
    progress("Drawing photographs");
    let album = pictures::Album::store(ctx, &plot).await?;
    let papers = papers::store(ctx, &plot).await?;

    let (complexes, buildings) = houses::plan(&plot);
    let calendar = plan::plan(&plot, &buildings);
    let requests: usize = calendar.iter().map(Vec::len).sum();
    progress(&format!("{} houses, {} apartments, {requests} requests", buildings.len(), plot.apartments));

    let mut tx = ctx.db.begin_system("demo data").await?;
    write_company(&mut tx, &plot, options).await?;
    let mut rows = copy::Rows::begin(&mut tx).await?;
    let mut phones = people::Phones::new(plot.seed);
    let sorter = sorter::Sorted::load(&mut tx, &plot).await?;
    let staff = people::write_staff(&mut rows, &plot, &mut phones);
    roster::write(&mut rows, &plot, &staff);
    houses::write_complexes(&mut rows, &plot, &complexes);
    let mut residents = Vec::new();
    let mut pipes = Vec::new();
    for (building, planned) in buildings.iter().zip(&calendar) {
        let mut rng = Rng::part(plot.seed, "house", building.index);
        let units = houses::write(&mut rows, &plot, &mut rng, building);
        let risers = outages::write_risers(&mut rows, &plot, building, &units.flats);
        if building.index == 0 {
            pipes = risers;
        }
        staff.write_zones(&mut rows, &plot, building);
        let households = people::write(&mut rows, &plot, &mut rng, &mut phones, building, &units);
        let house = requests::House {
            plot: &plot,
            building,
            flats: &units.flats,
            households: &households,
            staff: &staff,
            album: &album,
            sorter: &sorter,
        };
        for request in planned {
            requests::write(&mut rows, &mut rng, &house, request);
        }
        if building.index == 0 {
            let stars = [0, TWO_HOMES, SPEAKS_UZBEK];
            arrivals::write(&mut rows, &plot, building, &units, &households, &staff);
            residents.extend(stars.iter().filter_map(|flat| households.get(*flat)?.first().map(|r| r.phone.clone())));
        }
        rows.flush_if_full(&mut tx).await?;
        if building.index % 25 == 24 {
            progress(&format!("{} of {} houses", building.index + 1, buildings.len()));
        }
    }
    papers::write(&mut rows, &plot, &buildings, &papers);
    rows.flush(&mut tx).await?;
    outages::write(&mut tx, &plot, &buildings, &pipes, staff.dispatchers.first().map(|d| d.id)).await?;
    news::write(&mut tx, &plot, &buildings, staff.dispatchers.first()).await?;
    work::write(&mut tx, &plot, &buildings, &staff).await?;
    billing::write(&mut tx, &plot, &buildings, (staff.admin.id, &staff.admin.name)).await?;
    let author = (staff.admin.id, staff.admin.name.as_str());
    payments::write(&mut tx, &plot, staff.admin.id).await?;
    bank::write(&mut tx, &plot, author).await?;
    debts::write(&mut tx, &plot, author).await?;
    advance_numbers(&mut tx, &plot, requests).await?;
    progress("Saving");
    tx.commit().await?;
    Ok(logins(&staff, residents))
}

async fn refuse_twice(ctx: &Ctx, plot: &Plot) -> Result<()> {
    let mut tx = ctx.db.begin_system("demo data").await?;
    let there = sqlx::query_scalar!(
        r#"select exists(select from companies where id = $1) or exists(select from users where login = 'owner') as "there!""#,
        plot.company
    )
    .fetch_one(&mut *tx)
    .await?;
    if there { Err(model::Code::Conflict.into()) } else { Ok(()) }
}

async fn write_company(conn: &mut sqlx::PgConnection, plot: &Plot, options: &SeedOptions) -> Result<()> {
    sqlx::query!(
        "insert into companies (id, name, phone, emergency_phone, address, lang, demo, created_at, legal_name, tax_id, bank_account,
           bank_name, bank_code)
         values ($1, $2, '+998712004050', '+998712004051', 'Ташкент, Навои 1', 'ru', true, $3, 'ООО «' || $2 || '»', '300000001',
           '20208000900000000001', 'АКБ «Демо Банк»', '00999')",
        plot.company,
        options.company_name,
        plot.opened
    )
    .execute(&mut *conn)
    .await?;
    // Whoever looks around sees the suggestions; nothing moves behind their back.
    sqlx::query!(
        "insert into assignment_settings (company_id, emergency, regular, paid, warranty)
         values ($1, 'suggest', 'suggest', 'suggest', 'suggest')",
        plot.company
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The next real request takes the next number.
async fn advance_numbers(conn: &mut sqlx::PgConnection, plot: &Plot, used: usize) -> Result<()> {
    let used = i64::try_from(used).map_err(|e| Error::internal("seed", e))?;
    // Numbers are given out to the current company only.
    sqlx::query!("select set_config('app.company_id', $1::text, true)", plot.company.to_string())
        .fetch_one(&mut *conn)
        .await?;
    sqlx::query!("select max(next_request_number($1)) from generate_series(1, $2::bigint)", plot.company, used)
        .fetch_one(conn)
        .await?;
    Ok(())
}

fn logins(staff: &people::Staff, residents: Vec<String>) -> DemoLogins {
    let login = |role, login: &str| DemoLogin::Staff { role, login: login.to_owned(), password: PASSWORD };
    let mut all = vec![login(Role::SuperAdmin, "owner"), login(Role::Admin, &staff.admin.login)];
    all.extend(staff.dispatchers.iter().map(|w| login(Role::Dispatcher, &w.login)));
    all.extend(staff.field.iter().map(|w| login(Role::Staff, &w.login)));
    all.extend(residents.into_iter().map(|phone| DemoLogin::Resident { role: Role::Resident, phone, code: DEMO_CODE }));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_stored_hash_is_of_the_password() {
        assert!(platform::password::Passwords::new().verify(PASSWORD, PASSWORD_HASH).await);
    }
}
