//! What the company works with: materials, prices, checklists, rules of proof, plans, a route; and what was recorded on
//! some of the requests.

use super::{Plot, houses::Building, people::Staff, rng::Rng};
use crate::{Error, Result, requests::work::day_of};
use chrono::{DateTime, TimeDelta, Utc};
use model::{Money, staff::Skill, work::Quantity};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// Russian and Uzbek name, unit, price in soʻm, category.
type Thing = (&'static str, &'static str, &'static str, i64, Option<&'static str>);

const MATERIALS: &[Thing] = &[
    ("Прокладка 1/2", "Qistirma 1/2", "piece", 3_000, Some("plumbing")),
    ("Кран шаровой 1/2", "Sharli kran 1/2", "piece", 48_000, Some("plumbing")),
    ("Труба полипропиленовая 20 мм", "Polipropilen quvur 20 mm", "metre", 14_500, Some("plumbing")),
    ("Гибкая подводка 60 см", "Egiluvchan shlang 60 sm", "piece", 27_000, Some("plumbing")),
    ("Герметик силиконовый", "Silikon germetik", "piece", 36_000, None),
    ("Лампа светодиодная 10 Вт", "LED lampa 10 Vt", "piece", 18_000, Some("electrical")),
    ("Автомат 16 А", "Avtomat 16 A", "piece", 42_000, Some("electrical")),
    ("Кабель ВВГ 3×2,5", "VVG kabeli 3×2,5", "metre", 11_800, Some("electrical")),
    ("Воздухоотводчик", "Havo chiqargich", "piece", 65_000, Some("heating")),
    ("Краска масляная", "Moyli boʻyoq", "kilogram", 32_500, None),
    ("Доводчик дверной", "Eshik yopqichi", "piece", 185_000, Some("doors")),
    ("Средство моющее", "Yuvish vositasi", "litre", 22_000, Some("cleaning")),
];

const SERVICES: &[Thing] = &[
    ("Замена смесителя", "Smesitel almashtirish", "piece", 120_000, Some("plumbing")),
    ("Установка унитаза", "Unitaz oʻrnatish", "piece", 250_000, Some("plumbing")),
    ("Подключение стиральной машины", "Kir yuvish mashinasini ulash", "piece", 150_000, Some("plumbing")),
    ("Замена розетки", "Rozetka almashtirish", "piece", 40_000, Some("electrical")),
    ("Установка люстры", "Qandil oʻrnatish", "piece", 90_000, Some("electrical")),
    ("Замена радиатора", "Radiator almashtirish", "piece", 320_000, Some("heating")),
    ("Врезка замка", "Qulf oʻrnatish", "piece", 140_000, Some("doors")),
    ("Генеральная уборка", "Bosh tozalash", "square_metre", 12_000, Some("cleaning")),
    ("Выезд мастера", "Usta tashrifi", "visit", 50_000, None),
    ("Работа мастера", "Usta ishi", "hour", 80_000, None),
];

/// Name, category whose requests get it by themselves, points.
const CHECKLISTS: &[(&str, Option<&str>, &[&str])] = &[
    (
        "Лифт",
        Some("elevator"),
        &["Кабина освещена", "Двери закрываются", "Связь с диспетчером работает", "Посторонних шумов нет"],
    ),
    ("Отопление", Some("heating"), &["Давление в норме", "Воздух спущен", "Течи нет"]),
    ("Подвал", None, &["Трубы сухие", "Освещение есть", "Продухи открыты", "Мусора нет", "Дверь закрывается"]),
];

/// Spot, question, answer, unit, photo, category.
type Stop = (&'static str, &'static str, &'static str, Option<&'static str>, bool, &'static str);

const STOPS: &[Stop] = &[
    ("Подвал", "Трубы сухие?", "yes_no", None, true, "plumbing"),
    ("Тепловой узел", "Давление", "value", Some("бар"), false, "heating"),
    ("Подъезд 1", "Свет горит на всех этажах?", "yes_no", None, false, "electrical"),
    ("Крыша", "Выход закрыт, следов протечки нет?", "yes_no", None, true, "other"),
];

/// Writes all of it after the requests are there.
pub(super) async fn write(conn: &mut PgConnection, plot: &Plot, buildings: &[Building], staff: &Staff) -> Result<()> {
    let mut rng = Rng::part(plot.seed, "work", 0);
    let materials = catalogue(conn, plot, &mut rng, "material", MATERIALS).await?;
    let services = catalogue(conn, plot, &mut rng, "service", SERVICES).await?;
    let lists = checklists(conn, plot, &mut rng).await?;
    rules(conn, plot).await?;
    plans(conn, plot, &mut rng, buildings, &lists).await?;
    route(conn, plot, &mut rng, buildings, staff).await?;
    codes(conn, plot, &mut rng).await?;
    spent(conn, plot, &mut rng, &materials).await?;
    estimates(conn, plot, &mut rng, &services).await
}

async fn catalogue(
    conn: &mut PgConnection,
    plot: &Plot,
    rng: &mut Rng,
    list: &str,
    things: &[Thing],
) -> Result<Vec<Uuid>> {
    let mut ids = Vec::with_capacity(things.len());
    for (ru, uz, unit, soum, category) in things {
        let id = rng.id(plot.opened);
        sqlx::query!(
            "insert into catalogue (id, company_id, list, names, unit, price_tiyin, category, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            id,
            plot.company,
            list,
            json!({ "ru": ru, "uz": uz, "en": "" }),
            unit,
            soum * 100,
            *category,
            plot.opened
        )
        .execute(&mut *conn)
        .await?;
        ids.push(id);
    }
    Ok(ids)
}

async fn checklists(conn: &mut PgConnection, plot: &Plot, rng: &mut Rng) -> Result<Vec<Uuid>> {
    let mut ids = Vec::with_capacity(CHECKLISTS.len());
    for (name, category, items) in CHECKLISTS {
        let id = rng.id(plot.opened);
        let items: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
        sqlx::query!(
            "insert into checklists (id, company_id, name, category, items, created_at) values ($1, $2, $3, $4, $5, $6)",
            id,
            plot.company,
            name,
            *category,
            &items,
            plot.opened
        )
        .execute(&mut *conn)
        .await?;
        ids.push(id);
    }
    Ok(ids)
}

async fn rules(conn: &mut PgConnection, plot: &Plot) -> Result<()> {
    sqlx::query!("insert into work_settings (company_id, version, paid_waits) values ($1, 2, true)", plot.company)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "insert into proof_rules (company_id, position, kind, category, needs)
         values ($1, 0, null, 'elevator', '{photo,checklist}'), ($1, 1, 'paid', null, '{photo,confirmation}')",
        plot.company
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Lifts each week by whoever knows them, cellars each month of the cold season. What is due begins tomorrow.
async fn plans(
    conn: &mut PgConnection,
    plot: &Plot,
    rng: &mut Rng,
    buildings: &[Building],
    lists: &[Uuid],
) -> Result<()> {
    let today = day_of(plot.now);
    let with_lift: Vec<Uuid> = buildings.iter().filter(|b| b.has_lift).take(4).map(|b| b.id).collect();
    let first: Vec<Uuid> = buildings.iter().take(3).map(|b| b.id).collect();
    let lifts = if with_lift.is_empty() { first.clone() } else { with_lift };
    let (weekly, monthly) = (rng.id(plot.opened), rng.id(plot.opened));
    sqlx::query!(
        "insert into plans (id, company_id, title, description, category, unit, every, weekday, starts_on, lead_days, skill,
           checklist_id, handled_until, created_at)
         values ($1, $2, 'Осмотр лифтов', 'Проехать каждую кабину, проверить связь', 'elevator', 'week', 1, 2, $3, 1, $4, $5, $6, $7)",
        weekly,
        plot.company,
        day_of(plot.opened),
        Skill::Lift.as_str(),
        lists.first(),
        today,
        plot.opened
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into plans (id, company_id, title, description, category, unit, every, month_day, season_from, season_to,
           starts_on, lead_days, checklist_id, handled_until, created_at)
         values ($1, $2, 'Осмотр подвалов', 'Перед холодами и каждый месяц зимы', 'plumbing', 'month', 1, 31, 10, 4, $3, 3, $4, $5, $6)",
        monthly,
        plot.company,
        day_of(plot.opened),
        lists.last(),
        today + TimeDelta::days(3),
        plot.opened
    )
    .execute(&mut *conn)
    .await?;
    for (plan, houses) in [(weekly, &lifts), (monthly, &first)] {
        for (position, house) in (0_i32..).zip(houses) {
            sqlx::query!(
                "insert into plan_places (company_id, plan_id, position, building_id) values ($1, $2, $3, $4)",
                plot.company,
                plan,
                position,
                house
            )
            .execute(&mut *conn)
            .await?;
        }
    }
    Ok(())
}

/// One route through the first houses: walked without a fault a week ago, and waiting for today.
async fn route(
    conn: &mut PgConnection,
    plot: &Plot,
    rng: &mut Rng,
    buildings: &[Building],
    staff: &Staff,
) -> Result<()> {
    let Some(walker) = staff.field.first() else { return Ok(()) };
    let (id, name) = (rng.id(plot.opened), "Зимний обход");
    sqlx::query!(
        "insert into routes (id, company_id, name, created_at) values ($1, $2, $3, $4)",
        id,
        plot.company,
        name,
        plot.opened
    )
    .execute(&mut *conn)
    .await?;
    let stops: Vec<(&Building, &Stop)> =
        buildings.iter().take(2).flat_map(|building| STOPS.iter().map(move |stop| (building, stop))).collect();
    for (position, (building, (place, question, answer, unit, photo, category))) in (0_i32..).zip(&stops) {
        sqlx::query!(
            "insert into route_points (company_id, route_id, position, building_id, place, question, answer, unit, photo_required, category)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            plot.company,
            id,
            position,
            building.id,
            place,
            question,
            answer,
            *unit,
            photo,
            category
        )
        .execute(&mut *conn)
        .await?;
    }
    let today = day_of(plot.now);
    for (due_on, walked) in [(today - TimeDelta::days(7), true), (today, false)] {
        let round = rng.id(plot.now);
        let at = walked.then(|| plot.now - TimeDelta::days(7));
        sqlx::query!(
            "insert into rounds (id, company_id, route_id, name, assignee_id, due_on, created_at, finished_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            round,
            plot.company,
            id,
            name,
            walker.id,
            due_on,
            plot.opened,
            at
        )
        .execute(&mut *conn)
        .await?;
        for (position, (building, (place, question, answer, unit, photo, category))) in (0_i32..).zip(&stops) {
            let value = (walked && *answer == "value").then(|| format!("{},{}", rng.between(3, 4), rng.between(0, 9)));
            sqlx::query!(
                "insert into round_points (id, company_id, round_id, position, building_id, address, place, question, answer, unit,
                   photo_required, category, result, value, marked_at, marked_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
                rng.id(plot.now),
                plot.company,
                round,
                position,
                building.id,
                building.address,
                place,
                question,
                answer,
                *unit,
                photo,
                category,
                at.map(|_| "good"),
                value,
                at,
                at.map(|_| walker.name.as_str())
            )
            .execute(&mut *conn)
            .await?;
        }
    }
    Ok(())
}

/// The code of everybody who waits for their worker.
async fn codes(conn: &mut PgConnection, plot: &Plot, rng: &mut Rng) -> Result<()> {
    let waiting = sqlx::query_scalar!(
        "select id from requests where company_id = $1 and status = 'in_progress' order by number",
        plot.company
    )
    .fetch_all(&mut *conn)
    .await?;
    for id in waiting {
        sqlx::query!(
            "insert into confirmation_codes (company_id, request_id, code, made_at) values ($1, $2, $3, $4)",
            plot.company,
            id,
            format!("{:04}", rng.below(10_000)),
            plot.now
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Materials and time on the newest work of each trade.
async fn spent(conn: &mut PgConnection, plot: &Plot, rng: &mut Rng, materials: &[Uuid]) -> Result<()> {
    let done = sqlx::query!(
        r#"select r.id, r.category, r.assignee_id as "worker!", u.name, coalesce(r.completed_at, r.updated_at) as "at!"
           from requests r join users u on u.id = r.assignee_id
           where r.company_id = $1 and r.status in ('in_progress', 'done', 'closed') order by r.number desc limit 60"#,
        plot.company
    )
    .fetch_all(&mut *conn)
    .await?;
    for work in done {
        let at: DateTime<Utc> = work.at;
        let minutes = i32::try_from(rng.between(3, 24) * 5).map_err(|e| Error::internal("seed", e))?;
        sqlx::query!(
            "insert into request_times (id, company_id, request_id, user_id, by_name, by_hand, started_at, minutes)
             values ($1, $2, $3, $4, $5, false, $6, $7)",
            rng.id(at),
            plot.company,
            work.id,
            work.worker,
            work.name,
            at - TimeDelta::minutes(minutes.into()),
            minutes
        )
        .execute(&mut *conn)
        .await?;
        let fitting: Vec<Uuid> = MATERIALS
            .iter()
            .zip(materials)
            .filter(|((.., category), _)| *category == Some(work.category.as_str()))
            .map(|(_, id)| *id)
            .collect();
        if fitting.is_empty() || rng.chance(0.3) {
            continue;
        }
        sqlx::query!(
            "insert into request_materials (id, company_id, request_id, material_id, names, unit, price_tiyin, quantity_milli, by_name, at)
             select $3, $1, $2, id, names, unit, price_tiyin, case when unit = 'metre' then $5::bigint else 1000 end, $6, $7
             from catalogue where company_id = $1 and id = $4",
            plot.company,
            work.id,
            rng.id(at),
            rng.pick(&fitting),
            rng.between(2, 16) * 250,
            work.name,
            at
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Paid work has its price: accepted where it went on, waiting where it did not.
async fn estimates(conn: &mut PgConnection, plot: &Plot, rng: &mut Rng, services: &[Uuid]) -> Result<()> {
    let paid = sqlx::query!(
        r#"select r.id, r.status, r.category, r.created_at, r.contact_name, u.name as "dispatcher!"
           from requests r join lateral (select name from users where company_id = $1 and role = 'dispatcher' order by id limit 1) u on true
           where r.company_id = $1 and r.kind = 'paid' and r.status not in ('cancelled', 'rejected') order by r.number desc limit 8"#,
        plot.company
    )
    .fetch_all(&mut *conn)
    .await?;
    for request in paid {
        let accepted = !matches!(request.status.as_str(), "new" | "assigned" | "deferred");
        let sent = (request.created_at + TimeDelta::minutes(30)).min(plot.now);
        let decided = accepted.then(|| (sent + TimeDelta::minutes(40)).min(plot.now));
        let matching = SERVICES.iter().position(|(.., category)| *category == Some(request.category.as_str()));
        let mut lines = vec![(SERVICES.len() - 2, Quantity::ONE)];
        lines.insert(0, (matching.unwrap_or(SERVICES.len() - 1), Quantity::from_milli(rng.between(2, 6) * 500)));
        let id = rng.id(sent);
        let priced: Vec<(usize, Quantity, Money)> = lines
            .into_iter()
            .filter_map(|(i, quantity)| {
                let total = quantity.cost(Money::from_soum(SERVICES[i].3)?)?;
                Some((i, quantity, total))
            })
            .collect();
        let total: i64 = priced.iter().map(|(.., total)| total.tiyin()).sum();
        sqlx::query!(
            "insert into estimates (id, company_id, request_id, version, state, total_tiyin, valid_until, made_by, sent_at, decided_at, decided_by)
             values ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10)",
            id,
            plot.company,
            request.id,
            if accepted { "accepted" } else { "sent" },
            total,
            day_of(sent.max(plot.now)) + TimeDelta::days(7),
            request.dispatcher,
            sent,
            decided,
            decided.map(|_| request.contact_name.unwrap_or_default())
        )
        .execute(&mut *conn)
        .await?;
        for (position, (i, quantity, total)) in (0_i32..).zip(priced) {
            let (ru, uz, unit, soum, _) = SERVICES[i];
            sqlx::query!(
                "insert into estimate_lines (company_id, estimate_id, position, service_id, names, unit, price_tiyin, quantity_milli, total_tiyin)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                plot.company,
                id,
                position,
                services[i],
                json!({ "ru": ru, "uz": uz, "en": "" }),
                unit,
                soum * 100,
                quantity.milli(),
                total.tiyin()
            )
            .execute(&mut *conn)
            .await?;
        }
    }
    Ok(())
}
