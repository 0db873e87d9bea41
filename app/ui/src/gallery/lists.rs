//! Tabs, filters, tables in all states, paging.

use super::Part;
use crate::prelude::*;
use leptos::prelude::*;
use std::collections::BTreeSet;

#[derive(Clone)]
struct Line {
    no: &'static str,
    status: (&'static str, Tone),
    place: &'static str,
    text: &'static str,
    left: (&'static str, Tone),
    who: &'static str,
    sum: &'static str,
}

fn lines() -> Vec<Line> {
    vec![
        Line {
            no: "A-1042",
            status: ("In progress", Tone::Brand),
            place: "Amir Temur 15, 42",
            text: "Kitchen tap is leaking since yesterday evening, the bucket is already full and the neighbours below complain",
            left: ("2 h left", Tone::Warning),
            who: "Rustam Aliyev",
            sum: "120 000",
        },
        Line {
            no: "A-1041",
            status: ("Overdue", Tone::Danger),
            place: "Navoiy 3, entrance 2",
            text: "No light on the stairs",
            left: ("5 h late", Tone::Danger),
            who: "Jasur Umarov",
            sum: "0",
        },
        Line {
            no: "A-1040",
            status: ("Done", Tone::Success),
            place: "Bobur 27, 8",
            text: "Lift stops between floors",
            left: ("in time", Tone::Neutral),
            who: "Vera Kim",
            sum: "1 250 000",
        },
        Line {
            no: "A-1039",
            status: ("New", Tone::Neutral),
            place: "Amir Temur 17, yard",
            text: "Rubbish was not taken away",
            left: ("1 day left", Tone::Neutral),
            who: "Anna Petrova",
            sum: "−45 000",
        },
    ]
}

fn columns() -> Vec<Column<Line>> {
    vec![
        Column::new("no", "No.", |line: &Line| line.no),
        Column::new("status", "Status", |line: &Line| view! { <Pill text=line.status.0 tone=line.status.1 /> }),
        Column::new("place", "Address", |line: &Line| line.place).class("whitespace-nowrap"),
        Column::new("text", "Text", |line: &Line| line.text).class("cell-cut"),
        Column::new(
            "left",
            "Time",
            |line: &Line| view! { <Pill text=line.left.0 tone=line.left.1 icon="clock" plain=true /> },
        ),
        Column::new("who", "Person", |line: &Line| view! { <Avatar name=line.who /> }),
        Column::new("sum", "soʻm", |line: &Line| line.sum).num().sortable(),
    ]
}

/// Third part of the gallery.
#[component]
pub fn Lists() -> impl IntoView {
    let selected = RwSignal::new(BTreeSet::from(["A-1041".to_string()]));
    let open = RwSignal::new(false);
    let active = RwSignal::new(None::<String>);
    let tabs = vec![
        Tab { label: "All".into(), href: "#all".into(), count: 128, current: true, ..Tab::default() },
        Tab { label: "Mine".into(), href: "#mine".into(), count: 7, ..Tab::default() },
        Tab { label: "Overdue".into(), href: "#late".into(), count: 3, tone: Tone::Danger, ..Tab::default() },
        Tab { label: "Archive".into(), href: "#old".into(), ..Tab::default() },
    ];
    view! {
        <Part title="List">
            <div>
                <Tabs tabs=tabs label="Lists" />
                <div class="filter-bar">
                    <div class="w-64"><Input name="g-q" icon="search" placeholder="Search" label="Search" /></div>
                    <Chip text="Building: Navoiy 3" active=true on_remove=|| () />
                    <Chip text="Category" icon="plus" />
                    <ColumnMenu columns=vec![("place", "Address".to_string()), ("left", "Time left".to_string())] label="Columns"
                        hides=|key: &'static str| key == "left" on_toggle=|_: &'static str| () />
                </div>
                <DataTable
                    columns=columns()
                    rows=Some(lines())
                    key=|line: &Line| line.no.to_string()
                    caption="Example"
                    selected=selected
                    active=active
                    href=|line: Line| format!("#{}", line.no)
                    on_open=move |line: Line| {
                        active.set(Some(line.no.to_string()));
                        open.set(true);
                    }
                    sort=("sum".to_string(), SortDir::Desc)
                    on_sort=|_| ()
                    footer=|| view! { <tr><td colspan="7">"Total"</td><td class="num">"1 325 000"</td></tr> }
                />
                <SelectionBar selected=selected>
                    <Button icon="user-plus">"Assign"</Button>
                    <Button icon="download">"Export"</Button>
                </SelectionBar>
                <Pager previous="#before" next="#after" note="1–50 of about 2 300" />
            </div>
            <DataTable columns=columns() rows=Some(lines()) key=|line: &Line| line.no.to_string() caption="Cards on a phone" stack=true />
            <DataTable columns=columns() rows=None key=|line: &Line| line.no.to_string() caption="Loading" skeleton_rows=3 />
            <DataTable columns=columns() rows=Some(Vec::new()) key=|line: &Line| line.no.to_string() caption="Empty"
                empty=|| view! { <EmptyState text="Nothing fits these filters." icon="search"><Button>"Clear the filters"</Button></EmptyState> } />
            <LoadMore more=true on_load=|| () />
            <Drawer open=open title="A-1042" modal=false>
                <KeyValues>
                    <Fact label="Address">"Amir Temur 15, 42"</Fact>
                    <Fact label="Status"><Pill text="In progress" tone=Tone::Brand /></Fact>
                </KeyValues>
            </Drawer>
        </Part>
    }
}
