//! A company's own words for messages, beside those of the product.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::notices::{LetterSent, SaveText, TextKey, TextKind, TextPreview, TextVersion, TextWords};

#[cfg(feature = "ssr")]
use {
    crate::context::run,
    chrono::{DateTime, Utc},
    domain::{Actor, Ctx, notices},
    i18n::{message_texts as words, notices::Told},
    model::{
        Lang,
        notices::{NoticeKind, StandardText},
    },
};

/// A kind with the product's words and the company's.
#[cfg(feature = "ssr")]
pub fn kind(kind: NoticeKind, own: &[TextVersion], now: DateTime<Utc>) -> TextKind {
    let standard = |lang| StandardText { lang, words: words::standard(i18n::locale(lang), kind, now) };
    TextKind {
        kind,
        vars: kind.vars().to_vec(),
        standard: Lang::ALL.map(standard).to_vec(),
        own: own.iter().filter(|own| own.key.kind == kind).cloned().collect(),
    }
}

/// Every kind whose words a company may write.
///
/// # Errors
/// As [`notices::texts`].
#[cfg(feature = "ssr")]
pub async fn all(ctx: &Ctx, actor: &Actor) -> domain::Result<Vec<TextKind>> {
    let own = notices::texts(ctx, actor).await?;
    let kinds = NoticeKind::ALL.iter().copied().filter(|kind| kind.is_editable());
    Ok(kinds.map(|of| kind(of, &own, ctx.clock.now())).collect())
}

/// Writes one and says how its kind stands then.
///
/// # Errors
/// As [`notices::save_text`].
#[cfg(feature = "ssr")]
pub async fn write(ctx: &Ctx, actor: &Actor, command: &SaveText) -> domain::Result<TextKind> {
    let own = notices::save_text(ctx, actor, command).await?;
    Ok(kind(command.kind, &own, ctx.clock.now()))
}

#[server(prefix = "/rpc", endpoint = "texts/list", input = Json, output = Json)]
pub async fn list() -> ApiResult<Vec<TextKind>> {
    run(async |ctx, actor| all(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "texts/save", input = Json, output = Json)]
pub async fn save(command: SaveText) -> ApiResult<TextKind> {
    run(async |ctx, actor| write(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "texts/history", input = Json, output = Json)]
pub async fn history(key: TextKey) -> ApiResult<Vec<TextVersion>> {
    run(async |ctx, actor| notices::text_history(&ctx, &actor, key).await).await
}

/// The words with the data of the newest message of their kind, or with an example.
#[server(prefix = "/rpc", endpoint = "texts/preview", input = Json, output = Json)]
pub async fn preview(key: TextKey, words: TextWords) -> ApiResult<TextPreview> {
    run(async |ctx, actor| {
        let (l, now) = (i18n::locale(key.lang), ctx.clock.now());
        let (facts, company) = notices::sample(&ctx, &actor, key.kind).await?;
        let real = facts.is_some();
        let facts = facts.unwrap_or_else(|| words::example(l, key.kind, now));
        let link = ctx.public_address();
        let told = Told { kind: key.kind, facts: &facts, name: actor.name(), company: &company, link: &link, now };
        Ok(TextPreview { words: words::filled(l, &told, words), real })
    })
    .await
}

/// Sends what is stored to the caller alone.
#[server(prefix = "/rpc", endpoint = "texts/try_out", input = Json, output = Json)]
pub async fn try_out(key: TextKey) -> ApiResult<LetterSent> {
    run(async |ctx, actor| {
        let example = words::example(i18n::locale(key.lang), key.kind, ctx.clock.now());
        notices::try_text(&ctx, &actor, key, &example).await
    })
    .await
}
