//! `/desk/settings/numbers`: where the numbers of requests go on, and how those of personal accounts are made.

use super::{Frame, loaded};
use crate::{
    property::form::{Refusal, Sending},
    util::lang,
};
use api::ApiResult;
use i18n::td_string;
use leptos::prelude::*;
use model::{
    Failure, FieldError,
    property::{AccountRule, AccountRuleFacts, AccountTemplate},
    settings::RaiseNumber,
};
use ui::prelude::*;

async fn load() -> ApiResult<(i64, AccountRule)> {
    Ok((api::settings::profile().await?.next_request_number, api::property::account_rule().await?))
}

#[component]
pub fn NumbersPage() -> impl IntoView {
    let found = Resource::new(|| (), |()| load());
    view! {
        <Frame path="/desk/settings/numbers">
            {loaded(found, |(next, rule)| view! {
                <div class="grid gap-4 lg:grid-cols-2 items-start">
                    <Requests next=next />
                    <Accounts rule=rule />
                </div>
            })}
        </Frame>
    }
    .into_any()
}

#[component]
fn Requests(next: i64) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let typed = RwSignal::new(next.to_string());
    let save = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let Ok(next) = typed.get_untracked().trim().parse() else {
            return sending.refuse(Failure::invalid(vec![FieldError::new("/next", "out_of_range")]));
        };
        sending.send(api::settings::raise_request_number(RaiseNumber { next }), move |next| {
            typed.set(next.to_string());
            toasts.success(td_string!(l, settings.saved));
        });
    };
    let preview = move || {
        let first: i64 = typed.with(|text| text.trim().parse().ok()).filter(|n| *n > 0)?;
        let list = (first..first.saturating_add(3)).map(|n| format!("№{n}")).collect::<Vec<_>>().join(", ");
        Some(td_string!(l, lists.next_number_preview, list = list).to_string())
    };
    view! {
        <Card title=td_string!(l, lists.numbers_requests)>
            <form class="stack" on:submit=save novalidate>
                <Refusal of=sending />
                <Field label=td_string!(l, lists.next_number) name="next" error=sending.error("next") help=td_string!(l, lists.next_number_help)>
                    <Input name="next" value=typed inputmode="numeric" maxlength=9 autocomplete="off" />
                </Field>
                <p class="m-0 text-muted num" role="status">{preview}</p>
                <div class="row justify-end">
                    <Button kind=ButtonKind::Primary submit=true loading=sending.busy>{td_string!(l, common.save)}</Button>
                </div>
            </form>
        </Card>
    }
}

#[component]
fn Accounts(rule: AccountRule) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let (template, version) = (RwSignal::new(rule.template), RwSignal::new(rule.version));
    let save = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let command = AccountRuleFacts { template: template.get_untracked() };
        sending.send(api::property::set_account_rule(version.get_untracked(), command), move |rule| {
            template.set(rule.template);
            version.set(rule.version);
            toasts.success(td_string!(l, settings.saved));
        });
    };
    let preview = move || match template.with(|text| text.parse::<AccountTemplate>()) {
        Ok(rule) => {
            let numbers = [("45", 1), ("46", 2), ("12а", 3)].map(|(unit, seq)| rule.number(7, unit, seq)).join(", ");
            td_string!(l, lists.rule_preview, list = numbers).to_string()
        }
        Err(()) => td_string!(l, lists.rule_broken).to_owned(),
    };
    view! {
        <Card title=td_string!(l, lists.numbers_accounts)>
            <form class="stack" on:submit=save novalidate>
                <Refusal of=sending />
                <Field label=td_string!(l, property.rule_template) name="template" error=sending.error("template") help=td_string!(l, property.rule_help)>
                    <Input name="template" value=template maxlength=60 autocomplete="off" />
                </Field>
                <div class="row">
                    <Chip text=td_string!(l, property.rule_by_place) active=Signal::derive(move || template.with(|t| t == AccountTemplate::DEFAULT))
                        on_click=move |()| template.set(AccountTemplate::DEFAULT.to_owned()) />
                    <Chip text=td_string!(l, property.rule_by_order) active=Signal::derive(move || template.with(|t| t == "{seq:8}"))
                        on_click=move |()| template.set("{seq:8}".to_owned()) />
                </div>
                <p class="m-0 text-muted num" role="status">{preview}</p>
                <div class="row justify-end">
                    <Button kind=ButtonKind::Primary submit=true loading=sending.busy>{td_string!(l, common.save)}</Button>
                </div>
            </form>
        </Card>
    }
}
