//! One person: phones, homes, the way to their requests.

use crate::access::PersonAccess;
use crate::util::{Failed, PhoneLink, encode, lang, requests_about};
use api::session::use_me;
use i18n::{td_string, words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{Code, ContactId, Lang, Permission, people::ContactCard};
use ui::prelude::*;

/// `/desk/people/:id`.
#[component]
pub fn PersonPage() -> impl IntoView {
    let params = use_params_map();
    let found = Resource::new(
        move || params.with(|p| p.get("id")).and_then(|id| id.parse::<ContactId>().ok()),
        |id| async move {
            match id {
                Some(id) => api::people::contact(id).await,
                None => Err(Code::NotFound.into()),
            }
        },
    );
    view! {
        <Transition fallback=|| view! { <Skeleton lines=8 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(card) => view! { <Person card=card changed=Callback::new(move |()| found.refetch()) /> }.into_any(),
                Err(error) => view! {
                    <Card><Failed failure=error.0 back="/desk/people" on_retry=move |()| found.refetch() /></Card>
                }
                .into_any(),
            })}
        </Transition>
    }
    .into_any()
}

fn language(lang: Lang) -> &'static str {
    match lang {
        Lang::Ru => "Русский",
        Lang::Uz => "Oʻzbekcha",
        Lang::En => "English",
    }
}

#[component]
fn Person(card: ContactCard, changed: Callback<()>) -> impl IntoView {
    let l = lang();
    let manages = use_me().can(Permission::ResidentsManage);
    let kept = (card.id, card.name.clone(), card.homes.clone());
    let base = {
        let phone = card.phones.first().map(|p| encode(p.as_str())).unwrap_or_default();
        format!("/desk/requests/new?contact_id={}&phone={phone}", card.id)
    };
    let (requests, new) = (requests_about(&card.name), base.clone());
    view! {
        <Title text=card.name.clone() />
        <PageHeader
            title=card.name.clone()
            back="/desk/people"
            tags=move || card.has_login.then(|| view! {
                <Pill text=td_string!(l, people.has_login) tone=Tone::Success icon="smartphone" />
            })
            actions=move || view! {
                <Button href=requests.clone() icon="inbox">{td_string!(l, people.requests)}</Button>
                <Button kind=ButtonKind::Primary href=new.clone() icon="plus">{td_string!(l, desk.new_request)}</Button>
            }
        />
        <div class="split">
            <Card title=td_string!(l, people.homes) flush=true>
                {if card.homes.is_empty() {
                    view! { <EmptyState text=td_string!(l, people.no_homes) icon="home" /> }.into_any()
                } else {
                    card.homes.iter().map(|home| {
                        let new = format!("{base}&unit_id={}&address={}", home.unit_id, encode(&home.address));
                        view! {
                            <div class="flex flex-wrap items-center gap-2 px-4 py-2 border-b border-line last:border-b-0">
                                <Icon name="home" class="text-muted" />
                                <span class="grow min-w-40">
                                    <a class="link" href=requests_about(&home.address) title=td_string!(l, people.requests_of_home)>{home.address.clone()}</a>
                                    <span class="block text-xs text-muted">{words::relation(l, home.relation)}</span>
                                </span>
                                <Button size=ButtonSize::Small icon="plus" href=new>{td_string!(l, desk.new_request)}</Button>
                            </div>
                        }
                    }).collect_view().into_any()
                }}
            </Card>
            <Card title=td_string!(l, people.contact)>
                <KeyValues>
                    <Fact label=td_string!(l, people.phones)>
                        {if card.phones.is_empty() { Some("—") } else { None }}
                        {card.phones.iter().cloned().map(|phone| view! { <div><PhoneLink phone=phone /></div> }).collect_view()}
                    </Fact>
                    {card.email.clone().map(|email| view! {
                        <Fact label=td_string!(l, people.email)><a class="link" rel="external" href=format!("mailto:{email}")>{email.clone()}</a></Fact>
                    })}
                    <Fact label=td_string!(l, people.language)>{language(card.lang)}</Fact>
                    {card.note.clone().filter(|note| !note.is_empty()).map(|note| view! {
                        <Fact label=td_string!(l, people.note)><span class="whitespace-pre-wrap">{note}</span></Fact>
                    })}
                </KeyValues>
            </Card>
            {manages.then(|| view! { <PersonAccess id=kept.0 name=kept.1 homes=kept.2 on_change=changed /> })}
        </div>
    }
}
