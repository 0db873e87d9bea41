//! What is recorded on a request: ticks, materials, time, costs. Each is one tap and at most one small sheet. The worker
//! does it on the spot, the desk in the worker's place.

mod checks;
mod spent;

pub use checks::CheckList;
pub use spent::SpentList;

use crate::{OnItsWay, locale};
use api::{ApiError, session::use_me};
use i18n::{failure, td_string};
use leptos::{prelude::*, task::spawn_local};
use model::{
    UserId,
    requests::{PersonRef, RequestCard},
    work::{FieldWork, RecordWork, WorkPart},
};
use ui::prelude::*;
use uuid::Uuid;

/// Sends one record and shows the newer card.
#[derive(Clone, Copy)]
pub struct Recorder {
    card: Signal<RequestCard>,
    /// Gets the newer card.
    done: Callback<RequestCard>,
    /// What is shown may be out of date.
    stale: Callback<()>,
    busy: RwSignal<bool>,
    fault: RwSignal<Option<ApiError>>,
    toasts: Toasts,
    me: UserId,
    at_desk: bool,
    /// Another road for records: one that can wait for a connection.
    via: Option<Callback<RecordWork, OnItsWay>>,
}

impl Recorder {
    /// For the worker on the spot, with their own clock.
    pub fn on_site(card: Signal<RequestCard>, done: Callback<RequestCard>, stale: Callback<()>) -> Self {
        Self {
            card,
            done,
            stale,
            busy: RwSignal::new(false),
            fault: RwSignal::new(None),
            toasts: use_toasts(),
            me: use_me().user_id,
            at_desk: false,
            via: None,
        }
    }

    /// Sends by another road.
    pub fn via(self, road: Callback<RecordWork, OnItsWay>) -> Self {
        Self { via: Some(road), ..self }
    }

    /// For the desk, which has no clock on somebody else's work and says whose time it enters.
    pub fn at_desk(card: Signal<RequestCard>, done: Callback<RequestCard>, stale: Callback<()>) -> Self {
        Self { at_desk: true, ..Self::on_site(card, done, stale) }
    }

    /// A finger needs more room than a mouse.
    fn height(self) -> &'static str {
        if self.at_desk { "" } else { "min-h-11" }
    }

    /// A line that is tapped as a whole.
    fn line(self) -> &'static str {
        if self.at_desk { "min-h-8" } else { "min-h-11" }
    }

    fn may(self) -> Memo<bool> {
        let card = self.card;
        Memo::new(move |_| card.with(|card| card.work.may_work))
    }

    fn part<T: PartialEq + Send + Sync + 'static>(
        self,
        pick: impl Fn(&FieldWork) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        let card = self.card;
        Memo::new(move |_| card.with(|card| pick(&card.work)))
    }

    /// The worker in whose place the desk records.
    fn worker(self) -> Memo<Option<PersonRef>> {
        let Self { card, me, at_desk, .. } = self;
        Memo::new(move |_| card.with(|card| card.assignee.clone()).filter(|worker| at_desk && worker.id != me.0))
    }

    /// The work is the recorder's own.
    fn own(self) -> Memo<bool> {
        let Self { card, me, at_desk, .. } = self;
        Memo::new(move |_| !at_desk || card.with(|card| card.assignee.as_ref().is_some_and(|worker| worker.id == me.0)))
    }

    /// From a sheet, which closes when it is done and keeps what was typed when it is not.
    fn send(self, command: RecordWork, sheet: Option<RwSignal<bool>>) {
        if self.busy.get_untracked() {
            return;
        }
        let (l, id) = (locale(), self.card.with_untracked(|card| card.id));
        self.busy.set(true);
        self.fault.set(None);
        spawn_local(async move {
            let recorded = match self.via {
                Some(road) => road.run(command).await,
                None => api::work::record(id, command).await.map(Some),
            };
            match recorded {
                Ok(newest) => {
                    if let Some(open) = sheet {
                        open.set(false);
                    }
                    match newest {
                        Some(card) => {
                            let _ = self.done.try_run(card);
                            if sheet.is_some() {
                                self.toasts.success(td_string!(l, work.saved));
                            }
                        }
                        None => self.toasts.info(td_string!(l, staff.kept)),
                    }
                }
                Err(error) if sheet.is_some() => self.fault.set(Some(error)),
                Err(error) => {
                    self.toasts.error(failure::code(l, error.code()), error.0.trace_id);
                    let _ = self.stale.try_run(());
                }
            }
            self.busy.set(false);
        });
    }

    fn tap(self, command: RecordWork) {
        self.send(command, None);
    }

    fn fault(self) -> impl IntoView {
        let l = locale();
        move || {
            self.fault.get().map(|error| {
                let field = error.0.fields.first().map(|field| failure::field(l, field));
                view! { <Banner tone=Tone::Danger text=field.unwrap_or_else(|| failure::sentence(l, &error.0)) /> }
            })
        }
    }

    fn remove_button(self, what: WorkPart, id: Uuid) -> impl IntoView {
        let may = self.may();
        view! {
            <Show when=move || may.get()>
                <IconButton icon="x" label=td_string!(locale(), work.remove) on_click=move |_| self.tap(RecordWork::Remove { what, id }) />
            </Show>
        }
    }
}
