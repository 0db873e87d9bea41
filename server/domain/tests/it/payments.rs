//! Payments at the desk and by residents: who sees what, money by hand, refunds, links, kassas.

use crate::{
    support::{code, field, wrong},
    till::{Till, account_of, balance, facts},
};
use chrono::TimeDelta;
use domain::{Actor, Ctx, payments};
use model::{
    AccountId, Code, Lang, Money,
    payments::{
        CreatePayment, KassaMode, PaymentFilter, PaymentSource, PaymentState, Provider, RecordPayment, RefundPayment,
        SaveKassa,
    },
};
use testkit::{TestCtx, World};

fn cash(account: &str, soum: i64, reference: &str) -> RecordPayment {
    RecordPayment {
        account: account.to_owned(),
        source: PaymentSource::Cash,
        amount: Money::from_soum(soum).unwrap(),
        reference: reference.to_owned(),
        paid_on: None,
        payer: Some("Азиз Каримов".to_owned()),
        note: None,
    }
}

async fn id_of(ctx: &Ctx, number: &str) -> AccountId {
    let mut tx = ctx.db.begin_system("test").await.unwrap();
    let id: uuid::Uuid = sqlx::query_scalar("select id from personal_accounts where number = $1")
        .bind(number)
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    id.into()
}

#[tokio::test]
async fn money_by_hand_is_credited_listed_and_refunded() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let account = account_of(&ctx, &world.a, world.a.resident.unit).await;
    let till = Till::open(&ctx, &world.a, Provider::Click, KassaMode::Accumulating).await;
    let admin = world.a.admin().await;
    let first = payments::record(&ctx, &admin, &cash(&account, 100, "7"), None).await.unwrap();
    assert_eq!((first.row.number, first.row.state), (1, PaymentState::Completed));
    assert_eq!(
        field(payments::record(&ctx, &admin, &cash(&account, 100, "7"), None).await),
        wrong("/reference", "taken")
    );
    assert_eq!(
        field(payments::record(&ctx, &admin, &cash("none", 100, "8"), None).await),
        wrong("/account", "unknown")
    );
    let mut tomorrow = cash(&account, 5, "9");
    tomorrow.paid_on = Some((ctx.clock.now() + TimeDelta::days(1)).date_naive());
    assert_eq!(field(payments::record(&ctx, &admin, &tomorrow, None).await), wrong("/paid_on", "in_future"));
    let mut by_payme = cash(&account, 5, "9");
    by_payme.source = PaymentSource::Payme;
    assert_eq!(field(payments::record(&ctx, &admin, &by_payme, None).await), wrong("/source", "unknown"));
    ctx.clock.advance(TimeDelta::seconds(1));
    let mut terminal = cash(&account, 30, "T-1");
    (terminal.source, terminal.paid_on) =
        (PaymentSource::Terminal, Some((ctx.clock.now() - TimeDelta::days(2)).date_naive()));
    payments::record(&ctx, &admin, &terminal, None).await.unwrap();
    assert_eq!(balance(&ctx, &till).await, -13_000);

    let reason = RefundPayment { reason: "Ошиблись счётом".to_owned() };
    let refunded = payments::refund(&ctx, &admin, first.row.id, &reason).await.unwrap();
    assert_eq!(refunded.row.state, PaymentState::Refunded);
    assert_eq!(code(payments::refund(&ctx, &admin, first.row.id, &reason).await), Code::IllegalTransition);
    assert_eq!(balance(&ctx, &till).await, -3_000);

    let totals = payments::totals(&ctx, &admin, &PaymentFilter::default()).await.unwrap();
    assert_eq!((totals.count, totals.completed.tiyin(), totals.refunded.tiyin()), (2, 3_000, 10_000));
    let only =
        PaymentFilter { source: Some(PaymentSource::Terminal), text: Some(account.clone()), ..Default::default() };
    let found = payments::list(&ctx, &admin, &only).await.unwrap().items;
    assert_eq!(found.iter().map(|row| row.amount.tiyin()).collect::<Vec<_>>(), [3_000]);
}

#[tokio::test]
async fn pages_hold_every_payment_once() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let account = account_of(&ctx, &world.a, world.a.resident.unit).await;
    let admin = world.a.admin().await;
    for n in 1..=5 {
        payments::record(&ctx, &admin, &cash(&account, n, &n.to_string()), None).await.unwrap();
    }
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let filter = PaymentFilter { limit: Some(2), cursor, ..Default::default() };
        let page = payments::list(&ctx, &admin, &filter).await.unwrap();
        seen.extend(page.items.iter().map(|row| row.number));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    seen.sort_unstable();
    assert_eq!(seen, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn payments_are_found_by_the_place_as_people_write_it() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let mut accounts = Vec::new();
    for (n, unit) in [world.a.resident.unit, world.a.neighbour.unit, world.a.far_house.units[0]].into_iter().enumerate()
    {
        let account = account_of(&ctx, &world.a, unit).await;
        payments::record(&ctx, &admin, &cash(&account, 10, &format!("R-{n}")), None).await.unwrap();
        accounts.push(account);
    }
    let found = async |actor: &Actor, text: &str| {
        let filter = PaymentFilter { text: Some(text.to_owned()), ..Default::default() };
        let count = payments::totals(&ctx, actor, &filter).await.unwrap().count;
        let mut found: Vec<i64> =
            payments::list(&ctx, actor, &filter).await.unwrap().items.iter().map(|row| row.number).collect();
        found.sort_unstable();
        assert_eq!(count, i64::try_from(found.len()).unwrap(), "the sums are those of the list: {text}");
        found
    };
    for (text, wanted) in [
        ("Навои 12", vec![1, 2]),
        ("12 navoi", vec![1, 2]),
        ("Навои, 12 - 2", vec![2]),
        ("юнусабад", vec![3]),
        ("№3", vec![3]),
        ("Навои 12 кв 2", vec![2]),
        ("R-1", vec![2]),
        (accounts[0].as_str(), vec![1]),
        ("Навои 13", vec![]),
        ("%", vec![]),
    ] {
        assert_eq!(found(&admin, text).await, wanted, "{text}");
    }
    // The number of the account as it was then, and a shop by the number on its door.
    let shop = world.a.neighbour.unit;
    let mut db = ctx.database.superuser().await;
    sqlx::query("update personal_accounts set number = number || '-new' where number = $1")
        .bind(&accounts[1])
        .execute(&mut db)
        .await
        .unwrap();
    sqlx::query("update units set kind = 'shop', number = 'М3' where id = $1")
        .bind(shop.0)
        .execute(&mut db)
        .await
        .unwrap();
    for text in [accounts[1].as_str(), "Навои 12, №М3", "navoi 12 m3"] {
        assert_eq!(found(&admin, text).await, [2], "{text}");
    }
    // Of what is found a resident sees the own.
    assert_eq!(found(&world.a.resident().await, "Навои 12").await, [1]);
    assert_eq!(found(&world.b.admin().await, "Навои 12").await, [0_i64; 0]);
}

/// Residents see payments of their own homes and nothing of the desk; other roles and companies see nothing.
#[tokio::test]
async fn who_sees_payments() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let account = account_of(&ctx, &world.a, world.a.resident.unit).await;
    let admin = world.a.admin().await;
    let mut command = cash(&account, 10, "1");
    command.note = Some("внутреннее".to_owned());
    let made = payments::record(&ctx, &admin, &command, None).await.unwrap().row.id;
    let (resident, neighbour) = (world.a.resident().await, world.a.neighbour().await);
    let card = payments::get(&ctx, &resident, made).await.unwrap();
    assert_eq!((card.note, card.created_by, card.created_by_name), (None, None, None));
    assert_eq!(code(payments::get(&ctx, &neighbour, made).await), Code::NotFound);
    assert!(payments::list(&ctx, &neighbour, &PaymentFilter::default()).await.unwrap().items.is_empty());
    assert_eq!(code(payments::get(&ctx, &world.b.admin().await, made).await), Code::NotFound);
    for actor in [world.a.dispatcher().await, world.a.plumber().await] {
        assert_eq!(code(payments::list(&ctx, &actor, &PaymentFilter::default()).await), Code::Forbidden);
        assert_eq!(code(payments::record(&ctx, &actor, &cash(&account, 1, "2"), None).await), Code::Forbidden);
        assert_eq!(code(payments::kassas(&ctx, &actor).await), Code::Forbidden);
    }
    let refund = RefundPayment { reason: "x".to_owned() };
    assert_eq!(code(payments::refund(&ctx, &resident, made, &refund).await), Code::Forbidden);
}

#[tokio::test]
async fn links_lead_to_the_kassas_of_the_house() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let account = account_of(&ctx, &world.a, world.a.resident.unit).await;
    let id = id_of(&ctx, &account).await;
    let admin = world.a.admin().await;
    let resident = world.a.resident().await;
    let ask = |amount: Option<i64>| CreatePayment { account_id: id, amount: amount.map(Money::from_tiyin) };
    assert_eq!(field(payments::create(&ctx, &resident, &ask(None), None).await), wrong("/amount", "required"));
    assert!(payments::create(&ctx, &resident, &ask(Some(500)), None).await.unwrap().checkouts.is_empty());
    Till::open(&ctx, &world.a, Provider::Payme, KassaMode::Accumulating).await;
    // A kassa of another house is not offered.
    let mut far = facts(Provider::Click, KassaMode::Accumulating);
    far.buildings = vec![world.a.far_house.id];
    let command = SaveKassa { facts: far, secret: Some("a-key-of-click".to_owned()) };
    let click = payments::create_kassa(&ctx, &admin, &command).await.unwrap();
    let links = payments::create(&ctx, &resident, &ask(Some(500)), None).await.unwrap();
    assert_eq!(links.checkouts.iter().map(|c| (c.provider, c.test)).collect::<Vec<_>>(), [(Provider::Payme, true)]);
    assert!(links.checkouts[0].url.starts_with("https://test.paycom.uz/bT0"), "{}", links.checkouts[0].url);
    assert!(links.qr_svg.contains("<svg"));
    let mut near = click.facts.clone();
    near.buildings = vec![world.a.house.id];
    payments::update_kassa(&ctx, &admin, click.id, click.version, &SaveKassa { facts: near, secret: None })
        .await
        .unwrap();
    assert_eq!(payments::create(&ctx, &resident, &ask(Some(500)), None).await.unwrap().checkouts.len(), 2);
    assert_eq!(code(payments::create(&ctx, &world.a.neighbour().await, &ask(Some(500)), None).await), Code::NotFound);
    assert_eq!(code(payments::create(&ctx, &world.b.admin().await, &ask(Some(500)), None).await), Code::NotFound);

    // The page without login knows the debt and the first letters of the payer.
    let token = links.page.rsplit('/').next().unwrap().to_owned();
    let page = payments::pay_page(&ctx, &token).await.unwrap();
    assert_eq!((page.account.as_str(), page.payer.as_deref()), (account.as_str(), Some("А••• К•••")));
    assert_eq!(page.providers.len(), 2);
    let url = payments::page_links(&ctx, &token, Provider::Click, Money::from_tiyin(15_050), Lang::Ru).await.unwrap();
    assert!(url.contains("amount=150.50") && url.contains(&format!("transaction_param={account}")), "{url}");
    let mut forged = token.clone().into_bytes();
    forged[10] = if forged[10] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    for bad in ["", "x", forged.as_str(), "????"] {
        assert_eq!(code(payments::pay_page(&ctx, bad).await), Code::NotFound, "{bad}");
    }
}

#[tokio::test]
async fn kassas_are_versioned_sealed_and_never_show_their_key() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let key = "secret-key-of-the-kassa-1234";
    let save = |provider, secret: Option<&str>| SaveKassa {
        facts: facts(provider, KassaMode::Accumulating),
        secret: secret.map(str::to_owned),
    };
    assert_eq!(
        field(payments::create_kassa(&ctx, &admin, &save(Provider::Payme, None)).await),
        wrong("/secret", "required")
    );
    assert_eq!(
        field(payments::create_kassa(&ctx, &admin, &save(Provider::Payme, Some("short"))).await),
        wrong("/secret", "bad_key")
    );
    let view = payments::create_kassa(&ctx, &admin, &save(Provider::Payme, Some(key))).await.unwrap();
    assert_eq!(view.secret_shown, "••••1234");
    assert!(!serde_json::to_string(&view).unwrap().contains(key));
    assert_eq!(
        field(payments::create_kassa(&ctx, &admin, &save(Provider::Payme, Some(key))).await),
        wrong("/secret", "taken")
    );
    let mut no_service = save(Provider::Click, Some("click-key-1"));
    no_service.facts.service_id = None;
    assert_eq!(field(payments::create_kassa(&ctx, &admin, &no_service).await), wrong("/facts/service_id", "required"));
    let mut foreign_house = save(Provider::Payme, Some("another-key-1"));
    foreign_house.facts.buildings = vec![world.b.house.id];
    assert_eq!(field(payments::create_kassa(&ctx, &admin, &foreign_house).await), wrong("/facts/buildings", "unknown"));
    let edited =
        payments::update_kassa(&ctx, &admin, view.id, view.version, &save(Provider::Payme, None)).await.unwrap();
    assert_eq!(
        code(payments::update_kassa(&ctx, &admin, view.id, view.version, &save(Provider::Payme, None)).await),
        Code::Conflict
    );
    assert_eq!(code(payments::kassa(&ctx, &world.b.admin().await, view.id).await), Code::NotFound);
    payments::archive_kassa(&ctx, &admin, view.id, edited.version).await.unwrap();
    assert!(payments::kassas(&ctx, &admin).await.unwrap().is_empty());
    let mut tx = ctx.db.begin_system("test").await.unwrap();
    let found: i64 = sqlx::query_scalar("select count(*) from kassas where position($1::bytea in secret_sealed) > 0")
        .bind(key.as_bytes())
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    assert_eq!(found, 0, "the key lies open in the database");
}
