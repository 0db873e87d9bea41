//! Services: what bills name.

use crate::{Actor, Ctx, Result, Scope, Tx, property::taken};
use model::{
    Code, Permission as P, ServiceId,
    billing::{ServiceFacts, ServiceRow},
    validate,
};
use platform::ids::new_id;

const UNIQUE: [(&str, &str); 1] = [("services_name", "/name_ru")];

/// The services in use, in the order of receipts.
pub(super) async fn all(tx: &mut Tx, scope: &Scope) -> Result<Vec<ServiceRow>> {
    let rows = sqlx::query!(
        "select id, version, name_ru, name_uz, name_en, ikpu, package_code, vat_percent from services
         where company_id = $1 and archived_at is null order by position, id",
        scope.company()
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|s| ServiceRow {
            id: s.id.into(),
            version: s.version,
            name: super::name(s.name_ru, s.name_uz, s.name_en),
            ikpu: s.ikpu,
            package_code: s.package_code,
            vat_percent: s.vat_percent,
        })
        .collect())
}

async fn one(tx: &mut Tx, scope: &Scope, id: ServiceId) -> Result<ServiceRow> {
    all(tx, scope).await?.into_iter().find(|s| s.id == id).ok_or_else(|| Code::NotFound.into())
}

fn trimmed(facts: &ServiceFacts) -> ServiceFacts {
    let text = |text: &str| text.trim().to_owned();
    let code = |code: &Option<String>| code.as_deref().map(text).filter(|code| !code.is_empty());
    ServiceFacts {
        name_ru: text(&facts.name_ru),
        name_uz: text(&facts.name_uz),
        name_en: text(&facts.name_en),
        ikpu: code(&facts.ikpu),
        package_code: code(&facts.package_code),
        vat_percent: facts.vat_percent,
    }
}

fn facts_of(row: &ServiceRow) -> ServiceFacts {
    ServiceFacts {
        name_ru: row.name.ru.clone(),
        name_uz: row.name.uz.clone(),
        name_en: row.name.en.clone(),
        ikpu: row.ikpu.clone(),
        package_code: row.package_code.clone(),
        vat_percent: row.vat_percent,
    }
}

/// Makes a service, the last on receipts.
///
/// # Errors
/// `invalid` on `/name_ru` when another one has it.
pub async fn create_service(ctx: &Ctx, actor: &Actor, facts: &ServiceFacts) -> Result<ServiceRow> {
    let scope = actor.scope(P::TariffsManage)?;
    let facts = trimmed(facts);
    validate::check(&facts)?;
    let mut tx = ctx.begin(actor).await?;
    let id = ServiceId(new_id());
    sqlx::query!(
        "insert into services (id, company_id, name_ru, name_uz, name_en, ikpu, package_code, vat_percent, position)
         select $1, $2, $3, $4, $5, $6, $7, $8, coalesce(max(position), 0) + 1 from services where company_id = $2",
        id.0,
        scope.company(),
        facts.name_ru,
        facts.name_uz,
        facts.name_en,
        facts.ikpu,
        facts.package_code,
        facts.vat_percent
    )
    .execute(tx.conn())
    .await
    .map_err(|e| taken(e, &UNIQUE))?;
    tx.record("service.create", "service", id.0, None, Some(&facts)).await?;
    let row = one(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(row)
}

/// Renames a service or corrects its codes.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; `invalid` on `/name_ru` when another one has the name.
pub async fn update_service(
    ctx: &Ctx,
    actor: &Actor,
    id: ServiceId,
    version: i32,
    facts: &ServiceFacts,
) -> Result<ServiceRow> {
    let scope = actor.scope(P::TariffsManage)?;
    let facts = trimmed(facts);
    validate::check(&facts)?;
    let mut tx = ctx.begin(actor).await?;
    let known = lock(&mut tx, &scope, id, version).await?;
    if tx.record("service.update", "service", id.0, Some(&facts_of(&known)), Some(&facts)).await? {
        sqlx::query!(
            "update services set name_ru = $3, name_uz = $4, name_en = $5, ikpu = $6, package_code = $7, vat_percent = $8,
               version = version + 1 where company_id = $1 and id = $2",
            scope.company(),
            id.0,
            facts.name_ru,
            facts.name_uz,
            facts.name_en,
            facts.ikpu,
            facts.package_code,
            facts.vat_percent
        )
        .execute(tx.conn())
        .await
        .map_err(|e| taken(e, &UNIQUE))?;
    }
    let row = one(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(row)
}

/// Puts a service away: it is charged no more, old bills keep it.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile.
pub async fn archive_service(ctx: &Ctx, actor: &Actor, id: ServiceId, version: i32) -> Result<()> {
    let scope = actor.scope(P::TariffsManage)?;
    let mut tx = ctx.begin(actor).await?;
    let known = lock(&mut tx, &scope, id, version).await?;
    let now = tx.now();
    sqlx::query!(
        "update services set archived_at = $3, version = version + 1 where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        now
    )
    .execute(tx.conn())
    .await?;
    tx.record("service.archive", "service", id.0, Some(&facts_of(&known)), None).await?;
    tx.commit().await
}

async fn lock(tx: &mut Tx, scope: &Scope, id: ServiceId, version: i32) -> Result<ServiceRow> {
    let found = sqlx::query_scalar!(
        "select version from services where company_id = $1 and id = $2 and archived_at is null for update",
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if found != version {
        return Err(Code::Conflict.into());
    }
    one(tx, scope, id).await
}
