//! A cash register for tests, and a look at what was written behind it.

use domain::{
    Ctx,
    payments::{self, payme},
};
use model::{
    CompanyId, KassaId, Money, UnitId,
    payments::{FiscalReceipt, KassaFacts, KassaMode, KassaView, Provider, SaveKassa},
};
use serde_json::Value;
use testkit::Company;
use uuid::Uuid;

pub const SERVICE: i64 = 73438;

pub struct Till {
    pub id: KassaId,
    pub company: CompanyId,
    pub key: String,
    admin: domain::Actor,
}

/// A kassa as a company would write it down.
pub fn facts(provider: Provider, mode: KassaMode) -> KassaFacts {
    KassaFacts {
        provider,
        name: format!("Касса {provider}"),
        mode,
        live: false,
        enabled: true,
        refundable: true,
        buildings: Vec::new(),
        merchant_id: "65f0c1d2e3a4b5c6d7e8f901".to_owned(),
        service_id: (provider == Provider::Click).then_some(SERVICE),
        merchant_user_id: None,
        account_field: "account".to_owned(),
        min: Money::from_tiyin(100),
        max: Money::from_tiyin(10_000_000_000),
        busy_code: -31008,
        fiscal: None,
    }
}

/// Opens the account of a flat and says its number.
pub async fn account_of(ctx: &Ctx, company: &Company, unit: UnitId) -> String {
    let command = model::property::OpenAccount {
        number: Some(format!("01{}", &unit.0.simple().to_string()[24..])),
        ..Default::default()
    };
    domain::property::open_account(ctx, &company.admin().await, unit, &command).await.unwrap().number
}

impl Till {
    pub async fn open(ctx: &Ctx, company: &Company, provider: Provider, mode: KassaMode) -> Self {
        let (admin, key) = (company.admin().await, format!("key-{}", Uuid::now_v7().simple()));
        let mut facts = facts(provider, mode);
        // A service belongs to one kassa of the whole installation.
        let mut tx = ctx.db.begin_system("how many kassas there are").await.unwrap();
        let others: i64 = sqlx::query_scalar("select count(*) from kassas").fetch_one(&mut *tx).await.unwrap();
        drop(tx);
        facts.service_id = facts.service_id.map(|id| id + others);
        let command = SaveKassa { facts, secret: Some(key.clone()) };
        let view = payments::create_kassa(ctx, &admin, &command).await.unwrap();
        Self { id: view.id, company: company.id, key, admin }
    }

    pub fn authorization(&self) -> String {
        payme::authorization(&self.key)
    }

    async fn change(&self, ctx: &Ctx, secret: Option<&str>, change: impl FnOnce(&mut KassaFacts)) {
        let KassaView { version, mut facts, .. } = payments::kassa(ctx, &self.admin, self.id).await.unwrap();
        change(&mut facts);
        let command = SaveKassa { facts, secret: secret.map(str::to_owned) };
        payments::update_kassa(ctx, &self.admin, self.id, version, &command).await.unwrap();
    }

    pub async fn change_key(&self, ctx: &Ctx, key: &str) {
        self.change(ctx, Some(key), |_| ()).await;
    }

    /// The company has a user at Click: Click can be asked.
    pub async fn may_ask(&self, ctx: &Ctx) {
        self.change(ctx, None, |facts| facts.merchant_user_id = Some("3333".to_owned())).await;
    }

    pub async fn switch_off(&self, ctx: &Ctx) {
        self.change(ctx, None, |facts| facts.enabled = false).await;
    }

    pub async fn forbid_refunds(&self, ctx: &Ctx) {
        self.change(ctx, None, |facts| facts.refundable = false).await;
    }

    pub async fn set_fiscal(&self, ctx: &Ctx) {
        let fiscal = model::payments::Fiscal {
            title: "Uy-joyni boshqarish xizmati".to_owned(),
            code: "00702001001000001".to_owned(),
            package: "123456".to_owned(),
            vat_percent: 12,
        };
        self.change(ctx, None, |facts| facts.fiscal = Some(fiscal)).await;
    }

    /// A bill on the only account of the company.
    pub async fn bill(&self, ctx: &Ctx, company: &Company, tiyin: i64) -> String {
        let mut tx = ctx.db.begin_system("test").await.unwrap();
        let account: Uuid = sqlx::query_scalar("select id from personal_accounts where company_id = $1")
            .bind(company.id.0)
            .fetch_one(&mut *tx)
            .await
            .unwrap();
        drop(tx);
        let command =
            model::payments::CreatePayment { account_id: account.into(), amount: Some(Money::from_tiyin(tiyin)) };
        let links = payments::create(ctx, &company.admin().await, &command, None).await.unwrap();
        self.text(ctx, &format!("select number from bills where id = '{}'", links.bill_id.unwrap())).await.unwrap()
    }

    async fn number(&self, ctx: &Ctx, sql: &str) -> i64 {
        let mut tx = ctx.db.begin_system("test").await.unwrap();
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).bind(self.id.0).fetch_one(&mut *tx).await.unwrap()
    }

    async fn text(&self, ctx: &Ctx, sql: &str) -> Option<String> {
        let mut tx = ctx.db.begin_system("test").await.unwrap();
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_one(&mut *tx).await.unwrap()
    }

    async fn texts(&self, ctx: &Ctx, sql: &'static str) -> Vec<String> {
        let mut tx = ctx.db.begin_system("test").await.unwrap();
        sqlx::query_scalar(sql).bind(self.company.0).fetch_all(&mut *tx).await.unwrap()
    }

    pub async fn calls(&self, ctx: &Ctx) -> i64 {
        self.number(ctx, "select count(*) from provider_calls where kassa_id = $1").await
    }

    pub async fn transactions(&self, ctx: &Ctx) -> i64 {
        self.number(ctx, "select count(*) from payme_transactions where kassa_id = $1").await
    }

    pub async fn attempts(&self, ctx: &Ctx) -> i64 {
        self.number(ctx, "select count(*) from click_attempts where kassa_id = $1").await
    }

    pub async fn receipt(&self, ctx: &Ctx) -> Option<String> {
        self.text(ctx, &format!("select receipt_url from payments where kassa_id = '{}'", self.id)).await
    }

    /// How far the fiscal receipt of the only payment is, as the desk sees it.
    pub async fn fiscal(&self, ctx: &Ctx) -> Option<FiscalReceipt> {
        let paid = payments::list(ctx, &self.admin, &Default::default()).await.unwrap().items;
        payments::get(ctx, &self.admin, paid[0].id).await.unwrap().fiscal
    }

    /// Kinds of events about money, as they were written.
    pub async fn told(&self, ctx: &Ctx) -> Vec<String> {
        self.texts(
            ctx,
            "select type from outbox_events where company_id = $1 and type like 'payment.%' order by created_at, id",
        )
        .await
    }

    pub async fn audited(&self, ctx: &Ctx) -> Vec<String> {
        self.texts(
            ctx,
            "select action from audit_log where company_id = $1 and object_type = 'payment' order by at, id",
        )
        .await
    }

    /// Bodies and answers of the kept calls.
    pub async fn kept(&self, ctx: &Ctx) -> Vec<(String, Value)> {
        let mut tx = ctx.db.begin_system("test").await.unwrap();
        sqlx::query_as(
            "select convert_from(body, 'UTF8'), answer from provider_calls where kassa_id = $1 order by at, id",
        )
        .bind(self.id.0)
        .fetch_all(&mut *tx)
        .await
        .unwrap()
    }
}

/// What the accounts of the company owe together; kept and summed must agree.
pub async fn balance(ctx: &Ctx, till: &Till) -> i64 {
    let mut tx = ctx.db.begin_system("test").await.unwrap();
    let (kept, summed): (i64, i64) = sqlx::query_as(
        "select (select coalesce(sum(balance_tiyin), 0)::bigint from account_balances where company_id = $1),
           (select coalesce(sum(amount_tiyin), 0)::bigint from postings where company_id = $1 and book = 'receivable')",
    )
    .bind(till.company.0)
    .fetch_one(&mut *tx)
    .await
    .unwrap();
    assert_eq!(kept, summed, "the balance is the sum of its postings");
    kept
}

/// How many entries went through the kassa.
pub async fn ledger_rows(ctx: &Ctx, till: &Till) -> i64 {
    till.number(ctx, "select count(*) from postings where kassa_id = $1 and book in ('payme', 'click')").await
}

/// Something of every kind for a company whose flat has no account yet: a kassa for one house with a bill and a
/// transaction on it, and a payment through Click.
pub async fn busy(ctx: &Ctx, company: &Company) {
    let unit = company.house.units[2];
    let number = account_of(ctx, company, unit).await;
    let admin = company.admin().await;
    let mut facts = facts(Provider::Payme, KassaMode::OneTime);
    facts.buildings = vec![company.house.id];
    let key = format!("key-{}", Uuid::now_v7().simple());
    let command = SaveKassa { facts, secret: Some(key.clone()) };
    let kassa = payments::create_kassa(ctx, &admin, &command).await.unwrap().id;
    let account = model::property::AccountFilter { number: Some(number.clone()), ..Default::default() };
    let account = domain::property::accounts(ctx, &admin, &account).await.unwrap().items[0].id;
    let ask = model::payments::CreatePayment { account_id: account, amount: Some(Money::from_tiyin(500)) };
    let bill = payments::create(ctx, &admin, &ask, None).await.unwrap().bill_id.unwrap();
    let bill = testkit::bill_number(ctx, bill).await;
    let time = ctx.clock.now().timestamp_millis();
    let params = serde_json::json!({ "id": key, "time": time, "amount": 500, "account": { "account": bill } });
    let body = serde_json::json!({ "method": "CreateTransaction", "id": 1, "params": params }).to_string();
    let door = payme::authorization(&key);
    payme::answer(ctx, Some(kassa.0), Some(door.as_bytes()), body.as_bytes()).await.outcome.unwrap();
    let click = Till::open(ctx, company, Provider::Click, KassaMode::Accumulating).await;
    let mut tx = ctx.db.begin_system("test").await.unwrap();
    let service: i64 = sqlx::query_scalar("select service_id from kassas where id = $1")
        .bind(click.id.0)
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    drop(tx);
    let service = service.to_string();
    let mut prepare = None::<String>;
    for action in ["0", "1"] {
        let sign = payments::click::sign("9", &service, &click.key, &number, prepare.as_deref(), "5.00", action, "t");
        let more = prepare.as_ref().map(|id| format!("&merchant_prepare_id={id}")).unwrap_or_default();
        let body = format!(
            "click_trans_id=9&service_id={service}&click_paydoc_id=9&merchant_trans_id={number}&amount=5.00&action={action}\
             &error=0&error_note=x&sign_time=t&sign_string={sign}{more}"
        );
        let answer = payments::click::answer(ctx, Some(click.id.0), body.as_bytes()).await.json();
        assert_eq!(answer["error"], 0, "{answer}");
        prepare = Some(answer["merchant_prepare_id"].to_string());
    }
}
