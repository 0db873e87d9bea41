//! Parts of photos that nobody is to see any more.

use crate::support::{code, field, wrong};
use domain::{Actor, Ctx, audit, files, jobs::DiscardFiles, requests, stored};
use model::{
    Code, FileId, RequestId,
    audit::AuditFilter,
    requests::{AddComment, Change, CreateRequest, FileView, Rectangle, RedactPhoto},
};
use std::slice;
use testkit::{Company, TestCtx, World, photo};

/// The upper left quarter.
fn quarter() -> RedactPhoto {
    RedactPhoto { rectangles: vec![Rectangle { x: 0, y: 0, w: 500, h: 500 }] }
}

/// A request of the resident's with one photo.
async fn shown(ctx: &Ctx, company: &Company) -> (RequestId, FileView) {
    let author = company.resident().await;
    let shot = files::upload(ctx, &author, photo()).await.unwrap().id;
    let command = CreateRequest { file_ids: vec![shot], ..company.draft() };
    let card = requests::create(ctx, &author, &command, None).await.unwrap();
    (card.id, card.files[0].clone())
}

async fn key(ctx: &Ctx, actor: &Actor, id: FileId, thumb: bool) -> Option<String> {
    files::locate(ctx, actor, id, thumb).await.ok().map(|found| found.key)
}

#[tokio::test]
async fn a_photo_with_hidden_parts_takes_the_place_of_the_other() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, author) = (world.a.dispatcher().await, world.a.resident().await);
    let (id, old) = shown(&ctx, &world.a).await;
    let before = key(&ctx, &desk, old.id, false).await.unwrap();
    let was = ctx.blobs.get(&before).await.unwrap().unwrap().bytes;
    let new = requests::redact(&ctx, &desk, old.id, &quarter()).await.unwrap();
    assert_ne!(new.id, old.id);
    assert_eq!(
        (new.moment, new.created_at, new.width, new.height),
        (old.moment, old.created_at, old.width, old.height)
    );
    for actor in [&desk, &author] {
        let card = requests::get(&ctx, actor, id).await.unwrap();
        assert_eq!(card.files, slice::from_ref(&new));
        for thumb in [false, true] {
            assert_eq!(key(&ctx, actor, old.id, thumb).await, None);
            let key = key(&ctx, actor, new.id, thumb).await.unwrap();
            assert_ne!(ctx.blobs.get(&key).await.unwrap().unwrap().bytes, was);
        }
    }
    assert!(ctx.blobs.get(&before).await.unwrap().is_none());
    let found = stored::compare(&ctx).await.unwrap();
    assert_eq!((found.files, found.missing), (2, Vec::new()));

    let card = requests::get(&ctx, &desk, id).await.unwrap();
    let told = card.history.iter().find(|entry| entry.change == Change::Redacted).unwrap();
    assert_eq!((told.actor.as_str(), told.new.as_deref()), (desk.name(), Some("1")));
    let theirs = requests::get(&ctx, &author, id).await.unwrap();
    assert!(theirs.history.iter().all(|entry| entry.change != Change::Redacted));
    let filter = AuditFilter { action: Some("request.redact".to_owned()), ..AuditFilter::default() };
    let admin = world.a.admin().await;
    assert_eq!(audit::list(&ctx, &admin, &filter).await.unwrap().items.len(), 1);

    // Another part of what is there now; of what was there nobody can hide or show anything.
    assert_eq!(code(requests::redact(&ctx, &desk, old.id, &quarter()).await), Code::NotFound);
    assert!(requests::redact(&ctx, &desk, new.id, &quarter()).await.is_ok());
}

#[tokio::test]
async fn a_photo_of_a_comment_stays_with_it() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let (id, _) = shown(&ctx, &world.a).await;
    let shot = files::upload(&ctx, &desk, photo()).await.unwrap().id;
    let say = AddComment { body: "Смотрите".to_owned(), file_ids: vec![shot], ..AddComment::default() };
    let comment = requests::comment(&ctx, &desk, id, &say).await.unwrap().comments[0].id;
    let new = requests::redact(&ctx, &desk, shot, &quarter()).await.unwrap();
    assert_eq!(new.comment_id, Some(comment));
    let card = requests::get(&ctx, &desk, id).await.unwrap();
    assert_eq!((card.comments[0].file_ids.as_slice(), card.files.len()), ([new.id].as_slice(), 2));
    // Taken back with its comment it is nobody's to change.
    requests::take_comment_back(&ctx, &desk, id, comment).await.unwrap();
    assert_eq!(code(requests::redact(&ctx, &desk, new.id, &quarter()).await), Code::NotFound);
}

#[tokio::test]
async fn only_who_may_change_a_request_hides_parts_of_its_photos() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let (_, shot) = shown(&ctx, &world.a).await;
    for actor in [world.a.resident().await, world.a.plumber().await] {
        assert_eq!(code(requests::redact(&ctx, &actor, shot.id, &quarter()).await), Code::Forbidden);
    }
    let foreign = world.b.dispatcher().await;
    assert_eq!(code(requests::redact(&ctx, &foreign, shot.id, &quarter()).await), Code::NotFound);
    let loose = files::upload(&ctx, &desk, photo()).await.unwrap().id;
    assert_eq!(code(requests::redact(&ctx, &desk, loose, &quarter()).await), Code::NotFound);
    let over = RedactPhoto { rectangles: vec![Rectangle { x: 600, y: 0, w: 401, h: 1 }] };
    let refused = requests::redact(&ctx, &desk, shot.id, &over).await;
    assert_eq!(field(refused), wrong("/rectangles/0/w", "out_of_range"));
    assert!(key(&ctx, &desk, shot.id, false).await.is_some());
}

/// What one of them hid stays hidden, and nothing is left over of what the other painted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_at_once_make_one_photo() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, admin) = (world.a.dispatcher().await, world.a.admin().await);
    let (id, shot) = shown(&ctx, &world.a).await;
    let command = quarter();
    let (one, two) = tokio::join!(
        requests::redact(&ctx, &desk, shot.id, &command),
        requests::redact(&ctx, &admin, shot.id, &command)
    );
    let (done, refused): (Vec<_>, Vec<_>) = [one, two].into_iter().partition(Result::is_ok);
    assert_eq!((done.len(), refused.len()), (1, 1));
    for refused in refused {
        assert_eq!(code(refused), Code::NotFound);
    }
    assert_eq!(requests::get(&ctx, &desk, id).await.unwrap().files.len(), 1);
    let found = stored::compare(&ctx).await.unwrap();
    assert_eq!((found.files, found.missing), (2, Vec::new()));
}

/// As photos of the demo do.
#[tokio::test]
async fn bytes_that_another_photo_shares_stay() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let (_, first) = shown(&ctx, &world.a).await;
    let (_, second) = shown(&ctx, &world.a).await;
    let mut db = ctx.database.superuser().await;
    sqlx::query(
        "update files f set blob_key = o.blob_key, thumb_key = o.thumb_key from files o where f.id = $1 and o.id = $2",
    )
    .bind(second.id.0)
    .bind(first.id.0)
    .execute(&mut db)
    .await
    .unwrap();
    requests::redact(&ctx, &desk, first.id, &quarter()).await.unwrap();
    for thumb in [false, true] {
        let key = key(&ctx, &desk, second.id, thumb).await.unwrap();
        assert!(ctx.blobs.get(&key).await.unwrap().is_some());
    }
    // The job that follows finds nothing to do, either.
    let shared = key(&ctx, &desk, second.id, false).await.unwrap();
    let job = DiscardFiles { company_id: world.a.id, keys: vec![shared.clone()] };
    stored::discard(&ctx, &job).await.unwrap();
    assert!(ctx.blobs.get(&shared).await.unwrap().is_some());
    requests::redact(&ctx, &desk, second.id, &quarter()).await.unwrap();
    assert!(ctx.blobs.get(&shared).await.unwrap().is_none());
}
