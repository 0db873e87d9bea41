//! What floats: dialogs, menus, toasts, palette, photos.

use super::Part;
use crate::prelude::*;
use leptos::prelude::*;

/// Fourth part of the gallery.
#[component]
pub fn Overlays() -> impl IntoView {
    let toasts = use_toasts();
    let (dialog, drawer, confirm, palette, help) =
        (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let commands: Vec<Command> =
        [("r", "Requests", "inbox", "G R"), ("h", "Houses", "building", "G H"), ("p", "People", "users", "G P")]
            .into_iter()
            .map(|(id, label, icon, hint)| Command {
                id: id.into(),
                label: label.into(),
                hint: Some(hint.into()),
                icon,
                group: "Go to".into(),
                action: CommandAction::Href(format!("#{id}")),
                found: false,
            })
            .chain([Command {
                id: "toast".into(),
                label: "Show a toast".into(),
                hint: None,
                icon: "sparkles",
                group: "Do".into(),
                action: CommandAction::Run(Callback::new(move |()| toasts.success("From the palette"))),
                found: false,
            }])
            .collect();
    let keys = vec![
        Shortcut { keys: vec!["/".into()], label: "Search".into() },
        Shortcut { keys: vec!["Ctrl".into(), "K".into()], label: "Commands".into() },
        Shortcut { keys: vec!["J".into(), "K".into()], label: "Next and previous row".into() },
    ];
    let photos: Vec<Photo> = (1..=3)
        .map(|n| Photo {
            src: "/icons/icon-512.png".into(),
            thumb: "/icons/icon-192.png".into(),
            alt: format!("Photo {n}"),
            caption: "Anna Petrova, today 09:12".into(),
        })
        .collect();
    let areas = RwSignal::new(vec![Area { x: 300, y: 400, w: 400, h: 200 }]);
    view! {
        <Part title="What floats">
            <div class="row">
                <Button on_click=move |_| dialog.set(true)>"Dialog"</Button>
                <Button on_click=move |_| drawer.set(true)>"Side panel"</Button>
                <Button kind=ButtonKind::Danger on_click=move |_| confirm.set(true)>"Confirm by name"</Button>
                <Button on_click=move |_| palette.set(true)>"Palette "<kbd class="kbd kbd-sm">"Ctrl K"</kbd></Button>
                <Button on_click=move |_| help.set(true)>"Keys "<kbd class="kbd kbd-sm">"?"</kbd></Button>
                <Button on_click=move |_| toasts.success_undo("Assigned to Rustam Aliyev", || ())>"Toast with undo"</Button>
                <Button on_click=move |_| toasts.error("Could not be saved. Your text is still here.", Some("E-91".into()))>"Error toast"</Button>
                <Menu label="Status" bordered=true trigger=|| view! { "Status" <Icon name="chevron-down" /> }>
                    <MenuTitle text="Next step" />
                    <MenuItem text="Done" icon="check" hint="S D" />
                    <MenuItem text="Pause" icon="circle-pause" />
                    <MenuItem text="Not possible" icon="lock" disabled=true />
                    <MenuLine />
                    <MenuItem text="Reject" icon="circle-x" danger=true />
                </Menu>
                <Tooltip text="Promised in 4 hours, counted from 09:12, night excluded" focusable=true>
                    <Pill text="2 h left" tone=Tone::Warning icon="clock" />
                </Tooltip>
            </div>
            <PhotoStrip photos=photos />
            <div class="w-40">
                <AreaPicker src="/icons/icon-192.png" alt="Draw on it" areas=areas most=3 />
            </div>
            <Dialog open=dialog title="Assign" footer=move || view! {
                <Button on_click=move |_| dialog.set(false)>"Cancel"</Button>
                <Button kind=ButtonKind::Primary on_click=move |_| dialog.set(false)>"Assign"</Button>
            }>
                <Field label="Person" name="g-dlg"><Input name="g-dlg" /></Field>
            </Dialog>
            <Drawer open=drawer title="Filters" footer=move || view! {
                <Button kind=ButtonKind::Primary on_click=move |_| drawer.set(false)>"Show"</Button>
            }>
                <Field label="Building" name="g-drw"><Input name="g-drw" /></Field>
            </Drawer>
            <Confirm open=confirm title="Delete the building?" text="Its flats and meters go with it. This cannot be undone."
                verb="Delete" must_type="Navoiy 3" on_confirm=move || confirm.set(false) />
            <CommandPalette open=palette commands=commands />
            <ShortcutsHelp open=help shortcuts=keys />
        </Part>
    }
}
