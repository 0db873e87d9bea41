//! Phone input with the +998 mask. The caret stays where the person put it.

use crate::{dom::bind_value, field::field_or, icon::Icon};
use leptos::{html, prelude::*};

/// The nine national digits of whatever was typed or pasted.
pub fn phone_digits(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let national = match digits.strip_prefix("998") {
        Some(rest) if text.trim_start().starts_with('+') || digits.len() > 9 => rest,
        _ => &digits,
    };
    national.chars().take(9).collect()
}

/// `+998 90 123-45-67`, as far as the digits go.
pub fn format_phone(digits: &str) -> String {
    let mut out = String::from("+998");
    for (n, digit) in digits.chars().take(9).enumerate() {
        match n {
            0 | 2 => out.push(' '),
            5 | 7 => out.push('-'),
            _ => {}
        }
        out.push(digit);
    }
    out
}

/// Where the caret belongs after formatting, so that as many digits stand before it as did before.
fn caret_after(formatted: &str, digits_before: usize) -> u32 {
    let mut seen = 0;
    for (place, ch) in formatted.chars().enumerate() {
        if seen >= digits_before {
            return u32::try_from(place).unwrap_or(0);
        }
        if ch.is_ascii_digit() {
            seen += 1;
        }
    }
    u32::try_from(formatted.len()).unwrap_or(0)
}

/// A phone number field; `value` holds the formatted text (`+998 90 123-45-67`).
#[component]
pub fn PhoneInput(
    #[prop(into)] name: String,
    #[prop(optional)] value: Option<RwSignal<String>>,
    #[prop(optional, into)] initial: String,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] autofocus: bool,
    #[prop(optional, into)] label: MaybeProp<String>,
) -> impl IntoView {
    let field = field_or(&name);
    let node = NodeRef::<html::Input>::new();
    bind_value(node, value);
    let start = crate::input::start_value(value, initial);
    let on_input = move |_| {
        let Some(input) = node.get_untracked() else { return };
        let typed = input.value();
        let caret = input.selection_start().ok().flatten().unwrap_or(u32::MAX);
        let at_end = usize::try_from(caret).unwrap_or(usize::MAX) >= typed.chars().count();
        let before =
            typed.chars().take(usize::try_from(caret).unwrap_or(usize::MAX)).filter(char::is_ascii_digit).count();
        let digits = phone_digits(&typed);
        let text = if digits.is_empty() && typed.len() < 4 { String::new() } else { format_phone(&digits) };
        if text != typed {
            input.set_value(&text);
            if !at_end {
                let place = caret_after(&text, before);
                let _ = input.set_selection_range(place, place);
            }
        }
        if let Some(value) = value {
            value.set(text);
        }
    };
    view! {
        <div class="input-wrap">
            <Icon name="phone" />
            <input
                node_ref=node
                id=field.id
                class="input"
                type="tel"
                inputmode="tel"
                autocomplete="tel"
                name=name
                value=start
                placeholder="+998 90 123-45-67"
                autofocus=autofocus
                required=field.required
                disabled=move || disabled.get()
                aria-label=move || label.get()
                aria-invalid=move || field.invalid.get().then_some("true")
                aria-describedby=move || field.described_by.get()
                on:input=on_input
            />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::{caret_after, format_phone, phone_digits};

    #[test]
    fn pasted_in_any_shape() {
        for text in ["+998 90 123-45-67", "998901234567", "901234567", "90 123 45 67"] {
            assert_eq!(format_phone(&phone_digits(text)), "+998 90 123-45-67");
        }
        assert_eq!(format_phone("90"), "+998 90");
    }

    #[test]
    fn national_number_may_begin_with_998() {
        assert_eq!(phone_digits("998123456"), "998123456");
    }

    #[test]
    fn caret_keeps_its_digits() {
        assert_eq!(caret_after("+998 90 123-45-67", 5), 7);
        assert_eq!(caret_after("+998 90 123-45-67", 6), 9);
    }
}
