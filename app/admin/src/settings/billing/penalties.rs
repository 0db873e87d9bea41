//! Editions of what paying late costs, and what a new one would have cost.

use crate::{
    billing::{months, percent_of},
    property::form::{Refusal, Sending},
    util::lang,
};
use api::ApiResult;
use i18n::{Locale, billing as words, penalties as terms_words, td_string};
use leptos::prelude::*;
use model::{
    Code, Failure, FieldError,
    billing::{BillingSettings, PenaltyForecast, PenaltyRuleRow, PenaltyTerms},
};
use ui::prelude::*;

#[component]
pub(super) fn Penalties(known: RwSignal<BillingSettings>) -> impl IntoView {
    let l = lang();
    let open = RwSignal::new(false);
    let month = known.with_untracked(|known| known.month);
    let columns = vec![
        Column::new("since", td_string!(l, debts.since), move |r: &PenaltyRuleRow| words::month(l, r.terms.since)),
        Column::new("due", td_string!(l, debts.penalty_due_day), |r: &PenaltyRuleRow| r.terms.due_day).num(),
        Column::new("grace", td_string!(l, debts.grace_days), |r: &PenaltyRuleRow| r.terms.grace_days).num(),
        Column::new("person", td_string!(l, debts.person_rate), move |r: &PenaltyRuleRow| {
            terms_words::rate(l, r.terms.person_rate)
        })
        .num(),
        Column::new("legal", td_string!(l, debts.legal_rate), move |r: &PenaltyRuleRow| {
            terms_words::rate(l, r.terms.legal_rate)
        })
        .num(),
        Column::new("cap", td_string!(l, debts.cap), move |r: &PenaltyRuleRow| words::percent(l, r.terms.cap_bp)).num(),
        Column::new("state", "", move |r: &PenaltyRuleRow| {
            let (text, tone) = if r.current {
                (td_string!(l, debts.edition_now), Tone::Success)
            } else if r.terms.since > month {
                (td_string!(l, debts.edition_later), Tone::Info)
            } else {
                (td_string!(l, debts.edition_past), Tone::Neutral)
            };
            view! { <Pill text=text tone=tone /> }
        }),
        Column::new("by", "", |r: &PenaltyRuleRow| r.author.clone()).class("text-muted"),
    ];
    let rows = Signal::derive(move || Some(known.with(|known| known.penalties.clone())));
    view! {
        <Card flush=true title=td_string!(l, debts.penalty_rules) actions=move || view! {
            <Button size=ButtonSize::Small icon="plus" on_click=move |_| open.set(true)>{td_string!(l, debts.new_edition)}</Button>
        }>
            <p class="m-0 p-4 text-muted max-w-4xl">{td_string!(l, debts.penalty_lead)}</p>
            <DataTable columns=columns rows=rows key=|r: &PenaltyRuleRow| r.id.to_string() caption=td_string!(l, debts.penalty_rules) stack=true
                empty=move || view! { <p class="m-0 p-4 pt-0">{td_string!(l, debts.no_penalty_rules)}</p> } />
        </Card>
        <Dialog open=open title=td_string!(l, debts.new_edition) wide=true>
            {move || open.get().then(|| view! { <Edition known=known open=open /> })}
        </Dialog>
    }
}

/// What is typed.
#[derive(Clone, Copy)]
struct Draft {
    since: RwSignal<String>,
    due: RwSignal<String>,
    grace: RwSignal<String>,
    person: RwSignal<String>,
    legal: RwSignal<String>,
    cap: RwSignal<String>,
}

impl Draft {
    fn new(l: Locale, terms: PenaltyTerms) -> Self {
        let text = |text: String| RwSignal::new(text);
        Self {
            since: text(terms.since.to_string()),
            due: text(terms.due_day.to_string()),
            grace: text(terms.grace_days.to_string()),
            person: text(terms_words::rate(l, terms.person_rate)),
            legal: text(terms_words::rate(l, terms.legal_rate)),
            cap: text(words::percent(l, terms.cap_bp)),
        }
    }

    fn read(self) -> Result<PenaltyTerms, Failure> {
        let wrong = |pointer: &str| Failure::invalid(vec![FieldError::new(pointer, "out_of_range")]);
        let number = |field: RwSignal<String>, pointer: &str| {
            field.get_untracked().trim().parse::<i16>().map_err(|_| wrong(pointer))
        };
        // Percent with four digits after the mark are hundredths of a basis point, with two hundredths of a percent.
        let percent = |field: RwSignal<String>, digits, pointer: &str| {
            percent_of(&field.get_untracked(), digits).ok_or_else(|| wrong(pointer))
        };
        Ok(PenaltyTerms {
            since: self.since.get_untracked().parse().map_err(|_| wrong("/since"))?,
            due_day: number(self.due, "/due_day")?,
            grace_days: number(self.grace, "/grace_days")?,
            person_rate: percent(self.person, 4, "/person_rate")?,
            legal_rate: percent(self.legal, 4, "/legal_rate")?,
            cap_bp: percent(self.cap, 2, "/cap_bp")?,
        })
    }
}

#[component]
fn Edition(known: RwSignal<BillingSettings>, open: RwSignal<bool>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let (month, newest) = known.with_untracked(|known| (known.month, known.penalties.first().map(|row| row.terms)));
    let start = newest.map_or(PenaltyTerms::usual(month), |terms| PenaltyTerms { since: month, ..terms });
    let draft = Draft::new(l, start);
    let found = RwSignal::new(None::<PenaltyForecast>);
    let save = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        match draft.read() {
            Ok(terms) => sending.send(api::penalties::create_rule(terms), move |fresh| {
                known.set(fresh);
                open.set(false);
                toasts.success(td_string!(l, settings.saved));
            }),
            Err(failure) => sending.refuse(failure),
        }
    };
    let look = move |_| match draft.read() {
        Ok(terms) => sending.send(forecast(terms, found), move |()| ()),
        Err(failure) => sending.refuse(failure),
    };
    view! {
        <form class="stack" on:submit=save novalidate>
            <Refusal of=sending />
            <div class="form-grid">
                <Field label=td_string!(l, debts.since) name="since" error=sending.error("since")>
                    <Select name="since" options=months(l, month, 12, 12) value=draft.since />
                </Field>
                <Field label=td_string!(l, debts.penalty_due_day) name="due_day" error=sending.error("due_day")>
                    <Input name="due_day" value=draft.due inputmode="numeric" maxlength=2 autocomplete="off" />
                </Field>
                <Field label=td_string!(l, debts.grace_days) name="grace_days" error=sending.error("grace_days")>
                    <Input name="grace_days" value=draft.grace inputmode="numeric" maxlength=2 autocomplete="off" />
                </Field>
                <Field label=td_string!(l, debts.cap) name="cap_bp" error=sending.error("cap_bp")>
                    <Input name="cap_bp" value=draft.cap inputmode="decimal" maxlength=6 autocomplete="off" />
                </Field>
                <Field label=td_string!(l, debts.person_rate) name="person_rate" error=sending.error("person_rate")>
                    <Input name="person_rate" value=draft.person inputmode="decimal" maxlength=7 autocomplete="off" />
                </Field>
                <Field label=td_string!(l, debts.legal_rate) name="legal_rate" error=sending.error("legal_rate")>
                    <Input name="legal_rate" value=draft.legal inputmode="decimal" maxlength=7 autocomplete="off" />
                </Field>
            </div>
            {move || found.get().map(|forecast| view! { <Forecast forecast=forecast /> })}
            <div class="row justify-end">
                <Button on_click=look loading=sending.busy icon="search">{td_string!(l, debts.forecast)}</Button>
                <Button kind=ButtonKind::Primary submit=true loading=sending.busy>{td_string!(l, common.save)}</Button>
            </div>
        </form>
    }
}

/// Part by part, until all houses are counted or nobody looks any more.
async fn forecast(terms: PenaltyTerms, found: RwSignal<Option<PenaltyForecast>>) -> ApiResult<()> {
    let mut all = api::penalties::forecast(terms, None).await?;
    while found.try_set(Some(all.clone())).is_none() {
        let Some(after) = all.next else { break };
        all = all.and(api::penalties::forecast(terms, Some(after)).await?).ok_or(Code::Internal)?;
    }
    Ok(())
}

#[component]
fn Forecast(forecast: PenaltyForecast) -> impl IntoView {
    let l = lang();
    let month = words::month(l, forecast.period);
    let counting = forecast.next.is_some().then(|| {
        let (looked, total) = (forecast.looked.to_string(), forecast.total.to_string());
        let percent = forecast.looked.saturating_mul(100).checked_div(forecast.total);
        (
            td_string!(l, debts.forecast_looked, n = looked, total = total).to_string(),
            percent.and_then(|p| p.try_into().ok()),
        )
    });
    let text = if forecast.accounts == 0 {
        td_string!(l, debts.forecast_none, month = month).to_string()
    } else {
        let (sum, n) = (forecast.amount.to_string(), forecast.accounts.to_string());
        td_string!(l, debts.forecast_found, month = month, sum = sum, n = n).to_string()
    };
    view! {
        <div class="panel p-3 grid gap-2" role="status">
            {match counting {
                Some((label, percent)) => view! { <Progress label=label value=Signal::stored(percent) /> }.into_any(),
                None => view! { <strong>{text}</strong> }.into_any(),
            }}
            {forecast.examples.into_iter().map(|example| view! {
                <div>
                    <p class="m-0 row justify-between"><span>{example.number}" · "{example.address}</span><span class="num">{words::soum(l, example.amount)}</span></p>
                    {example.lines.iter().map(|line| view! { <p class="m-0 text-sm text-muted">{terms_words::explain(l, line)}</p> }).collect_view()}
                </div>
            }).collect_view()}
        </div>
    }
}
