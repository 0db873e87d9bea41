//! The work part of a request's page, in one query.

use super::{day_of, may_work, proof};
use crate::{Error, Result, Tx};
use model::{
    CompanyId, RequestId,
    requests::{Category, Kind, Party, Status},
    work::{
        CheckItem, Confirmation, Estimate, EstimateState, ExtraCost, FieldWork, MaterialUse, Origin, ProofRule,
        TimeEntry, WorkTotals,
    },
};
use platform::tokens::hash_token;
use sqlx::types::Json;

/// What is known of the request already.
pub(in crate::requests) struct About {
    pub id: RequestId,
    pub number: i64,
    pub status: Status,
    pub kind: Kind,
    pub category: Category,
    pub result: Option<String>,
    /// The reader's part in it.
    pub party: Option<Party>,
}

/// Everything about the work, as the reader may see it. Without a party it is for the rules, which see all.
pub(in crate::requests) async fn load(tx: &mut Tx, about: &About) -> Result<FieldWork> {
    let (company, today): (CompanyId, _) = (tx.actor().company_id(), day_of(tx.now()));
    let row = sqlx::query!(
        r#"select
             (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'text', text, 'added', added, 'done_at', done_at,
                'done_by', done_by) order by position, id), '[]')
              from request_checks where company_id = $1 and request_id = $2) as "checks!: Json<Vec<CheckItem>>",
             (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'names', names, 'unit', unit, 'price', price_tiyin,
                'quantity', quantity_milli, 'by', by_name, 'at', at) order by at, id), '[]')
              from request_materials where company_id = $1 and request_id = $2) as "materials!: Json<Vec<MaterialUse>>",
             (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'user_id', user_id, 'by', by_name, 'by_hand', by_hand,
                'started_at', started_at, 'minutes', minutes, 'note', note, 'entered_by', entered_by) order by started_at, id), '[]')
              from request_times where company_id = $1 and request_id = $2) as "time!: Json<Vec<TimeEntry>>",
             (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'amount', amount_tiyin, 'reason', reason,
                'by', by_name, 'at', at) order by at, id), '[]')
              from request_costs where company_id = $1 and request_id = $2) as "costs!: Json<Vec<ExtraCost>>",
             (select coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'category', category, 'needs', needs)), '[]')
              from proof_rules where company_id = $1) as "rules!: Json<Vec<ProofRule>>",
             exists(select from work_settings where company_id = $1 and paid_waits) as "paid_waits!",
             (select jsonb_build_object('how', how, 'at', at, 'by', by_name, 'signer', signer, 'reason', reason,
                'file_id', file_id, 'hash', hash)
              from confirmations where company_id = $1 and request_id = $2 and superseded_at is null)
              as "confirmation?: Json<Confirmation>",
             (select code from confirmation_codes where company_id = $1 and request_id = $2 and used_at is null and wrong < 5)
              as code,
             (select jsonb_build_object('id', e.id, 'version', e.version, 'state', e.state, 'total', e.total_tiyin,
                'valid_until', e.valid_until, 'note', e.note, 'made_by', e.made_by, 'sent_at', e.sent_at,
                'decided_at', e.decided_at, 'decided_by', e.decided_by, 'reason', e.reason,
                'lines', (select jsonb_agg(jsonb_build_object('names', names, 'unit', unit, 'price', price_tiyin,
                   'quantity', quantity_milli, 'total', total_tiyin) order by position)
                   from estimate_lines where company_id = $1 and estimate_id = e.id))
              from estimates e where company_id = $1 and request_id = $2 order by version desc limit 1)
              as "estimate?: Json<Estimate>",
             (select jsonb_build_object('from', 'plan', 'id', p.id, 'title', p.title, 'due_on', r.due_on)
              from plan_runs r join plans p on p.company_id = r.company_id and p.id = r.plan_id
              where r.company_id = $1 and r.request_id = $2 limit 1) as "plan?: Json<Origin>",
             (select jsonb_build_object('from', 'round', 'id', r.id, 'name', r.name, 'due_on', r.due_on)
              from round_points p join rounds r on r.company_id = p.company_id and r.id = p.round_id
              where p.company_id = $1 and p.request_id = $2 limit 1) as "round?: Json<Origin>",
             (select count(*) from files where company_id = $1 and request_id = $2 and moment = 'after'
                and purpose = 'photo') as "photos!""#,
        company.0,
        about.id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let mut materials = row.materials.0;
    for used in &mut materials {
        used.total = used.quantity.cost(used.price).ok_or_else(too_much)?;
    }
    let totals = WorkTotals::of(&materials, &row.time.0, &row.costs.0).ok_or_else(too_much)?;
    let hash = hash(about, &totals);
    let confirmation = row.confirmation.map(|Json(word)| Confirmation { intact: word.hash == hash, ..word });
    let estimate =
        row.estimate.map(|Json(e)| Estimate { expired: e.state == EstimateState::Sent && e.valid_until < today, ..e });
    let open = about.status.is_open();
    let facts = proof::Facts {
        photos: row.photos,
        open_checks: i64::try_from(row.checks.iter().filter(|c| c.done_at.is_none()).count()).unwrap_or(i64::MAX),
        time: !row.time.is_empty(),
        parts: !materials.is_empty(),
        cost: !row.costs.is_empty(),
        word: confirmation.as_ref().is_some_and(|word| word.intact),
    };
    let required = if open { proof::required(&row.rules, about.kind, about.category, &facts) } else { Vec::new() };
    let accepted = estimate.as_ref().is_some_and(|e| e.state == EstimateState::Accepted);
    let (author, paid) = (about.party == Some(Party::Author), about.kind == Kind::Paid);
    let work = FieldWork {
        code: row.code.filter(|_| author && about.status == Status::InProgress),
        start_waits: open && paid && row.paid_waits && !accepted,
        may_work: about.party.is_some_and(|party| may_work(party, about.status)),
        may_estimate: open && paid && matches!(about.party, Some(Party::Desk | Party::Executor)),
        may_decide: open && author && estimate.as_ref().is_some_and(|e| e.state == EstimateState::Sent && !e.expired),
        estimate,
        confirmation,
        ..FieldWork::default()
    };
    if author {
        // What the company spends on the work is between the company and its worker.
        return Ok(work);
    }
    Ok(FieldWork {
        checklist: row.checks.0,
        materials,
        time: row.time.0,
        costs: row.costs.0,
        totals,
        required,
        origin: row.plan.or(row.round).map(|Json(origin)| origin),
        ..work
    })
}

/// The fingerprint of what a resident gives their word for: number, result and totals.
pub(super) fn hash(about: &About, totals: &WorkTotals) -> String {
    let text = format!(
        "{}\n{}\n{}\n{}\n{}",
        about.number,
        about.result.as_deref().unwrap_or_default().trim(),
        totals.materials.tiyin(),
        totals.costs.tiyin(),
        totals.minutes
    );
    hash_token(&text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn too_much() -> Error {
    Error::internal("work totals", "a sum does not fit".to_owned())
}
