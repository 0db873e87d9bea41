//! Settings of the company: profile, working time, deadlines, roles; and the guide of its first day.

mod assignment;
mod billing;
mod calendar;
mod catalogue;
mod classifier;
mod classifier_edit;
mod company;
mod deadlines;
mod guide;
mod kassas;
mod languages;
mod numbers;
mod privacy;
mod proof;
mod replies;
mod roles;
mod texts;

pub use assignment::AssignmentPage;
pub use billing::BillingPage;
pub use calendar::CalendarPage;
pub use catalogue::CataloguePage;
pub use classifier::ClassifierPage;
pub use company::CompanyPage;
pub use deadlines::{DeadlinesPage, WhatIfPage};
pub use guide::StartPage;
pub use kassas::KassasPage;
pub use languages::LanguagesPage;
pub use numbers::NumbersPage;
pub use privacy::PrivacyPage;
pub use proof::ProofPage;
pub use replies::RepliesPage;
pub use roles::RolesPage;
pub use texts::TextsPage;

use crate::util::{Failed, lang};
use api::ApiResult;
use i18n::td_string;
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Serialize, de::DeserializeOwned};
use ui::prelude::*;

/// Title and tabs of every page of settings.
#[component]
fn Frame(path: &'static str, children: Children) -> impl IntoView {
    let l = lang();
    let tab = |label: &str, href: &'static str, icon| Tab {
        label: label.to_owned(),
        href: href.to_owned(),
        icon: Some(icon),
        current: href == path,
        ..Tab::default()
    };
    let manages = api::session::use_me().can(model::Permission::SettingsManage);
    // Ready replies are everybody's who writes to residents; the rest is for who manages the company.
    let replies = tab(td_string!(l, together.replies), "/desk/settings/replies", "clipboard-list");
    let mut tabs = vec![
        tab(td_string!(l, settings.tab_company), "/desk/settings", "briefcase"),
        tab(td_string!(l, settings.tab_calendar), "/desk/settings/calendar", "calendar"),
        tab(td_string!(l, settings.tab_deadlines), "/desk/settings/deadlines", "alarm-clock"),
        tab(td_string!(l, lists.tab_numbers), "/desk/settings/numbers", "tag"),
        tab(td_string!(l, lists.tab_languages), "/desk/settings/languages", "languages"),
        tab(td_string!(l, payments.kassas), "/desk/settings/kassas", "credit-card"),
        tab(td_string!(l, debts.rules_tab), "/desk/settings/billing", "receipt"),
        tab(td_string!(l, people.tab_privacy), "/desk/settings/privacy", "lock"),
        tab(td_string!(l, work.settings_proof), "/desk/settings/proof", "badge-check"),
        tab(td_string!(l, work.settings_catalogue), "/desk/settings/catalogue", "package"),
        tab(td_string!(l, classifier.title), "/desk/settings/classifier", "list"),
        tab(td_string!(l, assignment.title), "/desk/settings/assignment", "user-check"),
        tab(td_string!(l, news.texts_tab), "/desk/settings/texts", "message-square"),
        tab(td_string!(l, settings.tab_roles), "/desk/settings/roles", "shield"),
    ];
    if !manages {
        tabs.clear();
    }
    tabs.push(replies);
    view! {
        <Title text=td_string!(l, settings.title) />
        <PageHeader title=td_string!(l, settings.title) />
        <div class="beside-tabs">
            <Tabs tabs=Signal::stored(tabs) label=td_string!(l, settings.title) side=true />
            <div>{children()}</div>
        </div>
    }
}

/// The stored state once it is here; the form is drawn once and keeps what is typed.
fn loaded<T, V>(found: Resource<ApiResult<T>>, form: impl Fn(T) -> V + Send + Sync + 'static) -> impl IntoView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    V: IntoView + 'static,
{
    view! {
        <Transition fallback=|| view! { <Skeleton lines=8 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(value) => form(value).into_any(),
                Err(error) => view! {
                    <Card><Failed failure=error.0 back="/desk" on_retry=move |()| found.refetch() /></Card>
                }
                .into_any(),
            })}
        </Transition>
    }
}

/// Says that somebody else saved meanwhile; the next press saves over it knowingly.
#[component]
fn ConflictNote(#[prop(into)] shown: Signal<bool>) -> impl IntoView {
    let l = lang();
    move || shown.get().then(|| view! { <Banner tone=Tone::Warning text=td_string!(l, settings.conflict) /> })
}
