//! A company's own words for messages.

use crate::support::{assign, code, field, filed, wrong};
use domain::notices;
use model::{
    Code, Lang,
    notices::{NoticeChannel, NoticeKind, SaveText, TextKey, TextWords},
};
use testkit::{TestCtx, World};

const KEY: TextKey = TextKey { kind: NoticeKind::RequestStep, channel: NoticeChannel::InApp, lang: Lang::Ru };

fn save(version: i32, words: Option<(&str, &str)>) -> SaveText {
    let words = words.map(|(title, text)| TextWords { title: title.to_owned(), text: text.to_owned() });
    SaveText { kind: KEY.kind, channel: KEY.channel, lang: KEY.lang, version, words }
}

#[tokio::test]
async fn own_words_are_said_until_they_are_taken_back() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk, author) = (world.a.admin().await, world.a.dispatcher().await, world.a.resident().await);
    assert!(notices::texts(&ctx, &admin).await.unwrap().is_empty());
    // What makes no sense is refused, and so is who may not.
    for (command, pointer, word) in [
        (save(0, Some(("№{number}", "{sum}"))), "/words/text", "bad_variable"),
        (save(0, Some(("{nonsense}", "ok"))), "/words/title", "bad_variable"),
        (save(0, Some(("  ", "ok"))), "/words/title", "required"),
        (SaveText { kind: NoticeKind::Security, ..save(0, Some(("a", "b"))) }, "/kind", "unknown"),
    ] {
        assert_eq!(field(notices::save_text(&ctx, &admin, &command).await), wrong(pointer, word));
    }
    let own = save(0, Some(("Заявка {number}", "{address}")));
    assert_eq!(code(notices::save_text(&ctx, &desk, &own).await), Code::Forbidden);
    assert_eq!(code(notices::texts(&ctx, &author).await), Code::Forbidden);

    let all = notices::save_text(&ctx, &admin, &own).await.unwrap();
    assert!(all.len() == 1 && all[0].version == 1 && all[0].key == KEY);
    let id = filed(&ctx, &world).await;
    assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    let said = async |lang| notices::list(&ctx, &author, lang, None).await.unwrap().items[0].written.clone();
    assert_eq!(said(Lang::Ru).await, Some(("Заявка {number}".to_owned(), "{address}".to_owned())));
    assert_eq!(said(Lang::Uz).await, None);
    let (facts, _) = notices::sample(&ctx, &admin, KEY.kind).await.unwrap();
    assert!(facts.is_some_and(|facts| facts["status"] == "assigned"));
    assert!(notices::sample(&ctx, &world.b.admin().await, KEY.kind).await.unwrap().0.is_none());

    // Whoever saw an older version does not write over a newer one.
    assert_eq!(code(notices::save_text(&ctx, &admin, &own).await), Code::Conflict);
    notices::save_text(&ctx, &admin, &save(1, None)).await.unwrap();
    assert_eq!(said(Lang::Ru).await, None);
    let history = notices::text_history(&ctx, &admin, KEY).await.unwrap();
    let versions: Vec<(i32, bool)> = history.iter().map(|v| (v.version, v.words.is_some())).collect();
    assert_eq!(versions, [(2, false), (1, true)]);
    assert!(notices::text_history(&ctx, &world.b.admin().await, KEY).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_text_is_tried_out_on_oneself_alone() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let example = serde_json::json!({ "number": "12", "status": "done" });
    let sent = notices::try_text(&ctx, &admin, KEY, &example).await.unwrap();
    assert_eq!(sent.people, 1);
    assert_eq!(notices::list(&ctx, &admin, Lang::Ru, None).await.unwrap().items[0].facts, example);
    // By its own channel and in its own language, else not at all.
    let mail = TextKey { channel: NoticeChannel::Email, lang: Lang::Uz, ..KEY };
    let sent = notices::try_text(&ctx, &admin, mail, &example).await.unwrap();
    assert_eq!((sent.people, sent.messages), (1, 1));
    let chat = TextKey { channel: NoticeChannel::Telegram, ..mail };
    assert_eq!(notices::try_text(&ctx, &admin, chat, &example).await.unwrap().people, 0);
    let went: Vec<(String, String)> = sqlx::query_as("select channel, lang from deliveries where template = $1")
        .bind(KEY.kind.as_str())
        .fetch_all(&mut ctx.database.superuser().await)
        .await
        .unwrap();
    assert_eq!(went, [("email".to_owned(), "uz".to_owned())]);
    assert_eq!(notices::unread(&ctx, &admin).await.unwrap(), 1);
    for other in [world.a.dispatcher().await, world.a.resident().await, world.b.admin().await] {
        assert_eq!(notices::unread(&ctx, &other).await.unwrap(), 0);
    }
}
