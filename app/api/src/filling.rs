//! Forms whose effect must not happen twice, however often they are sent.

use leptos::prelude::*;

/// A word for one filling of a form: the same until it is [`done`](Filling::done), so what is sent again because an answer was
/// lost finds what it did before.
#[derive(Clone, Copy)]
pub struct Filling(StoredValue<Option<String>>);

impl Default for Filling {
    fn default() -> Self {
        Self(StoredValue::new(None))
    }
}

impl Filling {
    /// The word of this filling; only a browser asks for it.
    pub fn word(self) -> Option<String> {
        self.0.try_update_value(|word| word.get_or_insert_with(fresh).clone())
    }

    /// What was sent has been done: the next sending is another one.
    pub fn done(self) {
        self.0.try_set_value(None);
    }
}

/// No secret, and unlike any other of the same person.
fn fresh() -> String {
    format!("{}-{}", js_sys::Date::now(), js_sys::Math::random())
}
