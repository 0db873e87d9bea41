//! The classifier: place → category → problem. What a request takes from it is in `filing`; what texts are about is told
//! by `suggest` from the phrases of `lexicon` and what `learn` finds confirmed.

#[cfg(test)]
mod cases;
mod filing;
mod learn;
mod lexicon;
mod suggest;

pub(crate) use filing::{About, for_filing, for_update, named, problem_ref};
pub use learn::Models;

use crate::{Actor, Ctx, Error, Result, Tx, error::word};
use model::{
    Code, Permission as P, ProblemId, UserId,
    classifier::{
        AddProblem, Classifier, ClassifierFilter, Names, OrderProblems, PlaceFacts, PlaceRow, ProblemFacts, ProblemRow,
        SuggestProblem, Suggestion,
    },
    requests::{Category, Kind, PersonRef, Priority},
    staff::Skill,
    validate,
};
use platform::ids::new_id;
use serde::Serialize;

/// Who files or reads requests sees what they may be about.
const READ: [P; 2] = [P::RequestsRead, P::RequestsCreate];

/// The places and problems, in the company's order.
pub async fn list(ctx: &Ctx, actor: &Actor, filter: &ClassifierFilter) -> Result<Classifier> {
    actor.scope_any(&READ)?;
    if filter.all {
        actor.scope(P::SettingsManage)?;
    }
    let mut tx = ctx.begin(actor).await?;
    let mut found = load(&mut tx, filter.all).await?;
    if !actor.role().can(P::StaffRead) {
        found.problems.iter_mut().for_each(|problem| problem.assignee = None);
    }
    Ok(found)
}

/// What a text is about, the likeliest first; empty when the words say too little.
pub async fn suggest(ctx: &Ctx, actor: &Actor, command: &SuggestProblem) -> Result<Vec<Suggestion>> {
    actor.scope_any(&READ)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    learn::suggest(&mut tx, &command.text, command.category).await
}

/// Adds a problem of the company's own; it comes last in its place.
///
/// # Errors
/// `invalid` on a place or person that is not there.
pub async fn add_problem(ctx: &Ctx, actor: &Actor, command: &AddProblem) -> Result<ProblemRow> {
    let scope = actor.scope(P::SettingsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let facts = Facts::of(&mut tx, &command.facts).await?;
    if !place_exists(&mut tx, &command.place).await? {
        return Err(Error::field("/place", "unknown"));
    }
    let id = ProblemId(new_id());
    let names = facts.names();
    sqlx::query!(
        "insert into problems (id, company_id, place, category, name_ru, name_uz, name_en, kind, priority, hours, skill,
           assignee_id, hidden, renamed, position)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, true,
           (select coalesce(max(position), 0) + 10 from problems where company_id = $2))",
        id.0,
        scope.company(),
        command.place,
        command.category.as_str(),
        names.ru,
        names.uz,
        names.en,
        command.facts.kind.as_str(),
        command.facts.priority.as_str(),
        command.facts.hours,
        command.facts.skill.map(Skill::as_str),
        command.facts.assignee_id.map(|u| u.0),
        command.facts.hidden
    )
    .execute(tx.conn())
    .await?;
    tx.record("problem.create", "problem", id.0, None, Some(&facts)).await?;
    let row = row(&mut tx, id).await?;
    tx.commit().await?;
    Ok(row)
}

/// Renames, hides and sets what a problem brings to a request. `version` is the one the editor saw.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile.
pub async fn update_problem(
    ctx: &Ctx,
    actor: &Actor,
    id: ProblemId,
    version: i32,
    command: &ProblemFacts,
) -> Result<ProblemRow> {
    let scope = actor.scope(P::SettingsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    sqlx::query!("select id from problems where company_id = $1 and id = $2 for update", scope.company(), id.0)
        .fetch_one(tx.conn())
        .await?;
    let old = row(&mut tx, id).await?;
    if old.version != version {
        return Err(Code::Conflict.into());
    }
    let (before, after) = (Facts::from(&old), Facts::of(&mut tx, command).await?);
    if tx.record("problem.update", "problem", id.0, Some(&before), Some(&after)).await? {
        let names = after.names();
        sqlx::query!(
            "update problems set name_ru = $3, name_uz = $4, name_en = $5, kind = $6, priority = $7, hours = $8, skill = $9,
               assignee_id = $10, hidden = $11, renamed = renamed or $12, version = version + 1
             where company_id = $1 and id = $2",
            scope.company(),
            id.0,
            names.ru,
            names.uz,
            names.en,
            command.kind.as_str(),
            command.priority.as_str(),
            command.hours,
            command.skill.map(Skill::as_str),
            command.assignee_id.map(|u| u.0),
            command.hidden,
            before.names() != names
        )
        .execute(tx.conn())
        .await?;
    }
    let row = row(&mut tx, id).await?;
    tx.commit().await?;
    Ok(row)
}

/// Puts problems into an order among themselves; all others stay where they are.
///
/// # Errors
/// `invalid` when one is not there or comes twice.
pub async fn order_problems(ctx: &Ctx, actor: &Actor, command: &OrderProblems) -> Result<()> {
    let scope = actor.scope(P::SettingsManage)?;
    validate::check(command)?;
    let ids: Vec<uuid::Uuid> = command.ids.iter().map(|id| id.0).collect();
    let mut tx = ctx.begin(actor).await?;
    let mut places = sqlx::query_scalar!(
        "select position from problems where company_id = $1 and id = any($2) order by id for update",
        scope.company(),
        &ids
    )
    .fetch_all(tx.conn())
    .await?;
    if places.len() != ids.len() {
        return Err(Error::field("/ids", "unknown"));
    }
    places.sort_unstable();
    sqlx::query!(
        "update problems p set position = o.position, version = version + 1
         from unnest($2::uuid[], $3::int[]) as o (id, position)
         where p.company_id = $1 and p.id = o.id and p.position <> o.position",
        scope.company(),
        &ids,
        &places
    )
    .execute(tx.conn())
    .await?;
    let before = Ordered { order: String::new() };
    let after = Ordered { order: ids.len().to_string() };
    tx.record("classifier.order", "classifier", scope.company(), Some(&before), Some(&after)).await?;
    tx.commit().await
}

#[derive(Serialize)]
struct Ordered {
    order: String,
}

/// Adds a place of the company's own.
pub async fn add_place(ctx: &Ctx, actor: &Actor, command: &PlaceFacts) -> Result<PlaceRow> {
    let scope = actor.scope(P::SettingsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let (id, names) = (new_id(), command.names.trimmed());
    let key = format!("own-{}", id.simple());
    sqlx::query!(
        "insert into places (company_id, key, name_ru, name_uz, name_en, hidden, position)
         values ($1, $2, $3, $4, $5, $6, (select coalesce(max(position), 0) + 10 from places where company_id = $1))",
        scope.company(),
        key,
        names.ru,
        names.uz,
        names.en,
        command.hidden
    )
    .execute(tx.conn())
    .await?;
    let after = PlaceFacts { names, hidden: command.hidden };
    tx.record("place.create", "place", scope.company(), None, Some(&Place::of(&after))).await?;
    tx.commit().await?;
    Ok(PlaceRow { key, names: after.names, hidden: after.hidden, common: false })
}

/// Renames or hides a place; hiding it takes its problems out of sight too.
pub async fn update_place(ctx: &Ctx, actor: &Actor, key: &str, command: &PlaceFacts) -> Result<PlaceRow> {
    let scope = actor.scope(P::SettingsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let old = sqlx::query!(
        "select name_ru, name_uz, name_en, hidden from places where company_id = $1 and key = $2 for update",
        scope.company(),
        key
    )
    .fetch_one(tx.conn())
    .await?;
    let before = PlaceFacts { names: Names { ru: old.name_ru, uz: old.name_uz, en: old.name_en }, hidden: old.hidden };
    let after = PlaceFacts { names: command.names.trimmed(), hidden: command.hidden };
    if tx.record("place.update", "place", scope.company(), Some(&Place::of(&before)), Some(&Place::of(&after))).await? {
        sqlx::query!(
            "update places set name_ru = $3, name_uz = $4, name_en = $5, hidden = $6 where company_id = $1 and key = $2",
            scope.company(),
            key,
            after.names.ru,
            after.names.uz,
            after.names.en,
            after.hidden
        )
        .execute(tx.conn())
        .await?;
    }
    tx.commit().await?;
    let common = !key.starts_with("own-");
    Ok(PlaceRow { key: key.to_owned(), names: after.names, hidden: after.hidden, common })
}

/// All that may be chosen; with `all` also what was put out of sight.
pub(crate) async fn load(tx: &mut Tx, all: bool) -> Result<Classifier> {
    let company = tx.actor().company_id().0;
    let places = sqlx::query!(
        "select key, name_ru, name_uz, name_en, hidden from places
         where company_id = $1 and ($2 or not hidden) order by position, key",
        company,
        all
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|p| PlaceRow {
        common: !p.key.starts_with("own-"),
        key: p.key,
        names: Names { ru: p.name_ru, uz: p.name_uz, en: p.name_en },
        hidden: p.hidden,
    })
    .collect();
    Ok(Classifier { places, problems: rows(tx, all, None).await? })
}

async fn row(tx: &mut Tx, id: ProblemId) -> Result<ProblemRow> {
    rows(tx, true, Some(id)).await?.pop().ok_or_else(|| Code::NotFound.into())
}

async fn rows(tx: &mut Tx, all: bool, only: Option<ProblemId>) -> Result<Vec<ProblemRow>> {
    let company = tx.actor().company_id().0;
    sqlx::query!(
        r#"select p.id, p.version, p.common_key, p.place, p.category, p.name_ru, p.name_uz, p.name_en, p.kind, p.priority,
             p.hours, p.skill, p.assignee_id, u.name as "assignee?", p.hidden
           from problems p
           join places l on l.company_id = p.company_id and l.key = p.place
           left join users u on u.company_id = p.company_id and u.id = p.assignee_id
           where p.company_id = $1 and ($2 or (not p.hidden and not l.hidden)) and ($3::uuid is null or p.id = $3)
           order by l.position, l.key, p.position, p.id"#,
        company,
        all,
        only.map(|id| id.0)
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|p| {
        Ok(ProblemRow {
            id: p.id.into(),
            version: p.version,
            common: p.common_key.is_some(),
            place: p.place,
            category: word(&p.category)?,
            names: Names { ru: p.name_ru, uz: p.name_uz, en: p.name_en },
            kind: word(&p.kind)?,
            priority: word(&p.priority)?,
            hours: p.hours,
            skill: p.skill.as_deref().map(word).transpose()?,
            assignee: p.assignee_id.zip(p.assignee).map(|(id, name)| PersonRef { id, name }),
            hidden: p.hidden,
        })
    })
    .collect()
}

async fn place_exists(tx: &mut Tx, key: &str) -> Result<bool> {
    let company = tx.actor().company_id().0;
    Ok(sqlx::query_scalar!(
        r#"select exists(select from places where company_id = $1 and key = $2) as "there!""#,
        company,
        key
    )
    .fetch_one(tx.conn())
    .await?)
}

/// What the audit keeps of a problem: a name for the assignee's id.
#[derive(PartialEq, Serialize)]
struct Facts {
    name_ru: String,
    name_uz: String,
    name_en: String,
    kind: Kind,
    priority: Priority,
    hours: Option<i16>,
    skills: Option<Skill>,
    assignee: Option<String>,
    hidden: bool,
}

impl Facts {
    async fn of(tx: &mut Tx, facts: &ProblemFacts) -> Result<Self> {
        let assignee = match facts.assignee_id {
            Some(id) => Some(worker(tx, id).await?.ok_or_else(|| Error::field("/assignee_id", "unknown"))?),
            None => None,
        };
        let Names { ru, uz, en } = facts.names.trimmed();
        Ok(Self {
            name_ru: ru,
            name_uz: uz,
            name_en: en,
            kind: facts.kind,
            priority: facts.priority,
            hours: facts.hours,
            skills: facts.skill,
            assignee,
            hidden: facts.hidden,
        })
    }

    fn names(&self) -> Names {
        Names { ru: self.name_ru.clone(), uz: self.name_uz.clone(), en: self.name_en.clone() }
    }
}

impl From<&ProblemRow> for Facts {
    fn from(row: &ProblemRow) -> Self {
        Self {
            name_ru: row.names.ru.clone(),
            name_uz: row.names.uz.clone(),
            name_en: row.names.en.clone(),
            kind: row.kind,
            priority: row.priority,
            hours: row.hours,
            skills: row.skill,
            assignee: row.assignee.as_ref().map(|a| a.name.clone()),
            hidden: row.hidden,
        }
    }
}

#[derive(Serialize)]
struct Place<'a> {
    name_ru: &'a str,
    name_uz: &'a str,
    name_en: &'a str,
    hidden: bool,
}

impl<'a> Place<'a> {
    fn of(facts: &'a PlaceFacts) -> Self {
        Self { name_ru: &facts.names.ru, name_uz: &facts.names.uz, name_en: &facts.names.en, hidden: facts.hidden }
    }
}

/// The name of somebody who can be given work.
pub(crate) async fn worker(tx: &mut Tx, user: UserId) -> Result<Option<String>> {
    let company = tx.actor().company_id().0;
    Ok(sqlx::query_scalar!(
        "select name from users where company_id = $1 and id = $2 and role <> 'resident' and blocked_at is null",
        company,
        user.0
    )
    .fetch_optional(tx.conn())
    .await?)
}

/// The shipped problem that a text of a category is about, for who makes up a past.
pub(crate) struct Sorter(suggest::Model);

impl Sorter {
    pub fn new() -> Self {
        let phrases = lexicon::LEXICON.iter().enumerate();
        let phrases = phrases.flat_map(|(i, seed)| seed.phrases.split(';').map(move |phrase| (i, phrase)));
        Self(suggest::Model::train(lexicon::LEXICON.len(), phrases))
    }

    /// The key of the shipped problem.
    pub fn key(&self, text: &str, category: Category) -> Option<&'static str> {
        let best = self.0.guess(text, |class| lexicon::LEXICON[class].category == category).into_iter().next()?;
        (best.confidence >= 0.3).then(|| lexicon::LEXICON[best.class].key)
    }
}
