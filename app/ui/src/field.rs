//! Label, help and error around a control; the control inside finds its id and error by context.

use crate::{icon::Icon, icon::IconSize, texts};
use leptos::{context::Provider, prelude::*};

/// What a control inside a `Field` needs to be accessible.
#[derive(Clone)]
pub struct FieldContext {
    /// Id for the control; the label points at it.
    pub id: String,
    /// Ids of help and error, for `aria-describedby`.
    pub described_by: Signal<Option<String>>,
    /// Is there an error?
    pub invalid: Signal<bool>,
    /// Must be filled in.
    pub required: bool,
}

/// The surrounding field, or a plain one made of the control's own name.
pub(crate) fn field_or(name: &str) -> FieldContext {
    use_context::<FieldContext>().unwrap_or_else(|| FieldContext {
        id: format!("f-{name}"),
        described_by: Signal::stored(None),
        invalid: Signal::stored(false),
        required: false,
    })
}

/// Label above, help under, error in words at the control.
#[component]
pub fn Field(
    #[prop(into)] label: Signal<String>,
    /// The control's form name; ids are made of it, so it is unique on the page.
    #[prop(into)]
    name: String,
    #[prop(optional, into)] help: MaybeProp<String>,
    #[prop(optional, into)] error: MaybeProp<String>,
    #[prop(optional)] required: bool,
    /// Marks the label as "optional".
    #[prop(optional)]
    optional: bool,
    /// For a set of controls (radio cards, date range): fieldset and legend instead of a label.
    #[prop(optional)]
    group: bool,
    #[prop(optional, into)] class: String,
    children: Children,
) -> impl IntoView {
    let id = format!("f-{name}");
    let (help_id, error_id) = (format!("{id}-help"), format!("{id}-error"));
    let described_by = {
        let (help_id, error_id) = (help_id.clone(), error_id.clone());
        Signal::derive(move || match (help.get().is_some(), error.get().is_some()) {
            (_, true) => Some(error_id.clone()),
            (true, false) => Some(help_id.clone()),
            (false, false) => None,
        })
    };
    let context =
        FieldContext { id: id.clone(), described_by, invalid: Signal::derive(move || error.get().is_some()), required };
    let mark = optional.then(|| {
        let word = texts::optional();
        view! { <span class="optional">" · " {move || word.get()}</span> }
    });
    let notes = view! {
        {move || help.get().filter(|_| error.get().is_none()).map(|text| {
            view! { <p class="field-help" id=help_id.clone()>{text}</p> }
        })}
        {move || error.get().map(|text| view! {
            <p class="field-error" id=error_id.clone() role="alert">
                <Icon name="circle-alert" size=IconSize::Small />
                <span>{text}</span>
            </p>
        })}
    };
    let class = format!("field {class}").trim_end().to_string();
    if group {
        view! {
            <fieldset class=class aria-describedby=move || described_by.get()>
                <legend class="field-label mb-1.5">{move || label.get()} {mark}</legend>
                <Provider value=context>{children()}</Provider>
                {notes}
            </fieldset>
        }
        .into_any()
    } else {
        view! {
            <div class=class>
                <label class="field-label" for=id>{move || label.get()} {mark}</label>
                <Provider value=context>{children()}</Provider>
                {notes}
            </div>
        }
        .into_any()
    }
}
