//! Who hears of what: every kind of event, every role, one table.

use crate::{
    cast::{Stage, Who},
    socket::Socket,
};
use chrono::TimeDelta;
use domain::{
    Actor, deadlines,
    requests::{self, work},
};
use model::{
    Money, RequestId, UserId,
    requests::{Action, AddComment, AssignRequest, CreateRequest, Kind, MoveRequest, RateRequest, UpdateRequest},
    work::{DecideEstimate, MakeEstimate, NewLine, Quantity, RecordWork},
};
use std::{collections::BTreeMap, fmt::Write};
use testkit::draft;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_event_for_every_role() {
    let stage = Stage::new().await;
    let fences = Fences::new(&stage).await;
    let mut table = format!("{:44}", "");
    let listeners = &Who::ALL[1..];
    let mut sockets = Vec::new();
    for who in listeners {
        sockets.push(Socket::greeted(&stage.app, &stage.caller(*who).unwrap().token).await);
        write!(table, " | {}", who.title()).unwrap();
    }
    table.push('\n');
    let happened = play(&stage).await;
    fences.raise(&stage).await;
    let mut heard = Vec::new();
    for socket in &mut sockets {
        heard.push(fences.heard_before(socket).await);
    }
    // Somebody hears of everything, and all hear in one order.
    let all: BTreeMap<i64, (String, RequestId)> =
        heard.iter().flatten().map(|(n, event)| (*n, event.clone())).collect();
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
    insta::assert_snapshot!("events", table);
}

type Happened = Vec<(&'static str, &'static str, RequestId)>;

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
    happened.push(("author files", "request.created", own.id));
    assign(own.id, a.electrician_id).await;
    happened.push(("desk assigns it", "request.assigned", own.id));
    assign(own.id, a.plumber_id).await;
    happened.push(("desk gives it to the zone's worker", "request.assigned", own.id));
    comment(desk, own.id, false).await;
    happened.push(("desk comments", "request.commented", own.id));
    comment(desk, own.id, true).await;
    happened.push(("desk comments internally", "request.commented", own.id));
    assign(own.id, a.electrician_id).await;
    happened.push(("desk gives it back", "request.assigned", own.id));
    let facts = UpdateRequest { description: Some("Иначе".to_owned()), ..UpdateRequest::default() };
    let version = requests::get(ctx, desk, own.id).await.unwrap().version;
    requests::update(ctx, desk, own.id, version, &facts).await.unwrap();
    happened.push(("desk edits it", "request.updated", own.id));
    for (what, action) in [("worker starts", Action::Start), ("worker completes", Action::Complete)] {
        requests::step(ctx, worker, own.id, &MoveRequest { action, reason: None, until: None }).await.unwrap();
        happened.push((what, "request.status_changed", own.id));
    }
    requests::rate(ctx, author, own.id, &RateRequest { stars: 5, reasons: Vec::new(), comment: None }).await.unwrap();
    happened.push(("author rates", "request.rated", own.id));
    let paid = create(author, CreateRequest { kind: Some(Kind::Paid), ..draft(a.house.units[0]) }).await;
    happened.push(("author files paid work", "request.created", paid.id));
    let line = NewLine {
        service_id: None,
        name: Some("Работа".to_owned()),
        price: Some(Money::from_tiyin(100)),
        quantity: Quantity::ONE,
    };
    let valid_until = (ctx.clock.now() + TimeDelta::days(9)).date_naive();
    let estimate = MakeEstimate { lines: vec![line], valid_until, note: None };
    work::estimate(ctx, desk, paid.id, &estimate).await.unwrap();
    happened.push(("desk sends an estimate", "request.estimate_sent", paid.id));
    let no = DecideEstimate { version: 1, accept: false, reason: None };
    work::decide(ctx, author, paid.id, &no).await.unwrap();
    happened.push(("author declines it", "request.estimate_declined", paid.id));
    work::estimate(ctx, desk, paid.id, &estimate).await.unwrap();
    happened.push(("desk sends another", "request.estimate_sent", paid.id));
    work::decide(ctx, author, paid.id, &DecideEstimate { version: 2, accept: true, reason: None }).await.unwrap();
    happened.push(("author accepts it", "request.estimate_accepted", paid.id));
    let hand = RecordWork::AddTime { minutes: 5, note: None };
    work::record(ctx, desk, paid.id, &hand).await.unwrap();
    happened.push(("desk records time", "request.updated", paid.id));
    let next_door = create(stage.actor(Who::Neighbour), draft(a.house.units[1])).await;
    happened.push(("neighbour files", "request.created", next_door.id));
    comment(stage.actor(Who::Neighbour), next_door.id, false).await;
    happened.push(("neighbour comments", "request.commented", next_door.id));
    let far = create(desk, draft(a.far_house.units[0])).await;
    happened.push(("desk files for the other house", "request.created", far.id));
    comment(desk, far.id, true).await;
    happened.push(("desk comments on it internally", "request.commented", far.id));
    testkit::miss_deadline(ctx, far.id).await;
    assert_eq!(deadlines::tick(ctx).await.unwrap().told, 1);
    happened.push(("its deadline is missed", "request.overdue", far.id));
    let foreign = create(stage.actor(Who::ResidentB), draft(b.house.units[0])).await;
    happened.push(("B resident files", "request.created", foreign.id));
    comment(stage.actor(Who::DispatcherB), foreign.id, true).await;
    happened.push(("B dispatcher comments internally", "request.commented", foreign.id));
    happened
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
    async fn heard_before(&self, socket: &mut Socket) -> BTreeMap<i64, (String, RequestId)> {
        let mut heard = BTreeMap::new();
        loop {
            let event = socket.next().await;
            let data = &event["data"];
            // What they were told themselves: says no more than its kind.
            if event["type"] == "notice.created" {
                assert!(data.as_object().is_some_and(|data| data.keys().eq(["kind"])), "{event}");
                continue;
            }
            assert!(data["number"].is_i64() && data["status"].is_string(), "{event}");
            let id: RequestId = data["request_id"].as_str().unwrap().parse().unwrap();
            let kind = event["type"].as_str().unwrap().to_owned();
            match self.0.iter().any(|(_, fence)| *fence == id) {
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
