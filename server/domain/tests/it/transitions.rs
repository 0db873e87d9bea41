//! Whoever tries what the graph does not allow is refused, and nothing changes.

use crate::support::{assign, brought_to, code, step};
use domain::requests;
use model::{
    Code,
    requests::{Action, Party, RateRequest, Status},
};
use testkit::{TestCtx, World};

#[tokio::test]
async fn every_illegal_step_of_every_party_is_refused() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let people = [
        (Party::Desk, world.a.dispatcher().await),
        (Party::Executor, world.a.plumber().await),
        (Party::Author, world.a.resident().await),
    ];
    let mut tried = 0;
    for status in Status::ALL {
        let id = brought_to(&ctx, &world, *status).await;
        let before = requests::get(&ctx, &people[0].1, id).await.unwrap();
        assert_eq!(before.status, *status);
        // A worker without the work has no part in it.
        let assigned = before.assignee.is_some();
        for (party, actor) in &people {
            for action in Action::ALL {
                let legal = status.actions(*party).any(|a| a == *action);
                if legal && (assigned || *party != Party::Executor) {
                    continue;
                }
                let refused = match action {
                    Action::Assign => code(assign(&ctx, actor, id, world.a.plumber_id).await),
                    _ => code(step(&ctx, actor, id, *action).await),
                };
                let expected = match (party, action) {
                    (Party::Executor | Party::Author, Action::Assign) | (Party::Author, Action::Complete) => {
                        Code::Forbidden
                    }
                    (Party::Executor, _) if !assigned => Code::NotFound,
                    _ => Code::IllegalTransition,
                };
                assert_eq!(refused, expected, "{party:?} {action} in {status}");
                tried += 1;
            }
        }
        if !matches!(status, Status::Done | Status::Closed) {
            let rate = RateRequest { stars: 4, reasons: Vec::new(), comment: None };
            assert_eq!(code(requests::rate(&ctx, &people[2].1, id, &rate).await), Code::IllegalTransition);
        }
        let after = requests::get(&ctx, &people[0].1, id).await.unwrap();
        assert_eq!(after, before, "a refused step leaves no trace");
    }
    assert!(tried > 150, "{tried}");
}

#[tokio::test]
async fn every_legal_step_leads_where_the_graph_says() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    for (party, actor) in [
        (Party::Desk, world.a.admin().await),
        (Party::Executor, world.a.plumber().await),
        (Party::Author, world.a.resident().await),
    ] {
        for status in Status::ALL {
            for action in status.actions(party) {
                if party == Party::Executor && *status == Status::New {
                    continue;
                }
                let id = brought_to(&ctx, &world, *status).await;
                let card = match action {
                    Action::Assign => assign(&ctx, &actor, id, world.a.electrician_id).await,
                    _ => step(&ctx, &actor, id, action).await,
                };
                let card = card.unwrap_or_else(|error| panic!("{party:?} {action} in {status}: {error}"));
                assert_eq!(Some(card.status), status.after(action));
            }
        }
    }
}

#[tokio::test]
async fn work_does_not_start_without_a_worker() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let id = brought_to(&ctx, &world, Status::New).await;
    step(&ctx, &desk, id, Action::Defer).await.unwrap();
    assert_eq!(code(step(&ctx, &desk, id, Action::Start).await), Code::IllegalTransition);
}

#[tokio::test]
async fn two_people_at_once_take_one_step() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let worker = world.a.plumber().await;
    let id = brought_to(&ctx, &world, Status::InProgress).await;
    let (first, second) =
        tokio::join!(step(&ctx, &worker, id, Action::Complete), step(&ctx, &worker, id, Action::Complete));
    let refused: Vec<_> = [first, second].into_iter().filter_map(Result::err).map(|e| e.code()).collect();
    assert_eq!(refused, [Code::IllegalTransition]);
}
