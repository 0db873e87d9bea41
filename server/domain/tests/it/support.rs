//! Short ways to common steps.

use domain::{Actor, Ctx, Result, requests};
use model::{
    Code, Failure, RequestId, UserId,
    requests::{Action, AssignRequest, MoveRequest, RequestCard},
};
use testkit::World;

/// The failure of a call that must not succeed.
pub fn failure<T>(result: Result<T>) -> Failure {
    match result {
        Ok(_) => panic!("it succeeded"),
        Err(error) => error.into_failure(None),
    }
}

pub fn code<T>(result: Result<T>) -> Code {
    failure(result).code
}

/// The pointer and code of the only wrong field.
pub fn field<T>(result: Result<T>) -> (String, String) {
    let failure = failure(result);
    assert_eq!(failure.code, Code::Invalid);
    assert_eq!(failure.fields.len(), 1, "{:?}", failure.fields);
    let field = failure.fields.into_iter().next().unwrap();
    (field.pointer, field.code)
}

pub fn wrong(pointer: &str, code: &str) -> (String, String) {
    (pointer.to_owned(), code.to_owned())
}

pub async fn assign(ctx: &Ctx, actor: &Actor, id: RequestId, to: UserId) -> Result<RequestCard> {
    requests::assign(ctx, actor, id, &AssignRequest { assignee_id: to, comment: None }).await
}

/// A step with a reason where one is needed.
pub async fn step(ctx: &Ctx, actor: &Actor, id: RequestId, action: Action) -> Result<RequestCard> {
    let reason = action.needs_reason().then(|| "так надо".to_owned());
    requests::step(ctx, actor, id, &MoveRequest { action, reason, until: None }).await
}

/// A fresh request of company `a`, filed by its resident.
pub async fn filed(ctx: &Ctx, world: &World) -> RequestId {
    requests::create(ctx, &world.a.resident().await, &world.a.draft(), None).await.unwrap().id
}

/// Brings a fresh request into a state, by the people who would.
pub async fn brought_to(ctx: &Ctx, world: &World, status: model::requests::Status) -> RequestId {
    use model::requests::Status as S;
    let (desk, worker, author) = (world.a.dispatcher().await, world.a.plumber().await, world.a.resident().await);
    let id = filed(ctx, world).await;
    match status {
        S::New => return id,
        S::Cancelled => {
            step(ctx, &author, id, Action::Cancel).await.unwrap();
            return id;
        }
        S::Rejected => {
            step(ctx, &desk, id, Action::Reject).await.unwrap();
            return id;
        }
        _ => {}
    }
    assign(ctx, &desk, id, world.a.plumber_id).await.unwrap();
    let road: &[(&Actor, Action)] = match status {
        S::InProgress => &[(&worker, Action::Start)],
        S::Deferred => &[(&worker, Action::Defer)],
        S::Done => &[(&worker, Action::Start), (&worker, Action::Complete)],
        S::Returned => &[(&worker, Action::Start), (&worker, Action::Complete), (&author, Action::Return)],
        S::Closed => &[(&worker, Action::Start), (&worker, Action::Complete), (&desk, Action::Close)],
        _ => &[],
    };
    for (actor, action) in road {
        step(ctx, actor, id, *action).await.unwrap();
    }
    id
}
