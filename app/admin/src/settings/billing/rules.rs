//! The few numbers every bill goes by.

use crate::{
    property::form::{Refusal, Sending},
    util::lang,
};
use i18n::td_string;
use leptos::prelude::*;
use model::{
    Failure, FieldError, Money,
    billing::{BillingSettings, SaveBillingRules},
};
use ui::prelude::*;

#[component]
pub(super) fn Rules(known: RwSignal<BillingSettings>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let now = known.with_untracked(|known| known.rules);
    let (due, warn) = (RwSignal::new(now.due_day.to_string()), RwSignal::new(now.warn_percent.to_string()));
    let over = RwSignal::new(now.approve_over.plain());
    let save = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let wrong = |pointer: &str| sending.refuse(Failure::invalid(vec![FieldError::new(pointer, "out_of_range")]));
        let Ok(due_day) = due.get_untracked().trim().parse() else { return wrong("/due_day") };
        let Ok(warn_percent) = warn.get_untracked().trim().parse() else { return wrong("/warn_percent") };
        let Some(approve_over) = Money::read(&over.get_untracked()) else { return wrong("/approve_over") };
        let version = known.with_untracked(|known| known.rules.version);
        let command = SaveBillingRules { due_day, warn_percent, approve_over };
        sending.send(api::penalties::save_rules(version, command), move |fresh| {
            known.set(fresh);
            toasts.success(td_string!(l, settings.saved));
        });
    };
    view! {
        <Card title=td_string!(l, debts.rules_title)>
            <form class="stack" on:submit=save novalidate>
                <Refusal of=sending />
                <div class="form-grid">
                    <Field label=td_string!(l, debts.due_day) name="due_day" error=sending.error("due_day")>
                        <Input name="due_day" value=due inputmode="numeric" maxlength=2 autocomplete="off" />
                    </Field>
                    <Field label=td_string!(l, debts.warn_percent) name="warn_percent" error=sending.error("warn_percent")>
                        <Input name="warn_percent" value=warn inputmode="numeric" maxlength=4 autocomplete="off" />
                    </Field>
                </div>
                <Field label=td_string!(l, debts.approve_over) name="approve_over" error=sending.error("approve_over")>
                    <Input name="approve_over" value=over inputmode="decimal" maxlength=20 autocomplete="off" />
                </Field>
                <div class="row justify-end">
                    <Button kind=ButtonKind::Primary submit=true loading=sending.busy>{td_string!(l, common.save)}</Button>
                </div>
            </form>
        </Card>
    }
}
