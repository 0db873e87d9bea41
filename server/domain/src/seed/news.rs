//! News of the demo: two that the first house was told, some of whom have read them, and a draft.

use super::{Plot, houses::Building, people::Worker, rng::Rng};
use crate::Result;
use chrono::TimeDelta;
use sqlx::PgConnection;
use uuid::Uuid;

struct Planned {
    title: [&'static str; 2],
    body: [&'static str; 2],
    important: bool,
    /// How long ago it went out; a draft did not.
    sent: Option<TimeDelta>,
}

const ALL: [Planned; 3] = [
    Planned {
        title: ["Отопительный сезон начался", "Isitish mavsumi boshlandi"],
        body: [
            "Отопление запущено. Если батареи холодные больше суток, оставьте заявку: слесарь придёт спустить воздух.",
            "Isitish ishga tushdi. Agar batareyalar bir sutkadan koʻp sovuq boʻlsa, ariza qoldiring: chilangar havoni chiqarib beradi.",
        ],
        important: false,
        sent: Some(TimeDelta::days(6)),
    },
    Planned {
        title: ["Собрание жильцов в субботу", "Shanba kuni aholi yigʻilishi"],
        body: [
            "В субботу в 11:00 во дворе обсудим ремонт подъездов и парковку. Приходите, решаем вместе.",
            "Shanba kuni soat 11:00 da hovlida yoʻlaklar taʼmiri va avtoturargohni muhokama qilamiz. Keling, birga hal qilamiz.",
        ],
        important: true,
        sent: Some(TimeDelta::hours(20)),
    },
    Planned {
        title: ["Мойка подъездов на следующей неделе", "Keyingi hafta yoʻlaklar yuviladi"],
        body: [
            "Во вторник моем лестницы. Уберите, пожалуйста, обувь и коляски с площадок до 9 утра.",
            "Seshanba kuni zinalar yuviladi. Iltimos, ertalab 9 gacha poyabzal va aravachalarni olib qoʻying.",
        ],
        important: false,
        sent: None,
    },
];

pub(super) async fn write(
    conn: &mut PgConnection,
    plot: &Plot,
    buildings: &[Building],
    author: Option<&Worker>,
) -> Result<()> {
    let (Some(house), Some(author)) = (buildings.first(), author) else { return Ok(()) };
    let mut rng = Rng::part(plot.seed, "news", 0);
    for planned in ALL {
        let created = plot.now - planned.sent.unwrap_or(TimeDelta::hours(1));
        let id = rng.id(created);
        let state = if planned.sent.is_some() { "sent" } else { "draft" };
        let at = planned.sent.map(|_| created);
        sqlx::query!(
            "insert into news (id, company_id, state, title_ru, body_ru, title_uz, body_uz, important, who, due_at, started_at, sent_at,
               author_id, author_name, created_at, updated_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, 'residents', $9, $9, $9, $10, $11, $12, $12)",
            id,
            plot.company,
            state,
            planned.title[0],
            planned.body[0],
            planned.title[1],
            planned.body[1],
            planned.important,
            at,
            author.id,
            author.name,
            created
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "insert into news_places (company_id, news_id, position, building_id) values ($1, $2, 1, $3)",
            plot.company,
            id,
            house.id
        )
        .execute(&mut *conn)
        .await?;
        if planned.sent.is_some() {
            tell(conn, plot, id, house.id).await?;
        }
    }
    Ok(())
}

/// Everybody who lives in the house was told; about two of three have read it. Ids and readers follow from the two ids.
async fn tell(conn: &mut PgConnection, plot: &Plot, news: Uuid, house: Uuid) -> Result<()> {
    sqlx::query!(
        "insert into notices (id, company_id, contact_id, kind, key, object, object_id, facts, shown, at, read_at)
         select md5(w.id::text || p.id::text)::uuid, w.company_id, p.id, 'news', 'news:' || w.id, 'news', w.id,
           jsonb_build_object('texts', jsonb_build_object('ru', jsonb_build_object('title', w.title_ru, 'text', w.body_ru),
             'uz', jsonb_build_object('title', w.title_uz, 'text', w.body_uz))),
           true, w.sent_at,
           case when get_byte(decode(md5(p.id::text || w.id::text), 'hex'), 0) % 3 < 2 then w.sent_at + interval '2 hours' end
         from news w, (select distinct r.contact_id as id from residencies r join units u on u.company_id = r.company_id and u.id = r.unit_id
           where r.company_id = $1 and r.until_on is null and u.building_id = $3) p
         where w.company_id = $1 and w.id = $2",
        plot.company,
        news,
        house
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update news set told = c.people, expected = c.people
         from (select count(*)::int as people from notices where company_id = $1 and object_id = $2) c where id = $2",
        plot.company,
        news
    )
    .execute(conn)
    .await?;
    Ok(())
}
