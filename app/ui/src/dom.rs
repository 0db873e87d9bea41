//! Small bridges to the browser. Everything here is called from Effects and event handlers only,
//! which never run on the server.

use crate::hooks::effect_after;
use leptos::{html::ElementType, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Event, EventTarget};

/// A listener that goes away when dropped.
pub struct Listener {
    target: EventTarget,
    event: &'static str,
    closure: Closure<dyn FnMut(Event)>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(self.event, self.closure.as_ref().unchecked_ref());
    }
}

/// Listens until the returned value is dropped.
pub fn listen(target: &EventTarget, event: &'static str, run: impl FnMut(Event) + 'static) -> Listener {
    let closure = Closure::<dyn FnMut(Event)>::new(run);
    let _ = target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    Listener { target: target.clone(), event, closure }
}

/// Milliseconds since 1970 on the clock of this device: for how long ago something was heard, never for dates.
pub fn now_ms() -> f64 {
    js_sys::Date::now()
}

/// Drops a browser value with the current reactive owner.
pub fn drop_on_cleanup<T: 'static>(value: T) {
    let value = SendWrapper::new(value);
    on_cleanup(move || drop(value));
}

/// Calls a method by name: for newer browser APIs that an old phone may not have.
pub fn call_method(target: &JsValue, method: &str) -> bool {
    match js_sys::Reflect::get(target, &JsValue::from_str(method)) {
        Ok(found) => match found.dyn_into::<js_sys::Function>() {
            Ok(function) => function.call0(target).is_ok(),
            Err(_) => false,
        },
        Err(_) => false,
    }
}

fn read_value(element: &JsValue) -> String {
    js_sys::Reflect::get(element, &"value".into()).ok().and_then(|v| v.as_string()).unwrap_or_default()
}

fn write_value(element: &JsValue, value: &str) {
    let _ = js_sys::Reflect::set(element, &"value".into(), &value.into());
}

/// Two-way value of an input, textarea or select.
///
/// What a person typed before hydration wins over the signal: nothing typed is ever lost.
pub fn bind_value<E>(node: NodeRef<E>, value: Option<RwSignal<String>>)
where
    E: ElementType + 'static,
    E::Output: JsCast + Clone + AsRef<JsValue> + 'static,
{
    let Some(value) = value else { return };
    effect_after(move |known: Option<bool>| {
        let wanted = value.get();
        let Some(element) = node.get() else { return false };
        let shown = read_value(element.as_ref());
        if shown != wanted {
            if known == Some(true) || shown.is_empty() {
                write_value(element.as_ref(), &wanted);
            } else {
                value.set(shown);
            }
        }
        true
    });
}

/// Sets a cookie for a year: readable by the server on the next page.
pub fn set_cookie(name: &str, value: &str) {
    let text = format!("{name}={value}; path=/; max-age=31536000; samesite=lax");
    let _ = js_sys::Reflect::set(document().as_ref(), &"cookie".into(), &text.into());
}

/// Writes or removes a value in `localStorage`; silent where storage is forbidden.
pub fn store(key: &str, value: Option<&str>) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = match value {
            Some(value) => storage.set_item(key, value),
            None => storage.remove_item(key),
        };
    }
}

/// Reads a value from `localStorage`.
pub fn stored(key: &str) -> Option<String> {
    window().local_storage().ok().flatten().and_then(|storage| storage.get_item(key).ok().flatten())
}

/// Is the person typing right now? Single-key shortcuts must then stay silent.
pub fn is_typing(event: &Event) -> bool {
    let Some(element) = event.target().and_then(|t| t.dyn_into::<web_sys::HtmlElement>().ok()) else {
        return false;
    };
    let tag = element.tag_name();
    element.is_content_editable()
        || tag == "TEXTAREA"
        || tag == "SELECT"
        || (tag == "INPUT"
            && element
                .dyn_ref::<web_sys::HtmlInputElement>()
                .is_none_or(|input| !matches!(input.type_().as_str(), "checkbox" | "radio" | "button" | "submit")))
}

/// Does the space bar press what has the focus?
pub fn is_pressable(event: &Event) -> bool {
    let element = event.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "BUTTON" | "SUMMARY" | "SELECT"))
}
