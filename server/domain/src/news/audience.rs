//! Who an audience is: the one question behind the preview, the count and the sending.

use crate::{
    Actor, Ctx, Error, Result, Tx,
    notices::{self, Recipient, Way},
};
use model::{
    Lang, Money, NewsId, Permission as P,
    news::{
        AskAudience, AudienceLook, ChannelCount, NewsAudience, NewsPlace, NewsPlaceName, NewsReader, NewsTexts,
        NewsWho, SmsCost,
    },
    notices::{NoticeChannel, NoticeKind},
    validate,
};
use platform::sms;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Named in a preview.
const FIRST: usize = 30;
/// Looked at together in a preview.
const TOGETHER: i64 = 5000;

/// Places as four columns, for `unnest`.
pub(super) struct Columns {
    pub complexes: Vec<Option<Uuid>>,
    pub buildings: Vec<Option<Uuid>>,
    pub entrances: Vec<Option<Uuid>>,
    pub risers: Vec<Option<Uuid>>,
}

impl Columns {
    pub fn of(places: &[NewsPlace]) -> Self {
        Self {
            complexes: places.iter().map(|p| p.complex_id.map(|id| id.0)).collect(),
            buildings: places.iter().map(|p| p.building_id.map(|id| id.0)).collect(),
            entrances: places.iter().map(|p| p.entrance_id.map(|id| id.0)).collect(),
            risers: places.iter().map(|p| p.riser_id.map(|id| id.0)).collect(),
        }
    }
}

/// The next people of an audience, in the order of their ids: who lives there now, and staff who look after it. Who is
/// erased or blocked is not among them.
pub(super) async fn after(
    tx: &mut Tx,
    audience: &NewsAudience,
    last: Option<Uuid>,
    most: i64,
) -> Result<Vec<Recipient>> {
    let company = tx.actor().company_id().0;
    let columns = Columns::of(&audience.places);
    let rows = sqlx::query!(
        r#"with named as (select * from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[]) as p(complex, building, entrance, riser))
           select t.person as "person!", t.staff as "staff!" from ((
             select distinct r.contact_id as person, false as staff
             from residencies r
             -- one at a time by its key: right after an import the planner knows no sizes, and would compare everybody with everybody
             cross join lateral (select u as flat, u.building_id from units u
               where u.company_id = r.company_id and u.id = r.unit_id and u.archived_at is null limit 1) u
             cross join lateral (select b.id, b.complex_id from buildings b
               where b.company_id = r.company_id and b.id = u.building_id limit 1) b
             cross join lateral (select c.id from contacts c
               where c.company_id = r.company_id and c.id = r.contact_id and c.erased_at is null limit 1) c
             left join lateral (select l.blocked_at from users l
               where l.company_id = r.company_id and l.contact_id = r.contact_id limit 1) l on true
             where r.company_id = $1 and $6 and r.contact_id > $10 and r.until_on is null and l.blocked_at is null
               and ($8 or exists (select from named p where p.complex = b.complex_id
                 or (p.building = b.id and outage_hits(p.entrance, p.riser, u.flat))))
               and ($9::bigint is null or exists (
                 select from personal_accounts a join account_balances m on m.company_id = a.company_id and m.account_id = a.id
                 where a.company_id = r.company_id and a.unit_id = r.unit_id and a.closed_on is null and m.balance_tiyin >= $9))
             order by person limit $11
           ) union all (
             select s.id, true from users s
             where s.company_id = $1 and $7 and s.id > $10 and s.role <> 'resident' and s.blocked_at is null
               and ($8 or exists (
                   select from staff_zones z join buildings b on b.company_id = z.company_id and b.id = z.building_id
                   join named p on p.building = b.id or p.complex = b.complex_id
                   where z.company_id = $1 and z.user_id = s.id)
                 or exists (
                   select from staff_complexes z join named p on p.complex = z.complex_id
                     or p.building in (select b.id from buildings b where b.company_id = $1 and b.complex_id = z.complex_id)
                   where z.company_id = $1 and z.user_id = s.id))
             order by s.id limit $11
           )) t order by t.person limit $11"#,
        company,
        &columns.complexes as &[Option<Uuid>],
        &columns.buildings as &[Option<Uuid>],
        &columns.entrances as &[Option<Uuid>],
        &columns.risers as &[Option<Uuid>],
        audience.who != NewsWho::Staff,
        audience.who != NewsWho::Residents,
        audience.places.is_empty(),
        audience.debt_from.map(Money::tiyin),
        last.unwrap_or_default(),
        most
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| if row.staff { Recipient::Staff(row.person.into()) } else { Recipient::Resident(row.person.into()) })
        .collect())
}

/// How many they are.
pub(super) async fn count(tx: &mut Tx, audience: &NewsAudience) -> Result<usize> {
    Ok(after(tx, audience, None, i64::MAX).await?.len())
}

/// Whom it would reach now, by which channels, and what text messages would cost.
///
/// # Errors
/// `invalid` on places that are not there.
pub async fn look(ctx: &Ctx, actor: &Actor, ask: &AskAudience) -> Result<AudienceLook> {
    actor.scope(P::NotificationsSend)?;
    // Half-written words cost nothing yet; the audience has to make sense.
    validate::check(&ask.audience).map_err(|mut failure| {
        for field in &mut failure.fields {
            field.pointer.insert_str(0, "/audience");
        }
        failure
    })?;
    let mut tx = ctx.begin(actor).await?;
    check(&mut tx, &ask.audience).await?;
    let company = tx.actor().company_id();
    let mut found = AudienceLook::default();
    let mut channels: BTreeMap<Option<NoticeChannel>, i64> = BTreeMap::new();
    let mut by_sms: HashMap<Lang, i64> = HashMap::new();
    let mut last = None;
    loop {
        let people = after(&mut tx, &ask.audience, last, TOGETHER).await?;
        let Some(end) = people.last() else { break };
        last = Some(end.id());
        let ways = notices::ways(tx.conn(), company, NoticeKind::News, &people, ask.important).await?;
        for way in ways {
            found.people += 1;
            *channels.entry(way.road).or_default() += 1;
            if way.road == Some(NoticeChannel::Sms) {
                *by_sms.entry(way.lang).or_default() += 1;
            }
            if found.first.len() < FIRST {
                let staff = matches!(way.who, Recipient::Staff(_));
                let Way { name, road, .. } = way;
                found.first.push(NewsReader { name, staff, channel: road });
            }
        }
    }
    found.channels = channels.into_iter().map(|(channel, people)| ChannelCount { channel, people }).collect();
    found.sms = cost(&mut tx, &ask.texts, &by_sms).await?;
    Ok(found)
}

async fn cost(tx: &mut Tx, texts: &NewsTexts, by_lang: &HashMap<Lang, i64>) -> Result<SmsCost> {
    let (ctx, company) = (tx.ctx(), tx.actor().company_id().0);
    let name = sqlx::query_scalar!("select name from companies where id = $1", company).fetch_one(tx.conn()).await?;
    // All ids are of one length.
    let link = format!("{}/my/news/{}", ctx.public_address(), Uuid::nil());
    let mut cost = SmsCost::default();
    for (lang, people) in by_lang {
        let said = texts.get(*lang);
        let text = notices::sms_line(&name, &said.title, &said.text, Some(&link));
        cost.people += people;
        cost.parts += people * i64::from(sms::size(&sms::fold(&text)).parts);
    }
    let price = ctx.sms.as_ref().and_then(|sms| sms.carriers().first()).map(|carrier| carrier.part_price);
    cost.cost = price.map(|price| Money::from_tiyin(price.saturating_mul(cost.parts)));
    Ok(cost)
}

/// Every place is there: entrances and risers belong to their house.
pub(super) async fn check(tx: &mut Tx, audience: &NewsAudience) -> Result<()> {
    let company = tx.actor().company_id().0;
    let columns = Columns::of(&audience.places);
    let wrong = sqlx::query_scalar!(
        r#"select p.at - 1 as "at!"
           from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[]) with ordinality as p(complex, building, entrance, riser, at)
           left join complexes c on c.company_id = $1 and c.id = p.complex and c.archived_at is null
           left join buildings b on b.company_id = $1 and b.id = p.building and b.archived_at is null
           left join entrances e on e.company_id = $1 and e.id = p.entrance and e.building_id = p.building
           left join risers r on r.company_id = $1 and r.id = p.riser and r.building_id = p.building and r.archived_at is null
           where (p.complex is not null and c.id is null) or (p.building is not null and b.id is null)
             or (p.entrance is not null and e.id is null) or (p.riser is not null and r.id is null)
           order by p.at limit 1"#,
        company,
        &columns.complexes as &[Option<Uuid>],
        &columns.buildings as &[Option<Uuid>],
        &columns.entrances as &[Option<Uuid>],
        &columns.risers as &[Option<Uuid>]
    )
    .fetch_optional(tx.conn())
    .await?;
    match wrong {
        None => Ok(()),
        Some(at) => Err(Error::field(&format!("/audience/places/{at}"), "unknown")),
    }
}

/// The places of some news in words.
pub(super) async fn names(tx: &mut Tx, ids: &[NewsId]) -> Result<HashMap<NewsId, Vec<NewsPlaceName>>> {
    let company = tx.actor().company_id().0;
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select p.news_id, p.complex_id, p.building_id, p.entrance_id, p.riser_id, coalesce(c.name, b.address) as "name!",
             e.number as "entrance?", r.name as "riser?"
           from news_places p
           left join complexes c on c.company_id = p.company_id and c.id = p.complex_id
           left join buildings b on b.company_id = p.company_id and b.id = p.building_id
           left join risers r on r.company_id = p.company_id and r.id = p.riser_id
           left join entrances e on e.company_id = p.company_id and e.id = coalesce(p.entrance_id, r.entrance_id)
           where p.company_id = $1 and p.news_id = any($2) order by p.news_id, p.position"#,
        company,
        &ids
    )
    .fetch_all(tx.conn())
    .await?;
    let mut all: HashMap<NewsId, Vec<NewsPlaceName>> = HashMap::new();
    for row in rows {
        let place = NewsPlace {
            complex_id: row.complex_id.map(Into::into),
            building_id: row.building_id.map(Into::into),
            entrance_id: row.entrance_id.map(Into::into),
            riser_id: row.riser_id.map(Into::into),
        };
        let name = NewsPlaceName { place, name: row.name, entrance: row.entrance, riser: row.riser };
        all.entry(row.news_id.into()).or_default().push(name);
    }
    Ok(all)
}

/// A place in words of no language, for the audit.
pub(super) fn plain(name: &NewsPlaceName) -> String {
    let parts = [Some(name.name.clone()), name.entrance.map(|n| format!("#{n}")), name.riser.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
