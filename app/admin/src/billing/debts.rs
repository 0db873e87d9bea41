//! `/desk/debts?building=&older=&least=&cursor=`: who owes, and how old it is.

use super::{letters::LettersDialog, remind::RemindBar};
use crate::{
    live_page::live_page,
    util::{Failed, encode, lang},
};
use api::session::{use_live, use_me};
use i18n::{Locale, billing as words, reminders, td_string};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use model::{
    Money, Permission,
    billing::{Ages, DebtFilter, DebtRow, Debts, HouseDebt, ReminderState},
};
use parts::{Trouble, field_in};
use ui::prelude::*;

fn read(query: &ParamsMap) -> DebtFilter {
    let word = |name: &str| query.get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
    DebtFilter {
        building_id: word("building").and_then(|id| id.parse().ok()),
        older: word("older").and_then(|days| days.parse().ok()),
        least: word("least").and_then(|text| Money::read(&text)).map(Money::tiyin),
        cursor: word("cursor"),
        limit: None,
    }
}

fn href(filter: &DebtFilter) -> String {
    let mut pairs = Vec::new();
    pairs.extend(filter.building_id.map(|id| format!("building={id}")));
    pairs.extend(filter.older.map(|days| format!("older={days}")));
    pairs.extend(filter.least.map(|least| format!("least={}", Money::from_tiyin(least).plain())));
    pairs.extend(filter.cursor.as_deref().map(|cursor| format!("cursor={}", encode(cursor))));
    if pairs.is_empty() { "/desk/debts".to_owned() } else { format!("/desk/debts?{}", pairs.join("&")) }
}

/// The address of the same accounts as a file.
fn export(filter: &DebtFilter, kind: &str) -> String {
    let mut pairs = Vec::new();
    pairs.extend(filter.building_id.map(|id| format!("building_id={id}")));
    pairs.extend(filter.older.map(|days| format!("older={days}")));
    pairs.extend(filter.least.map(|least| format!("least={least}")));
    let query = if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) };
    format!("/desk/exports/debts.{kind}{query}")
}

#[component]
pub fn DebtsPage() -> impl IntoView {
    let l = lang();
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(read));
    let found = live_page(move || filter.get(), use_debounced(use_live().of_money(), 3000), api::billing::debts);
    let items = Signal::derive(move || found.get().and_then(Result::ok).map(|debts| debts.items));
    let keys = RowKeys::new(items, |d: &DebtRow| d.account_id.to_string());
    let (manages, prints) = (use_me().can(Permission::DebtsManage), RwSignal::new(false));
    view! {
        <Title text=td_string!(l, billing.debts) />
        <PageHeader title=td_string!(l, billing.debts) subtitle=td_string!(l, billing.debts_lead) actions=move || view! {
            <a class="btn btn-plain" rel="external" href=move || filter.with(|f| export(f, "xlsx"))>
                <Icon name="download" />
                {td_string!(l, receipts.excel)}
            </a>
            <a class="btn btn-plain" rel="external" href=move || filter.with(|f| export(f, "csv"))>
                <Icon name="download" />
                {td_string!(l, receipts.csv)}
            </a>
            {manages.then(|| view! {
                <Button icon="printer" on_click=move |_| prints.set(true)>{td_string!(l, letters.bar)}</Button>
            })}
        } />
        <Trouble />
        {move || query.with(|q| ["step", "account_ids"].into_iter().find_map(|name| field_in(q, name, l))).map(|text| view! {
            <p class="field-error m-0">{text}</p>
        })}
        <Transition fallback=|| view! { <Skeleton lines=14 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(debts) => view! { <Found debts=debts filter=filter.get_untracked() keys=keys manages=manages /> }.into_any(),
                Err(error) => view! { <Card><Failed failure=error.0 back="/desk/debts" on_retry=move |()| found.refetch() /></Card> }.into_any(),
            })}
        </Transition>
        {manages.then(|| view! { <LettersDialog open=prints filter=filter /> })}
        {manages.then(|| view! { <RemindBar selected=keys.selected filter=filter on_done=Callback::new(move |()| found.refetch()) /> })}
    }
    .into_any()
}

/// What a debtor was told, and what keeps them from being told more.
fn told(l: Locale, state: &ReminderState) -> String {
    let mut parts = Vec::new();
    if let Some(last) = state.last {
        let kind = format!("{}. {}", last.step, reminders::kind(l, last.kind));
        parts.push(td_string!(l, debts.reminded_on, kind = kind, day = words::day(last.on)).to_string());
    }
    if let Some(day) = state.promise {
        parts.push(td_string!(l, debts.promised_by, day = words::day(day)).to_string());
    }
    if state.disputed {
        parts.push(td_string!(l, debts.disputed).to_owned());
    }
    parts.join(" · ")
}

/// The columns of the four ages.
fn ages<T: 'static>(get: fn(&T) -> &Ages) -> Vec<Column<T>> {
    let l = lang();
    let column = |key, title: &'static str, of: fn(&Ages) -> Money| {
        Column::new(key, title, move |row: &T| match of(get(row)) {
            Money::ZERO => String::new(),
            sum => sum.to_string(),
        })
        .num()
    };
    vec![
        column("to_30", td_string!(l, billing.age_30), |a| a.to_30),
        column("to_60", td_string!(l, billing.age_60), |a| a.to_60),
        column("to_90", td_string!(l, billing.age_90), |a| a.to_90),
        column("over_90", td_string!(l, billing.age_over), |a| a.over_90),
        column("total", td_string!(l, billing.debt_total), |a| a.total),
    ]
}

#[component]
fn Found(debts: Debts, filter: DebtFilter, keys: RowKeys, manages: bool) -> impl IntoView {
    let l = lang();
    let total = debts.ages;
    let tone = if total.total > Money::ZERO { Tone::Danger } else { Tone::Success };
    let house_name =
        filter.building_id.and_then(|id| debts.houses.iter().find(|h| h.building_id == id)).map(|h| h.address.clone());
    let mut houses = vec![Column::new("house", td_string!(l, billing.house), |h: &HouseDebt| h.address.clone())];
    houses.push(Column::new("accounts", td_string!(l, billing.accounts), |h: &HouseDebt| h.accounts).num());
    houses.extend(ages(|h: &HouseDebt| &h.ages));
    let mut accounts = vec![
        Column::new("account", td_string!(l, billing.account_number), |d: &DebtRow| d.number.clone()),
        Column::new("address", td_string!(l, billing.address), |d: &DebtRow| d.address.clone()),
        Column::new("owner", td_string!(l, billing.owner), |d: &DebtRow| d.owner.clone()),
    ];
    accounts.extend(ages(|d: &DebtRow| &d.ages));
    accounts.push(
        Column::new("reminded", td_string!(l, debts.reminded), move |d: &DebtRow| told(l, &d.reminders))
            .class("text-muted"),
    );
    let next = debts.next.map(|cursor| href(&DebtFilter { cursor: Some(cursor), ..filter.clone() }));
    let bare = filter == DebtFilter::default();
    let base = DebtFilter { cursor: None, ..filter.clone() };
    let no_rows = move || {
        let text = if bare { td_string!(l, billing.no_debts) } else { td_string!(l, billing.nothing_fits) };
        view! {
            <EmptyState text=text icon="circle-check">
                {(!bare).then(|| view! { <Button href="/desk/debts">{td_string!(l, desk.reset)}</Button> })}
            </EmptyState>
        }
    };
    let first_page = filter.cursor.is_none();
    let whole_company = filter.building_id.is_none();
    view! {
        <div class="stack">
            <StatGrid>
                <Stat label=td_string!(l, billing.debt_total) value=words::soum(l, total.total) tone=tone />
                <Stat label=td_string!(l, billing.age_30) value=words::soum(l, total.to_30) />
                <Stat label=td_string!(l, billing.age_60) value=words::soum(l, total.to_60) />
                <Stat label=td_string!(l, billing.age_90) value=words::soum(l, total.to_90) />
                <Stat label=td_string!(l, billing.age_over) value=words::soum(l, total.over_90) />
            </StatGrid>
            <FilterLine filter=base.clone() house=house_name />
            {(first_page && whole_company).then(|| view! {
                <Card flush=true title=td_string!(l, billing.debts_by_house)>
                    <DataTable columns=houses rows=Signal::stored(Some(debts.houses)) key=|h: &HouseDebt| h.building_id.to_string()
                        caption=td_string!(l, billing.debts_by_house) stack=true empty=no_rows
                        href=move |h: HouseDebt| href(&DebtFilter { building_id: Some(h.building_id), ..base.clone() }) />
                </Card>
            })}
            <Card flush=true title=td_string!(l, billing.debts_by_account)>
                <DataTable columns=accounts rows=Signal::stored(Some(debts.items)) key=|d: &DebtRow| d.account_id.to_string()
                    caption=td_string!(l, billing.debts_by_account) stack=true empty=no_rows selected=keys.selected selectable=manages
                    href=|d: DebtRow| format!("/desk/accounts/{}", d.account_id) />
            </Card>
            <Pager next=next />
        </div>
    }
}

/// A GET form, which needs no script.
#[component]
fn FilterLine(filter: DebtFilter, house: Option<String>) -> impl IntoView {
    let l = lang();
    let olds: Vec<Opt> = [30, 60, 90]
        .into_iter()
        .map(|n| Opt::new(n.to_string(), td_string!(l, billing.older_than, n = n.to_string()).to_string()))
        .collect();
    let everywhere = href(&DebtFilter { building_id: None, ..filter.clone() });
    view! {
        <form method="get" action="/desk/debts" class="flex flex-wrap items-end gap-3">
            {filter.building_id.map(|id| view! { <input type="hidden" name="building" value=id.to_string() /> })}
            <div class="w-full sm:w-56">
                <Select name="older" options=olds initial=filter.older.map(|n| n.to_string()).unwrap_or_default()
                    placeholder=td_string!(l, billing.older_any) label=td_string!(l, billing.older_any) />
            </div>
            <div class="w-full sm:w-48">
                <Input name="least" initial=filter.least.map(|least| Money::from_tiyin(least).plain()).unwrap_or_default() inputmode="decimal" autocomplete="off"
                    placeholder=td_string!(l, billing.least) label=td_string!(l, billing.least) />
            </div>
            <Button submit=true>{td_string!(l, desk.apply)}</Button>
            {house.map(|address| view! { <Chip text=format!("{address} ×") active=true href=everywhere /> })}
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_line_reads_back() {
        let mut query = ParamsMap::new();
        assert_eq!(href(&read(&query)), "/desk/debts");
        for (name, value) in [("older", "60"), ("least", "1 000,50"), ("building", "nonsense")] {
            query.insert(name, value.to_owned());
        }
        let filter = read(&query);
        assert_eq!(href(&filter), "/desk/debts?older=60&least=1000,50");
        assert_eq!(export(&filter, "csv"), "/desk/exports/debts.csv?older=60&least=100050");
    }
}
