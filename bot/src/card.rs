//! A request and a draft as a message.

use crate::state::Draft;
use chrono::{DateTime, Utc};
use i18n::{Locale, failure as words_of, td_string, when, words, work_words};
use model::{Failure, requests::RequestCard, work::Estimate};
use teloxide::utils::html::escape;

/// Longest piece of somebody's words in a card, so that the whole stays below Telegram's 4096.
const WORDS: usize = 700;
/// Lines of an estimate in a message; the app shows them all.
const LINES: usize = 8;

/// A person's words: escaped, and not too long.
pub(crate) fn quoted(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() <= WORDS {
        return escape(text);
    }
    format!("{}…", escape(&text.chars().take(WORDS).collect::<String>()))
}

/// The live card of a request.
pub(crate) fn card(l: Locale, card: &RequestCard, now: DateTime<Utc>) -> String {
    let mut lines = vec![
        format!("<b>№{} · {}</b>", card.number, words::category(l, card.category)),
        escape(&card.address),
        td_string!(l, bot.card_status, status = format!("<b>{}</b>", words::status(l, card.status))).to_string(),
    ];
    if let Some(assignee) = &card.assignee {
        lines.push(td_string!(l, bot.card_assignee, name = escape(&assignee.name)).to_string());
    }
    if let Some(due) = card.due_at.filter(|_| card.status.is_open() && card.paused.is_none()) {
        lines.push(td_string!(l, bot.card_due, due = when::moment(l, due, now)).to_string());
    }
    if !card.description.trim().is_empty() {
        lines.push(format!("\n{}", quoted(&card.description)));
    }
    if !card.files.is_empty() {
        lines.push(photos(l, card.files.len()));
    }
    if let Some(reason) = card.reason.as_deref().filter(|r| !r.trim().is_empty()) {
        lines.push(td_string!(l, bot.card_reason, reason = quoted(reason)).to_string());
    }
    if let Some(question) = card.waiting_for.as_deref() {
        lines.push(format!("\n<b>{}</b>\n{}", td_string!(l, deadlines.you_are_asked), quoted(question)));
    }
    if let Some(result) = card.result.as_deref().filter(|r| !r.trim().is_empty()) {
        lines.push(td_string!(l, bot.card_result, result = quoted(result)).to_string());
    }
    if let Some(estimate) = &card.work.estimate {
        lines.extend(estimate_lines(l, estimate));
    }
    if let Some(code) = &card.work.code {
        lines.push(format!("\n{}", td_string!(l, work.bot_code, code = format!("<b>{code}</b>"))));
    }
    if let Some(rating) = card.rating {
        lines.push(td_string!(l, bot.card_rating, stars = stars(rating)).to_string());
    }
    if card.may_rate {
        lines.push(format!("\n{}", td_string!(l, bot.card_rate)));
    }
    lines.join("\n")
}

/// What paid work will cost, line by line.
fn estimate_lines(l: Locale, estimate: &Estimate) -> Vec<String> {
    let state = work_words::estimate_state(l, estimate.state, estimate.expired);
    let mut lines = vec![format!("\n<b>{}</b> · {state}", td_string!(l, work.estimate))];
    lines.extend(estimate.lines.iter().take(LINES).map(|line| {
        let name = escape(&work_words::name(l, &line.names));
        let unit = work_words::unit(l, line.unit);
        format!("{name}, {} {unit} × {} = {}", line.quantity, line.price, work_words::money(l, line.total))
    }));
    if estimate.lines.len() > LINES {
        lines.push("…".to_owned());
    }
    let total = work_words::money(l, estimate.total);
    lines.push(format!("<b>{}: {total}</b>", td_string!(l, work.to_pay)));
    let day = work_words::day(l, estimate.valid_until);
    lines.push(td_string!(l, work.valid_until_day, day = day).to_string());
    lines
}

fn stars(rating: i16) -> String {
    (1..=5).map(|n| if n <= rating { '★' } else { '☆' }).collect()
}

fn photos(l: Locale, count: usize) -> String {
    td_string!(l, bot.draft_photos, count = count.to_string()).to_string()
}

/// What was written so far.
pub(crate) fn draft(l: Locale, draft: &Draft) -> String {
    let mut lines = vec![
        format!("<b>{}</b>", td_string!(l, bot.draft_title)),
        format!("{} · {}", words::category(l, draft.category), escape(&draft.address)),
    ];
    if !draft.text.is_empty() {
        lines.push(format!("\n{}", quoted(&draft.text)));
    }
    if !draft.file_ids.is_empty() {
        lines.push(photos(l, draft.file_ids.len()));
    }
    lines.push(format!("\n{}", td_string!(l, bot.ask_details)));
    lines.join("\n")
}

/// A failure in words, with what is wrong in each field.
pub(crate) fn failure(l: Locale, failure: &Failure) -> String {
    let mut lines = vec![words_of::sentence(l, failure)];
    lines.extend(failure.fields.iter().map(|field| words_of::field(l, field)));
    lines.join("\n")
}
