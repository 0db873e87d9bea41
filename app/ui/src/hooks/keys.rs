//! Keyboard shortcuts that work on Latin and Cyrillic layouts alike.

use super::effect;
use crate::dom::{is_pressable, is_typing};
use leptos::{ev, prelude::*};
use web_sys::KeyboardEvent;

/// Does a pressed key answer to one step such as `j`, `/`, `?`, `ctrl+k`, `shift+s`, `escape`, `arrowdown`?
///
/// Letters are compared by place (`KeyJ`), because on a Russian layout the same key says `о`.
pub fn hotkey_matches(step: &str, key: &str, code: &str, ctrl: bool, shift: bool, alt: bool) -> bool {
    let (mut want_ctrl, mut want_shift, mut want_alt) = (false, false, false);
    let mut name = "";
    for part in step.split('+') {
        match part {
            "ctrl" => want_ctrl = true,
            "shift" => want_shift = true,
            "alt" => want_alt = true,
            other => name = other,
        }
    }
    if ctrl != want_ctrl || alt != want_alt {
        return false;
    }
    let is_letter = name.len() == 1 && name.bytes().all(|b| b.is_ascii_lowercase());
    if is_letter {
        return shift == want_shift && code.strip_prefix("Key").is_some_and(|k| k.eq_ignore_ascii_case(name));
    }
    match name {
        "/" => key == "/" || (code == "Slash" && !shift && key != "?"),
        "?" => key == "?" || (code == "Slash" && shift),
        "space" => (key == " " || code == "Space") && shift == want_shift,
        _ => key.eq_ignore_ascii_case(name) && shift == want_shift,
    }
}

/// Runs `on_press` for `keys`: one step (`"ctrl+k"`) or a sequence (`"g r"`).
///
/// Stays silent while the person types, unless the step holds `ctrl` or is `escape`; also while a modal
/// dialog is open, unless `ctrl` is held.
pub fn use_hotkey(keys: &'static str, on_press: impl Fn(KeyboardEvent) + Send + Sync + 'static) {
    let on_press = Callback::new(on_press);
    let reached = StoredValue::new((0_usize, 0.0_f64));
    effect(move || {
        let handle = window_event_listener(ev::keydown, move |event| {
            if event.default_prevented() || event.is_composing() {
                return;
            }
            let ctrl = event.ctrl_key() || event.meta_key();
            let always = ctrl || event.key() == "Escape";
            if !always && is_typing(&event) {
                return;
            }
            // A checkbox or button under the focus has its own use for the space bar.
            if event.key() == " " && is_pressable(&event) {
                return;
            }
            if !ctrl && document().query_selector("dialog:modal").ok().flatten().is_some() {
                return;
            }
            let steps: Vec<&str> = keys.split(' ').collect();
            let (mut at, since) = reached.get_value();
            // A sequence is a thought, not two presses a minute apart.
            if event.time_stamp() - since > 1200.0 {
                at = 0;
            }
            let hit = |step: &str| {
                hotkey_matches(step, &event.key(), &event.code(), ctrl, event.shift_key(), event.alt_key())
            };
            if !steps.get(at).is_some_and(|step| hit(step)) {
                reached.set_value((0, 0.0));
                return;
            }
            at += 1;
            if at == steps.len() {
                reached.set_value((0, 0.0));
                event.prevent_default();
                on_press.run(event);
            } else {
                reached.set_value((at, event.time_stamp()));
            }
        });
        on_cleanup(move || handle.remove());
    });
}

#[cfg(test)]
mod tests {
    use super::hotkey_matches;

    #[test]
    fn cyrillic_layout_answers_to_latin_letters() {
        assert!(hotkey_matches("j", "о", "KeyJ", false, false, false));
        assert!(hotkey_matches("ctrl+k", "л", "KeyK", true, false, false));
        assert!(!hotkey_matches("k", "k", "KeyK", true, false, false));
    }

    #[test]
    fn slash_and_question_mark_differ() {
        assert!(hotkey_matches("/", "/", "Slash", false, false, false));
        assert!(!hotkey_matches("/", "?", "Slash", false, true, false));
        assert!(hotkey_matches("?", ",", "Slash", false, true, false));
        assert!(!hotkey_matches("/", "?", "Slash", false, false, false));
        assert!(hotkey_matches("/", ".", "Slash", false, false, false));
    }
}
