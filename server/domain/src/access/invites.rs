//! Invitations of residents: a link, its QR and a short code that let one person in, for two weeks. Only hashes are kept.

use super::{grant, join, some_text, stranger};
use crate::{
    Actor, Ctx, Error, Result, Tx,
    audit::Entry,
    auth::{self, Device, Grant},
    error::word,
};
use chrono::TimeDelta;
use model::{
    BuildingId, Code, CompanyId, ContactId, Lang, Permission as P, Phone, ResidentInviteId, Role, UnitId,
    access::{
        AcceptResidentInvite, CODE_LENGTH, HouseSheet, InviteResident, ResidentInviteFilter, ResidentInviteRow,
        ResidentInviteView, ResidentInvited, code_of, short_code,
    },
    people::Relation,
    validate,
};
use platform::{
    ids::new_id,
    tokens::{hash_token, random_bytes, random_token},
};
use qrcode::{QrCode, render::svg};
use serde_json::json;

const LIFETIME: TimeDelta = TimeDelta::days(14);
/// Invitations of one resident that may wait.
const OF_A_RESIDENT: i64 = 10;

/// Who takes an invitation up.
pub enum Taker<'a> {
    /// A resident who is signed in.
    Resident(&'a Actor),
    /// Somebody with a proven phone.
    Proof(&'a str),
}

/// Invites a contact to sign in, or somebody new into a home. The desk may invite anybody; an owner those who live with
/// them.
///
/// # Errors
/// `invalid` on the contact (`no_home` when they live nowhere and none is named), the unit or the relation.
pub async fn invite(ctx: &Ctx, actor: &Actor, command: &InviteResident) -> Result<ResidentInvited> {
    let scope = actor.scope_any(&[P::ResidentsManage, P::HomesManage])?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    match scope.own_contact() {
        Some(own) => may_invite(&mut tx, own, command).await?,
        None if !actor.role().is_desk() => return Err(Code::Forbidden.into()),
        None => {}
    }
    match (command.unit_id, command.relation) {
        (Some(unit), Some(_)) => {
            grant::home(&mut tx, unit).await?;
        }
        (Some(_), None) => return Err(Error::field("/relation", "required")),
        (None, _) => {}
    }
    let known = match (command.contact_id, command.unit_id) {
        (Some(contact), unit) => Some(known(&mut tx, contact, unit.is_some()).await?),
        (None, Some(_)) => None,
        (None, None) => return Err(Error::field("/unit_id", "required")),
    };
    let name = known.or(some_text(command.name.as_deref()));
    let invited = make(&mut tx, command, name.as_deref()).await?;
    tx.commit().await?;
    Ok(invited)
}

/// Writes an invitation down. Its link and its code are known this one time.
pub(super) async fn make(tx: &mut Tx, command: &InviteResident, name: Option<&str>) -> Result<ResidentInvited> {
    let (ctx, company, user, now) = (tx.ctx(), tx.actor().company_id().0, tx.actor().user_id().map(|u| u.0), tx.now());
    let relation = command.relation.filter(|_| command.unit_id.is_some());
    let (id, token, code) = (ResidentInviteId(new_id()), random_token(), code_of(random_bytes::<CODE_LENGTH>()));
    sqlx::query!(
        "insert into resident_invites (id, company_id, token_hash, code_hash, contact_id, unit_id, relation, name, invited_by,
           created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id.0,
        company,
        &hash_token(&token)[..],
        &hash_token(&code)[..],
        command.contact_id.map(|c| c.0),
        command.unit_id.map(|u| u.0),
        relation.map(Relation::as_str),
        name,
        user,
        now,
        now + LIFETIME
    )
    .execute(tx.conn())
    .await?;
    let changes = json!({ "name": [null, name], "relation": [null, relation] });
    tx.audit(Entry { action: "invitation.create", object_type: "resident_invitation", object_id: Some(id.0), changes })
        .await?;
    let path = format!("/join/home/{token}");
    let (base, whole) = addresses(&ctx, &path);
    Ok(ResidentInvited {
        id,
        link: format!("{}{path}", base.unwrap_or_default()),
        code: format!("{}-{}", &code[..CODE_LENGTH / 2], &code[CODE_LENGTH / 2..]),
        qr: qr(&whole)?,
        expires_at: now + LIFETIME,
    })
}

/// The configured address of this server, and a path with it; without one, where the server listens.
fn addresses(ctx: &Ctx, path: &str) -> (Option<String>, String) {
    let server = &ctx.config.server;
    let base = server.public_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
    let whole = format!("{}{path}", base.clone().unwrap_or_else(|| format!("http://127.0.0.1:{}", server.port)));
    (base, whole)
}

/// A page of ours as a QR code, for paper.
///
/// # Errors
/// Never for the paths we have: they are short.
pub fn page_qr(ctx: &Ctx, path: &str) -> Result<String> {
    qr(&addresses(ctx, path).1)
}

/// A sheet for the entrances of a house: where its residents apply.
pub async fn sheet(ctx: &Ctx, actor: &Actor, id: BuildingId) -> Result<HouseSheet> {
    let scope = actor.scope(P::ResidentsManage)?;
    let mut tx = ctx.begin(actor).await?;
    let row = sqlx::query!(
        "select b.address, c.name, c.phone from buildings b join companies c on c.id = b.company_id
         where b.company_id = $1 and b.id = $2 and b.archived_at is null",
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let link = addresses(ctx, &format!("/join?house={id}")).1;
    Ok(HouseSheet {
        address: row.address,
        company: row.name,
        company_phone: row.phone.as_deref().and_then(Phone::parse),
        qr: qr(&link)?,
        link,
    })
}

/// A text as a QR code that any paper and any screen can carry.
fn qr(text: &str) -> Result<String> {
    let code = QrCode::new(text).map_err(|e| Error::internal("qr code", e.to_string()))?;
    Ok(code.render::<svg::Color<'_>>().min_dimensions(240, 240).quiet_zone(true).build())
}

/// An owner invites a tenant or a relative into the home they own.
async fn may_invite(tx: &mut Tx, own: ContactId, command: &InviteResident) -> Result<()> {
    let (company, user, now) = (tx.actor().company_id().0, tx.actor().user_id().map(|u| u.0), tx.now());
    if command.contact_id.is_some() {
        return Err(Code::Forbidden.into());
    }
    if command.relation == Some(Relation::Owner) {
        return Err(Error::field("/relation", "out_of_range"));
    }
    let row = sqlx::query!(
        r#"select exists(select from residencies where company_id = $1 and contact_id = $2 and unit_id = $3
               and relation = 'owner' and until_on is null) as "owns!",
             (select count(*) from resident_invites where company_id = $1 and invited_by = $4 and used_at is null
               and revoked_at is null and expires_at > $5) as "waiting!""#,
        company,
        own.0,
        command.unit_id.map(|u| u.0),
        user,
        now
    )
    .fetch_one(tx.conn())
    .await?;
    if !row.owns {
        return Err(Error::field("/unit_id", "unknown"));
    }
    if row.waiting >= OF_A_RESIDENT { Err(auth::wait(3600)) } else { Ok(()) }
}

/// The name of a contact who can be invited.
async fn known(tx: &mut Tx, contact: ContactId, home_comes: bool) -> Result<String> {
    let company = tx.actor().company_id().0;
    let name = sqlx::query_scalar!(
        "select name from contacts where company_id = $1 and id = $2 and erased_at is null",
        company,
        contact.0
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Error::field("/contact_id", "unknown"))?;
    if home_comes || grant::has_home(tx, contact).await? {
        Ok(name)
    } else {
        Err(Error::field("/contact_id", "no_home"))
    }
}

/// Invitations that still wait, the newest first: the company's, or those of the resident who asks.
pub async fn invitations(ctx: &Ctx, actor: &Actor, filter: &ResidentInviteFilter) -> Result<Vec<ResidentInviteRow>> {
    let scope = actor.scope_any(&[P::ResidentsManage, P::HomesManage])?;
    let own = scope.own_contact().map(|_| actor.user()).transpose()?;
    let mut tx = ctx.begin(actor).await?;
    load(&mut tx, own.map(|u| u.0), filter).await
}

pub(super) async fn load(
    tx: &mut Tx,
    own: Option<uuid::Uuid>,
    filter: &ResidentInviteFilter,
) -> Result<Vec<ResidentInviteRow>> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let rows = sqlx::query!(
        r#"select i.id, i.contact_id, coalesce(c.name, i.name) as name, i.unit_id, i.relation, i.created_at, i.expires_at,
             b.address || ', №' || n.number as address, u.name as "invited_by?"
           from resident_invites i
           left join contacts c on c.company_id = i.company_id and c.id = i.contact_id
           left join units n on n.company_id = i.company_id and n.id = i.unit_id
           left join buildings b on b.company_id = n.company_id and b.id = n.building_id
           left join users u on u.id = i.invited_by
           where i.company_id = $1 and i.used_at is null and i.revoked_at is null and i.expires_at > $2
             and ($3::uuid is null or i.invited_by = $3)
             and ($4::uuid is null or i.contact_id = $4) and ($5::uuid is null or i.unit_id = $5)
           order by i.created_at desc, i.id desc limit 200"#,
        company,
        now,
        own,
        filter.contact_id.map(|c| c.0),
        filter.unit_id.map(|u| u.0)
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|i| {
            Ok(ResidentInviteRow {
                id: i.id.into(),
                contact_id: i.contact_id.map(Into::into),
                name: i.name,
                unit_id: i.unit_id.map(Into::into),
                address: i.address,
                relation: i.relation.as_deref().map(word).transpose()?,
                invited_by: i.invited_by,
                created_at: i.created_at,
                expires_at: i.expires_at,
            })
        })
        .collect()
}

/// Takes an invitation back: link, QR and code are dead at once. A resident takes back their own.
///
/// # Errors
/// `not_found` when it is not there, was used or taken back.
pub async fn revoke_invite(ctx: &Ctx, actor: &Actor, id: ResidentInviteId) -> Result<()> {
    let scope = actor.scope_any(&[P::ResidentsManage, P::HomesManage])?;
    let own = scope.own_contact().map(|_| actor.user()).transpose()?;
    let mut tx = ctx.begin(actor).await?;
    let now = tx.now();
    sqlx::query!(
        "update resident_invites set revoked_at = $3 where company_id = $1 and id = $2 and used_at is null
           and revoked_at is null and ($4::uuid is null or invited_by = $4) returning id",
        scope.company(),
        id.0,
        now,
        own.map(|u| u.0)
    )
    .fetch_one(tx.conn())
    .await?;
    tx.audit(Entry {
        action: "invitation.revoke",
        object_type: "resident_invitation",
        object_id: Some(id.0),
        changes: json!({}),
    })
    .await?;
    tx.commit().await
}

/// The hash by which a link or a code is found.
fn key(token: &str) -> [u8; 32] {
    hash_token(&short_code(token).unwrap_or_else(|| token.trim().to_owned()))
}

/// What somebody with the link or the code sees before they take it up.
///
/// # Errors
/// `invitation_ended` when it is unknown, used, taken back or too old: which of them is not said.
pub async fn invitation(ctx: &Ctx, token: &str) -> Result<ResidentInviteView> {
    let mut tx = ctx.db.begin_system("show an invitation").await?;
    let row = sqlx::query!(
        r#"select c.name as company, i.name, i.relation, i.expires_at, i.contact_id is not null as "known!",
             b.address || ', №' || n.number as address
           from resident_invites i join companies c on c.id = i.company_id
           left join units n on n.company_id = i.company_id and n.id = i.unit_id
           left join buildings b on b.company_id = n.company_id and b.id = n.building_id
           where (i.token_hash = $1 or i.code_hash = $1) and i.used_at is null and i.revoked_at is null and i.expires_at > $2"#,
        &key(token)[..],
        ctx.clock.now()
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(Code::InvitationEnded)?;
    Ok(ResidentInviteView {
        company: row.company,
        address: row.address,
        relation: row.relation.as_deref().map(word).transpose()?,
        name: row.name,
        known: row.known,
        expires_at: row.expires_at,
    })
}

/// The phone that takes an invitation up, and the login it has.
struct Taking {
    phone: Phone,
    demo: bool,
    lang: Lang,
}

async fn taking(ctx: &Ctx, taker: &Taker<'_>, lang: Lang) -> Result<Taking> {
    match taker {
        Taker::Proof(token) => {
            let proof = join::proof(ctx, token).await?;
            Ok(Taking { phone: proof.phone, demo: proof.demo, lang })
        }
        Taker::Resident(actor) => {
            actor.scope(P::HomesManage)?;
            let mut tx = ctx.begin(actor).await?;
            let phone = sqlx::query_scalar!(
                "select phone from users where company_id = $1 and id = $2 and role = 'resident'",
                actor.company_id().0,
                actor.user()?.0
            )
            .fetch_optional(tx.conn())
            .await?
            .flatten();
            let phone = phone.as_deref().and_then(Phone::parse).ok_or(Code::Forbidden)?;
            Ok(Taking { phone, demo: false, lang: actor.lang() })
        }
    }
}

/// Takes an invitation up: phone, contact, home and login become one, and the person is signed in. It works once: of two
/// at the same moment one is refused.
///
/// # Errors
/// `invitation_ended`; `invalid` on `/name` when the company does not know the person and they do not say who they are;
/// `phone_in_use` when the phone is the login of somebody else here.
pub async fn accept(
    ctx: &Ctx,
    taker: Taker<'_>,
    lang: Lang,
    command: &AcceptResidentInvite,
    device: &Device,
) -> Result<Grant> {
    validate::check(command)?;
    let which: String = key(&command.token)[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    auth::throttle(ctx, device, &format!("invitation {which}")).await?;
    let taking = taking(ctx, &taker, lang).await?;
    let mut found = ctx.db.begin_system("find an invitation").await?;
    let company = sqlx::query_scalar!(
        "select i.company_id from resident_invites i join companies c on c.id = i.company_id
         where (i.token_hash = $1 or i.code_hash = $1) and (c.demo or not $2)",
        &key(&command.token)[..],
        taking.demo
    )
    .fetch_optional(&mut *found)
    .await?
    .ok_or(Code::InvitationEnded)?;
    drop(found);
    let name = some_text(command.name.as_deref());
    let acts = stranger(CompanyId(company), name.as_deref().unwrap_or_default(), taking.lang, device);
    let mut tx = ctx.begin(&acts).await?;
    let now = tx.now();
    let invite = sqlx::query!(
        "select id, contact_id, unit_id, relation, name from resident_invites
         where company_id = $1 and (token_hash = $2 or code_hash = $2) and used_at is null and revoked_at is null
           and expires_at > $3 for update",
        company,
        &key(&command.token)[..],
        now
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Code::InvitationEnded)?;
    let contact = match invite.contact_id {
        Some(contact) => ContactId(contact),
        None => match same_person(&mut tx, &taking.phone, invite.unit_id).await? {
            Some(contact) => contact,
            None => {
                let name = name.as_deref().ok_or_else(|| Error::field("/name", "required"))?;
                grant::new_contact(&mut tx, name, &taking.phone, taking.lang).await?
            }
        },
    };
    let user = grant::bind(&mut tx, contact, &taking.phone, taking.lang).await?;
    if let (Some(unit), Some(relation)) = (invite.unit_id, invite.relation.as_deref()) {
        // A home that was put away since opens nothing.
        match grant::admit(&mut tx, contact, UnitId(unit), word(relation)?).await {
            Err(error) if error.code() == Code::Invalid => return Err(Code::InvitationEnded.into()),
            done => done?,
        }
    } else if !grant::has_home(&mut tx, contact).await? {
        return Err(Code::InvitationEnded.into());
    }
    sqlx::query!(
        "update resident_invites set used_at = $3, user_id = $4 where company_id = $1 and id = $2",
        company,
        invite.id,
        now,
        user.0
    )
    .execute(tx.conn())
    .await?;
    let (action, object_type) = ("invitation.accept", "resident_invitation");
    tx.audit(Entry { action, object_type, object_id: Some(invite.id), changes: json!({}) }).await?;
    tx.access_changed(user);
    let grant = auth::open_session(ctx, tx.conn(), user, Role::Resident, CompanyId(company), device).await?;
    tx.commit().await?;
    if matches!(taker, Taker::Proof(_)) {
        let mut used = ctx.db.begin_system("a proof that was used").await?;
        join::forget(&mut used, &taking.phone).await?;
        used.commit().await?;
    }
    Ok(grant)
}

/// The contact who signs in with this phone already, or whom the company knows by it in this very home.
async fn same_person(tx: &mut Tx, phone: &Phone, unit: Option<uuid::Uuid>) -> Result<Option<ContactId>> {
    let company = tx.actor().company_id().0;
    let id = sqlx::query_scalar!(
        r#"select contact_id as "contact_id!" from (
             select u.contact_id, 0 as rank from users u where u.company_id = $1 and u.role = 'resident' and u.phone = $2
               and u.blocked_at is null and exists (select from residencies r where r.company_id = $1
                 and r.contact_id = u.contact_id and r.until_on is null)
             union all
             select p.contact_id, 1 from contact_phones p join residencies r
               on r.company_id = p.company_id and r.contact_id = p.contact_id and r.until_on is null
             where p.company_id = $1 and p.phone = $2 and r.unit_id = $3) known
           order by rank, contact_id limit 1"#,
        company,
        phone.as_str(),
        unit
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(Into::into))
}
