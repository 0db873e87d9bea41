//! What the company wrote, asked for in the menu.

use crate::{dialogue::Talk, error::BotError, state::Step};
use domain::{Actor, news};
use i18n::{td_string, when};
use teloxide::utils::html::escape;

/// Shown at most.
const LAST: usize = 5;

/// The last news, the newest below: that is where a chat is read.
pub(crate) async fn show(talk: &mut Talk<'_>, actor: &Actor) -> Result<(), BotError> {
    talk.dialogue.step = Step::Menu;
    let (l, now) = (talk.l(), talk.ctx.clock.now());
    let mut all = news::mine(talk.ctx, actor, i18n::lang(l)).await?;
    if all.is_empty() {
        return talk.say(td_string!(l, news.my_empty)).await;
    }
    all.truncate(LAST);
    for news in all.iter().rev() {
        let at = when::moment(l, news.at, now);
        talk.say(&format!("<b>{}</b>\n{}\n\n{}", escape(&news.title), at, escape(&news.text))).await?;
    }
    Ok(())
}
