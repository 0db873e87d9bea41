//! The call back after the work: what came of it, and recording one.

use super::page::Open;
use crate::util::{lang, toast_failure};
use api::session::{use_me, use_now};
use i18n::{Locale, failure, td_string, when};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Permission,
    requests::{ControlView, RecordControl, Status},
};
use ui::prelude::*;

fn outcome(l: Locale, call: &ControlView) -> (&'static str, Tone) {
    match call.satisfied {
        Some(true) => (td_string!(l, together.control_good), Tone::Success),
        Some(false) => (td_string!(l, together.control_bad), Tone::Danger),
        None => (td_string!(l, together.control_no), Tone::Neutral),
    }
}

#[component]
pub(super) fn Control(open: Open) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let may = use_me().can(Permission::CallsManage);
    let calls = open.part(|card| card.together.control.clone());
    let state = open.part(|card| (card.together.awaits_control, matches!(card.status, Status::Done | Status::Closed)));
    let asking = RwSignal::new(false);
    view! {
        {move || {
            let (waits, over) = state.get();
            (over || !calls.with(Vec::is_empty)).then(|| view! {
                <div class="grid gap-2 border-t border-line mt-3 pt-3">
                    <div class="row gap-2">
                        <strong class="grow">{td_string!(l, together.control)}</strong>
                        {waits.then(|| view! { <Pill text=td_string!(l, together.control_wait) tone=Tone::Warning icon="phone-call" /> })}
                        {(over && may).then(|| view! {
                            <Button size=ButtonSize::Small icon="phone-call" on_click=move |_| asking.set(true)>{td_string!(l, together.control_record)}</Button>
                        })}
                    </div>
                    {calls.get().into_iter().map(|call| {
                        let (word, tone) = outcome(l, &call);
                        let at = call.at;
                        view! {
                            <div class="grid gap-0.5">
                                <div class="row gap-2">
                                    <Pill text=word tone=tone plain=true />
                                    <span class="text-xs text-muted">{call.author} " · " {move || when::moment(l, at, now.get())}</span>
                                </div>
                                {(!call.note.is_empty()).then(|| view! { <div class="whitespace-pre-wrap wrap-anywhere">{call.note}</div> })}
                            </div>
                        }
                    }).collect_view()}
                </div>
            })
        }}
        <Record open=open shown=asking />
    }
}

#[component]
fn Record(open: Open, shown: RwSignal<bool>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let (reached, satisfied, note) =
        (RwSignal::new("yes".to_owned()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<String>);
    let send = Callback::new(move |()| {
        let answered = reached.with_untracked(|word| word == "yes");
        let command = RecordControl {
            reached: answered,
            satisfied: satisfied.with_untracked(|word| match word.as_str() {
                "good" if answered => Some(true),
                "bad" if answered => Some(false),
                _ => None,
            }),
            note: note.get_untracked(),
        };
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api::together::control(open.id, command).await {
                Ok(card) => {
                    let unhappy = card.together.control.first().is_some_and(|call| call.satisfied == Some(false));
                    open.take(card);
                    note.set(String::new());
                    satisfied.set(String::new());
                    shown.set(false);
                    if unhappy {
                        toasts.info(td_string!(l, together.control_return_hint));
                    } else {
                        toasts.success(td_string!(l, together.control_saved));
                    }
                }
                Err(refused) => match refused.0.field("satisfied") {
                    Some(field) => error.set(Some(failure::field(l, field))),
                    None => toast_failure(toasts, l, &refused),
                },
            }
            busy.set(false);
        });
    });
    let answers = StoredValue::new((
        vec![Opt::new("yes", td_string!(l, together.control_yes)), Opt::new("no", td_string!(l, together.control_no))],
        vec![
            Opt::new("good", td_string!(l, together.control_good)),
            Opt::new("bad", td_string!(l, together.control_bad)),
        ],
    ));
    view! {
        <Dialog open=shown title=td_string!(l, together.control) footer=move || view! {
            <Button on_click=move |_| shown.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Primary loading=busy on_click=move |_| send.run(())>{td_string!(l, common.save)}</Button>
        }>
            {move || open.card.with(|card| card.contact_phone.clone()).map(|phone| view! {
                <p class="m-0">{open.card.with_untracked(|card| card.contact_name.clone())} " " <crate::util::PhoneLink phone=phone /></p>
            })}
            <Field label=td_string!(l, together.control_reached) name="control-reached" group=true>
                <RadioCards name="control-reached" options=answers.with_value(|a| a.0.clone()) value=reached />
            </Field>
            {move || reached.with(|word| word == "yes").then(|| view! {
                <Field label=td_string!(l, together.control_satisfied) name="control-satisfied" group=true error=error>
                    <RadioCards name="control-satisfied" options=answers.with_value(|a| a.1.clone()) value=satisfied />
                </Field>
            })}
            <Field label=td_string!(l, together.control_note) name="control-note">
                <Textarea name="control-note" value=note rows=3 maxlength=1000 on_submit=send />
            </Field>
        </Dialog>
    }
}
