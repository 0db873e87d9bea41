//! What is off at an address: beside a new request while the call goes on, and beside a request.

use super::{resource_icon, status_look};
use crate::util::{lang, toast_failure};
use api::session::{use_live, use_me, use_now};
use i18n::{outages as words, td_string};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Permission, Phone, RequestId,
    outages::{LinkRequests, OutageCall, OutageNotice, RequestContext, Spot},
};
use ui::prelude::*;

/// The words to say, and the way to the outage.
#[component]
fn Notice(notice: OutageNotice, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let (tone, _) = status_look(notice.status, notice.late);
    let facts = words::Facts::from(&notice);
    let (title, shown) = (words::headline(l, notice.status, notice.resource), facts.clone());
    let texts = notice.texts.clone();
    let heading = Signal::derive(move || format!("{title} · {}", words::time(l, &shown, now.get())));
    view! {
        <Banner tone=tone icon=resource_icon(notice.resource) title=heading>
            <div class="grid gap-2 min-w-0 w-full">
                <p class="m-0 whitespace-pre-wrap">
                    {move || td_string!(l, outages.say, text = words::says(l, &facts, &texts, now.get())).to_string()}
                </p>
                <div class="row">
                    {children.map(|children| children())}
                    <a class="link" target="_blank" href=format!("/desk/outages/{}", notice.id)>{td_string!(l, outages.open)}</a>
                    {(notice.joined > 0).then(|| view! {
                        <span class="text-muted">{td_string!(l, outages.neighbours, n = notice.joined.to_string()).to_string()}</span>
                    })}
                </div>
            </div>
        </Banner>
    }
}

/// Outages at the chosen place of a new request; the call is written down there instead of making one more request.
#[component]
pub(crate) fn Here(
    /// `unit:<id>` or `building:<id>`.
    #[prop(into)]
    place: Signal<String>,
    /// Who calls, as far as the form knows.
    #[prop(into)]
    caller: Callback<(), OutageCall>,
    /// The call is written down: nothing is left to file.
    #[prop(into)]
    on_call: Callback<()>,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let me = use_me();
    if !me.can(Permission::OutagesRead) {
        return ().into_any();
    }
    let manages = me.can(Permission::OutagesManage);
    let found = RwSignal::new(Vec::<OutageNotice>::new());
    let touched = use_live().of_outages();
    let known = StoredValue::new(String::new());
    effect(move || {
        touched.track();
        let asked = place.get();
        // What is off elsewhere is no news here; what is known of this place stays until there is better.
        if known.with_value(|known| *known != asked) {
            known.set_value(asked.clone());
            found.set(Vec::new());
        }
        let unit = asked.strip_prefix("unit:").and_then(|id| id.parse().ok()).map(Spot::Unit);
        let spot = unit.or(asked.strip_prefix("building:").and_then(|id| id.parse().ok()).map(Spot::Building));
        let Some(spot) = spot else { return };
        spawn_local(async move {
            let fresh = api::outages::at(spot).await;
            if place.try_get_untracked() != Some(asked) {
                return;
            }
            match fresh {
                Ok(fresh) => found.set(fresh),
                // A caller must not be told that all is well because the line was bad.
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    });
    let write = move |id| {
        let command = caller.run(());
        if command == OutageCall::default() {
            return toasts.error(td_string!(l, outages.call_nobody), None);
        }
        spawn_local(async move {
            match api::outages::call(id, command).await {
                Ok(()) => {
                    toasts.success(td_string!(l, outages.call_done));
                    let _ = on_call.try_run(());
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    };
    view! {
        <For each=move || found.get() key=|notice| (notice.id, notice.status, notice.ends_at, notice.joined) let:notice>
            {
                let id = notice.id;
                view! {
                    <Notice notice=notice>
                        {manages.then(|| view! {
                            <Button size=ButtonSize::Small icon="phone-call" on_click=move |_| write(id)>{td_string!(l, outages.call)}</Button>
                        })}
                    </Notice>
                }
            }
        </For>
    }
    .into_any()
}

/// Who calls, from the fields of a form.
pub(crate) fn caller(contact: &str, place: &str, name: &str, phone: &str) -> OutageCall {
    let contact_id = contact.parse().ok();
    OutageCall {
        contact_id,
        unit_id: place.strip_prefix("unit:").and_then(|id| id.parse().ok()),
        name: Some(name.trim().to_owned()).filter(|name| contact_id.is_none() && !name.is_empty()),
        phone: Phone::parse(phone),
    }
}

/// Beside a request: the outage that explains it, others at its address, and how many neighbours joined.
#[component]
pub(crate) fn Beside(
    id: RequestId,
    /// What came with the page.
    first: Option<RequestContext>,
    #[prop(into)] version: Signal<u64>,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let me = use_me();
    if !me.can(Permission::OutagesRead) {
        return ().into_any();
    }
    let manages = me.can(Permission::OutagesManage);
    let touched = use_live().of_outages();
    let known = RwSignal::new(first.unwrap_or_default());
    let renew = move || {
        spawn_local(async move {
            if let Ok(fresh) = api::outages::about_request(id).await {
                let _ = known.try_set(fresh);
            }
        });
    };
    effect_after(move |seen: Option<(u64, u64)>| {
        let now = (version.get(), touched.get());
        if seen.is_some_and(|seen| seen != now) {
            renew();
        }
        now
    });
    let link = move |outage, command: LinkRequests| {
        spawn_local(async move {
            match api::outages::link(outage, command).await {
                Ok(_) => {
                    toasts.success(td_string!(l, outages.linked_done));
                    renew();
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    };
    let shown = move |context: RequestContext| {
        let (cause, here) = (context.cause, context.here);
        (cause.is_some() || !here.is_empty() || context.joined > 0).then(|| view! {
            <Card title=if cause.is_some() { td_string!(l, outages.cause) } else { td_string!(l, outages.here) }>
                <div class="stack gap-3">
                    {(context.joined > 0).then(|| view! {
                        <p class="m-0 flex gap-2 items-center"><Icon name="users" class="text-muted" />
                            {td_string!(l, outages.neighbours, n = context.joined.to_string()).to_string()}</p>
                    })}
                    {cause.map(|notice| {
                        let outage = notice.id;
                        view! {
                            <Notice notice=notice>
                                {manages.then(|| view! {
                                    <Button size=ButtonSize::Small icon="x" on_click=move |_| link(outage, LinkRequests { link: Vec::new(), unlink: vec![id] })>
                                        {td_string!(l, outages.unlink)}
                                    </Button>
                                })}
                            </Notice>
                        }
                    })}
                    {here.into_iter().map(|notice| {
                        let outage = notice.id;
                        view! {
                            <Notice notice=notice>
                                {manages.then(|| view! {
                                    <Button size=ButtonSize::Small icon="link" on_click=move |_| link(outage, LinkRequests { link: vec![id], unlink: Vec::new() })>
                                        {td_string!(l, outages.link_request)}
                                    </Button>
                                })}
                            </Notice>
                        }
                    }).collect_view()}
                </div>
            </Card>
        })
    };
    view! { {move || shown(known.get())} }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_says_who_calls() {
        assert_eq!(caller("", "building:x", "  ", ""), OutageCall::default());
        let call = caller("", "", "Азиз", "90 123-45-67");
        assert_eq!((call.name.as_deref(), call.phone.is_some()), (Some("Азиз"), true));
    }
}
