//! `/desk/settings/catalogue`: materials, the price list and checklists, each a short list with one dialog.

use super::Frame;
use crate::{
    property::form::{Refusal, Sending},
    util::{Failed, category_options, lang},
};
use api::ApiResult;
use i18n::{td_string, words, work_words};
use leptos::prelude::*;
use model::{
    Failure, FieldError, Money,
    names::Names,
    work::{Catalogue, CatalogueItem, Checklist, SaveChecklist, SaveItem, Unit},
};
use ui::prelude::*;

#[component]
pub fn CataloguePage() -> impl IntoView {
    view! {
        <Frame path="/desk/settings/catalogue">
            <div class="stack">
                <Items list=Catalogue::Material />
                <Items list=Catalogue::Service />
                <Checklists />
            </div>
        </Frame>
    }
    .into_any()
}

/// The rows once they are here, or why they are not.
fn rows_or_failure<T, V>(
    all: Resource<ApiResult<Vec<T>>>,
    table: impl Fn(Signal<Option<Vec<T>>>) -> V + Send + Sync + Copy + 'static,
) -> impl IntoView
where
    T: Clone + serde::Serialize + serde::de::DeserializeOwned + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let rows = Signal::derive(move || all.get().and_then(Result::ok));
    view! {
        <Transition fallback=move || table(Signal::stored(None))>
            {move || match all.get() {
                Some(Err(error)) => view! { <Failed failure=error.0 back="/desk/settings" on_retry=move |()| all.refetch() /> }.into_any(),
                _ => table(rows).into_any(),
            }}
        </Transition>
    }
}

/// Pencil and archive at the end of a row.
fn row_buttons(edit: impl Fn() + Send + Sync + 'static, away: impl Fn() + Send + Sync + 'static) -> impl IntoView {
    let l = lang();
    view! {
        <span class="flex justify-end gap-1">
            <IconButton icon="pencil" size=ButtonSize::Small label=td_string!(l, common.edit) on_click=move |_| edit() />
            <IconButton icon="history" size=ButtonSize::Small label=td_string!(l, work.archive) on_click=move |_| away() />
        </span>
    }
}

#[component]
fn Items(list: Catalogue) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let all = Resource::new(|| (), move |()| api::work::items(list));
    let (title, new, none) = match list {
        Catalogue::Material => {
            (td_string!(l, work.materials), td_string!(l, work.new_material), td_string!(l, work.no_materials))
        }
        Catalogue::Service => {
            (td_string!(l, work.price_list), td_string!(l, work.new_service), td_string!(l, work.no_services))
        }
    };
    let (open, asks) = (RwSignal::new(false), RwSignal::new(false));
    let edited = RwSignal::new(None::<CatalogueItem>);
    let away = RwSignal::new(None::<CatalogueItem>);
    let archiving = Sending::new();
    let columns = move || {
        vec![
            Column::new("name", td_string!(l, work.service_name), move |item: &CatalogueItem| {
                work_words::name(l, &item.names)
            }),
            Column::new("category", td_string!(l, work.category), move |item: &CatalogueItem| {
                item.category.map(|c| words::category(l, c))
            }),
            Column::new("unit", td_string!(l, work.unit), move |item: &CatalogueItem| work_words::unit(l, item.unit)),
            Column::new("price", td_string!(l, work.price_soum), |item: &CatalogueItem| item.price.to_string()).num(),
            Column::new("act", "", move |item: &CatalogueItem| {
                let (edit, put_away) = (item.clone(), item.clone());
                row_buttons(
                    move || {
                        edited.set(Some(edit.clone()));
                        open.set(true);
                    },
                    move || {
                        archiving.failure.set(None);
                        away.set(Some(put_away.clone()));
                        asks.set(true);
                    },
                )
            }),
        ]
    };
    let table = move |rows: Signal<Option<Vec<CatalogueItem>>>| {
        view! {
            <DataTable columns=columns() rows=rows key=|item: &CatalogueItem| item.id.to_string() caption=title skeleton_rows=3
                stack=true empty=move || view! { <EmptyState text=none icon="package" /> } />
        }
    };
    let archive = move |_| {
        let Some(item) = away.get_untracked() else { return };
        archiving.send(api::work::archive_item(item.id, item.version), move |()| {
            asks.set(false);
            toasts.success(td_string!(l, settings.saved));
            all.refetch();
        });
    };
    view! {
        <Card flush=true title=title actions=move || view! {
            <Button size=ButtonSize::Small icon="plus" on_click=move |_| { edited.set(None); open.set(true); }>{new}</Button>
        }>
            {rows_or_failure(all, table)}
        </Card>
        <ItemDialog open=open list=list edited=edited title=new saved=move |()| all.refetch() />
        <Dialog open=asks title=td_string!(l, work.archive) footer=move || view! {
            <Button on_click=move |_| asks.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Danger loading=archiving.busy on_click=archive>{td_string!(l, work.archive)}</Button>
        }>
            <Refusal of=archiving />
            <p class="m-0">{move || away.get().map(|item| format!("{}. ", work_words::name(l, &item.names)))}{td_string!(l, work.archive_text)}</p>
        </Dialog>
    }
}

#[component]
fn ItemDialog(
    open: RwSignal<bool>,
    list: Catalogue,
    edited: RwSignal<Option<CatalogueItem>>,
    title: &'static str,
    #[prop(into)] saved: Callback<()>,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let empty = || RwSignal::new(String::new());
    let (ru, uz, en, unit, price, category) = (empty(), empty(), empty(), empty(), empty(), empty());
    effect(move || {
        if !open.get() {
            return;
        }
        sending.failure.set(None);
        let item = edited.get_untracked();
        let names = item.as_ref().map(|i| i.names.clone()).unwrap_or_default();
        ru.set(names.ru);
        uz.set(names.uz);
        en.set(names.en);
        unit.set(item.as_ref().map_or(Unit::Piece, |i| i.unit).to_string());
        price.set(item.as_ref().map(|i| i.price.plain()).unwrap_or_default());
        category.set(item.and_then(|i| i.category).map(|c| c.to_string()).unwrap_or_default());
    });
    let save = move |_| {
        let Some(price) = price.with_untracked(|text| Money::read(text)) else {
            sending.refuse(Failure::invalid(vec![FieldError::new("/price", "out_of_range")]));
            return;
        };
        let command = SaveItem {
            list,
            names: Names { ru: ru.get_untracked(), uz: uz.get_untracked(), en: en.get_untracked() },
            unit: unit.get_untracked().parse().unwrap_or(Unit::Piece),
            price,
            category: category.get_untracked().parse().ok(),
        };
        let known = edited.get_untracked().map(|item| (item.id, item.version));
        sending.send(api::work::save_item(known, command), move |_| {
            open.set(false);
            toasts.success(td_string!(l, settings.saved));
            saved.run(());
        });
    };
    let units: Vec<Opt> = Unit::ALL.iter().map(|u| Opt::new(u.as_str(), work_words::unit(l, *u))).collect();
    let units = StoredValue::new(units);
    let heading = Signal::derive(move || {
        if edited.with(Option::is_some) { td_string!(l, common.edit) } else { title }.to_owned()
    });
    view! {
        <Dialog open=open title=heading footer=move || view! {
            <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Primary loading=sending.busy on_click=save>{td_string!(l, common.save)}</Button>
        }>
            <div class="stack">
                <Refusal of=sending />
                <Field label=td_string!(l, work.name_ru) name="item-ru" error=sending.error("names/ru")>
                    <Input name="item-ru" value=ru maxlength=200 autofocus=true autocomplete="off" />
                </Field>
                <Field label=td_string!(l, work.name_uz) name="item-uz" optional=true>
                    <Input name="item-uz" value=uz maxlength=200 autocomplete="off" />
                </Field>
                <Field label=td_string!(l, work.name_en) name="item-en" optional=true>
                    <Input name="item-en" value=en maxlength=200 autocomplete="off" />
                </Field>
                <div class="grid gap-4 sm:grid-cols-3">
                    <Field label=td_string!(l, work.unit) name="item-unit">
                        <Select name="item-unit" options=units.get_value() value=unit />
                    </Field>
                    <Field label=td_string!(l, work.price_soum) name="item-price" error=sending.error("price") required=true>
                        <Input name="item-price" value=price inputmode="decimal" autocomplete="off" />
                    </Field>
                    <Field label=td_string!(l, work.category) name="item-category">
                        <Select name="item-category" options=category_options(l) value=category placeholder=td_string!(l, work.no_category) />
                    </Field>
                </div>
            </div>
        </Dialog>
    }
}

#[component]
fn Checklists() -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let all = Resource::new(|| (), |()| api::work::checklists());
    let (open, asks) = (RwSignal::new(false), RwSignal::new(false));
    let edited = RwSignal::new(None::<Checklist>);
    let away = RwSignal::new(None::<Checklist>);
    let (sending, archiving) = (Sending::new(), Sending::new());
    let empty = || RwSignal::new(String::new());
    let (name, category, items) = (empty(), empty(), empty());
    let start = Callback::new(move |list: Option<Checklist>| {
        sending.failure.set(None);
        name.set(list.as_ref().map(|c| c.name.clone()).unwrap_or_default());
        category.set(list.as_ref().and_then(|c| c.category).map(|c| c.to_string()).unwrap_or_default());
        items.set(list.as_ref().map(|c| c.items.join("\n")).unwrap_or_default());
        edited.set(list);
        open.set(true);
    });
    let save = move |_| {
        let lines = items.get_untracked();
        let command = SaveChecklist {
            name: name.get_untracked(),
            category: category.get_untracked().parse().ok(),
            items: lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect(),
        };
        let known = edited.get_untracked().map(|list| (list.id, list.version));
        sending.send(api::work::save_checklist(known, command), move |_| {
            open.set(false);
            toasts.success(td_string!(l, settings.saved));
            all.refetch();
        });
    };
    let archive = move |_| {
        let Some(list) = away.get_untracked() else { return };
        archiving.send(api::work::archive_checklist(list.id, list.version), move |()| {
            asks.set(false);
            toasts.success(td_string!(l, settings.saved));
            all.refetch();
        });
    };
    let columns = move || {
        vec![
            Column::new("name", td_string!(l, work.service_name), |list: &Checklist| list.name.clone()),
            Column::new("category", td_string!(l, work.category), move |list: &Checklist| {
                list.category.map(|c| words::category(l, c))
            }),
            Column::new("items", td_string!(l, plans.points), |list: &Checklist| list.items.len().to_string()).num(),
            Column::new("act", "", move |list: &Checklist| {
                let (edit, put_away) = (list.clone(), list.clone());
                row_buttons(
                    move || start.run(Some(edit.clone())),
                    move || {
                        archiving.failure.set(None);
                        away.set(Some(put_away.clone()));
                        asks.set(true);
                    },
                )
            }),
        ]
    };
    let table = move |rows: Signal<Option<Vec<Checklist>>>| {
        view! {
            <DataTable columns=columns() rows=rows key=|list: &Checklist| list.id.to_string() caption=td_string!(l, work.checklists) skeleton_rows=3
                stack=true empty=move || view! { <EmptyState text=td_string!(l, work.no_checklists) icon="clipboard-check" /> } />
        }
    };
    let heading = Signal::derive(move || {
        if edited.with(Option::is_some) { td_string!(l, common.edit) } else { td_string!(l, work.new_checklist) }
            .to_owned()
    });
    view! {
        <Card flush=true title=td_string!(l, work.checklists) actions=move || view! {
            <Button size=ButtonSize::Small icon="plus" on_click=move |_| start.run(None)>{td_string!(l, work.new_checklist)}</Button>
        }>
            {rows_or_failure(all, table)}
        </Card>
        <Dialog open=open title=heading footer=move || view! {
            <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Primary loading=sending.busy on_click=save>{td_string!(l, common.save)}</Button>
        }>
            <div class="stack">
                <Refusal of=sending />
                <Field label=td_string!(l, work.service_name) name="list-name" required=true error=sending.error("name")>
                    <Input name="list-name" value=name maxlength=200 autofocus=true autocomplete="off" />
                </Field>
                <Field label=td_string!(l, work.category) name="list-category" help=td_string!(l, work.checklist_category_help) error=sending.error("category")>
                    <Select name="list-category" options=category_options(l) value=category placeholder=td_string!(l, work.no_category) />
                </Field>
                <Field label=td_string!(l, work.checklist_items) name="list-items" required=true error=sending.error("items")>
                    <Textarea name="list-items" value=items rows=8 />
                </Field>
            </div>
        </Dialog>
        <Dialog open=asks title=td_string!(l, work.archive) footer=move || view! {
            <Button on_click=move |_| asks.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Danger loading=archiving.busy on_click=archive>{td_string!(l, work.archive)}</Button>
        }>
            <Refusal of=archiving />
            <p class="m-0">{move || away.get().map(|list| format!("{}. ", list.name))}{td_string!(l, work.archive_text)}</p>
        </Dialog>
    }
}
