//! Invitations of many as a sheet to print, cut up and hand out. They are known this one time: the sheet stays until it is
//! put away.

use super::invite::whole_link;
use crate::util::lang;
use api::session::use_me;
use i18n::{td_string, when};
use leptos::prelude::*;
use model::access::Handout;
use ui::prelude::*;

/// A slip for each invitation; nothing while there are none.
#[component]
pub(crate) fn Handouts(of: RwSignal<Vec<Handout>>) -> impl IntoView {
    let l = lang();
    let company = StoredValue::new(use_me().company);
    let title =
        Signal::derive(move || td_string!(l, access.handouts_title, n = of.with(Vec::len).to_string()).to_string());
    move || {
        let all = of.get();
        (!all.is_empty()).then(|| view! {
            <div class="print:hidden">
                <PageHeader title=title subtitle=td_string!(l, access.handouts_lead) actions=move || view! {
                    <Button on_click=move |_| of.set(Vec::new())>{td_string!(l, staff_admin.done)}</Button>
                    <Button kind=ButtonKind::Primary icon="printer" on_click=move |_| { let _ = window().print(); }>{td_string!(l, access.print)}</Button>
                } />
            </div>
            <div class="grid gap-3 sm:grid-cols-2 print:grid-cols-2">
                {all.into_iter().map(|one| view! { <Slip of=one company=company.get_value() /> }).collect_view()}
            </div>
        })
    }
}

#[component]
fn Slip(of: Handout, company: String) -> impl IntoView {
    let Handout { name, address, invitation } = of;
    let link = whole_link(invitation.link);
    // For whoever gets it, whatever language the desk works in.
    let lines = [i18n::Locale::uz, i18n::Locale::ru]
        .map(|l| td_string!(l, access.slip_text, until = when::full(l, invitation.expires_at)).to_string());
    view! {
        <article class="panel p-4 grid grid-cols-[auto_minmax(0,1fr)] gap-4">
            <div class="bg-white rounded-box p-1 w-36 self-start" role="img" aria-label=td_string!(lang(), access.qr) inner_html=invitation.qr></div>
            <div class="grid gap-1 content-start text-sm">
                <span class="text-muted">{company}</span>
                <strong class="text-base">{name}</strong>
                <span>{address}</span>
                <span class="text-xl font-semibold num">{invitation.code}</span>
                {lines.into_iter().map(|line| view! { <p class="m-0">{line}</p> }).collect_view()}
                <span class="text-xs [overflow-wrap:anywhere]">{link}</span>
            </div>
        </article>
    }
}
