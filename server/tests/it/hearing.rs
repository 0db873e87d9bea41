//! Who hears of what: every kind of event, every role, one table.

use crate::{
    cast::{Stage, Who},
    socket::Socket,
};
use chrono::NaiveDate;
use chrono::TimeDelta;
use domain::{
    Actor, billing, deadlines,
    jobs::RunTask,
    outages, payments, property,
    requests::{self, work},
};
use model::{
    Money, RequestId, RunId, UserId,
    billing::{NewTariff, ServiceFacts, StartRun, TariffRule},
    outages::{OutageAction, OutageFacts, OutageKind, OutagePlace, OutageStep, OutageTexts, Resource},
    payments::{PaymentSource, RecordPayment, RefundPayment},
    property::OpenAccount,
    requests::{Action, AddComment, AssignRequest, CreateRequest, Kind, MoveRequest, RateRequest, UpdateRequest},
    work::{DecideEstimate, MakeEstimate, NewLine, Quantity, RecordWork},
};
use serde_json::Value;
use std::{collections::BTreeMap, fmt::Write};
use testkit::{draft, propose};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_event_for_every_role() {
    let stage = Stage::new().await;
    insta::assert_snapshot!("events", listened(&stage, play(&stage)).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_event_of_houses_and_money_for_every_role() {
    let stage = Stage::new().await;
    insta::assert_snapshot!("events_of_houses_and_money", listened(&stage, play_house(&stage)).await);
}

/// Who heard of what happened, as a table.
async fn listened(stage: &Stage, play: impl Future<Output = Happened>) -> String {
    let fences = Fences::new(stage).await;
    let mut table = format!("{:44}", "");
    let listeners = &Who::ALL[1..];
    let mut sockets = Vec::new();
    for who in listeners {
        sockets.push(Socket::greeted(&stage.app, &stage.caller(*who).unwrap().token).await);
        write!(table, " | {}", who.title()).unwrap();
    }
    table.push('\n');
    let happened = play.await;
    fences.raise(stage).await;
    let mut heard = Vec::new();
    for socket in &mut sockets {
        heard.push(fences.heard_before(socket).await);
    }
    // Somebody hears of everything, and all hear in one order.
    let all: BTreeMap<i64, (String, Uuid)> = heard.iter().flatten().map(|(n, event)| (*n, event.clone())).collect();
    let expected: Vec<_> = happened.iter().map(|(_, kind, id)| ((*kind).to_owned(), *id)).collect();
    assert_eq!(all.values().cloned().collect::<Vec<_>>(), expected);
    for ((what, ..), n) in happened.iter().zip(all.keys()) {
        write!(table, "{what:44}").unwrap();
        for (who, heard) in listeners.iter().zip(&heard) {
            write!(table, " | {:1$}", if heard.contains_key(n) { "hears" } else { "" }, who.title().len()).unwrap();
        }
        table.truncate(table.trim_end_matches(' ').len());
        table.push('\n');
    }
    table
}

/// What was done, the kind of event it makes, and what that is about.
type Happened = Vec<(&'static str, &'static str, Uuid)>;

async fn play(stage: &Stage) -> Happened {
    let (ctx, a, b) = (&stage.app.ctx.ctx, &stage.app.world.a, &stage.app.world.b);
    let (author, desk, worker) = (stage.actor(Who::Author), stage.actor(Who::Dispatcher), stage.actor(Who::Assigned));
    let create =
        async |actor: &Actor, command: CreateRequest| requests::create(ctx, actor, &command, None).await.unwrap();
    let assign = async |id, to: UserId| {
        let command = AssignRequest { assignee_id: to, comment: None };
        requests::assign(ctx, desk, id, &command).await.unwrap();
    };
    let comment = async |actor: &Actor, id, internal| {
        let command = AddComment { body: "Слово".to_owned(), internal, ..Default::default() };
        requests::comment(ctx, actor, id, &command).await.unwrap();
    };
    let mut happened: Happened = Vec::new();
    let own = create(author, draft(a.house.units[0])).await;
    happened.push(("author files", "request.created", own.id.0));
    assign(own.id, a.electrician_id).await;
    happened.push(("desk assigns it", "request.assigned", own.id.0));
    assign(own.id, a.plumber_id).await;
    happened.push(("desk gives it to the zone's worker", "request.assigned", own.id.0));
    comment(desk, own.id, false).await;
    happened.push(("desk comments", "request.commented", own.id.0));
    comment(desk, own.id, true).await;
    happened.push(("desk comments internally", "request.commented", own.id.0));
    assign(own.id, a.electrician_id).await;
    happened.push(("desk gives it back", "request.assigned", own.id.0));
    let facts = UpdateRequest { description: Some("Иначе".to_owned()), ..UpdateRequest::default() };
    let version = requests::get(ctx, desk, own.id).await.unwrap().version;
    requests::update(ctx, desk, own.id, version, &facts).await.unwrap();
    happened.push(("desk edits it", "request.updated", own.id.0));
    for (what, action) in [("worker starts", Action::Start), ("worker completes", Action::Complete)] {
        requests::step(ctx, worker, own.id, &MoveRequest { action, reason: None, until: None }).await.unwrap();
        happened.push((what, "request.status_changed", own.id.0));
    }
    requests::rate(ctx, author, own.id, &RateRequest { stars: 5, reasons: Vec::new(), comment: None }).await.unwrap();
    happened.push(("author rates", "request.rated", own.id.0));
    let paid = create(author, CreateRequest { kind: Some(Kind::Paid), ..draft(a.house.units[0]) }).await;
    happened.push(("author files paid work", "request.created", paid.id.0));
    let line = NewLine {
        service_id: None,
        name: Some("Работа".to_owned()),
        price: Some(Money::from_tiyin(100)),
        quantity: Quantity::ONE,
    };
    let valid_until = (ctx.clock.now() + TimeDelta::days(9)).date_naive();
    let estimate = MakeEstimate { lines: vec![line], valid_until, note: None };
    work::estimate(ctx, desk, paid.id, &estimate).await.unwrap();
    happened.push(("desk sends an estimate", "request.estimate_sent", paid.id.0));
    let no = DecideEstimate { version: 1, accept: false, reason: None };
    work::decide(ctx, author, paid.id, &no).await.unwrap();
    happened.push(("author declines it", "request.estimate_declined", paid.id.0));
    work::estimate(ctx, desk, paid.id, &estimate).await.unwrap();
    happened.push(("desk sends another", "request.estimate_sent", paid.id.0));
    work::decide(ctx, author, paid.id, &DecideEstimate { version: 2, accept: true, reason: None }).await.unwrap();
    happened.push(("author accepts it", "request.estimate_accepted", paid.id.0));
    let hand = RecordWork::AddTime { minutes: 5, note: None, user_id: None };
    work::record(ctx, desk, paid.id, &hand).await.unwrap();
    happened.push(("desk records time", "request.updated", paid.id.0));
    let next_door = create(stage.actor(Who::Neighbour), draft(a.house.units[1])).await;
    happened.push(("neighbour files", "request.created", next_door.id.0));
    comment(stage.actor(Who::Neighbour), next_door.id, false).await;
    happened.push(("neighbour comments", "request.commented", next_door.id.0));
    let far = create(desk, draft(a.far_house.units[0])).await;
    happened.push(("desk files for the other house", "request.created", far.id.0));
    comment(desk, far.id, true).await;
    happened.push(("desk comments on it internally", "request.commented", far.id.0));
    testkit::miss_deadline(ctx, far.id).await;
    assert_eq!(deadlines::tick(ctx).await.unwrap().told, 1);
    happened.push(("its deadline is missed", "request.overdue", far.id.0));
    let foreign = create(stage.actor(Who::ResidentB), draft(b.house.units[0])).await;
    happened.push(("B resident files", "request.created", foreign.id.0));
    comment(stage.actor(Who::DispatcherB), foreign.id, true).await;
    happened.push(("B dispatcher comments internally", "request.commented", foreign.id.0));
    happened
}

/// An outage in the house, and the money of one flat in it.
async fn play_house(stage: &Stage) -> Happened {
    let (ctx, a) = (&stage.app.ctx, &stage.app.world.a);
    let (admin, desk) = (stage.actor(Who::Admin), stage.actor(Who::Dispatcher));
    let mut happened: Happened = Vec::new();

    let mut facts = OutageFacts {
        kind: OutageKind::Emergency,
        resource: Resource::ColdWater,
        starts_at: ctx.clock.now(),
        ends_at: None,
        places: vec![OutagePlace { building_id: a.house.id, entrance_id: None, riser_id: None }],
        texts: OutageTexts::default(),
        note: None,
    };
    let outage = outages::create(ctx, desk, &facts).await.unwrap();
    happened.push(("the water is off", "outage.started", outage.id.0));
    facts.ends_at = Some(ctx.clock.now() + TimeDelta::hours(2));
    let outage = outages::update(ctx, desk, outage.id, outage.version, &facts).await.unwrap();
    happened.push(("its end is known", "outage.changed", outage.id.0));
    let over = OutageStep { action: OutageAction::End };
    outages::step(ctx, desk, outage.id, outage.version, over).await.unwrap();
    happened.push(("it works again", "outage.ended", outage.id.0));
    let leak = requests::create(ctx, desk, &draft(a.far_house.units[0]), None).await.unwrap().id;
    happened.push(("desk files for the other house", "request.created", leak.0));
    let proposal = propose(ctx, a.id, a.far_house.id, leak).await;
    outages::dismiss(ctx, desk, proposal).await.unwrap();
    happened.push(("an outage there was a false alarm", "outage.proposed", proposal.0));

    let since: NaiveDate = "2026-01-01".parse().unwrap();
    let opened = OpenAccount { opened_on: Some(since), ..OpenAccount::default() };
    let account = property::open_account(ctx, admin, a.house.units[0], &opened).await.unwrap();
    let cash = RecordPayment {
        account: account.number,
        source: PaymentSource::Cash,
        amount: Money::from_tiyin(10_000),
        reference: "1".to_owned(),
        paid_on: None,
        payer: None,
        note: None,
    };
    let payment = payments::record(ctx, admin, &cash, None).await.unwrap().row.id;
    happened.push(("author pays cash", "payment.completed", payment.0));
    happened.push(("  so the account changes", "account.changed", account.id.0));
    let refund = RefundPayment { reason: "Не туда".to_owned() };
    payments::refund(ctx, admin, payment, &refund).await.unwrap();
    happened.push(("the cash is given back", "payment.refunded", payment.0));
    happened.push(("  so the account changes again", "account.changed", account.id.0));

    let run = charge(stage, since).await;
    happened.push(("the month is charged", "charges.posted", run.0));
    let card = billing::get_run(ctx, admin, run).await.unwrap();
    let card = billing::start_undo(ctx, admin, run, card.run.version).await.unwrap();
    work_on(stage, card.task.unwrap().id).await;
    happened.push(("the month is taken back", "charges.undone", run.0));
    happened
}

/// Charges one month in the author's house, by the way an accountant goes.
async fn charge(stage: &Stage, since: NaiveDate) -> RunId {
    let (ctx, admin) = (&stage.app.ctx, stage.actor(Who::Admin));
    let name = || "Уборка".to_owned();
    let facts = ServiceFacts { name_ru: name(), name_uz: name(), name_en: name(), ..ServiceFacts::default() };
    let tariff = NewTariff {
        service_id: billing::create_service(ctx, admin, &facts).await.unwrap().id,
        rule: TariffRule::Unit,
        share_by: None,
        price: Money::from_tiyin(100),
        since,
        complex_id: None,
        building_id: None,
        storeys_from: None,
        storeys_to: None,
        has_lift: None,
    };
    billing::create_tariff(ctx, admin, &tariff).await.unwrap();
    let month = StartRun { period: since, building_ids: vec![stage.app.world.a.house.id] };
    let card = billing::start_run(ctx, admin, &month).await.unwrap();
    work_on(stage, card.task.unwrap().id).await;
    let card = billing::get_run(ctx, admin, card.run.id).await.unwrap();
    let card = billing::start_post(ctx, admin, card.run.id, card.run.version).await.unwrap();
    work_on(stage, card.task.unwrap().id).await;
    card.run.id
}

async fn work_on(stage: &Stage, task_id: model::TaskId) {
    let task = RunTask { company_id: stage.app.world.a.id, task_id };
    worker::tasks::work(&stage.app.ctx, &task).await.unwrap();
}

/// What an event is about: its request, or else what its data names.
fn subject(event: &Value) -> Uuid {
    const NAMES: [&str; 6] = ["request_id", "outage_id", "proposal_id", "payment_id", "run_id", "account_id"];
    let data = &event["data"];
    let id = NAMES.iter().find_map(|name| data[name].as_str()).unwrap_or_else(|| panic!("nameless: {event}"));
    id.parse().unwrap()
}

/// Requests of which, taken together, everybody hears: events come in order, so whoever heard of a fence has heard
/// everything before it.
struct Fences(Vec<(Who, RequestId)>);

impl Fences {
    async fn new(stage: &Stage) -> Self {
        let (ctx, a, b) = (&stage.app.ctx.ctx, &stage.app.world.a, &stage.app.world.b);
        let desk = stage.actor(Who::Dispatcher);
        let near = requests::create(ctx, stage.actor(Who::Author), &draft(a.house.units[0]), None).await.unwrap();
        let to = AssignRequest { assignee_id: a.electrician_id, comment: None };
        requests::assign(ctx, desk, near.id, &to).await.unwrap();
        let far = requests::create(ctx, desk, &draft(a.far_house.units[0]), None).await.unwrap();
        let foreign = requests::create(ctx, stage.actor(Who::ResidentB), &draft(b.house.units[0]), None).await.unwrap();
        let next_door =
            requests::create(ctx, stage.actor(Who::Neighbour), &draft(a.house.units[1]), None).await.unwrap();
        Self(vec![
            (Who::Dispatcher, near.id),
            (Who::Dispatcher, far.id),
            (Who::Neighbour, next_door.id),
            (Who::DispatcherB, foreign.id),
        ])
    }

    /// By their place in the order of all events.
    async fn heard_before(&self, socket: &mut Socket) -> BTreeMap<i64, (String, Uuid)> {
        let mut heard = BTreeMap::new();
        loop {
            let event = socket.next().await;
            let data = &event["data"];
            // What they were told themselves: says no more than its kind.
            if event["type"] == "notice.created" {
                assert!(data.as_object().is_some_and(|data| data.keys().eq(["kind"])), "{event}");
                continue;
            }
            let (id, kind) = (subject(&event), event["type"].as_str().unwrap().to_owned());
            if kind.starts_with("request.") {
                assert!(data["number"].is_i64() && data["status"].is_string(), "{event}");
            }
            match self.0.iter().any(|(_, fence)| fence.0 == id) {
                true if kind == "request.commented" => return heard,
                // How the fence was put up.
                true => {}
                false => assert!(heard.insert(event["id"].as_i64().unwrap(), (kind, id)).is_none(), "{event} twice"),
            }
        }
    }

    async fn raise(&self, stage: &Stage) {
        for (who, id) in &self.0 {
            let command = AddComment { body: "Всё".to_owned(), internal: false, ..Default::default() };
            requests::comment(&stage.app.ctx, stage.actor(*who), *id, &command).await.unwrap();
        }
    }
}
