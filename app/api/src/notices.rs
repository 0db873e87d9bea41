//! What the signed-in person was told, and what they want to be told.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{
    Lang, NoticeId,
    notices::{Deliveries, DeliveryFilter, NoticePreferences, Notices, ReadNotices, SaveNoticePreferences},
};

#[cfg(feature = "ssr")]
use {
    crate::context::run,
    chrono::{DateTime, Utc},
    domain::notices,
    i18n::notices::{self as words, Told},
    model::{Role, notices::NoticeView},
};

/// Notices in the words of a language, with the pages they lead this reader to.
#[cfg(feature = "ssr")]
pub fn in_words(role: Role, name: &str, lang: Lang, now: DateTime<Utc>, page: notices::NoticePage) -> Notices {
    let l = i18n::locale(lang);
    let items = page.items.into_iter().map(|row| {
        let href = words::leads(role, row.kind, row.about);
        let link = href.as_deref().unwrap_or_default();
        let told = Told { kind: row.kind, facts: &row.facts, name, company: &row.company, link, now };
        let said = words::say(l, &told, row.written.as_ref());
        NoticeView { id: row.id, kind: row.kind, title: said.title, text: said.text, href, at: row.at, read: row.read }
    });
    Notices { items: items.collect(), unread: page.unread, next: page.next }
}

/// How many the caller has not read.
#[server(prefix = "/rpc", endpoint = "notices/unread", input = Json, output = Json)]
pub async fn unread() -> ApiResult<i64> {
    run(async |ctx, actor| notices::unread(&ctx, &actor).await).await
}

/// The newest, or those after a page, in the language of the page.
#[server(prefix = "/rpc", endpoint = "notices/list", input = Json, output = Json)]
pub async fn list(lang: Lang, after: Option<NoticeId>) -> ApiResult<Notices> {
    run(async |ctx, actor| {
        let page = notices::list(&ctx, &actor, lang, after).await?;
        Ok(in_words(actor.role(), actor.name(), lang, ctx.clock.now(), page))
    })
    .await
}

/// Marks as read; says how many are left.
#[server(prefix = "/rpc", endpoint = "notices/read", input = Json, output = Json)]
pub async fn read(command: ReadNotices) -> ApiResult<i64> {
    run(async |ctx, actor| notices::read(&ctx, &actor, command).await).await
}

#[server(prefix = "/rpc", endpoint = "notices/preferences", input = Json, output = Json)]
pub async fn preferences() -> ApiResult<NoticePreferences> {
    run(async |ctx, actor| notices::preferences(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "notices/save_preferences", input = Json, output = Json)]
pub async fn save_preferences(command: SaveNoticePreferences) -> ApiResult<NoticePreferences> {
    run(async |ctx, actor| notices::save_preferences(&ctx, &actor, &command).await).await
}

/// The journal: did they get it?
#[server(prefix = "/rpc", endpoint = "notices/journal", input = Json, output = Json)]
pub async fn journal(filter: DeliveryFilter) -> ApiResult<Deliveries> {
    run(async |ctx, actor| notices::deliveries(&ctx, &actor, &filter).await).await
}
