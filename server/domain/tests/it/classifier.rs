//! What requests are about: chosen, suggested, learned, kept in history.

use crate::support::{assign, code, field, step, wrong};
use chrono::TimeDelta;
use domain::{Ctx, classifier, deadlines, requests};
use model::{
    Code, ProblemId,
    classifier::{
        AddProblem, Classifier, ClassifierFilter, Names, OrderProblems, PlaceFacts, ProblemFacts, ProblemRow,
        SuggestProblem,
    },
    deadlines::{Clock, Counting, Rule, WhatIf},
    requests::{Action, Category, Change, CreateRequest, Kind, Priority, UpdateRequest},
    staff::Skill,
};
use std::collections::HashSet;
use testkit::{TestCtx, World};

fn names(text: &str) -> Names {
    Names { ru: text.to_owned(), uz: format!("{text} uz"), en: format!("{text} en") }
}

fn facts(text: &str) -> ProblemFacts {
    ProblemFacts {
        names: names(text),
        kind: Kind::Regular,
        priority: Priority::Normal,
        hours: None,
        skill: None,
        assignee_id: None,
        hidden: false,
    }
}

fn of(row: &ProblemRow) -> ProblemFacts {
    ProblemFacts {
        names: row.names.clone(),
        kind: row.kind,
        priority: row.priority,
        hours: row.hours,
        skill: row.skill,
        assignee_id: row.assignee.as_ref().map(|a| a.id.into()),
        hidden: row.hidden,
    }
}

async fn all(ctx: &Ctx, world: &World) -> Classifier {
    classifier::list(ctx, &world.a.dispatcher().await, &ClassifierFilter::default()).await.unwrap()
}

fn called<'a>(all: &'a Classifier, ru: &str) -> &'a ProblemRow {
    all.problems.iter().find(|p| p.names.ru == ru).unwrap_or_else(|| panic!("no {ru}"))
}

#[tokio::test]
async fn every_company_has_the_shipped_problems_in_three_languages() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let a = all(&ctx, &world).await;
    let b = classifier::list(&ctx, &world.b.resident().await, &ClassifierFilter::default()).await.unwrap();
    assert!((80..=120).contains(&a.problems.len()), "{}", a.problems.len());
    assert_eq!(a.problems.len(), b.problems.len());
    let ids: HashSet<ProblemId> = a.problems.iter().chain(&b.problems).map(|p| p.id).collect();
    assert_eq!(ids.len(), a.problems.len() * 2, "each company has rows of its own");
    for problem in &a.problems {
        assert!(problem.common && a.place(&problem.place).is_some());
        let Names { ru, uz, en } = &problem.names;
        assert!(![ru, uz, en].iter().any(|name| name.trim().is_empty()));
        // Uzbek is written with its own letters, not with a typewriter's apostrophe.
        assert!(!uz.contains('\'') && !uz.chars().any(|c| ('а'..='я').contains(&c)), "{uz}");
    }
    for category in Category::ALL {
        assert!(a.problems.iter().filter(|p| p.category == *category).count() >= 5, "{category}");
    }
    assert!(a.problems.iter().filter(|p| p.kind == Kind::Emergency).count() >= 8);
}

#[tokio::test]
async fn managers_shape_it_and_others_look() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    for actor in [world.a.dispatcher().await, world.a.plumber().await, world.a.resident().await] {
        assert!(classifier::list(&ctx, &actor, &ClassifierFilter::default()).await.is_ok());
        assert_eq!(code(classifier::list(&ctx, &actor, &ClassifierFilter { all: true }).await), Code::Forbidden);
        let add = AddProblem { place: "yard".to_owned(), category: Category::Yard, facts: facts("Бассейн") };
        assert_eq!(code(classifier::add_problem(&ctx, &actor, &add).await), Code::Forbidden);
        let place = PlaceFacts { names: names("Бассейн"), hidden: false };
        assert_eq!(code(classifier::add_place(&ctx, &actor, &place).await), Code::Forbidden);
    }
    let place = PlaceFacts { names: names("Бассейн"), hidden: false };
    let pool = classifier::add_place(&ctx, &admin, &place).await.unwrap();
    let add = |place: &str| AddProblem {
        place: place.to_owned(),
        category: Category::Other,
        facts: ProblemFacts {
            hours: Some(6),
            skill: Some(Skill::Plumber),
            assignee_id: Some(world.a.plumber_id),
            ..facts("Холодная вода в бассейне")
        },
    };
    assert_eq!(field(classifier::add_problem(&ctx, &admin, &add("moon")).await), wrong("/place", "unknown"));
    let foreign = AddProblem {
        facts: ProblemFacts { assignee_id: Some(world.b.plumber_id), ..facts("Чужой") },
        ..add(&pool.key)
    };
    assert_eq!(field(classifier::add_problem(&ctx, &admin, &foreign).await), wrong("/assignee_id", "unknown"));
    let own = classifier::add_problem(&ctx, &admin, &add(&pool.key)).await.unwrap();
    assert!(!own.common && own.assignee.is_some());
    assert_eq!(all(&ctx, &world).await.problems.last().unwrap().id, own.id, "a new place comes last");

    // Renamed and hidden; the editor's version decides.
    let tap = called(&all(&ctx, &world).await, "Течёт кран или смеситель").clone();
    let renamed = ProblemFacts { names: names("Кран"), ..of(&tap) };
    let saved = classifier::update_problem(&ctx, &admin, tap.id, tap.version, &renamed).await.unwrap();
    assert_eq!((saved.version, saved.names.ru.as_str(), saved.common), (2, "Кран", true));
    assert_eq!(code(classifier::update_problem(&ctx, &admin, tap.id, tap.version, &renamed).await), Code::Conflict);
    let same = classifier::update_problem(&ctx, &admin, tap.id, 2, &renamed).await.unwrap();
    assert_eq!(same.version, 2, "nothing changed");
    let hidden = ProblemFacts { hidden: true, ..renamed };
    classifier::update_problem(&ctx, &admin, tap.id, 2, &hidden).await.unwrap();
    assert!(!all(&ctx, &world).await.problems.iter().any(|p| p.id == tap.id));
    let whole = classifier::list(&ctx, &admin, &ClassifierFilter { all: true }).await.unwrap();
    assert!(whole.problems.iter().any(|p| p.id == tap.id && p.hidden));
    assert_eq!(
        code(classifier::update_problem(&ctx, &world.b.admin().await, tap.id, 3, &hidden).await),
        Code::NotFound
    );

    // A hidden place hides what is in it.
    let gone = PlaceFacts { names: pool.names.clone(), hidden: true };
    classifier::update_place(&ctx, &admin, &pool.key, &gone).await.unwrap();
    assert!(!all(&ctx, &world).await.problems.iter().any(|p| p.id == own.id));
    assert_eq!(code(classifier::update_place(&ctx, &world.b.admin().await, &pool.key, &gone).await), Code::NotFound);
}

#[tokio::test]
async fn the_order_is_the_companys() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let ids = |all: &Classifier| all.problems.iter().map(|p| p.id).collect::<Vec<_>>();
    let before = ids(&all(&ctx, &world).await);
    let mut turned = before.clone();
    turned[..3].rotate_left(1);
    classifier::order_problems(&ctx, &admin, &OrderProblems { ids: turned[..3].to_vec() }).await.unwrap();
    assert_eq!(ids(&all(&ctx, &world).await), turned);
    let twice = OrderProblems { ids: vec![before[0], before[0]] };
    assert_eq!(field(classifier::order_problems(&ctx, &admin, &twice).await), wrong("/ids", "unknown"));
    let foreign = classifier::list(&ctx, &world.b.admin().await, &ClassifierFilter::default()).await.unwrap();
    let foreign = OrderProblems { ids: vec![foreign.problems[0].id] };
    assert_eq!(field(classifier::order_problems(&ctx, &admin, &foreign).await), wrong("/ids", "unknown"));
}

#[tokio::test]
async fn a_problem_brings_what_belongs_to_it() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let known = all(&ctx, &world).await;
    let stuck = called(&known, "Застряли люди в лифте").clone();
    let draft = |problem: Option<ProblemId>| CreateRequest {
        problem_id: problem,
        category: Category::Other,
        description: "Едем и не доехали".to_owned(),
        ..world.a.draft()
    };
    let card = requests::create(&ctx, &desk, &draft(Some(stuck.id)), None).await.unwrap();
    assert_eq!((card.category, card.kind, card.priority), (Category::Elevator, Kind::Emergency, Priority::Urgent));
    let problem = card.problem.as_ref().unwrap();
    assert_eq!((problem.id, problem.auto, problem.place.ru.as_str()), (stuck.id, false, "Лифт"));
    // What the caller said counts more.
    let said = CreateRequest { kind: Some(Kind::Regular), priority: Some(Priority::Low), ..draft(Some(stuck.id)) };
    let card = requests::create(&ctx, &desk, &said, None).await.unwrap();
    assert_eq!((card.kind, card.priority), (Kind::Regular, Priority::Low));
    // Only triples that are listed.
    let wrong_category = CreateRequest { category: Category::Yard, ..draft(Some(stuck.id)) };
    let refused = requests::create(&ctx, &desk, &wrong_category, None).await;
    assert_eq!(field(refused), wrong("/problem_id", "other_category"));
    let theirs = classifier::list(&ctx, &world.b.admin().await, &ClassifierFilter::default()).await.unwrap();
    let foreign = requests::create(&ctx, &desk, &draft(Some(theirs.problems[0].id)), None).await;
    assert_eq!(field(foreign), wrong("/problem_id", "unknown"));
    let hidden = ProblemFacts { hidden: true, hours: Some(5), ..of(&stuck) };
    let hidden = classifier::update_problem(&ctx, &world.a.admin().await, stuck.id, 1, &hidden).await.unwrap();
    assert_eq!(
        field(requests::create(&ctx, &desk, &draft(Some(stuck.id)), None).await),
        wrong("/problem_id", "unknown")
    );
    // Its own hours set the deadline; an emergency never waits longer for them.
    let shown = ProblemFacts { hidden: false, ..of(&hidden) };
    let due = async |kind: Kind| {
        let command = CreateRequest { kind: Some(kind), ..draft(Some(stuck.id)) };
        requests::create(&ctx, &desk, &command, None).await.unwrap().due_at.unwrap()
    };
    let shown = classifier::update_problem(&ctx, &world.a.admin().await, stuck.id, 2, &shown).await.unwrap();
    let (calm, urgent) = (due(Kind::Regular).await, due(Kind::Emergency).await);
    let slow = ProblemFacts { hours: Some(500), ..of(&shown) };
    classifier::update_problem(&ctx, &world.a.admin().await, stuck.id, 3, &slow).await.unwrap();
    assert!(due(Kind::Regular).await > calm);
    assert_eq!(due(Kind::Emergency).await, urgent);
    // Named only later it brings them, too, and another priority does not take them away.
    let plain = requests::create(&ctx, &desk, &draft(None), None).await.unwrap();
    let named = UpdateRequest { problem_id: Some(Some(stuck.id)), ..UpdateRequest::default() };
    let named = requests::update(&ctx, &desk, plain.id, plain.version, &named).await.unwrap();
    assert!(named.due_at > plain.due_at);
    let raised = UpdateRequest { priority: Some(Priority::Urgent), ..UpdateRequest::default() };
    let raised = requests::update(&ctx, &desk, plain.id, named.version, &raised).await.unwrap();
    assert!(raised.due_at > plain.due_at);
}

#[tokio::test]
async fn other_rules_are_tried_with_the_hours_a_problem_has_of_its_own() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk, worker) = (world.a.admin().await, world.a.dispatcher().await, world.a.plumber().await);
    let known = all(&ctx, &world).await;
    let tap = called(&known, "Течёт кран или смеситель");
    let own = async |version: i32, hours: i16| {
        let facts = ProblemFacts { hours: Some(hours), ..of(tap) };
        classifier::update_problem(&ctx, &admin, tap.id, version, &facts).await.unwrap()
    };
    own(1, 10).await;
    let mut begun = Vec::new();
    for (problem_id, kind) in [(None, Kind::Regular), (Some(tap.id), Kind::Regular), (Some(tap.id), Kind::Emergency)] {
        let priority = Some(Priority::Normal);
        let command = CreateRequest { problem_id, kind: Some(kind), priority, ..world.a.draft() };
        let card = requests::create(&ctx, &desk, &command, None).await.unwrap();
        assign(&ctx, &desk, card.id, world.a.plumber_id).await.unwrap();
        step(&ctx, &worker, card.id, Action::Start).await.unwrap();
        begun.push(card);
    }
    // All three take six hours: too long for the emergency's four, which ten hours of its own do not lengthen.
    ctx.clock.advance(TimeDelta::hours(6));
    for card in &begun {
        step(&ctx, &worker, card.id, Action::Complete).await.unwrap();
    }
    let (plain, named) = (begun[0].number, begun[1].number);
    let look = async |hours: i32| {
        let rule = Rule {
            kind: None,
            complex_id: None,
            category: None,
            priority: None,
            answer_minutes: 60,
            solution_minutes: hours * 60,
            counting: Counting::Always,
        };
        let found = deadlines::what_if(&ctx, &admin, &WhatIf { rules: vec![rule] }).await.unwrap();
        let changed: Vec<_> = found.changed.iter().map(|c| (c.number, c.clock, c.breaks)).collect();
        (found.total.solution_before, found.total.solution_after, changed)
    };
    // Four hours for everything: the tap keeps its ten.
    assert_eq!(look(4).await, (1, 2, vec![(plain, Clock::Solution, true)]));
    // Two days for everything: with three hours of its own the tap would have been late.
    own(2, 3).await;
    assert_eq!(look(48).await, (1, 2, vec![(named, Clock::Solution, true)]));
}

#[tokio::test]
async fn residents_words_sort_their_requests_until_somebody_confirms() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, resident) = (world.a.dispatcher().await, world.a.resident().await);
    let say =
        |text: &str, category: Category| CreateRequest { category, description: text.to_owned(), ..world.a.draft() };
    let trapped = say("Лифтда одам қолиб кетди, ёрдам беринг", Category::Other);
    let card = requests::create(&ctx, &resident, &trapped, None).await.unwrap();
    let card = requests::get(&ctx, &desk, card.id).await.unwrap();
    assert_eq!((card.category, card.kind, card.priority), (Category::Elevator, Kind::Emergency, Priority::Urgent));
    assert!(card.problem.as_ref().unwrap().auto);
    // What costs money is never decided by words.
    let key = requests::create(&ctx, &resident, &say("Нужен ещё один ключ от домофона", Category::Other), None).await;
    let key = key.unwrap();
    assert_eq!((key.category, key.kind), (Category::Doors, Kind::Regular));
    // Said to be plumbing, it stays plumbing.
    let plumbing = requests::create(&ctx, &resident, &say("Лифт не работает", Category::Plumbing), None).await.unwrap();
    assert_eq!(plumbing.category, Category::Plumbing);
    // Nothing said, nothing told; and staff are only shown it.
    let silent = requests::create(&ctx, &resident, &say("Здравствуйте", Category::Other), None).await.unwrap();
    assert_eq!((silent.category, silent.problem), (Category::Other, None));
    let staff = requests::create(&ctx, &desk, &say("Лифт не работает", Category::Other), None).await.unwrap();
    assert_eq!((staff.category, staff.problem), (Category::Other, None));

    // Confirmed with the same problem: no more automatic, and the history says so.
    let id = card.problem.as_ref().unwrap().id;
    let confirm = UpdateRequest { problem_id: Some(Some(id)), ..Default::default() };
    let confirmed = requests::update(&ctx, &desk, card.id, card.version, &confirm).await.unwrap();
    assert!(!confirmed.problem.as_ref().unwrap().auto && confirmed.version > card.version);
    let told: Vec<_> = confirmed.history.iter().filter(|h| h.change == Change::Problem).collect();
    assert_eq!(told.len(), 2);
    let residents = requests::get(&ctx, &resident, card.id).await.unwrap();
    assert!(residents.history.iter().all(|h| h.change != Change::Problem));
}

#[tokio::test]
async fn category_and_problem_go_together_and_history_keeps_the_old_name() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let known = all(&ctx, &world).await;
    let (tap, radiator) = (called(&known, "Течёт кран или смеситель"), called(&known, "Холодные батареи"));
    let draft = CreateRequest { problem_id: Some(tap.id), ..world.a.draft() };
    let card = requests::create(&ctx, &desk, &draft, None).await.unwrap();
    let change =
        async |version: i32, command: UpdateRequest| requests::update(&ctx, &desk, card.id, version, &command).await;
    let heat = UpdateRequest { problem_id: Some(Some(radiator.id)), ..Default::default() };
    let moved = change(card.version, heat).await.unwrap();
    assert_eq!((moved.category, moved.problem.as_ref().unwrap().id), (Category::Heating, radiator.id));
    let both = UpdateRequest { problem_id: Some(Some(tap.id)), category: Some(Category::Yard), ..Default::default() };
    assert_eq!(field(change(moved.version, both).await), wrong("/problem_id", "other_category"));
    // The name changes; what was written stays.
    let renamed = ProblemFacts { names: names("Иначе"), ..of(tap) };
    classifier::update_problem(&ctx, &admin, tap.id, 1, &renamed).await.unwrap();
    let fresh = requests::get(&ctx, &desk, card.id).await.unwrap();
    let old: Names = fresh
        .history
        .iter()
        .rfind(|h| h.change == Change::Problem)
        .and_then(|h| serde_json::from_str(h.old.as_deref()?).ok())
        .unwrap();
    assert_eq!(
        (old.ru.as_str(), old.en.as_str()),
        ("Квартира · Течёт кран или смеситель", "Flat · Tap or mixer leaks")
    );
    // Another category by hand takes the problem away; the same one leaves it.
    let same = UpdateRequest { category: Some(Category::Heating), ..Default::default() };
    let same = change(fresh.version, same).await.unwrap();
    assert!(same.problem.is_some());
    let yard = UpdateRequest { category: Some(Category::Yard), ..Default::default() };
    let yard = change(same.version, yard).await.unwrap();
    assert_eq!((yard.category, yard.problem), (Category::Yard, None));
    let none = UpdateRequest { problem_id: Some(None), ..Default::default() };
    assert_eq!(change(yard.version, none).await.unwrap().version, yard.version, "nothing changed");
}

#[tokio::test]
async fn suggestions_say_why_and_learn_from_the_company() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let ask = async |text: &str| {
        let command = SuggestProblem { text: text.to_owned(), category: None };
        classifier::suggest(&ctx, &desk, &command).await.unwrap()
    };
    let tap = ask("На кухне капает кран").await;
    assert_eq!(tap[0].names.ru, "Течёт кран или смеситель");
    assert!(tap[0].words.contains(&"кран".to_owned()) && tap[0].confidence > 0.4, "{:?}", tap[0]);
    assert!(ask("Добрый день").await.is_empty());
    // A word of the company's own, which the product has never heard.
    let strange = "Зимний сад на стилобате зарос";
    let before = ask(strange).await;
    let garden = AddProblem { place: "yard".to_owned(), category: Category::Yard, facts: facts("Стилобат") };
    let garden = classifier::add_problem(&ctx, &admin, &garden).await.unwrap();
    assert_ne!(before.first().map(|s| s.problem_id), Some(garden.id));
    assert_eq!(ask("стилобат").await[0].problem_id, garden.id, "its name is known at once");
    for text in ["Зимний сад засох", "В зимнем саду упал горшок", "Зимний сад: нет полива"]
    {
        let command = CreateRequest {
            problem_id: Some(garden.id),
            category: Category::Yard,
            description: text.to_owned(),
            ..world.a.draft()
        };
        requests::create(&ctx, &desk, &command, None).await.unwrap();
    }
    ctx.clock.advance(chrono::TimeDelta::hours(7));
    let learned = ask("зимний сад весь жёлтый").await;
    assert_eq!(learned[0].problem_id, garden.id);
    // Another company has not learned it.
    let command = SuggestProblem { text: "зимний сад весь жёлтый".to_owned(), category: None };
    let other = classifier::suggest(&ctx, &world.b.dispatcher().await, &command).await.unwrap();
    assert!(other.iter().all(|s| s.names.ru != "Стилобат"));
    // What is hidden is not suggested.
    let hidden = ProblemFacts { hidden: true, ..facts("Стилобат") };
    classifier::update_problem(&ctx, &admin, garden.id, 1, &hidden).await.unwrap();
    assert!(ask("стилобат").await.iter().all(|s| s.problem_id != garden.id));
}
