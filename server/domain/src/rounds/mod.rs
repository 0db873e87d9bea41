//! Inspection rounds: given out by the desk, walked by a worker. What fails becomes a request, once. Routes are in
//! `routes`.

mod routes;

pub use routes::{archive_route, create_route, routes, update_route};

use crate::{
    Actor, Ctx, Error, Result, Scope, Tx,
    audit::Entry,
    error::word,
    requests::work::{Planned, day_of, file_planned},
};
use model::{
    BuildingId, Code, Failure, FieldError, FileId, Permission as P, RequestId, RoundId, RoundPointId,
    plans::PlaceName,
    requests::{CreateRequest, PersonRef, Source},
    rounds::{Answer, GiveRounds, MarkPoint, PointResult, RoundCard, RoundFilter, RoundPoint, RoundRow, RoundState},
    validate,
};
use platform::ids::new_id;
use serde_json::json;
use std::collections::BTreeSet;

/// The desk sees every round, a worker their own.
const SEE: [P; 2] = [P::PlansManage, P::RoundsWalk];
const MOST: i64 = 200;

/// The newest rounds: all of them for the desk, their own for workers.
pub async fn list(ctx: &Ctx, actor: &Actor, filter: &RoundFilter) -> Result<Vec<RoundRow>> {
    let scope = actor.scope_any(&SEE)?;
    let mut tx = ctx.begin(actor).await?;
    rows(&mut tx, &scope, filter, None).await
}

async fn rows(tx: &mut Tx, scope: &Scope, filter: &RoundFilter, id: Option<RoundId>) -> Result<Vec<RoundRow>> {
    let reach = scope.requests();
    let found = sqlx::query!(
        r#"select w.id, w.name, w.assignee_id, u.name as assignee, w.due_on, w.finished_at, w.cancelled_at,
             count(*) as "points!", count(p.marked_at) as "marked!", count(*) filter (where p.result = 'failed') as "failed!"
           from rounds w join users u on u.id = w.assignee_id
           join round_points p on p.company_id = w.company_id and p.round_id = w.id
           where w.company_id = $1 and ($2 or w.assignee_id = $3) and ($4::uuid is null or w.id = $4)
             and (not $5 or (w.finished_at is null and w.cancelled_at is null))
             and ($6::date is null or w.due_on <= $6)
           group by w.id, w.name, w.assignee_id, u.name, w.due_on, w.finished_at, w.cancelled_at
           order by w.due_on desc, w.id desc limit $7"#,
        scope.company(),
        reach.all,
        reach.user,
        id.map(|id| id.0),
        filter.open,
        filter.until,
        MOST
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(found
        .into_iter()
        .map(|row| RoundRow {
            id: row.id.into(),
            name: row.name,
            assignee: PersonRef { id: row.assignee_id, name: row.assignee },
            due_on: row.due_on,
            state: match (row.cancelled_at, row.finished_at, row.marked) {
                (Some(_), ..) => RoundState::Cancelled,
                (_, Some(_), _) => RoundState::Done,
                (_, _, 0) => RoundState::Planned,
                _ => RoundState::Walking,
            },
            points: row.points,
            marked: row.marked,
            failed: row.failed,
        })
        .collect())
}

/// One round with its points.
///
/// # Errors
/// `not_found` for missing, foreign and other people's rounds alike.
pub async fn get(ctx: &Ctx, actor: &Actor, id: RoundId) -> Result<RoundCard> {
    let scope = actor.scope_any(&SEE)?;
    let mut tx = ctx.begin(actor).await?;
    card(&mut tx, &scope, id).await
}

async fn card(tx: &mut Tx, scope: &Scope, id: RoundId) -> Result<RoundCard> {
    let round = rows(tx, scope, &RoundFilter::default(), Some(id)).await?.into_iter().next().ok_or(Code::NotFound)?;
    let finished_at =
        sqlx::query_scalar!("select finished_at from rounds where company_id = $1 and id = $2", scope.company(), id.0)
            .fetch_one(tx.conn())
            .await?;
    let points = sqlx::query!(
        r#"select p.id, p.address, e.number as "entrance?", p.place, p.question, p.answer, p.unit, p.photo_required, p.category,
             p.result, p.value, p.note, p.file_id, p.marked_at, p.request_id, r.number as "number?"
           from round_points p
           left join entrances e on e.company_id = p.company_id and e.id = p.entrance_id
           left join requests r on r.company_id = p.company_id and r.id = p.request_id
           where p.company_id = $1 and p.round_id = $2 order by p.position"#,
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|p| {
        Ok(RoundPoint {
            id: p.id.into(),
            at: PlaceName { address: p.address, entrance: p.entrance },
            place: p.place,
            question: p.question,
            answer: word(&p.answer)?,
            unit: p.unit,
            photo_required: p.photo_required,
            category: word(&p.category)?,
            result: p.result.as_deref().map(word).transpose()?,
            value: p.value,
            note: p.note,
            file_id: p.file_id.map(FileId),
            marked_at: p.marked_at,
            request_id: p.request_id.map(Into::into),
            request_number: p.number,
        })
    })
    .collect::<Result<_>>()?;
    let open = matches!(round.state, RoundState::Planned | RoundState::Walking);
    let may_cancel = open && tx.actor().role().can(P::PlansManage);
    Ok(RoundCard { round, finished_at, points, may_walk: open, may_cancel })
}

/// Gives a route to somebody for some days. A day they have it already is passed over.
///
/// # Errors
/// `invalid` on an unknown route or person, a past day, and a route whose houses are all in the archive.
pub async fn give(ctx: &Ctx, actor: &Actor, command: &GiveRounds) -> Result<Vec<RoundRow>> {
    let scope = actor.scope(P::PlansManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let (today, now) = (day_of(tx.now()), tx.now());
    if let Some(i) = command.days.iter().position(|day| *day < today) {
        return Err(Error::field(&format!("/days/{i}"), "in_past"));
    }
    if let Some(i) = command.days.iter().position(|day| (*day - today).num_days() > 731) {
        return Err(Error::field(&format!("/days/{i}"), "out_of_range"));
    }
    let name = sqlx::query_scalar!(
        "select name from routes where company_id = $1 and id = $2 and archived_at is null for share",
        scope.company(),
        command.route_id.0
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Error::field("/route_id", "unknown"))?;
    let known = sqlx::query_scalar!(
        r#"select exists(select from users where company_id = $1 and id = $2 and role <> 'resident' and blocked_at is null) as "known!""#,
        scope.company(),
        command.assignee_id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if !known {
        return Err(Error::field("/assignee_id", "unknown"));
    }
    let days: BTreeSet<_> = command.days.iter().copied().collect();
    let mut given = Vec::new();
    for day in days {
        let id = RoundId(new_id());
        let made = sqlx::query!(
            "insert into rounds (id, company_id, route_id, name, assignee_id, due_on, created_at)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (company_id, route_id, due_on, assignee_id) where cancelled_at is null do nothing",
            id.0,
            scope.company(),
            command.route_id.0,
            name,
            command.assignee_id.0,
            day,
            now
        )
        .execute(tx.conn())
        .await?;
        if made.rows_affected() == 0 {
            continue;
        }
        let points = sqlx::query!(
            "insert into round_points (id, company_id, round_id, position, building_id, entrance_id, address, place, question,
               answer, unit, photo_required, category)
             select gen_random_uuid(), p.company_id, $3, p.position, p.building_id, p.entrance_id, b.address, p.place, p.question,
               p.answer, p.unit, p.photo_required, p.category
             from route_points p
             join buildings b on b.company_id = p.company_id and b.id = p.building_id and b.archived_at is null
             where p.company_id = $1 and p.route_id = $2",
            scope.company(),
            command.route_id.0,
            id.0
        )
        .execute(tx.conn())
        .await?;
        if points.rows_affected() == 0 {
            return Err(Error::field("/route_id", "unknown"));
        }
        note(&mut tx, "round.assign", id, json!({ "name": [null, name], "due_on": [null, day] })).await?;
        given.push(id);
    }
    let mut rounds = Vec::with_capacity(given.len());
    for id in given {
        rounds.extend(rows(&mut tx, &scope, &RoundFilter::default(), Some(id)).await?);
    }
    tx.commit().await?;
    Ok(rounds)
}

/// Says what was found at a point. A failed point becomes a request at its place, once, with the photo; a mark may be
/// put right until the round is finished, the request stays.
///
/// # Errors
/// `illegal_transition` on a round that is over; `invalid` without the value, note or photo that the point asks for.
pub async fn mark(ctx: &Ctx, actor: &Actor, id: RoundPointId, command: &MarkPoint) -> Result<RoundCard> {
    let scope = actor.scope_any(&SEE)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let reach = scope.requests();
    let point = sqlx::query!(
        "select p.*, w.name as round_name, w.finished_at, w.cancelled_at from round_points p
         join rounds w on w.company_id = p.company_id and w.id = p.round_id
         where p.company_id = $1 and p.id = $2 and ($3 or w.assignee_id = $4) for update",
        scope.company(),
        id.0,
        reach.all,
        reach.user
    )
    .fetch_one(tx.conn())
    .await?;
    if point.finished_at.is_some() || point.cancelled_at.is_some() {
        return Err(Code::IllegalTransition.into());
    }
    let text = |value: &Option<String>| value.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let (value, typed) = (text(&command.value), text(&command.note));
    let failed = command.result == PointResult::Failed;
    if value.is_none() && point.answer == Answer::Value.as_str() {
        return Err(Error::field("/value", "required"));
    }
    if failed && typed.is_none() {
        return Err(Error::field("/note", "required"));
    }
    if point.photo_required && command.file_id.or(point.file_id.map(FileId)).is_none() {
        return Err(Error::field("/file_id", "required"));
    }
    if let Some(file) = command.file_id.filter(|file| point.file_id != Some(file.0)) {
        keep_photo(&mut tx, file).await?;
    }
    let (round, who, now) = (RoundId(point.round_id), tx.actor().name().to_owned(), tx.now());
    let file = command.file_id.or(point.file_id.map(FileId));
    let mut request = point.request_id.map(RequestId);
    if failed && request.is_none() {
        let amount = value.as_ref().map(|v| format!(" {v} {}", point.unit.clone().unwrap_or_default()));
        let place = if point.place.is_empty() { String::new() } else { format!("{}. ", point.place) };
        let description = format!(
            "{place}{}{}\n{}",
            point.question,
            amount.unwrap_or_default().trim_end(),
            typed.clone().unwrap_or_default()
        );
        let found = Finding {
            building: point.building_id.into(),
            entrance: point.entrance_id.map(Into::into),
            category: word(&point.category)?,
            description,
        };
        request = Some(found.file(&mut tx, file).await?);
    }
    sqlx::query!(
        "update round_points set result = $3, value = $4, note = $5, file_id = $6, marked_at = $7, marked_by = $8, request_id = $9
         where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        command.result.as_str(),
        value,
        typed,
        file.map(|f| f.0),
        now,
        who,
        request.map(|r| r.0)
    )
    .execute(tx.conn())
    .await?;
    let changes = json!({ "place": [null, format!("{} {}", point.address, point.place).trim()], "result": [point.result, command.result] });
    note(&mut tx, "round.mark", round, changes).await?;
    let card = card(&mut tx, &scope, round).await?;
    tx.commit().await?;
    Ok(card)
}

/// What a failed point tells the desk.
struct Finding {
    building: BuildingId,
    entrance: Option<model::EntranceId>,
    category: model::requests::Category,
    description: String,
}

impl Finding {
    async fn file(self, tx: &mut Tx, photo: Option<FileId>) -> Result<RequestId> {
        let company = tx.actor().company_id();
        // A round goes where the desk sent it: what it finds is filed there, whoever walks.
        let anywhere = Actor::system(company).scope(P::RequestsCreate)?;
        let command = CreateRequest {
            unit_id: None,
            building_id: Some(self.building),
            entrance_id: self.entrance,
            contact_id: None,
            contact_name: None,
            contact_phone: None,
            source: None,
            category: self.category,
            problem_id: None,
            kind: None,
            priority: None,
            description: self.description,
            hidden: false,
            file_ids: Vec::new(),
        };
        let planned = Planned { source: Source::Round, due_at: None, checklist: None, assignee: None };
        let id = file_planned(tx, &anywhere, &command, &planned).await?;
        let Some(photo) = photo else { return Ok(id) };
        sqlx::query!(
            "with moved as (
               update files set request_id = $3, moment = 'before', purpose = 'photo'
               where company_id = $1 and id = $2 and request_id is null returning id)
             update requests set photos = photos + (select count(*) from moved)::int where company_id = $1 and id = $3",
            company.0,
            photo.0,
            id.0
        )
        .execute(tx.conn())
        .await?;
        Ok(id)
    }
}

/// The caller's own upload stays with the round.
async fn keep_photo(tx: &mut Tx, file: FileId) -> Result<()> {
    let (company, user) = (tx.actor().company_id().0, tx.actor().user_id().map(|u| u.0));
    let kept = sqlx::query!(
        "update files set purpose = 'round' where company_id = $1 and id = $2 and request_id is null and purpose = 'photo'
           and uploaded_by is not distinct from $3",
        company,
        file.0,
        user
    )
    .execute(tx.conn())
    .await?;
    if kept.rows_affected() == 1 { Ok(()) } else { Err(Error::field("/file_id", "unknown")) }
}

/// Ends a round when every point was looked at.
///
/// # Errors
/// `invalid` on `/points` with how many are not marked; `illegal_transition` on a round that is over.
pub async fn finish(ctx: &Ctx, actor: &Actor, id: RoundId) -> Result<RoundCard> {
    let scope = actor.scope_any(&SEE)?;
    let mut tx = ctx.begin(actor).await?;
    lock(&mut tx, &scope, id).await?;
    let card = card(&mut tx, &scope, id).await?;
    if !card.may_walk {
        return Err(Code::IllegalTransition.into());
    }
    let left = card.round.points - card.round.marked;
    if left > 0 {
        let field = FieldError { limit: Some(left), ..FieldError::new("/points", "unmarked") };
        return Err(Failure::invalid(vec![field]).into());
    }
    let now = tx.now();
    sqlx::query!("update rounds set finished_at = $3 where company_id = $1 and id = $2", scope.company(), id.0, now)
        .execute(tx.conn())
        .await?;
    note(&mut tx, "round.finish", id, json!({ "finished_at": [null, now] })).await?;
    let card = self::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Takes a round back; what was found stays.
///
/// # Errors
/// `illegal_transition` on a round that is over.
pub async fn cancel(ctx: &Ctx, actor: &Actor, id: RoundId) -> Result<RoundCard> {
    let scope = actor.scope(P::PlansManage)?;
    let mut tx = ctx.begin(actor).await?;
    lock(&mut tx, &scope, id).await?;
    if !card(&mut tx, &scope, id).await?.may_cancel {
        return Err(Code::IllegalTransition.into());
    }
    let now = tx.now();
    sqlx::query!("update rounds set cancelled_at = $3 where company_id = $1 and id = $2", scope.company(), id.0, now)
        .execute(tx.conn())
        .await?;
    note(&mut tx, "round.cancel", id, json!({ "cancelled_at": [null, now] })).await?;
    let card = card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

async fn lock(tx: &mut Tx, scope: &Scope, id: RoundId) -> Result<()> {
    let reach = scope.requests();
    sqlx::query!(
        "select id from rounds where company_id = $1 and id = $2 and ($3 or assignee_id = $4) for update",
        scope.company(),
        id.0,
        reach.all,
        reach.user
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(())
}

async fn note(tx: &mut Tx, action: &str, id: RoundId, changes: serde_json::Value) -> Result<()> {
    tx.audit(Entry { action, object_type: "round", object_id: Some(id.0), changes }).await
}
