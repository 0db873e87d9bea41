//! `/desk/settings/roles`: who may do what, in words. The table is the very one the server decides by.

use super::Frame;
use crate::util::lang;
use i18n::{td_string, words};
use leptos::prelude::*;
use model::{Permission, Role};
use ui::prelude::*;

#[component]
pub fn RolesPage() -> impl IntoView {
    let l = lang();
    let roles = [Role::Admin, Role::Dispatcher, Role::Staff, Role::Resident];
    // Rights that only the owner of the system has are not the company's business.
    let rights = Permission::ALL.iter().copied().filter(move |p| roles.iter().any(|role| role.can(*p)));
    view! {
        <Frame path="/desk/settings/roles">
            <p class="text-muted max-w-2xl mt-0 mb-3">{td_string!(l, settings.roles_lead)}</p>
            <div class="table-frame" tabindex="0">
                <table class="tbl">
                    <caption class="sr-only">{td_string!(l, settings.tab_roles)}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{td_string!(l, settings.right)}</th>
                            {roles.into_iter().map(|role| view! { <th scope="col" class="text-center!">{words::role(l, role)}</th> }).collect_view()}
                        </tr>
                    </thead>
                    <tbody>
                        {rights.map(|right| view! {
                            <tr>
                                <th scope="row" class="font-normal! whitespace-normal!">{words::permission(l, right)}</th>
                                {roles.into_iter().map(|role| view! {
                                    <td class="text-center!">
                                        {if role.can(right) {
                                            view! { <Icon name="check" class="text-success" label=td_string!(l, settings.allowed) /> }.into_any()
                                        } else {
                                            view! { <span class="text-muted" aria-label=td_string!(l, settings.not_allowed) role="img">"–"</span> }.into_any()
                                        }}
                                    </td>
                                }).collect_view()}
                            </tr>
                        }).collect_view()}
                    </tbody>
                </table>
            </div>
        </Frame>
    }
    .into_any()
}
