//! What is recorded on site, the proof before the end, and the resident's word.

use crate::support::{assign, brought_to, code, failure, field, step, wrong};
use chrono::TimeDelta;
use domain::{
    Actor, Ctx, files,
    requests::{self, work},
};
use model::{
    CatalogueId, Code, Money, RequestId,
    names::Names,
    requests::{Action, Category, Change, CompleteRequest, Status},
    work::{
        Catalogue, ConfirmWork, Need, ProofRule, Quantity, RecordWork, SaveChecklist, SaveItem, SaveWorkRules, Unit,
        Word, WorkPart,
    },
};
use std::slice;
use testkit::{TestCtx, World, photo};

pub async fn material(ctx: &Ctx, world: &World, tiyin: i64) -> CatalogueId {
    let command = SaveItem {
        list: Catalogue::Material,
        names: Names { ru: "Труба".to_owned(), uz: "Quvur".to_owned(), en: String::new() },
        unit: Unit::Metre,
        price: Money::from_tiyin(tiyin),
        category: None,
    };
    work::save_item(ctx, &world.a.admin().await, None, &command).await.unwrap().id
}

async fn want(ctx: &Ctx, world: &World, needs: &[Need]) {
    let admin = world.a.admin().await;
    let version = work::rules(ctx, &admin).await.unwrap().version;
    let rules = vec![ProofRule { kind: None, category: Some(Category::Plumbing), needs: needs.to_vec() }];
    work::save_rules(ctx, &admin, version, &SaveWorkRules { rules, paid_waits: false }).await.unwrap();
}

async fn checklist(ctx: &Ctx, world: &World, items: &[&str]) {
    let command = SaveChecklist {
        name: "Кран".to_owned(),
        category: Some(Category::Plumbing),
        items: items.iter().map(|i| (*i).to_owned()).collect(),
    };
    work::save_checklist(ctx, &world.a.admin().await, None, &command).await.unwrap();
}

async fn record(ctx: &Ctx, actor: &Actor, id: RequestId, command: RecordWork) -> model::work::FieldWork {
    work::record(ctx, actor, id, &command).await.unwrap().work
}

fn word_of(code: &str) -> ConfirmWork {
    ConfirmWork { result: "Заменил кран".to_owned(), word: Word::Code { code: code.to_owned() } }
}

#[tokio::test]
async fn money_and_time_are_exact() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (worker, desk) = (world.a.plumber().await, world.a.dispatcher().await);
    let pipe = material(&ctx, &world, 33_333).await;
    let id = brought_to(&ctx, &world, Status::InProgress).await;
    let used = |quantity| RecordWork::UseMaterial { material_id: pipe, quantity: Quantity::from_milli(quantity) };
    let seen = record(&ctx, &worker, id, used(1500)).await;
    assert_eq!(seen.materials[0].total, Money::from_tiyin(50_000), "499.995 soʻm are rounded half up");
    assert_eq!(seen.materials[0].names.of(model::Lang::Uz), "Quvur");
    record(&ctx, &worker, id, used(1)).await;
    let cost = RecordWork::AddCost { amount: Money::from_tiyin(1_000_001), reason: " Такси ".to_owned() };
    let seen = record(&ctx, &worker, id, cost).await;
    assert_eq!(seen.totals.materials, Money::from_tiyin(50_033));
    assert_eq!((seen.totals.costs, seen.totals.money), (Money::from_tiyin(1_000_001), Money::from_tiyin(1_050_034)));
    assert_eq!(seen.costs[0].reason, "Такси");

    // The price that was paid stays when the list changes.
    let admin = world.a.admin().await;
    let dearer = SaveItem {
        list: Catalogue::Material,
        names: Names::same("Труба ПВХ"),
        unit: Unit::Metre,
        price: Money::from_tiyin(99_999),
        category: None,
    };
    work::save_item(&ctx, &admin, Some((pipe, 1)), &dearer).await.unwrap();
    assert_eq!(code(work::save_item(&ctx, &admin, Some((pipe, 1)), &dearer).await), Code::Conflict);
    let seen = requests::get(&ctx, &desk, id).await.unwrap().work;
    assert_eq!(seen.totals.materials, Money::from_tiyin(50_033), "the desk sees the same");

    record(&ctx, &worker, id, RecordWork::StartTimer).await;
    ctx.clock.advance(TimeDelta::seconds(61));
    let running = record(&ctx, &worker, id, RecordWork::StartTimer).await;
    assert_eq!(running.time.len(), 1, "a second press starts no second clock");
    let seen = record(&ctx, &worker, id, RecordWork::StopTimer).await;
    assert_eq!(seen.totals.minutes, 2, "a begun minute counts");
    let by_hand = RecordWork::AddTime { minutes: 45, note: Some("Дорога".to_owned()), user_id: None };
    let seen = record(&ctx, &worker, id, by_hand).await;
    assert_eq!(seen.totals.minutes, 47);
    let remove = RecordWork::Remove { what: WorkPart::Material, id: seen.materials[1].id };
    assert_eq!(record(&ctx, &worker, id, remove.clone()).await.totals.materials, Money::from_tiyin(50_000));
    assert_eq!(field(work::record(&ctx, &worker, id, &remove).await), wrong("/id", "unknown"));
    let nothing = RecordWork::UseMaterial { material_id: pipe, quantity: Quantity::from_milli(0) };
    assert_eq!(field(work::record(&ctx, &worker, id, &nothing).await), wrong("/quantity", "out_of_range"));

    let resident = requests::get(&ctx, &world.a.resident().await, id).await.unwrap().work;
    assert!(resident.materials.is_empty() && resident.time.is_empty() && resident.totals.money == Money::ZERO);
}

#[tokio::test]
async fn one_pair_of_hands_has_one_clock() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let worker = world.a.plumber().await;
    let first = brought_to(&ctx, &world, Status::InProgress).await;
    let second = brought_to(&ctx, &world, Status::InProgress).await;
    record(&ctx, &worker, first, RecordWork::StartTimer).await;
    ctx.clock.advance(TimeDelta::minutes(10));
    record(&ctx, &worker, second, RecordWork::StartTimer).await;
    assert_eq!(requests::get(&ctx, &worker, first).await.unwrap().work.time[0].minutes, Some(10));
    ctx.clock.advance(TimeDelta::minutes(5));
    step(&ctx, &worker, second, Action::Defer).await.unwrap();
    assert_eq!(requests::get(&ctx, &worker, second).await.unwrap().work.totals.minutes, 5, "a pause stops the clock");
}

#[tokio::test]
async fn a_refusal_names_exactly_what_is_missing() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let worker = world.a.plumber().await;
    checklist(&ctx, &world, &["Перекрыть воду", "Проверить течь"]).await;
    want(&ctx, &world, Need::ALL).await;
    let id = brought_to(&ctx, &world, Status::InProgress).await;
    let missing = async |command: &CompleteRequest| {
        let failure = failure(requests::complete(&ctx, &worker, id, command).await);
        assert_eq!(failure.code, Code::ProofMissing);
        failure.fields.into_iter().map(|f| (f.code, f.limit)).collect::<Vec<_>>()
    };
    let item = |code: &str, limit| (code.to_owned(), limit);
    let plain = CompleteRequest { result: Some("Заменил кран".to_owned()), file_ids: Vec::new() };
    let all = [
        item("need_photo", None),
        item("need_checklist", Some(2)),
        item("need_time", None),
        item("need_parts", None),
        item("need_cost", None),
        item("need_confirmation", None),
    ];
    assert_eq!(missing(&plain).await, all);
    // What the page shows before the worker tries.
    let seen = requests::get(&ctx, &worker, id).await.unwrap().work;
    assert_eq!(
        seen.required.iter().map(|p| (p.need, p.met)).collect::<Vec<_>>(),
        Need::ALL.iter().map(|n| (*n, false)).collect::<Vec<_>>()
    );
    // The same for the step that takes no photos, and for the desk.
    assert_eq!(code(step(&ctx, &worker, id, Action::Complete).await), Code::ProofMissing);
    assert_eq!(code(step(&ctx, &world.a.dispatcher().await, id, Action::Complete).await), Code::ProofMissing);

    for check in &seen.checklist {
        record(&ctx, &worker, id, RecordWork::Check { item_id: check.id, done: true }).await;
    }
    let added = record(&ctx, &worker, id, RecordWork::AddCheck { text: "Убрать за собой".to_owned() }).await;
    assert_eq!(missing(&plain).await[1], item("need_checklist", Some(1)));
    let mine = added.checklist.iter().find(|c| c.added).unwrap().id;
    record(&ctx, &worker, id, RecordWork::Remove { what: WorkPart::Check, id: mine }).await;
    let listed = RecordWork::Remove { what: WorkPart::Check, id: added.checklist[0].id };
    assert_eq!(
        field(work::record(&ctx, &worker, id, &listed).await),
        wrong("/id", "unknown"),
        "the company's points stay"
    );
    record(&ctx, &worker, id, RecordWork::AddTime { minutes: 30, note: None, user_id: None }).await;
    let pipe = material(&ctx, &world, 100).await;
    record(&ctx, &worker, id, RecordWork::UseMaterial { material_id: pipe, quantity: Quantity::ONE }).await;
    assert_eq!(missing(&plain).await[1], item("need_cost", None), "materials are no other costs");
    let taxi = RecordWork::AddCost { amount: Money::from_tiyin(1_000), reason: "Такси".to_owned() };
    record(&ctx, &worker, id, taxi).await;
    assert_eq!(missing(&plain).await, [item("need_photo", None), item("need_confirmation", None)]);
    let shot = files::upload(&ctx, &worker, photo()).await.unwrap();
    let with_photo = CompleteRequest { file_ids: vec![shot.id], ..plain.clone() };
    assert_eq!(missing(&with_photo).await, [item("need_confirmation", None)]);

    let four = requests::get(&ctx, &world.a.resident().await, id).await.unwrap().work.code.unwrap();
    work::confirm(&ctx, &worker, id, &word_of(&four)).await.unwrap();
    let other =
        CompleteRequest { result: Some("Сделал совсем другое".to_owned()), ..with_photo.clone() };
    assert_eq!(
        missing(&other).await,
        [item("need_confirmation", None)],
        "the resident gave their word for other words"
    );
    let done = requests::complete(&ctx, &worker, id, &with_photo).await.unwrap();
    assert_eq!(done.status, Status::Done);
    assert!(done.work.confirmation.unwrap().intact);
}

#[tokio::test]
async fn rules_add_up_and_leave_others_alone() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let rule = |kind, category, needs: &[Need]| ProofRule { kind, category, needs: needs.to_vec() };
    let twice = vec![rule(None, None, &[Need::Time]), rule(None, None, &[Need::Photo])];
    let saved = work::save_rules(&ctx, &admin, 1, &SaveWorkRules { rules: twice, paid_waits: false }).await;
    assert_eq!(field(saved), wrong("/rules/1", "twice"));
    let rules = vec![
        rule(None, Some(Category::Plumbing), &[Need::Time]),
        rule(Some(model::requests::Kind::Regular), None, &[Need::Photo]),
        rule(Some(model::requests::Kind::Emergency), None, &[Need::Confirmation]),
    ];
    let saved =
        work::save_rules(&ctx, &admin, 1, &SaveWorkRules { rules: rules.clone(), paid_waits: true }).await.unwrap();
    assert_eq!((saved.version, &saved.rules, saved.paid_waits), (2, &rules, true));
    let stale = SaveWorkRules { rules: Vec::new(), paid_waits: false };
    assert_eq!(code(work::save_rules(&ctx, &admin, 1, &stale).await), Code::Conflict);
    let id = brought_to(&ctx, &world, Status::InProgress).await;
    let needs: Vec<_> = requests::get(&ctx, &admin, id).await.unwrap().work.required.iter().map(|p| p.need).collect();
    assert_eq!(needs, [Need::Photo, Need::Time]);
    assert_eq!(code(work::save_rules(&ctx, &world.a.dispatcher().await, 2, &stale).await), Code::Forbidden);
}

#[tokio::test]
async fn a_code_is_good_once_and_a_few_tries_long() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (worker, resident) = (world.a.plumber().await, world.a.resident().await);
    let id = brought_to(&ctx, &world, Status::InProgress).await;
    let four = requests::get(&ctx, &resident, id).await.unwrap().work.code.unwrap();
    for nobody in [&worker, &world.a.dispatcher().await] {
        assert_eq!(requests::get(&ctx, nobody, id).await.unwrap().work.code, None, "only the resident sees it");
    }
    let other = if four == "0000" { "1111" } else { "0000" };
    assert_eq!(field(work::confirm(&ctx, &worker, id, &word_of(other)).await), wrong("/code", "wrong_code"));
    let card = work::confirm(&ctx, &worker, id, &word_of(&four)).await.unwrap();
    assert_eq!(card.result.as_deref(), Some("Заменил кран"));
    assert!(card.history.iter().any(|h| h.change == Change::Confirmation && h.new.as_deref() == Some("code")));
    assert_eq!(field(work::confirm(&ctx, &worker, id, &word_of(&four)).await), wrong("/code", "code_spent"));

    let id = brought_to(&ctx, &world, Status::InProgress).await;
    let four = requests::get(&ctx, &resident, id).await.unwrap().work.code.unwrap();
    let other = if four == "0000" { "1111" } else { "0000" };
    for _ in 0..5 {
        assert_eq!(field(work::confirm(&ctx, &worker, id, &word_of(other)).await), wrong("/code", "wrong_code"));
    }
    assert_eq!(field(work::confirm(&ctx, &worker, id, &word_of(&four)).await), wrong("/code", "code_spent"));
    let absent =
        ConfirmWork { result: String::new(), word: Word::Absent { reason: "Открыл сосед".to_owned() } };
    let card = work::confirm(&ctx, &worker, id, &absent).await.unwrap();
    assert_eq!(card.work.confirmation.unwrap().reason.as_deref(), Some("Открыл сосед"));
}

#[tokio::test]
async fn a_signature_is_private_and_shows_later_changes() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (worker, resident, desk) = (world.a.plumber().await, world.a.resident().await, world.a.dispatcher().await);
    let id = brought_to(&ctx, &world, Status::InProgress).await;
    let drawn = files::upload(&ctx, &worker, photo()).await.unwrap();
    let sign = |file_id| ConfirmWork {
        result: "Заменил кран".to_owned(),
        word: Word::Signature { file_id, signer: "Азиз Каримов".to_owned() },
    };
    let foreign = files::upload(&ctx, &resident, photo()).await.unwrap();
    assert_eq!(field(work::confirm(&ctx, &worker, id, &sign(foreign.id)).await), wrong("/file_id", "unknown"));
    let card = work::confirm(&ctx, &worker, id, &sign(drawn.id)).await.unwrap();
    let word = card.work.confirmation.unwrap();
    assert_eq!((word.signer.as_deref(), word.file_id, word.intact), (Some("Азиз Каримов"), Some(drawn.id), true));
    assert!(card.files.is_empty(), "a signature is no photo of the work");
    assert!(files::locate(&ctx, &resident, drawn.id, false).await.is_ok());
    assert_eq!(code(files::locate(&ctx, &world.a.neighbour().await, drawn.id, false).await), Code::NotFound);
    assert_eq!(code(files::locate(&ctx, &world.b.admin().await, drawn.id, false).await), Code::NotFound);

    step(&ctx, &worker, id, Action::Complete).await.unwrap();
    let pipe = material(&ctx, &world, 100).await;
    let more = RecordWork::UseMaterial { material_id: pipe, quantity: Quantity::ONE };
    assert_eq!(
        code(work::record(&ctx, &worker, id, &more).await),
        Code::IllegalTransition,
        "done is done for the worker"
    );
    let word = record(&ctx, &desk, id, more).await.confirmation.unwrap();
    assert!(!word.intact, "the desk's correction shows");

    // Sent back: the old word is about something else.
    step(&ctx, &resident, id, Action::Return).await.unwrap();
    let again = step(&ctx, &worker, id, Action::Start).await.unwrap();
    assert_eq!(again.work.confirmation, None);
    assert!(requests::get(&ctx, &resident, id).await.unwrap().work.code.is_some());
}

#[tokio::test]
async fn a_checklist_comes_with_the_worker_once() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, worker) = (world.a.dispatcher().await, world.a.plumber().await);
    checklist(&ctx, &world, &["Раз", "Два"]).await;
    let id = brought_to(&ctx, &world, Status::New).await;
    assert!(requests::get(&ctx, &desk, id).await.unwrap().work.checklist.is_empty());
    assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    let first = requests::get(&ctx, &worker, id).await.unwrap().work.checklist;
    assert_eq!(first.iter().map(|c| c.text.as_str()).collect::<Vec<_>>(), ["Раз", "Два"]);
    let ticked = record(&ctx, &worker, id, RecordWork::Check { item_id: first[0].id, done: true }).await;
    assert_eq!(ticked.checklist[0].done_by.as_deref(), Some("plumber-a"));
    assign(&ctx, &desk, id, world.a.electrician_id).await.unwrap();
    assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    let card = step(&ctx, &worker, id, Action::Start).await.unwrap();
    assert_eq!(card.work.checklist, ticked.checklist, "it is not copied again");
    let two =
        SaveChecklist {
            name: "Ещё".to_owned(), category: Some(Category::Plumbing), items: vec!["Три".to_owned()]
        };
    let taken = work::save_checklist(&ctx, &world.a.admin().await, None, &two).await;
    assert_eq!(field(taken), wrong("/category", "taken"));
}

#[tokio::test]
async fn the_desk_records_in_the_workers_place_and_says_so() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (worker, desk) = (world.a.plumber().await, world.a.dispatcher().await);
    let id = brought_to(&ctx, &world, Status::InProgress).await;
    let add = |of| RecordWork::AddTime { minutes: 40, note: None, user_id: of };
    let seen = record(&ctx, &desk, id, add(Some(world.a.plumber_id))).await;
    assert_eq!(seen.time[0].user_id, world.a.plumber_id);
    assert_eq!((seen.time[0].by.as_str(), seen.time[0].entered_by.as_deref()), (worker.name(), Some(desk.name())));
    let lines = async |who: &Actor| {
        let history = requests::get(&ctx, who, id).await.unwrap().history;
        history.into_iter().filter(|h| h.change == Change::Work).map(|h| (h.actor, h.new)).collect::<Vec<_>>()
    };
    let line = (desk.name().to_owned(), Some("minutes:40".to_owned()));
    assert_eq!(lines(&worker).await, slice::from_ref(&line));
    assert!(lines(&world.a.resident().await).await.is_empty(), "not the resident's story");
    let own = record(&ctx, &worker, id, add(None)).await;
    assert!(own.time.iter().any(|t| t.entered_by.is_none() && t.user_id == world.a.plumber_id));
    assert_eq!(lines(&desk).await, [line], "what the worker records is their own");
    // Finished work is put right by the desk only.
    step(&ctx, &worker, id, Action::Complete).await.unwrap();
    let remove = RecordWork::Remove { what: WorkPart::Time, id: own.time[0].id };
    assert_eq!(code(work::record(&ctx, &worker, id, &remove).await), Code::IllegalTransition);
    record(&ctx, &desk, id, remove).await;
    assert_eq!(lines(&desk).await.len(), 2);

    let open = brought_to(&ctx, &world, Status::InProgress).await;
    let colleague = work::record(&ctx, &worker, open, &add(Some(world.a.electrician_id))).await;
    assert_eq!(code(colleague), Code::Forbidden);
    let stranger = work::record(&ctx, &desk, open, &add(Some(world.b.plumber_id))).await;
    assert_eq!(field(stranger), wrong("/user_id", "unknown"));
}

#[tokio::test]
async fn workers_record_on_their_own_work_and_strangers_nowhere() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let id = brought_to(&ctx, &world, Status::InProgress).await;
    let add = RecordWork::AddTime { minutes: 5, note: None, user_id: None };
    for (who, expected) in [
        (world.a.electrician().await, Code::NotFound),
        (world.b.admin().await, Code::NotFound),
        (world.b.plumber().await, Code::NotFound),
        (world.a.resident().await, Code::Forbidden),
    ] {
        assert_eq!(code(work::record(&ctx, &who, id, &add).await), expected);
        let absent = ConfirmWork { result: String::new(), word: Word::Absent { reason: "Нет".to_owned() } };
        assert_eq!(code(work::confirm(&ctx, &who, id, &absent).await), expected);
    }
    let pipe = material(&ctx, &world, 100).await;
    let theirs = brought_to_b(&ctx, &world).await;
    let foreign = RecordWork::UseMaterial { material_id: pipe, quantity: Quantity::ONE };
    let refused = work::record(&ctx, &world.b.admin().await, theirs, &foreign).await;
    assert_eq!(field(refused), wrong("/material_id", "unknown"));
    assert!(work::items(&ctx, &world.b.admin().await, Catalogue::Material).await.unwrap().is_empty());
    assert_eq!(code(work::archive_item(&ctx, &world.b.admin().await, pipe, 1).await), Code::NotFound);
    assert_eq!(code(work::items(&ctx, &world.a.resident().await, Catalogue::Material).await), Code::Forbidden);
}

async fn brought_to_b(ctx: &Ctx, world: &World) -> RequestId {
    requests::create(ctx, &world.b.resident().await, &world.b.draft(), None).await.unwrap().id
}
