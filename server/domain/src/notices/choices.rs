//! What each person decided about their messages.

use super::{Recipient, people};
use crate::{Actor, Ctx, Error, Result, Tx, audit::Entry, auth, error::word};
use model::{
    Code, CompanyId, Lang, Permission as P, Role,
    notices::{NoticeChannel, NoticeChoice, NoticeKind, NoticePreferences, SaveNoticePreferences},
    validate,
};
use platform::tokens::constant_time_eq;
use serde_json::json;
use uuid::Uuid;

/// What an unsubscribing link is signed for.
const UNSUBSCRIBE: &str = "notice_choices.unsubscribe";

fn me(actor: &Actor) -> Result<Recipient> {
    match actor.contact_id() {
        Some(contact) => Ok(Recipient::Resident(contact)),
        None => actor.user().map(Recipient::Staff),
    }
}

/// The caller's grid, night and language.
pub async fn preferences(ctx: &Ctx, actor: &Actor) -> Result<NoticePreferences> {
    actor.scope(P::ProfileManage)?;
    let me = me(actor)?;
    let mut tx = ctx.begin(actor).await?;
    load(&mut tx, actor, me).await
}

async fn load(tx: &mut Tx, actor: &Actor, me: Recipient) -> Result<NoticePreferences> {
    let company = actor.company_id();
    let rows = sqlx::query!(
        "select kind, channel, wanted from notice_choices where company_id = $1 and person_id = $2",
        company.0,
        me.id()
    )
    .fetch_all(tx.conn())
    .await?;
    let mut chosen = Vec::with_capacity(rows.len());
    for row in rows {
        chosen.push(NoticeChoice { kind: word(&row.kind)?, channel: word(&row.channel)?, wanted: row.wanted });
    }
    let wanted = |kind: NoticeKind, channel: NoticeChannel| {
        let own = chosen.iter().find(|c| c.kind == kind && c.channel == channel);
        own.map_or_else(|| kind.by_default(channel), |c| c.wanted)
    };
    let choices = NoticeKind::of_role(actor.role())
        .flat_map(|kind| NoticeChannel::ALL.iter().map(move |channel| (kind, *channel)))
        .map(|(kind, channel)| NoticeChoice { kind, channel, wanted: wanted(kind, channel) })
        .collect();
    // A super admin belongs to no company and is told nothing in it.
    let person = people::load(tx.conn(), company, NoticeKind::Letter, &[me], false).await?.pop();
    let mut reachable = vec![NoticeChannel::InApp];
    reachable.extend(person.iter().flat_map(|p| p.addresses.iter().map(|(road, ..)| *road)));
    reachable.dedup();
    Ok(NoticePreferences {
        choices,
        quiet: person.as_ref().map(|p| p.quiet).unwrap_or_default(),
        lang: person.map_or(actor.lang(), |p| p.lang),
        reachable,
    })
}

/// Changes what the caller wants.
///
/// # Errors
/// `invalid` on a kind that is not theirs to switch.
pub async fn save_preferences(ctx: &Ctx, actor: &Actor, command: &SaveNoticePreferences) -> Result<NoticePreferences> {
    actor.scope(P::ProfileManage)?;
    validate::check(command)?;
    let me = me(actor)?;
    for (n, choice) in command.choices.iter().enumerate() {
        if !choice.kind.is_optional() || !choice.kind.is_for(actor.role()) {
            return Err(Error::field(&format!("/choices/{n}/kind"), "unknown"));
        }
    }
    // Nobody's list is kept for who belongs to no company.
    if actor.role() == Role::SuperAdmin {
        return Err(Code::Forbidden.into());
    }
    if let Some(lang) = command.lang {
        auth::set_lang(ctx, actor, lang).await?;
    }
    let mut tx = ctx.begin(actor).await?;
    let before = load(&mut tx, actor, me).await?;
    for choice in &command.choices {
        choose(&mut tx, me, *choice).await?;
    }
    if let Some(quiet) = command.quiet {
        let (user, contact) = me.columns();
        let company = actor.company_id().0;
        sqlx::query!(
            "insert into notice_hours (company_id, user_id, contact_id, quiet, quiet_from, quiet_till) values ($1, $2, $3, $4, $5, $6)
             on conflict (company_id, person_id) do update
               set quiet = excluded.quiet, quiet_from = excluded.quiet_from, quiet_till = excluded.quiet_till",
            company,
            user,
            contact,
            quiet.on,
            quiet.from,
            quiet.till
        )
        .execute(tx.conn())
        .await?;
    }
    let after = load(&mut tx, actor, me).await?;
    if before != after {
        let words = |all: &NoticePreferences| {
            let on: Vec<String> =
                all.choices.iter().filter(|c| c.wanted).map(|c| format!("{}:{}", c.kind, c.channel)).collect();
            json!({ "on": on, "quiet": all.quiet })
        };
        let changes = json!({ "messages": [words(&before), words(&after)] });
        let entry =
            Entry { action: "user.update", object_type: "user", object_id: actor.user_id().map(|u| u.0), changes };
        tx.audit(entry).await?;
    }
    tx.commit().await?;
    Ok(after)
}

async fn choose(tx: &mut Tx, who: Recipient, choice: NoticeChoice) -> Result<()> {
    let (user, contact) = who.columns();
    let company = tx.actor().company_id().0;
    sqlx::query!(
        "insert into notice_choices (company_id, user_id, contact_id, kind, channel, wanted) values ($1, $2, $3, $4, $5, $6)
         on conflict (company_id, person_id, kind, channel) do update set wanted = excluded.wanted",
        company,
        user,
        contact,
        choice.kind.as_str(),
        choice.channel.as_str(),
        choice.wanted
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Who unsubscribes from what: the words of a link in a letter, which needs no login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsubscriber {
    pub kind: NoticeKind,
    pub lang: Lang,
    pub company: String,
    who: Recipient,
    company_id: CompanyId,
}

fn signature(ctx: &Ctx, company: Uuid, person: Uuid, kind: NoticeKind) -> String {
    let mac = ctx.sealer.blind_index(UNSUBSCRIBE, &format!("{company}:{person}:{kind}"));
    mac.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The last part of the link that switches mail of one kind off for one person.
pub fn unsubscribe_token(ctx: &Ctx, company: CompanyId, person: Uuid, kind: NoticeKind) -> String {
    let mac = signature(ctx, company.0, person, kind);
    format!("{}.{}.{kind}.{mac}", company.0.simple(), person.simple())
}

/// Whose link it is.
///
/// # Errors
/// `not_found` when it was not made here, or the person is gone.
pub async fn unsubscriber(ctx: &Ctx, token: &str) -> Result<Unsubscriber> {
    let parts: Vec<&str> = token.split('.').collect();
    let &[company, person, kind, mac] = parts.as_slice() else { return Err(Code::NotFound.into()) };
    let id = |text: &str| Uuid::try_parse(text).map_err(|_| Code::NotFound);
    let (company, person) = (id(company)?, id(person)?);
    let kind: NoticeKind = kind.parse().map_err(|()| Code::NotFound)?;
    if !kind.is_optional() || !constant_time_eq(mac.as_bytes(), signature(ctx, company, person, kind).as_bytes()) {
        return Err(Code::NotFound.into());
    }
    let mut tx = ctx.begin(&Actor::system(company.into())).await?;
    let row = sqlx::query!(
        r#"select p.staff as "staff!", p.lang as "lang!", c.name as "company!" from (
             select true as staff, u.lang from users u where u.company_id = $1 and u.id = $2
             union all
             select false, coalesce(u.lang, k.lang) from contacts k left join users u on u.company_id = $1 and u.contact_id = k.id
             where k.company_id = $1 and k.id = $2) p, companies c where c.id = $1"#,
        company,
        person
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Code::NotFound)?;
    let who = if row.staff { Recipient::Staff(person.into()) } else { Recipient::Resident(person.into()) };
    Ok(Unsubscriber { kind, lang: people::lang(&row.lang)?, company: row.company, who, company_id: company.into() })
}

/// Switches mail of this one kind off. Doing it twice is doing it once.
///
/// # Errors
/// As [`unsubscriber`].
pub async fn unsubscribe(ctx: &Ctx, token: &str) -> Result<Unsubscriber> {
    let found = unsubscriber(ctx, token).await?;
    let mut tx = ctx.begin(&Actor::system(found.company_id)).await?;
    choose(&mut tx, found.who, NoticeChoice { kind: found.kind, channel: NoticeChannel::Email, wanted: false }).await?;
    tx.commit().await?;
    Ok(found)
}
