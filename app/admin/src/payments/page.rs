//! One payment: what came, where it went, and taking it back.

use super::{StateMark, answer, fiscal, source};
use crate::{
    audit::History,
    live_page::live_page,
    util::{Failed, lang, toast_failure},
};
use api::{
    confirm::use_confirming,
    session::{use_live, use_me},
};
use i18n::{Locale, td_string, when};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{
    PaymentId, Permission,
    audit::ObjectType,
    payments::{
        ClickAnswer, ClickRefund, ClickWord, PaymentCard, PaymentSource, PaymentState, RefundPayment, RefundState,
    },
};
use ui::prelude::*;

/// `/desk/payments/:id`.
#[component]
pub fn PaymentPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id")).and_then(|id| id.parse::<PaymentId>().ok()));
    let changes = RwSignal::new(0_i32);
    let version = Signal::derive(move || changes.get());
    let found = live_page(
        move || id.get(),
        use_debounced(use_live().of_payments(), 500),
        |id| async move {
            match id {
                Some(id) => api::payments::get(id).await,
                None => Err(model::Code::NotFound.into()),
            }
        },
    );
    view! {
        <Transition fallback=|| view! { <Skeleton lines=8 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(card) => view! { <Body card=card changed=Callback::new(move |()| { changes.update(|n| *n += 1); found.refetch(); }) /> }.into_any(),
                Err(error) => view! {
                    <Card><Failed failure=error.0 back="/desk/payments" on_retry=move |()| found.refetch() /></Card>
                }
                .into_any(),
            })}
        </Transition>
        // Outside: what it asks for must not hang on the payment's own answer.
        {id.get_untracked().map(|id| view! { <div class="mt-4 max-w-3xl"><History object_type=ObjectType::Payment id=id.0 version=version /></div> })}
    }
    .into_any()
}

#[component]
fn Body(card: PaymentCard, changed: Callback<()>) -> impl IntoView {
    let (l, me) = (lang(), use_me());
    let row = card.row.clone();
    let number = row.number.to_string();
    let title = td_string!(l, payments.one, n = number.clone()).to_string();
    let refunds = me.can(Permission::PaymentsRefund) && row.state == PaymentState::Completed;
    let by_payme = row.source == PaymentSource::Payme;
    let asking = RwSignal::new(false);
    // While Click is being asked nobody asks a second time.
    let pending = card.click_answers && card.click_refund.as_ref().is_some_and(|refund| refund.state.is_open());
    // Also where it gives nothing back it can say how the payment stands.
    let answered = card.click_answers || card.click.is_some() || card.click_refund.is_some();
    let unpaid = card.click.as_ref().is_some_and(|word| word.answer == ClickAnswer::Failed);
    let by_click = match (row.source, card.click_answers) {
        (PaymentSource::Click, true) => Some(td_string!(l, payments.refund_by_click)),
        (PaymentSource::Click, false) if unpaid => Some(td_string!(l, payments.refund_unpaid)),
        (PaymentSource::Click, false) if answered => Some(td_string!(l, payments.refund_by_hand)),
        (PaymentSource::Click, false) => Some(td_string!(l, payments.refund_click)),
        _ => None,
    };
    let asked_back = card.click_refund.clone().filter(|_| row.state == PaymentState::Completed);
    let by_hand = by_click.filter(|_| !card.click_answers);
    // A receipt that is made shows itself.
    let waiting = card.fiscal.filter(|_| card.receipt_url.is_none());
    let booked = when::date(&row.booked_on);
    view! {
        <Title text=title.clone() />
        <PageHeader title=title actions=move || (refunds && !by_payme && !pending).then(|| view! {
            <Button kind=ButtonKind::Danger icon="undo-2" on_click=move |_| asking.set(true)>{td_string!(l, payments.refund)}</Button>
        }) />
        <a class="link inline-block mb-3" href="/desk/payments">{td_string!(l, payments.to_list)}</a>
        {row.disputed.then(|| view! { <Dispute id=row.id changed=changed /> })}
        {asked_back.map(|refund| view! { <AskedBack refund=refund by_hand=by_hand /> })}
        {(refunds && by_payme).then(|| view! { <Banner tone=Tone::Info text=td_string!(l, payments.refund_payme) /> })}
        <Card class="max-w-3xl">
            <KeyValues>
                <Fact label=td_string!(l, payments.amount)><span class="text-xl font-semibold num">{row.amount.to_string()}</span></Fact>
                <Fact label=td_string!(l, payments.state)><StateMark value=row.state disputed=row.disputed /></Fact>
                <Fact label=td_string!(l, payments.when)>{when::full(l, row.paid_at)}</Fact>
                <Fact label=td_string!(l, payments.booked_on)>{booked}</Fact>
                <Fact label=td_string!(l, payments.source)>{source(l, row.source)}</Fact>
                {row.kassa.clone().map(|kassa| view! { <Fact label=td_string!(l, payments.kassa)>{kassa}</Fact> })}
                <Fact label=td_string!(l, payments.reference)><span class="num">{row.reference.clone()}</span></Fact>
                <Fact label=td_string!(l, payments.account)>
                    <a class="link num" href=format!("/desk/accounts/{}", row.account_id)>{row.account_number.clone()}</a>
                </Fact>
                <Fact label=td_string!(l, payments.address)>{row.address.clone()}</Fact>
                {card.payer.map(|payer| view! { <Fact label=td_string!(l, payments.payer)>{payer}</Fact> })}
                {card.note.map(|note| view! { <Fact label=td_string!(l, payments.note)>{note}</Fact> })}
                {card.created_by_name.map(|name| view! { <Fact label=td_string!(l, payments.recorded_by)>{name}</Fact> })}
                {card.refunded_at.map(|at| view! { <Fact label=td_string!(l, payments.refunded_at)>{when::full(l, at)}</Fact> })}
                {card.refund_reason.map(|why| view! { <Fact label=td_string!(l, payments.refund_reason)>{why}</Fact> })}
                {card.click.map(|word| view! { <Fact label=click_said(l, &word)>{click_word(l, &word)}</Fact> })}
                {waiting.map(|of| view! { <Fact label=td_string!(l, payments.receipt)>{fiscal(l, &of)}</Fact> })}
                {card.receipt_url.map(|url| view! {
                    <Fact label=td_string!(l, payments.receipt)>
                        <a class="link" href=url target="_blank" rel="noopener noreferrer external">{td_string!(l, payments.receipt)}</a>
                    </Fact>
                })}
            </KeyValues>
            {(answered && me.can(Permission::PaymentsRefund)).then(|| view! { <AskClick id=row.id changed=changed /> })}
        </Card>
        <RefundDialog open=asking id=row.id number=number by_click=by_click changed=changed />
    }
}

fn click_said(l: Locale, word: &ClickWord) -> String {
    td_string!(l, payments.click_said, time = when::full(l, word.at)).to_string()
}

/// The answer, with Click's own words behind it.
fn click_word(l: Locale, word: &ClickWord) -> String {
    let said = answer(l, word.answer);
    word.note.as_ref().map_or_else(|| said.to_owned(), |note| format!("{said} ({note})"))
}

/// A refund that Click was asked for, until it is in the books.
#[component]
fn AskedBack(
    refund: ClickRefund,
    /// What the desk does when Click will not, or does not say.
    by_hand: Option<&'static str>,
) -> impl IntoView {
    let l = lang();
    let (tone, text) = match refund.state {
        RefundState::Confirmed => return ().into_any(),
        RefundState::Asked | RefundState::Unknown if by_hand.is_some() => {
            (Tone::Warning, td_string!(l, payments.refund_silent).to_owned())
        }
        RefundState::Asked => (Tone::Info, td_string!(l, payments.refund_asked).to_owned()),
        RefundState::Unknown => (Tone::Warning, td_string!(l, payments.refund_unknown).to_owned()),
        RefundState::Refused => {
            let note = refund.note.unwrap_or_default();
            (Tone::Danger, td_string!(l, payments.refund_refused, note = note).to_string())
        }
    };
    match by_hand {
        Some(hint) => view! { <Banner tone=tone title=text text=hint /> }.into_any(),
        None => view! { <Banner tone=tone text=text /> }.into_any(),
    }
}

#[component]
fn AskClick(id: PaymentId, changed: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let busy = RwSignal::new(false);
    let ask = move |_| {
        busy.set(true);
        spawn_local(async move {
            match api::payments::ask(id).await {
                Ok(_) => {
                    let _ = changed.try_run(());
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
            let _ = busy.try_set(false);
        });
    };
    view! { <div class="mt-3"><Button icon="refresh-cw" loading=busy on_click=ask>{td_string!(l, payments.click_ask)}</Button></div> }
}

#[component]
fn Dispute(id: PaymentId, changed: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let busy = RwSignal::new(false);
    let keep = move |_| {
        busy.set(true);
        spawn_local(async move {
            match api::payments::keep(id).await {
                Ok(_) => {
                    let _ = changed.try_run(());
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
            let _ = busy.try_set(false);
        });
    };
    view! {
        <Banner tone=Tone::Warning icon="circle-alert" title=td_string!(l, payments.disputed)>
            <div class="grid gap-2">
                <p class="m-0">{td_string!(l, payments.disputed_hint)}</p>
                <div><Button loading=busy on_click=keep>{td_string!(l, payments.keep)}</Button></div>
            </div>
        </Banner>
    }
}

#[component]
fn RefundDialog(
    open: RwSignal<bool>,
    id: PaymentId,
    number: String,
    /// What must be known before a payment of Click is taken back.
    by_click: Option<&'static str>,
    changed: Callback<()>,
) -> impl IntoView {
    let (l, toasts, asking) = (lang(), use_toasts(), use_confirming());
    let (reason, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let command = RefundPayment { reason: reason.get_untracked().trim().to_owned() };
        busy.set(true);
        spawn_local(async move {
            match asking.sure(move || api::payments::refund(id, command.clone())).await {
                Ok(card) => {
                    open.set(false);
                    // Not as the page was when it asked: Click may have refused meanwhile.
                    toasts.success(if card.row.state == PaymentState::Refunded {
                        td_string!(l, payments.refunded)
                    } else {
                        td_string!(l, payments.refund_begun)
                    });
                    let _ = changed.try_run(());
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
            let _ = busy.try_set(false);
        });
    };
    view! {
        <Dialog open=open title=td_string!(l, payments.refund_title, n = number).to_string()>
            <form class="stack" on:submit=submit>
                <p class="m-0">{td_string!(l, payments.refund_text)}</p>
                {by_click.map(|text| view! { <Banner tone=Tone::Warning text=text /> })}
                <Field label=td_string!(l, payments.refund_reason) name="reason" required=true>
                    <Input name="reason" value=reason autocomplete="off" maxlength=500 />
                </Field>
                <div class="row justify-end">
                    <Button kind=ButtonKind::Danger submit=true loading=busy>{td_string!(l, payments.refund)}</Button>
                </div>
            </form>
        </Dialog>
    }
}
