//! The work that happens after a commit. Payloads live here, beside those who enqueue them; handlers in `worker`.

use crate::Result;
use chrono::{DateTime, TimeDelta, Utc};
use model::{BuildingId, CompanyId, NewsId, PaymentId, PlanId, RequestId, RunId, StatementId, TaskId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sqlx::PgConnection;
use uuid::Uuid;

/// The schema graphile_worker keeps its tables in.
pub const SCHEMA: &str = "graphile_worker";

/// Before everything else.
const SOON: i32 = -1;
/// Urgent, but to many: after the short work that a person waits for.
const URGENT: i32 = 1;
/// Long work that goes on by itself: behind what is short or urgent.
const LONG: i32 = 5;
/// After everything else: what goes to many at once.
const BULK: i32 = 10;

/// A typed job.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    const NAME: &'static str;
    const MAX_ATTEMPTS: i32 = 12;
    /// Smaller goes first, whatever waits longer.
    const PRIORITY: i32 = 0;
    /// Jobs with the same key collapse into one while it waits.
    fn key(&self) -> Option<String> {
        None
    }
}

/// Sends one message row.
#[derive(Debug, Serialize, Deserialize)]
pub struct Deliver {
    pub delivery_id: Uuid,
}
impl Job for Deliver {
    const NAME: &'static str = "deliver";
    // Somebody waits for a code.
    const PRIORITY: i32 = SOON;
    fn key(&self) -> Option<String> {
        Some(format!("deliver:{}", self.delivery_id))
    }
}

/// Looks whether the newest requests of a house are an outage.
#[derive(Debug, Serialize, Deserialize)]
pub struct DetectOutage {
    pub company_id: CompanyId,
    pub building_id: BuildingId,
}
impl Job for DetectOutage {
    const NAME: &'static str = "detect_outage";
    fn key(&self) -> Option<String> {
        Some(format!("detect:{}", self.building_id))
    }
}

/// Makes what is due of a plan that was made or changed (`domain::plans`): nobody waits for the hour.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunPlan {
    pub company_id: CompanyId,
    pub plan_id: PlanId,
}
impl Job for RunPlan {
    const NAME: &'static str = "run_plan";
    fn key(&self) -> Option<String> {
        Some(format!("plan:{}", self.plan_id))
    }
}

/// Tells the people of a flat about money that came in or was given back. A job of its own, so that a payment is not
/// kept waiting by it; telling twice is telling once.
#[derive(Debug, Serialize, Deserialize)]
pub struct NotifyPayment {
    pub company_id: CompanyId,
    pub payment_id: PaymentId,
}
impl Job for NotifyPayment {
    const NAME: &'static str = "notify_payment";
}

/// Goes on with a refund that Click was asked for (`domain::payments::click`).
#[derive(Debug, Serialize, Deserialize)]
pub struct ClickRefund {
    pub company_id: CompanyId,
    pub refund_id: Uuid,
}
impl Job for ClickRefund {
    const NAME: &'static str = "click_refund";
    fn key(&self) -> Option<String> {
        Some(format!("click_refund:{}", self.refund_id))
    }
}

/// Goes on with the fiscal receipt of a payment that came through Click (`domain::payments::click`).
#[derive(Debug, Serialize, Deserialize)]
pub struct ClickReceipt {
    pub company_id: CompanyId,
    pub payment_id: PaymentId,
}
impl Job for ClickReceipt {
    const NAME: &'static str = "click_receipt";
    fn key(&self) -> Option<String> {
        Some(format!("click_receipt:{}", self.payment_id))
    }
}

/// Gives the lines of a statement of the bank to the accounts their purposes name (`domain::payments::bank`).
#[derive(Debug, Serialize, Deserialize)]
pub struct MatchStatement {
    pub company_id: CompanyId,
    pub statement_id: StatementId,
}
impl Job for MatchStatement {
    const NAME: &'static str = "match_statement";
    fn key(&self) -> Option<String> {
        Some(format!("statement:{}", self.statement_id))
    }
}

/// Tells residents that a month was charged, some accounts at a time.
#[derive(Debug, Serialize, Deserialize)]
pub struct TellBills {
    pub company_id: CompanyId,
    pub run_id: RunId,
    /// The last account that was told.
    pub after: Option<Uuid>,
}
impl Job for TellBills {
    const NAME: &'static str = "tell_bills";
    const PRIORITY: i32 = LONG;
}

/// Tells the people of some news, from its moment on (`domain::news`).
#[derive(Debug, Serialize, Deserialize)]
pub struct SendNews {
    pub company_id: CompanyId,
    pub news_id: NewsId,
}
impl Job for SendNews {
    const NAME: &'static str = "send_news";
    const PRIORITY: i32 = LONG;
    fn key(&self) -> Option<String> {
        Some(format!("news:{}", self.news_id))
    }
}

/// Finds somebody for a new request.
#[derive(Debug, Serialize, Deserialize)]
pub struct AssignNew {
    pub company_id: CompanyId,
    pub request_id: RequestId,
}
impl Job for AssignNew {
    const NAME: &'static str = "assign_new";
    fn key(&self) -> Option<String> {
        Some(format!("assign:{}", self.request_id))
    }
}

/// Works on a task with progress (`domain::tasks`).
#[derive(Debug, Serialize, Deserialize)]
pub struct RunTask {
    pub company_id: CompanyId,
    pub task_id: TaskId,
}
impl Job for RunTask {
    const NAME: &'static str = "run_task";
    const PRIORITY: i32 = LONG;
    // Each time counts as one of the task's own attempts, which decide.
    const MAX_ATTEMPTS: i32 = 4;
    fn key(&self) -> Option<String> {
        Some(format!("task:{}", self.task_id))
    }
}

/// Brings a company's telephones into the form its rules want (`domain::people::apply_privacy`).
#[derive(Debug, Serialize, Deserialize)]
pub struct SealPhones {
    pub company_id: CompanyId,
}
impl Job for SealPhones {
    const NAME: &'static str = "seal_phones";
}

/// Deletes stored files whose row has gone (`domain::stored`).
#[derive(Debug, Serialize, Deserialize)]
pub struct DiscardFiles {
    pub company_id: CompanyId,
    pub keys: Vec<String>,
}
impl Job for DiscardFiles {
    const NAME: &'static str = "discard_files";
    // What is hidden in them may be read by an address that was given out before.
    const PRIORITY: i32 = SOON;
}

/// Queues deliveries of a notice, each for its moment. An `urgent` one overtakes what goes to many.
pub(crate) async fn enqueue_deliveries(
    conn: &mut PgConnection,
    all: &[(Uuid, Option<DateTime<Utc>>)],
    urgent: bool,
) -> Result<()> {
    let (ids, times): (Vec<Uuid>, Vec<Option<DateTime<Utc>>>) = all.iter().copied().unzip();
    sqlx::query(
        "select graphile_worker.add_job($1, json_build_object('delivery_id', t.id), max_attempts => $2, job_key => 'deliver:' || t.id, run_at => t.run_at,
           priority => $5)
         from unnest($3::uuid[], $4::timestamptz[]) t(id, run_at)",
    )
    .bind(Deliver::NAME)
    .bind(Deliver::MAX_ATTEMPTS)
    .bind(&ids)
    .bind(&times)
    .bind(if urgent { URGENT } else { BULK })
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn enqueue<J: Job>(conn: &mut PgConnection, job: &J) -> Result<()> {
    add(conn, job, None).await
}

/// After some time, by the clock of the database, which hands jobs out; one of the same key that waits is moved there.
pub(crate) async fn enqueue_in<J: Job>(conn: &mut PgConnection, job: &J, wait: TimeDelta) -> Result<()> {
    add(conn, job, Some(wait)).await
}

async fn add<J: Job>(conn: &mut PgConnection, job: &J, wait: Option<TimeDelta>) -> Result<()> {
    let seconds = wait.map(TimeDelta::as_seconds_f64);
    sqlx::query(
        "select graphile_worker.add_job($1, $2::json, max_attempts => $3, job_key => $4, run_at => now() + make_interval(secs => $5), priority => $6)",
    )
        .bind(J::NAME)
        .bind(serde_json::to_value(job)?)
        .bind(J::MAX_ATTEMPTS)
        .bind(job.key())
        .bind(seconds)
        .bind(J::PRIORITY)
        .execute(conn)
        .await?;
    Ok(())
}
