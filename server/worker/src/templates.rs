//! The texts of our SMS as a provider has to approve them, and what it says to them.

use i18n::td_string;
use model::Lang;
use platform::sms::{Carrier, Moderation, SmsError, Template, fold};

/// One text, as it goes out for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    pub name: &'static str,
    pub lang: Lang,
    pub text: String,
}

/// Every text that belongs to signing in, in each language: without it nobody gets in.
#[must_use]
pub fn samples() -> Vec<Sample> {
    Lang::ALL
        .into_iter()
        .map(|lang| {
            let text = td_string!(i18n::locale(lang), messages.login_code, code = "123456").to_string();
            Sample { name: "login_code", lang, text: fold(&text) }
        })
        .collect()
}

/// What the provider says to each; none for a text it has not seen.
///
/// # Errors
/// When it does not answer.
pub async fn standing(carrier: &Carrier) -> Result<Option<Vec<(Sample, Option<Moderation>)>>, SmsError> {
    let Some(seen) = carrier.templates().await? else { return Ok(None) };
    let said = |sample: &Sample| seen.iter().find(|template| is_same(template, &sample.text)).map(|t| t.moderation);
    Ok(Some(samples().into_iter().map(|sample| (sample.clone(), said(&sample))).collect()))
}

/// Digits may differ: they are the code.
fn is_same(template: &Template, text: &str) -> bool {
    let shape = |text: &str| -> String {
        text.split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .chars()
            .map(|letter| if letter.is_ascii_digit() { '0' } else { letter })
            .collect()
    };
    shape(&template.text) == shape(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_differs_and_a_word_does_not() {
        let seen = |text: &str| Template { text: text.to_owned(), moderation: Moderation::Approved };
        assert!(is_same(
            &seen("UK CRM kirish kodi: 999999.  Uni\nhech kimga aytmang."),
            "UK CRM kirish kodi: 123456. Uni hech kimga aytmang."
        ));
        assert!(!is_same(&seen("Kirish kodi: 999999"), "UK CRM kirish kodi: 123456"));
        assert_eq!(samples().len(), Lang::ALL.len());
    }
}
