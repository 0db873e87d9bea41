//! Invitations: a link that makes one login, for a week. Only the hash of its token is kept.

use super::{queries, trimmed};
use crate::{
    Actor, Ctx, Error, Result,
    actor::View,
    audit::{self, Entry},
    auth::{self, Device, Grant},
    error::word,
    messages::{self, Channel, Draft},
};
use chrono::TimeDelta;
use model::{
    Code, CompanyId, InviteId, Lang, Permission as P, Phone, Role, UserId,
    auth::Danger,
    staff::{AcceptInvite, InviteRow, InviteStaff, InviteView, Invited, ROLES, Visibility},
    validate,
};
use platform::{
    ids::new_id,
    tokens::{hash_token, random_token},
};
use serde_json::json;

const LIFETIME: TimeDelta = TimeDelta::days(7);

/// Where an invitation leads.
fn path(token: &str) -> String {
    format!("/join/staff/{token}")
}

/// Invites somebody. With an address the link is mailed as well; it is shown this one time either way.
///
/// # Errors
/// `forbidden` for a role above one's own; `invalid` on an unknown house or a level the role does not have.
pub async fn invite(ctx: &Ctx, actor: &Actor, command: &InviteStaff) -> Result<Invited> {
    let scope = actor.scope(P::StaffManage)?;
    validate::check(command)?;
    if !ROLES.contains(&command.role) || !actor.role().may_manage(command.role) {
        return Err(Code::Forbidden.into());
    }
    // Else a desk left alone makes an administrator, whose first sign-in is a proof.
    actor.proves(Danger::Access)?;
    let visibility = command.visibility.unwrap_or(Visibility::usual(command.role));
    if !Visibility::choices(command.role).contains(&visibility) {
        return Err(Error::field("/visibility", "out_of_range"));
    }
    let unique = |ids: Vec<uuid::Uuid>| std::collections::BTreeSet::from_iter(ids).into_iter().collect::<Vec<_>>();
    let buildings = unique(command.building_ids.iter().map(|b| b.0).collect());
    let complexes = unique(command.complex_ids.iter().map(|c| c.0).collect());
    let mut tx = ctx.begin(actor).await?;
    if queries::addresses(&mut tx, &buildings).await?.len() != buildings.len() {
        return Err(Error::field("/building_ids", "unknown"));
    }
    if queries::names(&mut tx, &complexes).await?.len() != complexes.len() {
        return Err(Error::field("/complex_ids", "unknown"));
    }
    let (id, token, now) = (InviteId(new_id()), random_token(), tx.now());
    let email = trimmed(command.email.clone());
    let skills: Vec<String> = command.skills.iter().map(|s| s.as_str().to_owned()).collect();
    sqlx::query!(
        "insert into staff_invites (id, company_id, token_hash, role, name, phone, email, lang, visibility, skills,
           building_ids, complex_ids, invited_by, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        id.0,
        scope.company(),
        &hash_token(&token)[..],
        command.role.as_str(),
        command.name.trim(),
        command.phone.as_ref().map(Phone::as_str),
        email,
        command.lang.code(),
        visibility.as_str(),
        &skills,
        &buildings,
        &complexes,
        actor.user_id().map(|u| u.0),
        now,
        now + LIFETIME
    )
    .execute(tx.conn())
    .await?;
    let changes = json!({
        "name": [null, command.name.trim()], "role": [null, command.role], "visibility": [null, visibility],
        "email": [null, email.as_deref().map(audit::mask_email)],
    });
    tx.audit(Entry { action: "invitation.create", object_type: "invitation", object_id: Some(id.0), changes }).await?;
    if let Some(address) = &email {
        let draft = Draft {
            company_id: Some(scope.company()),
            user_id: None,
            channel: Channel::Email,
            address,
            template: "staff_invite",
            lang: command.lang,
            params: json!({ "name": command.name.trim(), "company": company(&mut tx).await?, "token": token }),
        };
        messages::queue(tx.conn(), draft, now).await?;
    }
    tx.commit().await?;
    let base = ctx.config.server.public_url.clone().unwrap_or_default();
    Ok(Invited {
        id,
        link: format!("{}{}", base.trim_end_matches('/'), path(&token)),
        mailed: email.is_some(),
        expires_at: now + LIFETIME,
    })
}

async fn company(tx: &mut crate::Tx) -> Result<String> {
    let id = tx.actor().company_id().0;
    Ok(sqlx::query_scalar!("select name from companies where id = $1", id).fetch_one(tx.conn()).await?)
}

/// Invitations that still wait, the newest first.
pub async fn invitations(ctx: &Ctx, actor: &Actor) -> Result<Vec<InviteRow>> {
    let scope = actor.scope(P::StaffManage)?;
    let mut tx = ctx.begin(actor).await?;
    let now = tx.now();
    let rows = sqlx::query!(
        r#"select i.id, i.name, i.role, i.phone, i.email, i.created_at, i.expires_at, u.name as "invited_by?"
           from staff_invites i left join users u on u.id = i.invited_by
           where i.company_id = $1 and i.used_at is null and i.revoked_at is null and i.expires_at > $2
           order by i.created_at desc, i.id desc limit 200"#,
        scope.company(),
        now
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|i| {
            Ok(InviteRow {
                id: i.id.into(),
                name: i.name,
                role: word(&i.role)?,
                phone: i.phone.as_deref().and_then(Phone::parse),
                email: i.email,
                invited_by: i.invited_by,
                created_at: i.created_at,
                expires_at: i.expires_at,
            })
        })
        .collect()
}

/// Takes an invitation back: its link is dead at once.
///
/// # Errors
/// `not_found` when it is not there, was used or taken back.
pub async fn revoke_invite(ctx: &Ctx, actor: &Actor, id: InviteId) -> Result<()> {
    let scope = actor.scope(P::StaffManage)?;
    let mut tx = ctx.begin(actor).await?;
    let now = tx.now();
    let name = sqlx::query_scalar!(
        "update staff_invites set revoked_at = $3
         where company_id = $1 and id = $2 and used_at is null and revoked_at is null returning name",
        scope.company(),
        id.0,
        now
    )
    .fetch_one(tx.conn())
    .await?;
    let changes = json!({ "name": [name, null] });
    tx.audit(Entry { action: "invitation.revoke", object_type: "invitation", object_id: Some(id.0), changes }).await?;
    tx.commit().await
}

/// What somebody with the link sees before they take it up.
///
/// # Errors
/// `invitation_ended` when the link is unknown, used, taken back or too old: which of them is not said.
pub async fn invitation(ctx: &Ctx, token: &str) -> Result<InviteView> {
    let mut tx = ctx.db.begin_system("show an invitation").await?;
    let row = sqlx::query!(
        "select c.name as company, i.name, i.role, i.expires_at from staff_invites i join companies c on c.id = i.company_id
         where i.token_hash = $1 and i.used_at is null and i.revoked_at is null and i.expires_at > $2",
        &hash_token(token)[..],
        ctx.clock.now()
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(Code::InvitationEnded)?;
    Ok(InviteView { company: row.company, name: row.name, role: word(&row.role)?, expires_at: row.expires_at })
}

/// Makes the login and signs the person in. The link works once: of two at the same moment one is refused.
///
/// # Errors
/// `invitation_ended`; `invalid` on `/login` when somebody has it already.
pub async fn accept(ctx: &Ctx, command: &AcceptInvite, device: &Device) -> Result<Grant> {
    validate::check(command)?;
    let which: String = hash_token(&command.token)[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    auth::throttle(ctx, device, &format!("invitation {which}")).await?;
    // Slow on purpose, so it is done before any row is locked.
    let hash = ctx.passwords.hash(&command.password).await.map_err(|e| Error::internal("password hash", e))?;
    let mut found = ctx.db.begin_system("find an invitation").await?;
    let company = sqlx::query_scalar!(
        "select company_id from staff_invites where token_hash = $1",
        &hash_token(&command.token)[..]
    )
    .fetch_optional(&mut *found)
    .await?
    .ok_or(Code::InvitationEnded)?;
    drop(found);
    let (id, login) = (UserId(new_id()), command.login.trim().to_lowercase());
    // The invited person acts, with no rights of their own yet.
    let newcomer = Actor {
        user_id: Some(id),
        session_id: None,
        contact_id: None,
        company_id: CompanyId(company),
        role: Role::Staff,
        name: command.name.trim().to_owned(),
        lang: Lang::default(),
        door: device.door,
        view: View::company(),
        proven: false,
        looking: None,
    };
    let mut tx = ctx.begin(&newcomer).await?;
    let now = tx.now();
    let invite = sqlx::query!(
        "select id, role, phone, email, lang, visibility, skills, building_ids, complex_ids from staff_invites
         where company_id = $1 and token_hash = $2 and used_at is null and revoked_at is null and expires_at > $3 for update",
        company,
        &hash_token(&command.token)[..],
        now
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Code::InvitationEnded)?;
    let role: Role = word(&invite.role)?;
    let level = queries::visibility(invite.visibility.as_deref(), role)?;
    let made = sqlx::query!(
        "insert into users (id, company_id, role, login, password_hash, name, email, phone, lang, visibility, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (login) do nothing",
        id.0,
        company,
        role.as_str(),
        login,
        hash,
        command.name.trim(),
        invite.email,
        invite.phone,
        invite.lang,
        Some(level).filter(|v| *v != Visibility::usual(role)).map(Visibility::as_str),
        now
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    if made == 0 {
        return Err(Error::field("/login", "taken"));
    }
    // Houses that went away since the invitation are left out.
    sqlx::query!(
        "insert into staff_skills (company_id, user_id, skill) select $1, $2, unnest($3::text[]) on conflict do nothing",
        company,
        id.0,
        &invite.skills
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into staff_zones (company_id, user_id, building_id)
         select $1, $2, id from buildings where company_id = $1 and id = any($3)",
        company,
        id.0,
        &invite.building_ids
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into staff_complexes (company_id, user_id, complex_id)
         select $1, $2, id from complexes where company_id = $1 and id = any($3)",
        company,
        id.0,
        &invite.complex_ids
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update staff_invites set used_at = $3, user_id = $4 where company_id = $1 and id = $2",
        company,
        invite.id,
        now,
        id.0
    )
    .execute(tx.conn())
    .await?;
    let changes = json!({ "name": [null, command.name.trim()], "role": [null, role], "login": [null, login] });
    tx.audit(Entry { action: "user.create", object_type: "user", object_id: Some(id.0), changes }).await?;
    tx.audit(Entry {
        action: "invitation.accept",
        object_type: "invitation",
        object_id: Some(invite.id),
        changes: json!({ "name": [null, command.name.trim()] }),
    })
    .await?;
    let grant = auth::open_session(ctx, tx.conn(), id, role, CompanyId(company), device).await?;
    tx.commit().await?;
    Ok(grant)
}
