//! Requests (заявки): the use cases. Rules are in `workflow`, SQL in `queries`, `facts`, `card` and `list`.

mod auto;
mod automatic;
mod back;
mod bulk;
mod card;
pub mod control;
mod counts;
mod facts;
mod handover;
pub mod joined;
mod later;
mod list;
pub mod narrow;
pub mod presence;
mod queries;
mod redact;
pub mod replies;
mod talk;
mod together;
mod told;
mod waiting;
mod watch;
mod words;
pub mod work;
mod workflow;

pub(crate) use auto::assign_by_itself;
pub(crate) use automatic::{close_unrated, return_deferred, tell_of_time};
pub use bulk::{bulk, bulk_once, undo, undo_once};
pub use counts::{Counted, counts};
pub(crate) use handover::hand_over;
pub use later::tell;
pub(crate) use list::{About, brief};
pub(crate) use list::{after, count_up_to, must_see, page, within};
pub use list::{board, list};
pub use redact::redact;
pub use talk::{comment, edit as edit_comment, read, take_back as take_comment_back, versions as comment_versions};
pub(crate) use together::finish;
pub use waiting::wait;
pub use watch::{set_responsible, watch};
pub(crate) use words::{FoundRequest, find};

use crate::{
    Actor, Ctx, Error, Result, Scope, Tx,
    actor::Door,
    assignment,
    audit::Entry,
    classifier,
    deadlines::steps,
    events::Audience,
    files,
    idempotency::{self, Claim, Key},
    outages, property,
};
use futures::future::BoxFuture;
use model::{
    Code, Permission as P, RequestId, Role,
    events::Event,
    notices::NoticeKind,
    requests::{
        Action, AssignRequest, Change, CompleteRequest, CreateRequest, Moment, MoveRequest, Party, RateRequest,
        RequestCard, Source, Status, UpdateRequest,
    },
    validate,
};
use queries::Core;
use serde_json::json;

const READ: [P; 2] = [P::RequestsRead, P::RequestsReadOwn];
const MOVE: [P; 3] = [P::RequestsUpdate, P::RequestsUpdateOwn, P::RequestsReadOwn];

/// The right to read requests, for what is told about them elsewhere.
pub(crate) fn may_read(actor: &Actor) -> Result<Scope> {
    actor.scope_any(&READ)
}

/// One request with its files, comments and history, and the steps the reader may take.
///
/// # Errors
/// `not_found` for missing, foreign and out-of-scope requests alike.
pub async fn get(ctx: &Ctx, actor: &Actor, id: RequestId) -> Result<RequestCard> {
    let scope = actor.scope_any(&READ)?;
    let mut tx = ctx.begin_by_key(actor).await?;
    card::card(&mut tx, &scope, id).await
}

/// Files a request. A repeated call with the same `key` answers with the request made by the first.
///
/// # Errors
/// `invalid` with the wrong fields; `forbidden` when a resident names somebody else's home.
pub async fn create(ctx: &Ctx, actor: &Actor, command: &CreateRequest, key: Option<&Key>) -> Result<RequestCard> {
    let scope = actor.scope(P::RequestsCreate)?;
    validate::check(command)?;
    let mut tx = ctx.begin_by_key(actor).await?;
    if let Some(key) = key
        && let Claim::Done { body, .. } = idempotency::claim(&mut tx, key).await?
    {
        let id: RequestId = serde_json::from_value(body)?;
        return card::card(&mut tx, &scope, id).await;
    }
    let id = file(&mut tx, &scope, command).await?;
    if let Some(key) = key {
        idempotency::store(&mut tx, key, 201, &json!(id)).await?;
    }
    let card = card::card(&mut tx, &actor.scope_any(&READ)?, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Files a request inside the caller's transaction.
pub(crate) fn file<'a>(
    tx: &'a mut Tx,
    scope: &'a Scope,
    command: &'a CreateRequest,
) -> BoxFuture<'a, Result<RequestId>> {
    // Boxed: compiled here once, not again into all that files something.
    Box::pin(write(tx, scope, command))
}

async fn write(tx: &mut Tx, scope: &Scope, command: &CreateRequest) -> Result<RequestId> {
    if command.description.trim().is_empty() && command.file_ids.is_empty() {
        return Err(Error::field("/description", "required"));
    }
    if command.hidden && scope.own_contact().is_some() {
        return Err(Error::field("/hidden", "unknown"));
    }
    let source = workflow::came_by(source(tx.actor()), command.source, scope.own_contact().is_some())?;
    let place = property::locate(tx, scope, command).await?;
    let person = queries::caller(tx, scope, command).await?;
    let about = classifier::for_filing(tx, command).await?;
    let promised =
        steps::promise(tx, about.kind, about.priority, about.category, place.building_id, about.hours).await?;
    let new = queries::NewRequest {
        id: platform::ids::new_id().into(),
        source,
        place,
        person,
        description: command.description.trim(),
        hidden: command.hidden,
        about,
        promised,
    };
    let core = queries::insert(tx, &new).await?;
    queries::history(tx, core.id, Change::Created, None, Some(Status::New.as_str()), None).await?;
    if let Some((_, names)) = classifier::named(tx, new.about.problem).await? {
        queries::history(tx, core.id, Change::Problem, None, Some(&serde_json::to_string(&names)?), None).await?;
    }
    files::attach(tx, core.id, &command.file_ids, Moment::Before).await?;
    tx.emit(
        &core.event(|request_id, number, status| Event::RequestCreated { request_id, number, status }),
        &core.audience(),
    )
    .await?;
    audit(tx, "request.create", core.id, json!({ "number": [null, core.number], "category": [null, core.category] }))
        .await?;
    outages::watch(tx, core.building_id, core.category).await?;
    assignment::on_filed(tx, core.id, new.about.kind).await?;
    Ok(core.id)
}

/// Changes the facts of a request. `version` is the one the editor saw; what others have changed since stays, and so
/// does the edit, as long as they are not the same fields.
///
/// # Errors
/// `conflict` with the fields that somebody else has changed meanwhile to something else.
pub async fn update(
    ctx: &Ctx,
    actor: &Actor,
    id: RequestId,
    version: i32,
    command: &UpdateRequest,
) -> Result<RequestCard> {
    let scope = actor.scope(P::RequestsUpdate)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let core = queries::lock(&mut tx, &scope, id).await?;
    facts::mergeable(&mut tx, &core, version, command).await?;
    if !core.status.is_open() {
        return Err(Code::IllegalTransition.into());
    }
    if command.hidden.is_some_and(|hidden| hidden != core.hidden) {
        facts::may_hide(&mut tx, id).await?;
    }
    let (command, problem) = classifier::for_update(&mut tx, id, command).await?;
    let mut changes = facts::update_facts(&mut tx, &core, &command).await?;
    if changes.is_empty() && problem.is_some() {
        queries::touch(&mut tx, id).await?;
    }
    changes.extend(problem.map(|(old, new)| (Change::Problem, old, new)));
    steps::after_edit(&mut tx, id, &mut changes).await?;
    facts::record(&mut tx, &core, &changes).await?;
    if !changes.is_empty() {
        let mut audience = core.audience();
        audience.categories.extend(command.category);
        // Shown again it is theirs: their open page hears of it.
        if core.hidden && command.hidden == Some(false) {
            audience.contact_id = queries::lock(&mut tx, &scope, id).await?.contact_id;
        }
        tx.emit(
            &core.event(|request_id, number, status| Event::RequestUpdated { request_id, number, status }),
            &audience,
        )
        .await?;
        let diff: serde_json::Map<_, _> = changes
            .iter()
            .map(|(change, old, new)| (change.to_string(), json!([spoken(*change, old), spoken(*change, new)])))
            .collect();
        audit(&mut tx, "request.update", id, diff.into()).await?;
    }
    let card = card::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Gives a request to a worker.
///
/// # Errors
/// `invalid` on an unknown or blocked assignee; `illegal_transition` on an ended request.
pub async fn assign(ctx: &Ctx, actor: &Actor, id: RequestId, command: &AssignRequest) -> Result<RequestCard> {
    let scope = actor.scope(P::RequestsAssign)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let core = queries::lock(&mut tx, &scope, id).await?;
    let assignee = queries::assignee(&mut tx, command.assignee_id)
        .await?
        .ok_or_else(|| Error::field("/assignee_id", "unknown"))?;
    let to = core.status.after(Action::Assign).ok_or(Code::IllegalTransition)?;
    let moved = queries::set_assignee(&mut tx, &core, to, Some(command.assignee_id)).await?;
    work::moved(&mut tx, &moved).await?;
    let old = core.assignee_name.clone();
    queries::history(&mut tx, id, Change::Assignee, old.as_deref(), Some(&assignee), command.comment.as_deref())
        .await?;
    if core.status != to {
        queries::history(&mut tx, id, Change::Status, Some(core.status.as_str()), Some(to.as_str()), None).await?;
    }
    steps::after_step(&mut tx, id, core.status, to).await?;
    let audience = Audience { former_assignee_id: core.assignee_id, ..moved.audience() };
    tx.emit(
        &moved.event(|request_id, number, status| Event::RequestAssigned { request_id, number, status }),
        &audience,
    )
    .await?;
    tell_author(&mut tx, &moved).await?;
    told::assignee(&mut tx, &moved).await?;
    joined::follow(&mut tx, &moved).await?;
    audit(&mut tx, "request.assign", id, json!({ "assignee": [old, assignee] })).await?;
    let card = card::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Takes one step of the graph other than assigning and completing.
///
/// # Errors
/// `illegal_transition` when the graph or the caller's part does not allow it; `invalid` without a needed reason.
pub async fn step(ctx: &Ctx, actor: &Actor, id: RequestId, command: &MoveRequest) -> Result<RequestCard> {
    actor.scope_any(&MOVE)?;
    let mut tx = ctx.begin(actor).await?;
    take(&mut tx, actor, id, command).await?;
    let card = card::card(&mut tx, &actor.scope_any(&READ)?, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Takes a step inside the caller's transaction.
async fn take(tx: &mut Tx, actor: &Actor, id: RequestId, command: &MoveRequest) -> Result<()> {
    let scope = actor.scope_any(&MOVE)?;
    validate::check(command)?;
    if command.action.needs_reason() && command.reason.as_deref().is_none_or(|r| r.trim().is_empty()) {
        return Err(Error::field("/reason", "required"));
    }
    match command.action {
        Action::Assign => return Err(Error::field("/action", "unknown")),
        Action::Complete => {
            let complete = CompleteRequest { result: command.reason.clone(), file_ids: Vec::new() };
            return finished(tx, actor, id, &complete).await;
        }
        _ => {}
    }
    if command.until.is_some_and(|until| until <= tx.now()) {
        return Err(Error::field("/until", "in_past"));
    }
    let core = queries::lock(tx, &scope, id).await?;
    let to = workflow::step(party(actor, &scope, &core)?, core.status, command.action)?;
    if to == Status::InProgress && core.assignee_id.is_none() {
        return Err(Code::IllegalTransition.into());
    }
    if to == Status::InProgress {
        work::may_start(tx, id).await?;
    }
    let moved = queries::set_status(tx, &core, to, command.reason.as_deref(), command.until).await?;
    moved_to(tx, &core, &moved, command.reason.as_deref()).await
}

/// Reports the work as done, with words and photos.
///
/// # Errors
/// `illegal_transition` when the work was not in progress or is somebody else's; `proof_missing` with everything the
/// company still wants to see.
pub async fn complete(ctx: &Ctx, actor: &Actor, id: RequestId, command: &CompleteRequest) -> Result<RequestCard> {
    actor.scope_any(&work::WORK)?;
    let mut tx = ctx.begin(actor).await?;
    finished(&mut tx, actor, id, command).await?;
    let card = card::card(&mut tx, &actor.scope_any(&READ)?, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Reports the work as done inside the caller's transaction.
async fn finished(tx: &mut Tx, actor: &Actor, id: RequestId, command: &CompleteRequest) -> Result<()> {
    let scope = actor.scope_any(&work::WORK)?;
    validate::check(command)?;
    let core = queries::lock(tx, &scope, id).await?;
    let to = workflow::step(party(actor, &scope, &core)?, core.status, Action::Complete)?;
    files::attach(tx, id, &command.file_ids, Moment::After).await?;
    work::before_done(tx, &core, command.result.as_deref()).await?;
    let moved = queries::set_done(tx, &core, to, command.result.as_deref()).await?;
    moved_to(tx, &core, &moved, command.result.as_deref()).await
}

/// The author's mark for finished work; it also closes a request that was only done.
///
/// # Errors
/// `illegal_transition` when the work is not finished or was rated before.
pub async fn rate(ctx: &Ctx, actor: &Actor, id: RequestId, command: &RateRequest) -> Result<RequestCard> {
    let scope = actor.scope(P::RequestsRate)?;
    scope.own_contact().ok_or(Code::Forbidden)?;
    validate::check(command)?;
    if let Some(i) = command.reasons.iter().position(|reason| !reason.fits(command.stars)) {
        return Err(Error::field(&format!("/reasons/{i}"), "unknown"));
    }
    let mut tx = ctx.begin(actor).await?;
    let core = queries::lock(&mut tx, &scope, id).await?;
    if !workflow::may_rate(core.status, core.rating) {
        return Err(Code::IllegalTransition.into());
    }
    let moved = queries::set_rating(&mut tx, &core, command).await?;
    let stars = command.stars.to_string();
    queries::history(&mut tx, id, Change::Rating, None, Some(&stars), command.comment.as_deref()).await?;
    if core.status != moved.status {
        queries::history(&mut tx, id, Change::Status, Some(core.status.as_str()), Some(moved.status.as_str()), None)
            .await?;
    }
    tx.emit(
        &moved.event(|request_id, number, status| Event::RequestRated { request_id, number, status }),
        &moved.audience(),
    )
    .await?;
    audit(&mut tx, "request.rate", id, json!({ "rating": [null, command.stars] })).await?;
    let card = card::card(&mut tx, &actor.scope_any(&READ)?, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Adds uploaded photos to a request.
pub async fn add_files(
    ctx: &Ctx,
    actor: &Actor,
    id: RequestId,
    file_ids: &[model::FileId],
    moment: Moment,
) -> Result<RequestCard> {
    let scope = actor.scope_any(&READ)?;
    let mut tx = ctx.begin(actor).await?;
    shown(&mut tx, &scope, id, file_ids, moment).await?;
    let card = card::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Adds uploaded photos inside the caller's transaction.
async fn shown(tx: &mut Tx, scope: &Scope, id: RequestId, file_ids: &[model::FileId], moment: Moment) -> Result<()> {
    if !(1..=10).contains(&file_ids.len()) {
        return Err(Error::field("/file_ids", "out_of_range"));
    }
    let core = queries::lock(tx, scope, id).await?;
    files::attach(tx, id, file_ids, moment).await?;
    queries::history(tx, id, Change::File, None, Some(&file_ids.len().to_string()), None).await?;
    tx.emit(
        &core.event(|request_id, number, status| Event::RequestUpdated { request_id, number, status }),
        &core.audience(),
    )
    .await?;
    audit(tx, "request.files", id, json!({ "files": file_ids.len(), "moment": moment })).await
}

async fn moved_to(tx: &mut Tx, from: &Core, to: &Core, reason: Option<&str>) -> Result<()> {
    let (old, new) = (from.status.as_str(), to.status.as_str());
    queries::history(tx, to.id, Change::Status, Some(old), Some(new), reason).await?;
    steps::after_step(tx, to.id, from.status, to.status).await?;
    work::moved(tx, to).await?;
    tx.emit(
        &to.event(|request_id, number, status| Event::RequestStatusChanged { request_id, number, status }),
        &to.audience(),
    )
    .await?;
    tell_author(tx, to).await?;
    joined::follow(tx, to).await?;
    watch::tell(tx, to, NoticeKind::Followed, json!({ "status": new }), &[]).await?;
    audit(tx, "request.status", to.id, json!({ "status": [old, new] })).await
}

/// Whether the actor sees a request.
///
/// # Errors
/// `not_found` when not.
pub(crate) async fn seen(tx: &mut Tx, actor: &Actor, id: RequestId) -> Result<()> {
    list::must_see(tx, &actor.scope_any(&READ)?, id).await
}

async fn tell_author(tx: &mut Tx, core: &Core) -> Result<()> {
    outages::tell_joined(tx, core.id, core.status).await?;
    if core.contact_id.is_none() || core.contact_id == tx.actor().contact_id() {
        return Ok(());
    }
    told::author(tx, core, NoticeKind::RequestStep, json!({})).await
}

async fn audit(tx: &mut Tx, action: &str, id: RequestId, changes: serde_json::Value) -> Result<()> {
    tx.audit(Entry { action, object_type: "request", object_id: Some(id.0), changes }).await
}

/// What the audit keeps of a value: a problem by its name in Russian, the language of the books.
fn spoken(change: Change, value: &Option<String>) -> Option<String> {
    let text = value.as_ref()?;
    match serde_json::from_str::<model::classifier::Names>(text) {
        Ok(names) if change == Change::Problem => Some(names.ru),
        _ => Some(text.clone()),
    }
}

/// The part the actor plays for this request.
fn party(actor: &Actor, scope: &Scope, core: &Core) -> Result<Party> {
    match actor.role() {
        Role::Resident if core.contact_id.is_some() && core.contact_id == scope.own_contact() => Ok(Party::Author),
        Role::Staff if core.assignee_id.is_some() && core.assignee_id == actor.user_id() => Ok(Party::Executor),
        role if role.is_desk() => Ok(Party::Desk),
        _ => Err(Code::Forbidden.into()),
    }
}

fn source(actor: &Actor) -> Source {
    match actor.door() {
        Door::Bot => Source::Bot,
        Door::Api => Source::Api,
        Door::Web if actor.role() == Role::Resident => Source::App,
        Door::Web | Door::Job | Door::Provider => Source::Desk,
    }
}
