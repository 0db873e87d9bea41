//! Telling: the notices and deliveries of one event, in its transaction.

use super::people::{self, Person};
use crate::{Result, Tx, events::Audience, jobs};
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use model::{
    ContactId, UserId,
    events::Event,
    notices::{Mode, NoticeChannel, NoticeKind, NoticeObject},
};
use platform::ids::new_id;
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// Who is told. Residents are people of the register: they need no login to be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Recipient {
    Staff(UserId),
    Resident(ContactId),
}

impl Recipient {
    pub(crate) fn id(self) -> Uuid {
        match self {
            Self::Staff(id) => id.0,
            Self::Resident(id) => id.0,
        }
    }

    pub(super) fn columns(self) -> (Option<Uuid>, Option<Uuid>) {
        match self {
            Self::Staff(id) => (Some(id.0), None),
            Self::Resident(id) => (None, Some(id.0)),
        }
    }
}

/// Something to tell.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub kind: NoticeKind,
    /// Names the event: whoever was told under this key is not told again.
    pub key: String,
    pub to: Vec<Recipient>,
    pub about: Option<(NoticeObject, Uuid)>,
    /// The values of [`NoticeKind::vars`], raw: codes, moments, sums in tiyin.
    pub facts: Value,
    /// Does not wait for the morning.
    pub urgent: bool,
    /// The road the teller would like; else the one the person asked for.
    pub wish: Option<NoticeChannel>,
}

/// What was newly told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub people: usize,
    pub messages: usize,
}

/// A delivery to be written.
struct Sending {
    id: Uuid,
    notice: Uuid,
    who: Recipient,
    user: Option<Uuid>,
    channel: NoticeChannel,
    address: String,
    lang: &'static str,
    run_at: Option<DateTime<Utc>>,
}

/// Writes the notices and their deliveries and queues a job for each delivery.
pub(crate) fn tell<'a>(tx: &'a mut Tx, notice: &'a Notice) -> BoxFuture<'a, Result<Told>> {
    // Boxed: compiled here once, not again into all that tells somebody.
    Box::pin(tell_each(tx, notice))
}

async fn tell_each(tx: &mut Tx, notice: &Notice) -> Result<Told> {
    if notice.to.is_empty() {
        return Ok(Told::default());
    }
    let company = tx.actor().company_id();
    let people = people::load(tx.conn(), company, notice.kind, &notice.to, notice.urgent).await?;
    let fresh = write(tx, notice, &people).await?;
    let zone = if notice.urgent || !notice.kind.waits() { None } else { Some(zone_name(tx).await?) };
    let now = tx.now();
    let mut sendings = Vec::new();
    for person in &people {
        let Some(id) = fresh.get(&person.who.id()) else { continue };
        let run_at = zone.as_deref().and_then(|zone| people::morning(&person.quiet, zone, now));
        let roads = person.roads(notice.kind, notice.wish);
        let most = if notice.kind.mode() == Mode::First { 1 } else { roads.len() };
        for road in roads.into_iter().take(most) {
            sendings.extend(sending(*id, person, road, run_at));
        }
    }
    let messages = sendings.len();
    deliver(tx, notice.kind, sendings, notice.urgent).await?;
    let logins: Vec<UserId> = people
        .iter()
        .filter(|person| fresh.contains_key(&person.who.id()) && person.wants(notice.kind, NoticeChannel::InApp))
        .filter_map(|person| person.user.map(UserId))
        .collect();
    if !logins.is_empty() {
        tx.emit(&Event::NoticeCreated { kind: notice.kind }, &Audience::only(logins)).await?;
    }
    Ok(Told { people: fresh.len(), messages })
}

/// One delivery for each address a road has.
fn sending(
    notice: Uuid,
    person: &Person,
    road: NoticeChannel,
    run_at: Option<DateTime<Utc>>,
) -> impl Iterator<Item = Sending> + '_ {
    person.at(road).map(move |(channel, address, lang)| Sending {
        id: new_id(),
        notice,
        who: person.who,
        user: person.user,
        channel: *channel,
        address: address.clone(),
        lang: lang.code(),
        run_at,
    })
}

/// The next road of a notice whose road so far led nowhere.
pub(super) async fn by_road(
    tx: &mut Tx,
    kind: NoticeKind,
    notice: Uuid,
    person: &Person,
    road: NoticeChannel,
    run_at: Option<DateTime<Utc>>,
    urgent: bool,
) -> Result<()> {
    deliver(tx, kind, sending(notice, person, road, run_at).collect(), urgent).await
}

/// Writes the notices of those who were not told under this key yet; the ids of the new ones by person.
async fn write(tx: &mut Tx, notice: &Notice, people: &[Person]) -> Result<HashMap<Uuid, Uuid>> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let ids: Vec<Uuid> = people.iter().map(|_| new_id()).collect();
    let (users, contacts): (Vec<_>, Vec<_>) = people.iter().map(|person| person.who.columns()).unzip();
    let shown: Vec<bool> = people.iter().map(|person| person.wants(notice.kind, NoticeChannel::InApp)).collect();
    let rows = sqlx::query!(
        r#"insert into notices (id, company_id, user_id, contact_id, kind, key, object, object_id, facts, urgent, shown, at)
           select t.id, $1, t.user_id, t.contact_id, $2, $3, $4, $5, $6, $7, t.shown, $8
           from unnest($9::uuid[], $10::uuid[], $11::uuid[], $12::bool[]) t(id, user_id, contact_id, shown)
           on conflict (company_id, person_id, key) do nothing
           returning id, person_id"#,
        company,
        notice.kind.as_str(),
        notice.key,
        notice.about.map(|(object, _)| object.as_str()),
        notice.about.map(|(_, id)| id),
        notice.facts,
        notice.urgent,
        now,
        &ids,
        &users as &[Option<Uuid>],
        &contacts as &[Option<Uuid>],
        &shown
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.person_id, row.id)).collect())
}

async fn deliver(tx: &mut Tx, kind: NoticeKind, sendings: Vec<Sending>, urgent: bool) -> Result<()> {
    if sendings.is_empty() {
        return Ok(());
    }
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let column = |pick: fn(&Sending) -> Uuid| sendings.iter().map(pick).collect::<Vec<Uuid>>();
    let (ids, notices) = (column(|s| s.id), column(|s| s.notice));
    let users: Vec<Option<Uuid>> = sendings.iter().map(|s| s.user).collect();
    let contacts: Vec<Option<Uuid>> = sendings.iter().map(|s| s.who.columns().1).collect();
    let channels: Vec<String> = sendings.iter().map(|s| s.channel.as_str().to_owned()).collect();
    let addresses: Vec<String> = sendings.iter().map(|s| s.address.clone()).collect();
    let langs: Vec<String> = sendings.iter().map(|s| s.lang.to_owned()).collect();
    let times: Vec<Option<DateTime<Utc>>> = sendings.iter().map(|s| s.run_at).collect();
    let written = sqlx::query!(
        r#"insert into deliveries (id, company_id, notice_id, user_id, contact_id, channel, address, template, lang, params, run_at, created_at)
           select t.id, $1, t.notice_id, t.user_id, t.contact_id, t.channel, t.address, $2, t.lang, '{}', t.run_at, $3
           from unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::text[], $10::text[], $11::timestamptz[])
             t(id, notice_id, user_id, contact_id, channel, address, lang, run_at)
           on conflict do nothing returning id, run_at"#,
        company,
        kind.as_str(),
        now,
        &ids,
        &notices,
        &users as &[Option<Uuid>],
        &contacts as &[Option<Uuid>],
        &channels,
        &addresses,
        &langs,
        &times as &[Option<DateTime<Utc>>]
    )
    .fetch_all(tx.conn())
    .await?;
    let waiting: Vec<(Uuid, Option<DateTime<Utc>>)> = written.into_iter().map(|row| (row.id, row.run_at)).collect();
    jobs::enqueue_deliveries(tx.conn(), &waiting, urgent).await
}

async fn zone_name(tx: &mut Tx) -> Result<String> {
    let company = tx.actor().company_id().0;
    Ok(sqlx::query_scalar!("select time_zone from companies where id = $1", company).fetch_one(tx.conn()).await?)
}
