//! One request: facts at the left, the talk and the history at the right, the next step on top.

use super::{
    actions::Actions,
    assign::Suggestion,
    clock::{TimeMark, Told},
    facts::Facts,
    files::Files,
    presence::Presence,
    related::{MergedNote, Related},
    stream::Stream,
    watchers::Watchers,
    work::Work,
};
use crate::{
    outages::Beside,
    util::{Failed, StatusPill, lang},
};
use api::{
    ApiResult,
    session::{use_live, use_me, use_now},
};
use i18n::{td_string, when, words};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{
    Code, RequestId, UserId,
    deadlines::RequestDeadlines,
    outages::RequestContext,
    requests::{Kind, Priority, RequestCard},
};
use ui::prelude::*;

/// The request on the page. Live events and answers to own steps renew it in place; what is typed stays.
#[derive(Clone, Copy)]
pub(super) struct Open {
    pub id: RequestId,
    /// Who looks; their drafts are theirs.
    pub me: UserId,
    pub card: RwSignal<RequestCard>,
    /// They are changing the facts.
    pub changing: RwSignal<bool>,
    /// They are writing a comment.
    pub typing: RwSignal<bool>,
}

impl Open {
    /// Takes a newer state; an answer that was overtaken is dropped.
    pub(super) fn take(self, fresh: RequestCard) {
        // It may come after the page was left.
        if self.card.try_with_untracked(|card| fresh.version >= card.version) == Some(true) {
            self.card.set(fresh);
        }
    }

    /// Fetches the request again.
    pub(super) fn reload(self) {
        spawn_local(async move {
            if let Ok(fresh) = api::requests::get(self.id).await {
                self.take(fresh);
            }
        });
    }

    /// A part of the card that tells only when it has changed.
    pub(super) fn part<T: Clone + PartialEq + Send + Sync + 'static>(
        self,
        pick: impl Fn(&RequestCard) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        Memo::new(move |_| self.card.with(&pick))
    }
}

/// `/desk/requests/:id`.
#[component]
pub fn RequestPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id")).and_then(|id| id.parse::<RequestId>().ok()));
    let first = Resource::new(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => load(id).await,
                None => Err(Code::NotFound.into()),
            }
        },
    );
    view! {
        <Transition fallback=|| view! { <Skeleton lines=12 /> }>
            {move || first.get().map(|found| match found {
                Ok(first) => view! { <Page first=first /> }.into_any(),
                Err(error) => {
                    let title = i18n::failure::code(lang(), error.code());
                    view! {
                        <Title text=title />
                        <Card><Failed failure=error.0 back="/desk" on_retry=move |()| first.refetch() /></Card>
                    }
                    .into_any()
                }
            })}
        </Transition>
    }
    .into_any()
}

/// All that the page shows at first, awaited once: what is fetched inside of what is awaited may come in another order
/// on the server than in the browser.
type First = (RequestCard, Option<RequestDeadlines>, Option<RequestContext>);

async fn load(id: RequestId) -> ApiResult<First> {
    let card = api::requests::get(id).await?;
    Ok((card, api::deadlines::of_request(id).await.ok(), api::outages::about_request(id).await.ok()))
}

#[component]
fn Page(first: First) -> impl IntoView {
    let (card, told, context) = first;
    let (l, now) = (lang(), use_now());
    let id = card.id;
    let open = Open {
        id,
        me: use_me().user_id,
        card: RwSignal::new(card),
        changing: RwSignal::new(false),
        typing: RwSignal::new(false),
    };
    let touched = use_live().of_request(Signal::stored(Some(id)));
    effect_after(move |seen: Option<u64>| {
        let now = touched.get();
        if seen.is_some_and(|seen| seen != now) {
            open.reload();
        }
        now
    });

    let number = open.card.with_untracked(|card| card.number);
    let (created, source) = open.card.with_untracked(|card| (card.created_at, card.source));
    let status = open.part(|card| card.status);
    let told = Told::keep(open, told);
    let tags = open.part(|card| (card.kind, card.priority));
    let hidden = open.part(|card| card.hidden);
    let subtitle =
        Signal::derive(move || format!("{} · {}", when::moment(l, created, now.get()), words::source(l, source)));
    view! {
        <Title text=format!("№{number}") />
        <PageHeader
            title=format!("№{number}")
            subtitle=subtitle
            back="/desk"
            tags=move || view! {
                {move || view! { <StatusPill status=status.get() /> }}
                {move || {
                    let (kind, priority) = tags.get();
                    let kind_tag = (kind != Kind::Regular).then(|| {
                        let (tone, icon) = if kind == Kind::Emergency { (Tone::Danger, "siren") } else { (Tone::Info, "tag") };
                        view! { <Pill text=words::kind(l, kind) tone=tone icon=icon /> }
                    });
                    let priority_tag = (priority != Priority::Normal).then(|| {
                        let tone = if priority == Priority::Low { Tone::Neutral } else { Tone::Warning };
                        view! { <Pill text=td_string!(l, requests.priority_tag, word = words::priority(l, priority)).to_string() tone=tone icon="flag" /> }
                    });
                    (kind_tag, priority_tag)
                }}
                {move || hidden.get().then(|| view! {
                    <Pill text=td_string!(l, requests.hidden) tone=Tone::Warning icon="eye-off" />
                })}
                <TimeMark open=open told=told />
                <Presence open=open />
            }
            actions=move || view! { <Actions open=open /> }
        />
        <MergedNote open=open />
        <div class="split">
            <div class="stack">
                <Beside id=id first=context version=touched />
                <Suggestion open=open />
                <Facts open=open told=told />
                <Watchers open=open />
                <Work open=open />
                <Files open=open />
                <Related open=open />
            </div>
            <Stream open=open />
        </div>
    }
    .into_any()
}
