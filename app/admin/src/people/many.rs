//! One thing done to many people.

use super::parts;
use crate::{
    lists::{Many, Refusals, TakeChosen, count_of, opened},
    util::{lang, toast_failure},
};
use i18n::{td_string, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    ContactId, Lang,
    access::{Handout, InviteMany},
    auth::Danger,
    bulk::Outcome,
    exports::ExportList,
    people::{Channel, ContactRow, PeopleAction, PeopleBulk},
};
use ui::prelude::*;

/// What is asked before anything is done. Language and channel can be chosen anew, so nobody is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    Invite,
}

pub(super) fn many(rows: Signal<Option<Vec<ContactRow>>>, changed: Callback<()>) -> Many<Ask> {
    let name = move |id: String| {
        rows.with_untracked(|rows| {
            rows.iter().flatten().find(|row| row.id.to_string() == id).map(|row| row.name.clone())
        })
        .unwrap_or_default()
    };
    Many::new(RowKeys::new(rows, |row: &ContactRow| row.id.to_string()), name, changed)
}

/// What is done to the chosen people; `invited` takes the invitations that were made, `shown` are columns and order of the
/// file they are taken away in.
#[component]
pub(super) fn ManyBar(
    of: Many<Ask>,
    invited: RwSignal<Vec<Handout>>,
    #[prop(into)] shown: Signal<String>,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let run = move |action: PeopleAction| of.run(toasts, |ids| api::people::bulk(PeopleBulk { ids, action }));
    view! {
        <div class=move || if invited.with(Vec::is_empty) { "contents" } else { "hidden" }>
            <SelectionBar selected=of.rows.selected>
                <Button icon="qr-code" disabled=of.busy on_click=move |_| of.asking.set(Some(Ask::Invite))>
                    <span class="max-sm:sr-only">{td_string!(l, access.invite)}</span>
                </Button>
                <Menu label=td_string!(l, lists.set_language) up=true end=true bordered=true trigger=move || view! {
                    <Icon name="languages" /><span class="max-sm:sr-only">{td_string!(l, lists.set_language)}</span>
                }>
                    {Lang::ALL.iter().map(|lang| {
                        let lang = *lang;
                        view! { <MenuItem text=words::language(lang) on_click=move |()| run(PeopleAction::Lang { lang }) /> }
                    }).collect_view()}
                </Menu>
                <Menu label=td_string!(l, lists.set_channel) up=true end=true bordered=true trigger=move || view! {
                    <Icon name="send" /><span class="max-sm:sr-only">{td_string!(l, lists.set_channel)}</span>
                }>
                    {Channel::ALL.iter().map(|channel| {
                        let channel = *channel;
                        let action = PeopleAction::Channel { channel: Some(channel) };
                        view! { <MenuItem text=parts::channel(l, channel) on_click=move |()| run(action) /> }
                    }).collect_view()}
                </Menu>
                <TakeChosen list=ExportList::People selected=of.rows.selected shown=shown danger=Danger::ExportPeople />
            </SelectionBar>
        </div>
        <InviteChosen of=of invited=invited />
        <Refusals of=of />
    }
}

/// Asked first: links and codes are shown this one time.
#[component]
fn InviteChosen(of: Many<Ask>, invited: RwSignal<Vec<Handout>>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let open = opened(of, Ask::Invite);
    let send = Callback::new(move |()| {
        let ids: Vec<ContactId> = of.rows.selected.get_untracked().iter().filter_map(|id| id.parse().ok()).collect();
        if ids.is_empty() || of.busy.get_untracked() {
            return;
        }
        of.busy.set(true);
        spawn_local(async move {
            match api::access::invite_all(InviteMany { ids }).await {
                Ok(outcomes) => {
                    let made = outcomes.iter().filter_map(|one| one.handout.clone()).collect();
                    let told = outcomes.into_iter().map(|one| Outcome { id: one.id.0, failure: one.failure }).collect();
                    of.report(told);
                    invited.set(made);
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
            of.busy.set(false);
        });
    });
    let title = Signal::derive(move || td_string!(l, access.invite_many_title, n = count_of(of)).to_string());
    view! {
        <Dialog open=open title=title footer=move || view! {
            <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Primary icon="qr-code" loading=of.busy on_click=move |_| send.run(())>{td_string!(l, access.make_invites)}</Button>
        }>
            <p class="m-0">{td_string!(l, access.invite_many_text)}</p>
        </Dialog>
    }
}
