//! The page about one request.

use super::{control, joined, talk, watch, work, workflow};
use crate::{Result, Scope, Tx, classifier, error::word};
use futures::future::BoxFuture;
use model::{
    Phone, RequestId, Role, UserId,
    deadlines::PauseReason,
    requests::{Action, FileView, HistoryEntry, Party, PersonRef, RequestCard, Status, TimeLeft, Together},
};
use uuid::Uuid;

/// The whole page about one request, as the reader may see it.
pub(super) fn card<'a>(tx: &'a mut Tx, scope: &'a Scope, id: RequestId) -> BoxFuture<'a, Result<RequestCard>> {
    // Boxed: compiled here once, not again into all that answers with a card.
    Box::pin(read(tx, scope, id))
}

async fn read(tx: &mut Tx, scope: &Scope, id: RequestId) -> Result<RequestCard> {
    let reach = scope.requests();
    let actor = tx.actor().clone();
    let now = tx.now();
    let row = sqlx::query!(
        r#"select r.*, r.responsible_id is not null or exists (select from request_watchers w
               where w.company_id = r.company_id and w.request_id = r.id) as "has_people!",
             exists (select from request_links l where l.company_id = r.company_id and (l.from_id = r.id or l.to_id = r.id)) as "has_links!",
             exists (select from requests d where d.company_id = r.company_id and d.merged_into = r.id) as "has_joined!",
             exists (select from files f where f.company_id = r.company_id and f.request_id = r.id) as "has_files!",
             exists (select from request_comments c where c.company_id = r.company_id and c.request_id = r.id) as "has_talk!",
             b.hint, b.latitude, b.longitude, b.complex_id, u.name as "assignee_name?", u.phone as "assignee_phone?"
           from requests r
           join buildings b on b.company_id = r.company_id and b.id = r.building_id
           left join users u on u.id = r.assignee_id
           where r.company_id = $1 and r.id = $2
             and ($3 or r.assignee_id = $4 or (r.shown_to = $6 and (r.unit_id = any($8) or (r.unit_id is null and r.building_id = any($9))))
               or (r.building_id = any($5) and ($7::text[] is null or r.category = any($7))))"#,
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
    let status: Status = word(&row.status)?;
    let resident = actor.role() == Role::Resident;
    let assignee_id = row.assignee_id.map(UserId::from);
    let party = match actor.role() {
        Role::Resident => {
            (row.contact_id.is_some() && row.contact_id == actor.contact_id().map(|c| c.0)).then_some(Party::Author)
        }
        Role::Staff => (assignee_id.is_some() && assignee_id == actor.user_id()).then_some(Party::Executor),
        _ => Some(Party::Desk),
    };
    let (kind, category) = (word(&row.kind)?, word(&row.category)?);
    let about = work::About { id, number: row.number, status, kind, category, result: row.result.clone(), party };
    let work = work::load(tx, &about).await?;
    let problem = classifier::problem_ref(tx, row.problem_id.map(Into::into), row.problem_auto).await?;
    let time = TimeLeft {
        status,
        respond_by: row.respond_by,
        responded_at: row.responded_at,
        due_at: row.due_at,
        soon_at: row.soon_at,
        paused: row.paused_reason.as_deref().map(word).transpose()?,
        deferred_until: row.deferred_until,
        completed_at: row.completed_at,
        late: row.late,
    };
    let assignment = row.assignment.filter(|_| !resident).map(serde_json::from_value).transpose()?;
    let has = Has {
        people: row.has_people,
        links: row.has_links,
        joined: row.has_joined,
        main: row.merged_into.is_some(),
        control: row.completed_at.is_some(),
    };
    let mut together = if resident { Together::default() } else { together(tx, scope, id, has).await? };
    if resident && has.main {
        together.main = joined::main_of(tx, id, true).await?;
    }
    together.awaits_control = !resident && status == Status::Done && row.controlled_at.is_none();
    let duplicates = !together.joined.is_empty();
    let ids: Vec<Uuid> = std::iter::once(id.0).chain(together.joined.iter().map(|one| one.id.0)).collect();
    let actions: Vec<Action> = party.map(|party| status.actions(party).collect()).unwrap_or_default();
    Ok(RequestCard {
        id,
        number: row.number,
        version: row.version,
        status,
        kind,
        priority: word(&row.priority)?,
        category,
        problem,
        assignment,
        source: word(&row.source)?,
        address: row.address,
        complex_id: row.complex_id.map(Into::into),
        building_id: row.building_id.into(),
        entrance_id: row.entrance_id.map(Into::into),
        unit_id: row.unit_id.map(Into::into),
        building_hint: row.hint.filter(|_| !resident),
        latitude: row.latitude,
        longitude: row.longitude,
        description: row.description,
        hidden: row.hidden,
        contact_id: row.contact_id.map(Into::into),
        contact_name: row.contact_name,
        contact_phone: row.contact_phone.as_deref().and_then(Phone::parse),
        assignee: row.assignee_id.zip(row.assignee_name).map(|(id, name)| PersonRef { id, name }),
        assignee_phone: row.assignee_phone.as_deref().and_then(Phone::parse),
        created_at: row.created_at,
        updated_at: row.updated_at,
        respond_by: row.respond_by,
        responded_at: row.responded_at,
        due_at: row.due_at,
        paused_since: row.paused_since,
        paused: time.paused,
        deferred_until: row.deferred_until,
        soon_at: row.soon_at,
        overdue: time.overdue(now),
        due_soon: time.due_soon(now),
        late: row.late,
        returns: row.returns,
        waiting_for: row.waiting_for,
        completed_at: row.completed_at,
        closed_at: row.closed_at,
        reason: row.reason,
        result: row.result,
        rating: row.rating,
        rating_comment: row.rating_comment,
        // A word of another version is left out, not a reason to show nothing.
        rating_reasons: row.rating_reasons.iter().filter_map(|reason| reason.parse().ok()).collect(),
        files: if row.has_files || duplicates { files(tx, &ids, resident).await? } else { Vec::new() },
        comments: if row.has_talk || duplicates { talk::comments(tx, id, &ids, resident).await? } else { Vec::new() },
        history: entries(tx, id, resident).await?,
        may_rate: resident && workflow::may_rate(status, row.rating),
        may_edit: actor.role().can(model::Permission::RequestsUpdate) && status.is_open(),
        // Nobody can be asked who does not see it; what was asked before it was hidden is still taken back.
        may_wait: status.is_open()
            && (!row.hidden || time.paused == Some(PauseReason::WaitingResident))
            && status != Status::Deferred
            && matches!(party, Some(Party::Desk | Party::Executor)),
        work,
        actions,
        together,
    })
}

/// What there is to ask for: most requests have none of it.
#[derive(Clone, Copy)]
struct Has {
    people: bool,
    links: bool,
    joined: bool,
    main: bool,
    control: bool,
}

/// Who else is on the request and what belongs to it, for the staff.
async fn together(tx: &mut Tx, scope: &Scope, id: RequestId, has: Has) -> Result<Together> {
    let (me, role) = (tx.actor().user_id(), tx.actor().role());
    let (responsible, watchers) = if has.people { watch::people(tx, scope, id).await? } else { (None, Vec::new()) };
    Ok(Together {
        watching: me.is_some_and(|me| watchers.iter().any(|person| person.id == me.0)),
        responsible,
        watchers,
        links: if has.links { joined::links(tx, scope, id).await? } else { Vec::new() },
        joined: if has.joined { joined::joined(tx, scope, id).await? } else { Vec::new() },
        main: if has.main { joined::main_of(tx, id, false).await? } else { None },
        control: if has.control { control::calls(tx, id).await? } else { Vec::new() },
        awaits_control: false,
        may_arrange: role.can(model::Permission::RequestsUpdate),
    })
}

/// The photos, with those of the duplicates; never those of a comment the reader may not see or that was taken back.
async fn files(tx: &mut Tx, ids: &[Uuid], resident: bool) -> Result<Vec<FileView>> {
    let company = tx.actor().company_id().0;
    sqlx::query!(
        "select f.id, f.moment, f.width, f.height, f.size, f.created_at, f.comment_id from files f
         left join request_comments c on c.company_id = f.company_id and c.id = f.comment_id
         where f.company_id = $1 and f.request_id = any($2) and f.purpose <> 'signature'
           and (c.id is null or (c.deleted_at is null and not ($3 and c.internal)))
         order by f.created_at, f.id",
        company,
        ids,
        resident
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|f| {
        Ok(FileView {
            id: f.id.into(),
            moment: word(&f.moment)?,
            width: f.width,
            height: f.height,
            size: f.size,
            created_at: f.created_at,
            comment_id: f.comment_id.map(Into::into),
        })
    })
    .collect()
}

/// Residents see how the work moves, not how the company edits its facts.
async fn entries(tx: &mut Tx, id: RequestId, resident: bool) -> Result<Vec<HistoryEntry>> {
    let company = tx.actor().company_id().0;
    sqlx::query!(
        "select at, actor_name, actor_role, change, old, new, reason, sent_at from request_history
         where company_id = $1 and request_id = $2
           and (not $3 or change in ('created', 'status', 'assignee', 'rating', 'file', 'waiting', 'confirmation', 'estimate')) order by at, id",
        company,
        id.0,
        resident
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|h| {
        Ok(HistoryEntry {
            at: h.at,
            actor: h.actor_name,
            actor_role: h.actor_role.as_deref().map(word).transpose()?,
            change: word(&h.change)?,
            old: h.old,
            new: h.new,
            reason: h.reason,
            sent_at: h.sent_at,
        })
    })
    .collect()
}
