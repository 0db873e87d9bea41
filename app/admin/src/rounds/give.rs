//! Giving a route to somebody, for a day or for several weeks.

use crate::{
    property::form::{Refusal, Sending},
    util::{lang, tell_failure},
};
use api::session::use_now;
use chrono::{NaiveDate, TimeDelta};
use i18n::{td_string, when};
use leptos::prelude::*;
use model::{
    Failure, FieldError, RouteId,
    rounds::{GiveRounds, RouteCard},
};
use ui::prelude::*;

#[component]
pub(super) fn GiveDialog(
    open: RwSignal<bool>,
    /// Chosen already, when a route's own button was pressed.
    route: RwSignal<Option<RouteId>>,
    routes: Signal<Vec<RouteCard>>,
    #[prop(into)] done: Callback<()>,
) -> impl IntoView {
    let (l, now, toasts) = (lang(), use_now(), use_toasts());
    let sending = Sending::new();
    let (chosen, who) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (day, times) = (RwSignal::new(String::new()), RwSignal::new("1".to_owned()));
    let people = LocalResource::new(api::staff::list);
    tell_failure(people);
    let workers = Signal::derive(move || {
        let all = people.get().and_then(Result::ok).unwrap_or_default();
        all.into_iter().map(|person| Opt::new(person.id.to_string(), person.name)).collect::<Vec<_>>()
    });
    let options = Signal::derive(move || {
        routes.with(|all| all.iter().map(|r| Opt::new(r.id.to_string(), r.facts.name.clone())).collect::<Vec<_>>())
    });
    effect(move || {
        if open.get() {
            sending.failure.set(None);
            let only = routes.with_untracked(|all| if let [one] = &all[..] { Some(one.id) } else { None });
            let id = route.get_untracked().or(only);
            chosen.set(id.map(|id| id.to_string()).unwrap_or_default());
            day.set(now.get_untracked().with_timezone(&when::zone()).date_naive().to_string());
        }
    });
    let send = move |_| {
        let read = || -> Result<GiveRounds, &'static str> {
            let first: NaiveDate = day.get_untracked().parse().map_err(|_| "days")?;
            let times: i64 = times.get_untracked().trim().parse().map_err(|_| "days")?;
            Ok(GiveRounds {
                route_id: chosen.get_untracked().parse().map_err(|_| "route_id")?,
                assignee_id: who.get_untracked().parse().map_err(|_| "assignee_id")?,
                days: (0..times.clamp(1, 52)).map(|n| first + TimeDelta::days(7 * n)).collect(),
            })
        };
        match read() {
            Ok(command) => sending.send(api::rounds::give(command), move |_| {
                open.set(false);
                toasts.success(td_string!(l, plans.given));
                done.run(());
            }),
            Err(field) => {
                let missing = FieldError::new(format!("/{field}"), "required");
                sending.refuse(Failure::invalid(vec![missing]));
            }
        }
    };
    let days_error = Signal::derive(move || {
        sending.failure.with(|f| {
            let field = f.as_ref()?.fields.iter().find(|field| field.pointer.starts_with("/days"))?;
            Some(i18n::failure::field(l, field))
        })
    });
    view! {
        <Dialog open=open title=td_string!(l, plans.give) footer=move || view! {
            <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Primary loading=sending.busy on_click=send>{td_string!(l, plans.give)}</Button>
        }>
            <div class="stack">
                <Refusal of=sending />
                <Field label=td_string!(l, plans.route) name="give-route" required=true error=sending.error("route_id")>
                    <Select name="give-route" options=options value=chosen placeholder=td_string!(l, plans.route) />
                </Field>
                <Field label=td_string!(l, plans.give_to) name="give-who" required=true error=sending.error("assignee_id")>
                    <Combobox name="give-who" options=workers value=who placeholder=td_string!(l, plans.choose_worker) />
                </Field>
                <div class="grid gap-4 sm:grid-cols-2">
                    <Field label=td_string!(l, plans.give_day) name="give-day" required=true error=days_error>
                        <DateInput name="give-day" value=day />
                    </Field>
                    <Field label=td_string!(l, plans.give_repeat) name="give-times">
                        <Input name="give-times" kind="number" inputmode="numeric" min="1" max="52" value=times />
                    </Field>
                </div>
            </div>
        </Dialog>
    }
}
