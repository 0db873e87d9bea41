//! The form over the facts. It holds what the editor saw, so that a foreign change is noticed and never overwritten;
//! what is typed lives on this device until it is saved or dropped.

use super::{
    page::Open,
    problem::{full_name, problem_options, use_classifier},
};
use crate::util::{
    category_options, hidden_options, kind_options, lang, local_input, local_moment, priority_options, toast_failure,
};
use i18n::{Locale, failure, td_string, when, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Code,
    classifier::Classifier,
    requests::{RequestCard, Source, UpdateRequest},
};
use serde::{Deserialize, Serialize};
use ui::hooks::effect;
use ui::{
    dom::{store, stored},
    prelude::*,
};

/// The facts as the controls hold them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Typed {
    pub description: String,
    pub category: String,
    /// Of the classifier; empty when none is named.
    pub problem: String,
    pub kind: String,
    pub priority: String,
    /// As the control of a moment has it; empty without a deadline.
    #[serde(default)]
    pub due: String,
    /// `true` when its resident is not shown it.
    #[serde(default)]
    pub hidden: String,
}

/// The fields by the names the server uses for them.
const FIELDS: [&str; 7] = ["description", "category", "problem_id", "kind", "priority", "due_at", "hidden"];

impl Typed {
    pub(super) fn of(card: &RequestCard) -> Self {
        Self {
            description: card.description.clone(),
            category: card.category.to_string(),
            problem: card.problem.as_ref().map(|problem| problem.id.to_string()).unwrap_or_default(),
            kind: card.kind.to_string(),
            priority: card.priority.to_string(),
            due: card.due_at.map(local_input).unwrap_or_default(),
            hidden: card.hidden.to_string(),
        }
    }

    fn get(&self, field: &str) -> &str {
        match field {
            "description" => &self.description,
            "category" => &self.category,
            "problem_id" => &self.problem,
            "kind" => &self.kind,
            "due_at" => &self.due,
            "hidden" => &self.hidden,
            _ => &self.priority,
        }
    }

    fn set(&mut self, field: &str, value: String) {
        match field {
            "description" => self.description = value,
            "category" => self.category = value,
            "problem_id" => self.problem = value,
            "kind" => self.kind = value,
            "due_at" => self.due = value,
            "hidden" => self.hidden = value,
            _ => self.priority = value,
        }
    }

    /// Only what differs from the state it began with.
    fn command(&self, base: &Self) -> UpdateRequest {
        UpdateRequest {
            description: Some(self.description.trim().to_owned()).filter(|text| *text != base.description),
            category: self.category.parse().ok().filter(|_| self.category != base.category),
            problem_id: Some(self.problem.parse().ok()).filter(|_| self.problem != base.problem),
            kind: self.kind.parse().ok().filter(|_| self.kind != base.kind),
            priority: self.priority.parse().ok().filter(|_| self.priority != base.priority),
            due_at: local_moment(&self.due).filter(|_| self.due != base.due),
            hidden: self.hidden.parse().ok().filter(|_| self.hidden != base.hidden),
        }
    }

    /// What is typed, on top of a newer state: fields nobody touched here follow it.
    fn rebased(&self, base: &Self, fresh: &Self) -> Self {
        let mut next = self.clone();
        for field in FIELDS {
            if self.get(field) == base.get(field) {
                next.set(field, fresh.get(field).to_owned());
            }
        }
        next
    }
}

/// An edit that was not saved yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Draft {
    version: i32,
    base: Typed,
    now: Typed,
}

fn key(open: Open) -> String {
    format!("draft-facts-{}-{}", open.id, open.me)
}

/// The edit this person left unfinished on this device.
pub(super) fn unfinished(open: Open) -> Option<Draft> {
    stored(&key(open)).and_then(|text| serde_json::from_str(&text).ok())
}

pub(super) fn forget(open: Open) {
    store(&key(open), None);
}

fn label(l: Locale, field: &str) -> &'static str {
    match field {
        "description" => td_string!(l, requests.description),
        "category" => td_string!(l, requests.category),
        "problem_id" => td_string!(l, classifier.problem),
        "kind" => td_string!(l, requests.kind),
        "due_at" => td_string!(l, requests.due),
        "hidden" => td_string!(l, requests.seen_by),
        _ => td_string!(l, requests.priority),
    }
}

fn shown(l: Locale, all: Option<&Classifier>, field: &str, value: &str) -> String {
    match field {
        "problem_id" if value.is_empty() => td_string!(l, classifier.none).to_owned(),
        "problem_id" => {
            let known = all.and_then(|all| Some((all, all.problems.iter().find(|p| p.id.to_string() == value)?)));
            known
                .and_then(|(all, p)| Some(full_name(l, &all.place(&p.place)?.names, &p.names)))
                .unwrap_or_else(|| value.to_owned())
        }
        "category" => value.parse().map_or_else(|()| value.to_owned(), |v| words::category(l, v).to_owned()),
        "kind" => value.parse().map_or_else(|()| value.to_owned(), |v| words::kind(l, v).to_owned()),
        "priority" => value.parse().map_or_else(|()| value.to_owned(), |v| words::priority(l, v).to_owned()),
        "hidden" if value == "true" => td_string!(l, requests.seen_by_company).to_owned(),
        "hidden" => td_string!(l, requests.seen_by_all).to_owned(),
        _ if value.is_empty() => "—".to_owned(),
        "due_at" => local_moment(value).map_or_else(|| value.to_owned(), |at| when::full(l, at)),
        _ => value.to_owned(),
    }
}

/// A field that somebody else has changed to something else.
#[derive(Clone, PartialEq)]
struct Quarrel {
    field: &'static str,
    theirs: String,
    mine: String,
}

#[component]
pub(super) fn Edit(open: Open, editing: RwSignal<bool>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let draft = unfinished(open);
    let restored = RwSignal::new(draft.is_some());
    let start = draft.unwrap_or_else(|| {
        open.card.with_untracked(|card| Draft { version: card.version, base: Typed::of(card), now: Typed::of(card) })
    });
    let seen = RwSignal::new((start.version, start.base));
    let [description, category, problem, kind, priority, due, hidden] =
        FIELDS.map(|field| RwSignal::new(start.now.get(field).to_owned()));
    let typed = move || Typed {
        description: description.get(),
        category: category.get(),
        problem: problem.get(),
        kind: kind.get(),
        priority: priority.get(),
        due: due.get(),
        hidden: hidden.get(),
    };
    let fill = move |now: &Typed| {
        for (signal, field) in [description, category, problem, kind, priority, due, hidden].into_iter().zip(FIELDS) {
            if signal.with_untracked(|old| old != now.get(field)) {
                signal.set(now.get(field).to_owned());
            }
        }
    };
    let all = use_classifier();
    let problems = Signal::derive(move || {
        let category = category.with(|text| text.parse().ok());
        all.with(|all| all.as_ref().map(|all| problem_options(l, all, category)).unwrap_or_default())
    });
    // A problem brings its category; a category of another kind takes the problem away.
    let of = move |id: &str| {
        all.with_untracked(|all| all.as_ref()?.problems.iter().find(|p| p.id.to_string() == id).map(|p| p.category))
    };
    let taken = Callback::new(move |id: String| {
        if let Some(found) = of(&id) {
            category.set(found.to_string());
        }
    });
    effect(move || {
        let chosen = category.get();
        if problem.with_untracked(|id| of(id)).is_some_and(|c| c.to_string() != chosen) {
            problem.set(String::new());
        }
    });
    let quarrels = RwSignal::new(Vec::<Quarrel>::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<String>);
    let due_error = RwSignal::new(None::<String>);
    let hidden_error = RwSignal::new(None::<String>);
    // What a resident has filed is theirs to see.
    let may_hide = open.card.with_untracked(|card| card.hidden || !matches!(card.source, Source::App | Source::Bot));
    // Kept with every letter; while nothing differs there is nothing to keep.
    effect(move || {
        let (now, (version, base)) = (typed(), seen.get());
        if now == base {
            forget(open);
        } else if let Ok(text) = serde_json::to_string(&Draft { version, base, now }) {
            store(&key(open), Some(&text));
        }
    });
    open.changing.set(true);
    on_cleanup(move || {
        open.changing.try_set(false);
    });
    let leave = move || {
        forget(open);
        editing.set(false);
    };
    let meet = move |fresh: RequestCard, fields: Vec<String>| {
        let (now, theirs) = (untrack(typed), Typed::of(&fresh));
        let (_, base) = seen.get_untracked();
        let named = |field: &str| fields.iter().any(|pointer| pointer.trim_start_matches('/') == field);
        quarrels.set(
            FIELDS
                .into_iter()
                .filter(|field| named(field) && now.get(field) != theirs.get(field))
                .map(|field| Quarrel { field, theirs: theirs.get(field).to_owned(), mine: now.get(field).to_owned() })
                .collect(),
        );
        let next = now.rebased(&base, &theirs);
        seen.set((fresh.version, theirs));
        fill(&next);
        open.take(fresh);
    };
    let save = Callback::new(move |()| {
        let (version, base) = seen.get_untracked();
        let now = untrack(typed);
        due_error.set(None);
        hidden_error.set(None);
        // A deadline is moved, never taken away; half a moment is none.
        if now.due != base.due && local_moment(&now.due).is_none() {
            due_error.set(Some(td_string!(l, errors.field_required).to_owned()));
            return;
        }
        let command = now.command(&base);
        if command == UpdateRequest::default() {
            leave();
            return;
        }
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api::requests::update(open.id, version, command).await {
                Ok(card) => {
                    open.take(card);
                    leave();
                    toasts.success(td_string!(l, requests.saved));
                }
                Err(refused) if refused.code() == Code::Conflict => {
                    let fields = refused.0.fields.iter().map(|field| field.pointer.clone()).collect();
                    match api::requests::get(open.id).await {
                        Ok(fresh) => meet(fresh, fields),
                        Err(error) => toast_failure(toasts, l, &error),
                    }
                }
                Err(refused) => {
                    let named = |name: &str| refused.0.field(name).map(|field| failure::field(l, field));
                    error.set(named("description"));
                    due_error.set(named("due_at"));
                    hidden_error.set(named("hidden"));
                    if named("description").or(named("due_at")).or(named("hidden")).is_none() {
                        toast_failure(toasts, l, &refused);
                    }
                }
            }
            busy.set(false);
        });
    });
    let choose = move |quarrel: &Quarrel, value: String| {
        let mut now = untrack(typed);
        now.set(quarrel.field, value);
        fill(&now);
        quarrels.update(|all| all.retain(|one| one.field != quarrel.field));
    };
    let choice = move |quarrel: Quarrel| {
        let (theirs, both) = (quarrel.clone(), quarrel.clone());
        let mine = quarrel.clone();
        let text = quarrel.field == "description";
        view! {
            <div class="grid gap-2 border-t border-line pt-2">
                <strong>{label(l, quarrel.field)}</strong>
                <div class="grid gap-2 sm:grid-cols-2">
                    <div><div class="text-xs text-muted">{td_string!(l, together.theirs)}</div>
                        <div class="whitespace-pre-wrap wrap-anywhere">{all.with_untracked(|all| shown(l, all.as_ref(), quarrel.field, &quarrel.theirs))}</div></div>
                    <div><div class="text-xs text-muted">{td_string!(l, together.yours)}</div>
                        <div class="whitespace-pre-wrap wrap-anywhere">{all.with_untracked(|all| shown(l, all.as_ref(), quarrel.field, &quarrel.mine))}</div></div>
                </div>
                <div class="row gap-2">
                    <Button size=ButtonSize::Small on_click=move |_| choose(&mine, mine.mine.clone())>{td_string!(l, together.take_yours)}</Button>
                    <Button size=ButtonSize::Small on_click=move |_| choose(&theirs, theirs.theirs.clone())>{td_string!(l, together.take_theirs)}</Button>
                    {text.then(|| view! {
                        <Button size=ButtonSize::Small on_click=move |_| choose(&both, format!("{}\n\n{}", both.theirs, both.mine))>
                            {td_string!(l, together.take_both)}
                        </Button>
                    })}
                </div>
            </div>
        }
    };
    view! {
        <form class="stack" on:submit=move |ev| {
            ev.prevent_default();
            save.run(());
        }>
            {move || restored.get().then(|| view! {
                <Banner tone=Tone::Info text=td_string!(l, together.facts_restored)>
                    <Button size=ButtonSize::Small icon="rotate-ccw" on_click=move |_| leave()>{td_string!(l, together.facts_forget)}</Button>
                </Banner>
            })}
            {move || {
                let all = quarrels.get();
                (!all.is_empty()).then(|| view! {
                    <Banner tone=Tone::Warning title=td_string!(l, together.conflict_title)>
                        <div class="grid gap-3 w-full">
                            <span>{td_string!(l, together.conflict_lead)}</span>
                            {all.into_iter().map(choice).collect_view()}
                        </div>
                    </Banner>
                })
            }}
            <Field label=td_string!(l, requests.description) name="edit-description" error=error>
                <Textarea name="edit-description" value=description rows=4 maxlength=4000 on_submit=save />
            </Field>
            <div class="grid gap-4 sm:grid-cols-2">
                <Field label=td_string!(l, requests.category) name="edit-category">
                    <Select name="edit-category" options=category_options(l) value=category />
                </Field>
                <Field label=td_string!(l, classifier.problem) name="edit-problem">
                    <Combobox name="edit-problem" options=problems value=problem placeholder=td_string!(l, classifier.choose) on_change=taken />
                </Field>
                <Field label=td_string!(l, requests.kind) name="edit-kind">
                    <Select name="edit-kind" options=kind_options(l) value=kind />
                </Field>
                <Field label=td_string!(l, requests.priority) name="edit-priority">
                    <Select name="edit-priority" options=priority_options(l) value=priority />
                </Field>
                <Field label=td_string!(l, requests.due) name="edit-due" error=due_error>
                    <DateInput name="edit-due" value=due with_time=true />
                </Field>
                {may_hide.then(|| view! {
                    <Field label=td_string!(l, requests.seen_by) name="edit-hidden" error=hidden_error>
                        <Select name="edit-hidden" options=hidden_options(l) value=hidden />
                    </Field>
                })}
            </div>
            <div class="row justify-end">
                <Button on_click=move |_| leave()>{td_string!(l, common.cancel)}</Button>
                <Button kind=ButtonKind::Primary submit=true loading=busy
                    disabled=Signal::derive(move || quarrels.with(|all| !all.is_empty()))>{td_string!(l, common.save)}</Button>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(description: &str, category: &str) -> Typed {
        Typed {
            description: description.to_owned(),
            category: category.to_owned(),
            problem: String::new(),
            kind: "regular".to_owned(),
            priority: "normal".to_owned(),
            due: String::new(),
            hidden: "false".to_owned(),
        }
    }

    #[test]
    fn an_untouched_field_follows_and_a_touched_one_stays() {
        let (base, fresh) = (typed("кран", "plumbing"), typed("кран", "heating"));
        let mine = typed("кран и труба", "plumbing");
        let next = mine.rebased(&base, &fresh);
        assert_eq!(next, typed("кран и труба", "heating"));
        let command = next.command(&fresh);
        assert_eq!((command.description.as_deref(), command.category), (Some("кран и труба"), None));
    }
}
