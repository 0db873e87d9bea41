//! What the worker did without a connection, on its way: kept by `public/js/queue.js`, shown here. And how fresh the page
//! is, said when there is no connection.

use api::{
    ApiResult,
    queue::{self, Ahead, Waiting},
    session::{use_live, use_me, use_now},
};
use chrono::{DateTime, Utc};
use i18n::{failure, td_string, when};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Code, RequestId,
    requests::{FieldStep, Party, RequestCard, RequestRow, Status},
};
use parts::{File, locale};
use ui::prelude::*;

/// The queue and the age of the page; in the context of every page of the staff.
#[derive(Clone, Copy)]
pub(crate) struct Queue {
    waiting: RwSignal<Vec<Waiting>>,
    online: Signal<bool>,
    /// The page is a copy, or its last question was not answered.
    stale: RwSignal<bool>,
    /// How old what is shown is.
    fresh_at: RwSignal<DateTime<Utc>>,
}

pub(crate) fn use_queue() -> Queue {
    expect_context::<Queue>()
}

impl Queue {
    /// Opens the queue of whoever is signed in; once, in the frame.
    pub(crate) fn provide() -> Self {
        let now = use_now();
        let it = Self {
            waiting: RwSignal::new(Vec::new()),
            online: use_online(),
            stale: RwSignal::new(false),
            fresh_at: RwSignal::new(now.get_untracked()),
        };
        provide_context(it);
        let (me, live) = (use_me(), use_live());
        // Who looks as a worker sends nothing for them, and leaves nothing to be sent.
        let (looks, me) = (me.looking.is_some(), me.user_id);
        effect(move || {
            // The service worker writes it on a page that it had kept.
            let root = document().document_element();
            if root.is_some_and(|root| root.has_attribute("data-as-of")) {
                it.stale.set(true);
            }
            let changed = window_event_listener_untyped(queue::CHANGED, move |_| it.look());
            on_cleanup(move || changed.remove());
            let open = move || {
                if looks {
                    return;
                }
                spawn_local(async move {
                    queue::open(me).await;
                    it.look();
                });
            };
            // The script may come after the page is alive.
            let ready = window_event_listener_untyped(queue::READY, move |_| open());
            on_cleanup(move || ready.remove());
            open();
        });
        // Back among people: what is shown is looked at again, and so is what was sent meanwhile.
        effect(move || {
            if it.online.get() && it.stale.get_untracked() {
                live.poll();
            }
        });
        effect_after(move |known: Option<usize>| {
            let waiting = it.waiting.with(Vec::len);
            if known.is_some_and(|known| known > waiting) {
                live.poll();
            }
            waiting
        });
        it
    }

    /// Reads the queue anew.
    fn look(self) {
        spawn_local(async move {
            let all = queue::list().await;
            if self.waiting.try_with_untracked(|known| *known != all) == Some(true) {
                self.waiting.try_set(all);
            }
        });
    }

    /// Learns from the answers of the server how fresh the page is, and has a page kept that has become newer. What came
    /// with the page itself is as old as the page.
    pub(crate) fn follow<T>(self, from: Resource<ApiResult<T>>, path: impl Fn() -> Option<String> + 'static)
    where
        T: Clone + Send + Sync + 'static,
    {
        let now = use_now();
        // Drawn by a tap inside the app, not by the server: then the first answer is news, too.
        let tapped = is_alive();
        effect_after(move |known: Option<bool>| {
            let answer = from.get().map(|answer| answer.map(|_| ()).map_err(|error| error.code()));
            let first = known != Some(true);
            match answer {
                None => return known == Some(true),
                Some(Ok(())) if first && !tapped => {}
                Some(Ok(())) => {
                    self.stale.set(false);
                    self.fresh_at.set(api::session::browser_now().unwrap_or_else(|| now.get_untracked()));
                    if let Some(path) = untrack(&path) {
                        queue::keep(&path);
                    }
                }
                Some(Err(Code::Unavailable)) => {
                    self.stale.set(true);
                    // Nothing to show yet: the page as it was kept is better than an apology.
                    if first
                        && tapped
                        && let Some(path) = untrack(&path)
                    {
                        spawn_local(async move {
                            if queue::kept(&path).await {
                                let _ = window().location().reload();
                            }
                        });
                    }
                }
                Some(Err(_)) => {}
            }
            true
        });
    }

    /// Everything of one request, in order.
    pub(crate) fn of(self, id: RequestId) -> Vec<Waiting> {
        self.waiting.with(|all| all.iter().filter(|step| step.request == id).cloned().collect())
    }

    /// Everything the server refused.
    pub(crate) fn refused(self) -> Vec<Waiting> {
        self.waiting.with(|all| all.iter().filter(|step| step.refused.is_some()).cloned().collect())
    }

    /// Whether something of a request waits, and whether something of it was refused.
    pub(crate) fn state(self, id: RequestId) -> (bool, bool) {
        self.waiting.with(|all| {
            let mine = || all.iter().filter(|step| step.request == id);
            (mine().next().is_some(), mine().any(|step| step.refused.is_some()))
        })
    }

    /// The card as it will stand once everything has gone through.
    pub(crate) fn ahead(self, card: RequestCard) -> RequestCard {
        self.waiting.with(|all| ahead(card, all))
    }

    /// The same for a line of the day.
    pub(crate) fn row(self, row: RequestRow) -> RequestRow {
        let status = self.waiting.with(|all| steps_of(all, row.id).filter_map(|step| step.ahead.status).last());
        RequestRow { status: status.unwrap_or(row.status), ..row }
    }

    /// What the strip under the header says, while there is no connection.
    pub(crate) fn as_of(self) -> Signal<Option<String>> {
        let l = locale();
        Signal::derive(move || {
            let waiting = self.waiting.with(Vec::len);
            if self.online.get() && !self.stale.get() {
                return None;
            }
            let time = when::clock(&self.fresh_at.get().with_timezone(&when::zone()));
            let age = td_string!(l, staff.as_of, time = time).to_string();
            Some(match waiting {
                0 => age,
                n => format!("{age} · {}", td_string!(l, staff.waits_online, n = n.to_string())),
            })
        })
    }

    /// The strip where the browser believes in a connection that carries nothing, or while steps are on their way.
    pub(crate) fn strip(self) -> impl IntoView {
        let l = locale();
        let as_of = self.as_of();
        let text = move || {
            if !self.online.get() {
                // The frame says it.
                return None;
            }
            as_of.get().or_else(|| {
                let n = self.waiting.with(Vec::len);
                (n > 0).then(|| td_string!(l, staff.waits_online, n = n.to_string()).to_string())
            })
        };
        view! {
            <div role="status">
                {move || text().map(|text| view! { <div class="app-strip tone-warning"><Icon name="clock" /><span>{text}</span></div> })}
            </div>
        }
    }
}

/// The page has come alive before: whatever is drawn now was tapped for.
fn is_alive() -> bool {
    if cfg!(feature = "ssr") {
        return false;
    }
    document().document_element().is_some_and(|root| root.has_attribute("data-alive"))
}

/// Those of a request that will go by themselves: a refusal holds up what is behind it.
fn steps_of(all: &[Waiting], id: RequestId) -> impl Iterator<Item = &Waiting> {
    all.iter().filter(move |step| step.request == id).take_while(|step| step.refused.is_none())
}

fn ahead(mut card: RequestCard, all: &[Waiting]) -> RequestCard {
    for step in steps_of(all, card.id) {
        if let Some(status) = step.ahead.status {
            card.status = status;
            card.actions = status.actions(Party::Executor).collect();
            card.work.may_work = status.is_open();
            card.may_wait = status.is_open() && status != Status::Deferred && !card.hidden;
        }
        if let Some((id, done)) = step.ahead.check
            && let Some(item) = card.work.checklist.iter_mut().find(|item| item.id == id)
        {
            item.done_at = done.then_some(step.at);
        }
    }
    card
}

/// One step of a worker with all that the queue needs to know of it.
pub(crate) struct Step {
    pub request: RequestId,
    /// The request in a few words.
    pub about: String,
    pub step: FieldStep,
    /// The step in words.
    pub note: String,
    pub ahead: Ahead,
    /// Photos that are not on the server yet.
    pub photos: Vec<File>,
}

impl Step {
    pub(crate) fn new(card: Signal<RequestCard>, step: FieldStep, note: impl Into<String>) -> Self {
        card.with_untracked(|card| Self::on(card.id, card.number, &card.address, step, note))
    }

    /// From a line of the day.
    pub(crate) fn on(request: RequestId, number: i64, address: &str, step: FieldStep, note: impl Into<String>) -> Self {
        let about = format!("№{number} · {address}");
        Self { request, about, step, note: note.into(), ahead: Ahead::default(), photos: Vec::new() }
    }

    /// Where the request stands after it.
    pub(crate) fn to(mut self, status: Status) -> Self {
        self.ahead.status = Some(status);
        self
    }

    pub(crate) fn with(mut self, photos: Vec<File>) -> Self {
        self.photos = photos;
        self
    }

    /// Takes it; see [`queue::send`].
    pub(crate) async fn take(self) -> ApiResult<Option<RequestCard>> {
        queue::send(self.request, self.about, &self.step, self.note, self.ahead, self.photos).await
    }
}

/// Steps with what became of them: they wait, or were refused and the person decides.
#[component]
pub(crate) fn Steps(
    #[prop(into)] steps: Signal<Vec<Waiting>>,
    /// Names the request of each, too.
    #[prop(optional)]
    named: bool,
) -> impl IntoView {
    let l = locale();
    let now = use_now();
    let any_refused = Memo::new(move |_| steps.with(|all| all.iter().any(|step| step.refused.is_some())));
    let title = Signal::derive(move || {
        let text =
            if any_refused.get() { td_string!(l, staff.refused_title) } else { td_string!(l, staff.waiting_title) };
        text.to_owned()
    });
    let line = move |step: Waiting| {
        let at = step.at;
        let photos = (step.photos > 0)
            .then(|| td_string!(l, staff.did_photos, n = step.photos.to_string()).to_string())
            .filter(|photos| *photos != step.note);
        let note = std::iter::once(step.note).chain(photos).collect::<Vec<_>>().join(" · ");
        let refused = step.refused;
        let icon = if refused.is_some() { "alert-triangle" } else { "clock" };
        let tone = if refused.is_some() { "tone-danger tone-text" } else { "text-muted" };
        let key = step.key;
        view! {
            <li class="grid gap-2">
                <div class="flex gap-2.5 items-start">
                    <span class=tone><Icon name=icon size=IconSize::Large /></span>
                    <span class="min-w-0 grow [overflow-wrap:anywhere]">
                        {named.then(|| view! {
                            <a class="block font-semibold" href=format!("/work/requests/{}", step.request)>{step.about}</a>
                        })}
                        {note}
                        <span class="block text-sm text-muted">{move || when::moment(l, at, now.get())}</span>
                    </span>
                </div>
                {refused.map(|why| view! { <Decide key=key why=why /> })}
            </li>
        }
    };
    move || {
        steps.with(|all| !all.is_empty()).then(|| {
            let lead =
                if any_refused.get() { td_string!(l, staff.refused_lead) } else { td_string!(l, staff.waiting_lead) };
            view! {
                <Card title=title>
                    <p class="m-0 mb-2 text-muted">{lead}</p>
                    <ul class="m-0 p-0 list-none grid gap-3">{steps.get().into_iter().map(line).collect_view()}</ul>
                </Card>
            }
        })
    }
}

/// Why a step was refused, and the two ways on. Nothing goes without a second tap.
#[component]
fn Decide(key: String, why: model::Failure) -> impl IntoView {
    let l = locale();
    let key = StoredValue::new(key);
    let sure = RwSignal::new(false);
    let too_old = why.field("happened_at").is_some();
    let fields: Vec<String> = why.fields.iter().map(|field| failure::field(l, field)).collect();
    let again = move |_| {
        spawn_local(async move { queue::again(key.get_value(), too_old).await });
    };
    let discard = move |_| {
        if sure.get_untracked() {
            spawn_local(async move { queue::discard(key.get_value()).await });
        } else {
            sure.set(true);
        }
    };
    let word = if too_old { td_string!(l, staff.send_as_now) } else { td_string!(l, staff.send_again) };
    view! {
        <Banner tone=Tone::Danger title=failure::sentence(l, &why)>
            {(!fields.is_empty()).then(|| view! {
                <ul class="m-0 pl-5 w-full">{fields.into_iter().map(|field| view! { <li>{field}</li> }).collect_view()}</ul>
            })}
            <Button icon="rotate-ccw" class="min-h-11" on_click=again>{word}</Button>
            <Button icon="trash-2" class="min-h-11" on_click=discard>
                {move || if sure.get() { td_string!(l, staff.discard_sure) } else { td_string!(l, staff.discard) }}
            </Button>
        </Banner>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_behind_a_refusal_has_not_happened_yet() {
        let id = |n: u8| format!("00000000-0000-0000-0000-00000000000{n}").parse::<RequestId>().unwrap();
        let step = |n: u8, status: Status, refused: bool| Waiting {
            key: String::new(),
            request: id(n),
            about: String::new(),
            note: String::new(),
            at: DateTime::UNIX_EPOCH,
            refused: refused.then(|| Code::IllegalTransition.into()),
            ahead: Ahead { status: Some(status), check: None },
            photos: 0,
        };
        let all = [
            step(1, Status::InProgress, false),
            step(2, Status::InProgress, true),
            step(1, Status::Done, false),
            step(2, Status::Done, false),
        ];
        let states = |n: u8| steps_of(&all, id(n)).filter_map(|step| step.ahead.status).collect::<Vec<_>>();
        assert_eq!(states(1), [Status::InProgress, Status::Done]);
        assert!(states(2).is_empty());
    }
}
