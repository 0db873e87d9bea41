//! SQL about news.

use super::audience::{self, Columns};
use crate::{Result, Scope, Tx, error::word, property::like};
use chrono::{DateTime, Utc};
use model::{
    Code, Cursor, Money, NewsId,
    news::{
        NewsAudience, NewsCard, NewsCounts, NewsFacts, NewsFilter, NewsPlaceName, NewsReportLine, NewsRow, NewsState,
        NewsText, NewsTexts,
    },
};
use uuid::Uuid;

/// What every step needs to know of news.
#[derive(Clone, Debug)]
pub(super) struct Core {
    pub id: NewsId,
    pub version: i32,
    pub state: NewsState,
    pub facts: NewsFacts,
    pub due_at: Option<DateTime<Utc>>,
    pub told: i32,
    /// The last person that was told.
    pub told_till: Option<Uuid>,
}

impl Core {
    pub fn draft(id: NewsId, facts: NewsFacts) -> Self {
        Self { id, version: 1, state: NewsState::Draft, facts, due_at: None, told: 0, told_till: None }
    }
}

pub(super) async fn insert(tx: &mut Tx, core: &Core) -> Result<()> {
    let (company, user, now) = (tx.actor().company_id().0, tx.actor().user_id().map(|u| u.0), tx.now());
    let author = tx.actor().name().to_owned();
    let NewsTexts { ru, uz, en } = &core.facts.texts;
    // A super admin works in the company and is nobody of its people.
    sqlx::query!(
        "insert into news (id, company_id, title_ru, body_ru, title_uz, body_uz, title_en, body_en, important, who, debt_from_tiyin,
           planned_at, expires_at, author_id, author_name, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
           (select id from users where company_id = $2 and id = $14), $15, $16, $16)",
        core.id.0,
        company,
        ru.title,
        ru.text,
        uz.as_ref().map(|text| &text.title),
        uz.as_ref().map(|text| &text.text),
        en.as_ref().map(|text| &text.title),
        en.as_ref().map(|text| &text.text),
        core.facts.important,
        core.facts.audience.who.as_str(),
        core.facts.audience.debt_from.map(Money::tiyin),
        core.facts.planned_at,
        core.facts.expires_at,
        user,
        author,
        now
    )
    .execute(tx.conn())
    .await?;
    write_places(tx, core).await
}

/// Writes the facts and the state; the version grows.
pub(super) async fn update(tx: &mut Tx, core: &Core) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let NewsTexts { ru, uz, en } = &core.facts.texts;
    sqlx::query!(
        "update news set version = version + 1, state = $3, title_ru = $4, body_ru = $5, title_uz = $6, body_uz = $7, title_en = $8,
           body_en = $9, important = $10, who = $11, debt_from_tiyin = $12, planned_at = $13, expires_at = $14, due_at = $15,
           cancelled_at = case when $3 = 'cancelled' then $16::timestamptz end, updated_at = $16,
           told_till = case when $3 <> 'draft' then told_till end
         where company_id = $1 and id = $2",
        company,
        core.id.0,
        core.state.as_str(),
        ru.title,
        ru.text,
        uz.as_ref().map(|text| &text.title),
        uz.as_ref().map(|text| &text.text),
        en.as_ref().map(|text| &text.title),
        en.as_ref().map(|text| &text.text),
        core.facts.important,
        core.facts.audience.who.as_str(),
        core.facts.audience.debt_from.map(Money::tiyin),
        core.facts.planned_at,
        core.facts.expires_at,
        core.due_at,
        now
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("delete from news_places where company_id = $1 and news_id = $2", company, core.id.0)
        .execute(tx.conn())
        .await?;
    write_places(tx, core).await
}

async fn write_places(tx: &mut Tx, core: &Core) -> Result<()> {
    let company = tx.actor().company_id().0;
    let columns = Columns::of(&core.facts.audience.places);
    sqlx::query!(
        "insert into news_places (company_id, news_id, position, complex_id, building_id, entrance_id, riser_id)
         select $1, $2, p.at, p.complex, p.building, p.entrance, p.riser
         from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[]) with ordinality as p(complex, building, entrance, riser, at)",
        company,
        core.id.0,
        &columns.complexes as &[Option<Uuid>],
        &columns.buildings as &[Option<Uuid>],
        &columns.entrances as &[Option<Uuid>],
        &columns.risers as &[Option<Uuid>]
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// News locked until the end of the transaction; whoever sends and whoever takes back wait for each other.
pub(super) async fn lock(tx: &mut Tx, id: NewsId) -> Result<Core> {
    let company = tx.actor().company_id().0;
    sqlx::query_scalar!("select id from news where company_id = $1 and id = $2 for update", company, id.0)
        .fetch_optional(tx.conn())
        .await?
        .ok_or(Code::NotFound)?;
    Ok(load(tx, company, id).await?.0)
}

struct Rest {
    places: Vec<NewsPlaceName>,
    expected: i32,
    sent_at: Option<DateTime<Utc>>,
    author: String,
    created_at: DateTime<Utc>,
}

async fn load(tx: &mut Tx, company: Uuid, id: NewsId) -> Result<(Core, Rest)> {
    let row = sqlx::query!(
        "select version, state, title_ru, body_ru, title_uz, body_uz, title_en, body_en, important, who, debt_from_tiyin, planned_at,
           due_at, expires_at, sent_at, expected, told, told_till, author_name, created_at
         from news where company_id = $1 and id = $2",
        company,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Code::NotFound)?;
    let places = audience::names(tx, &[id]).await?.remove(&id).unwrap_or_default();
    let text = |title: Option<String>, text: Option<String>| Some(NewsText { title: title?, text: text? });
    let facts = NewsFacts {
        texts: NewsTexts {
            ru: NewsText { title: row.title_ru, text: row.body_ru },
            uz: text(row.title_uz, row.body_uz),
            en: text(row.title_en, row.body_en),
        },
        audience: NewsAudience {
            who: word(&row.who)?,
            places: places.iter().map(|name| name.place).collect(),
            debt_from: row.debt_from_tiyin.map(Money::from_tiyin),
        },
        important: row.important,
        planned_at: row.planned_at,
        expires_at: row.expires_at,
    };
    let core = Core {
        id,
        version: row.version,
        state: word(&row.state)?,
        facts,
        due_at: row.due_at,
        told: row.told,
        told_till: row.told_till,
    };
    let rest = Rest {
        places,
        expected: row.expected,
        sent_at: row.sent_at,
        author: row.author_name,
        created_at: row.created_at,
    };
    Ok((core, rest))
}

pub(super) async fn card(tx: &mut Tx, scope: &Scope, id: NewsId) -> Result<NewsCard> {
    let (core, rest) = load(tx, scope.company(), id).await?;
    let sends = tx.actor().role().can(model::Permission::NotificationsSend);
    let report = report(tx, scope, id).await?;
    let read = sqlx::query_scalar!(
        r#"select count(*) as "read!" from notices where company_id = $1 and object_id = $2 and kind = 'news' and read_at is not null"#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let may_edit = sends && core.state.may_edit(core.told);
    Ok(NewsCard {
        id,
        version: core.version,
        state: core.state,
        facts: core.facts,
        places: rest.places,
        counts: NewsCounts { expected: rest.expected, told: core.told, read },
        report,
        due_at: core.due_at,
        sent_at: rest.sent_at,
        author: rest.author,
        created_at: rest.created_at,
        may_edit,
        may_send: may_edit,
        may_cancel: sends && core.state.may_cancel(),
    })
}

/// How it ended for each person: by the message that got through or is under way, else by the last that failed, else by
/// the list in the app. Who has read it has got it, whatever the road says.
async fn report(tx: &mut Tx, scope: &Scope, id: NewsId) -> Result<Vec<NewsReportLine>> {
    let rows = sqlx::query!(
        r#"select t.channel as "channel?", t.state as "state!", count(*) as "people!" from (
             select coalesce(d.channel, case when l.listed then 'in_app' end) as channel,
               case when n.read_at is not null then 'read' else coalesce(d.state, case when l.listed then 'delivered' else 'failed' end) end as state
             from notices n
             cross join lateral (select n.shown and (n.user_id is not null
               or exists (select from users u where u.company_id = n.company_id and u.contact_id = n.contact_id)) as listed) l
             left join lateral (select d.channel, d.state from deliveries d where d.company_id = n.company_id and d.notice_id = n.id
               order by d.state = 'failed', d.created_at desc, d.id desc limit 1) d on true
             where n.company_id = $1 and n.object_id = $2 and n.kind = 'news'
           ) t group by 1, 2 order by 3 desc, 1, 2"#,
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            let channel = row.channel.as_deref().map(word).transpose()?;
            Ok(NewsReportLine { channel, state: word(&row.state)?, people: row.people })
        })
        .collect()
}

pub(super) async fn page(
    tx: &mut Tx,
    scope: &Scope,
    filter: &NewsFilter,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Vec<NewsRow>> {
    let text = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(like);
    let rows = sqlx::query!(
        r#"select w.id, w.state, w.title_ru, w.important, w.who, w.debt_from_tiyin, w.expected, w.told, w.due_at, w.author_name, w.created_at,
             (select count(*) from notices n where n.company_id = w.company_id and n.object_id = w.id and n.kind = 'news'
                and n.read_at is not null) as "read!"
           from news w
           where w.company_id = $1 and ($2::text is null or w.state = $2)
             and ($3::text is null or w.title_ru ilike $3 or w.title_uz ilike $3 or w.title_en ilike $3)
             and ($4::timestamptz is null or (w.created_at, w.id) < ($4, $5))
           order by w.created_at desc, w.id desc limit $6"#,
        scope.company(),
        filter.state.map(NewsState::as_str),
        text,
        cursor.map(|cursor| cursor.at),
        cursor.map(|cursor| cursor.id),
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let ids: Vec<NewsId> = rows.iter().map(|row| row.id.into()).collect();
    let mut names = audience::names(tx, &ids).await?;
    rows.into_iter()
        .map(|row| {
            let id: NewsId = row.id.into();
            Ok(NewsRow {
                id,
                state: word(&row.state)?,
                title: row.title_ru,
                important: row.important,
                who: word(&row.who)?,
                debt_from: row.debt_from_tiyin.map(Money::from_tiyin),
                places: names.remove(&id).unwrap_or_default(),
                counts: NewsCounts { expected: row.expected, told: row.told, read: row.read },
                due_at: row.due_at,
                author: row.author_name,
                created_at: row.created_at,
            })
        })
        .collect()
}
