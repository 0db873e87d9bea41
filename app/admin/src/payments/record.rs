//! Money that came in past the payment systems.

use super::source;
use crate::util::{field_error, lang, toast_failure};
use api::{ApiError, filling::Filling};
use i18n::td_string;
use leptos::{prelude::*, task::spawn_local};
use model::{
    Failure, FieldError, Money, PaymentId,
    payments::{PaymentSource, RecordPayment},
};
use ui::prelude::*;

#[component]
pub(super) fn RecordDialog(open: RwSignal<bool>, on_done: Callback<PaymentId>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let [account, sum, reference, day, payer, note] = std::array::from_fn(|_| RwSignal::new(String::new()));
    let way = RwSignal::new(PaymentSource::Cash.as_str().to_owned());
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    // Sent again after a lost answer, it is the same money.
    let filling = Filling::default();
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let Some(amount) = Money::read(&sum.get_untracked()) else {
            error.set(Some(ApiError(Failure::invalid(vec![FieldError::new("/amount", "out_of_range")]))));
            return;
        };
        let some = |signal: RwSignal<String>| Some(signal.get_untracked().trim().to_owned()).filter(|t| !t.is_empty());
        let command = RecordPayment {
            account: account.get_untracked().trim().to_owned(),
            source: way.get_untracked().parse().unwrap_or(PaymentSource::Cash),
            amount,
            reference: reference.get_untracked().trim().to_owned(),
            paid_on: day.get_untracked().parse().ok(),
            payer: some(payer),
            note: some(note),
        };
        busy.set(true);
        spawn_local(async move {
            match api::payments::record(filling.word(), command).await {
                Ok(card) => {
                    for signal in [account, sum, reference, day, payer, note] {
                        signal.set(String::new());
                    }
                    error.set(None);
                    filling.done();
                    toasts.success(td_string!(l, payments.recorded));
                    let _ = on_done.try_run(card.row.id);
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
    let ways: Vec<Opt> = PaymentSource::BY_HAND.iter().map(|s| Opt::new(s.as_str(), source(l, *s))).collect();
    let ways = StoredValue::new(ways);
    let wrong = move |field: &'static str| field_error(error.into(), l, field);
    view! {
        <Dialog open=open wide=true title=td_string!(l, payments.record_title)>
            <form class="stack" on:submit=submit>
                <div class="grid gap-4 sm:grid-cols-2">
                    <Field label=td_string!(l, payments.record_account) name="account" error=wrong("account") required=true>
                        <Input name="account" value=account autocomplete="off" maxlength=30 />
                    </Field>
                    <Field label=td_string!(l, payments.amount) name="amount" error=wrong("amount") required=true>
                        <Input name="amount" value=sum inputmode="decimal" autocomplete="off" maxlength=20 />
                    </Field>
                    <Field label=td_string!(l, payments.source) name="way" error=wrong("source")>
                        <Select name="way" options=ways.get_value() value=way />
                    </Field>
                    <Field label=td_string!(l, payments.record_reference) name="reference" error=wrong("reference") required=true>
                        <Input name="reference" value=reference autocomplete="off" maxlength=100 />
                    </Field>
                    <Field label=td_string!(l, payments.record_day) name="day" error=wrong("paid_on") optional=true>
                        <DateInput name="day" value=day />
                    </Field>
                    <Field label=td_string!(l, payments.payer) name="payer" error=wrong("payer") optional=true>
                        <Input name="payer" value=payer autocomplete="off" maxlength=200 />
                    </Field>
                </div>
                <Field label=td_string!(l, payments.note) name="note" error=wrong("note") optional=true>
                    <Input name="note" value=note autocomplete="off" maxlength=500 />
                </Field>
                <div class="row justify-end">
                    <Button kind=ButtonKind::Primary submit=true loading=busy>{td_string!(l, payments.record)}</Button>
                </div>
            </form>
        </Dialog>
    }
}
