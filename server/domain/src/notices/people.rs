//! The people of a notice: who they are, what they want, when they sleep, and how they can be reached.

use super::{Recipient, zone};
use crate::{Result, error::word, push};
use chrono::{DateTime, NaiveTime, Utc};
use model::{
    CompanyId, Lang,
    notices::{NoticeChannel, NoticeKind, QuietHours, chain},
};
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// One person with everything a notice of one kind needs to know.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub who: Recipient,
    /// Their login, which residents may not have yet.
    pub user: Option<Uuid>,
    pub name: String,
    pub lang: Lang,
    pub quiet: QuietHours,
    /// What they are told cannot wait.
    urgent: bool,
    /// What they chose for this kind.
    choices: HashMap<NoticeChannel, bool>,
    /// The road they asked for.
    asked: Option<NoticeChannel>,
    /// Every address by its road, as it may be written down: secrets covered.
    pub addresses: Vec<(NoticeChannel, String, Lang)>,
}

impl Person {
    pub fn wants(&self, kind: NoticeKind, channel: NoticeChannel) -> bool {
        // What cannot wait may cost something, unless they said no.
        let usual = || kind.by_default(channel) || (self.urgent && channel == NoticeChannel::Sms);
        !kind.is_optional() || self.choices.get(&channel).copied().unwrap_or_else(usual)
    }

    /// The roads to them, in order; the one wished for by the teller goes before the one they asked for.
    pub fn roads(&self, kind: NoticeKind, wish: Option<NoticeChannel>) -> Vec<NoticeChannel> {
        let reachable: Vec<NoticeChannel> = self.addresses.iter().map(|(road, ..)| *road).collect();
        let first = wish.filter(|road| reachable.contains(road)).or(self.asked);
        chain(|road| self.wants(kind, road), &reachable, first)
    }

    pub fn at(&self, road: NoticeChannel) -> impl Iterator<Item = &(NoticeChannel, String, Lang)> {
        self.addresses.iter().filter(move |(of, ..)| *of == road)
    }
}

/// When a night ends for somebody in this company.
pub(super) fn morning(quiet: &QuietHours, company_zone: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    quiet.until(&zone(company_zone), now)
}

pub(super) fn quiet(on: Option<bool>, from: Option<NaiveTime>, till: Option<NaiveTime>) -> QuietHours {
    match (on, from, till) {
        (Some(on), Some(from), Some(till)) => QuietHours { on, from, till },
        _ => QuietHours::default(),
    }
}

/// Those of `to` who are still there, in no order. Nobody is told for whom the door is closed.
pub(super) async fn load(
    conn: &mut PgConnection,
    company: CompanyId,
    kind: NoticeKind,
    to: &[Recipient],
    urgent: bool,
) -> Result<Vec<Person>> {
    let staff: Vec<Uuid> =
        to.iter().filter_map(|r| if let Recipient::Staff(id) = r { Some(id.0) } else { None }).collect();
    let residents: Vec<Uuid> =
        to.iter().filter_map(|r| if let Recipient::Resident(id) = r { Some(id.0) } else { None }).collect();
    let rows = sqlx::query!(
        r#"select p.staff as "staff!", p.person as "person!", p.login as "login?", p.name as "name!", p.lang as "lang!", p.email as "email?",
             p.phone as "phone?", p.asked as "asked?", h.quiet as "quiet?", h.quiet_from as "quiet_from?", h.quiet_till as "quiet_till?",
             array(select c.channel from notice_choices c where c.company_id = $1 and c.person_id = p.person and c.kind = $2 and c.wanted) as "wanted!",
             array(select c.channel from notice_choices c where c.company_id = $1 and c.person_id = p.person and c.kind = $2 and not c.wanted) as "unwanted!"
           from (
             select true as staff, u.id as person, u.id as login, u.name, u.lang, u.email, u.phone, null::text as asked
             from users u where u.company_id = $1 and u.id = any($3) and u.blocked_at is null and u.role <> 'resident'
             union all
             select false, c.id, u.id, c.name, coalesce(u.lang, c.lang), coalesce(c.email, c.email_shown),
               (select f.shown from contact_phones f where f.company_id = $1 and f.contact_id = c.id order by f.position, f.id limit 1), c.channel
             from contacts c left join users u on u.company_id = $1 and u.contact_id = c.id
             where c.company_id = $1 and c.id = any($4) and c.erased_at is null and u.blocked_at is null
           ) p left join notice_hours h on h.company_id = $1 and h.person_id = p.person"#,
        company.0,
        kind.as_str(),
        &staff,
        &residents
    )
    .fetch_all(&mut *conn)
    .await?;
    let logins: Vec<Uuid> = rows.iter().filter_map(|row| row.login).collect();
    let mut chats: HashMap<Uuid, Vec<(String, Lang)>> = HashMap::new();
    let mut devices: HashMap<Uuid, Vec<push::Reached>> = HashMap::new();
    if !logins.is_empty() {
        let found = sqlx::query!(
            r#"select person_id as "person!", chat_id as "chat!", lang as "lang!" from chats_of($1)"#,
            &logins
        )
        .fetch_all(&mut *conn)
        .await?;
        for chat in found {
            chats.entry(chat.person).or_default().push((chat.chat.to_string(), lang(&chat.lang)?));
        }
        for device in push::of_users(&mut *conn, &logins).await? {
            devices.entry(device.user.0).or_default().push(device);
        }
    }
    let mut people = Vec::with_capacity(rows.len());
    for row in rows {
        let mut choices = HashMap::new();
        for (list, wanted) in [(&row.wanted, true), (&row.unwanted, false)] {
            for channel in list {
                choices.insert(word::<NoticeChannel>(channel)?, wanted);
            }
        }
        let speaks = lang(&row.lang)?;
        let mut addresses: Vec<(NoticeChannel, String, Lang)> = Vec::new();
        for (chat, spoken) in chats.remove(&row.person).unwrap_or_default() {
            addresses.push((NoticeChannel::Telegram, chat, spoken));
        }
        for device in row.login.and_then(|login| devices.remove(&login)).unwrap_or_default() {
            let road = if device.app { NoticeChannel::Fcm } else { NoticeChannel::WebPush };
            addresses.push((road, device.device.to_string(), speaks));
        }
        addresses.extend(row.email.map(|email| (NoticeChannel::Email, email, speaks)));
        addresses.extend(row.phone.map(|phone| (NoticeChannel::Sms, phone, speaks)));
        people.push(Person {
            who: if row.staff { Recipient::Staff(row.person.into()) } else { Recipient::Resident(row.person.into()) },
            user: row.login,
            name: row.name,
            lang: speaks,
            quiet: quiet(row.quiet, row.quiet_from, row.quiet_till),
            urgent,
            choices,
            asked: row.asked.as_deref().map(word).transpose()?,
            addresses,
        });
    }
    Ok(people)
}

pub(super) fn lang(code: &str) -> Result<Lang> {
    Lang::parse(code).ok_or_else(|| crate::Error::internal("a language in the database", code.to_owned()))
}

/// A person as a notice would reach them first.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    pub name: String,
    pub lang: Lang,
    pub road: NoticeChannel,
}

/// Those of `to` who hear of a notice of this kind at all.
pub(crate) async fn reach(
    conn: &mut PgConnection,
    company: CompanyId,
    kind: NoticeKind,
    to: &[Recipient],
    wish: Option<NoticeChannel>,
) -> Result<Vec<Reach>> {
    let people = load(conn, company, kind, to, false).await?;
    Ok(people
        .into_iter()
        .filter_map(|person| {
            let road = person.roads(kind, wish).first().copied();
            let listed = person.user.is_some() && person.wants(kind, NoticeChannel::InApp);
            let road = road.or_else(|| listed.then_some(NoticeChannel::InApp))?;
            Some(Reach { name: person.name, lang: person.lang, road })
        })
        .collect())
}

/// A person of an audience, and how a notice would reach them first.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub who: Recipient,
    pub name: String,
    pub lang: Lang,
    /// The list in the app where nothing else leads; nothing for who cannot be reached.
    pub road: Option<NoticeChannel>,
}

/// Those of `to` who are still there, in the order of `to`.
pub(crate) async fn ways(
    conn: &mut PgConnection,
    company: CompanyId,
    kind: NoticeKind,
    to: &[Recipient],
    urgent: bool,
) -> Result<Vec<Way>> {
    let mut people: HashMap<Recipient, Person> =
        load(conn, company, kind, to, urgent).await?.into_iter().map(|person| (person.who, person)).collect();
    Ok(to
        .iter()
        .filter_map(|who| {
            let person = people.remove(who)?;
            let road = person.roads(kind, None).first().copied();
            let listed = person.user.is_some() && person.wants(kind, NoticeChannel::InApp);
            let road = road.or_else(|| listed.then_some(NoticeChannel::InApp));
            Some(Way { who: *who, name: person.name, lang: person.lang, road })
        })
        .collect())
}
