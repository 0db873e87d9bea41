//! Bills and statements as they are printed, and the list of debts as a file.

use crate::{
    billing::{posted, price, service},
    support::{code, field, wrong},
};
use chrono::{NaiveDate, TimeDelta};
use domain::{
    Actor, Ctx, billing, exports,
    jobs::RunTask,
    payments, settings,
    tasks::{self, Beat},
};
use model::{
    AccountId, Code, Lang, Money,
    billing::{DebtFilter, DebtRow, TariffRule},
    exports::{ExportCommand, ExportFormat, ExportList},
    receipts::{PrintReceipts, Receipt},
    settings::SaveProfile,
    tasks::{TaskKind, TaskState},
};
use testkit::{TestCtx, World};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Two months charged by area and by unit, so that there is something to owe.
async fn charged(ctx: &TestCtx, world: &World) -> Vec<AccountId> {
    let (admin, mut db) = (world.a.admin().await, ctx.database.superuser().await);
    let ids = crate::ledger::accounts(ctx, &world.a).await;
    sqlx::query("update units set area_cm2 = 543300 where company_id = $1")
        .bind(world.a.id.0)
        .execute(&mut db)
        .await
        .unwrap();
    let (upkeep, lift) = (service(ctx, &admin, "Содержание").await, service(ctx, &admin, "Лифт").await);
    billing::create_tariff(ctx, &admin, &price(upkeep, TariffRule::Area, 150_037, "2026-01-01")).await.unwrap();
    billing::create_tariff(ctx, &admin, &price(lift, TariffRule::Unit, 900_001, "2026-01-01")).await.unwrap();
    for month in ["2026-09-01", "2026-10-01"] {
        posted(ctx, &admin, month).await;
    }
    ids
}

/// Gives a person a share in a flat, or a lease of it.
async fn lives(ctx: &TestCtx, world: &World, contact: model::ContactId, unit: usize, relation: &str) {
    sqlx::query(
        "insert into residencies (id, company_id, unit_id, contact_id, relation, since_on)
         values (gen_random_uuid(), $1, $2, $3, $4, '2021-01-01')",
    )
    .bind(world.a.id.0)
    .bind(world.a.house.units[unit].0)
    .bind(contact.0)
    .bind(relation)
    .execute(&mut ctx.database.superuser().await)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_paper_has_the_numbers_of_the_screen_and_a_way_to_pay() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, resident) = (world.a.admin().await, world.a.resident().await);
    let ids = charged(&ctx, &world).await;
    let requisites = SaveProfile {
        name: "Company a".to_owned(),
        legal_name: Some(" ООО «А» ".to_owned()),
        tax_id: Some("301234567".to_owned()),
        bank_account: Some("20208000123456789001".to_owned()),
        bank_code: Some("00084".to_owned()),
        ..SaveProfile::default()
    };
    settings::save_profile(&ctx, &admin, 1, &requisites).await.unwrap();
    for (pointer, bad) in [
        ("/tax_id", SaveProfile { tax_id: Some("12345678".to_owned()), ..requisites.clone() }),
        ("/bank_account", SaveProfile { bank_account: Some("2020800012345678900x".to_owned()), ..requisites.clone() }),
        ("/bank_code", SaveProfile { bank_code: Some("0084".to_owned()), ..requisites.clone() }),
    ] {
        assert_eq!(field(settings::save_profile(&ctx, &admin, 2, &bad).await), wrong(pointer, "bad_code"));
    }
    for month in ["2026-09-15", "2026-10-01", "2026-11-01", "2026-08-01"] {
        let screen = billing::month(&ctx, &resident, ids[0], day(month)).await.unwrap();
        let paper = billing::receipt(&ctx, &resident, ids[0], day(month)).await.unwrap();
        assert_eq!(paper.bill, screen, "{month}");
        assert_eq!(paper.balance, billing::account(&ctx, &admin, ids[0]).await.unwrap().balance);
    }
    let paper = billing::receipt(&ctx, &resident, ids[0], day("2026-10-01")).await.unwrap();
    assert_eq!(paper.bill.sums.charged.tiyin(), 8_151_510 + 900_001);
    assert_eq!((paper.printed_on, paper.payer.as_deref()), (day("2026-11-23"), Some("Азиз Каримов")));
    let issuer = &paper.issuer;
    assert_eq!((issuer.legal_name.as_deref(), issuer.tax_id.as_deref()), (Some("ООО «А»"), Some("301234567")));
    // The picture is square, and what it says opens the page without login, now and in two months.
    let mark = paper.pay.unwrap();
    assert_eq!(mark.dark.len(), mark.side * mark.side);
    let token = mark.url.rsplit_once("/pay/").unwrap().1.to_owned();
    assert_eq!(payments::pay_page(&ctx, &token).await.unwrap().balance, paper.balance);
    ctx.clock.advance(TimeDelta::days(60));
    assert_eq!(payments::pay_page(&ctx, &token).await.unwrap().account, paper.bill.number);
    let later = billing::receipt(&ctx, &admin, ids[0], day("2026-10-01")).await.unwrap();
    assert_eq!((later.pay.unwrap().url, later.bill.sums), (mark.url, paper.bill.sums));
    // A closed account takes no money.
    sqlx::query("update personal_accounts set closed_on = '2026-12-01' where id = $1")
        .bind(ids[0].0)
        .execute(&mut ctx.database.superuser().await)
        .await
        .unwrap();
    assert_eq!(billing::receipt(&ctx, &admin, ids[0], day("2026-10-01")).await.unwrap().pay, None);
}

#[tokio::test]
async fn papers_are_for_the_desk_and_for_who_lives_there() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let ids = charged(&ctx, &world).await;
    let (from, to) = (day("2026-09-01"), day("2026-11-23"));
    let bill = async |actor: &Actor| billing::receipt(&ctx, actor, ids[0], day("2026-10-01")).await;
    let statement = async |actor: &Actor| billing::statement_paper(&ctx, actor, ids[0], from, to).await;
    for stranger in [world.a.neighbour().await, world.b.admin().await, world.b.resident().await] {
        assert_eq!(code(bill(&stranger).await), Code::NotFound);
        assert_eq!(code(statement(&stranger).await), Code::NotFound);
    }
    assert_eq!(code(bill(&world.a.plumber().await).await), Code::Forbidden);
    assert_eq!(code(statement(&world.a.plumber().await).await), Code::Forbidden);
    assert_eq!(bill(&world.a.dispatcher().await).await.unwrap().payer.as_deref(), Some("Азиз Каримов"));
    let resident = world.a.resident().await;
    let paper = statement(&resident).await.unwrap();
    assert_eq!(paper.statement, billing::statement(&ctx, &resident, ids[0], from, to).await.unwrap());
    assert_eq!((paper.number.as_str(), paper.statement.movements.len()), ("700", 2));
    let backwards = billing::statement_paper(&ctx, &resident, ids[0], to, from).await;
    assert_eq!(field(backwards), wrong("/to", "out_of_range"));
    // Who rents the flat gets its bill, and of the owner the first letters.
    lives(&ctx, &world, world.a.neighbour.contact, 0, "tenant").await;
    assert_eq!(bill(&world.a.neighbour().await).await.unwrap().payer.as_deref(), Some("А••• К•••"));
}

/// Works on the printing of a house, as the worker does, and keeps what was printed.
async fn printed(ctx: &Ctx, admin: &Actor, command: &PrintReceipts) -> (Vec<Vec<Receipt>>, String) {
    let task = billing::start_receipts(ctx, admin, command).await.unwrap();
    assert_eq!((task.kind, task.state), (TaskKind::Receipts, TaskState::Waiting));
    let job = RunTask { company_id: admin.company_id(), task_id: task.id };
    let run = tasks::claim(ctx, &job).await.unwrap().unwrap();
    let command: PrintReceipts = serde_json::from_value(run.params.clone()).unwrap();
    let (send, mut receive) = tokio::sync::mpsc::channel(100);
    let (beat, address) = billing::read_receipts(ctx, &run, &command, send).await.unwrap();
    assert_eq!(beat, Beat::GoOn);
    let mut parts = Vec::new();
    while let Some(part) = receive.recv().await {
        parts.push(part);
    }
    let seen = tasks::get(ctx, admin, task.id).await.unwrap();
    let all: usize = parts.iter().map(Vec::len).sum();
    assert_eq!((seen.done, seen.total), (i64::try_from(all).unwrap(), i64::try_from(all).ok()));
    (parts, address)
}

#[tokio::test]
async fn a_house_is_printed_in_the_order_of_its_flats() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, mut db) = (world.a.admin().await, ctx.database.superuser().await);
    let ids = charged(&ctx, &world).await;
    for (unit, number) in [(0, "10"), (1, "2А"), (2, "1")] {
        sqlx::query("update units set number = $2 where id = $1")
            .bind(world.a.house.units[unit].0)
            .bind(number)
            .execute(&mut db)
            .await
            .unwrap();
    }
    let command = PrintReceipts { building_id: world.a.house.id, period: day("2026-10-31"), lang: None };
    let (parts, address) = printed(&ctx, &admin, &command).await;
    let order: Vec<AccountId> = parts.iter().flatten().map(|r| r.bill.account_id).collect();
    assert_eq!((order, parts.len(), address.as_str()), (vec![ids[2], ids[1], ids[0]], 1, "Навои 12"));
    for receipt in parts.iter().flatten() {
        let screen = billing::month(&ctx, &admin, receipt.bill.account_id, day("2026-10-01")).await.unwrap();
        assert_eq!(receipt.bill, screen);
    }
    // More than one part; accounts of other months stay out.
    sqlx::query(
        "insert into units (id, company_id, building_id, entrance_id, number, floor)
         select gen_random_uuid(), company_id, building_id, entrance_id, (100 + n)::text, 1
         from units, generate_series(1, 60) n where id = $1",
    )
    .bind(world.a.house.units[0].0)
    .execute(&mut db)
    .await
    .unwrap();
    sqlx::query(
        "insert into personal_accounts (id, company_id, unit_id, number, opened_on, closed_on)
         select gen_random_uuid(), company_id, id, 'x' || number, '2026-09-30', case when number = '101' then '2026-10-01'::date end
         from units where building_id = $1 and number > '100' and length(number) = 3",
    )
    .bind(world.a.house.id.0)
    .execute(&mut db)
    .await
    .unwrap();
    let (parts, _) = printed(&ctx, &admin, &command).await;
    assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), [40, 22]);
    let september = PrintReceipts { period: day("2026-09-01"), ..command.clone() };
    assert_eq!(printed(&ctx, &admin, &september).await.0.iter().map(Vec::len).sum::<usize>(), 63);
    let noted: Vec<i64> = sqlx::query_scalar(
        "select (changes->>'rows')::bigint from audit_log where action = 'building.print' and object_id = $1 order by at, id",
    )
    .bind(world.a.house.id.0)
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert_eq!(noted, [3, 62, 63]);

    let long_ago = PrintReceipts { period: day("2019-01-01"), ..command.clone() };
    let refused = billing::start_receipts(&ctx, &admin, &long_ago).await;
    assert_eq!(field(refused), wrong("/building_id", "not_charged"));
    for nobody in [world.a.dispatcher().await, world.a.plumber().await, world.a.resident().await] {
        assert_eq!(code(billing::start_receipts(&ctx, &nobody, &command).await), Code::Forbidden);
    }
    assert_eq!(code(billing::start_receipts(&ctx, &world.b.admin().await, &command).await), Code::NotFound);
}

async fn taken(ctx: &Ctx, actor: &Actor, filter: &DebtFilter) -> domain::Result<Vec<DebtRow>> {
    let command = ExportCommand {
        list: ExportList::Debts,
        format: ExportFormat::Csv,
        lang: Lang::Ru,
        columns: Vec::new(),
        requests: Default::default(),
        text: None,
        relation: None,
        has_login: None,
        building_id: None,
        people_sort: None,
        people_reverse: false,
        people_ids: Vec::new(),
        units: Default::default(),
        payments: Default::default(),
        debts: filter.clone(),
        buildings: Default::default(),
        staff: Default::default(),
        audit: Default::default(),
    };
    let (send, mut receive) = tokio::sync::mpsc::channel(100);
    exports::read(ctx, actor, &command, None, send).await?;
    let mut all = Vec::new();
    while let Some(rows) = receive.recv().await {
        if let exports::Rows::Debts(rows) = rows {
            all.extend(rows);
        }
    }
    Ok(all)
}

#[tokio::test]
async fn the_file_of_debts_is_the_list() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, mut db) = (world.a.admin().await, ctx.database.superuser().await);
    charged(&ctx, &world).await;
    // More than a page of the file, with equal debts among them.
    sqlx::query(
        "with made as (
           insert into units (id, company_id, building_id, entrance_id, number, floor)
           select gen_random_uuid(), company_id, building_id, entrance_id, 'n' || n, 1 from units, generate_series(1, 1100) n where id = $1
           returning id, company_id, number),
         opened as (
           insert into personal_accounts (id, company_id, unit_id, number, opened_on)
           select gen_random_uuid(), company_id, id, number, '2026-01-01' from made returning id, company_id)
         insert into opening_balances (id, company_id, account_id, amount_tiyin, as_of, created_at)
         select gen_random_uuid(), company_id, id, 100 + (row_number() over (order by id)) % 7, '2026-05-01', now() from opened",
    )
    .bind(world.a.house.units[0].0)
    .execute(&mut db)
    .await
    .unwrap();
    for filter in [
        DebtFilter::default(),
        DebtFilter { older: Some(90), ..DebtFilter::default() },
        DebtFilter { least: Some(103), ..DebtFilter::default() },
        DebtFilter { building_id: Some(world.b.house.id), ..DebtFilter::default() },
    ] {
        let mut list = Vec::new();
        let mut page = DebtFilter { limit: Some(100), ..filter.clone() };
        loop {
            let found = billing::debts(&ctx, &admin, &page).await.unwrap();
            list.extend(found.items);
            let Some(next) = found.next else { break };
            page.cursor = Some(next);
        }
        assert_eq!(taken(&ctx, &admin, &filter).await.unwrap(), list, "{filter:?}");
    }
    let all = taken(&ctx, &admin, &DebtFilter::default()).await.unwrap();
    assert_eq!((all.len(), all[0].ages.total > Money::from_tiyin(1_000)), (1_103, true));
    assert!(taken(&ctx, &world.b.admin().await, &DebtFilter::default()).await.unwrap().is_empty());
    for nobody in [world.a.dispatcher().await, world.a.resident().await] {
        assert_eq!(code(taken(&ctx, &nobody, &DebtFilter::default()).await), Code::Forbidden);
    }
    let bad = DebtFilter { older: Some(31), ..DebtFilter::default() };
    assert_eq!(field(taken(&ctx, &admin, &bad).await), wrong("/older", "out_of_range"));
}
