//! What is recorded of the work, as it stands on paper.

use super::{escape, section};
use chrono::{DateTime, Utc};
use i18n::{Locale, td_string, when, work_words};
use model::{
    Money,
    requests::{Change, RequestCard, Status},
    work::{Confirmation, EstimateState, FieldWork},
};
use std::fmt::Write as _;

pub(super) const STYLE: &str = "
table { width: 100%; border-collapse: collapse; margin: 4px 0 8px }
th, td { border: 1px solid #777; padding: 3px 6px; text-align: left; vertical-align: top; overflow-wrap: anywhere }
thead th { font-weight: 400; font-size: 9pt; color: #444 }
tr { break-inside: avoid }
.num { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.ticks { list-style: none; margin: 4px 0; padding: 0 } .ticks li { padding: 1px 0 } .ticks small { color: #444 }
.sum { display: flex; justify-content: space-between; gap: 12px; font-weight: 600; margin: 6px 0 }
.signature { display: block; max-width: 70mm; max-height: 25mm }
";

/// When somebody first began to work.
pub(super) fn began(card: &RequestCard) -> Option<DateTime<Utc>> {
    let begins = Some(Status::InProgress.as_str());
    let step = card.history.iter().find(|entry| entry.change == Change::Status && entry.new.as_deref() == begins);
    step.map(|entry| entry.at)
}

/// The price the resident has said yes to.
pub(super) fn agreed(l: Locale, work: &FieldWork) -> Option<String> {
    let accepted = work.estimate.as_ref().filter(|estimate| estimate.state == EstimateState::Accepted)?;
    Some(work_words::money(l, accepted.total))
}

/// Whether anything of what was used and spent is written down; the paper leaves lines for what is not.
pub(super) fn is_known(work: &FieldWork) -> bool {
    !(work.materials.is_empty() && work.time.is_empty() && work.costs.is_empty())
}

/// The points, with a tick where they are done.
pub(super) fn checklist(out: &mut String, l: Locale, work: &FieldWork) {
    if work.checklist.is_empty() {
        return;
    }
    let _ = write!(out, "<h2>{}</h2><ul class=\"ticks\">", escape(td_string!(l, work.checklist)));
    for item in &work.checklist {
        let (mark, said) = match (item.done_at, item.done_by.as_deref()) {
            (Some(at), by) => ("☑", format!(" — {}, {}", by.unwrap_or_default(), when::full(l, at))),
            (None, _) => ("☐", String::new()),
        };
        let _ = write!(out, "<li>{mark} {}<small>{}</small></li>", escape(&item.text), escape(&said));
    }
    out.push_str("</ul>");
}

/// Materials at the price of their day.
pub(super) fn materials(out: &mut String, l: Locale, work: &FieldWork) {
    let rows: Vec<[String; 4]> = work
        .materials
        .iter()
        .map(|used| {
            let quantity = format!("{} {}", used.quantity, work_words::unit(l, used.unit));
            [work_words::name(l, &used.names), quantity, used.price.to_string(), used.total.to_string()]
        })
        .collect();
    let head = [
        td_string!(l, work.material),
        td_string!(l, work.quantity),
        td_string!(l, work.price_soum),
        td_string!(l, work.amount),
    ];
    table(out, l, td_string!(l, together.print_materials), head, &rows, &work.totals.materials.to_string());
}

/// Who worked how long. A clock that still runs has no time yet.
pub(super) fn time(out: &mut String, l: Locale, work: &FieldWork) {
    let rows: Vec<[String; 3]> = work
        .time
        .iter()
        .filter_map(|entry| {
            let minutes = work_words::minutes(l, entry.minutes?.into());
            Some([entry.by.clone(), entry.note.clone().unwrap_or_default(), minutes])
        })
        .collect();
    let head = [td_string!(l, together.print_sign_worker), td_string!(l, work.note), td_string!(l, work.time)];
    table(out, l, td_string!(l, work.time), head, &rows, &work_words::minutes(l, work.totals.minutes));
}

/// Other costs, and what everything comes to.
pub(super) fn costs(out: &mut String, l: Locale, work: &FieldWork) {
    let rows: Vec<[String; 2]> = work.costs.iter().map(|cost| [cost.reason.clone(), cost.amount.to_string()]).collect();
    let head = [td_string!(l, work.cost_reason), td_string!(l, work.amount)];
    table(out, l, td_string!(l, work.costs), head, &rows, &work.totals.costs.to_string());
    if work.totals.money != Money::ZERO {
        let _ = write!(
            out,
            "<p class=\"sum\"><span>{}</span><span class=\"num\">{}</span></p>",
            escape(td_string!(l, work.total)),
            escape(&work_words::money(l, work.totals.money))
        );
    }
}

/// The resident's word: how, when and to whom they gave it, and what they drew.
pub(super) fn confirmation(out: &mut String, l: Locale, word: &Confirmation) {
    let said = [word.signer.as_deref(), word.reason.as_deref()];
    let parts = [work_words::how(l, word.how)].into_iter().chain(said.into_iter().flatten());
    let mut text = parts.collect::<Vec<_>>().join(" · ");
    let taken = td_string!(l, work.taken_by, name = word.by.clone(), time = when::full(l, word.at)).to_string();
    let _ = write!(text, "\n{taken}");
    if !word.intact {
        let _ = write!(text, "\n{}", td_string!(l, work.not_intact));
    }
    section(out, td_string!(l, together.print_confirmed), &text, 0);
    if let Some(file) = word.file_id {
        let _ = write!(out, "<img class=\"signature\" src=\"/files/{file}\" alt=\"\">");
    }
}

/// Rows under a heading, the last column in figures with its sum; nothing without rows.
fn table<const N: usize>(out: &mut String, l: Locale, title: &str, head: [&str; N], rows: &[[String; N]], total: &str) {
    if rows.is_empty() {
        return;
    }
    let class = |column: usize| if column + 1 == N { " class=\"num\"" } else { "" };
    let _ = write!(out, "<h2>{}</h2><table><thead><tr>", escape(title));
    for (column, name) in head.iter().enumerate() {
        let _ = write!(out, "<th{}>{}</th>", class(column), escape(name));
    }
    out.push_str("</tr></thead><tbody>");
    for row in rows {
        out.push_str("<tr>");
        for (column, text) in row.iter().enumerate() {
            let _ = write!(out, "<td{}>{}</td>", class(column), escape(text));
        }
        out.push_str("</tr>");
    }
    if rows.len() > 1 {
        let _ = write!(
            out,
            "<tr><th colspan=\"{}\">{}</th><th class=\"num\">{}</th></tr>",
            N - 1,
            escape(td_string!(l, work.total)),
            escape(total)
        );
    }
    out.push_str("</tbody></table>");
}
