//! Residential complexes.

use super::{in_use, taken};
use crate::{Actor, Ctx, Result, Scope, Tx};
use model::{
    Code, ComplexId, Permission as P,
    property::{ComplexFacts, ComplexRow},
    validate,
};
use platform::ids::new_id;

const UNIQUE: [(&str, &str); 1] = [("complexes_name", "/name")];

/// The complexes in use, by name.
pub async fn complexes(ctx: &Ctx, actor: &Actor) -> Result<Vec<ComplexRow>> {
    let scope = actor.scope(P::BuildingsRead)?;
    let mut tx = ctx.begin(actor).await?;
    let rows = sqlx::query_as!(
        ComplexRow,
        r#"select c.id, c.name, c.version, (select count(*) from buildings b where b.company_id = c.company_id
             and b.complex_id = c.id and b.archived_at is null)::int as "buildings!"
           from complexes c where c.company_id = $1 and c.archived_at is null order by lower(c.name)"#,
        scope.company()
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Makes a complex.
///
/// # Errors
/// `invalid` on `/name` when another one has it.
pub async fn create_complex(ctx: &Ctx, actor: &Actor, command: &ComplexFacts) -> Result<ComplexRow> {
    let scope = actor.scope(P::BuildingsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let (id, facts) = (ComplexId(new_id()), ComplexFacts { name: command.name.trim().to_owned() });
    sqlx::query!("insert into complexes (id, company_id, name) values ($1, $2, $3)", id.0, scope.company(), facts.name)
        .execute(tx.conn())
        .await
        .map_err(|e| taken(e, &UNIQUE))?;
    tx.record("complex.create", "complex", id.0, None, Some(&facts)).await?;
    tx.commit().await?;
    Ok(ComplexRow { id, name: facts.name, version: 1, buildings: 0 })
}

/// Renames a complex.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; `invalid` on `/name` when another one has it.
pub async fn update_complex(
    ctx: &Ctx,
    actor: &Actor,
    id: ComplexId,
    version: i32,
    command: &ComplexFacts,
) -> Result<ComplexRow> {
    let scope = actor.scope(P::BuildingsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let (before, buildings) = lock(&mut tx, &scope, id, version).await?;
    let facts = ComplexFacts { name: command.name.trim().to_owned() };
    let changed = tx.record("complex.update", "complex", id.0, Some(&before), Some(&facts)).await?;
    if changed {
        sqlx::query!(
            "update complexes set name = $3, version = version + 1 where company_id = $1 and id = $2",
            scope.company(),
            id.0,
            facts.name
        )
        .execute(tx.conn())
        .await
        .map_err(|e| taken(e, &UNIQUE))?;
    }
    tx.commit().await?;
    Ok(ComplexRow { id, name: facts.name, version: version + i32::from(changed), buildings })
}

/// Puts a complex away; houses of the archive still name it.
///
/// # Errors
/// `in_use` while houses belong to it.
pub async fn archive_complex(ctx: &Ctx, actor: &Actor, id: ComplexId, version: i32) -> Result<()> {
    let scope = actor.scope(P::BuildingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    let (before, buildings) = lock(&mut tx, &scope, id, version).await?;
    if buildings > 0 {
        return Err(in_use("/buildings", "has_buildings", buildings.into()));
    }
    let now = tx.now();
    sqlx::query!(
        "update complexes set archived_at = $3, version = version + 1 where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        now
    )
    .execute(tx.conn())
    .await?;
    tx.record("complex.archive", "complex", id.0, Some(&before), None).await?;
    tx.commit().await
}

async fn lock(tx: &mut Tx, scope: &Scope, id: ComplexId, version: i32) -> Result<(ComplexFacts, i32)> {
    let row = sqlx::query!(
        r#"select c.name, c.version, (select count(*) from buildings b where b.company_id = c.company_id
             and b.complex_id = c.id and b.archived_at is null)::int as "buildings!"
           from complexes c where c.company_id = $1 and c.id = $2 and c.archived_at is null for update of c"#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if row.version != version {
        return Err(Code::Conflict.into());
    }
    Ok((ComplexFacts { name: row.name }, row.buildings))
}
