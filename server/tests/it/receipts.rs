//! Papers at their doors: what is on them, who gets them, a whole house as one file.

use crate::app::{Answer, Pass, TestApp, send};
use domain::{Actor, Ctx, billing, jobs::RunTask};
use lopdf::Document;
use model::{
    AccountId, BuildingId, TaskId,
    billing::{NewTariff, ServiceFacts, StartRun, TariffRule},
    property::OpenAccount,
};
use serde_json::{Value, json};
use testkit::Company;
use uuid::Uuid;

async fn work(ctx: &Ctx, company: &Company, task: TaskId) {
    worker::tasks::work(ctx, &RunTask { company_id: company.id, task_id: task }).await.unwrap();
}

/// Opens an account for every flat of a house and charges October, by the way an accountant goes.
async fn charged(app: &TestApp, company: &Company) -> Vec<AccountId> {
    let (ctx, admin): (&Ctx, Actor) = (&app.ctx, company.admin().await);
    let mut ids = Vec::new();
    for unit in &company.house.units {
        let opened = OpenAccount { opened_on: Some("2026-01-01".parse().unwrap()), ..OpenAccount::default() };
        ids.push(domain::property::open_account(ctx, &admin, *unit, &opened).await.unwrap().id);
    }
    let name = "Содержание".to_owned();
    let facts =
        ServiceFacts { name_ru: name.clone(), name_uz: "Saqlash".to_owned(), name_en: name, ..ServiceFacts::default() };
    let service_id = billing::create_service(ctx, &admin, &facts).await.unwrap().id;
    let tariff = NewTariff {
        service_id,
        rule: TariffRule::Unit,
        share_by: None,
        price: model::Money::from_tiyin(123_456_789),
        since: "2026-01-01".parse().unwrap(),
        complex_id: None,
        building_id: None,
        storeys_from: None,
        storeys_to: None,
        has_lift: None,
    };
    billing::create_tariff(ctx, &admin, &tariff).await.unwrap();
    let month = StartRun { period: "2026-10-01".parse().unwrap(), building_ids: vec![company.house.id] };
    let card = billing::start_run(ctx, &admin, &month).await.unwrap();
    work(ctx, company, card.task.unwrap().id).await;
    let card = billing::get_run(ctx, &admin, card.run.id).await.unwrap();
    let card = billing::start_post(ctx, &admin, card.run.id, card.run.version).await.unwrap();
    work(ctx, company, card.task.unwrap().id).await;
    ids
}

/// The words of a page without the spaces between them.
fn page(answer: &Answer, number: u32) -> String {
    let text = Document::load_mem(&answer.bytes).unwrap().extract_text(&[number]).unwrap();
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[tokio::test]
async fn a_bill_on_paper_is_the_bill_of_the_screen() {
    let app = TestApp::new().await;
    let ids = charged(&app, &app.world.a).await;
    let (resident, desk) = (app.resident(&app.world.a.resident).await, app.bearer("dispatcher-a").await);
    let path = format!("/accounts/{}/bill.pdf?period=2026-10-15", ids[0]);
    let bill = send(app.get(&format!("/api/v1/accounts/{}/bill?period=2026-10-15", ids[0]), &desk)).await;
    let bill: Value = bill.expect(200).json();
    let closing = model::Money::from_tiyin(bill["sums"]["closing"].as_i64().unwrap()).to_string();
    assert_eq!(closing, "1\u{202f}234\u{202f}567,89");
    for (answer, word) in [
        (send(app.get(&path, &resident)).await, "Содержание"),
        (send(app.get(&format!("/api/v1{path}"), &desk)).await, "Содержание"),
        (send(app.get(&format!("/api/v1{path}&lang=uz"), &desk)).await, "Saqlash"),
    ] {
        answer.expect(200);
        assert_eq!(answer.header("content-type"), "application/pdf");
        assert_eq!(answer.header("cache-control"), "private, no-store");
        assert!(answer.header("content-disposition").ends_with("-2026-10.pdf\""), "{:?}", answer.headers);
        let text = page(&answer, 1);
        for part in [word, bill["number"].as_str().unwrap(), "1234567,89", "Company a".replace(' ', "").as_str()] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
    let span = format!("/accounts/{}/statement", ids[0]);
    let days = "from=2026-09-01&to=2026-11-23";
    let paper = send(app.get(&format!("{span}.pdf?{days}"), &resident)).await;
    assert!(page(paper.expect(200), 1).contains("1234567,89"));
    let book = send(app.get(&format!("{span}.xlsx?{days}"), &resident)).await;
    assert!(book.expect(200).header("content-disposition").starts_with("attachment"));
    let backwards = send(app.get(&format!("/api/v1{span}.pdf?from=2026-11-23&to=2026-09-01"), &desk)).await;
    assert_eq!(backwards.problem(422, "invalid")["errors"][0]["pointer"], "/to");
    assert_eq!(send(app.get(&format!("/api/v1{span}.pdf?from=x&to=2026-09-01"), &desk)).await.status / 100, 4);
}

#[tokio::test]
async fn a_strangers_paper_answers_as_one_that_nobody_has() {
    let app = TestApp::new().await;
    let ids = charged(&app, &app.world.a).await;
    let strangers = [
        app.resident(&app.world.a.neighbour).await,
        app.resident(&app.world.b.resident).await,
        app.browser("admin-b").await,
    ];
    let papers = [
        "bill.pdf?period=2026-10-01",
        "statement.pdf?from=2026-10-01&to=2026-11-01",
        "statement.xlsx?from=2026-10-01&to=2026-11-01",
    ];
    for paper in papers {
        for stranger in &strangers {
            let theirs = send(app.get(&format!("/accounts/{}/{paper}", ids[0]), stranger)).await;
            let nobodys = send(app.get(&format!("/accounts/{}/{paper}", Uuid::now_v7()), stranger)).await;
            let (mut theirs, mut nobodys) = (theirs.problem(404, "not_found"), nobodys.problem(404, "not_found"));
            for answer in [&mut theirs, &mut nobodys] {
                answer.as_object_mut().unwrap().remove("trace_id");
            }
            assert_eq!(theirs, nobodys, "{paper}");
        }
        send(app.get(&format!("/accounts/{}/{paper}", ids[0]), &Pass::Nobody)).await.problem(401, "unauthenticated");
        send(app.get(&format!("/accounts/{}/{paper}", ids[0]), &app.browser("plumber-a").await))
            .await
            .problem(403, "forbidden");
    }
}

#[tokio::test]
async fn a_house_becomes_one_file() {
    let app = TestApp::new().await;
    let a = &app.world.a;
    let ids = charged(&app, a).await;
    let admin = app.bearer("admin-a").await;
    let ask = async |pass: &Pass, house: BuildingId, month: &str| {
        let body = json!({ "building_id": house, "period": month, "lang": "uz" });
        send(app.post("/api/v1/receipts/print", pass).json(&body)).await
    };
    let begun = ask(&admin, a.house.id, "2026-10-01").await;
    let task: TaskId = begun.expect(201).json()["id"].as_str().unwrap().parse().unwrap();
    work(&app.ctx, a, task).await;
    let seen = send(app.get(&format!("/api/v1/tasks/{task}"), &admin)).await.expect(200).json();
    assert_eq!((&seen["state"], &seen["done"], &seen["total"]), (&json!("done"), &json!(3), &json!(3)));
    let name = seen["file_name"].as_str().unwrap();
    assert!(name.ends_with("-2026-10.pdf"), "{name}");
    let file = send(app.get(&format!("/tasks/{task}/file"), &app.browser("admin-a").await)).await;
    assert_eq!(file.expect(200).header("content-type"), "application/pdf");
    assert_eq!(Document::load_mem(&file.bytes).unwrap().get_pages().len(), ids.len());
    for n in 1..=3 {
        assert!(page(&file, n).contains(&format!("№{n}")), "the flats stand in their order");
    }
    // Nobody else has it, not even a colleague of the same rank.
    for other in [app.bearer("dispatcher-a").await, app.bearer("admin-b").await] {
        assert!(matches!(send(app.get(&format!("/api/v1/tasks/{task}/file"), &other)).await.status, 403 | 404));
    }
    ask(&app.bearer("admin-b").await, a.house.id, "2026-10-01").await.problem(404, "not_found");
    ask(&app.bearer("dispatcher-a").await, a.house.id, "2026-10-01").await.problem(403, "forbidden");
    assert_eq!(ask(&admin, a.house.id, "2020-01-01").await.problem(422, "invalid")["errors"][0]["code"], "not_charged");

    // The same by the form of the page.
    let browser = app.browser("admin-a").await;
    let fields = [("house", a.house.id.to_string()), ("month", "2026-10-01".to_owned()), ("lang", "ru".to_owned())];
    let sent = send(app.post("/desk/receipts", &browser).form(&fields)).await;
    assert_eq!(sent.expect(303).header("location"), "/desk/exports");
    let shown = send(app.get("/desk/exports", &browser)).await;
    assert!(shown.expect(200).text().contains(name), "the file of before waits there");
    let empty = send(app.post("/desk/receipts", &browser).form(&[("month", "2026-10-01")])).await;
    assert!(empty.expect(303).header("location").starts_with("/desk/charges?error=not_found"));
}

#[tokio::test]
async fn debts_are_taken_away_as_they_are_shown() {
    let app = TestApp::new().await;
    charged(&app, &app.world.a).await;
    let admin = app.browser("admin-a").await;
    let csv = send(app.get("/desk/exports/debts.csv", &admin)).await;
    let text = csv.expect(200).text();
    assert_eq!(text.lines().count(), 4, "{text}");
    assert!(text.contains("Навои 12, №1") && text.contains("Азиз Каримов") && text.contains("1234567,89"), "{text}");
    let none = send(app.get("/desk/exports/debts.csv?least=999999999999", &admin)).await;
    assert_eq!(none.expect(200).text().lines().count(), 1);
    send(app.get("/desk/exports/debts.csv?older=31", &admin)).await.problem(422, "invalid");
    let book = send(app.get("/desk/exports/debts.xlsx", &admin)).await;
    assert!(book.expect(200).bytes.starts_with(b"PK"));
    send(app.get("/desk/exports/debts.csv", &app.browser("dispatcher-a").await)).await.problem(403, "forbidden");
    let other = send(app.get("/desk/exports/debts.csv", &app.browser("admin-b").await)).await;
    assert_eq!(other.expect(200).text().lines().count(), 1);
}
