//! Before and after a breach: when to warn, whom to write to, and when finished work closes by itself.

use super::super::ConflictNote;
use crate::util::{field_error, lang, toast_failure};
use api::ApiError;
use i18n::{td_string, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Code, Role, UserId,
    deadlines::{DeadlineSettings, Watch},
    staff::StaffRow,
};
use ui::prelude::*;

#[component]
pub(super) fn WatchForm(saved: DeadlineSettings, people: Vec<StaffRow>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let version = RwSignal::new(saved.watch_version);
    let Watch { warn_percent, escalate_roles, escalate_to, close_after_days } = saved.watch;
    let (warn, close) = (RwSignal::new(warn_percent.to_string()), RwSignal::new(close_after_days.to_string()));
    let roles =
        [Role::Admin, Role::Dispatcher, Role::Staff].map(|role| (role, RwSignal::new(escalate_roles.contains(&role))));
    let named = RwSignal::new(escalate_to);
    let adding = RwSignal::new(String::new());
    let (busy, conflict) = (RwSignal::new(false), RwSignal::new(false));
    let error = RwSignal::new(None::<ApiError>);
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        // What is no number is out of every range.
        let read = |typed: RwSignal<String>| typed.get_untracked().trim().parse().unwrap_or(-1);
        let command = Watch {
            warn_percent: read(warn),
            escalate_roles: roles.iter().filter(|(_, on)| on.get_untracked()).map(|(role, _)| *role).collect(),
            escalate_to: named.get_untracked(),
            close_after_days: read(close),
        };
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api::deadlines::save_watch(version.get_untracked(), command).await {
                Ok(fresh) => {
                    version.set(fresh.watch_version);
                    conflict.set(false);
                    toasts.success(td_string!(l, settings.saved));
                }
                Err(refused) if refused.code() == Code::Conflict => {
                    if let Ok(fresh) = api::deadlines::settings().await {
                        version.set(fresh.watch_version);
                    }
                    conflict.set(true);
                }
                Err(refused) => {
                    if refused.0.fields.is_empty() {
                        toast_failure(toasts, l, &refused);
                    }
                    error.set(Some(refused));
                }
            }
            busy.set(false);
        });
    };
    let people = StoredValue::new(people);
    let name = move |id: UserId| {
        people.with_value(|all| all.iter().find(|p| p.id == id).map_or_else(|| id.to_string(), |p| p.name.clone()))
    };
    let options = Signal::derive(move || {
        let taken = named.get();
        people.with_value(|all| {
            all.iter()
                .filter(|p| !taken.contains(&p.id))
                .map(|p| Opt::new(p.id.to_string(), p.name.clone()).hint(words::role(l, p.role)))
                .collect::<Vec<_>>()
        })
    });
    let add = Callback::new(move |chosen: String| {
        if let Ok(id) = chosen.parse::<UserId>() {
            named.update(|all| {
                if !all.contains(&id) {
                    all.push(id);
                }
            });
            adding.set(String::new());
        }
    });
    view! {
        <Card title=td_string!(l, deadlines.watch)>
            <form class="stack max-w-3xl" on:submit=submit>
                <ConflictNote shown=conflict />
                <div class="grid gap-4 sm:grid-cols-2">
                    <Field label=td_string!(l, deadlines.warn) name="warn_percent" help=td_string!(l, deadlines.warn_help)
                        error=field_error(error.into(), l, "warn_percent") required=true>
                        <Input name="warn_percent" kind="number" inputmode="numeric" min="0" max="90" step="1" value=warn />
                    </Field>
                    <Field label=td_string!(l, deadlines.close_after) name="close_after_days" help=td_string!(l, deadlines.close_help)
                        error=field_error(error.into(), l, "close_after_days") required=true>
                        <Input name="close_after_days" kind="number" inputmode="numeric" min="0" max="90" step="1" value=close />
                    </Field>
                </div>
                <fieldset class="m-0 p-0 border-0 grid gap-2">
                    <legend class="field-label mb-1">{td_string!(l, deadlines.escalate_roles)}</legend>
                    <div class="row gap-4">
                        {roles.into_iter().map(|(role, on)| view! {
                            <Checkbox name=format!("role-{role:?}") label=words::role(l, role) checked=on />
                        }).collect_view()}
                    </div>
                </fieldset>
                <Field label=td_string!(l, deadlines.escalate_people) name="escalate-person" help=td_string!(l, deadlines.escalate_help)>
                    <div class="grid gap-2">
                        {move || (!named.with(Vec::is_empty)).then(|| view! {
                            <div class="row gap-1.5">
                                {named.get().into_iter().map(|id| view! {
                                    <span class="chip">
                                        {name(id)}
                                        <IconButton icon="x" label=td_string!(l, settings.remove)
                                            on_click=move |_| named.update(|all| all.retain(|other| *other != id)) />
                                    </span>
                                }).collect_view()}
                            </div>
                        })}
                        <Combobox name="escalate-person" options=options value=adding placeholder=td_string!(l, deadlines.add_person)
                            label=td_string!(l, deadlines.add_person) on_change=add />
                    </div>
                </Field>
                <div class="row justify-end">
                    <Button kind=ButtonKind::Primary submit=true loading=busy>{td_string!(l, common.save)}</Button>
                </div>
            </form>
        </Card>
    }
}
