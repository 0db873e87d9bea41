//! Text input, text area, checkbox, radio cards and the native select.

use crate::hooks::effect_after;
use crate::{
    dom::bind_value,
    field::field_or,
    icon::{Icon, IconSize},
    texts,
};
use leptos::{html, prelude::*};

/// One choice of a select, combobox or radio group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opt {
    /// What the form sends.
    pub value: String,
    /// What the person reads.
    pub label: String,
    /// A second, quieter line.
    pub hint: Option<String>,
    /// Icon name, for radio cards.
    pub icon: Option<&'static str>,
}

impl Opt {
    /// A choice without hint or icon.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: None, icon: None }
    }

    /// Adds the quieter line.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds an icon.
    #[must_use]
    pub fn icon(mut self, icon: &'static str) -> Self {
        self.icon = Some(icon);
        self
    }
}

pub(crate) fn start_value(value: Option<RwSignal<String>>, initial: String) -> String {
    value.map_or(initial, |value| value.get_untracked())
}

/// One line of text. `value` binds both ways; `initial` is for plain forms.
#[component]
pub fn Input(
    #[prop(into)] name: String,
    /// `type` attribute.
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(optional)] value: Option<RwSignal<String>>,
    #[prop(optional, into)] initial: String,
    #[prop(optional, into)] placeholder: MaybeProp<String>,
    /// Icon inside, at the left.
    #[prop(optional)]
    icon: Option<&'static str>,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] inputmode: Option<&'static str>,
    #[prop(optional, into)] min: Option<String>,
    #[prop(optional, into)] max: Option<String>,
    #[prop(optional, into)] step: Option<String>,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(optional)] autofocus: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] readonly: bool,
    /// Accessible name when there is no `Field` around.
    #[prop(optional, into)]
    label: MaybeProp<String>,
    /// After each committed change.
    #[prop(optional, into)]
    on_change: Option<Callback<String>>,
    #[prop(optional, into)] class: String,
) -> impl IntoView {
    let field = field_or(&name);
    let node = NodeRef::<html::Input>::new();
    bind_value(node, value);
    let shown = RwSignal::new(false);
    let secret = kind == "password";
    let (show, hide) = (texts::show_password(), texts::hide_password());
    view! {
        <div class="input-wrap">
            {icon.map(|name| view! { <Icon name=name /> })}
            <input
                node_ref=node
                id=field.id
                class=format!("input {class}{}", if secret { " pr-10" } else { "" })
                type=move || if secret && shown.get() { "text" } else { kind }
                name=name
                value=start_value(value, initial)
                placeholder=move || placeholder.get()
                autocomplete=autocomplete
                inputmode=inputmode
                min=min
                max=max
                step=step
                maxlength=maxlength
                autofocus=autofocus
                readonly=readonly
                required=field.required
                disabled=move || disabled.get()
                aria-label=move || label.get()
                aria-invalid=move || field.invalid.get().then_some("true")
                aria-describedby=move || field.described_by.get()
                on:input=move |ev| {
                    if let Some(value) = value {
                        value.set(event_target_value(&ev));
                    }
                }
                on:change=move |ev| {
                    if let Some(run) = on_change {
                        run.run(event_target_value(&ev));
                    }
                }
            />
            {secret.then(|| view! {
                <button
                    type="button"
                    class="btn btn-quiet btn-sm btn-square input-end"
                    aria-pressed=move || if shown.get() { "true" } else { "false" }
                    aria-label=move || if shown.get() { hide.get() } else { show.get() }
                    on:click=move |_| shown.update(|on| *on = !*on)
                >
                    {move || view! { <Icon name=if shown.get() { "eye-off" } else { "eye" } /> }}
                </button>
            })}
        </div>
    }
}

/// Several lines of text; grows with what is written.
#[component]
pub fn Textarea(
    #[prop(into)] name: String,
    #[prop(optional)] value: Option<RwSignal<String>>,
    #[prop(optional, into)] initial: String,
    #[prop(optional, into)] placeholder: MaybeProp<String>,
    #[prop(default = 3)] rows: u32,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] label: MaybeProp<String>,
    /// `Ctrl Enter`.
    #[prop(optional, into)]
    on_submit: Option<Callback<()>>,
    #[prop(optional, into)] class: String,
) -> impl IntoView {
    let field = field_or(&name);
    let node = NodeRef::<html::Textarea>::new();
    bind_value(node, value);
    view! {
        <textarea
            node_ref=node
            id=field.id
            class=format!("textarea {class}")
            name=name
            rows=rows
            maxlength=maxlength
            placeholder=move || placeholder.get()
            required=field.required
            disabled=move || disabled.get()
            aria-label=move || label.get()
            aria-invalid=move || field.invalid.get().then_some("true")
            aria-describedby=move || field.described_by.get()
            on:input=move |ev| {
                if let Some(value) = value {
                    value.set(event_target_value(&ev));
                }
            }
            on:keydown=move |ev| {
                if let (Some(run), "Enter", true) = (on_submit, ev.key().as_str(), ev.ctrl_key() || ev.meta_key()) {
                    ev.prevent_default();
                    run.run(());
                }
            }
        >
            {start_value(value, initial)}
        </textarea>
    }
}

/// A checkbox with its words; `switch` draws it as a toggle.
#[component]
pub fn Checkbox(
    #[prop(into)] name: String,
    #[prop(into)] label: Signal<String>,
    #[prop(optional, into)] hint: MaybeProp<String>,
    #[prop(optional)] checked: Option<RwSignal<bool>>,
    #[prop(optional)] initial: bool,
    /// What the form sends when checked.
    #[prop(default = "true".to_string(), into)]
    value: String,
    #[prop(optional)] switch: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> impl IntoView {
    let start = checked.map_or(initial, |checked| checked.get_untracked());
    let node = NodeRef::<html::Input>::new();
    if let Some(checked) = checked {
        // As with text: a tick made before hydration is kept.
        effect_after(move |known: Option<bool>| {
            let wanted = checked.get();
            let Some(input) = node.get() else { return false };
            if input.checked() != wanted {
                if known == Some(true) {
                    input.set_checked(wanted);
                } else {
                    checked.set(input.checked());
                }
            }
            true
        });
    }
    view! {
        <label class="check-line">
            <input
                node_ref=node
                type="checkbox"
                class=if switch { "toggle" } else { "checkbox" }
                role=switch.then_some("switch")
                name=name
                value=value
                checked=start
                disabled=move || disabled.get()
                on:change=move |ev| {
                    if let Some(checked) = checked {
                        checked.set(event_target_checked(&ev));
                    }
                }
            />
            <span>
                {move || label.get()}
                {move || hint.get().map(|text| view! { <span class="field-help block">{text}</span> })}
            </span>
        </label>
    }
}

/// Big radio choices with icons. Wrap in `Field group=true`.
#[component]
pub fn RadioCards(
    #[prop(into)] name: String,
    #[prop(into)] options: Signal<Vec<Opt>>,
    #[prop(optional)] value: Option<RwSignal<String>>,
    #[prop(optional, into)] initial: String,
) -> impl IntoView {
    let field = field_or(&name);
    let start = start_value(value, initial);
    let card = move |opt: Opt| {
        let (sent, own, first) = (opt.value.clone(), opt.value.clone(), opt.value == start);
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name=name.clone()
                    value=opt.value
                    checked=first
                    prop:checked=move || value.map_or(first, |value| value.get() == own)
                    required=field.required
                    on:change=move |_| {
                        if let Some(value) = value {
                            value.set(sent.clone());
                        }
                    }
                />
                {opt.icon.map(|icon| view! { <Icon name=icon size=IconSize::Large /> })}
                <span>
                    {opt.label}
                    {opt.hint.map(|text| view! { <span class="field-help block">{text}</span> })}
                </span>
                <Icon name="circle-check" class="choice-mark" />
            </label>
        }
    };
    view! { <div class="choice-grid">{move || options.get().into_iter().map(&card).collect_view()}</div> }
}

/// The native select: best on phones and for short lists.
#[component]
pub fn Select(
    #[prop(into)] name: String,
    #[prop(into)] options: Signal<Vec<Opt>>,
    #[prop(optional)] value: Option<RwSignal<String>>,
    #[prop(optional, into)] initial: String,
    /// First, empty choice.
    #[prop(optional, into)]
    placeholder: MaybeProp<String>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] label: MaybeProp<String>,
    #[prop(optional, into)] on_change: Option<Callback<String>>,
    #[prop(optional, into)] class: String,
) -> impl IntoView {
    let field = field_or(&name);
    let node = NodeRef::<html::Select>::new();
    bind_value(node, value);
    let start = start_value(value, initial);
    let item = move |opt: Opt| {
        let selected = opt.value == value.map_or_else(|| start.clone(), |value| value.get_untracked());
        view! { <option value=opt.value selected=selected>{opt.label}</option> }
    };
    view! {
        <select
            node_ref=node
            id=field.id
            class=format!("select {class}")
            name=name
            required=field.required
            disabled=move || disabled.get()
            aria-label=move || label.get()
            aria-invalid=move || field.invalid.get().then_some("true")
            aria-describedby=move || field.described_by.get()
            on:change=move |ev| {
                let chosen = event_target_value(&ev);
                if let Some(value) = value {
                    value.set(chosen.clone());
                }
                if let Some(run) = on_change {
                    run.run(chosen);
                }
            }
        >
            {move || placeholder.get().map(|text| view! { <option value="">{text}</option> })}
            {move || options.get().into_iter().map(&item).collect_view()}
        </select>
    }
}
