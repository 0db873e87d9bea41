//! The company's lists: materials, services, checklists. Who works reads them, who sets the company up writes them.

use super::WORK;
use crate::{Actor, Ctx, Error, Result, Tx, error::word};
use model::{
    CatalogueId, ChecklistId, Code, Money, Permission as P,
    names::Names,
    validate,
    work::{Catalogue, CatalogueItem, Checklist, SaveChecklist, SaveItem},
};
use platform::ids::new_id;
use serde::Serialize;
use uuid::Uuid;

/// What the audit keeps of an item.
#[derive(Serialize)]
struct Kept {
    name: String,
    unit: String,
    price: String,
    category: Option<String>,
}

impl Kept {
    fn of(item: &SaveItem) -> Self {
        let names = item.names.trimmed();
        let all: Vec<String> = [names.ru, names.uz, names.en].into_iter().filter(|n| !n.is_empty()).collect();
        Self {
            name: all.join(" / "),
            unit: item.unit.to_string(),
            price: item.price.to_string(),
            category: item.category.map(|c| c.to_string()),
        }
    }
}

/// The items in use, by name.
pub async fn items(ctx: &Ctx, actor: &Actor, list: Catalogue) -> Result<Vec<CatalogueItem>> {
    let scope = actor.scope_any(&WORK)?;
    let mut tx = ctx.begin(actor).await?;
    let lang = actor.lang().code();
    let rows = sqlx::query!(
        "select id, version, names, unit, price_tiyin, category from catalogue
         where company_id = $1 and list = $2 and archived_at is null
         order by lower(coalesce(nullif(names ->> $3, ''), names ->> 'ru')), id",
        scope.company(),
        list.as_str(),
        lang
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(CatalogueItem {
                id: row.id.into(),
                version: row.version,
                list,
                names: serde_json::from_value(row.names)?,
                unit: word(&row.unit)?,
                price: Money::from_tiyin(row.price_tiyin),
                category: row.category.as_deref().map(word).transpose()?,
            })
        })
        .collect()
}

/// Makes an item, or replaces one of which the editor saw `known` (its id and version).
///
/// # Errors
/// `conflict` when somebody changed it meanwhile.
pub async fn save_item(
    ctx: &Ctx,
    actor: &Actor,
    known: Option<(CatalogueId, i32)>,
    command: &SaveItem,
) -> Result<CatalogueItem> {
    let scope = actor.scope(P::SettingsManage)?;
    validate::check(command)?;
    let names = command.names.trimmed();
    let mut tx = ctx.begin(actor).await?;
    let now = tx.now();
    let (id, version) = match known {
        None => {
            let id = new_id();
            sqlx::query!(
                "insert into catalogue (id, company_id, list, names, unit, price_tiyin, category, created_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8)",
                id,
                scope.company(),
                command.list.as_str(),
                serde_json::to_value(&names)?,
                command.unit.as_str(),
                command.price.tiyin(),
                command.category.map(model::requests::Category::as_str),
                now
            )
            .execute(tx.conn())
            .await?;
            tx.record("catalogue.create", "catalogue", id, None, Some(&Kept::of(command))).await?;
            (id, 1)
        }
        Some((id, version)) => {
            let old = lock_item(&mut tx, id, version).await?;
            if old.list != command.list {
                return Err(Error::field("/list", "unknown"));
            }
            if tx.record("catalogue.update", "catalogue", id.0, Some(&Kept::of(&old)), Some(&Kept::of(command))).await?
            {
                sqlx::query!(
                    "update catalogue set names = $3, unit = $4, price_tiyin = $5, category = $6, version = version + 1
                     where company_id = $1 and id = $2",
                    scope.company(),
                    id.0,
                    serde_json::to_value(&names)?,
                    command.unit.as_str(),
                    command.price.tiyin(),
                    command.category.map(model::requests::Category::as_str)
                )
                .execute(tx.conn())
                .await?;
                (id.0, version + 1)
            } else {
                (id.0, version)
            }
        }
    };
    tx.commit().await?;
    let SaveItem { list, unit, price, category, .. } = command.clone();
    Ok(CatalogueItem { id: id.into(), version, list, names, unit, price, category })
}

/// Takes an item out of the list; what was used or offered keeps it.
pub async fn archive_item(ctx: &Ctx, actor: &Actor, id: CatalogueId, version: i32) -> Result<()> {
    let scope = actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    let old = lock_item(&mut tx, id, version).await?;
    let now = tx.now();
    sqlx::query!(
        "update catalogue set archived_at = $3, version = version + 1 where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        now
    )
    .execute(tx.conn())
    .await?;
    tx.record("catalogue.archive", "catalogue", id.0, Some(&Kept::of(&old)), None).await?;
    tx.commit().await
}

async fn lock_item(tx: &mut Tx, id: CatalogueId, version: i32) -> Result<SaveItem> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select version, list, names, unit, price_tiyin, category from catalogue
         where company_id = $1 and id = $2 and archived_at is null for update",
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if row.version != version {
        return Err(Code::Conflict.into());
    }
    Ok(SaveItem {
        list: word(&row.list)?,
        names: serde_json::from_value::<Names>(row.names)?,
        unit: word(&row.unit)?,
        price: Money::from_tiyin(row.price_tiyin),
        category: row.category.as_deref().map(word).transpose()?,
    })
}

/// The checklists in use, by name.
pub async fn checklists(ctx: &Ctx, actor: &Actor) -> Result<Vec<Checklist>> {
    let scope = actor.scope_any(&WORK)?;
    let mut tx = ctx.begin(actor).await?;
    sqlx::query!(
        "select id, version, name, category, items from checklists
         where company_id = $1 and archived_at is null order by lower(name), id",
        scope.company()
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|row| {
        Ok(Checklist {
            id: row.id.into(),
            version: row.version,
            name: row.name,
            category: row.category.as_deref().map(word).transpose()?,
            items: row.items,
        })
    })
    .collect()
}

/// Makes a checklist, or replaces one of which the editor saw `known` (its id and version).
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; `invalid` on a category that has a list already.
pub async fn save_checklist(
    ctx: &Ctx,
    actor: &Actor,
    known: Option<(ChecklistId, i32)>,
    command: &SaveChecklist,
) -> Result<Checklist> {
    let scope = actor.scope(P::SettingsManage)?;
    validate::check(command)?;
    let command = SaveChecklist {
        name: command.name.trim().to_owned(),
        items: command.items.iter().map(|i| i.trim().to_owned()).collect(),
        ..command.clone()
    };
    let mut tx = ctx.begin(actor).await?;
    let now = tx.now();
    let category = command.category.map(model::requests::Category::as_str);
    let (id, version): (Uuid, i32) = match known {
        None => {
            let id = new_id();
            sqlx::query!(
                "insert into checklists (id, company_id, name, category, items, created_at) values ($1, $2, $3, $4, $5, $6)",
                id,
                scope.company(),
                command.name,
                category,
                &command.items,
                now
            )
            .execute(tx.conn())
            .await
            .map_err(one_per_category)?;
            tx.record("checklist.create", "checklist", id, None, Some(&command)).await?;
            (id, 1)
        }
        Some((id, version)) => {
            let old = lock_checklist(&mut tx, id, version).await?;
            if tx.record("checklist.update", "checklist", id.0, Some(&old), Some(&command)).await? {
                sqlx::query!(
                    "update checklists set name = $3, category = $4, items = $5, version = version + 1
                     where company_id = $1 and id = $2",
                    scope.company(),
                    id.0,
                    command.name,
                    category,
                    &command.items
                )
                .execute(tx.conn())
                .await
                .map_err(one_per_category)?;
                (id.0, version + 1)
            } else {
                (id.0, version)
            }
        }
    };
    tx.commit().await?;
    let SaveChecklist { name, category, items } = command;
    Ok(Checklist { id: id.into(), version, name, category, items })
}

/// Takes a checklist out of use. Plans go on without it.
pub async fn archive_checklist(ctx: &Ctx, actor: &Actor, id: ChecklistId, version: i32) -> Result<()> {
    let scope = actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    let old = lock_checklist(&mut tx, id, version).await?;
    let now = tx.now();
    sqlx::query!(
        "update checklists set archived_at = $3, version = version + 1 where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        now
    )
    .execute(tx.conn())
    .await?;
    tx.record("checklist.archive", "checklist", id.0, Some(&old), None).await?;
    tx.commit().await
}

async fn lock_checklist(tx: &mut Tx, id: ChecklistId, version: i32) -> Result<SaveChecklist> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select version, name, category, items from checklists
         where company_id = $1 and id = $2 and archived_at is null for update",
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if row.version != version {
        return Err(Code::Conflict.into());
    }
    Ok(SaveChecklist { name: row.name, category: row.category.as_deref().map(word).transpose()?, items: row.items })
}

/// A category has one list.
fn one_per_category(error: sqlx::Error) -> Error {
    match &error {
        sqlx::Error::Database(e) if e.constraint() == Some("checklists_category") => Error::field("/category", "taken"),
        _ => error.into(),
    }
}
