//! Asking Click: how a payment stands that is disputed, or an attempt that hangs. Asking moves no money; the answer is
//! kept for the person who decides.

use crate::{
    Actor, Ctx, Error, Result, Tx,
    payments::{
        list,
        register::{self, Kassa, Name},
    },
};
use chrono::TimeDelta;
use model::{
    Code, CompanyId, PaymentId, Permission as P,
    payments::{ClickAnswer, PaymentCard, PaymentSource, Provider},
};
use platform::click::{ClickApi, ClickError, Merchant, Standing};
use std::collections::HashSet;
use uuid::Uuid;

/// Click completes within seconds; later an attempt hangs.
const HANGING: TimeDelta = TimeDelta::hours(1);
/// What was asked so recently is not asked again by itself.
const ASKED: TimeDelta = TimeDelta::hours(12);
/// What hangs so long nobody asks about.
const FORGOTTEN: TimeDelta = TimeDelta::days(30);
/// Questions of one night for one kassa.
const MOST: i64 = 100;

/// The way to Click for a kassa: nothing when it has no user there. Test kassas ask the simulator.
pub(super) fn merchant(ctx: &Ctx, kassa: &Kassa) -> Option<Merchant> {
    let config = &ctx.config.payments;
    let base = match (kassa.live, config.simulator_url.as_deref()) {
        (true, _) => config.click_url.trim_end_matches('/').to_owned(),
        (false, Some(simulator)) => format!("{}/click-merchant", simulator.trim_end_matches('/')),
        (false, None) => return None,
    };
    Some(Merchant {
        base,
        service_id: kassa.service_id?,
        user_id: kassa.merchant_user_id.clone()?,
        secret: kassa.secret.clone(),
    })
}

/// The same by the id of the kassa.
pub(super) async fn merchant_of(ctx: &Ctx, kassa: Uuid) -> Result<Option<Merchant>> {
    let kassa = register::find(ctx, Provider::Click, Name::Id(kassa)).await?;
    Ok(kassa.and_then(|kassa| merchant(ctx, &kassa)))
}

pub(super) fn api() -> Result<ClickApi> {
    ClickApi::new().map_err(|e| Error::internal("Click", e))
}

/// No answer now: the same may be asked again.
pub(super) fn away(error: &ClickError) -> Error {
    tracing::warn!(%error, "Click did not answer");
    Code::Unavailable.into()
}

/// Asks Click how a payment stands and keeps the answer.
///
/// # Errors
/// `illegal_transition` when it did not come through a kassa that Click answers for; `unavailable` when Click does not
/// answer now.
pub async fn ask(ctx: &Ctx, actor: &Actor, id: PaymentId) -> Result<PaymentCard> {
    let scope = actor.scope(P::PaymentsRefund)?;
    let mut tx = ctx.begin(actor).await?;
    let card = list::card(&mut tx, &scope, id).await?;
    let asked = sqlx::query!(
        "select a.id, a.click_paydoc_id, a.kassa_id from payments p
         join click_attempts a on a.company_id = p.company_id and a.id = p.provider_id where p.company_id = $1 and p.id = $2",
        scope.company(),
        id.0
    )
    .fetch_optional(tx.conn())
    .await?
    .filter(|_| card.row.source == PaymentSource::Click)
    .ok_or(Code::IllegalTransition)?;
    drop(tx);
    let merchant = merchant_of(ctx, asked.kassa_id).await?.ok_or(Code::IllegalTransition)?;
    let standing = api()?.standing(&merchant, asked.click_paydoc_id, ctx.clock.now().timestamp()).await;
    let (answer, note) = match standing {
        Ok(standing) => spoken(standing),
        // Whoever asks is told what Click says; it says nothing about the payment.
        Err(error) => return Err(away(&error)),
    };
    let mut tx = ctx.begin(actor).await?;
    keep(&mut tx, asked.id, answer, note.as_deref()).await?;
    let card = list::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

fn spoken(standing: Standing) -> (ClickAnswer, Option<String>) {
    match standing {
        Standing::Paid => (ClickAnswer::Paid, None),
        Standing::Waiting => (ClickAnswer::Waiting, None),
        Standing::Failed(why) => (ClickAnswer::Failed, Some(why)),
        Standing::Missing => (ClickAnswer::Missing, None),
    }
}

async fn keep(tx: &mut Tx, attempt: Uuid, answer: ClickAnswer, note: Option<&str>) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "update click_attempts set asked_at = $3, answer = $4, answer_note = $5 where company_id = $1 and id = $2",
        company,
        attempt,
        now,
        answer.as_str(),
        note
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// An attempt that Click is asked about by itself.
struct Hanging {
    id: Uuid,
    company_id: Uuid,
    kassa_id: Uuid,
    click_paydoc_id: i64,
}

/// Asks about everything that hangs or is disputed, wherever Click can be asked; says how many answers came. A kassa
/// that cannot be asked now waits for the next night, and no other with it.
pub async fn ask_hanging(ctx: &Ctx) -> Result<usize> {
    let now = ctx.clock.now();
    let mut tx = ctx.db.begin_system("payments that hang at Click").await?;
    let rows = sqlx::query_as!(
        Hanging,
        r#"with waiting as (
             select a.id, a.company_id, a.kassa_id, a.click_paydoc_id, a.asked_at, a.prepared_at, p.id is not null as disputed,
               row_number() over (partition by a.kassa_id
                 order by p.id is not null desc, a.asked_at nulls first, a.prepared_at, a.id) as turn
             from click_attempts a
             join kassas k on k.company_id = a.company_id and k.id = a.kassa_id
             left join payments p on p.company_id = a.company_id and p.provider_id = a.id and p.disputed_at is not null
             where k.merchant_user_id is not null and (a.asked_at is null or a.asked_at < $2)
               and (p.id is not null or (a.state = 'prepared' and a.answer is distinct from 'failed'
                 and a.prepared_at < $1 and a.prepared_at > $3))
           )
           select id as "id!", company_id as "company_id!", kassa_id as "kassa_id!", click_paydoc_id as "click_paydoc_id!"
           from waiting where turn <= $4 order by disputed desc, asked_at nulls first, prepared_at, id"#,
        now - HANGING,
        now - ASKED,
        now - FORGOTTEN,
        MOST
    )
    .fetch_all(&mut *tx)
    .await?;
    drop(tx);
    let (api, mut silent, mut answers) = (api()?, HashSet::new(), 0);
    for row in rows {
        if silent.contains(&row.kassa_id) {
            continue;
        }
        match ask_one(ctx, &api, &row).await {
            Ok(true) => answers += 1,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, kassa = %row.kassa_id, "Click is not asked for this kassa any more");
                silent.insert(row.kassa_id);
            }
        }
    }
    Ok(answers)
}

/// Says whether an answer came. What fails here would fail for the rest of the kassa, too.
async fn ask_one(ctx: &Ctx, api: &ClickApi, row: &Hanging) -> Result<bool> {
    let Some(merchant) = merchant_of(ctx, row.kassa_id).await? else { return Ok(false) };
    let (answer, note) = match api.standing(&merchant, row.click_paydoc_id, ctx.clock.now().timestamp()).await {
        Ok(standing) => spoken(standing),
        // Click is there; it has no word about this one.
        Err(ClickError::Refused(why)) => {
            tracing::warn!(%why, kassa = %row.kassa_id, attempt = %row.id, "Click did not say how a payment stands");
            return Ok(false);
        }
        Err(error) => return Err(away(&error)),
    };
    let mut tx = ctx.begin(&Actor::system(CompanyId(row.company_id))).await?;
    keep(&mut tx, row.id, answer, note.as_deref()).await?;
    tx.commit().await?;
    Ok(true)
}
