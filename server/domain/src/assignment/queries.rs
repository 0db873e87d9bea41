//! What the choice is made from: the request, the rules that fit it, and everybody's state at this moment.

use super::{Candidate, Wanted, has_shifts};
use crate::{Ctx, Result, Scope, Tx, error::word, shifts};
use model::{
    BuildingId, CompanyId, ComplexId, ProblemId, RequestId, UserId,
    assignment::By,
    requests::{Category, Kind, Status},
    staff::Skill,
};

/// What matters of a request.
pub(super) struct About {
    pub kind: Kind,
    pub category: Category,
    pub problem: Option<ProblemId>,
    pub building: BuildingId,
    pub complex: Option<ComplexId>,
    /// New, and nobody's.
    pub waits: bool,
    /// What the problem's own entry names.
    pub usual: Option<UserId>,
    pub skill: Option<Skill>,
}

pub(super) async fn about(tx: &mut Tx, scope: &Scope, id: RequestId) -> Result<About> {
    let reach = scope.requests();
    let row = sqlx::query!(
        r#"select r.kind, r.category, r.status, r.assignee_id, r.problem_id, r.building_id, b.complex_id,
             p.assignee_id as "usual?", p.skill as "skill?"
           from requests r
           join buildings b on b.company_id = r.company_id and b.id = r.building_id
           left join problems p on p.company_id = r.company_id and p.id = r.problem_id
           where r.company_id = $1 and r.id = $2
             and ($3 or r.assignee_id = $4 or r.shown_to = $6
               or (r.building_id = any($5) and ($7::text[] is null or r.category = any($7))))"#,
        scope.company(),
        id.0,
        reach.all,
        reach.user,
        &reach.zones,
        reach.contact,
        reach.trades.as_deref()
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(About {
        kind: word(&row.kind)?,
        category: word(&row.category)?,
        problem: row.problem_id.map(Into::into),
        building: row.building_id.into(),
        complex: row.complex_id.map(Into::into),
        waits: word::<Status>(&row.status)? == Status::New && row.assignee_id.is_none(),
        usual: row.usual.map(Into::into),
        skill: row.skill.as_deref().map(word).transpose()?,
    })
}

/// A rule as it is tried.
pub(super) struct Rule {
    problem: Option<ProblemId>,
    category: Option<Category>,
    building: Option<BuildingId>,
    complex: Option<ComplexId>,
    user: Option<UserId>,
    skill: Option<Skill>,
}

impl Rule {
    fn fits(&self, about: &About) -> bool {
        self.problem.is_none_or(|p| about.problem == Some(p))
            && self.category.is_none_or(|c| about.category == c)
            && self.building.is_none_or(|b| about.building == b)
            && self.complex.is_none_or(|c| about.complex == Some(c))
    }
}

/// The company's rules, the narrowest first.
pub(super) async fn rules(tx: &mut Tx) -> Result<Vec<Rule>> {
    let company = tx.actor().company_id().0;
    sqlx::query!(
        "select problem_id, category, building_id, complex_id, user_id, skill from assignment_rules where company_id = $1
         order by problem_id is not null desc, building_id is not null desc, complex_id is not null desc,
           category is not null desc, id",
        company
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|r| {
        Ok(Rule {
            problem: r.problem_id.map(Into::into),
            category: r.category.as_deref().map(word).transpose()?,
            building: r.building_id.map(Into::into),
            complex: r.complex_id.map(Into::into),
            user: r.user_id.map(Into::into),
            skill: r.skill.as_deref().map(word).transpose()?,
        })
    })
    .collect()
}

/// What the narrowest rule that fits says; else what the problem names; else the category's trade.
pub(super) fn wanted_by(about: &About, rules: &[Rule], has_shifts: bool) -> Wanted {
    let skill = about.skill.unwrap_or(about.category.skill());
    let (urgent, usual) = (about.kind == Kind::Emergency, about.usual.map(|id| (id, By::Usual)));
    match rules.iter().find(|rule| rule.fits(about)) {
        Some(rule) => Wanted {
            person: rule.user.map(|id| (id, By::Rule)),
            skill: rule.skill.unwrap_or(skill),
            by: if rule.skill.is_some() { By::Rule } else { By::Skill },
            urgent,
            has_shifts,
        },
        None => Wanted { person: usual, skill, by: By::Skill, urgent, has_shifts },
    }
}

pub(super) async fn wanted(tx: &mut Tx, about: &About) -> Result<Wanted> {
    let rules = rules(tx).await?;
    Ok(wanted_by(about, &rules, has_shifts(tx).await?))
}

/// Everybody who can be given work, as they stand now.
pub(super) async fn candidates(tx: &mut Tx, about: &About) -> Result<Vec<Candidate>> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let rows = sqlx::query!(
        r#"select u.id, u.name, u.role,
             array(select skill from staff_skills s where s.company_id = u.company_id and s.user_id = u.id order by skill) as "skills!",
             (exists(select from staff_zones z where z.company_id = u.company_id and z.user_id = u.id and z.building_id = $2)
               or exists(select from staff_complexes c where c.company_id = u.company_id and c.user_id = u.id and c.complex_id = $3)) as "in_zone!",
             coalesce(w.open, 0) as "open!", coalesce(w.weight, 0) as "weight!", coalesce(w.here, 0) as "here!"
           from users u left join (
             select r.assignee_id, count(*)::int as open, (count(*) filter (where r.building_id = $2))::int as here,
               coalesce(sum(case when r.kind = 'emergency' then 5 when r.priority = 'urgent' then 4
                 when r.priority = 'high' then 3 when r.priority = 'normal' then 2 else 1 end), 0)::int as weight
             from requests r where r.company_id = $1 and r.status in ('assigned', 'in_progress', 'deferred', 'returned')
             group by r.assignee_id) w on w.assignee_id = u.id
           where u.company_id = $1 and u.role <> 'resident' and u.blocked_at is null order by u.id"#,
        company,
        about.building.0,
        about.complex.map(|c| c.0)
    )
    .fetch_all(tx.conn())
    .await?;
    let on_duty = shifts::on_duty(tx, now).await?;
    rows.into_iter()
        .map(|u| {
            Ok(Candidate {
                id: u.id.into(),
                name: u.name,
                role: word(&u.role)?,
                skills: u.skills.iter().map(|s| word(s)).collect::<Result<_>>()?,
                in_zone: u.in_zone,
                duty: on_duty.get(&u.id.into()).copied(),
                open: u.open,
                weight: u.weight,
                here: u.here,
            })
        })
        .collect()
}

/// New requests of the last day that nobody has, where the company wants them assigned.
pub(super) async fn waiting(ctx: &Ctx) -> Result<Vec<(CompanyId, RequestId)>> {
    let now = ctx.clock.now();
    let mut tx = ctx.db.begin_system("requests that wait for somebody").await?;
    let rows = sqlx::query!(
        "select r.company_id, r.id from requests r
         left join assignment_settings s on s.company_id = r.company_id
         where r.status = 'new' and r.assignee_id is null and r.created_at > $1
           and exists(select from shifts h where h.company_id = r.company_id)
           and case r.kind when 'emergency' then coalesce(s.emergency, 'auto') when 'regular' then coalesce(s.regular, 'suggest')
             when 'paid' then coalesce(s.paid, 'suggest') else coalesce(s.warranty, 'suggest') end = 'auto'
         order by r.created_at limit 200",
        now - chrono::TimeDelta::days(1)
    )
    .fetch_all(&mut *tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.company_id.into(), row.id.into())).collect())
}
