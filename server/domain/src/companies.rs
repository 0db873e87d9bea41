//! Companies and their first administrator: what `create-admin` and the demo need.

use crate::{
    Actor, Ctx, Error, Result,
    audit::{self, Entry},
};
use model::{CompanyId, Lang, Phone, Role, UserId};
use platform::ids::new_id;
use serde_json::json;

/// A new company; its request numbers start at 1.
pub async fn create(ctx: &Ctx, name: &str, phone: Option<&Phone>, lang: Lang) -> Result<CompanyId> {
    let id = CompanyId(new_id());
    let mut tx = ctx.db.begin_system("create a company").await?;
    sqlx::query!(
        "insert into companies (id, name, phone, lang, created_at) values ($1, $2, $3, $4, $5)",
        id.0,
        name,
        phone.map(Phone::as_str),
        lang.code(),
        ctx.clock.now()
    )
    .execute(&mut *tx)
    .await?;
    let entry = Entry {
        action: "company.create",
        object_type: "company",
        object_id: Some(id.0),
        changes: json!({ "name": [null, name] }),
    };
    audit::write(&mut tx, &Actor::system(id), ctx.clock.now(), entry).await?;
    tx.commit().await?;
    Ok(id)
}

/// A staff login. A super admin has no company.
///
/// # Errors
/// `invalid` on `/login` when it is taken, on `/password` when it is shorter than ten characters.
pub async fn create_user(
    ctx: &Ctx,
    company: Option<CompanyId>,
    role: Role,
    login: &str,
    password: &str,
    name: &str,
) -> Result<UserId> {
    if password.chars().count() < 10 {
        return Err(Error::field("/password", "too_short"));
    }
    let hash = ctx.passwords.hash(password).await.map_err(|e| Error::internal("password hash", e))?;
    let id = new_id();
    let mut tx = ctx.db.begin_system("create a login").await?;
    let made = sqlx::query!(
        "insert into users (id, company_id, role, login, password_hash, name, created_at) values ($1, $2, $3, lower($4), $5, $6, $7)
         on conflict (login) do nothing",
        id,
        company.map(|c| c.0),
        role.as_str(),
        login,
        hash,
        name,
        ctx.clock.now()
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if made == 0 {
        return Err(Error::field("/login", "taken"));
    }
    // A super admin belongs to no company, so no company's books tell of them.
    if let Some(company) = company {
        let changes = json!({ "name": [null, name], "role": [null, role], "login": [null, login.to_lowercase()] });
        let entry = Entry { action: "user.create", object_type: "user", object_id: Some(id), changes };
        audit::write(&mut tx, &Actor::system(company), ctx.clock.now(), entry).await?;
    }
    tx.commit().await?;
    Ok(id.into())
}

/// The oldest company, if there is any.
pub async fn first(ctx: &Ctx) -> Result<Option<CompanyId>> {
    let mut tx = ctx.db.begin_system("look for a company").await?;
    let id = sqlx::query_scalar!("select id from companies order by created_at, id limit 1")
        .fetch_optional(&mut *tx)
        .await?;
    Ok(id.map(Into::into))
}
