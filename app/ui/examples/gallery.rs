//! Writes the gallery as static HTML: `cargo run -p ui --features ssr --example gallery -- <folder>`.

use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use i18n::{Locale, provide_locale};
use leptos::prelude::*;
use std::{env, fs, io};
use ui::{
    gallery::{AppFrame, DeskFrame, PlainFrame},
    prelude::*,
};

/// A still page has no futures to run.
struct Nobody;

impl CustomExecutor for Nobody {
    fn spawn(&self, _future: PinnedFuture<()>) {}
    fn spawn_local(&self, _future: PinnedLocalFuture<()>) {}
    fn poll_local(&self) {}
}

fn page(theme: &str, body: String) -> String {
    format!(
        r#"<!doctype html><html lang="en" data-theme="uk-{theme}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>UI</title><link rel="stylesheet" href="/x.css"></head><body>{body}</body></html>"#
    )
}

/// Floating parts, already open.
#[component]
fn Opened() -> impl IntoView {
    let on = || RwSignal::new(true);
    let command = |id: &str, icon, group: &str| Command {
        id: id.into(),
        label: id.into(),
        hint: Some("G R".into()),
        icon,
        group: group.into(),
        action: CommandAction::Href("#".into()),
        found: false,
    };
    let commands = vec![
        command("Requests", "inbox", "Go to"),
        command("Houses", "building", "Go to"),
        command("New request", "plus", "Do"),
    ];
    let photos =
        vec![Photo { src: "/icons/icon-512.png".into(), caption: "Anna, 09:12".into(), ..Photo::default() }; 2];
    use_toasts().success_undo("Assigned to Rustam Aliyev", || ());
    use_toasts().error("Could not be saved. Your text is still here.", Some("E-91".into()));
    view! {
        <Dialog open=on() title="Assign" footer=|| view! { <Button>"Cancel"</Button><Button kind=ButtonKind::Primary>"Assign"</Button> }>
            <Field label="Person" name="o1" help="Free today"><Input name="o1" initial="Rustam" /></Field>
        </Dialog>
        <Drawer open=on() title="A-1042"><KeyValues><Fact label="Address">"Amir Temur 15, 42"</Fact></KeyValues></Drawer>
        <Confirm open=on() title="Delete the building?" text="Its flats and meters go with it." verb="Delete" must_type="Navoiy 3" on_confirm=|| () />
        <CommandPalette open=on() commands=commands />
        <PhotoViewer photos=photos at=RwSignal::new(Some(0)) />
        <ToastStack />
        <DeskFrame />
    }
}

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| "/tmp/gallery".into());
    Executor::init_custom_executor(Nobody).map_err(io::Error::other)?;
    fs::create_dir_all(&folder)?;
    for (name, view) in [
        ("desk", (|| view! { <DeskFrame /> }.into_any()) as fn() -> AnyView),
        ("app", || view! { <AppFrame /> }.into_any()),
        ("open", || view! { <Opened /> }.into_any()),
        ("plain", || view! { <PlainFrame /> }.into_any()),
    ] {
        for theme in ["light", "dark"] {
            let owner = Owner::new();
            let html = owner.with(|| {
                // The gallery is English; the built-in words follow.
                provide_locale(Locale::en);
                Toasts::provide();
                view().to_html()
            });
            fs::write(format!("{folder}/{name}-{theme}.html"), page(theme, html))?;
        }
    }
    Ok(())
}
