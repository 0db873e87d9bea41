//! What I owe, paying it, and what I paid.

use api::session::use_live;
use i18n::{Locale, td_string, when};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{
    Money,
    payments::{Owed, PaymentFilter, PaymentRow, PaymentSource, PaymentState, Provider},
};
use parts::{Answer, Trouble, locale};
use ui::prelude::*;

/// The accounts and the newest payments, asked for together.
async fn load() -> api::ApiResult<(Vec<Owed>, Vec<PaymentRow>)> {
    let owed = api::payments::owed().await?;
    let page = api::payments::list(PaymentFilter { limit: Some(50), ..PaymentFilter::default() }).await?;
    Ok((owed, page.items))
}

/// `/my/pay`.
#[component]
pub fn PayPage() -> impl IntoView {
    let l = locale();
    let beat = use_live().of_payments();
    let found = Resource::new_blocking(move || beat.get(), |_| load());
    view! {
        <Title text=td_string!(l, payments.pay_title) />
        <Trouble />
        <Answer from=found lines=6 let:found>
            {move || found.with(|(owed, _)| owed.is_empty()).then(|| view! {
                <Banner tone=Tone::Warning text=td_string!(l, payments.no_account) />
            })}
            <For each=move || found.with(|(owed, _)| owed.clone()) key=|one| (one.account_id, one.balance, one.providers.len()) let:one>
                <Account one=one />
            </For>
            <h2 class="section-title mb-0">{td_string!(l, payments.history)}</h2>
            {move || found.with(|(_, rows)| rows.is_empty()).then(|| view! {
                <p class="panel p-4 m-0 text-muted">{td_string!(l, payments.history_empty)}</p>
            })}
            <section class="panel">
                <For each=move || found.with(|(_, rows)| rows.clone()) key=|row| (row.id, row.state) let:row>
                    <Paid row=row />
                </For>
            </section>
        </Answer>
    }
    .into_any()
}

/// One account: the number that matters, and the way to pay it. A plain form: it works before any WASM has loaded.
#[component]
fn Account(one: Owed) -> impl IntoView {
    let l = locale();
    let ahead = Money::ZERO.checked_sub(one.balance).filter(|ahead| *ahead > Money::ZERO);
    let (label, number) = match ahead {
        Some(ahead) => (td_string!(l, payments.advance), ahead),
        None => (td_string!(l, payments.owed), one.balance),
    };
    let field = format!("sum-{}", one.number);
    let start = if one.balance > Money::ZERO { one.balance.plain() } else { String::new() };
    view! {
        <section class="panel glass p-4 stack">
            <div>
                <span class="stat-label"><Icon name="wallet" />{label}</span>
                <p class="m-0 text-3xl font-semibold num">{number.to_string()}</p>
                {(one.balance == Money::ZERO).then(|| view! { <p class="m-0">{td_string!(l, payments.nothing_owed)}</p> })}
                <p class="m-0 text-muted [overflow-wrap:anywhere]">{one.address}</p>
                <p class="m-0 text-muted">{td_string!(l, payments.told_account, account = one.number).to_string()}</p>
            </div>
            {if one.providers.is_empty() {
                view! { <p class="m-0 text-muted">{td_string!(l, payments.no_kassa)}</p> }.into_any()
            } else {
                view! {
                    <form method="post" action="/pay" class="stack">
                        <input type="hidden" name="token" value=one.token />
                        <input type="hidden" name="page" value="/my/pay" />
                        <label class="field-label" for=field.clone()>{td_string!(l, payments.sum)}</label>
                        <input id=field class="input num" name="sum" inputmode="decimal" autocomplete="off" required=true maxlength="20" value=start />
                        {one.providers.into_iter().enumerate().map(|(n, provider)| view! {
                            <Button submit=true name="provider" value=provider.as_str() size=ButtonSize::Big icon="credit-card"
                                kind=if n == 0 { ButtonKind::Primary } else { ButtonKind::Secondary }>{by(l, provider)}</Button>
                        }).collect_view()}
                        <p class="m-0 text-sm text-muted">{td_string!(l, payments.pay_back)}</p>
                    </form>
                }
                .into_any()
            }}
        </section>
    }
}

fn by(l: Locale, provider: Provider) -> &'static str {
    match provider {
        Provider::Payme => td_string!(l, payments.by_payme),
        Provider::Click => td_string!(l, payments.by_click),
    }
}

fn way(l: Locale, source: PaymentSource) -> &'static str {
    match source {
        PaymentSource::Payme => td_string!(l, payments.source_payme),
        PaymentSource::Click => td_string!(l, payments.source_click),
        PaymentSource::Cash => td_string!(l, payments.source_cash),
        PaymentSource::Bank => td_string!(l, payments.source_bank),
        PaymentSource::Terminal => td_string!(l, payments.source_terminal),
    }
}

#[component]
fn Paid(row: PaymentRow) -> impl IntoView {
    let l = locale();
    let refunded = row.state == PaymentState::Refunded;
    let text = format!("{} · {} · {}", when::full(l, row.paid_at), way(l, row.source), row.account_number);
    view! {
        <AppRow title=row.amount.to_string() text=text icon=if refunded { "undo-2" } else { "check" }
            end=move || refunded.then(|| view! { <Pill text=td_string!(l, payments.state_refunded) tone=Tone::Neutral icon="undo-2" /> }) />
    }
}
