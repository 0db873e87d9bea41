//! The debt of an account: what it was reminded of, what was promised.

use super::{fields::today, letters::LetterOf, tariff_form::Save};
use crate::{
    property::form::{Refusal, Sending, typed},
    util::lang,
};
use api::session::{use_me, use_now};
use i18n::{billing as words, reminders as told, td_string, when};
use leptos::prelude::*;
use model::{
    AccountId, Failure, FieldError, Permission,
    billing::{NewPromise, PromiseRow, ReminderRow, ReminderRules},
};
use ui::prelude::*;

#[component]
pub(super) fn Talks(
    account: AccountId,
    reminders: Vec<ReminderRow>,
    promises: Vec<PromiseRow>,
    /// Whose steps may be printed; nothing for whoever may not, and while nothing is late.
    ladder: Option<ReminderRules>,
    on_done: Callback<()>,
) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let manages = use_me().can(Permission::DebtsManage);
    let open = RwSignal::new(false);
    let reminders: Vec<(usize, ReminderRow)> = reminders.into_iter().enumerate().collect();
    let promises: Vec<(usize, PromiseRow)> = promises.into_iter().enumerate().collect();
    let told_columns = vec![
        Column::new("when", td_string!(l, billing.day), move |(_, r): &(usize, ReminderRow)| {
            when::moment(l, r.at, now.get())
        }),
        Column::new("kind", td_string!(l, debts.kind), move |(_, r): &(usize, ReminderRow)| {
            format!("{}. {}", r.step, told::kind(l, r.kind))
        }),
        Column::new("roads", td_string!(l, debts.wish), move |(_, r): &(usize, ReminderRow)| {
            r.roads.iter().map(|road| i18n::notices::channel(l, *road)).collect::<Vec<_>>().join(", ")
        }),
        Column::new("debt", td_string!(l, billing.debt_total), |(_, r): &(usize, ReminderRow)| r.debt.to_string())
            .num(),
        Column::new("late", "", move |(_, r): &(usize, ReminderRow)| {
            td_string!(l, debts.days_late, n = r.days_late.to_string()).to_string()
        }),
        Column::new("by", "", move |(_, r): &(usize, ReminderRow)| {
            r.author.clone().unwrap_or_else(|| td_string!(l, debts.by_itself).to_owned())
        })
        .class("text-muted"),
    ];
    let promised = vec![
        Column::new("on", td_string!(l, debts.promise_on), |(_, p): &(usize, PromiseRow)| words::day(p.on)),
        Column::new("note", td_string!(l, debts.note), |(_, p): &(usize, PromiseRow)| p.note.clone()),
        Column::new("by", "", move |(_, p): &(usize, PromiseRow)| {
            td_string!(l, billing.started_by, name = p.author.clone(), time = when::moment(l, p.at, now.get()))
                .to_string()
        })
        .class("text-muted"),
    ];
    let done = Callback::new(move |()| {
        open.set(false);
        on_done.run(());
    });
    view! {
        <Card flush=true title=td_string!(l, debts.talks) actions=move || manages.then(|| view! {
            <Button size=ButtonSize::Small icon="plus" on_click=move |_| open.set(true)>{td_string!(l, debts.new_promise)}</Button>
        })>
            <DataTable columns=promised rows=Signal::stored(Some(promises)) key=|(n, _): &(usize, PromiseRow)| n.to_string() caption=td_string!(l, debts.new_promise) stack=true
                empty=move || view! { <p class="m-0 p-4 text-muted">{td_string!(l, debts.no_promises)}</p> } />
            <DataTable columns=told_columns rows=Signal::stored(Some(reminders)) key=|(n, _): &(usize, ReminderRow)| n.to_string() caption=td_string!(l, debts.reminders) stack=true
                empty=move || view! { <p class="m-0 p-4 text-muted">{td_string!(l, debts.no_reminders)}</p> } />
            {ladder.map(|rules| view! { <LetterOf account=account rules=rules /> })}
        </Card>
        <Dialog open=open title=td_string!(l, debts.new_promise)>
            <Promise account=account open=open done=done />
        </Dialog>
    }
}

#[component]
fn Promise(account: AccountId, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let (on, note) = (RwSignal::new((today() + chrono::Days::new(7)).to_string()), RwSignal::new(String::new()));
    let save = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let Ok(day) = on.get_untracked().parse() else {
            return sending.refuse(Failure::invalid(vec![FieldError::new("/on", "required")]));
        };
        sending.send(api::reminders::promise(account, NewPromise { on: day, note: typed(note) }), move |_| {
            toasts.success(td_string!(l, billing.saved));
            done.run(());
        });
    };
    view! {
        <form class="stack" on:submit=save novalidate>
            <Refusal of=sending />
            <p class="m-0 text-muted">{td_string!(l, debts.promise_lead)}</p>
            <Field label=td_string!(l, debts.promise_on) name="on" required=true error=sending.error("on")>
                <DateInput name="on" value=on />
            </Field>
            <Field label=td_string!(l, debts.note) name="note" optional=true error=sending.error("note")>
                <Textarea name="note" value=note rows=2 maxlength=500 />
            </Field>
            <Save sending=sending open=open />
        </form>
    }
}
