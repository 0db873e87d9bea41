//! News as those read them who were told.

use crate::{Actor, Ctx, Result, notices};
use model::{
    Code, Lang, NewsId, Permission as P,
    news::{MyNews, NewsText, NewsTexts},
};

/// Shown at most.
const MOST: i64 = 50;

/// What the caller was told and is still news, the newest first.
pub async fn mine(ctx: &Ctx, actor: &Actor, lang: Lang) -> Result<Vec<MyNews>> {
    read(ctx, actor, lang, None).await
}

/// One of them, also when it is over; the caller has read it now.
///
/// # Errors
/// `not_found` for what they were not told, or what was taken back.
pub async fn open(ctx: &Ctx, actor: &Actor, lang: Lang, id: NewsId) -> Result<MyNews> {
    let found = read(ctx, actor, lang, Some(id)).await?.pop().ok_or(Code::NotFound)?;
    if !found.read {
        let mut tx = ctx.begin(actor).await?;
        notices::read_about(&mut tx, actor, id.0).await?;
        tx.commit().await?;
    }
    Ok(found)
}

async fn read(ctx: &Ctx, actor: &Actor, lang: Lang, id: Option<NewsId>) -> Result<Vec<MyNews>> {
    let scope = actor.scope(P::ProfileManage)?;
    let person = notices::person(actor)?;
    let mut tx = ctx.begin(actor).await?;
    let now = tx.now();
    let rows = sqlx::query!(
        r#"select w.id, w.title_ru, w.body_ru, w.title_uz, w.body_uz, w.title_en, w.body_en, w.important, n.at, n.read_at is not null as "read!"
           from notices n join news w on w.company_id = n.company_id and w.id = n.object_id
           where n.company_id = $1 and n.person_id = $2 and n.kind = 'news' and w.state <> 'cancelled'
             and case when $3::uuid is null then w.expires_at is null or w.expires_at > $4 else w.id = $3 end
           order by n.at desc, n.id desc limit $5"#,
        scope.company(),
        person,
        id.map(|id| id.0),
        now,
        MOST
    )
    .fetch_all(tx.conn())
    .await?;
    let text = |title: Option<String>, text: Option<String>| Some(NewsText { title: title?, text: text? });
    Ok(rows
        .into_iter()
        .map(|row| {
            let texts = NewsTexts {
                ru: NewsText { title: row.title_ru, text: row.body_ru },
                uz: text(row.title_uz, row.body_uz),
                en: text(row.title_en, row.body_en),
            };
            let NewsText { title, text } = texts.get(lang).clone();
            MyNews { id: row.id.into(), title, text, important: row.important, at: row.at, read: row.read }
        })
        .collect())
}
