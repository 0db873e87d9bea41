//! What the list of staff shows, as its address says it, and the line that changes it.

use crate::{
    lists::Order,
    util::{encode, lang, tell_failure},
};
use i18n::{td_string, words};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    BuildingId, Role,
    staff::{ROLES, Skill, StaffFilter, StaffSort},
};
use ui::prelude::*;

/// Everything the address may say. Unknown values are ignored: an old link still opens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct StaffQuery {
    pub all: bool,
    pub text: Option<String>,
    pub role: Option<Role>,
    pub skill: Option<Skill>,
    pub building: Option<BuildingId>,
    pub order: Order<StaffSort>,
}

impl StaffQuery {
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let word = |name: &str| get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        Self {
            all: get("all").is_some(),
            text: word("text"),
            role: word("role").and_then(|v| v.parse().ok()).filter(|role| ROLES.contains(role)),
            skill: word("skill").and_then(|v| v.parse().ok()),
            building: word("building").and_then(|v| v.parse().ok()),
            order: Order::read(word("sort").as_deref(), word("reverse").as_deref()),
        }
    }

    /// What a saved view keeps.
    pub fn kept(&self) -> String {
        let pairs = [
            ("all", self.all.then(|| "1".to_owned())),
            ("text", self.text.clone()),
            ("role", self.role.map(|role| role.as_str().to_owned())),
            ("skill", self.skill.map(|skill| skill.to_string())),
            ("building", self.building.map(|id| id.to_string())),
        ];
        let pairs = pairs.into_iter().filter_map(|(name, value)| Some((name, value?))).chain(self.order.pairs());
        pairs.map(|(name, value)| format!("{name}={}", encode(&value))).collect::<Vec<_>>().join("&")
    }

    /// The same people as a file with the columns that are shown.
    pub fn export(&self, form: &str, columns: &[&str]) -> String {
        let filter = self.filter();
        let pairs = [
            ("all", filter.all.then(|| "true".to_owned())),
            ("text", filter.text),
            ("role", filter.role.map(|role| role.as_str().to_owned())),
            ("skill", filter.skill.map(|skill| skill.to_string())),
            ("building_id", filter.building_id.map(|id| id.to_string())),
            ("sort", filter.sort.map(|by| by.to_string())),
            ("reverse", filter.reverse.then(|| "true".to_owned())),
        ];
        let pairs = pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", encode(&value?))));
        let columns = format!("columns={}", columns.join(","));
        format!("/desk/exports/staff.{form}?{}", pairs.chain([columns]).collect::<Vec<_>>().join("&"))
    }

    pub fn href(&self) -> String {
        let query = self.kept();
        if query.is_empty() { "/desk/staff".to_owned() } else { format!("/desk/staff?{query}") }
    }

    /// Whether anything but the tab and the order is chosen.
    pub fn is_narrow(&self) -> bool {
        *self != Self { all: self.all, order: self.order, ..Self::default() }
    }

    pub fn filter(&self) -> StaffFilter {
        StaffFilter {
            all: self.all,
            text: self.text.clone(),
            role: self.role,
            skill: self.skill,
            building_id: self.building,
            sort: Some(self.order.by),
            reverse: self.order.reverse,
        }
    }
}

/// Words, role, trade and house; a GET form until the page is alive.
#[component]
pub(super) fn FilterLine(query: Memo<StaffQuery>, #[prop(into)] tools: ViewFn) -> impl IntoView {
    let (l, alive) = (lang(), use_hydrated());
    let field = |pick: fn(&StaffQuery) -> String| (RwSignal::new(query.with_untracked(pick)), pick);
    let text = field(|q| q.text.clone().unwrap_or_default());
    let role = field(|q| q.role.map(|v| v.as_str().to_owned()).unwrap_or_default());
    let skill = field(|q| q.skill.map(|v| v.to_string()).unwrap_or_default());
    let building = field(|q| q.building.map(|v| v.to_string()).unwrap_or_default());
    // The address is the truth: back button and links move the controls.
    effect(move || {
        let now = query.get();
        for (signal, pick) in [text, role, skill, building] {
            if signal.get_untracked().trim() != pick(&now) {
                signal.set(pick(&now));
            }
        }
    });
    let navigate = use_navigate();
    let go = Callback::new(move |_: String| {
        let now = query.get_untracked();
        let next = StaffQuery {
            all: now.all,
            order: now.order,
            ..StaffQuery::read(|name| {
                Some(match name {
                    "text" => text.0.get_untracked(),
                    "role" => role.0.get_untracked(),
                    "skill" => skill.0.get_untracked(),
                    "building" => building.0.get_untracked(),
                    _ => return None,
                })
            })
        };
        if next != now {
            navigate(&next.href(), NavigateOptions { replace: true, scroll: false, ..Default::default() });
        }
    });
    let settled: Signal<String> = use_debounced(text.0, 300);
    effect_after(move |first: Option<()>| {
        settled.track();
        if first.is_some() {
            go.run(String::new());
        }
    });
    let typed = RwSignal::new(String::new());
    let asked: Signal<String> = use_debounced(typed, 200);
    let houses = Resource::new(
        move || (asked.get(), building.0.get()),
        |(text, chosen)| api::property::choices(text, chosen.parse().ok()),
    );
    tell_failure(houses);
    let house_options = Signal::derive(move || {
        let rows = houses.get().and_then(Result::ok).unwrap_or_default();
        rows.into_iter().map(|b| Opt::new(b.id.to_string(), b.address)).collect::<Vec<_>>()
    });
    let roles: Vec<Opt> = ROLES.iter().map(|r| Opt::new(r.as_str(), words::role(l, *r))).collect();
    let skills: Vec<Opt> = Skill::ALL.iter().map(|s| Opt::new(s.as_str(), words::skill(l, *s))).collect();
    view! {
        <div class="flex flex-wrap items-center gap-2 py-2">
            <form class="flex flex-1 max-sm:basis-full flex-wrap items-center gap-2" role="search" method="get" action="/desk/staff"
                on:submit=move |ev| { ev.prevent_default(); go.run(String::new()); }>
                {move || {
                    let now = query.get();
                    let kept = now.all.then(|| ("all", "1".to_owned())).into_iter().chain(now.order.pairs());
                    kept.map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view()
                }}
                <div class="w-full sm:w-64">
                    <Input name="text" icon="search" value=text.0 autocomplete="off" placeholder=td_string!(l, lists.staff_search) label=td_string!(l, lists.staff_search) />
                </div>
                <div class="w-full sm:w-40">
                    <Select name="role" options=roles value=role.0 placeholder=td_string!(l, lists.any_role) label=td_string!(l, people.role) on_change=go />
                </div>
                <div class="w-full sm:w-44">
                    <Select name="skill" options=skills value=skill.0 placeholder=td_string!(l, lists.any_skill) label=td_string!(l, people.skills) on_change=go />
                </div>
                <Transition>
                    <div class="w-full sm:w-56">
                        <Combobox name="building" options=house_options value=building.0 placeholder=td_string!(l, desk.any_building)
                            label=td_string!(l, desk.building) on_query=move |text: String| typed.set(text) on_change=go />
                    </div>
                </Transition>
                {move || (!alive.get()).then(|| view! { <Button submit=true>{td_string!(l, desk.apply)}</Button> })}
                {move || query.with(StaffQuery::is_narrow).then(|| {
                    let now = query.get();
                    let clean = StaffQuery { all: now.all, order: now.order, ..StaffQuery::default() };
                    view! { <Button kind=ButtonKind::Ghost href=clean.href()>{td_string!(l, desk.reset)}</Button> }
                })}
            </form>
            <div class="row ml-auto flex-nowrap gap-1">{tools.run()}</div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back() {
        let read = |pairs: &[(&str, &str)]| {
            StaffQuery::read(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        let query = read(&[("all", "1"), ("role", "staff"), ("skill", "lift"), ("sort", "load"), ("text", " Али ")]);
        assert_eq!(query.href(), "/desk/staff?all=1&text=%D0%90%D0%BB%D0%B8&role=staff&skill=lift&sort=load");
        assert_eq!(
            query.export("csv", &["name", "load"]),
            "/desk/exports/staff.csv?all=true&text=%D0%90%D0%BB%D0%B8&role=staff&skill=lift&sort=load&columns=name,load"
        );
        assert!(query.is_narrow() && !read(&[("all", "1"), ("reverse", "1")]).is_narrow());
        assert_eq!(read(&[("role", "resident"), ("skill", "x"), ("building", "y")]), StaffQuery::default());
    }
}
