//! Asking Click, and having it give money back, against a stand-in that plays trouble.

use crate::{
    click::{Desk, TIYIN, with},
    support::code,
    till::{SERVICE, Till, account_of},
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
    payments::{ClickAnswer, FindingKind, KassaMode, PaymentState, Provider, RefundPayment, RefundState as R},
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
        click.know(SERVICE, &desk.till.key);
        let admin = desk.world.a.admin().await;
        Self { desk, click, admin }
    }

    /// A payment that Click and we agree about.
    async fn paid(&self, trans: i64) -> PaymentId {
        self.desk.pay(trans).await;
        self.click.says(paydoc(trans), 2);
        self.payment(trans).await
    }

    /// A payment that Click took back its word about.
    async fn disputed(&self, trans: i64) -> PaymentId {
        let prepare = self.desk.pay(trans).await;
        let cancelled = with(self.desk.complete_form(trans, &prepare), "error", "-5017");
        assert_eq!(self.desk.code(cancelled).await, -9);
        self.payment(trans).await
    }

    async fn payment(&self, trans: i64) -> PaymentId {
        let all = payments::list(&self.desk.ctx, &self.admin, &Default::default()).await.unwrap().items;
        all.iter().find(|p| p.reference == paydoc(trans).to_string()).unwrap().id
    }

    /// A kassa of another company, with an account and a user at Click.
    async fn neighbour(&self) -> Till {
        let (ctx, company) = (&self.desk.ctx, &self.desk.world.b);
        account_of(ctx, company, company.resident.unit).await;
        let till = Till::open(ctx, company, Provider::Click, KassaMode::Accumulating).await;
        till.may_ask(ctx).await;
        self.click.know(SERVICE + 1, &till.key);
        till
    }

    /// Attempts that were prepared now and never completed; Click still works on them.
    async fn hang(&self, till: &Till, first: i64, last: i64) {
        let sql = "insert into click_attempts (id, company_id, kassa_id, click_trans_id, click_paydoc_id,
               merchant_trans_id, account_id, amount_tiyin, state, prepared_at)
             select gen_random_uuid(), a.company_id, $2, n, n + 7, a.number, a.id, 100, 'prepared', $3
             from personal_accounts a, generate_series($4::bigint, $5::bigint) n where a.company_id = $1";
        let query = sqlx::query(sql).bind(till.company.0).bind(till.id.0).bind(self.desk.ctx.clock.now());
        query.bind(first).bind(last).execute(&mut self.desk.ctx.database.superuser().await).await.unwrap();
        (first..=last).for_each(|trans| self.click.says(paydoc(trans), 1));
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

/// Last month's payment: Click gives it back no more, people do.
#[tokio::test]
async fn what_click_refuses_is_given_back_by_hand() {
    let shop = Shop::new().await;
    let id = shop.paid(1).await;
    shop.refund(id).await.unwrap();
    shop.click.trouble(Fault::Refuse);
    shop.work().await.unwrap();
    assert_eq!(shop.stands(id).await, (R::Refused, PaymentState::Completed, -TIYIN));
    let card = payments::get(&shop.desk.ctx, &shop.admin, id).await.unwrap();
    assert_eq!(card.click_refund.unwrap().note.as_deref(), Some("-31 Reversal is not possible"));
    assert!(!card.click_answers);
    shop.desk.ctx.clock.advance(TimeDelta::minutes(1));
    shop.refund(id).await.unwrap();
    assert_eq!(shop.stands(id).await, (R::Refused, PaymentState::Refunded, 0));
    shop.work().await.unwrap();
    // Before it believed the refusal it asked whether the money was still there.
    assert_eq!(shop.click.calls(), [format!("DELETE {}", paydoc(1)), format!("GET {}", paydoc(1))]);
    assert_eq!(code(shop.refund(id).await), Code::IllegalTransition);
    let audited = ["payment.create", "payment.refund_ask", "payment.refund_ask", "payment.refund"];
    assert_eq!(shop.desk.till.audited(&shop.desk.ctx).await, audited);
    let told = ["payment.completed", "payment.refund_changed", "payment.refunded"];
    assert_eq!(shop.desk.till.told(&shop.desk.ctx).await, told);
    assert_eq!(domain::ledger::check(&shop.desk.ctx).await.unwrap(), []);
}

/// Somebody gave the money back in the cabinet: Click refuses a second time, and that is a yes.
#[tokio::test]
async fn what_was_given_back_in_the_cabinet_is_booked() {
    let shop = Shop::new().await;
    let id = shop.paid(1).await;
    shop.click.says(paydoc(1), -99);
    shop.refund(id).await.unwrap();
    shop.work().await.unwrap();
    assert_eq!(shop.stands(id).await, (R::Confirmed, PaymentState::Refunded, 0));
    assert_eq!(shop.click.calls(), [format!("DELETE {}", paydoc(1)), format!("GET {}", paydoc(1))]);
}

#[tokio::test]
async fn a_dispute_that_click_confirms_is_booked_at_once() {
    let shop = Shop::new().await;
    let ctx = &shop.desk.ctx;
    let id = shop.disputed(1).await;
    shop.click.says(paydoc(1), -5017);
    let card = click::ask(ctx, &shop.admin, id).await.unwrap();
    assert_eq!((card.click.unwrap().answer, card.click_answers), (ClickAnswer::Failed, false));
    let card = shop.refund(id).await.unwrap();
    assert_eq!((card.row.state, card.row.disputed, card.click_refund), (PaymentState::Refunded, false, None));
    assert_eq!((shop.click.calls(), shop.desk.balance().await), (vec![format!("GET {}", paydoc(1))], 0));

    // What Click said before the money came says nothing of it.
    let prepare = shop.desk.prepare(2).await;
    shop.click.says(paydoc(2), -1);
    ctx.clock.advance(TimeDelta::hours(2));
    assert_eq!(click::ask_hanging(ctx).await.unwrap(), 1);
    ctx.clock.advance(TimeDelta::seconds(1));
    assert_eq!(shop.desk.code(shop.desk.complete_form(2, &prepare)).await, 0);
    let late = shop.refund(shop.payment(2).await).await.unwrap();
    assert_eq!((late.click, late.row.state), (None, PaymentState::Completed));
    assert_eq!(late.click_refund.unwrap().state, R::Asked);
}

/// The answer is lost, and then Click knows of no such payment: after a day somebody else has to decide.
#[tokio::test]
async fn without_an_answer_for_a_day_the_desk_decides() {
    let shop = Shop::new().await;
    let ctx = &shop.desk.ctx;
    let id = shop.paid(1).await;
    shop.refund(id).await.unwrap();
    shop.click.trouble(Fault::LostCall);
    assert_eq!(code(shop.work().await), Code::Unavailable);
    shop.click.forgets(paydoc(1));
    ctx.clock.advance(TimeDelta::hours(23));
    assert_eq!(code(shop.work().await), Code::Unavailable);
    shop.refund(id).await.unwrap();
    assert_eq!(shop.stands(id).await, (R::Unknown, PaymentState::Completed, -TIYIN));
    ctx.clock.advance(TimeDelta::hours(1));
    // A worker has just called once more: its answer is waited for.
    let calling = "update click_refunds set state = 'asked', called_at = $1";
    let mut db = ctx.database.superuser().await;
    sqlx::query(calling).bind(ctx.clock.now()).execute(&mut db).await.unwrap();
    assert_eq!(code(shop.refund(id).await), Code::Unavailable);
    assert_eq!(shop.stands(id).await, (R::Asked, PaymentState::Completed, -TIYIN));
    ctx.clock.advance(TimeDelta::minutes(2));
    shop.refund(id).await.unwrap();
    assert_eq!(shop.stands(id).await, (R::Refused, PaymentState::Refunded, 0));
    // The money is not given back a second time.
    shop.click.says(paydoc(1), 2);
    shop.work().await.unwrap();
    assert_eq!(click::resume_refunds(ctx).await.unwrap(), 0);
    assert_eq!(shop.click.calls(), [format!("DELETE {}", paydoc(1)), format!("GET {}", paydoc(1))]);
    assert_eq!(domain::ledger::check(ctx).await.unwrap(), []);
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
    // Pages are told once that there is no answer.
    let told = ["payment.completed", "payment.refund_changed", "payment.refunded"];
    assert_eq!(shop.desk.till.told(&shop.desk.ctx).await, told);
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

#[tokio::test]
async fn disputes_are_asked_about_first_and_what_failed_no_more() {
    let shop = Shop::new().await;
    let ctx = &shop.desk.ctx;
    for (trans, standing) in [(1, 1), (2, -1)] {
        shop.desk.prepare(trans).await;
        shop.click.says(paydoc(trans), standing);
        ctx.clock.advance(TimeDelta::hours(2));
    }
    shop.disputed(3).await;
    shop.click.says(paydoc(3), 2);
    assert_eq!(click::ask_hanging(ctx).await.unwrap(), 3);
    ctx.clock.advance(TimeDelta::hours(11));
    shop.desk.prepare(4).await;
    shop.click.says(paydoc(4), 0);
    ctx.clock.advance(TimeDelta::hours(2));
    assert_eq!(click::ask_hanging(ctx).await.unwrap(), 3);
    // In the second night: what was never asked about before what was; the second attempt has failed for good.
    let order = [3, 1, 2, 3, 4, 1].map(|trans| format!("GET {}", paydoc(trans)));
    assert_eq!(shop.click.calls(), order);
}

#[tokio::test]
async fn no_kassa_takes_the_night_from_another() {
    let shop = Shop::new().await;
    let ctx = &shop.desk.ctx;
    let other = shop.neighbour().await;
    shop.hang(&shop.desk.till, 1, 205).await;
    ctx.clock.advance(TimeDelta::minutes(1));
    shop.hang(&other, 1000, 1000).await;
    ctx.clock.advance(TimeDelta::hours(2));
    // Click is away for the first kassa and its two hundred questions.
    shop.click.trouble(Fault::Busy);
    assert_eq!(click::ask_hanging(ctx).await.unwrap(), 1);
    assert_eq!(shop.click.calls().len(), 2);
    // One payment that Click says nothing about is no reason to leave the others.
    shop.click.trouble(Fault::Refuse);
    assert_eq!(click::ask_hanging(ctx).await.unwrap(), 99);
    assert_eq!(click::ask_hanging(ctx).await.unwrap(), 100);
    assert_eq!(click::ask_hanging(ctx).await.unwrap(), 6);
}

#[tokio::test]
async fn a_kassa_that_cannot_be_read_stops_no_other() {
    let shop = Shop::new().await;
    let ctx = &shop.desk.ctx;
    let other = shop.neighbour().await;
    shop.hang(&shop.desk.till, 1, 1).await;
    shop.hang(&other, 1000, 1000).await;
    let broken = sqlx::query("update kassas set secret_sealed = 'x'::bytea where id = $1").bind(shop.desk.till.id.0);
    broken.execute(&mut ctx.database.superuser().await).await.unwrap();
    // Any change of a kassa empties the memory of all.
    other.forbid_refunds(ctx).await;
    ctx.clock.advance(TimeDelta::hours(2));
    assert_eq!(click::ask_hanging(ctx).await.unwrap(), 1);
    assert_eq!(shop.click.calls(), [format!("GET {}", paydoc(1000))]);
}

/// Click takes a proof of now only, and its answers take time.
#[tokio::test]
async fn every_call_is_signed_when_it_is_made() {
    let shop = Shop::new().await;
    let ctx = &shop.desk.ctx;
    shop.hang(&shop.desk.till, 1, 3).await;
    ctx.clock.advance(TimeDelta::hours(2));
    shop.click.takes(&ctx.clock, TimeDelta::seconds(20));
    assert_eq!(click::ask_hanging(ctx).await.unwrap(), 3);
    let id = shop.paid(4).await;
    shop.refund(id).await.unwrap();
    shop.click.trouble(Fault::LostCall);
    assert_eq!(code(shop.work().await), Code::Unavailable);
    shop.work().await.unwrap();
    assert_eq!(shop.stands(id).await, (R::Confirmed, PaymentState::Refunded, 0));
}
