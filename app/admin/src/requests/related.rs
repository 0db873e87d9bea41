//! Requests that belong to this one: what it was joined to, what was joined to it, links, and open requests of the
//! same place that may be about the same.

use super::{page::Open, watchers::send};
use crate::util::{StatusPill, category_icon, category_options, kind_options, lang, looked_up, toast_failure};
use i18n::{Locale, failure, td_string, words};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    FileId, RequestId,
    requests::{
        Category, JoinRequests, Kind, LinkKind, LinkRequest, LinkView, LinkedRequest, Nearness, RequestFilter,
        SimilarQuery, SimilarRequest, SplitRequest, Status,
    },
};
use ui::prelude::*;

fn href(id: RequestId) -> String {
    format!("/desk/requests/{id}")
}

pub(super) fn link_word(l: Locale, kind: LinkKind, inbound: bool) -> &'static str {
    match (kind, inbound) {
        (LinkKind::Related, _) => td_string!(l, together.link_related),
        (LinkKind::Duplicate, _) => td_string!(l, together.link_duplicate),
        (LinkKind::Cause, false) => td_string!(l, together.link_cause),
        (LinkKind::Cause, true) => td_string!(l, together.link_cause_in),
        (LinkKind::Split, _) => td_string!(l, together.link_split),
    }
}

pub(super) fn near_words(l: Locale, near: &SimilarRequest) -> String {
    let place = match near.nearness {
        Nearness::Unit => td_string!(l, together.near_unit),
        Nearness::Entrance => td_string!(l, together.near_entrance),
        Nearness::House => td_string!(l, together.near_house),
    };
    if near.same_category { place.to_owned() } else { format!("{place}, {}", td_string!(l, together.other_category)) }
}

/// The work goes on under another request.
#[component]
pub(super) fn MergedNote(open: Open) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let main = open.part(|card| card.together.main.clone().zip(Some(card.together.may_arrange)));
    move || {
        main.get().map(|(main, may)| {
            let number = main.number.to_string();
            let title = td_string!(l, together.merged_title, number = number.clone()).to_string();
            let text = td_string!(l, together.merged_text, status = words::status(l, main.status)).to_string();
            view! {
                <div class="mb-4">
                    <Banner tone=Tone::Info title=title icon="git-merge">
                        <div class="row gap-2 w-full">
                            <span class="grow">{text}</span>
                            {main.id.map(|id| view! {
                                <Button size=ButtonSize::Small href=href(id)>{td_string!(l, together.merged_open, number = number).to_string()}</Button>
                            })}
                            {may.then(|| view! {
                                <Button size=ButtonSize::Small icon="undo-2" on_click=move |_| send(open, toasts, api::together::take_out(open.id))>
                                    {td_string!(l, together.take_out)}
                                </Button>
                            })}
                        </div>
                    </Banner>
                </div>
            }
        })
    }
}

/// One request as a line, with what may be done to it.
#[component]
fn Line(request: LinkedRequest, #[prop(into)] about: String, children: Children) -> impl IntoView {
    let l = lang();
    let text = if request.description.is_empty() {
        words::category(l, request.category).to_owned()
    } else {
        request.description.clone()
    };
    view! {
        <div class="grid grid-cols-[minmax(0,1fr)_auto] gap-x-2 items-center border-b border-line last:border-b-0 py-1.5">
            <div class="min-w-0">
                <div class="row gap-2">
                    <a class="link num" href=href(request.id)>{format!("№{}", request.number)}</a>
                    <StatusPill status=request.status />
                    <span class="text-xs text-muted">{about}</span>
                </div>
                <div class="truncate text-sm" title=text.clone()>
                    <Icon name=category_icon(request.category) class="mr-1 text-muted" />{text.clone()}
                </div>
                <div class="truncate text-xs text-muted">{request.address.clone()}</div>
            </div>
            <div class="row flex-nowrap gap-1">{children()}</div>
        </div>
    }
}

#[component]
pub(super) fn Related(open: Open) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let links = open.part(|card| card.together.links.clone());
    let joined = open.part(|card| card.together.joined.clone());
    let may = open.part(|card| card.together.may_arrange);
    // Only work that still waits can take a duplicate in.
    let takes = open.part(|card| card.together.may_arrange && card.together.main.is_none());
    let (linking, splitting) = (RwSignal::new(false), RwSignal::new(false));
    let similar = RwSignal::new(Vec::<SimilarRequest>::new());
    let place = open.part(|card| SimilarQuery {
        unit_id: card.unit_id,
        building_id: Some(card.building_id),
        category: Some(card.category),
        except: Some(card.id),
    });
    effect(move || {
        let query = place.get();
        // Whatever was joined or linked is told above.
        joined.track();
        spawn_local(async move {
            let answer = api::together::similar(query).await;
            if place.try_get_untracked() == Some(query) {
                similar.set(looked_up(toasts, l, answer).unwrap_or_default());
            }
        });
    });
    let join = move |request: &LinkedRequest| {
        let (id, number) = (request.id, request.number.to_string());
        spawn_local(async move {
            match api::together::join(open.id, JoinRequests { duplicates: vec![id] }).await {
                Ok(card) => {
                    open.take(card);
                    toasts.success_undo(td_string!(l, together.joined_done, number = number).to_string(), move || {
                        spawn_local(async move {
                            match api::together::take_out(id).await {
                                Ok(_) => open.reload(),
                                Err(error) => toast_failure(toasts, l, &error),
                            }
                        });
                    });
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    };
    let out = move |id: RequestId| {
        spawn_local(async move {
            match api::together::take_out(id).await {
                Ok(_) => {
                    toasts.success(td_string!(l, together.taken_out));
                    open.reload();
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    };
    let unlink = move |link: LinkView| {
        let (other_id, kind) = (link.request.id, link.kind);
        spawn_local(async move {
            match api::together::unlink(open.id, other_id).await {
                Ok(card) => {
                    open.take(card);
                    toasts.success_undo(td_string!(l, together.unlinked), move || {
                        send(open, toasts, api::together::link(open.id, LinkRequest { other_id, kind }));
                    });
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    };
    view! {
        <Card title=td_string!(l, together.related) actions=move || view! {
            {move || may.get().then(|| view! {
                <Button kind=ButtonKind::Ghost size=ButtonSize::Small icon="copy" on_click=move |_| splitting.set(true)>{td_string!(l, together.split)}</Button>
                <Button kind=ButtonKind::Ghost size=ButtonSize::Small icon="link" on_click=move |_| linking.set(true)>{td_string!(l, together.link_add)}</Button>
            })}
        }>
            {move || {
                let all = joined.get();
                (!all.is_empty()).then(|| view! {
                    <div class="menu-title px-0!">{td_string!(l, together.joined)}</div>
                    {all.into_iter().map(|request| {
                        let id = request.id;
                        view! {
                            <Line request=request about="">
                                {may.get_untracked().then(|| view! {
                                    <Button size=ButtonSize::Small icon="undo-2" on_click=move |_| out(id)>{td_string!(l, together.take_out)}</Button>
                                })}
                            </Line>
                        }
                    }).collect_view()}
                })
            }}
            {move || links.get().into_iter().map(|link| {
                let (request, word) = (link.request.clone(), link_word(l, link.kind, link.inbound));
                view! {
                    <Line request=request about=word>
                        {may.get_untracked().then(|| view! {
                            <IconButton icon="x" label=td_string!(l, together.unlink) on_click=move |_| unlink(link.clone()) />
                        })}
                    </Line>
                }
            }).collect_view()}
            {move || {
                let known: Vec<RequestId> = links.with(|all| all.iter().map(|link| link.request.id).collect());
                let all: Vec<_> = similar.get().into_iter().filter(|near| !known.contains(&near.request.id)).collect();
                if all.is_empty() {
                    let alone = links.with(Vec::is_empty) && joined.with(Vec::is_empty);
                    return alone.then(|| view! { <p class="m-0 text-muted">{td_string!(l, together.related_empty)}</p> }.into_any());
                }
                Some(view! {
                    <div class="menu-title px-0!">{td_string!(l, together.similar_here)}</div>
                    {all.into_iter().map(|near| {
                        let about = near_words(l, &near);
                        let (request, target) = (near.request.clone(), near.request);
                        view! {
                            <Line request=request about=about>
                                {move || takes.get().then(|| {
                                    let target = target.clone();
                                    view! {
                                        <Button size=ButtonSize::Small icon="git-merge" on_click=move |_| join(&target)>{td_string!(l, together.join_here)}</Button>
                                    }
                                })}
                            </Line>
                        }
                    }).collect_view()}
                }.into_any())
            }}
        </Card>
        <LinkDialog open=open shown=linking />
        <SplitDialog open=open shown=splitting />
    }
}

/// Finds another request by number or words, and links it or joins it.
#[component]
fn LinkDialog(open: Open, shown: RwSignal<bool>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let typed = RwSignal::new(String::new());
    let kind = RwSignal::new(LinkKind::Related.to_string());
    let settled: Signal<String> = use_debounced(typed, 200);
    let found = RwSignal::new(Vec::<LinkedRequest>::new());
    effect(move || {
        let text = settled.get();
        if !shown.get() || text.trim().is_empty() {
            found.set(Vec::new());
            return;
        }
        spawn_local(async move {
            let filter = RequestFilter { text: Some(text), limit: Some(8), ..RequestFilter::default() };
            let rows = api::requests::list(filter).await.map(|page| page.items).unwrap_or_else(|_| Vec::new());
            found.set(
                rows.into_iter()
                    .filter(|row| row.id != open.id)
                    .map(|row| LinkedRequest {
                        id: row.id,
                        number: row.number,
                        status: row.status,
                        category: row.category,
                        address: row.address,
                        description: row.description,
                        created_at: row.created_at,
                    })
                    .collect(),
            );
        });
    });
    let kinds = StoredValue::new(
        [LinkKind::Related, LinkKind::Duplicate, LinkKind::Cause]
            .map(|kind| Opt::new(kind.as_str(), link_word(l, kind, false)))
            .to_vec(),
    );
    let link = move |other_id: RequestId| {
        let kind = kind.with_untracked(|word| word.parse().unwrap_or(LinkKind::Related));
        spawn_local(async move {
            match api::together::link(open.id, LinkRequest { other_id, kind }).await {
                Ok(card) => {
                    open.take(card);
                    shown.set(false);
                    toasts.success(td_string!(l, together.link_done));
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    };
    let join = move |id: RequestId| {
        shown.set(false);
        send(open, toasts, api::together::join(open.id, JoinRequests { duplicates: vec![id] }));
    };
    view! {
        <Dialog open=shown title=td_string!(l, together.link_title) wide=true>
            <Field label=td_string!(l, together.link_kind) name="link-kind" group=true help=td_string!(l, together.join_help)>
                <RadioCards name="link-kind" options=kinds.get_value() value=kind />
            </Field>
            <Input name="link-find" icon="search" value=typed autocomplete="off" autofocus=true
                placeholder=td_string!(l, together.link_find) label=td_string!(l, together.link_find) />
            <div class="grid content-start h-72 max-h-[50dvh] overflow-y-auto">
                {move || found.get().into_iter().map(|request| {
                    let (id, open_work) = (request.id, request.status.is_open());
                    view! {
                        <Line request=request about="">
                            <Button size=ButtonSize::Small icon="link" on_click=move |_| link(id)>{td_string!(l, together.link_add)}</Button>
                            {open_work.then(|| view! {
                                <Button size=ButtonSize::Small icon="git-merge" on_click=move |_| join(id)>{td_string!(l, together.join)}</Button>
                            })}
                        </Line>
                    }
                }).collect_view()}
            </div>
        </Dialog>
    }
}

/// Makes a second request of the same call.
#[component]
fn SplitDialog(open: Open, shown: RwSignal<bool>) -> impl IntoView {
    let (l, toasts, navigate) = (lang(), use_toasts(), use_navigate());
    let (category, kind) = (RwSignal::new(Category::Other.to_string()), RwSignal::new(Kind::Regular.to_string()));
    let description = RwSignal::new(String::new());
    let photos = RwSignal::new(Vec::<FileId>::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<String>);
    let send = Callback::new(move |()| {
        let command = SplitRequest {
            category: category.with_untracked(|word| word.parse().unwrap_or(Category::Other)),
            kind: kind.with_untracked(|word| word.parse().ok()),
            priority: None,
            description: description.get_untracked().trim().to_owned(),
            file_ids: photos.get_untracked(),
        };
        busy.set(true);
        error.set(None);
        let navigate = navigate.clone();
        spawn_local(async move {
            match api::together::split(open.id, command).await {
                Ok(second) => {
                    description.set(String::new());
                    photos.set(Vec::new());
                    shown.set(false);
                    toasts.success(td_string!(l, together.split_done, number = second.number.to_string()).to_string());
                    navigate(&href(second.id), NavigateOptions::default());
                }
                Err(refused) => match refused.0.field("description") {
                    Some(field) => error.set(Some(failure::field(l, field))),
                    None => toast_failure(toasts, l, &refused),
                },
            }
            busy.set(false);
        });
    });
    let toggle = move |id: FileId| {
        photos.update(|all| match all.iter().position(|known| *known == id) {
            Some(at) => {
                all.remove(at);
            }
            None => all.push(id),
        });
    };
    view! {
        <Dialog open=shown title=td_string!(l, together.split_title) footer=move || view! {
            <Button on_click=move |_| shown.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Primary loading=busy on_click=move |_| send.run(())>{td_string!(l, together.split)}</Button>
        }>
            <p class="m-0 text-muted">{td_string!(l, together.split_help)}</p>
            <Field label=td_string!(l, requests.description) name="split-description" error=error>
                <Textarea name="split-description" value=description rows=3 maxlength=4000 on_submit=send />
            </Field>
            <div class="form-grid">
                <Field label=td_string!(l, requests.category) name="split-category">
                    <Select name="split-category" options=category_options(l) value=category />
                </Field>
                <Field label=td_string!(l, requests.kind) name="split-kind">
                    <Select name="split-kind" options=kind_options(l) value=kind />
                </Field>
            </div>
            {move || {
                let files: Vec<_> = open.card.with(|card| {
                    let of_this = |file: &&model::requests::FileView| file.comment_id.is_none();
                    card.files.iter().filter(of_this).cloned().collect()
                });
                (!files.is_empty() && open.card.with_untracked(|card| card.status != Status::Cancelled)).then(|| view! {
                    <div class="grid gap-1.5">
                        <div class="text-xs text-muted">{td_string!(l, together.split_photos)}</div>
                        <div class="row gap-2">
                            {files.into_iter().map(|file| {
                                let id = file.id;
                                view! {
                                    <button type="button" class="rounded-lg border-2 p-0.5"
                                        class:border-primary=move || photos.with(|all| all.contains(&id))
                                        class:border-transparent=move || photos.with(|all| !all.contains(&id))
                                        aria-pressed=move || photos.with(|all| all.contains(&id)).to_string()
                                        on:click=move |_| toggle(id)>
                                        <img class="size-16 rounded-md object-cover" src=file.thumb_url() alt=td_string!(l, requests.photos) loading="lazy" />
                                    </button>
                                }
                            }).collect_view()}
                        </div>
                    </div>
                })
            }}
        </Dialog>
    }
}
