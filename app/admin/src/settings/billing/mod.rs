//! `/desk/settings/billing`: when bills are due, what paying late costs, and how debts are reminded of.

mod ladder;
mod penalties;
mod rules;

use super::{Frame, loaded};
use api::{ApiResult, session::use_me};
use ladder::Ladder;
use leptos::prelude::*;
use model::{
    Code, Permission,
    billing::{BillingSettings, ReminderRules},
};
use penalties::Penalties;
use rules::Rules;

type Found = (Option<BillingSettings>, Option<ReminderRules>);

/// Everything of the page; each part for who may decide about it.
async fn find(prices: bool, debts: bool) -> ApiResult<Found> {
    if !prices && !debts {
        return Err(Code::Forbidden.into());
    }
    let settings = if prices { Some(api::penalties::rules().await?) } else { None };
    let ladder = if debts { Some(api::reminders::rules().await?) } else { None };
    Ok((settings, ladder))
}

#[component]
pub fn BillingPage() -> impl IntoView {
    let me = use_me();
    let (prices, debts) = (me.can(Permission::TariffsManage), me.can(Permission::DebtsManage));
    let found = Resource::new(|| (), move |()| find(prices, debts));
    view! {
        <Frame path="/desk/settings/billing">
            {loaded(found, move |(settings, ladder)| view! {
                <div class="stack max-w-5xl">
                    {settings.map(|settings| {
                        let known = RwSignal::new(settings);
                        view! {
                            <Rules known=known />
                            <Penalties known=known />
                        }
                    })}
                    {ladder.map(|rules| view! { <Ladder rules=rules /> })}
                </div>
            })}
        </Frame>
    }
    .into_any()
}
