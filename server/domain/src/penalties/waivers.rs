//! Penalties of an account, and forgiving them: a reversing entry with its reason, or after a second person's word.

use crate::{
    Actor, Ctx, Result, Scope, Tx, billing,
    error::word,
    ledger::{self, Source},
    property::today,
};
use model::{
    AccountId, Code, EntryId, Money, PenaltyId, Permission as P, WaiverId,
    auth::Danger,
    billing::{PenaltyRow, RecalculationState as State, SetPayer, WaivePenalty, WaiverRow},
    validate,
};
use platform::ids::new_id;
use serde_json::json;
use uuid::Uuid;

/// Those of an account that were not taken back, the newest month first. Residents read that one was forgiven, not by
/// whom nor why.
pub(crate) async fn of(tx: &mut Tx, scope: &Scope, account: AccountId) -> Result<Vec<PenaltyRow>> {
    let (me, inside) = (tx.actor().user_id().map(|u| u.0), scope.own_contact().is_none());
    let rows = sqlx::query!(
        r#"select p.id, p.period, p.payer, p.lines, p.amount_tiyin, w.id as "waiver?", w.state as "state?", w.reason as "reason?",
             w.created_by_name as "author?", w.created_by is not distinct from $3::uuid as "own!", w.decided_by_name as "decided_by?",
             w.created_at as "asked_at?"
           from penalty_charges p left join lateral (
             select * from penalty_waivers w where w.company_id = p.company_id and w.penalty_id = p.id
             order by w.created_at desc, w.id desc limit 1) w on true
           where p.company_id = $1 and p.account_id = $2 and p.undone_at is null order by p.period desc limit 120"#,
        scope.company(),
        account.0,
        me
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            let waiver = match (r.waiver, r.state, r.asked_at) {
                (Some(id), Some(state), Some(created_at)) => Some(WaiverRow {
                    id: id.into(),
                    state: word(&state)?,
                    reason: r.reason.filter(|_| inside).unwrap_or_default(),
                    author: r.author.filter(|_| inside).unwrap_or_default(),
                    own: r.own && inside,
                    decided_by: r.decided_by.filter(|_| inside),
                    created_at,
                }),
                _ => None,
            };
            Ok(PenaltyRow {
                id: r.id.into(),
                period: r.period,
                payer: word(&r.payer)?,
                amount: Money::from_tiyin(r.amount_tiyin),
                lines: serde_json::from_value(r.lines)?,
                waiver: waiver.filter(|w| inside || w.state == State::Booked),
            })
        })
        .collect()
}

/// A penalty that is not taken back, held until the end of the transaction.
struct Held {
    account: AccountId,
    entry: EntryId,
    amount: i64,
}

async fn lock(tx: &mut Tx, id: PenaltyId) -> Result<Held> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select account_id, entry_id, amount_tiyin from penalty_charges where company_id = $1 and id = $2 and undone_at is null for update",
        company,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Code::NotFound)?;
    Ok(Held { account: row.account_id.into(), entry: row.entry_id.into(), amount: row.amount_tiyin })
}

/// Forgives a penalty, all of it. Over the company's limit it waits for [`decide_waiver`].
///
/// # Errors
/// `not_found` when there is no such penalty, or its run was taken back; `already_reversed` when it was forgiven, or
/// somebody has asked for it.
pub async fn waive(ctx: &Ctx, actor: &Actor, id: PenaltyId, command: &WaivePenalty) -> Result<PenaltyRow> {
    let scope = actor.scope(P::LedgerCorrect)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let held = lock(&mut tx, id).await?;
    let asked = sqlx::query_scalar!(
        r#"select exists (select from penalty_waivers where company_id = $1 and penalty_id = $2 and state <> 'refused') as "asked!""#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if asked {
        return Err(Code::AlreadyReversed.into());
    }
    let limit = billing::rules::load(&mut tx).await?.approve_over.tiyin();
    let state = if held.amount > limit { State::Waiting } else { State::Booked };
    let (waiver, now, reason) = (WaiverId(new_id()), tx.now(), command.reason.trim());
    sqlx::query!(
        "insert into penalty_waivers (id, company_id, penalty_id, account_id, amount_tiyin, reason, state, created_at, created_by, created_by_name)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        waiver.0,
        scope.company(),
        id.0,
        held.account.0,
        held.amount,
        reason,
        state.as_str(),
        now,
        actor.user_id().map(|u| u.0),
        actor.name()
    )
    .execute(tx.conn())
    .await?;
    if state == State::Booked {
        take_off(&mut tx, held.entry, reason).await?;
    }
    let changes = json!({ "amount": [null, held.amount], "state": [null, state], "reason": [null, reason] });
    audit(&mut tx, "account.waive", held.account, changes).await?;
    billing::live::account_changed(&mut tx, held.account).await?;
    let row = one(&mut tx, &scope, held.account, id).await?;
    tx.commit().await?;
    Ok(row)
}

/// Today: closed months stay as they are.
async fn take_off(tx: &mut Tx, entry: EntryId, reason: &str) -> Result<()> {
    let booked_on = today(tx).await?;
    ledger::reverse(tx, entry, Source::Reversal, entry.0, booked_on, reason).await?;
    Ok(())
}

async fn one(tx: &mut Tx, scope: &Scope, account: AccountId, id: PenaltyId) -> Result<PenaltyRow> {
    of(tx, scope, account).await?.into_iter().find(|row| row.id == id).ok_or_else(|| Code::NotFound.into())
}

/// The word of a second person about a large one: booked today, or refused.
///
/// # Errors
/// `second_person` for whoever asked for it; `illegal_transition` when somebody has decided; `not_found`.
pub async fn decide_waiver(ctx: &Ctx, actor: &Actor, id: WaiverId, approve: bool) -> Result<PenaltyRow> {
    let scope = actor.scope(P::LedgerApprove)?;
    if approve {
        actor.proves(Danger::Reversal)?;
    }
    let user = actor.user()?;
    let mut tx = ctx.begin(actor).await?;
    // The penalty first, as a run that is taken back does.
    let penalty = PenaltyId(
        sqlx::query_scalar!(
            "select penalty_id from penalty_waivers where company_id = $1 and id = $2",
            scope.company(),
            id.0
        )
        .fetch_one(tx.conn())
        .await?,
    );
    let held = lock(&mut tx, penalty).await?;
    let known = sqlx::query!(
        "select reason, state, created_by from penalty_waivers where company_id = $1 and id = $2 for update",
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if word::<State>(&known.state)? != State::Waiting {
        return Err(Code::IllegalTransition.into());
    }
    if known.created_by == Some(user.0) {
        return Err(Code::SecondPerson.into());
    }
    let (state, now) = (if approve { State::Booked } else { State::Refused }, tx.now());
    sqlx::query!(
        "update penalty_waivers set state = $3, decided_at = $4, decided_by = $5, decided_by_name = $6 where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        state.as_str(),
        now,
        user.0,
        actor.name()
    )
    .execute(tx.conn())
    .await?;
    if approve {
        take_off(&mut tx, held.entry, &known.reason).await?;
    }
    audit(&mut tx, "account.waiver_decided", held.account, json!({ "state": [known.state, state] })).await?;
    billing::live::account_changed(&mut tx, held.account).await?;
    let row = one(&mut tx, &scope, held.account, penalty).await?;
    tx.commit().await?;
    Ok(row)
}

/// Says whether a natural person or a legal entity has to pay an account. Penalties that are booked stay as they are.
///
/// # Errors
/// `not_found` when the account is not the company's.
pub async fn set_payer(ctx: &Ctx, actor: &Actor, account: AccountId, command: SetPayer) -> Result<()> {
    let scope = actor.scope(P::ChargesManage)?;
    let mut tx = ctx.begin(actor).await?;
    let before = sqlx::query_scalar!(
        "select payer from personal_accounts where company_id = $1 and id = $2 for update",
        scope.company(),
        account.0
    )
    .fetch_one(tx.conn())
    .await?;
    let payer = command.payer.map(model::billing::Payer::as_str);
    if before.as_deref() == payer {
        return Ok(());
    }
    sqlx::query!(
        "update personal_accounts set payer = $3 where company_id = $1 and id = $2",
        scope.company(),
        account.0,
        payer
    )
    .execute(tx.conn())
    .await?;
    audit(&mut tx, "account.payer", account, json!({ "payer": [before, payer] })).await?;
    billing::live::account_changed(&mut tx, account).await?;
    tx.commit().await
}

async fn audit(tx: &mut Tx, action: &str, account: AccountId, changes: serde_json::Value) -> Result<()> {
    let object: Option<Uuid> = Some(account.0);
    tx.audit(crate::audit::Entry { action, object_type: "account", object_id: object, changes }).await
}
