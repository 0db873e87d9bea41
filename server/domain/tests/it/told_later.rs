//! Steps that were taken without a connection: taken at their time, once, and under the same rules as any other.

use crate::support::{assign, brought_to, code, failure, field, step, wrong};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Actor, Ctx, Result, files, idempotency::Key, requests};
use model::{
    Code, RequestId,
    requests::{
        Action, AddComment, AddPhotos, Change, CompleteRequest, FieldStep, Moment, MoveRequest, RequestCard, Status,
        TellStep,
    },
    work::RecordWork,
};
use testkit::{TestCtx, World, photo};

fn key(name: &str) -> Key {
    Key { key: name.to_owned(), request_hash: name.as_bytes().to_vec() }
}

/// A step that was taken some minutes ago.
async fn tell(
    ctx: &Ctx,
    actor: &Actor,
    id: RequestId,
    minutes: i64,
    step: FieldStep,
    key: Option<&Key>,
) -> Result<Option<RequestCard>> {
    let happened_at = ctx.clock.now() - TimeDelta::minutes(minutes);
    requests::tell(ctx, actor, id, &TellStep { happened_at, sent_at: None, step }, key).await
}

fn start() -> FieldStep {
    FieldStep::Move(MoveRequest { action: Action::Start, reason: None, until: None })
}

fn done() -> FieldStep {
    FieldStep::Complete(CompleteRequest { result: Some("Готово".to_owned()), file_ids: Vec::new() })
}

/// When a state was reached, and when the company heard of it.
fn reached(card: &RequestCard, status: Status) -> (DateTime<Utc>, Option<DateTime<Utc>>) {
    let found =
        |h: &&model::requests::HistoryEntry| h.change == Change::Status && h.new.as_deref() == Some(status.as_str());
    card.history.iter().rfind(found).map(|h| (h.at, h.sent_at)).unwrap()
}

#[tokio::test]
async fn a_morning_in_the_cellar_is_told_at_noon() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let worker = world.a.plumber().await;
    let id = brought_to(&ctx, &world, Status::Assigned).await;
    ctx.clock.advance(TimeDelta::hours(3));
    let now = ctx.clock.now();
    let ago = |minutes| now - TimeDelta::minutes(minutes);

    let card = tell(&ctx, &worker, id, 120, start(), None).await.unwrap().unwrap();
    assert_eq!(reached(&card, Status::InProgress), (ago(120), Some(now)));
    tell(&ctx, &worker, id, 110, FieldStep::Work(RecordWork::StartTimer), None).await.unwrap();
    let shot = files::upload(&ctx, &worker, photo()).await.unwrap();
    let shown = FieldStep::Photos(AddPhotos { file_ids: vec![shot.id], moment: Moment::After });
    let card = tell(&ctx, &worker, id, 100, shown, None).await.unwrap().unwrap();
    assert_eq!(card.files[0].created_at, ago(100), "a photo is as old as its step");
    let card = tell(&ctx, &worker, id, 60, done(), None).await.unwrap().unwrap();
    assert_eq!((card.status, card.completed_at), (Status::Done, Some(ago(60))));
    assert_eq!(reached(&card, Status::Done), (ago(60), Some(now)));
    assert_eq!(card.work.time.iter().map(|t| (t.started_at, t.minutes)).collect::<Vec<_>>(), [(ago(110), Some(50))]);
}

#[tokio::test]
async fn a_deadline_counts_with_the_time_of_the_work() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let worker = world.a.plumber().await;
    let late = async |minutes_after: i64| {
        let id = brought_to(&ctx, &world, Status::InProgress).await;
        let due = requests::get(&ctx, &worker, id).await.unwrap().due_at.unwrap();
        ctx.clock.advance(due - ctx.clock.now() + TimeDelta::hours(2));
        let minutes = 120 - minutes_after;
        tell(&ctx, &worker, id, minutes, done(), None).await.unwrap().unwrap().late
    };
    assert!(!late(-10).await, "done in time, told after it");
    assert!(late(10).await);
}

#[tokio::test]
async fn a_step_whose_answer_was_lost_is_taken_once() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let worker = world.a.plumber().await;
    let id = brought_to(&ctx, &world, Status::InProgress).await;
    let time = || FieldStep::Work(RecordWork::AddTime { minutes: 20, note: None, user_id: None });
    for _ in 0..2 {
        let card = tell(&ctx, &worker, id, 0, time(), Some(&key("k"))).await.unwrap().unwrap();
        assert_eq!(card.work.totals.minutes, 20);
    }
    // A refusal leaves the key free: the same step may be tried again.
    let other = brought_to(&ctx, &world, Status::Assigned).await;
    assert_eq!(code(tell(&ctx, &worker, other, 0, done(), Some(&key("d"))).await), Code::IllegalTransition);
    step(&ctx, &worker, other, Action::Start).await.unwrap();
    let card = tell(&ctx, &worker, other, 0, done(), Some(&key("d"))).await.unwrap().unwrap();
    assert_eq!(card.status, Status::Done);
    // Taken before, then given to somebody in another trade: nothing to show, and nothing to do again.
    assign(&ctx, &world.a.dispatcher().await, id, world.a.electrician_id).await.unwrap();
    assert!(tell(&ctx, &worker, id, 0, time(), Some(&key("k"))).await.is_ok());
}

#[tokio::test]
async fn what_was_taken_away_is_refused() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (worker, desk) = (world.a.plumber().await, world.a.dispatcher().await);
    let id = brought_to(&ctx, &world, Status::Assigned).await;
    ctx.clock.advance(TimeDelta::minutes(30));
    assign(&ctx, &desk, id, world.a.electrician_id).await.unwrap();
    ctx.clock.advance(TimeDelta::minutes(30));
    let refused = failure(tell(&ctx, &worker, id, 40, start(), None).await).code;
    assert!(matches!(refused, Code::Forbidden | Code::NotFound), "{refused}");
    assert_eq!(requests::get(&ctx, &desk, id).await.unwrap().status, Status::Assigned);
    assert_eq!(code(tell(&ctx, &desk, id, 40, start(), None).await), Code::Forbidden, "the desk acts at once");
}

#[tokio::test]
async fn the_story_of_a_request_does_not_run_backwards() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (worker, desk) = (world.a.plumber().await, world.a.dispatcher().await);
    let id = brought_to(&ctx, &world, Status::Assigned).await;
    ctx.clock.advance(TimeDelta::minutes(60));
    // Given anew half an hour ago: the work cannot have begun before.
    let given = ctx.clock.now();
    assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    ctx.clock.advance(TimeDelta::minutes(30));
    let card = tell(&ctx, &worker, id, 50, start(), None).await.unwrap().unwrap();
    assert_eq!(reached(&card, Status::InProgress).0, given);
    assert!(card.history.is_sorted_by_key(|entry| entry.at));

    assert_eq!(field(tell(&ctx, &worker, id, -10, done(), None).await), wrong("/happened_at", "in_future"));
    let old = TimeDelta::hours(73).num_minutes();
    assert_eq!(field(tell(&ctx, &worker, id, old, done(), None).await), wrong("/happened_at", "too_long_ago"));
}

#[tokio::test]
async fn a_comment_stands_where_it_arrived() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (worker, desk, author) = (world.a.plumber().await, world.a.dispatcher().await, world.a.resident().await);
    let id = brought_to(&ctx, &world, Status::InProgress).await;
    ctx.clock.advance(TimeDelta::hours(1));
    let say = |body: &str| AddComment { body: body.to_owned(), ..AddComment::default() };
    requests::comment(&ctx, &author, id, &say("Вы скоро?")).await.unwrap();
    domain::requests::read(&ctx, &desk, id).await.unwrap();
    ctx.clock.advance(TimeDelta::minutes(5));
    let now = ctx.clock.now();
    let card = tell(&ctx, &worker, id, 50, FieldStep::Comment(say("Я в подвале")), None).await.unwrap().unwrap();
    let last = card.comments.last().unwrap();
    assert_eq!((last.body.as_str(), last.created_at), ("Я в подвале", now));
    assert_eq!(last.written_at, Some(now - TimeDelta::minutes(50)));
    // Written before the desk read the talk, but nobody has read it yet.
    let seen = requests::get(&ctx, &desk, id).await.unwrap();
    assert!(seen.comments.last().unwrap().unread);
}
