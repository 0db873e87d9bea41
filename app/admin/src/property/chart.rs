//! The building as it stands: entrances side by side, floors from the roof down, coloured by one measure. Arrows move
//! between units, Enter opens one beside the chart.

use super::{unit::UnitView, unit_address};
use crate::util::lang;
use api::session::use_me;
use i18n::{Locale, td_string, words};
use leptos::{ev::KeyboardEvent, html, prelude::*};
use model::{
    Money, Permission, UnitId,
    property::{BuildingCard, UnitKind, UnitRow},
};
use std::collections::BTreeMap;
use ui::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// What the colours tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measure {
    Requests,
    Residents,
    Contact,
    Account,
    Debt,
}

/// How a unit stands by a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Bad,
    Open,
    /// More than usual, and nothing wrong with it.
    Many,
    Fine,
    Unknown,
}

/// From this debt on somebody should call: a million soʻm.
const BIG_DEBT: Money = Money::from_tiyin(100_000_000);
/// From so many people on a flat is full.
const MANY: i32 = 4;

impl Measure {
    const ALL: [Self; 5] = [Self::Requests, Self::Residents, Self::Contact, Self::Account, Self::Debt];

    fn of(self, unit: &UnitRow) -> Mark {
        let missing = |there: bool| if there { Mark::Fine } else { Mark::Open };
        match self {
            Self::Requests if unit.overdue > 0 => Mark::Bad,
            Self::Requests => missing(unit.open_requests == 0),
            Self::Residents if unit.people >= MANY => Mark::Many,
            Self::Residents => missing(unit.people > 0),
            Self::Contact if unit.people == 0 => Mark::Unknown,
            Self::Contact => missing(unit.phone),
            // Storages and parking places rarely have an account of their own.
            Self::Account => {
                missing(unit.account.is_some() || matches!(unit.kind, UnitKind::Storage | UnitKind::Parking))
            }
            Self::Debt => match unit.debt {
                None => Mark::Unknown,
                Some(debt) if debt >= BIG_DEBT => Mark::Bad,
                Some(debt) => missing(debt <= Money::ZERO),
            },
        }
    }

    fn word(self, l: Locale) -> &'static str {
        match self {
            Self::Requests => td_string!(l, property.measure_requests),
            Self::Residents => td_string!(l, lists.measure_residents),
            Self::Contact => td_string!(l, lists.measure_contact),
            Self::Account => td_string!(l, property.measure_account),
            Self::Debt => td_string!(l, lists.measure_debt),
        }
    }

    /// The legend of a mark; nothing where the measure does not know it.
    fn legend(self, l: Locale, mark: Mark) -> Option<&'static str> {
        match (self, mark) {
            (Self::Requests, Mark::Bad) => Some(td_string!(l, property.legend_overdue)),
            (Self::Requests, Mark::Open) => Some(td_string!(l, property.legend_requests)),
            (Self::Residents, Mark::Open) => Some(td_string!(l, property.legend_no_people)),
            (Self::Residents, Mark::Many) => Some(td_string!(l, lists.legend_residents_many)),
            (Self::Residents, Mark::Fine) => Some(td_string!(l, lists.legend_residents_some)),
            (Self::Contact, Mark::Open) => Some(td_string!(l, lists.legend_no_phone)),
            (Self::Contact, Mark::Fine) => Some(td_string!(l, lists.legend_reachable)),
            (Self::Contact, Mark::Unknown) => Some(td_string!(l, lists.legend_nobody)),
            (Self::Account, Mark::Open) => Some(td_string!(l, property.legend_no_account)),
            (Self::Debt, Mark::Bad) => Some(td_string!(l, lists.legend_debt_big)),
            (Self::Debt, Mark::Open) => Some(td_string!(l, lists.legend_debt)),
            (Self::Debt, Mark::Fine) => Some(td_string!(l, lists.legend_no_debt)),
            (Self::Debt, Mark::Unknown) => Some(td_string!(l, lists.legend_debt_unknown)),
            (Self::Requests | Self::Account, Mark::Fine) => Some(td_string!(l, property.legend_fine)),
            _ => None,
        }
    }

    /// What a unit says when it is pointed at.
    fn title(self, l: Locale, unit: &UnitRow, place: String) -> String {
        match (self, self.of(unit)) {
            (Self::Requests, Mark::Bad) => {
                td_string!(l, property.unit_overdue, address = place, n = unit.overdue.to_string()).to_string()
            }
            (Self::Requests, Mark::Open) => {
                td_string!(l, property.unit_open, address = place, n = unit.open_requests.to_string()).to_string()
            }
            (Self::Residents, Mark::Open) | (Self::Contact, Mark::Unknown) => {
                td_string!(l, property.unit_no_people, address = place).to_string()
            }
            (Self::Residents, _) => {
                td_string!(l, lists.unit_residents, address = place, n = unit.people.to_string()).to_string()
            }
            (Self::Contact, Mark::Open) => td_string!(l, lists.unit_no_phone, address = place).to_string(),
            (Self::Account, Mark::Open) => td_string!(l, property.unit_no_account, address = place).to_string(),
            (Self::Debt, _) => match unit.debt {
                Some(debt) if debt > Money::ZERO => {
                    td_string!(l, lists.unit_debt, address = place, sum = debt.to_string()).to_string()
                }
                Some(debt) if debt < Money::ZERO => {
                    let ahead = Money::ZERO.checked_sub(debt).unwrap_or_default();
                    td_string!(l, lists.unit_paid_ahead, address = place, sum = ahead.to_string()).to_string()
                }
                _ => place,
            },
            _ => place,
        }
    }
}

impl Mark {
    const ALL: [Self; 5] = [Self::Bad, Self::Open, Self::Many, Self::Fine, Self::Unknown];

    /// Tints of a tenth: a stronger one takes its own number below 4.5 : 1 (WCAG 2.2, 1.4.3) in the light theme.
    const fn class(self) -> &'static str {
        match self {
            Self::Bad => "bg-error/10 text-error ring-1 ring-error/60 font-semibold",
            Self::Open => "bg-warning/10 text-warning ring-1 ring-warning/50 font-semibold",
            Self::Many => "bg-primary/10 text-primary ring-1 ring-primary/40",
            Self::Fine => "bg-base-200 hover:bg-base-300",
            Self::Unknown => "border border-dashed border-line text-muted",
        }
    }

    /// Beside the number: who does not tell the colours apart reads this.
    const fn sign(self) -> &'static str {
        match self {
            Self::Bad => "!",
            Self::Open => "•",
            Self::Many => "+",
            Self::Fine => "",
            Self::Unknown => "?",
        }
    }
}

type Floors = BTreeMap<i16, Vec<UnitRow>>;

/// Units by entrance and floor, and what stands in neither, by kind.
fn arrange(units: &[UnitRow]) -> (BTreeMap<i16, Floors>, BTreeMap<UnitKind, Vec<UnitRow>>) {
    let (mut inside, mut outside) = (BTreeMap::<i16, Floors>::new(), BTreeMap::<UnitKind, Vec<UnitRow>>::new());
    for unit in units {
        match (unit.entrance, unit.floor) {
            (Some(entrance), Some(floor)) => {
                inside.entry(entrance).or_default().entry(floor).or_default().push(unit.clone());
            }
            _ => outside.entry(unit.kind).or_default().push(unit.clone()),
        }
    }
    (inside, outside)
}

/// Whether a unit answers to what is typed: its number begins so, or its account holds it.
fn fits(unit: &UnitRow, text: &str) -> bool {
    let text = text.trim().to_lowercase();
    text.is_empty()
        || unit.number.to_lowercase().starts_with(&text)
        || unit.account.as_deref().is_some_and(|account| account.to_lowercase().contains(&text))
}

#[component]
pub(super) fn Chart(card: Signal<BuildingCard>, #[prop(into)] on_change: Callback<()>) -> impl IntoView {
    let l = lang();
    let measure = RwSignal::new(Measure::Requests);
    let sees_money = use_me().can(Permission::PaymentsRead);
    let measures: Vec<Measure> = Measure::ALL.into_iter().filter(|one| *one != Measure::Debt || sees_money).collect();
    let text = RwSignal::new(String::new());
    let chosen = RwSignal::new(None::<UnitId>);
    let open = RwSignal::new(false);
    let grid = NodeRef::<html::Div>::new();
    let units = Memo::new(move |_| card.with(|c| c.units.clone()));
    let address = Memo::new(move |_| card.with(|c| c.facts.address.clone()));
    let first = Memo::new(move |_| units.with(|all| all.first().map(|u| u.id)));
    let title = Signal::derive(move || {
        let number = units.with(|all| all.iter().find(|u| Some(u.id) == chosen.get()).map(|u| u.number.clone()));
        number.map(|number| address.with(|address| unit_address(address, &number))).unwrap_or_default()
    });
    let cell = move |unit: UnitRow| {
        let id = unit.id;
        let unit = StoredValue::new(unit);
        let number = unit.with_value(|u| u.number.clone());
        let class = move || {
            let mark = unit.with_value(|u| measure.get().of(u));
            let dim = if unit.with_value(|u| text.with(|text| fits(u, text))) { "" } else { " opacity-25" };
            format!(
                "unit-cell grid place-items-center min-w-9 h-8 px-1 rounded text-xs tabular-nums cursor-pointer {}{dim}",
                mark.class()
            )
        };
        let says = move || {
            let place = unit.with_value(|u| address.with(|address| unit_address(address, &u.number)));
            unit.with_value(|u| measure.get().title(l, u, place))
        };
        view! {
            <button type="button" class=class title=says aria-label=says
                tabindex=move || if chosen.get().or_else(|| first.get()) == Some(id) { "0" } else { "-1" }
                on:focus=move |_| chosen.set(Some(id))
                on:click=move |_| {
                    chosen.set(Some(id));
                    open.set(true);
                }
            >
                <span>{number}<span class="text-[0.625rem] align-top" aria-hidden="true">{move || unit.with_value(|u| measure.get().of(u).sign())}</span></span>
            </button>
        }
    };
    let drawing = move || {
        let (inside, outside) = units.with(|all| arrange(all));
        if inside.is_empty() && outside.is_empty() {
            return view! { <p class="m-0 text-muted">{td_string!(l, property.no_units)}</p> }.into_any();
        }
        view! {
            <div class="overflow-x-auto p-0.5">
                <div class="flex gap-6 w-max">
                    {inside.into_iter().map(|(entrance, floors)| view! {
                        <section class="grid gap-1 content-end">
                            {floors.into_iter().rev().map(|(floor, units)| view! {
                                <div class="flex items-center gap-1">
                                    <span class="w-6 text-right text-xs text-muted" title=td_string!(l, property.floor)>{floor}</span>
                                    {units.into_iter().map(cell).collect_view()}
                                </div>
                            }).collect_view()}
                            <h3 class="pl-7 pt-1 text-xs text-muted">{td_string!(l, property.entrance_n, n = entrance.to_string()).to_string()}</h3>
                        </section>
                    }).collect_view()}
                </div>
            </div>
            {outside.into_iter().map(|(kind, units)| view! {
                <section class="mt-3">
                    <h3 class="pb-1 text-xs text-muted">{words::unit_kind(l, kind)} " · " {units.len()}</h3>
                    <div class="flex flex-wrap gap-1 p-0.5">{units.into_iter().map(cell).collect_view()}</div>
                </section>
            }).collect_view()}
        }
        .into_any()
    };
    let legend = move || {
        Mark::ALL
            .into_iter()
            .filter_map(|mark| measure.get().legend(l, mark).map(|word| (mark, word)))
            .map(|(mark, word)| view! {
                <span class="inline-flex items-center gap-1.5">
                    <span class=format!("inline-grid place-items-center size-4 shrink-0 rounded text-[0.625rem] {}", mark.class()) aria-hidden="true">{mark.sign()}</span>
                    {word}
                </span>
            })
            .collect_view()
    };
    view! {
        <div class="flex flex-wrap items-center gap-2 pb-3">
            <div class="segmented" role="group" aria-label=td_string!(l, property.measure)>
                {measures.into_iter().map(|one| view! {
                    <button type="button" aria-pressed=move || if measure.get() == one { "true" } else { "false" }
                        on:click=move |_| measure.set(one)>{one.word(l)}</button>
                }).collect_view()}
            </div>
            <div class="w-40">
                <Input name="chart-filter" icon="search" value=text autocomplete="off"
                    placeholder=td_string!(l, property.chart_filter) label=td_string!(l, property.chart_filter) />
            </div>
        </div>
        <div node_ref=grid role="group" aria-label=td_string!(l, property.chart) on:keydown=move |ev| walk(&grid, &ev)>{drawing}</div>
        <p class="mb-0 mt-3 flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-muted">
            {legend}
            {move || (measure.get() == Measure::Debt).then(|| view! { <span>{td_string!(l, lists.debt_note)}</span> })}
            <span class="max-sm:hidden ml-auto">{td_string!(l, property.chart_help)}</span>
        </p>
        <Drawer open=open title=title
            actions=move || chosen.get().map(|id| view! {
                <IconButton icon="external-link" label=td_string!(l, property.open_page) href=format!("/desk/units/{id}") />
            })
        >
            {move || chosen.get().map(|id| view! { <UnitView id=id on_change=on_change /> })}
        </Drawer>
    }
}

/// Moves the keyboard to the next unit in the pressed direction, as the eye sees it.
fn walk(grid: &NodeRef<html::Div>, ev: &KeyboardEvent) {
    let (dx, dy) = match ev.key().as_str() {
        "ArrowLeft" => (-1.0, 0.0),
        "ArrowRight" => (1.0, 0.0),
        "ArrowUp" => (0.0, -1.0),
        "ArrowDown" => (0.0, 1.0),
        _ => return,
    };
    let Some(grid) = grid.get_untracked() else { return };
    let Some(from) = document().active_element() else { return };
    let Ok(cells) = grid.query_selector_all(".unit-cell") else { return };
    ev.prevent_default();
    let middle = |element: &web_sys::Element| {
        let rect = element.get_bounding_client_rect();
        (rect.x() + rect.width() / 2.0, rect.y() + rect.height() / 2.0)
    };
    let here = middle(&from);
    let mut best: Option<(f64, HtmlElement)> = None;
    for n in 0..cells.length() {
        let Some(cell) = cells.get(n).and_then(|node| node.dyn_into::<HtmlElement>().ok()) else { continue };
        let there = middle(&cell);
        let (along, across) = if dx == 0.0 {
            ((there.1 - here.1) * dy, (there.0 - here.0).abs())
        } else {
            ((there.0 - here.0) * dx, (there.1 - here.1).abs())
        };
        // Straight ahead counts; a step aside costs more than a longer way.
        if along > 4.0 {
            let cost = along + across * 3.0;
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, cell));
            }
        }
    }
    if let Some((_, cell)) = best {
        let _ = cell.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(kind: UnitKind, entrance: Option<i16>, floor: Option<i16>) -> UnitRow {
        UnitRow {
            id: uuid::Uuid::nil().into(),
            kind,
            number: "12а".into(),
            entrance,
            floor,
            rooms: None,
            area_cm2: None,
            account: Some("00101012".into()),
            people: 0,
            open_requests: 2,
            overdue: 0,
            phone: false,
            debt: None,
        }
    }

    #[test]
    fn every_unit_has_its_place() {
        let (inside, outside) = arrange(&[
            unit(UnitKind::Flat, Some(2), Some(3)),
            unit(UnitKind::Flat, Some(2), None),
            unit(UnitKind::Parking, None, Some(-1)),
        ]);
        assert_eq!(inside[&2].keys().copied().collect::<Vec<_>>(), [3]);
        assert_eq!(outside.keys().copied().collect::<Vec<_>>(), [UnitKind::Flat, UnitKind::Parking]);
    }

    #[test]
    fn colours_tell_the_measure() {
        let flat = unit(UnitKind::Flat, None, None);
        assert_eq!(Measure::Requests.of(&flat), Mark::Open);
        assert_eq!(Measure::Requests.of(&UnitRow { overdue: 1, ..flat.clone() }), Mark::Bad);
        assert_eq!((Measure::Residents.of(&flat), Measure::Contact.of(&flat)), (Mark::Open, Mark::Unknown));
        let lived = |people, phone| UnitRow { people, phone, ..flat.clone() };
        assert_eq!(
            (Measure::Residents.of(&lived(1, false)), Measure::Residents.of(&lived(4, false))),
            (Mark::Fine, Mark::Many)
        );
        assert_eq!(
            (Measure::Contact.of(&lived(1, false)), Measure::Contact.of(&lived(1, true))),
            (Mark::Open, Mark::Fine)
        );
        let owes = |debt| Measure::Debt.of(&UnitRow { debt, ..flat.clone() });
        let soum = |n| Money::from_soum(n);
        assert_eq!((owes(None), owes(soum(-5)), owes(soum(0))), (Mark::Unknown, Mark::Fine, Mark::Fine));
        assert_eq!((owes(soum(999_999)), owes(soum(1_000_000))), (Mark::Open, Mark::Bad));
        assert_eq!(Measure::Account.of(&flat), Mark::Fine);
        let parking = UnitRow { account: None, ..unit(UnitKind::Parking, None, None) };
        assert_eq!(Measure::Account.of(&parking), Mark::Fine);
    }

    #[test]
    fn every_colour_has_its_words() {
        for measure in Measure::ALL {
            for people in [0, 1, 5] {
                for (open_requests, overdue, phone) in [(0, 0, false), (1, 0, true), (2, 1, true)] {
                    for debt in [None, Money::from_soum(-1), Money::from_soum(5), Money::from_soum(2_000_000)] {
                        let unit =
                            UnitRow { people, open_requests, overdue, phone, debt, ..unit(UnitKind::Flat, None, None) };
                        assert!(measure.legend(Locale::ru, measure.of(&unit)).is_some(), "{measure:?} {unit:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_filter_knows_numbers_and_accounts() {
        let flat = unit(UnitKind::Flat, None, None);
        for (text, yes) in [("", true), ("12", true), ("12А", true), ("2а", false), ("101012", true), ("x", false)] {
            assert_eq!(fits(&flat, text), yes, "{text}");
        }
    }
}
