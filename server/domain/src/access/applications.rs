//! The queue at the desk: who asks for what, who they may be, and the decision.

use super::{grant, join};
use crate::{
    Actor, Ctx, Error, Result, Tx,
    audit::{self, Entry},
    error::word,
    messages::{self, Channel, Draft},
    paging, people, privacy,
};
use model::{
    ApplicationId, BuildingId, Code, ContactId, Cursor, Lang, Page, Permission as P, Phone, UnitId,
    access::{
        AccessRules, Alike, ApplicationFilter, ApplicationKind, ApplicationRow, ApplicationState, ApproveApplication,
        Likeness, RejectApplication, SaveAccessRules, last_names,
    },
    people::Relation,
    validate,
};
use platform::ids::new_id;
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

const PAGE: usize = 50;

/// An application to be written down.
pub(crate) struct New<'a> {
    pub kind: ApplicationKind,
    pub name: &'a str,
    pub phone: Option<&'a Phone>,
    pub lang: Lang,
    pub contact: Option<ContactId>,
    pub building: Option<BuildingId>,
    pub unit: Option<UnitId>,
    pub flat: Option<&'a str>,
    pub account: Option<&'a str>,
    pub relation: Option<Relation>,
    pub note: Option<String>,
}

/// Puts an application into the queue.
pub(crate) async fn file(tx: &mut Tx, new: &New<'_>) -> Result<ApplicationId> {
    let (company, now, door, id) = (tx.actor().company_id().0, tx.now(), tx.actor().door(), new_id());
    sqlx::query!(
        "insert into applications (id, company_id, kind, name, phone, lang, contact_id, building_id, unit_id, flat, account,
           relation, note, door, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        id,
        company,
        new.kind.as_str(),
        new.name,
        new.phone.map(Phone::as_str),
        new.lang.code(),
        new.contact.map(|c| c.0),
        new.building.map(|b| b.0),
        new.unit.map(|u| u.0),
        new.flat,
        new.account,
        new.relation.map(Relation::as_str),
        new.note,
        door.as_str(),
        now
    )
    .execute(tx.conn())
    .await?;
    let changes = json!({
        "kind": [null, new.kind], "name": [null, new.name],
        "phone": [null, new.phone.map(|p| audit::mask_phone(p.as_str()))], "relation": [null, new.relation],
    });
    tx.audit(Entry { action: "application.create", object_type: "application", object_id: Some(id), changes }).await?;
    Ok(ApplicationId(id))
}

/// Takes a waiting application back.
pub(super) async fn withdraw(tx: &mut Tx, id: ApplicationId) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let done = sqlx::query!(
        "update applications set state = 'withdrawn', decided_at = $3 where company_id = $1 and id = $2 and state = 'waiting'",
        company,
        id.0,
        now
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    if done == 0 {
        return Err(Code::ApplicationDecided.into());
    }
    let changes = json!({ "state": ["waiting", "withdrawn"] });
    tx.audit(Entry { action: "application.withdraw", object_type: "application", object_id: Some(id.0), changes }).await
}

/// How many wait.
pub async fn waiting(ctx: &Ctx, actor: &Actor) -> Result<i64> {
    let scope = actor.scope(P::ResidentsManage)?;
    let mut tx = ctx.begin(actor).await?;
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "n!" from applications where company_id = $1 and state = 'waiting'"#,
        scope.company()
    )
    .fetch_one(tx.conn())
    .await?)
}

/// Those that wait, the oldest first; or all, the newest first, 50 a page.
pub async fn applications(ctx: &Ctx, actor: &Actor, filter: &ApplicationFilter) -> Result<Page<ApplicationRow>> {
    let scope = actor.scope(P::ResidentsManage)?;
    let cursor = paging::cursor(filter.cursor.as_deref())?;
    let mut tx = ctx.begin(actor).await?;
    let rows = sqlx::query!(
        r#"select a.id, a.kind, a.state, a.name, a.phone, a.contact_id, a.building_id, a.unit_id, b.address as "address?",
             a.flat, a.account, a.relation, a.note, a.created_at, a.reason, u.name as "decided_by?", a.decided_at
           from applications a
           left join buildings b on b.company_id = a.company_id and b.id = a.building_id
           left join users u on u.id = a.decided_by
           where a.company_id = $1 and ($2 or a.state = 'waiting')
             and ($3::timestamptz is null or case when $2 then (a.created_at, a.id) < ($3, $4) else (a.created_at, a.id) > ($3, $4) end)
           order by case when $2 then -extract(epoch from a.created_at) else extract(epoch from a.created_at) end,
             case when $2 then a.id end desc, a.id
           limit 51"#,
        scope.company(),
        filter.all,
        cursor.map(|c| c.at),
        cursor.map(|c| c.id)
    )
    .fetch_all(tx.conn())
    .await?;
    let next = (rows.len() > PAGE).then(|| &rows[PAGE - 1]).map(|r| Cursor { at: r.created_at, id: r.id }.encode());
    let open: Vec<Uuid> = rows.iter().filter(|a| a.state == "waiting" && a.kind == "home").map(|a| a.id).collect();
    let mut alike = who_it_may_be(&mut tx, &open).await?;
    let items = rows
        .into_iter()
        .take(PAGE)
        .map(|a| {
            Ok(ApplicationRow {
                alike: alike.remove(&a.id).unwrap_or_default(),
                id: a.id.into(),
                kind: word(&a.kind)?,
                state: word(&a.state)?,
                name: a.name,
                phone: a.phone.as_deref().and_then(Phone::parse),
                contact_id: a.contact_id.map(Into::into),
                building_id: a.building_id.map(Into::into),
                unit_id: a.unit_id.map(Into::into),
                address: a.address,
                flat: a.flat,
                account: a.account,
                relation: a.relation.as_deref().map(word).transpose()?,
                note: a.note,
                created_at: a.created_at,
                reason: a.reason,
                decided_by: a.decided_by,
                decided_at: a.decided_at,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Page { items, next })
}

/// Contacts with the same phone or in the same flat; a name that fits counts besides.
async fn who_it_may_be(tx: &mut Tx, open: &[Uuid]) -> Result<HashMap<Uuid, Vec<Alike>>> {
    let (ctx, company) = (tx.ctx(), tx.actor().company_id().0);
    let asked = sqlx::query!(
        r#"select id, phone as "phone!" from applications where company_id = $1 and id = any($2) and phone is not null"#,
        company,
        open
    )
    .fetch_all(tx.conn())
    .await?;
    // A number is compared openly and by its index: the company may hide telephones.
    let codes: Vec<(Uuid, String)> = asked
        .into_iter()
        .filter_map(|a| Some((a.id, Phone::parse(&a.phone)?)))
        .flat_map(|(id, phone)| people::codes(&ctx, &phone).into_iter().map(move |code| (id, code)))
        .collect();
    let (whose, codes): (Vec<Uuid>, Vec<String>) = codes.into_iter().unzip();
    let rows = sqlx::query!(
        r#"select a.id as application, a.name as applicant, c.id, c.name,
             exists (select from users u where u.company_id = c.company_id and u.contact_id = c.id) as "has_login!",
             bool_or(m.phone) as "phone!", bool_or(not m.phone) as "home!"
           from applications a
           join lateral (
             select p.contact_id, true as phone from contact_phones p join unnest($3::uuid[], $4::text[]) k (application, code)
               on k.code = p.code and k.application = a.id where p.company_id = a.company_id
             union all
             select r.contact_id, false from residencies r
             where r.company_id = a.company_id and r.unit_id = a.unit_id and r.until_on is null) m on true
           join contacts c on c.company_id = a.company_id and c.id = m.contact_id and c.erased_at is null
           where a.company_id = $1 and a.id = any($2) group by a.id, a.company_id, c.company_id, c.id"#,
        company,
        open,
        &whose,
        &codes
    )
    .fetch_all(tx.conn())
    .await?;
    let mut found: HashMap<Uuid, Vec<Alike>> = HashMap::new();
    for row in rows {
        let known = last_names(&row.name);
        let name = last_names(&row.applicant).iter().any(|one| known.contains(one));
        let why = [(row.phone, Likeness::Phone), (row.home, Likeness::Home), (name, Likeness::Name)];
        found.entry(row.application).or_default().push(Alike {
            contact_id: row.id.into(),
            name: row.name,
            why: why.into_iter().filter(|(holds, _)| *holds).map(|(_, why)| why).collect(),
            has_login: row.has_login,
        });
    }
    for list in found.values_mut() {
        list.sort_by(|a, b| b.why.len().cmp(&a.why.len()).then_with(|| a.name.cmp(&b.name)));
    }
    Ok(found)
}

/// An application that nobody else decides meanwhile.
struct Open {
    kind: ApplicationKind,
    name: String,
    phone: Option<Phone>,
    lang: Lang,
    contact: Option<ContactId>,
    building: Option<BuildingId>,
    unit: Option<UnitId>,
    relation: Option<Relation>,
}

async fn lock(tx: &mut Tx, id: ApplicationId) -> Result<Open> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select kind, state, name, phone, lang, contact_id, building_id, unit_id, relation from applications
         where company_id = $1 and id = $2 for update",
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if row.state != "waiting" {
        return Err(Code::ApplicationDecided.into());
    }
    Ok(Open {
        kind: word(&row.kind)?,
        name: row.name,
        phone: row.phone.as_deref().and_then(Phone::parse),
        lang: Lang::parse(&row.lang).unwrap_or_default(),
        contact: row.contact_id.map(Into::into),
        building: row.building_id.map(Into::into),
        unit: row.unit_id.map(Into::into),
        relation: row.relation.as_deref().map(word).transpose()?,
    })
}

async fn decide(
    tx: &mut Tx,
    id: ApplicationId,
    state: ApplicationState,
    contact: Option<ContactId>,
    reason: Option<&str>,
) -> Result<()> {
    let (company, now, user) = (tx.actor().company_id().0, tx.now(), tx.actor().user_id().map(|u| u.0));
    sqlx::query!(
        "update applications set state = $3, contact_id = coalesce($4, contact_id), reason = $5, decided_by = $6, decided_at = $7
         where company_id = $1 and id = $2",
        company,
        id.0,
        state.as_str(),
        contact.map(|c| c.0),
        reason,
        user,
        now
    )
    .execute(tx.conn())
    .await?;
    let action = if state == ApplicationState::Approved { "application.approve" } else { "application.reject" };
    let changes = json!({ "state": ["waiting", state], "reason": [null, reason] });
    tx.audit(Entry { action, object_type: "application", object_id: Some(id.0), changes }).await
}

/// Gives the applicant what they asked for: a home and a login, one more home, or being forgotten.
///
/// # Errors
/// `application_decided`; `invalid` on `/flat` or `/relation` when neither the application nor the command says it, on
/// `/contact_id` for nobody; `phone_in_use` when somebody else signs in with the phone.
pub async fn approve(ctx: &Ctx, actor: &Actor, id: ApplicationId, command: &ApproveApplication) -> Result<()> {
    actor.scope(P::ResidentsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let open = lock(&mut tx, id).await?;
    if open.kind == ApplicationKind::Erase {
        let contact = open.contact.ok_or(Code::NotFound)?;
        decide(&mut tx, id, ApplicationState::Approved, None, None).await?;
        privacy::erase_in(&mut tx, contact, command.confirm.as_deref().unwrap_or_default()).await?;
        return tx.commit().await;
    }
    let unit = chosen_unit(&mut tx, &open, command).await?;
    let relation = command.relation.or(open.relation).ok_or_else(|| Error::field("/relation", "required"))?;
    let contact = match (open.kind, command.contact_id) {
        (ApplicationKind::Attach, _) => open.contact.ok_or(Code::NotFound)?,
        (_, Some(contact)) => contact,
        (_, None) => {
            let phone = open.phone.as_ref().ok_or(Code::NotFound)?;
            grant::new_contact(&mut tx, &open.name, phone, open.lang).await?
        }
    };
    // The login first: it makes sure that the contact is one of this company.
    if let (ApplicationKind::Home, Some(phone)) = (open.kind, &open.phone) {
        grant::bind(&mut tx, contact, phone, open.lang).await?;
        tell(&mut tx, phone, open.lang, "application_approved").await?;
    }
    grant::admit(&mut tx, contact, unit, relation).await?;
    decide(&mut tx, id, ApplicationState::Approved, Some(contact), None).await?;
    tx.commit().await
}

async fn chosen_unit(tx: &mut Tx, open: &Open, command: &ApproveApplication) -> Result<UnitId> {
    if let Some(unit) = command.unit_id {
        return Ok(unit);
    }
    let typed = command.flat.as_deref().map(str::trim).filter(|flat| !flat.is_empty());
    let (Some(flat), Some(building)) = (typed, open.building) else {
        return open.unit.ok_or_else(|| Error::field("/flat", "required"));
    };
    let company = tx.actor().company_id().0;
    let found = sqlx::query_scalar!(
        "select id from units where company_id = $1 and building_id = $2 and archived_at is null
           and lower(number) = lower($3) order by kind in ('flat', 'apartment') desc limit 1",
        company,
        building.0,
        model::property::unit_number(flat)
    )
    .fetch_optional(tx.conn())
    .await?;
    found.map(Into::into).ok_or_else(|| Error::field("/flat", "unknown"))
}

/// Turns the applicant down; the reason is shown to them.
///
/// # Errors
/// `application_decided`.
pub async fn reject(ctx: &Ctx, actor: &Actor, id: ApplicationId, command: &RejectApplication) -> Result<()> {
    actor.scope(P::ResidentsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let open = lock(&mut tx, id).await?;
    decide(&mut tx, id, ApplicationState::Rejected, None, Some(command.reason.trim())).await?;
    if let (ApplicationKind::Home, Some(phone)) = (open.kind, &open.phone) {
        tell(&mut tx, phone, open.lang, "application_rejected").await?;
    }
    tx.commit().await
}

async fn tell(tx: &mut Tx, phone: &Phone, lang: Lang, template: &str) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let name = sqlx::query_scalar!("select name from companies where id = $1", company).fetch_one(tx.conn()).await?;
    let draft = Draft {
        company_id: Some(company),
        user_id: None,
        channel: Channel::Sms,
        address: phone.as_str(),
        template,
        lang,
        params: json!({ "company": name }),
    };
    messages::queue(tx.conn(), draft, now).await?;
    Ok(())
}

/// What the company decided about letting people in.
pub async fn rules(ctx: &Ctx, actor: &Actor) -> Result<AccessRules> {
    actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    load_rules(&mut tx).await
}

pub(super) async fn load_rules(tx: &mut Tx) -> Result<AccessRules> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select access_version, accept_applications, attach_at_once from company_settings where company_id = $1",
        company
    )
    .fetch_optional(tx.conn())
    .await?;
    let (version, accept_applications, attach_at_once) =
        row.map_or((1, true, true), |r| (r.access_version, r.accept_applications, r.attach_at_once));
    Ok(AccessRules { version, rules: SaveAccessRules { accept_applications, attach_at_once } })
}

/// Replaces the rules. `version` is the one the editor saw.
///
/// # Errors
/// `conflict` when somebody changed them meanwhile.
pub async fn save_rules(ctx: &Ctx, actor: &Actor, version: i32, rules: &SaveAccessRules) -> Result<AccessRules> {
    let scope = actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    crate::settings::own_row(&mut tx).await?;
    let old = load_rules(&mut tx).await?;
    if old.version != version {
        return Err(Code::Conflict.into());
    }
    if tx.record("setting.update", "setting", scope.company(), Some(&old.rules), Some(rules)).await? {
        let now = tx.now();
        sqlx::query!(
            "update company_settings set accept_applications = $2, attach_at_once = $3, access_version = access_version + 1,
               updated_at = $4 where company_id = $1",
            scope.company(),
            rules.accept_applications,
            rules.attach_at_once,
            now
        )
        .execute(tx.conn())
        .await?;
    }
    let saved = load_rules(&mut tx).await?;
    tx.commit().await?;
    Ok(saved)
}

/// Applications of one contact, as they see them.
pub(super) async fn own(tx: &mut Tx, contact: ContactId) -> Result<Vec<model::access::OwnApplication>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"select a.id, a.kind, a.state, a.flat, a.account, a.reason, a.created_at, b.address as "address?", c.name as company,
             c.phone as company_phone
           from applications a join companies c on c.id = a.company_id
           left join buildings b on b.company_id = a.company_id and b.id = a.building_id
           where a.company_id = $1 and a.contact_id = $2 and a.kind <> 'home' order by a.created_at desc, a.id desc limit 20"#,
        company,
        contact.0
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|a| {
            Ok(model::access::OwnApplication {
                id: a.id.into(),
                kind: word(&a.kind)?,
                state: word(&a.state)?,
                company: a.company,
                company_phone: a.company_phone.as_deref().and_then(Phone::parse),
                place: join::place(a.address.filter(|_| a.account.is_none()), a.flat, a.account),
                reason: a.reason,
                created_at: a.created_at,
            })
        })
        .collect()
}
