//! `/desk/audit`: who did what, when and through which door, in words; the filters stand in the address.

mod history;

pub use history::History;

use crate::{
    lists::{Columns, Setup, TakeAway, ViewsMenu},
    util::{Failed, day_start, encode, lang, tell_failure},
};
use api::session::use_now;
use chrono::{DateTime, Days, NaiveDate, SecondsFormat, Utc};
use i18n::{Locale, audit as words, td_string, when};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use model::{
    Role,
    audit::{AuditFilter, AuditRow, DoorName, ObjectType},
    search::List,
};
use ui::prelude::*;

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Query {
    who: String,
    object: String,
    door: String,
    from: String,
    to: String,
    text: String,
    cursor: String,
}

impl Query {
    fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let word = |name| get(name).unwrap_or_default().trim().to_owned();
        Self {
            who: word("who"),
            object: word("object"),
            door: word("door"),
            from: word("from"),
            to: word("to"),
            text: word("text"),
            cursor: word("cursor"),
        }
    }

    fn href(&self) -> String {
        let pairs = [
            ("who", &self.who),
            ("object", &self.object),
            ("door", &self.door),
            ("from", &self.from),
            ("to", &self.to),
            ("text", &self.text),
            ("cursor", &self.cursor),
        ];
        let query: Vec<String> = pairs
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        if query.is_empty() { "/desk/audit".to_owned() } else { format!("/desk/audit?{}", query.join("&")) }
    }

    /// What a saved view keeps: the address without the page.
    fn kept(&self) -> String {
        let href = Self { cursor: String::new(), ..self.clone() }.href();
        href.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default()
    }

    /// The same entries, all pages of them, as a file with the columns that are shown.
    fn export(&self, form: &str, columns: &[&str]) -> String {
        let filter = self.filter();
        let moment = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let pairs = [
            ("actor_id", filter.actor_id.map(|id| id.to_string())),
            ("object_type", filter.object_type),
            ("door", filter.door.map(|door| door.to_string())),
            ("from", filter.from.map(moment)),
            ("to", filter.to.map(moment)),
            ("text", filter.text),
        ];
        let pairs = pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", encode(&value?))));
        let columns = format!("columns={}", columns.join(","));
        format!("/desk/exports/audit.{form}?{}", pairs.chain([columns]).collect::<Vec<_>>().join("&"))
    }

    fn filter(&self) -> AuditFilter {
        let some = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        AuditFilter {
            actor_id: self.who.parse().ok(),
            object_type: some(&self.object),
            object_id: None,
            action: None,
            door: self.door.parse().ok(),
            from: day(&self.from).and_then(day_start),
            to: day(&self.to).and_then(|d| d.checked_add_days(Days::new(1))).and_then(day_start),
            // Less than three letters fit everything.
            text: some(&self.text).filter(|t| t.chars().count() >= 3),
            cursor: some(&self.cursor),
            limit: None,
        }
    }
}

#[component]
pub fn AuditPage() -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let params = use_query_map();
    let query = Memo::new(move |_| params.with(|p| Query::read(|name| p.get(name))));
    let page = Resource::new(move || query.get(), |query| api::audit::list(query.filter()));
    let rows = Signal::derive(move || page.get().and_then(Result::ok).map(|page| page.items));
    let next = Signal::derive(move || {
        let cursor = page.get().and_then(Result::ok).and_then(|page| page.next)?;
        Some(Query { cursor, ..query.get() }.href())
    });
    let setup = Setup::load(List::Audit, "/desk/audit");
    let keys = RowKeys::new(rows, |row: &AuditRow| row.id.to_string());
    keys.walks(|_| ());
    let columns = move || {
        vec![
            Column::new("when", td_string!(l, audit.when), move |row: &AuditRow| {
                let at = row.at;
                view! { <span class="whitespace-nowrap" title=when::full(l, at)>{move || when::moment(l, at, now.get())}</span> }
            }),
            Column::new("who", td_string!(l, audit.who), move |row: &AuditRow| {
                // One element: on a phone a cell lays its children out side by side.
                view! {
                    <div class="py-1">
                        {who(l, row)}
                        <span class="block text-xs text-muted">{words::door(l, row.door)}</span>
                    </div>
                }
            })
            .hidden(setup.hidden("who")),
            Column::new("what", td_string!(l, audit.what), move |row: &AuditRow| words::action(l, &row.action)),
            Column::new("object", td_string!(l, audit.object), move |row: &AuditRow| object(l, row))
                .hidden(setup.hidden("object")),
            Column::new("changes", td_string!(l, audit.changes), move |row: &AuditRow| changes(l, row))
                .class("whitespace-normal")
                .hidden(setup.hidden("changes")),
        ]
    };
    let filtered = move || query.get() != Query::default();
    let file = move |form: &'static str| {
        // The door stands in one cell with who came through it.
        let keys = ["when", "who", "door", "what", "object", "changes"];
        let hidden = |key: &str| setup.hides(if key == "door" { "who" } else { key });
        let shown: Vec<&str> = keys.into_iter().filter(|key| !hidden(key)).collect();
        query.with(|now| now.export(form, &shown))
    };
    let table = move |rows: Signal<Option<Vec<AuditRow>>>| {
        view! {
            <DataTable columns=columns() rows=rows key=|row: &AuditRow| row.id.to_string() caption=td_string!(l, audit.title) stack=true active=keys.active
                empty=move || if filtered() {
                    view! {
                        <EmptyState text=td_string!(l, audit.nothing_fits) icon="search">
                            <Button href="/desk/audit">{td_string!(l, desk.reset)}</Button>
                        </EmptyState>
                    }.into_any()
                } else {
                    view! { <EmptyState text=td_string!(l, audit.empty) icon="history" /> }.into_any()
                } />
        }
    };
    view! {
        <Title text=td_string!(l, audit.title) />
        <PageHeader title=td_string!(l, audit.title) />
        <Filters query=query tools=move || view! {
            <ViewsMenu setup=setup query=Signal::derive(move || query.with(Query::kept)) />
            <Columns setup=setup of=vec![("who", td_string!(l, audit.who)), ("object", td_string!(l, audit.object)), ("changes", td_string!(l, audit.changes))] />
            <TakeAway href=Callback::new(file) />
        } />
        <Transition fallback=move || table(Signal::stored(None))>
            {move || page.get().and_then(Result::err).map(|error| view! {
                <Failed failure=error.0 back="/desk/audit" on_retry=move |()| page.refetch() />
            })}
            <div hidden=move || page.get().is_some_and(|rows| rows.is_err())>{table(rows)}</div>
            <Pager next=next />
        </Transition>
    }
    .into_any()
}

/// One line of choices; a plain GET form until the page is alive.
#[component]
fn Filters(query: Memo<Query>, #[prop(into)] tools: ViewFn) -> impl IntoView {
    let l = lang();
    let alive = use_hydrated();
    let start = query.get_untracked();
    let [who, object, door, from, to, text] =
        [start.who, start.object, start.door, start.from, start.to, start.text].map(RwSignal::new);
    // The address is the truth: back button and links move the controls.
    effect(move || {
        let now = query.get();
        for (signal, wanted) in
            [(who, now.who), (object, now.object), (door, now.door), (from, now.from), (to, now.to), (text, now.text)]
        {
            if signal.get_untracked() != wanted {
                signal.set(wanted);
            }
        }
    });
    let navigate = use_navigate();
    let apply = Callback::new(move |_: String| {
        let next = Query {
            who: who.get_untracked(),
            object: object.get_untracked(),
            door: door.get_untracked(),
            from: from.get_untracked(),
            to: to.get_untracked(),
            text: text.get_untracked().trim().to_owned(),
            cursor: String::new(),
        };
        if next != (Query { cursor: String::new(), ..query.get_untracked() }) {
            navigate(&next.href(), NavigateOptions::default());
        }
    });
    let staff =
        Resource::new(|| (), |()| api::staff::search(model::staff::StaffFilter { all: true, ..Default::default() }));
    tell_failure(staff);
    let people = Signal::derive(move || {
        let rows = staff.get().and_then(Result::ok).unwrap_or_default();
        rows.into_iter().map(|p| Opt::new(p.id.to_string(), p.name)).collect::<Vec<_>>()
    });
    let objects: Vec<Opt> =
        ObjectType::ALL.iter().map(|t| Opt::new(t.as_str(), words::object_type(l, t.as_str()))).collect();
    let doors: Vec<Opt> = DoorName::ALL.iter().map(|d| Opt::new(d.as_str(), words::door(l, *d))).collect();
    view! {
        <div class="flex flex-wrap items-center gap-2 pb-2">
            <form method="get" action="/desk/audit" role="search" class="flex flex-1 max-sm:basis-full flex-wrap items-center gap-2"
                on:submit=move |ev| {
                    ev.prevent_default();
                    apply.run(String::new());
                }>
                <div class="w-full sm:w-64">
                    <Input name="text" icon="search" value=text autocomplete="off" placeholder=td_string!(l, audit.search)
                        label=td_string!(l, audit.search) on_change=apply />
                </div>
                <Transition>
                    <div class="w-full sm:w-48">
                        <Combobox name="who" options=people value=who placeholder=td_string!(l, audit.any_who)
                            label=td_string!(l, audit.who) on_change=apply />
                    </div>
                </Transition>
                <div class="w-full sm:w-40">
                    <Select name="object" options=objects value=object placeholder=td_string!(l, audit.any_object)
                        label=td_string!(l, audit.object) on_change=apply />
                </div>
                <div class="w-full sm:w-40">
                    <Select name="door" options=doors value=door placeholder=td_string!(l, audit.any_door)
                        label=td_string!(l, audit.door) on_change=apply />
                </div>
                <div class="flex items-center gap-1 max-sm:w-full">
                    <div class="w-36 max-sm:flex-1"><DateInput name="from" value=from label=td_string!(l, desk.period_from) on_change=apply /></div>
                    <span class="text-muted" aria-hidden="true">"–"</span>
                    <div class="w-36 max-sm:flex-1"><DateInput name="to" value=to label=td_string!(l, desk.period_to) on_change=apply /></div>
                </div>
                {move || (!alive.get()).then(|| view! { <Button submit=true>{td_string!(l, desk.apply)}</Button> })}
                {move || (query.get() != Query::default()).then(|| view! {
                    <Button kind=ButtonKind::Ghost href="/desk/audit">{td_string!(l, desk.reset)}</Button>
                })}
            </form>
            <div class="row ml-auto flex-nowrap gap-1">{tools.run()}</div>
        </div>
    }
}

/// Who did it. A job has no name; a refused sign-in has nobody.
pub(super) fn who(l: Locale, row: &AuditRow) -> String {
    if !row.actor_name.is_empty() {
        let outside =
            (row.actor_role == Role::SuperAdmin).then(|| format!(" · {}", i18n::words::role(l, row.actor_role)));
        return format!("{}{}", row.actor_name, outside.unwrap_or_default());
    }
    match row.door {
        DoorName::Job => td_string!(l, audit.system).to_owned(),
        _ => td_string!(l, audit.nobody).to_owned(),
    }
}

/// The record, as a link where it has a page.
fn object(l: Locale, row: &AuditRow) -> AnyView {
    let kind = words::object_type(l, &row.object_type);
    let name = row.object_name.clone();
    let href = row.object_id.and_then(|id| match row.object_type.as_str() {
        "request" => Some(format!("/desk/requests/{id}")),
        "user" => Some(format!("/desk/staff/{id}")),
        "contact" => Some(format!("/desk/people/{id}")),
        "building" => Some(format!("/desk/buildings/{id}")),
        _ => None,
    });
    match (name, href) {
        (Some(name), Some(href)) => view! { <div>{kind} " " <a class="link" href=href>{name}</a></div> }.into_any(),
        (Some(name), None) => view! { <div>{kind} " " {name}</div> }.into_any(),
        (None, _) => kind.into_any(),
    }
}

/// `field: old → new`, one under the other.
pub(super) fn changes(l: Locale, row: &AuditRow) -> AnyView {
    let born = row.action.ends_with(".create");
    let lines = row
        .changes
        .iter()
        .map(|change| {
            let show = |text: &Option<String>| text.as_deref().map(|t| words::value(l, &change.field, t));
            let (old, new) = (show(&change.old), show(&change.new));
            let empty = td_string!(l, audit.empty_value);
            let old = match (&old, &new) {
                (None, Some(_)) if born || change.old.is_none() => None,
                (old, _) => Some(old.clone().unwrap_or_else(|| empty.to_owned())),
            };
            view! {
                <span class="block wrap-anywhere">
                    <span class="text-muted">{words::field(l, &change.field)} ": "</span>
                    {old.map(|old| view! { <del class="text-muted">{old}</del> " → " })}
                    {new.unwrap_or_else(|| empty.to_owned())}
                </span>
            }
        })
        .collect_view();
    view! { <div class="py-1">{lines}</div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Query {
        Query::read(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn an_address_reads_back() {
        let query = read(&[("object", "user"), ("door", "web"), ("from", "2026-05-01"), ("text", "Иван")]);
        assert_eq!(query.href(), "/desk/audit?object=user&door=web&from=2026-05-01&text=%D0%98%D0%B2%D0%B0%D0%BD");
        let filter = query.filter();
        assert_eq!((filter.door, filter.object_type.as_deref()), (Some(DoorName::Web), Some("user")));
        assert_eq!(
            query.export("csv", &["when", "what"]),
            "/desk/exports/audit.csv?object_type=user&door=web&from=2026-04-30T19%3A00%3A00Z&text=%D0%98%D0%B2%D0%B0%D0%BD&columns=when,what"
        );
        assert_eq!(read(&[]).href(), "/desk/audit");
    }

    #[test]
    fn nonsense_in_the_address_is_left_out() {
        let filter = read(&[("who", "x"), ("door", "window"), ("from", "yesterday"), ("text", "ab")]).filter();
        assert_eq!(filter, AuditFilter::default());
    }
}
