//! SQL that changes one request. Its facts are in `facts`, its page is in `card`, lists are in `list`.

use crate::{
    Result, Scope, Tx, classifier::About, deadlines::steps::Promised, error::word, events::Audience, people,
    property::Located,
};
use chrono::{DateTime, Utc};
use model::{
    BuildingId, ContactId, Phone, RequestId, UnitId, UserId,
    events::Event,
    requests::{Category, Change, CreateRequest, RateRequest, Source, Status},
};
use platform::ids::new_id;

/// What every step needs to know of a request.
#[derive(Clone)]
pub(super) struct Core {
    pub id: RequestId,
    pub number: i64,
    pub version: i32,
    pub status: Status,
    pub category: Category,
    pub building_id: BuildingId,
    pub unit_id: Option<UnitId>,
    /// Whose it is, as far as they may know: nobody's when it is hidden. So nothing is told about it.
    pub contact_id: Option<ContactId>,
    pub hidden: bool,
    pub assignee_id: Option<UserId>,
    pub assignee_name: Option<String>,
    pub rating: Option<i16>,
}

impl Core {
    pub fn audience(&self) -> Audience {
        Audience {
            lived_in: Vec::new(),
            building_id: self.building_id,
            unit_id: self.unit_id,
            contact_id: self.contact_id,
            assignee_id: self.assignee_id,
            former_assignee_id: None,
            internal: false,
            categories: vec![self.category],
            buildings: Vec::new(),
            contacts: Vec::new(),
            users: Vec::new(),
        }
    }

    pub fn event(&self, make: impl FnOnce(RequestId, i64, Status) -> Event) -> Event {
        make(self.id, self.number, self.status)
    }
}

pub(super) struct NewRequest<'a> {
    pub id: RequestId,
    pub about: About,
    pub source: Source,
    pub place: Located,
    pub person: people::Caller,
    pub description: &'a str,
    pub hidden: bool,
    pub promised: Promised,
}

pub(super) async fn insert(tx: &mut Tx, new: &NewRequest<'_>) -> Result<Core> {
    let (company, user, now) = (tx.actor().company_id().0, tx.actor().user_id().map(|u| u.0), tx.now());
    let number = sqlx::query_scalar!(
        r#"insert into requests (id, company_id, number, kind, priority, category, source, building_id, entrance_id, unit_id,
             address, description, contact_id, contact_name, contact_phone, created_by, due_at, created_at, updated_at,
             respond_by, alert_at, policy, rule, calendar, answer_minutes, solution_minutes, counting,
             problem_id, problem_auto, soon_at, hidden)
           values ($1, $2, next_request_number($2), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17,
             $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)
           returning number"#,
        new.id.0,
        company,
        new.about.kind.as_str(),
        new.about.priority.as_str(),
        new.about.category.as_str(),
        new.source.as_str(),
        new.place.building_id.0,
        new.place.entrance_id.map(|e| e.0),
        new.place.unit_id.map(|u| u.0),
        new.place.address,
        new.description,
        new.person.id.map(|c| c.0),
        new.person.name,
        new.person.phone.as_ref().map(Phone::as_str),
        user,
        new.promised.due_at,
        now,
        new.promised.respond_by,
        new.promised.alert_at,
        new.promised.policy,
        new.promised.rule,
        new.promised.calendar,
        new.promised.terms.map(|t| t.answer_minutes),
        new.promised.terms.map(|t| t.solution_minutes),
        new.promised.terms.map(|t| t.counting.as_str()),
        new.about.problem.map(|p| p.0),
        new.about.auto,
        new.promised.soon_at,
        new.hidden
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Core {
        id: new.id,
        number,
        version: 1,
        status: Status::New,
        category: new.about.category,
        building_id: new.place.building_id,
        unit_id: new.place.unit_id,
        contact_id: new.person.id.filter(|_| !new.hidden),
        hidden: new.hidden,
        assignee_id: None,
        assignee_name: None,
        rating: None,
    })
}

/// Who the request is from: the resident who acts, or whom the dispatcher named.
pub(super) async fn caller(tx: &mut Tx, scope: &Scope, command: &CreateRequest) -> Result<people::Caller> {
    let mut caller = match scope.own_contact().or(command.contact_id) {
        Some(id) => people::caller(tx, id).await?,
        None => people::Caller::default(),
    };
    if scope.own_contact().is_none() {
        caller.name = command.contact_name.clone().filter(|n| !n.trim().is_empty()).or(caller.name);
        caller.phone = command.contact_phone.clone().or(caller.phone);
    }
    Ok(caller)
}

/// Locks the request for this transaction.
pub(super) async fn lock(tx: &mut Tx, scope: &Scope, id: RequestId) -> Result<Core> {
    let reach = scope.requests();
    let row = sqlx::query!(
        r#"select r.number, r.version, r.status, r.category, r.building_id, r.unit_id, r.shown_to, r.hidden, r.assignee_id, r.rating,
             (select name from users u where u.id = r.assignee_id) as assignee_name
           from requests r
           where r.company_id = $1 and r.id = $2
             and ($3 or r.assignee_id = $4 or (r.shown_to = $6 and (r.unit_id = any($8) or (r.unit_id is null and r.building_id = any($9))))
               or (r.building_id = any($5) and ($7::text[] is null or r.category = any($7))))
           for update"#,
        scope.company(),
        id.0,
        reach.all,
        reach.user,
        &reach.zones,
        reach.contact,
        reach.trades.as_deref(),
        &reach.units,
        &reach.buildings
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Core {
        id,
        number: row.number,
        version: row.version,
        status: word(&row.status)?,
        category: word(&row.category)?,
        building_id: row.building_id.into(),
        unit_id: row.unit_id.map(Into::into),
        contact_id: row.shown_to.map(Into::into),
        hidden: row.hidden,
        assignee_id: row.assignee_id.map(Into::into),
        assignee_name: row.assignee_name,
        rating: row.rating,
    })
}

/// The name of a staff member who can be given work.
pub(super) async fn assignee(tx: &mut Tx, user: UserId) -> Result<Option<String>> {
    let company = tx.actor().company_id().0;
    Ok(sqlx::query_scalar!(
        "select name from users where company_id = $1 and id = $2 and role <> 'resident' and blocked_at is null",
        company,
        user.0
    )
    .fetch_optional(tx.conn())
    .await?)
}

/// Gives the request to somebody, or to nobody. Only work that stays put off keeps its day.
pub(super) async fn set_assignee(tx: &mut Tx, core: &Core, to: Status, user: Option<UserId>) -> Result<Core> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "update requests set status = $3, assignee_id = $4, assignment = null, version = version + 1, updated_at = $5,
           deferred_until = case when $3 = 'deferred' then deferred_until end
         where company_id = $1 and id = $2",
        company,
        core.id.0,
        to.as_str(),
        user.map(|u| u.0),
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(Core { status: to, assignee_id: user, version: core.version + 1, ..core.clone() })
}

/// Raises the version where only the problem has changed.
pub(super) async fn touch(tx: &mut Tx, id: RequestId) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "update requests set version = version + 1, updated_at = $3 where company_id = $1 and id = $2",
        company,
        id.0,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes down why the system chose the assignee.
pub(super) async fn set_reason(tx: &mut Tx, id: RequestId, why: &model::assignment::Explanation) -> Result<()> {
    let company = tx.actor().company_id().0;
    sqlx::query!(
        "update requests set assignment = $3 where company_id = $1 and id = $2",
        company,
        id.0,
        serde_json::to_value(why)?
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Locks everything somebody has in hand, in one order.
pub(super) async fn lock_open_of(tx: &mut Tx, user: UserId) -> Result<Vec<Core>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        "select r.id, r.number, r.version, r.status, r.category, r.building_id, r.unit_id, r.shown_to, r.hidden, r.rating,
           (select name from users u where u.id = r.assignee_id) as assignee_name
         from requests r
         where r.company_id = $1 and r.assignee_id = $2 and r.status in ('assigned', 'in_progress', 'deferred', 'returned')
         order by r.id for update",
        company,
        user.0
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Core {
                id: row.id.into(),
                number: row.number,
                version: row.version,
                status: word(&row.status)?,
                category: word(&row.category)?,
                building_id: row.building_id.into(),
                unit_id: row.unit_id.map(Into::into),
                contact_id: row.shown_to.map(Into::into),
                hidden: row.hidden,
                assignee_id: Some(user),
                assignee_name: row.assignee_name,
                rating: row.rating,
            })
        })
        .collect()
}

pub(super) async fn set_status(
    tx: &mut Tx,
    core: &Core,
    to: Status,
    reason: Option<&str>,
    until: Option<DateTime<Utc>>,
) -> Result<Core> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "update requests set status = $3, reason = $4, deferred_until = $5,
           closed_at = case when $3 in ('closed', 'cancelled', 'rejected') then $6 else closed_at end,
           completed_at = case when $3 = 'returned' then null else completed_at end,
           controlled_at = case when $3 = 'returned' then null else controlled_at end,
           rating = case when $3 = 'returned' then null else rating end,
           rating_comment = case when $3 = 'returned' then null else rating_comment end,
           rating_reasons = case when $3 = 'returned' then '{}' else rating_reasons end,
           returns = returns + case when $3 = 'returned' and status = 'done' then 1 else 0 end,
           version = version + 1, updated_at = $6
         where company_id = $1 and id = $2",
        company,
        core.id.0,
        to.as_str(),
        reason,
        until,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(Core { status: to, version: core.version + 1, ..core.clone() })
}

pub(super) async fn set_done(tx: &mut Tx, core: &Core, to: Status, result: Option<&str>) -> Result<Core> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "update requests set status = $3, result = coalesce($4, result), completed_at = $5, reason = null,
           version = version + 1, updated_at = $5
         where company_id = $1 and id = $2",
        company,
        core.id.0,
        to.as_str(),
        result,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(Core { status: to, version: core.version + 1, ..core.clone() })
}

pub(super) async fn set_rating(tx: &mut Tx, core: &Core, command: &RateRequest) -> Result<Core> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let reasons: Vec<String> = command.reasons.iter().map(ToString::to_string).collect();
    sqlx::query!(
        "update requests set status = 'closed', rating = $3, rating_comment = $4, rating_reasons = $6,
           closed_at = coalesce(closed_at, $5), version = version + 1, updated_at = $5
         where company_id = $1 and id = $2",
        company,
        core.id.0,
        command.stars,
        command.comment,
        now,
        &reasons
    )
    .execute(tx.conn())
    .await?;
    Ok(Core { status: Status::Closed, rating: Some(command.stars), version: core.version + 1, ..core.clone() })
}

pub(super) async fn history(
    tx: &mut Tx,
    id: RequestId,
    change: Change,
    old: Option<&str>,
    new: Option<&str>,
    reason: Option<&str>,
) -> Result<()> {
    let actor = tx.actor().clone();
    let (now, sent_at) = (tx.now(), tx.sent_at());
    sqlx::query!(
        "insert into request_history (id, company_id, request_id, at, actor_id, actor_name, actor_role, change, old, new, reason, sent_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        new_id(),
        actor.company_id().0,
        id.0,
        now,
        actor.user_id().map(|u| u.0),
        actor.name(),
        actor.user_id().map(|_| actor.role().as_str()),
        change.as_str(),
        old,
        new,
        reason,
        sent_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
