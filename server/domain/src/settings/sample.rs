//! Sample data to try the desk with: one house, twenty flats, six people, three requests. What was made is written
//! down, so that exactly this can be taken away again.

use crate::{Actor, Ctx, Error, Result, Tx, audit::Entry, requests};
use model::{
    Code, Lang, Permission as P,
    requests::{Category, CreateRequest, Kind},
};
use platform::ids::new_id;
use serde_json::json;
use uuid::Uuid;

const FLATS: i16 = 20;
const FLATS_ON_A_FLOOR: i16 = 4;

/// The words of a sample.
struct Words {
    address: &'static str,
    hint: &'static str,
    people: [&'static str; 6],
    leak: &'static str,
    light: &'static str,
    yard: &'static str,
}

const fn words(lang: Lang) -> Words {
    match lang {
        Lang::Ru => Words {
            address: "Пример: ул. Примерная, 1",
            hint: "Кран холодной воды в подвале, ключ у консьержа (пример)",
            people: [
                "Каримова Азиза",
                "Юсупов Рустам",
                "Ким Елена",
                "Рахимов Жасур",
                "Иванова Ольга",
                "Тошматов Бахтиёр",
            ],
            leak: "Пример: течёт труба под раковиной",
            light: "Пример: не горит свет в подъезде",
            yard: "Пример: сломана скамейка во дворе",
        },
        Lang::Uz => Words {
            address: "Namuna: Namuna koʻchasi, 1",
            hint: "Sovuq suv joʻmragi yertoʻlada, kalit konsyerjda (namuna)",
            people: [
                "Karimova Aziza",
                "Yusupov Rustam",
                "Kim Yelena",
                "Rahimov Jasur",
                "Ivanova Olga",
                "Toshmatov Baxtiyor",
            ],
            leak: "Namuna: rakovina tagidagi quvur oqyapti",
            light: "Namuna: yoʻlakda chiroq yonmayapti",
            yard: "Namuna: hovlidagi oʻrindiq singan",
        },
        Lang::En => Words {
            address: "Sample: 1 Sample Street",
            hint: "Cold water valve in the basement, key at the concierge (sample)",
            people: [
                "Karimova Aziza",
                "Yusupov Rustam",
                "Kim Elena",
                "Rahimov Jasur",
                "Ivanova Olga",
                "Toshmatov Bakhtiyor",
            ],
            leak: "Sample: a pipe leaks under the sink",
            light: "Sample: no light in the entrance",
            yard: "Sample: a bench in the yard is broken",
        },
    }
}

/// Loads the sample in the caller's language, all of it or nothing. Where it is loaded already, nothing happens.
///
/// # Errors
/// `conflict` when a house of the sample's name is there.
pub async fn load_sample(ctx: &Ctx, actor: &Actor) -> Result<()> {
    let scope = actor.scope(P::SettingsManage)?;
    let requests_scope = actor.scope(P::RequestsCreate)?;
    let mut tx = ctx.begin(actor).await?;
    // Two presses of the button make one sample.
    super::own_row(&mut tx).await?;
    let there = sqlx::query_scalar!(
        r#"select exists(select from sample_rows where company_id = $1) as "there!""#,
        scope.company()
    )
    .fetch_one(tx.conn())
    .await?;
    if there {
        return Ok(());
    }
    let text = words(actor.lang());
    let (building, flats) = house(&mut tx, &text).await?;
    let people = people(&mut tx, &text, &flats).await?;
    for command in wishes(&text, building, &flats, &people) {
        let id = requests::file(&mut tx, &requests_scope, &command).await?;
        note(&mut tx, "request", id.0).await?;
    }
    let changes = json!({ "sample": [false, true] });
    tx.audit(Entry { action: "setting.update", object_type: "setting", object_id: Some(scope.company()), changes })
        .await?;
    tx.commit().await
}

async fn house(tx: &mut Tx, text: &Words) -> Result<(Uuid, Vec<Uuid>)> {
    let (company, id) = (tx.actor().company_id().0, new_id());
    sqlx::query!(
        "insert into buildings (id, company_id, address, year, storeys, hint) values ($1, $2, $3, 2015, 5, $4)",
        id,
        company,
        text.address,
        text.hint
    )
    .execute(tx.conn())
    .await
    .map_err(|error| match &error {
        sqlx::Error::Database(e) if e.is_unique_violation() => Code::Conflict.into(),
        _ => Error::from(error),
    })?;
    note(tx, "building", id).await?;
    let entrance = new_id();
    sqlx::query!(
        "insert into entrances (id, company_id, building_id, number) values ($1, $2, $3, 1)",
        entrance,
        company,
        id
    )
    .execute(tx.conn())
    .await?;
    note(tx, "entrance", entrance).await?;
    let mut flats = Vec::new();
    for number in 1..=FLATS {
        let flat = new_id();
        sqlx::query!(
            "insert into units (id, company_id, building_id, entrance_id, kind, number, floor, rooms, area_cm2)
             values ($1, $2, $3, $4, 'flat', $5, $6, $7, $8)",
            flat,
            company,
            id,
            entrance,
            number.to_string(),
            (number - 1) / FLATS_ON_A_FLOOR + 1,
            number % 3 + 1,
            i64::from(number % 3 + 1) * 210_000
        )
        .execute(tx.conn())
        .await?;
        note(tx, "unit", flat).await?;
        flats.push(flat);
    }
    Ok((id, flats))
}

async fn people(tx: &mut Tx, text: &Words, flats: &[Uuid]) -> Result<Vec<Uuid>> {
    let (company, now, lang) = (tx.actor().company_id().0, tx.now(), tx.actor().lang());
    let mut people = Vec::new();
    for (name, flat) in text.people.iter().zip(flats) {
        let id = new_id();
        // Without telephones: a made-up number may be somebody's.
        sqlx::query!(
            "insert into contacts (id, company_id, name, lang, created_at) values ($1, $2, $3, $4, $5)",
            id,
            company,
            name,
            lang.code(),
            now
        )
        .execute(tx.conn())
        .await?;
        sqlx::query!(
            "insert into residencies (id, company_id, unit_id, contact_id, relation, share_num, share_den, since_on)
             values ($1, $2, $3, $4, 'owner', 1, 1, $5)",
            new_id(),
            company,
            flat,
            id,
            now.date_naive()
        )
        .execute(tx.conn())
        .await?;
        note(tx, "contact", id).await?;
        people.push(id);
    }
    Ok(people)
}

fn wishes(text: &Words, building: Uuid, flats: &[Uuid], people: &[Uuid]) -> [CreateRequest; 3] {
    let about = |unit: Option<&Uuid>, contact: Option<&Uuid>, category, kind, description: &str| CreateRequest {
        unit_id: unit.map(|u| (*u).into()),
        building_id: unit.is_none().then(|| building.into()),
        entrance_id: None,
        contact_id: contact.map(|c| (*c).into()),
        contact_name: None,
        contact_phone: None,
        source: None,
        category,
        problem_id: None,
        kind,
        priority: None,
        description: description.to_owned(),
        hidden: false,
        file_ids: Vec::new(),
    };
    [
        about(flats.first(), people.first(), Category::Plumbing, Some(Kind::Emergency), text.leak),
        about(None, people.get(1), Category::Electrical, None, text.light),
        about(None, None, Category::Yard, None, text.yard),
    ]
}

async fn note(tx: &mut Tx, kind: &str, id: Uuid) -> Result<()> {
    let company = tx.actor().company_id().0;
    sqlx::query!("insert into sample_rows (company_id, kind, id) values ($1, $2, $3)", company, kind, id)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Takes the sample away: exactly what was loaded, with what happened to its requests. The audit keeps that it was.
///
/// # Errors
/// `sample_in_use` when something real hangs on it: a real request to the sample house, a real person in a sample flat.
pub async fn remove_sample(ctx: &Ctx, actor: &Actor) -> Result<()> {
    let scope = actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    super::own_row(&mut tx).await?;
    let company = scope.company();
    // Photos go back to the loose uploads, which are swept with their bytes.
    sqlx::query!(
        "update files set request_id = null where company_id = $1
           and request_id in (select id from sample_rows where company_id = $1 and kind = 'request')",
        company
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("select remove_sample_requests($1)", company).execute(tx.conn()).await.map_err(in_use)?;
    // Between a sample person and a sample flat only: a real tie keeps both and is told.
    sqlx::query!(
        "delete from residencies r using sample_rows u, sample_rows c
         where r.company_id = $1 and u.company_id = $1 and u.kind = 'unit' and u.id = r.unit_id
           and c.company_id = $1 and c.kind = 'contact' and c.id = r.contact_id",
        company
    )
    .execute(tx.conn())
    .await?;
    for table in ["contacts", "units", "entrances", "buildings"] {
        remove(&mut tx, company, table).await.map_err(in_use)?;
    }
    let removed = sqlx::query!("delete from sample_rows where company_id = $1", company)
        .execute(tx.conn())
        .await?
        .rows_affected();
    if removed > 0 {
        let changes = json!({ "sample": [true, false] });
        tx.audit(Entry { action: "setting.update", object_type: "setting", object_id: Some(company), changes }).await?;
    }
    tx.commit().await
}

async fn remove(tx: &mut Tx, company: Uuid, table: &str) -> Result<(), sqlx::Error> {
    let conn = tx.conn();
    match table {
        "contacts" => {
            sqlx::query!("delete from contacts t using sample_rows s where t.company_id = $1 and s.company_id = $1 and s.kind = 'contact' and s.id = t.id", company)
                .execute(conn)
                .await?
        }
        "units" => {
            sqlx::query!("delete from units t using sample_rows s where t.company_id = $1 and s.company_id = $1 and s.kind = 'unit' and s.id = t.id", company)
                .execute(conn)
                .await?
        }
        "entrances" => {
            sqlx::query!("delete from entrances t using sample_rows s where t.company_id = $1 and s.company_id = $1 and s.kind = 'entrance' and s.id = t.id", company)
                .execute(conn)
                .await?
        }
        _ => {
            sqlx::query!("delete from buildings t using sample_rows s where t.company_id = $1 and s.company_id = $1 and s.kind = 'building' and s.id = t.id", company)
                .execute(conn)
                .await?
        }
    };
    Ok(())
}

/// A key that still points at the sample.
fn in_use(error: sqlx::Error) -> Error {
    match &error {
        sqlx::Error::Database(e) if e.is_foreign_key_violation() => Code::SampleInUse.into(),
        _ => error.into(),
    }
}
