//! Every control: empty, filled, wrong, disabled.

use super::Part;
use crate::prelude::*;
use leptos::prelude::*;

fn people() -> Vec<Opt> {
    [("1", "Rustam Aliyev", "Plumber"), ("2", "Jasur Umarov", "Electrician"), ("3", "Vera Kim", "Cleaner")]
        .map(|(value, label, hint)| Opt::new(value, label).hint(hint))
        .to_vec()
}

/// Second part of the gallery.
#[component]
pub fn Forms() -> impl IntoView {
    let person = RwSignal::new("2".to_string());
    let phone = RwSignal::new("+998 90 123-45-67".to_string());
    let kind = RwSignal::new("water".to_string());
    let (from, to) = (RwSignal::new("2025-05-01".to_string()), RwSignal::new("2025-05-31".to_string()));
    let stars = RwSignal::new(4_u8);
    let kinds = vec![
        Opt::new("water", "Water").icon("droplets"),
        Opt::new("power", "Electricity").icon("zap").hint("light, sockets"),
        Opt::new("lift", "Lift").icon("arrow-up-down"),
        Opt::new("heat", "Heating").icon("thermometer"),
        Opt::new("door", "Door").icon("door-open"),
        Opt::new("clean", "Cleaning").icon("sparkles"),
    ];
    let presets = vec![
        RangePreset { label: "May".into(), from: "2025-05-01".into(), to: "2025-05-31".into() },
        RangePreset { label: "April".into(), from: "2025-04-01".into(), to: "2025-04-30".into() },
    ];
    view! {
        <Part title="Forms">
            <Card>
                <div class="form-grid">
                    <Field label="Title" name="g-title" help="One line, as the resident said it">
                        <Input name="g-title" placeholder="Kitchen tap is leaking" />
                    </Field>
                    <Field label="Amount" name="g-sum" error="Write a number above zero">
                        <Input name="g-sum" initial="-5" inputmode="decimal" />
                    </Field>
                    <Field label="Password" name="g-pass"><Input name="g-pass" kind="password" initial="secret" autocomplete="off" /></Field>
                    <Field label="Find" name="g-find" optional=true><Input name="g-find" icon="search" placeholder="Name, phone, address" /></Field>
                    <Field label="Phone" name="g-phone"><PhoneInput name="g-phone" value=phone /></Field>
                    <Field label="Day" name="g-day"><DateInput name="g-day" initial="2025-05-12" /></Field>
                    <Field label="Priority" name="g-prio">
                        <Select name="g-prio" options=vec![Opt::new("1", "Usual"), Opt::new("2", "Urgent")] initial="2" />
                    </Field>
                    <Field label="Person" name="g-person"><Combobox name="g-person" options=people() value=person /></Field>
                    <Field label="Disabled" name="g-off"><Input name="g-off" initial="cannot be changed" disabled=true /></Field>
                </div>
                <div class="form-grid mt-4">
                    <Field label="What happened" name="g-text" optional=true><Textarea name="g-text" placeholder="In your own words" /></Field>
                    <div class="stack gap-1">
                        <Checkbox name="g-c1" label="Tell the resident" initial=true hint="In Telegram and by push" />
                        <Checkbox name="g-c2" label="Paid work" />
                        <Checkbox name="g-c3" label="Quiet hours" switch=true initial=true />
                        <Checkbox name="g-c4" label="Not now" disabled=true />
                    </div>
                </div>
                <div class="stack mt-4">
                    <Field label="Category" name="g-kind" group=true><RadioCards name="g-kind" options=kinds value=kind /></Field>
                    <Field label="Period" name="g-range" group=true><DateRange name="g-range" from=from to=to presets=presets /></Field>
                    <Field label="Photos" name="g-photos" group=true><FileDrop help="Up to 10 pictures, 10 MB each" /></Field>
                    <Field label="Rating" name="g-stars" group=true><Stars name="g-stars" label="Rating" value=stars /></Field>
                </div>
            </Card>
        </Part>
    }
}
