//! What every form of the registry needs: a refusal kept until the next try, its words at the fields, exact areas.

use crate::util::{lang, toast_failure};
use api::ApiResult;
use i18n::{Locale, failure, td_string};
use leptos::{prelude::*, task::spawn_local};
use model::{Code, Failure, FieldError};
use ui::prelude::*;

/// A form on its way to the server.
#[derive(Clone, Copy)]
pub(crate) struct Sending {
    pub busy: RwSignal<bool>,
    pub failure: RwSignal<Option<Failure>>,
    toasts: Toasts,
    l: Locale,
}

impl Sending {
    pub(crate) fn new() -> Self {
        Self { busy: RwSignal::new(false), failure: RwSignal::new(None), toasts: use_toasts(), l: lang() }
    }

    /// Sends once; what was typed stays when it is refused. Who has left the form meanwhile is told of a refusal, and led
    /// nowhere by a success.
    pub(crate) fn send<T: 'static>(
        self,
        call: impl Future<Output = ApiResult<T>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.failure.set(None);
        spawn_local(async move {
            let answer = call.await;
            let left = self.busy.try_set(false).is_some();
            match answer {
                Ok(value) if !left => done(value),
                Ok(_) => {}
                Err(error) if left => toast_failure(self.toasts, self.l, &error),
                Err(error) => self.refuse(error.0),
            }
        });
    }

    pub(crate) fn refuse(self, failure: Failure) {
        let _ = self.failure.try_set(Some(failure));
        request_animation_frame(focus_first_error);
    }

    /// The error of a field, in words.
    pub(crate) fn error(self, name: &'static str) -> Signal<Option<String>> {
        let l = self.l;
        Signal::derive(move || {
            self.failure.with(|f| f.as_ref().and_then(|f| f.field(name)).map(|e| failure::field(l, e)))
        })
    }
}

/// Why the form was refused, above it. What is in the way of an archive is said in full.
#[component]
pub(crate) fn Refusal(of: Sending) -> impl IntoView {
    let l = lang();
    move || {
        of.failure.get().map(|refused| {
            let reason = match (refused.code, refused.fields.first()) {
                (Code::InUse, Some(field)) => failure::field(l, field),
                _ => failure::sentence(l, &refused),
            };
            let changed = refused.code == Code::Conflict;
            view! {
                <Banner tone=Tone::Danger text=reason>
                    {changed.then(|| view! {
                        <Button size=ButtonSize::Small icon="refresh-cw" on_click=move |_| { let _ = window().location().reload(); }>
                            {td_string!(l, property.show_new)}
                        </Button>
                    })}
                </Banner>
            }
        })
    }
}

fn focus_first_error() {
    use wasm_bindgen::JsCast;
    let wrong = document().query_selector("dialog[open] [aria-invalid=\"true\"], main [aria-invalid=\"true\"]");
    if let Some(control) = wrong.ok().flatten().and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = control.focus();
    } else if let Some(banner) = document().query_selector("dialog[open] .banner, main .banner").ok().flatten() {
        banner.scroll_into_view_with_bool(false);
    }
}

/// What is typed, trimmed; nothing when it is empty.
pub(crate) fn typed(signal: RwSignal<String>) -> Option<String> {
    Some(signal.get_untracked().trim().to_owned()).filter(|text| !text.is_empty())
}

/// A number typed into a field; the failure points at the field.
pub(crate) fn number<T: std::str::FromStr>(
    signal: RwSignal<String>,
    name: &str,
    wrong: &mut Vec<FieldError>,
) -> Option<T> {
    let text = typed(signal)?;
    let value = text.replace(',', ".").parse().ok();
    if value.is_none() {
        wrong.push(FieldError::new(format!("/{name}"), "out_of_range"));
    }
    value
}

/// Square metres as people type them into exact square centimetres: `45,23` is 452 300.
pub(crate) fn square_metres(text: &str) -> Option<i64> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (whole, part) = text.split_once([',', '.']).unwrap_or((&text, ""));
    if part.len() > 4 || !part.bytes().all(|b| b.is_ascii_digit()) || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let part: i64 = format!("{part:0<4}").parse().ok()?;
    whole.checked_mul(10_000)?.checked_add(part)
}

/// The area of a field; the failure points at it.
pub(crate) fn area_of(signal: RwSignal<String>, wrong: &mut Vec<FieldError>) -> Option<i64> {
    let text = typed(signal)?;
    let value = square_metres(&text);
    if value.is_none() {
        wrong.push(FieldError::new("/area_cm2", "out_of_range"));
    }
    value
}

/// Exact square centimetres as square metres, without zeros at the end.
pub(crate) fn exact_area(l: Locale, cm2: i64) -> String {
    let mark = if l == Locale::en { '.' } else { ',' };
    let text = format!("{}{mark}{:04}", cm2 / 10_000, cm2 % 10_000);
    text.trim_end_matches('0').trim_end_matches(mark).to_owned()
}

/// A value for an input, empty when there is none.
pub(crate) fn shown<T: ToString>(value: Option<T>) -> RwSignal<String> {
    RwSignal::new(value.map(|v| v.to_string()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_exact() {
        for (text, cm2) in [("45,23", 452_300), ("45", 450_000), ("0.0001", 1), ("1 204,5", 12_045_000)] {
            assert_eq!(square_metres(text), Some(cm2), "{text}");
        }
        for bad in ["", "x", "4,23456", "-4", "4,,3", "4,-3", "99999999999999999999"] {
            assert_eq!(square_metres(bad), None, "{bad}");
        }
        assert_eq!(exact_area(Locale::ru, 452_300), "45,23");
        assert_eq!(exact_area(Locale::en, 450_000), "45");
    }
}
