//! What is owed on the resident's accounts, each with the way to pay it.

use crate::{dialogue::Talk, error::BotError, keyboards, state::Step};
use domain::{Actor, payments};
use i18n::{notices::owed, td_string};
use teloxide::utils::html::escape;

/// Every account of the homes with what is owed; where a kassa takes money, a button to the page.
pub(crate) async fn show(talk: &mut Talk<'_>, actor: &Actor) -> Result<(), BotError> {
    talk.dialogue.step = Step::Menu;
    let l = talk.l();
    let all = payments::owed(talk.ctx, actor).await?;
    if all.is_empty() {
        return talk.say(td_string!(l, payments.no_account)).await;
    }
    for one in &all {
        let account = td_string!(l, payments.told_account, account = escape(&one.number)).to_string();
        let text = format!("<b>{}</b>\n{account}\n{}", owed(l, one.balance), escape(&one.address));
        // Where the server does not know its own address there is no link to give.
        let link = talk.ctx.config.server.public_url.as_deref().map(|url| format!("{url}/pay/{}", one.token));
        let button = link.filter(|_| !one.providers.is_empty()).and_then(|link| keyboards::pay(l, &link));
        talk.say_with(&text, button.map(Into::into)).await?;
    }
    Ok(())
}
