//! Companies and their first administrator: what the owner of the system, `create-admin` and the demo need.

use crate::{
    Actor, Ctx, Error, Result,
    audit::{self, Entry},
};
use model::{
    CompanyId, Lang, Permission as P, Phone, Role, UserId,
    property::{CompanyFacts, CompanyRow},
    validate,
};
use platform::ids::new_id;
use serde_json::json;
use sqlx::PgConnection;

/// All companies, by name.
///
/// # Errors
/// `forbidden` for everybody but the owner of the system.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<CompanyRow>> {
    actor.scope(P::CompaniesManage)?;
    let mut tx = ctx.db.begin_system("the list of companies").await?;
    let rows = sqlx::query!(
        r#"select c.id, c.name, c.phone, c.lang, c.demo, c.created_at,
             (select count(*) from buildings b where b.company_id = c.id and b.archived_at is null)::int as "buildings!",
             (select count(*) from units u where u.company_id = c.id and u.archived_at is null)::int as "units!"
           from companies c order by lower(c.name), c.id"#
    )
    .fetch_all(&mut *tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|c| CompanyRow {
            id: c.id.into(),
            name: c.name,
            phone: c.phone.as_deref().and_then(Phone::parse),
            lang: Lang::parse(&c.lang).unwrap_or_default(),
            demo: c.demo,
            buildings: c.buildings,
            units: c.units,
            created_at: c.created_at,
            current: c.id == actor.company_id().0,
        })
        .collect())
}

/// Takes a company in. It is empty: its first administrator is made by an invitation or by `create-admin`.
pub async fn add(ctx: &Ctx, actor: &Actor, command: &CompanyFacts) -> Result<CompanyRow> {
    actor.scope(P::CompaniesManage)?;
    validate::check(command)?;
    let facts = CompanyFacts { name: command.name.trim().to_owned(), ..command.clone() };
    // Written, and audited, inside the company that comes to be.
    let there = Actor { company_id: CompanyId(new_id()), ..actor.clone() };
    let mut tx = ctx.begin(&there).await?;
    let now = tx.now();
    sqlx::query!(
        "insert into companies (id, name, phone, lang, created_at) values ($1, $2, $3, $4, $5)",
        there.company_id.0,
        facts.name,
        facts.phone.as_ref().map(Phone::as_str),
        facts.lang.code(),
        now
    )
    .execute(tx.conn())
    .await?;
    tx.record("company.create", "company", there.company_id.0, None, Some(&facts)).await?;
    tx.commit().await?;
    one(ctx, actor, there.company_id).await
}

/// Renames a company, or corrects its telephone and language.
///
/// # Errors
/// `not_found` when there is none.
pub async fn update(ctx: &Ctx, actor: &Actor, id: CompanyId, command: &CompanyFacts) -> Result<CompanyRow> {
    actor.scope(P::CompaniesManage)?;
    validate::check(command)?;
    let facts = CompanyFacts { name: command.name.trim().to_owned(), ..command.clone() };
    let mut tx = ctx.begin(&Actor { company_id: id, ..actor.clone() }).await?;
    let known = sqlx::query!("select name, phone, lang from companies where id = $1 for update", id.0)
        .fetch_one(tx.conn())
        .await?;
    let before = CompanyFacts {
        name: known.name,
        phone: known.phone.as_deref().and_then(Phone::parse),
        lang: Lang::parse(&known.lang).unwrap_or_default(),
    };
    if tx.record("company.update", "company", id.0, Some(&before), Some(&facts)).await? {
        sqlx::query!(
            "update companies set name = $2, phone = $3, lang = $4,
               languages = case when $4 = any(languages) then languages else languages || $4::text end where id = $1",
            id.0,
            facts.name,
            facts.phone.as_ref().map(Phone::as_str),
            facts.lang.code()
        )
        .execute(tx.conn())
        .await?;
    }
    tx.commit().await?;
    one(ctx, actor, id).await
}

async fn one(ctx: &Ctx, actor: &Actor, id: CompanyId) -> Result<CompanyRow> {
    let all = list(ctx, actor).await?;
    all.into_iter().find(|c| c.id == id).ok_or_else(|| model::Code::NotFound.into())
}

/// A new company; its request numbers start at 1.
pub async fn create(ctx: &Ctx, name: &str, phone: Option<&Phone>, lang: Lang) -> Result<CompanyId> {
    let mut tx = ctx.db.begin_system("create a company").await?;
    let id = insert(ctx, &mut tx, name, phone, lang).await?;
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
    let hash = hash(ctx, password).await?;
    let mut tx = ctx.db.begin_system("create a login").await?;
    let id = insert_user(ctx, &mut tx, company, role, login, &hash, name).await?;
    tx.commit().await?;
    Ok(id)
}

/// A new company with its first administrator, both or neither.
///
/// # Errors
/// As [`create_user`].
pub async fn create_with_admin(
    ctx: &Ctx,
    company: &str,
    lang: Lang,
    login: &str,
    password: &str,
    name: &str,
) -> Result<(CompanyId, UserId)> {
    let hash = hash(ctx, password).await?;
    let mut tx = ctx.db.begin_system("create a company with its administrator").await?;
    let id = insert(ctx, &mut tx, company, None, lang).await?;
    let admin = insert_user(ctx, &mut tx, Some(id), Role::Admin, login, &hash, name).await?;
    tx.commit().await?;
    Ok((id, admin))
}

async fn hash(ctx: &Ctx, password: &str) -> Result<String> {
    if password.chars().count() < 10 {
        return Err(Error::field("/password", "too_short"));
    }
    ctx.passwords.hash(password).await.map_err(|e| Error::internal("password hash", e))
}

async fn insert(ctx: &Ctx, tx: &mut PgConnection, name: &str, phone: Option<&Phone>, lang: Lang) -> Result<CompanyId> {
    let id = CompanyId(new_id());
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
    audit::write(tx, &Actor::system(id), ctx.clock.now(), entry).await?;
    Ok(id)
}

async fn insert_user(
    ctx: &Ctx,
    tx: &mut PgConnection,
    company: Option<CompanyId>,
    role: Role,
    login: &str,
    hash: &str,
    name: &str,
) -> Result<UserId> {
    let id = new_id();
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
        audit::write(tx, &Actor::system(company), ctx.clock.now(), entry).await?;
    }
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
