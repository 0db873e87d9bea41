//! Asking Click, and having it give money back, against a stand-in that plays trouble.

use crate::{
    click::{Desk, TIYIN, with},
    support::code,
};
use chrono::TimeDelta;
use domain::{
    Actor,
    jobs::ClickRefund as Job,
    payments::{self, click, reconcile},
};
use futures::future::join_all;
use model::{
    Code, PaymentId,
    payments::{ClickAnswer, FindingKind, KassaMode, PaymentState, RefundPayment, RefundState as R},
};
use testkit::{
    TestCtx,
    payments_standin::{Fault, Merchant},
};
use uuid::Uuid;

struct Shop {
    desk: Desk,
    click: Merchant,
    admin: Actor,
}

/// Click's number of the payment of an attempt.
fn paydoc(trans: i64) -> i64 {
    trans + 7
}

impl Shop {
    async fn new() -> Self {
        let click = Merchant::default();
        let address = click.serve().await.unwrap();
        let ctx = TestCtx::with(&[("UK_PAYMENTS__SIMULATOR_URL", address.as_str())]).await;
        let desk = Desk::of(ctx, KassaMode::Accumulating).await;
        desk.till.may_ask(&desk.ctx).await;
        click.know(crate::till::SERVICE, &desk.till.key);
        let admin = desk.world.a.admin().await;
        Self { desk, click, admin }
    }

    /// A payment that Click and we agree about.
    async fn paid(&self, trans: i64) -> PaymentId {
        self.desk.pay(trans).await;
        self.click.says(paydoc(trans), 2);
        let all = payments::list(&self.desk.ctx, &self.admin, &Default::default()).await.unwrap().items;
        all.iter().find(|p| p.reference == paydoc(trans).to_string()).unwrap().id
    }

    async fn refund(&self, id: PaymentId) -> domain::Result<model::payments::PaymentCard> {
        let command = RefundPayment { reason: "Дважды".to_owned() };
        payments::refund(&self.desk.ctx, &self.admin, id, &command).await
    }

    /// What a worker does with the newest refund.
    async fn work(&self) -> domain::Result<()> {
        click::work_on_refund(&self.desk.ctx, &self.job().await).await
    }

    async fn job(&self) -> Job {
        let mut db = self.desk.ctx.database.superuser().await;
        let newest = "select id from click_refunds order by asked_at desc, id desc limit 1";
        let refund_id: Uuid = sqlx::query_scalar(newest).fetch_one(&mut db).await.unwrap();
        Job { company_id: self.desk.world.a.id, refund_id }
    }

    /// Where the refund stands, the payment, and the debt of the account.
    async fn stands(&self, id: PaymentId) -> (R, PaymentState, i64) {
        let card = payments::get(&self.desk.ctx, &self.admin, id).await.unwrap();
        (card.click_refund.unwrap().state, card.row.state, self.desk.balance().await)
    }
}

#[tokio::test]
async fn click_says_yes_and_the_books_follow() {
    let shop = Shop::new().await;
    let id = shop.paid(1).await;
    let asked = shop.refund(id).await.unwrap();
    assert_eq!((asked.click_refund.unwrap().state, asked.row.state), (R::Asked, PaymentState::Completed));
    // Asking twice is asking once.
    shop.refund(id).await.unwrap();
    assert_eq!(shop.desk.balance().await, -TIYIN);
    shop.work().await.unwrap();
    assert_eq!(shop.stands(id).await, (R::Confirmed, PaymentState::Refunded, 0));
    // The job is delivered again: nothing happens.
    shop.work().await.unwrap();
    assert_eq!(shop.click.calls(), [format!("DELETE {}", paydoc(1))]);
    assert_eq!(code(shop.refund(id).await), Code::IllegalTransition);
    let audited = ["payment.create", "payment.refund_ask", "payment.refund"];
    assert_eq!(shop.desk.till.audited(&shop.desk.ctx).await, audited);
    assert_eq!(domain::ledger::check(&shop.desk.ctx).await.unwrap(), []);
}

#[tokio::test]
async fn click_says_no_and_may_be_asked_again() {
    let shop = Shop::new().await;
    let id = shop.paid(1).await;
    shop.refund(id).await.unwrap();
    shop.click.trouble(Fault::Refuse);
    shop.work().await.unwrap();
    assert_eq!(shop.stands(id).await, (R::Refused, PaymentState::Completed, -TIYIN));
    let card = payments::get(&shop.desk.ctx, &shop.admin, id).await.unwrap();
    assert_eq!(card.click_refund.unwrap().note.as_deref(), Some("-31 Reversal is not possible"));
    shop.desk.ctx.clock.advance(TimeDelta::minutes(1));
    shop.refund(id).await.unwrap();
    shop.work().await.unwrap();
    assert_eq!(shop.stands(id).await, (R::Confirmed, PaymentState::Refunded, 0));
}

/// The answer is lost after the money went back: Click is asked, and not called a second time.
#[tokio::test]
async fn a_lost_answer_is_looked_into() {
    let shop = Shop::new().await;
    let id = shop.paid(1).await;
    shop.refund(id).await.unwrap();
    shop.click.trouble(Fault::LostAnswer);
    assert_eq!(code(shop.work().await), Code::Unavailable);
    assert_eq!(shop.stands(id).await, (R::Unknown, PaymentState::Completed, -TIYIN));
    shop.refund(id).await.unwrap();
    // Asking fails, too: still nobody knows.
    shop.click.trouble(Fault::Busy);
    assert_eq!(code(shop.work().await), Code::Unavailable);
    assert_eq!(shop.stands(id).await.0, R::Unknown);
    shop.work().await.unwrap();
    assert_eq!(shop.stands(id).await, (R::Confirmed, PaymentState::Refunded, 0));
    let number = paydoc(1);
    assert_eq!(shop.click.calls(), [format!("DELETE {number}"), format!("GET {number}"), format!("GET {number}")]);
}

/// The call itself was lost: Click says the payment is still paid, so it is called again.
#[tokio::test]
async fn a_lost_call_is_made_again() {
    let shop = Shop::new().await;
    let id = shop.paid(1).await;
    shop.refund(id).await.unwrap();
    shop.click.trouble(Fault::LostCall);
    assert_eq!(code(shop.work().await), Code::Unavailable);
    shop.work().await.unwrap();
    assert_eq!(shop.stands(id).await, (R::Confirmed, PaymentState::Refunded, 0));
    let number = paydoc(1);
    let calls = [format!("DELETE {number}"), format!("GET {number}"), format!("DELETE {number}")];
    assert_eq!(shop.click.calls(), calls);
    // Not heard at all leaves nothing to look into.
    let second = shop.paid(2).await;
    shop.desk.ctx.clock.advance(TimeDelta::minutes(1));
    shop.refund(second).await.unwrap();
    shop.click.trouble(Fault::Busy);
    assert_eq!(code(shop.work().await), Code::Unavailable);
    assert_eq!(shop.stands(second).await.0, R::Asked);
    // A job that gave up is given out again after a while.
    assert_eq!(click::resume_refunds(&shop.desk.ctx).await.unwrap(), 0);
    shop.desk.ctx.clock.advance(TimeDelta::hours(3));
    assert_eq!(click::resume_refunds(&shop.desk.ctx).await.unwrap(), 1);
    shop.work().await.unwrap();
    assert_eq!(shop.stands(second).await.0, R::Confirmed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_at_once_call_once() {
    let shop = Shop::new().await;
    let id = shop.paid(1).await;
    join_all((0..5).map(|_| shop.refund(id))).await.into_iter().for_each(|answer| drop(answer.unwrap()));
    let job = shop.job().await;
    join_all((0..5).map(|_| click::work_on_refund(&shop.desk.ctx, &job))).await;
    assert_eq!(shop.stands(id).await, (R::Confirmed, PaymentState::Refunded, 0));
    assert_eq!(shop.click.calls().iter().filter(|call| call.starts_with("DELETE")).count(), 1);
}

#[tokio::test]
async fn click_is_asked_about_what_is_disputed_or_hangs() {
    let shop = Shop::new().await;
    let id = shop.paid(1).await;
    let ctx = &shop.desk.ctx;
    let prepare = shop.desk.prepare(2).await;
    shop.desk.code(with(shop.desk.complete_form(2, &prepare), "error", "0")).await;
    // A third attempt was prepared and never completed.
    shop.desk.prepare(3).await;
    shop.click.says(paydoc(3), -1);
    let card = click::ask(ctx, &shop.admin, id).await.unwrap();
    assert_eq!((card.click.unwrap().answer, card.row.state), (ClickAnswer::Paid, PaymentState::Completed));
    shop.click.trouble(Fault::Busy);
    assert_eq!(code(click::ask(ctx, &shop.admin, id).await), Code::Unavailable);

    assert_eq!(click::ask_hanging(ctx).await.unwrap(), 0);
    ctx.clock.advance(TimeDelta::hours(2));
    assert_eq!(click::ask_hanging(ctx).await.unwrap(), 1);
    assert_eq!(click::ask_hanging(ctx).await.unwrap(), 0, "asked already");
    let found = reconcile::look(ctx, &shop.admin).await.unwrap().items;
    let hangs = found.iter().find(|finding| finding.kind == FindingKind::ClickStuck).unwrap();
    assert_eq!(hangs.click, Some(ClickAnswer::Failed));

    let foreign = shop.desk.world.b.admin().await;
    assert_eq!(code(click::ask(ctx, &foreign, id).await), Code::NotFound);
    assert_eq!(code(click::ask(ctx, &shop.desk.world.a.dispatcher().await, id).await), Code::Forbidden);
    assert_eq!(shop.desk.balance().await, -2 * TIYIN);
}
