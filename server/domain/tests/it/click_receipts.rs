//! Fiscal receipts through Click, against a stand-in that plays trouble.

use crate::{
    click::{Desk, TIYIN},
    support::code,
};
use chrono::TimeDelta;
use domain::{
    Actor,
    jobs::ClickReceipt as Job,
    payments::{self, click},
};
use model::{
    Code, PaymentId,
    payments::{FiscalState as S, KassaMode, PaymentCard, RefundPayment},
};
use serde_json::json;
use testkit::{
    TestCtx,
    payments_standin::{Fault, Merchant},
};

struct Shop {
    desk: Desk,
    click: Merchant,
    admin: Actor,
}

/// Click's number of the payment of an attempt.
fn paydoc(trans: i64) -> i64 {
    trans + 7
}

fn place(trans: i64) -> String {
    format!("https://ofd.soliq.uz/check?t={}", paydoc(trans))
}

impl Shop {
    /// A kassa that may call Click and has its fiscal lines; the company has its tax number.
    async fn new() -> Self {
        let shop = Self::bare().await;
        shop.desk.till.set_fiscal(&shop.desk.ctx).await;
        shop.has_tax_id(Some("301234567")).await;
        shop
    }

    async fn bare() -> Self {
        let click = Merchant::default();
        let address = click.serve().await.unwrap();
        let ctx = TestCtx::with(&[("UK_PAYMENTS__SIMULATOR_URL", address.as_str())]).await;
        let desk = Desk::of(ctx, KassaMode::Accumulating).await;
        desk.till.may_ask(&desk.ctx).await;
        click.know(crate::till::SERVICE, &desk.till.key);
        let admin = desk.world.a.admin().await;
        Self { desk, click, admin }
    }

    async fn has_tax_id(&self, number: Option<&str>) {
        let query = sqlx::query("update companies set tax_id = $2 where id = $1");
        let query = query.bind(self.desk.world.a.id.0).bind(number);
        query.execute(&mut self.desk.ctx.database.superuser().await).await.unwrap();
    }

    /// A payment that Click and we agree about.
    async fn paid(&self, trans: i64) -> PaymentId {
        self.desk.pay(trans).await;
        self.click.says(paydoc(trans), 2);
        let all = payments::list(&self.desk.ctx, &self.admin, &Default::default()).await.unwrap().items;
        all.iter().find(|p| p.reference == paydoc(trans).to_string()).unwrap().id
    }

    /// What a worker does with the receipt of a payment.
    async fn work(&self, id: PaymentId) -> domain::Result<()> {
        let job = Job { company_id: self.desk.world.a.id, payment_id: id };
        click::work_on_receipt(&self.desk.ctx, &job).await
    }

    async fn card(&self, id: PaymentId) -> PaymentCard {
        payments::get(&self.desk.ctx, &self.admin, id).await.unwrap()
    }

    async fn stands(&self, id: PaymentId) -> (S, Option<String>) {
        let card = self.card(id).await;
        (card.fiscal.unwrap().state, card.receipt_url)
    }
}

/// Click 16: the lines go out after the payment, and the receipt is read back and shown.
#[tokio::test]
async fn click_16_a_paid_sum_has_its_receipt() {
    let shop = Shop::new().await;
    let id = shop.paid(1).await;
    assert_eq!(shop.stands(id).await, (S::Due, None));
    assert_eq!(shop.click.calls(), Vec::<String>::new(), "no payment waits for its receipt");
    shop.work(id).await.unwrap();
    assert_eq!(shop.stands(id).await, (S::Made, Some(place(1))));
    let sent = shop.click.lines(paydoc(1)).unwrap();
    assert_eq!((&sent["received_card"], &sent["received_cash"]), (&json!(TIYIN), &json!(0)));
    assert_eq!(sent["items"][0]["Price"], json!(TIYIN), "tiyin, not som");
    assert_eq!(sent["items"][0]["CommissionInfo"], json!({ "TIN": "301234567" }));
    // The job is delivered again: nothing is sent a second time.
    shop.work(id).await.unwrap();
    assert_eq!(shop.click.calls(), [format!("POST {}", paydoc(1)), format!("RECEIPT {}", paydoc(1))]);
    assert_eq!(shop.desk.balance().await, -TIYIN);
    // Whoever pays sees the receipt and not how it was made.
    let resident = shop.desk.world.a.resident().await;
    let own = payments::get(&shop.desk.ctx, &resident, id).await.unwrap();
    assert_eq!((own.receipt_url, own.fiscal), (Some(place(1)), None));
}

/// Click 16: without codes there is no receipt; without the company's tax number there is none, and the desk sees why.
#[tokio::test]
async fn click_16_half_filled_lines_are_worse_than_none() {
    let shop = Shop::bare().await;
    let without = shop.paid(1).await;
    assert_eq!(shop.card(without).await.fiscal, None);
    shop.desk.till.set_fiscal(&shop.desk.ctx).await;
    let nameless = shop.paid(2).await;
    assert_eq!(shop.stands(nameless).await, (S::NoTaxId, None));
    shop.work(nameless).await.unwrap();
    assert_eq!(shop.click.calls(), Vec::<String>::new());
}

/// Click 16: a repeat reads the receipt back before it sends the lines again.
#[tokio::test]
async fn click_16_a_lost_answer_makes_no_second_receipt() {
    let shop = Shop::new().await;
    let id = shop.paid(1).await;
    shop.click.trouble(Fault::LostAnswer);
    assert_eq!(code(shop.work(id).await), Code::Unavailable);
    assert_eq!(shop.stands(id).await, (S::Unknown, None));
    shop.work(id).await.unwrap();
    assert_eq!(shop.stands(id).await, (S::Made, Some(place(1))));
    assert_eq!(shop.click.calls(), [format!("POST {}", paydoc(1)), format!("RECEIPT {}", paydoc(1))]);
    // The call itself was lost: there is no receipt, so the lines go out once more.
    let second = shop.paid(2).await;
    shop.click.trouble(Fault::LostCall);
    assert_eq!(code(shop.work(second).await), Code::Unavailable);
    assert_eq!(code(shop.work(second).await), Code::Unavailable, "it may have been heard, and be in the making");
    shop.desk.ctx.clock.advance(TimeDelta::minutes(15));
    shop.work(second).await.unwrap();
    assert_eq!(shop.stands(second).await, (S::Made, Some(place(2))));
    // Not heard at all leaves nothing to look for.
    let third = shop.paid(3).await;
    shop.click.trouble(Fault::Busy);
    assert_eq!(code(shop.work(third).await), Code::Unavailable);
    assert_eq!(shop.stands(third).await, (S::Due, None));
}

/// Click 16: a receipt may take time; its lines are sent once, and it is asked for until it is there.
#[tokio::test]
async fn click_16_a_slow_receipt_is_waited_for() {
    let shop = Shop::new().await;
    shop.click.is_slow();
    let id = shop.paid(1).await;
    assert_eq!(code(shop.work(id).await), Code::Unavailable);
    assert_eq!(code(shop.work(id).await), Code::Unavailable);
    assert_eq!(shop.stands(id).await, (S::Sent, None));
    assert_eq!(click::resume_receipts(&shop.desk.ctx).await.unwrap(), 0);
    shop.desk.ctx.clock.advance(TimeDelta::hours(3));
    assert_eq!(click::resume_receipts(&shop.desk.ctx).await.unwrap(), 1, "its job gave up");
    shop.click.makes(paydoc(1));
    shop.work(id).await.unwrap();
    assert_eq!(shop.stands(id).await, (S::Made, Some(place(1))));
    assert_eq!(shop.click.calls().iter().filter(|call| call.starts_with("POST")).count(), 1);
    assert_eq!(click::resume_receipts(&shop.desk.ctx).await.unwrap(), 0);
}

/// Click 16: a refusal is shown with Click's words; money that went back before has no receipt to make.
#[tokio::test]
async fn click_16_what_click_refuses_is_shown() {
    let shop = Shop::new().await;
    let id = shop.paid(1).await;
    shop.click.trouble(Fault::Refuse);
    shop.work(id).await.unwrap();
    let fiscal = shop.card(id).await.fiscal.unwrap();
    assert_eq!((fiscal.state, fiscal.note.as_deref()), (S::Refused, Some("-31 Reversal is not possible")));
    let back = shop.paid(2).await;
    shop.click.says(paydoc(2), -5017);
    click::ask(&shop.desk.ctx, &shop.admin, back).await.unwrap();
    let command = RefundPayment { reason: "Дважды".to_owned() };
    payments::refund(&shop.desk.ctx, &shop.admin, back, &command).await.unwrap();
    shop.work(back).await.unwrap();
    assert_eq!(shop.stands(back).await, (S::Refused, None));
    assert_eq!(shop.click.lines(paydoc(2)), None);
}
