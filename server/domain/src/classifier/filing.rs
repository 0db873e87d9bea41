//! What a request takes from the classifier when it is filed, and how that changes later.

use super::learn;
use crate::{Error, Result, Tx, error::word};
use model::{
    ProblemId, RequestId, Role,
    classifier::{Names, ProblemRef},
    requests::{Category, CreateRequest, Kind, Priority, UpdateRequest},
};

/// What a new request is about.
#[derive(Clone, Debug)]
pub(crate) struct About {
    pub problem: Option<ProblemId>,
    /// The words alone decided.
    pub auto: bool,
    pub category: Category,
    pub kind: Kind,
    pub priority: Priority,
    /// The problem's own time to mend it.
    pub hours: Option<i16>,
}

/// What a problem brings.
struct Brings {
    id: ProblemId,
    category: Category,
    kind: Kind,
    priority: Priority,
    hours: Option<i16>,
}

/// Reads what a new request is about. A named problem brings its category, and the kind and priority that the caller
/// left open. A resident's words may name one: never what the request costs, but an emergency is one at once.
///
/// # Errors
/// `invalid` on a problem that is not offered, or not of the category that was given with it.
pub(crate) async fn for_filing(tx: &mut Tx, command: &CreateRequest) -> Result<About> {
    let named = match command.problem_id {
        Some(id) => Some(offered(tx, id, "/problem_id").await?),
        None => None,
    };
    if let Some(problem) = &named
        && command.category != Category::Other
        && command.category != problem.category
    {
        return Err(Error::field("/problem_id", "other_category"));
    }
    if let Some(problem) = named {
        // Whether it is paid for is the company's word, not the resident's.
        let open = tx.actor().role() != Role::Resident || problem.kind == Kind::Emergency;
        let kind = command.kind.unwrap_or(if open { problem.kind } else { Kind::Regular });
        let usual = if kind == problem.kind { problem.priority } else { urgency(kind) };
        return Ok(About {
            problem: Some(problem.id),
            auto: false,
            category: problem.category,
            kind,
            priority: command.priority.unwrap_or(usual),
            hours: problem.hours,
        });
    }
    let told = match tx.actor().role() {
        // Staff choose themselves; they are shown the suggestion.
        Role::Resident => {
            let category = Some(command.category).filter(|c| *c != Category::Other);
            learn::surely(tx, &command.description, category).await?
        }
        _ => None,
    };
    let emergency = told.as_ref().is_some_and(|told| told.kind == Kind::Emergency);
    let kind = command.kind.unwrap_or(if emergency { Kind::Emergency } else { Kind::Regular });
    let usual = told.as_ref().filter(|told| told.kind == kind).map_or_else(|| urgency(kind), |told| told.priority);
    let hours = match &told {
        Some(told) => offered(tx, told.problem_id, "/problem_id").await?.hours,
        None => None,
    };
    Ok(About {
        problem: told.as_ref().map(|told| told.problem_id),
        auto: told.is_some(),
        category: told.as_ref().map_or(command.category, |told| told.category),
        kind,
        priority: command.priority.unwrap_or(usual),
        hours,
    })
}

fn urgency(kind: Kind) -> Priority {
    if kind == Kind::Emergency { Priority::Urgent } else { Priority::Normal }
}

async fn offered(tx: &mut Tx, id: ProblemId, pointer: &str) -> Result<Brings> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select p.category, p.kind, p.priority, p.hours from problems p
         join places l on l.company_id = p.company_id and l.key = p.place
         where p.company_id = $1 and p.id = $2 and not p.hidden and not l.hidden",
        company,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Error::field(pointer, "unknown"))?;
    Ok(Brings {
        id,
        category: word(&row.category)?,
        kind: word(&row.kind)?,
        priority: word(&row.priority)?,
        hours: row.hours,
    })
}

/// How the problem of a request changed: its names before and after, for the history.
pub(crate) type Renamed = (Option<String>, Option<String>);

/// Changes the problem of a locked request as the command says; the command's category then follows. A category of its
/// own takes a problem of another category away. Nothing when the problem stays as it is. Whoever calls raises the
/// request's version.
///
/// # Errors
/// `invalid` on a problem that is not offered, or not of the category that was given with it.
pub(crate) async fn for_update(
    tx: &mut Tx,
    id: RequestId,
    command: &UpdateRequest,
) -> Result<(UpdateRequest, Option<Renamed>)> {
    let mut command = command.clone();
    if command.problem_id.is_none() && command.category.is_none() {
        return Ok((command, None));
    }
    let company = tx.actor().company_id().0;
    let old =
        sqlx::query!("select problem_id, problem_auto from requests where company_id = $1 and id = $2", company, id.0)
            .fetch_one(tx.conn())
            .await?;
    let old_id = old.problem_id.map(ProblemId::from);
    let before = named(tx, old_id).await?;
    let new_id = match command.problem_id {
        // Hidden meanwhile, it may still be confirmed.
        Some(Some(id)) if Some(id) == old_id => Some(id),
        Some(Some(id)) => {
            let problem = offered(tx, id, "/problem_id").await?;
            if command.category.is_some_and(|c| c != problem.category) {
                return Err(Error::field("/problem_id", "other_category"));
            }
            command.category = Some(problem.category);
            Some(id)
        }
        Some(None) => None,
        None => old_id.filter(|_| before.as_ref().is_some_and(|(c, _)| Some(*c) == command.category)),
    };
    let confirmed = old.problem_auto && command.problem_id.is_some();
    if new_id == old_id && !confirmed {
        return Ok((command, None));
    }
    sqlx::query!(
        "update requests set problem_id = $3, problem_auto = false where company_id = $1 and id = $2",
        company,
        id.0,
        new_id.map(|p| p.0)
    )
    .execute(tx.conn())
    .await?;
    let after = named(tx, new_id).await?;
    let text = |named: Option<(Category, Names)>| named.map(|(_, n)| serde_json::to_string(&n)).transpose();
    Ok((command, Some((text(before)?, text(after)?))))
}

/// What a problem is called now, with its place.
pub(crate) async fn named(tx: &mut Tx, id: Option<ProblemId>) -> Result<Option<(Category, Names)>> {
    let Some(id) = id else { return Ok(None) };
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select p.category, p.name_ru, p.name_uz, p.name_en, l.name_ru as place_ru, l.name_uz as place_uz, l.name_en as place_en
         from problems p join places l on l.company_id = p.company_id and l.key = p.place
         where p.company_id = $1 and p.id = $2",
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let place = Names { ru: row.place_ru, uz: row.place_uz, en: row.place_en };
    let names = Names { ru: row.name_ru, uz: row.name_uz, en: row.name_en };
    Ok(Some((word(&row.category)?, names.within(&place))))
}

/// What a request's page shows of its problem.
pub(crate) async fn problem_ref(tx: &mut Tx, id: Option<ProblemId>, auto: bool) -> Result<Option<ProblemRef>> {
    let Some(id) = id else { return Ok(None) };
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select p.name_ru, p.name_uz, p.name_en, l.name_ru as place_ru, l.name_uz as place_uz, l.name_en as place_en
         from problems p join places l on l.company_id = p.company_id and l.key = p.place
         where p.company_id = $1 and p.id = $2",
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Some(ProblemRef {
        id,
        place: Names { ru: row.place_ru, uz: row.place_uz, en: row.place_en },
        names: Names { ru: row.name_ru, uz: row.name_uz, en: row.name_en },
        auto,
    }))
}
