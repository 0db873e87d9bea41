//! The company's way of assigning: what is done for each kind, and rules of who gets what.

use super::has_shifts;
use crate::{Actor, Ctx, Error, Result, Tx, classifier, error::word};
use model::{
    AssignmentRuleId, Code, Permission as P,
    assignment::{AddRule, AssignmentRule, AssignmentSettings, Modes, RulePlace, RuleProblem},
    classifier::Names,
    requests::{Category, PersonRef},
    staff::Skill,
    validate,
};
use platform::ids::new_id;
use serde::Serialize;

/// What is done, and by which rules.
pub async fn settings(ctx: &Ctx, actor: &Actor) -> Result<AssignmentSettings> {
    actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    load(&mut tx).await
}

async fn load(tx: &mut Tx) -> Result<AssignmentSettings> {
    let (version, modes) = read_modes(tx).await?;
    Ok(AssignmentSettings { version, modes, rules: rules(tx).await?, has_shifts: has_shifts(tx).await? })
}

/// What is done for each kind of request.
pub(super) async fn modes(tx: &mut Tx) -> Result<Modes> {
    Ok(read_modes(tx).await?.1)
}

async fn read_modes(tx: &mut Tx) -> Result<(i32, Modes)> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select version, emergency, regular, paid, warranty from assignment_settings where company_id = $1",
        company
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok((1, Modes::default())) };
    let modes = Modes {
        emergency: word(&row.emergency)?,
        regular: word(&row.regular)?,
        paid: word(&row.paid)?,
        warranty: word(&row.warranty)?,
    };
    Ok((row.version, modes))
}

/// Sets what is done for each kind. `version` is the one the editor saw.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile.
pub async fn save_modes(ctx: &Ctx, actor: &Actor, version: i32, modes: &Modes) -> Result<AssignmentSettings> {
    let scope = actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    let usual = Modes::default();
    sqlx::query!(
        "insert into assignment_settings (company_id, emergency, regular, paid, warranty) values ($1, $2, $3, $4, $5)
         on conflict (company_id) do nothing",
        scope.company(),
        usual.emergency.as_str(),
        usual.regular.as_str(),
        usual.paid.as_str(),
        usual.warranty.as_str()
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("select version from assignment_settings where company_id = $1 for update", scope.company())
        .fetch_one(tx.conn())
        .await?;
    let (found, before) = read_modes(&mut tx).await?;
    if found != version {
        return Err(Code::Conflict.into());
    }
    if tx.record("assignment.update", "assignment", scope.company(), Some(&before), Some(modes)).await? {
        sqlx::query!(
            "update assignment_settings set emergency = $2, regular = $3, paid = $4, warranty = $5, version = version + 1
             where company_id = $1",
            scope.company(),
            modes.emergency.as_str(),
            modes.regular.as_str(),
            modes.paid.as_str(),
            modes.warranty.as_str()
        )
        .execute(tx.conn())
        .await?;
    }
    let saved = load(&mut tx).await?;
    tx.commit().await?;
    Ok(saved)
}

/// What the audit keeps of a rule.
#[derive(Serialize)]
struct Record {
    category: Option<Category>,
    name: Option<String>,
    buildings: Option<String>,
    complexes: Option<String>,
    assignee: Option<String>,
    skills: Option<Skill>,
}

impl From<&AssignmentRule> for Record {
    fn from(rule: &AssignmentRule) -> Self {
        Self {
            category: rule.category,
            name: rule.problem.as_ref().map(|p| p.names.ru.clone()),
            buildings: rule.building.as_ref().map(|b| b.name.clone()),
            complexes: rule.complex.as_ref().map(|c| c.name.clone()),
            assignee: rule.user.as_ref().map(|u| u.name.clone()),
            skills: rule.skill,
        }
    }
}

/// Adds a rule.
///
/// # Errors
/// `invalid` when it says too little or too much, names what is not there, or there is one for the same already.
pub async fn add_rule(ctx: &Ctx, actor: &Actor, command: &AddRule) -> Result<AssignmentSettings> {
    let scope = actor.scope(P::SettingsManage)?;
    validate::check(command)?;
    let what = [command.problem_id.is_some(), command.category.is_some()];
    let place = [command.building_id.is_some(), command.complex_id.is_some()];
    let whom = [command.user_id.is_some(), command.skill.is_some()];
    let count = |all: [bool; 2]| all.into_iter().filter(|there| *there).count();
    match (count(what), count(place), count(whom)) {
        (2, ..) => return Err(Error::field("/category", "twice")),
        (_, 2, _) => return Err(Error::field("/complex_id", "twice")),
        (_, _, 2) => return Err(Error::field("/skill", "twice")),
        (0, 0, _) => return Err(Error::field("/category", "required")),
        (_, _, 0) => return Err(Error::field("/user_id", "required")),
        _ => {}
    }
    let mut tx = ctx.begin(actor).await?;
    if let Some(user) = command.user_id {
        classifier::worker(&mut tx, user).await?.ok_or_else(|| Error::field("/user_id", "unknown"))?;
    }
    let known = sqlx::query!(
        r#"select ($2::uuid is null or exists(select from problems where company_id = $1 and id = $2)) as "problem!",
             ($3::uuid is null or exists(select from buildings where company_id = $1 and id = $3 and archived_at is null)) as "building!",
             ($4::uuid is null or exists(select from complexes where company_id = $1 and id = $4)) as "complex!""#,
        scope.company(),
        command.problem_id.map(|p| p.0),
        command.building_id.map(|b| b.0),
        command.complex_id.map(|c| c.0)
    )
    .fetch_one(tx.conn())
    .await?;
    for (there, pointer) in
        [(known.problem, "/problem_id"), (known.building, "/building_id"), (known.complex, "/complex_id")]
    {
        if !there {
            return Err(Error::field(pointer, "unknown"));
        }
    }
    let (id, now) = (AssignmentRuleId(new_id()), tx.now());
    let made = sqlx::query!(
        "insert into assignment_rules (id, company_id, problem_id, category, building_id, complex_id, user_id, skill, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (company_id, problem_id, category, building_id, complex_id) do nothing",
        id.0,
        scope.company(),
        command.problem_id.map(|p| p.0),
        command.category.map(Category::as_str),
        command.building_id.map(|b| b.0),
        command.complex_id.map(|c| c.0),
        command.user_id.map(|u| u.0),
        command.skill.map(Skill::as_str),
        now
    )
    .execute(tx.conn())
    .await?;
    if made.rows_affected() == 0 {
        return Err(Error::field("/category", "taken"));
    }
    let saved = load(&mut tx).await?;
    let rule = saved.rules.iter().find(|rule| rule.id == id).ok_or(Code::NotFound)?;
    tx.record("rule.create", "rule", id.0, None, Some(&Record::from(rule))).await?;
    tx.commit().await?;
    Ok(saved)
}

/// Takes a rule away.
pub async fn remove_rule(ctx: &Ctx, actor: &Actor, id: AssignmentRuleId) -> Result<AssignmentSettings> {
    let scope = actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    let all = rules(&mut tx).await?;
    let rule = all.iter().find(|rule| rule.id == id).ok_or(Code::NotFound)?;
    tx.record("rule.delete", "rule", id.0, Some(&Record::from(rule)), None).await?;
    sqlx::query!("delete from assignment_rules where company_id = $1 and id = $2", scope.company(), id.0)
        .execute(tx.conn())
        .await?;
    let saved = load(&mut tx).await?;
    tx.commit().await?;
    Ok(saved)
}

/// The narrowest first, as they are tried.
async fn rules(tx: &mut Tx) -> Result<Vec<AssignmentRule>> {
    let company = tx.actor().company_id().0;
    sqlx::query!(
        r#"select r.id, r.problem_id, p.name_ru as "name_ru?", p.name_uz as "name_uz?", p.name_en as "name_en?", r.category,
             r.building_id, b.address as "address?", r.complex_id, c.name as "complex?", r.user_id, u.name as "user?", r.skill
           from assignment_rules r
           left join problems p on p.company_id = r.company_id and p.id = r.problem_id
           left join buildings b on b.company_id = r.company_id and b.id = r.building_id
           left join complexes c on c.company_id = r.company_id and c.id = r.complex_id
           left join users u on u.company_id = r.company_id and u.id = r.user_id
           where r.company_id = $1
           order by r.problem_id is not null desc, r.building_id is not null desc, r.complex_id is not null desc,
             r.category is not null desc, r.id"#,
        company
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|r| {
        let names = match (r.name_ru, r.name_uz, r.name_en) {
            (Some(ru), Some(uz), Some(en)) => Some(Names { ru, uz, en }),
            _ => None,
        };
        Ok(AssignmentRule {
            id: r.id.into(),
            problem: r.problem_id.zip(names).map(|(id, names)| RuleProblem { id: id.into(), names }),
            category: r.category.as_deref().map(word).transpose()?,
            building: r.building_id.zip(r.address).map(|(id, name)| RulePlace { id, name }),
            complex: r.complex_id.zip(r.complex).map(|(id, name)| RulePlace { id, name }),
            user: r.user_id.zip(r.user).map(|(id, name)| PersonRef { id, name }),
            skill: r.skill.as_deref().map(word).transpose()?,
        })
    })
    .collect()
}
