//! One thing done to many people.

use super::parts;
use crate::{
    lists::{Many, Refusals},
    util::lang,
};
use i18n::{td_string, words};
use leptos::prelude::*;
use model::{
    Lang,
    people::{Channel, ContactRow, PeopleAction, PeopleBulk},
};
use ui::prelude::*;

/// Nothing is asked before: both choices can be made anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {}

pub(super) fn many(rows: Signal<Option<Vec<ContactRow>>>, changed: Callback<()>) -> Many<Ask> {
    let name = move |id: String| {
        rows.with_untracked(|rows| {
            rows.iter().flatten().find(|row| row.id.to_string() == id).map(|row| row.name.clone())
        })
        .unwrap_or_default()
    };
    Many::new(RowKeys::new(rows, |row: &ContactRow| row.id.to_string()), name, changed)
}

#[component]
pub(super) fn ManyBar(of: Many<Ask>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let run = move |action: PeopleAction| of.run(toasts, |ids| api::people::bulk(PeopleBulk { ids, action }));
    view! {
        <SelectionBar selected=of.rows.selected>
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
        </SelectionBar>
        <Refusals of=of />
    }
}
