//! Documents of my house and of the company.

use i18n::{td_string, when};
use leptos::prelude::*;
use leptos_meta::Title;
use parts::{Answer, locale};
use ui::prelude::*;

/// `/my/documents`.
#[component]
pub fn DocumentsPage() -> impl IntoView {
    let l = locale();
    let found = Resource::new_blocking(|| (), |()| api::property::my_documents());
    view! {
        <Title text=td_string!(l, resident.documents) />
        <Answer from=found lines=4 let:rows>
            {move || if rows.with(Vec::is_empty) {
                view! { <EmptyState icon="file-text" text=td_string!(l, resident.no_documents) /> }.into_any()
            } else {
                let row = move |document: model::property::DocumentRow| {
                    let whose = document.address.clone().unwrap_or_else(|| td_string!(l, resident.of_company).to_owned());
                    let day = when::date(&document.updated_at.with_timezone(&when::zone()));
                    view! {
                        <a class="app-row" rel="external" download="" href=document.url()>
                            <Icon name="file-text" size=IconSize::Large class="text-muted" />
                            <span class="grow min-w-0">
                                <span class="block font-semibold [overflow-wrap:anywhere]">{document.title.clone()}</span>
                                <span class="block text-sm text-muted">{format!("{whose} · {day}")}</span>
                            </span>
                            <Icon name="download" class="text-muted" />
                        </a>
                    }
                };
                view! { <section class="panel">{rows.get().into_iter().map(row).collect_view()}</section> }.into_any()
            }}
        </Answer>
    }
    .into_any()
}
