//! The three frames with example content, each a page of its own.

use crate::prelude::*;
use leptos::prelude::*;

fn nav() -> Vec<NavGroup> {
    let item = |icon, label: &str, href: &str, count, tone| NavItem {
        icon,
        label: label.into(),
        href: href.into(),
        count,
        tone,
    };
    vec![
        NavGroup {
            title: String::new(),
            items: vec![
                item("layout-dashboard", "Overview", "/desk", 0, Tone::Neutral),
                item("inbox", "Requests", "/desk/requests", 14, Tone::Neutral),
                item("alarm-clock", "Overdue", "/desk/overdue", 3, Tone::Danger),
            ],
        },
        NavGroup {
            title: "Property".into(),
            items: vec![
                item("building", "Houses", "/desk/houses", 0, Tone::Neutral),
                item("users", "People", "/desk/people", 0, Tone::Neutral),
                item("gauge", "Meters", "/desk/meters", 0, Tone::Neutral),
            ],
        },
        NavGroup {
            title: "Money".into(),
            items: vec![
                item("receipt", "Invoices", "/desk/invoices", 0, Tone::Neutral),
                item("wallet", "Payments", "/desk/payments", 0, Tone::Neutral),
                item("settings", "Settings", "/desk/settings", 0, Tone::Neutral),
            ],
        },
    ]
}

/// The gallery inside the desk frame.
#[component]
pub fn DeskFrame() -> impl IntoView {
    view! {
        <DeskShell
            nav=nav()
            path="/desk/requests"
            brand="Yangi Uy"
            search=|| view! { <Input name="q" icon="search" placeholder="Search" label="Search" /> }
            actions=|| view! { <Button kind=ButtonKind::Primary icon="plus"><span class="max-sm:sr-only">"New request"</span></Button> }
            live=|| view! { <LiveDot state=LinkState::Open /> }
            bell=|| view! { <IconButton icon="bell" label="Notifications" /> }
            person=|| view! {
                <Menu label="Anna Petrova" end=true trigger=|| view! { <Avatar name="Anna Petrova" decorative=true /> }>
                    <MenuItem text="Profile" icon="user" /> <MenuLine /> <MenuItem text="Log out" icon="log-out" />
                </Menu>
            }
        >
            <super::Gallery />
        </DeskShell>
    }
}

/// A resident-like home.
#[component]
pub fn AppFrame() -> impl IntoView {
    let place = |icon, label: &str, href: &str, count| Place { icon, label: label.into(), href: href.into(), count };
    let places = vec![
        place("home", "Home", "/app", 0),
        place("inbox", "Requests", "/app/requests", 2),
        place("wallet", "Payments", "/app/pay", 0),
        place("user", "Profile", "/app/me", 0),
    ];
    view! {
        <AppShell title="Amir Temur 15, 42" places=places path="/app" actions=|| view! { <IconButton icon="bell" label="Notifications" /> }>
            <Banner tone=Tone::Info title="Hot water is off until Friday" text="Planned repair of the main pipe." />
            <Card>
                <span class="stat-label">"To pay for May"</span>
                <div class="stat-value mb-3">"345 600 soʻm"</div>
                <Button kind=ButtonKind::Primary size=ButtonSize::Big icon="credit-card">"Pay"</Button>
            </Card>
            <Card title="My requests" flush=true actions=|| view! { <Button kind=ButtonKind::Ghost icon="plus">"New"</Button> }>
                <AppRow title="Kitchen tap is leaking" text="Plumber Rustam comes today 14–16" icon="droplets" href="#1" />
                <AppRow title="Lift stops between floors" text="Done yesterday. How was it?" icon="arrow-up-down" href="#2"
                    end=|| view! { <Pill text="Rate" tone=Tone::Brand icon="star" /> } />
            </Card>
            <Card title="New request">
                <div class="stack">
                    <RadioCards name="kind" initial="water" options=vec![
                        Opt::new("water", "Water").icon("droplets"), Opt::new("power", "Electricity").icon("zap"),
                        Opt::new("lift", "Lift").icon("arrow-up-down"), Opt::new("other", "Other").icon("more-horizontal"),
                    ] />
                    <FileDrop />
                    <Field label="What happened" name="words" optional=true><Textarea name="words" /></Field>
                    <Field label="Phone" name="phone"><PhoneInput name="phone" initial="+998 90 123-45-67" /></Field>
                    <Stars name="stars" label="Rating" value=RwSignal::new(3) />
                </div>
            </Card>
        </AppShell>
    }
}

/// A login-like page.
#[component]
pub fn PlainFrame() -> impl IntoView {
    view! {
        <PlainShell title="Welcome" lead="We will send a code by SMS."
            footer=|| view! { <LanguageSwitch current="en" full=true /> <ThemeSwitch /> }>
            <form class="stack" method="post" action="/login">
                <Field label="Phone" name="login-phone"><PhoneInput name="login-phone" /></Field>
                <Field label="Password" name="login-pass" error="The password does not fit this number."><Input name="login-pass" kind="password" /></Field>
                <Button kind=ButtonKind::Primary size=ButtonSize::Big submit=true>"Continue"</Button>
            </form>
        </PlainShell>
    }
}
