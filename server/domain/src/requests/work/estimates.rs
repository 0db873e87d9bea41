//! Estimates of paid work: made by the desk or the worker, answered by the resident. Payment comes elsewhere.

use super::{READ, day_of, locked, some_text};
use crate::{
    Actor, Ctx, Error, Result, Tx,
    requests::{audit, card, queries, told},
};
use model::{
    Code, EstimateId, Money, Permission as P, RequestId,
    events::Event,
    names::Names,
    notices::NoticeKind,
    requests::{Change, Kind, RequestCard},
    validate,
    work::{DecideEstimate, Estimate, EstimateLine, EstimateState, MakeEstimate, NewLine, Unit},
};
use platform::ids::new_id;
use serde_json::json;
use sqlx::types::Json;

/// Every estimate of a request, the newest first.
pub async fn estimates(ctx: &Ctx, actor: &Actor, id: RequestId) -> Result<Vec<Estimate>> {
    // Whoever sees the request sees its prices.
    super::super::get(ctx, actor, id).await?;
    let mut tx = ctx.begin(actor).await?;
    let (company, today) = (actor.company_id().0, day_of(tx.now()));
    let rows = sqlx::query_scalar!(
        r#"select jsonb_build_object('id', e.id, 'version', e.version, 'state', e.state, 'total', e.total_tiyin,
             'valid_until', e.valid_until, 'note', e.note, 'made_by', e.made_by, 'sent_at', e.sent_at,
             'decided_at', e.decided_at, 'decided_by', e.decided_by, 'reason', e.reason,
             'expired', e.state = 'sent' and e.valid_until < $3,
             'lines', (select jsonb_agg(jsonb_build_object('names', names, 'unit', unit, 'price', price_tiyin,
                'quantity', quantity_milli, 'total', total_tiyin) order by position)
                from estimate_lines where company_id = $1 and estimate_id = e.id)) as "estimate!: Json<Estimate>"
           from estimates e where company_id = $1 and request_id = $2 order by version desc"#,
        company,
        id.0,
        today
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|Json(estimate)| estimate).collect())
}

/// Makes an estimate and sends it to the resident; one that stood before is replaced.
///
/// # Errors
/// `invalid` when the request is not paid work, the last day has passed, or a line names no service and no price.
pub async fn estimate(ctx: &Ctx, actor: &Actor, id: RequestId, command: &MakeEstimate) -> Result<RequestCard> {
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let (_, core, _) = locked(&mut tx, actor, id).await?;
    // Nobody could accept what the resident is not shown.
    if !core.status.is_open() || core.hidden {
        return Err(Code::IllegalTransition.into());
    }
    let (company, who, now) = (tx.actor().company_id().0, tx.actor().name().to_owned(), tx.now());
    let kind = sqlx::query_scalar!("select kind from requests where company_id = $1 and id = $2", company, id.0)
        .fetch_one(tx.conn())
        .await?;
    if kind != Kind::Paid.as_str() {
        return Err(Error::field("/kind", "not_paid"));
    }
    if command.valid_until < day_of(now) {
        return Err(Error::field("/valid_until", "in_past"));
    }
    let mut lines = Vec::with_capacity(command.lines.len());
    for (i, new) in command.lines.iter().enumerate() {
        lines.push(line(&mut tx, i, new).await?);
    }
    let total = lines
        .iter()
        .try_fold(Money::ZERO, |sum, line| sum.checked_add(line.total))
        .filter(|total| total.tiyin() <= 100_000_000_000_000)
        .ok_or_else(|| Error::field("/lines", "out_of_range"))?;
    sqlx::query!(
        "update estimates set state = 'replaced' where company_id = $1 and request_id = $2 and state in ('sent', 'accepted')",
        company,
        id.0
    )
    .execute(tx.conn())
    .await?;
    let estimate_id = EstimateId(new_id());
    let version = sqlx::query_scalar!(
        "insert into estimates (id, company_id, request_id, version, state, total_tiyin, valid_until, note, made_by, sent_at)
         select $3, $1, $2, coalesce(max(version), 0) + 1, 'sent', $4, $5, $6, $7, $8
         from estimates where company_id = $1 and request_id = $2 returning version",
        company,
        id.0,
        estimate_id.0,
        total.tiyin(),
        command.valid_until,
        some_text(command.note.as_deref()),
        who,
        now
    )
    .fetch_one(tx.conn())
    .await?;
    for (position, (line, new)) in (0_i32..).zip(lines.iter().zip(&command.lines)) {
        sqlx::query!(
            "insert into estimate_lines (company_id, estimate_id, position, service_id, names, unit, price_tiyin, quantity_milli, total_tiyin)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            company,
            estimate_id.0,
            position,
            new.service_id.map(|s| s.0),
            serde_json::to_value(&line.names)?,
            line.unit.as_str(),
            line.price.tiyin(),
            line.quantity.milli(),
            line.total.tiyin()
        )
        .execute(tx.conn())
        .await?;
    }
    note(&mut tx, id, EstimateState::Sent, total, None).await?;
    tx.emit(
        &core.event(|request_id, number, status| Event::RequestEstimateSent { request_id, number, status }),
        &core.audience(),
    )
    .await?;
    let facts = json!({ "key": version.to_string(), "version": version, "sum": total.tiyin() });
    told::author(&mut tx, &core, NoticeKind::RequestEstimate, facts).await?;
    let changes = json!({ "estimate": [null, version], "total": [null, total.to_string()] });
    audit(&mut tx, "request.estimate", id, changes).await?;
    let card = card::card(&mut tx, &actor.scope_any(&READ)?, id).await?;
    tx.commit().await?;
    Ok(card)
}

async fn line(tx: &mut Tx, i: usize, new: &NewLine) -> Result<EstimateLine> {
    let company = tx.actor().company_id().0;
    let wrong = |field: &str, code| Error::field(&format!("/lines/{i}/{field}"), code);
    let (names, unit, price) = match new.service_id {
        Some(service) => {
            let row = sqlx::query!(
                "select names, unit, price_tiyin from catalogue
                 where company_id = $1 and id = $2 and list = 'service' and archived_at is null",
                company,
                service.0
            )
            .fetch_optional(tx.conn())
            .await?
            .ok_or_else(|| wrong("service_id", "unknown"))?;
            let price = new.price.unwrap_or(Money::from_tiyin(row.price_tiyin));
            (serde_json::from_value::<Names>(row.names)?, crate::error::word(&row.unit)?, price)
        }
        None => {
            let name = some_text(new.name.as_deref()).ok_or_else(|| wrong("name", "required"))?;
            (Names::same(&name), Unit::Piece, new.price.ok_or_else(|| wrong("price", "required"))?)
        }
    };
    let total = new.quantity.cost(price).ok_or_else(|| wrong("quantity", "out_of_range"))?;
    Ok(EstimateLine { names, unit, price, quantity: new.quantity, total })
}

/// The resident accepts or declines the estimate they read.
///
/// # Errors
/// `estimate_ended` when it was decided, replaced or is out of date; `illegal_transition` on a request that has ended.
pub async fn decide(ctx: &Ctx, actor: &Actor, id: RequestId, command: &DecideEstimate) -> Result<RequestCard> {
    let scope = actor.scope(P::RequestsDecide)?;
    scope.own_contact().ok_or(Code::Forbidden)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let core = queries::lock(&mut tx, &scope, id).await?;
    // Nobody could accept what the resident is not shown.
    if !core.status.is_open() || core.hidden {
        return Err(Code::IllegalTransition.into());
    }
    let (company, who, now) = (tx.actor().company_id().0, tx.actor().name().to_owned(), tx.now());
    let to = if command.accept { EstimateState::Accepted } else { EstimateState::Declined };
    let reason = some_text(command.reason.as_deref()).filter(|_| !command.accept);
    let total = sqlx::query_scalar!(
        "update estimates set state = $4, decided_at = $5, decided_by = $6, reason = $7
         where company_id = $1 and request_id = $2 and version = $3 and state = 'sent' and valid_until >= $8
         returning total_tiyin",
        company,
        id.0,
        command.version,
        to.as_str(),
        now,
        who,
        reason,
        day_of(now)
    )
    .fetch_optional(tx.conn())
    .await?
    .map(Money::from_tiyin)
    .ok_or(Code::EstimateEnded)?;
    note(&mut tx, id, to, total, reason.as_deref()).await?;
    let event = core.event(|request_id, number, status| match to {
        EstimateState::Accepted => Event::RequestEstimateAccepted { request_id, number, status },
        _ => Event::RequestEstimateDeclined { request_id, number, status },
    });
    tx.emit(&event, &core.audience()).await?;
    let changes = json!({ "estimate": [EstimateState::Sent, to], "total": [null, total.to_string()] });
    audit(&mut tx, "request.decide", id, changes).await?;
    let card = card::card(&mut tx, &actor.scope_any(&READ)?, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// One line in the request's history: what became of the estimate, and its sum.
async fn note(tx: &mut Tx, id: RequestId, to: EstimateState, total: Money, reason: Option<&str>) -> Result<()> {
    queries::history(tx, id, Change::Estimate, Some(&total.to_string()), Some(to.as_str()), reason).await
}
