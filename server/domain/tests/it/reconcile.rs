//! Our books beside a provider's: planted differences are found, and what stands still is seen without a file.

use crate::{
    support::{code, field, wrong},
    till::{Till, account_of},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Ctx,
    payments::{
        payme,
        reconcile::{self, NewRegistry},
    },
};
use model::{
    Code, Money,
    payments::{
        DifferenceKind as K, FindingKind, KassaMode, Provider, ReconciliationCard, ReconciliationFilter, RefundPayment,
        SettleDifference, Standing,
    },
};
use serde_json::{Value, json};
use testkit::{TestCtx, World};

struct Desk {
    ctx: TestCtx,
    world: World,
    till: Till,
    account: String,
}

impl Desk {
    async fn new(provider: Provider) -> Self {
        let ctx = TestCtx::new().await;
        let world = World::new(&ctx).await;
        let account = account_of(&ctx, &world.a, world.a.resident.unit).await;
        let till = Till::open(&ctx, &world.a, provider, KassaMode::Accumulating).await;
        Self { ctx, world, till, account }
    }

    async fn call(&self, method: &str, params: Value) -> Value {
        let body = json!({ "method": method, "params": params, "id": 7 }).to_string();
        let door = self.till.authorization();
        let reply = payme::answer(&self.ctx, Some(self.till.id.0), Some(door.as_bytes()), body.as_bytes()).await;
        reply.outcome.unwrap_or_else(|refusal| panic!("{method}: {refusal:?}"))
    }

    async fn created(&self, id: &str, tiyin: i64) {
        let time = self.ctx.clock.now().timestamp_millis();
        let account = json!({ "account": self.account });
        self.call("CreateTransaction", json!({ "id": id, "time": time, "amount": tiyin, "account": account })).await;
    }

    async fn paid(&self, id: &str, tiyin: i64) {
        self.created(id, tiyin).await;
        self.call("PerformTransaction", json!({ "id": id })).await;
    }

    async fn cancelled(&self, id: &str) {
        self.call("CancelTransaction", json!({ "id": id, "reason": 5 })).await;
    }

    fn registry(&self, rows: &[[&str; 3]]) -> NewRegistry {
        let day = local(self.ctx.clock.now()).format("%d.%m.%Y %H:%M").to_string();
        let mut all = vec![["ID транзакции", "Дата", "Сумма", "Статус"].map(str::to_owned).to_vec()];
        all.extend(
            rows.iter()
                .map(|[id, sum, state]| vec![(*id).to_owned(), day.clone(), (*sum).to_owned(), (*state).to_owned()]),
        );
        NewRegistry {
            kassa_id: self.till.id, from: None, to: None, file_name: "реестр.xlsx".to_owned(), rows: all
        }
    }

    async fn compared(&self, rows: &[[&str; 3]]) -> ReconciliationCard {
        let admin = self.world.a.admin().await;
        reconcile::reconcile(&self.ctx, &admin, self.registry(rows), None).await.unwrap()
    }

    async fn sql(&self, sql: &'static str) {
        let mut tx = self.ctx.db.begin_system("test").await.unwrap();
        sqlx::query(sql).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }
}

fn local(at: DateTime<Utc>) -> DateTime<Utc> {
    at + TimeDelta::hours(5)
}

fn found(card: &ReconciliationCard) -> Vec<(K, &str)> {
    let mut all: Vec<(K, &str)> = card.items.iter().map(|d| (d.kind, d.reference.as_str())).collect();
    all.sort_unstable();
    all
}

#[tokio::test]
async fn planted_differences_with_payme_are_found() {
    let desk = Desk::new(Provider::Payme).await;
    for id in ["same", "lost-there", "other-sum", "cancelled-there"] {
        desk.paid(id, 10_000).await;
    }
    desk.paid("cancelled-here", 10_000).await;
    desk.cancelled("cancelled-here").await;
    desk.created("waits-here", 10_000).await;
    let card = desk
        .compared(&[
            ["same", "100", "Оплачен"],
            ["other-sum", "100,50", "Оплачен"],
            ["cancelled-there", "100", "Отменён"],
            ["cancelled-here", "100", "Оплачен"],
            ["waits-here", "100", "Оплачен"],
            ["lost-here", "70", "Оплачен"],
            ["never-paid", "70", "Отменён"],
            ["bad", "сто", "Оплачен"],
        ])
        .await;
    assert_eq!(
        found(&card),
        [
            (K::MissingHere, "lost-here"),
            (K::MissingThere, "lost-there"),
            (K::Sum, "other-sum"),
            (K::State, "cancelled-here"),
            (K::State, "cancelled-there"),
            (K::State, "waits-here"),
        ]
    );
    assert_eq!((card.row.agreed_count, card.row.unread_count, card.row.differences, card.row.open), (2, 1, 6, 6));
    assert_eq!((card.row.theirs_count, card.row.theirs.tiyin()), (5, 47_050));
    assert_eq!((card.row.ours_count, card.row.ours.tiyin()), (4, 40_000));
    let sum = card.items.iter().find(|d| d.kind == K::Sum).unwrap();
    assert_eq!((sum.theirs, sum.ours), (Some(Money::from_tiyin(10_050)), Some(Money::from_tiyin(10_000))));
    assert!(sum.payment_id.is_some());
    let state = card.items.iter().find(|d| d.reference == "cancelled-there").unwrap();
    assert_eq!((state.theirs_state, state.ours_state), (Some(Standing::Cancelled), Some(Standing::Paid)));
}

#[tokio::test]
async fn an_equal_registry_says_so_and_changes_nothing() {
    let desk = Desk::new(Provider::Payme).await;
    desk.paid("one", 500).await;
    desk.ctx.clock.advance(TimeDelta::seconds(1));
    let card = desk.compared(&[["one", "5", "Оплачен"]]).await;
    assert_eq!((card.items.len(), card.row.agreed_count), (0, 1));
    assert_eq!((card.row.theirs, card.row.ours), (Money::from_tiyin(500), Money::from_tiyin(500)));
    // Days of which nothing is ours: a payment of another day is not missed there.
    let admin = desk.world.a.admin().await;
    let mut other = desk.registry(&[["one", "5", "Оплачен"]]);
    let day = local(desk.ctx.clock.now()).date_naive() - TimeDelta::days(9);
    (other.from, other.to) = (Some(day), Some(day));
    let card = reconcile::reconcile(&desk.ctx, &admin, other, None).await.unwrap();
    assert_eq!((card.items.len(), card.row.ours_count, card.row.theirs_count), (0, 0, 1));
}

#[tokio::test]
async fn click_is_compared_by_either_of_its_numbers() {
    let desk = Desk::new(Provider::Click).await;
    desk.sql("with k as (select * from kassas where provider = 'click' limit 1),
        a as (select a.*, u.building_id from personal_accounts a join units u on u.id = a.unit_id limit 1),
        t as (insert into click_attempts (id, company_id, kassa_id, click_trans_id, click_paydoc_id, merchant_trans_id, account_id, amount_tiyin, state, prepared_at, confirmed_at)
          select gen_random_uuid(), k.company_id, k.id, 7000 + n, 8000 + n, a.number, a.id, 10000, 'confirmed', k.created_at, k.created_at from k, a, generate_series(1, 3) n returning *)
        insert into payments (id, company_id, number, source, kassa_id, provider_id, reference, account_id, account_number, address, building_id, amount_tiyin, state, paid_at, booked_on, entry_id, created_at)
        select gen_random_uuid(), t.company_id, t.click_trans_id, 'click', t.kassa_id, t.id, t.click_paydoc_id::text, t.account_id, a.number, '', a.building_id, 10000, 'completed', t.prepared_at, t.prepared_at::date, gen_random_uuid(), t.prepared_at from t, a")
        .await;
    let card = desk.compared(&[["8001", "100", "Успешно"], ["7002", "100", "Успешно"], ["9999", "1", "Успешно"]]).await;
    assert_eq!(found(&card), [(K::MissingHere, "9999"), (K::MissingThere, "8003")]);
}

#[tokio::test]
async fn a_difference_is_settled_once_with_words() {
    let desk = Desk::new(Provider::Payme).await;
    let card = desk.compared(&[["lost", "70", "Оплачен"]]).await;
    let admin = desk.world.a.admin().await;
    let note = SettleDifference { note: "Payme вернул деньги плательщику".to_owned() };
    let settled = reconcile::settle(&desk.ctx, &admin, card.items[0].id, &note).await.unwrap();
    assert_eq!((settled.row.open, settled.row.differences), (0, 1));
    assert_eq!(settled.items[0].settled_note.as_deref(), Some(note.note.as_str()));
    assert_eq!(code(reconcile::settle(&desk.ctx, &admin, card.items[0].id, &note).await), Code::IllegalTransition);
    // Leaks: another company and other roles.
    let foreigner = desk.world.b.admin().await;
    assert_eq!(code(reconcile::get(&desk.ctx, &foreigner, card.row.id).await), Code::NotFound);
    assert_eq!(code(reconcile::settle(&desk.ctx, &foreigner, card.items[0].id, &note).await), Code::NotFound);
    let filter = ReconciliationFilter::default();
    assert!(reconcile::list(&desk.ctx, &foreigner, &filter).await.unwrap().items.is_empty());
    assert!(reconcile::kassa_names(&desk.ctx, &foreigner).await.unwrap().is_empty());
    assert_eq!(
        code(reconcile::reconcile(&desk.ctx, &foreigner, desk.registry(&[["a", "1", ""]]), None).await),
        Code::NotFound
    );
    for actor in [desk.world.a.dispatcher().await, desk.world.a.resident().await] {
        assert_eq!(code(reconcile::list(&desk.ctx, &actor, &filter).await), Code::Forbidden);
        assert_eq!(code(reconcile::findings(&desk.ctx, &actor).await), Code::Forbidden);
        assert_eq!(code(reconcile::look(&desk.ctx, &actor).await), Code::Forbidden);
    }
}

#[tokio::test]
async fn what_cannot_be_compared_says_why() {
    let desk = Desk::new(Provider::Payme).await;
    let admin = desk.world.a.admin().await;
    let with = |rows: Vec<Vec<String>>| NewRegistry { rows, ..desk.registry(&[]) };
    let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let try_it = async |new: NewRegistry| reconcile::reconcile(&desk.ctx, &admin, new, None).await;
    assert_eq!(field(try_it(with(vec![row(&["a", "b"])])).await), wrong("/file", "no_columns"));
    assert_eq!(code(try_it(with(vec![row(&["ID", "Сумма"])])).await), Code::EmptySpreadsheet);
    assert_eq!(field(try_it(with(vec![row(&["ID", "Сумма"]), row(&["1", "5"])])).await), wrong("/from", "required"));
    let mut backwards = desk.registry(&[["a", "1", ""]]);
    backwards.from = Some(local(desk.ctx.clock.now()).date_naive() + TimeDelta::days(1));
    assert_eq!(field(try_it(backwards).await), wrong("/to", "out_of_range"));
}

#[tokio::test]
async fn the_daily_look_finds_what_stands_still_and_forgets_what_was_mended() {
    let desk = Desk::new(Provider::Payme).await;
    let (ctx, admin): (&Ctx, _) = (&desk.ctx, desk.world.a.admin().await);
    desk.paid("good", 10_000).await;
    desk.paid("taken-back", 10_000).await;
    desk.cancelled("taken-back").await;
    assert_eq!(reconcile::look_all(ctx).await.unwrap(), 0, "books that are right");
    desk.created("stuck", 20_000).await;
    desk.paid("lost-credit", 30_000).await;
    desk.ctx.clock.advance(TimeDelta::hours(14));
    // Planted past the product: a transaction done without its payment, and one cancelled there alone.
    desk.sql("update payments set provider_id = gen_random_uuid() where reference = 'lost-credit'").await;
    desk.sql("update payme_transactions set state = -2, cancel_time = perform_time + 1 where payme_id = 'good'").await;
    assert_eq!(reconcile::look_all(ctx).await.unwrap(), 3);
    let findings = reconcile::findings(ctx, &admin).await.unwrap();
    let mut kinds: Vec<(FindingKind, &str)> = findings.items.iter().map(|f| (f.kind, f.reference.as_str())).collect();
    kinds.sort_unstable();
    assert_eq!(
        kinds,
        [
            (FindingKind::PaymeStuck, "stuck"),
            (FindingKind::NotCredited, "lost-credit"),
            (FindingKind::NotTakenBack, "good"),
        ]
    );
    assert_eq!(findings.looked_at, Some(ctx.clock.now()));
    // Another company has nothing to do with it.
    assert!(reconcile::findings(ctx, &desk.world.b.admin().await).await.unwrap().items.is_empty());
    // The sweep gives the stuck one up; a look by hand no longer finds it, and keeps when the others were found.
    domain::payments::sweep(ctx).await.unwrap();
    desk.ctx.clock.advance(TimeDelta::hours(1));
    let later = reconcile::look(ctx, &admin).await.unwrap();
    assert_eq!(later.items.len(), 2);
    assert!(later.items.iter().all(|f| f.found_at < ctx.clock.now()));
    // An entry that says another sum than its payment.
    desk.sql("update payments set amount_tiyin = amount_tiyin + 1 where reference = 'taken-back'").await;
    let later = reconcile::look(ctx, &admin).await.unwrap();
    assert!(later.items.iter().any(|f| f.kind == FindingKind::EntryDiffers && f.reference == "taken-back"));
}

/// Money by hand and from the bank never looks like a difference of its own.
#[tokio::test]
async fn ordinary_payments_are_no_findings() {
    let desk = Desk::new(Provider::Click).await;
    let (ctx, admin): (&Ctx, _) = (&desk.ctx, desk.world.a.admin().await);
    let command = model::payments::RecordPayment {
        account: desk.account.clone(),
        source: model::payments::PaymentSource::Cash,
        amount: Money::from_tiyin(500),
        reference: "1".to_owned(),
        paid_on: None,
        payer: None,
        note: None,
    };
    let id = domain::payments::record(ctx, &admin, &command, None).await.unwrap().row.id;
    crate::till::busy(ctx, &desk.world.b).await;
    assert_eq!(reconcile::look_all(ctx).await.unwrap(), 0);
    domain::payments::refund(ctx, &admin, id, &RefundPayment { reason: "x".to_owned() }).await.unwrap();
    assert_eq!(reconcile::look_all(ctx).await.unwrap(), 0);
}
