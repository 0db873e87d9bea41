//! Which languages a company offers its residents.

use crate::{Actor, Ctx, Error, Result, Scope, Tx};
use model::{
    Code, Lang, Permission as P, Role,
    settings::{Languages, Offered},
};

fn read(codes: &[String]) -> Vec<Lang> {
    Lang::ALL.into_iter().filter(|lang| codes.iter().any(|code| code == lang.code())).collect()
}

/// The languages with their version.
pub async fn languages(ctx: &Ctx, actor: &Actor) -> Result<Languages> {
    let scope = actor.scope(P::SettingsManage)?;
    load(&mut ctx.begin(actor).await?, &scope).await
}

async fn load(tx: &mut Tx, scope: &Scope) -> Result<Languages> {
    let row = sqlx::query!("select version, lang, languages from companies where id = $1 for update", scope.company())
        .fetch_one(tx.conn())
        .await?;
    let offered = Offered { languages: read(&row.languages), default: Lang::parse(&row.lang).unwrap_or_default() };
    Ok(Languages { version: row.version, offered })
}

/// Replaces the languages. Residents with a login who used one that is no longer offered go on in the default.
///
/// # Errors
/// `invalid` without any language, or when the default is not among them; `conflict` when somebody changed them
/// meanwhile.
pub async fn save_languages(ctx: &Ctx, actor: &Actor, version: i32, command: &Offered) -> Result<Languages> {
    let scope = actor.scope(P::SettingsManage)?;
    let languages: Vec<Lang> = Lang::ALL.into_iter().filter(|lang| command.languages.contains(lang)).collect();
    if languages.is_empty() {
        return Err(Error::field("/languages", "required"));
    }
    if !languages.contains(&command.default) {
        return Err(Error::field("/default", "out_of_range"));
    }
    let mut tx = ctx.begin(actor).await?;
    let known = load(&mut tx, &scope).await?;
    if known.version != version {
        return Err(Code::Conflict.into());
    }
    let offered = Offered { languages, default: command.default };
    if tx.record("company.update", "company", scope.company(), Some(&known.offered), Some(&offered)).await? {
        let codes: Vec<String> = offered.languages.iter().map(|lang| lang.code().to_owned()).collect();
        sqlx::query!(
            "update companies set lang = $2, languages = $3, version = version + 1 where id = $1",
            scope.company(),
            offered.default.code(),
            &codes
        )
        .execute(tx.conn())
        .await?;
        sqlx::query!(
            "update users set lang = $2 where company_id = $1 and role = 'resident' and lang <> all($3)",
            scope.company(),
            offered.default.code(),
            &codes
        )
        .execute(tx.conn())
        .await?;
    }
    let saved = load(&mut tx, &scope).await?;
    tx.commit().await?;
    Ok(saved)
}

/// What a page offers its reader: staff choose any language, residents those of their company. Who is not signed in is
/// offered what any company offers; with a single company that is its choice and its default.
pub async fn offered(ctx: &Ctx, actor: Option<&Actor>) -> Result<Offered> {
    if actor.is_some_and(|actor| actor.role() != Role::Resident) {
        return Ok(Offered::default());
    }
    let mut tx = ctx.db.begin_system("the languages of a page").await?;
    let row = sqlx::query!(
        r#"select array(select distinct l from companies c, unnest(c.languages) l where $1::uuid is null or c.id = $1) as "languages!",
             (select c.lang from companies c where $1::uuid is null or c.id = $1 order by c.created_at, c.id limit 1) as lang"#,
        actor.map(|actor| actor.company_id().0)
    )
    .fetch_one(&mut *tx)
    .await?;
    let languages = read(&row.languages);
    // Before the first company is there.
    let Some(default) = row.lang.as_deref().and_then(Lang::parse) else { return Ok(Offered::default()) };
    Ok(Offered { languages, default })
}
