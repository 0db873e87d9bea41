//! Paying by the link of a receipt: what is owed and two buttons. Plain HTML, no login, no WASM.

use i18n::{failure, td_string, use_locale};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    Code, Money,
    payments::{PayPage as Page, Provider},
};
use parts::{Trouble, field_in};
use ui::prelude::*;

/// `/pay/:id`; the id is the token of the link.
#[component]
pub fn PayPage() -> impl IntoView {
    let l = use_locale();
    let token = use_params_map().with_untracked(|p| p.get("id")).unwrap_or_default();
    let next = format!("/pay/{token}");
    let title = td_string!(l, payments.pay_title);
    let current = i18n::lang(l).code();
    let asked = token.clone();
    let found = Resource::new_blocking(|| (), move |()| api::payments::pay_page(asked.clone()));
    view! {
        <Title text=title />
        <PlainShell title=title footer=move || view! { <LanguageSwitch next=next.clone() current=current full=true /> }>
            <Suspense>
                {move || {
                    let token = token.clone();
                    Suspend::new(async move {
                        match found.await {
                            Ok(page) => view! { <Form page=page token=token /> }.into_any(),
                            Err(error) if error.code() == Code::NotFound => {
                                view! { <Banner tone=Tone::Warning text=td_string!(l, payments.page_gone) /> }.into_any()
                            }
                            Err(error) => view! { <Banner tone=Tone::Danger text=failure::sentence(l, &error.0) /> }.into_any(),
                        }
                    })
                }}
            </Suspense>
        </PlainShell>
    }
}

#[component]
fn Form(page: Page, token: String) -> impl IntoView {
    let (l, query) = (use_locale(), use_query_map().get_untracked());
    let ahead = Money::ZERO.checked_sub(page.balance).filter(|ahead| *ahead > Money::ZERO);
    let (label, number) = match ahead {
        Some(ahead) => (td_string!(l, payments.advance), ahead),
        None => (td_string!(l, payments.owed), page.balance),
    };
    let start = query
        .get("sum")
        .unwrap_or_else(|| if page.balance > Money::ZERO { page.balance.plain() } else { String::new() });
    let limits =
        td_string!(l, payments.page_wrong_sum, min = page.min.to_string(), max = page.max.to_string()).to_string();
    view! {
        <div>
            <p class="m-0 font-semibold">{page.company}</p>
            <p class="m-0 text-muted">{page.address}</p>
            <p class="m-0 text-muted">
                {td_string!(l, payments.told_account, account = page.account).to_string()}
                {page.payer.map(|payer| format!(" · {payer}"))}
            </p>
        </div>
        <div>
            <span class="stat-label">{label}</span>
            <p class="m-0 text-3xl font-semibold num">{number.to_string()}</p>
            {(page.balance == Money::ZERO).then(|| view! { <p class="m-0">{td_string!(l, payments.nothing_owed)}</p> })}
        </div>
        <Trouble />
        {if page.providers.is_empty() {
            view! { <Banner tone=Tone::Info text=td_string!(l, payments.no_kassa) /> }.into_any()
        } else {
            view! {
                <form method="post" action="/pay" class="stack">
                    <input type="hidden" name="token" value=token />
                    <Field label=td_string!(l, payments.sum) name="sum" error=field_in(&query, "amount", l).map(|_| limits) required=true>
                        <Input name="sum" initial=start inputmode="decimal" autocomplete="off" maxlength=20 />
                    </Field>
                    {page.providers.into_iter().enumerate().map(|(n, provider)| {
                        let text = match provider {
                            Provider::Payme => td_string!(l, payments.by_payme),
                            Provider::Click => td_string!(l, payments.by_click),
                        };
                        view! {
                            <Button submit=true name="provider" value=provider.as_str() size=ButtonSize::Big icon="credit-card"
                                kind=if n == 0 { ButtonKind::Primary } else { ButtonKind::Secondary }>{text}</Button>
                        }
                    }).collect_view()}
                    <p class="m-0 text-sm text-muted">{td_string!(l, payments.pay_back)}</p>
                </form>
            }
            .into_any()
        }}
        {page.phone.map(|phone| view! {
            <p class="m-0 text-muted">
                {td_string!(l, payments.page_ask)} " "
                <a class="link num" href=format!("tel:{phone}") rel="external">{phone.pretty()}</a>
            </p>
        })}
    }
}
