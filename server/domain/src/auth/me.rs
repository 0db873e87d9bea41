//! The person behind the call.

use crate::{
    Actor, Ctx, Result,
    audit::{self, Entry},
};
use model::{
    Lang, Phone,
    auth::{Looking, Me},
};
use serde_json::json;

/// Who is signed in, with the company and what they may do.
pub async fn me(ctx: &Ctx, actor: &Actor) -> Result<Me> {
    let user = actor.user()?;
    let mut tx = ctx.db.begin_system("own profile").await?;
    let row = sqlx::query!(
        r#"select u.phone, u.email, u.lang, u.totp_secret is not null as "totp!", c.name as company, c.phone as company_phone
           from users u, companies c where u.id = $1 and c.id = $2"#,
        user.0,
        actor.company_id().0
    )
    .fetch_one(&mut *tx)
    .await?;
    Ok(Me {
        user_id: user,
        contact_id: actor.contact_id(),
        role: actor.role(),
        company_id: actor.company_id(),
        company: row.company,
        company_phone: row.company_phone.as_deref().and_then(Phone::parse),
        name: actor.name().to_owned(),
        phone: row.phone.as_deref().and_then(Phone::parse),
        email: row.email,
        lang: Lang::parse(&row.lang).unwrap_or_default(),
        totp: row.totp,
        permissions: actor.role().permissions().collect(),
        looking: actor.looking().map(|real| Looking { name: real.name.clone(), until: real.until }),
    })
}

/// Remembers the language for messages. A resident keeps theirs when the company does not offer the new one. Who only looks
/// as somebody reads the pages in a language of their own; what the person chose stays.
pub async fn set_lang(ctx: &Ctx, actor: &Actor, lang: Lang) -> Result<()> {
    if actor.looking().is_some() {
        return Ok(());
    }
    let offered = crate::settings::offered(ctx, Some(actor)).await?;
    let mut tx = ctx.db.begin_system("own language").await?;
    let user = actor.user()?.0;
    let old = sqlx::query_scalar!("select lang from users where id = $1 for update", user).fetch_one(&mut *tx).await?;
    if old != lang.code() && offered.languages.contains(&lang) {
        sqlx::query!("update users set lang = $2 where id = $1", user, lang.code()).execute(&mut *tx).await?;
        let changes = json!({ "lang": [old, lang] });
        let entry = Entry { action: "user.update", object_type: "user", object_id: Some(user), changes };
        audit::write(&mut tx, actor, ctx.clock.now(), entry).await?;
    }
    tx.commit().await?;
    Ok(())
}
