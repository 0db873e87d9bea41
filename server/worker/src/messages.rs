//! The words of messages, made when they are sent.

use crate::letter;
use domain::{
    Ctx,
    messages::{Carried, Channel, Delivery},
};
use i18n::{
    Locale,
    notices::{self, Told},
    td_string,
};
use model::notices::NoticeKind;
use platform::sms::fold;

/// A message ready to send. Mails have a subject; what is told in the app and in a chat has a headline there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub subject: Option<String>,
    pub text: String,
    pub html: Option<String>,
    /// The link that switches mail of this kind off.
    pub unsubscribe: Option<String>,
}

impl Rendered {
    fn plain(text: String) -> Self {
        Self { subject: None, text, html: None, unsubscribe: None }
    }

    fn mail(subject: String, text: String) -> Self {
        Self { subject: Some(subject), ..Self::plain(text) }
    }
}

/// The words of a delivery in its language.
///
/// # Errors
/// A template this version does not know, or a value it needs and did not get.
pub fn render(ctx: &Ctx, delivery: &Delivery) -> Result<Rendered, &'static str> {
    let l = i18n::locale(delivery.lang);
    if let Some(carried) = &delivery.notice {
        return Ok(notice(ctx, l, delivery, carried));
    }
    let value = |name: &str| delivery.params[name].as_str().ok_or("a value of the message is missing");
    let rendered = match delivery.template.as_str() {
        "login_code" => Rendered::plain(td_string!(l, messages.login_code, code = value("code")?).to_string()),
        "password_reset" => {
            let link = format!("{}/login/reset?token={}", address(ctx), value("token")?);
            Rendered::mail(
                td_string!(l, messages.password_reset_subject).to_owned(),
                td_string!(l, messages.password_reset, name = value("name")?, link = link).to_string(),
            )
        }
        "staff_invite" => {
            let company = value("company")?;
            let link = format!("{}/join/staff/{}", address(ctx), value("token")?);
            Rendered::mail(
                td_string!(l, messages.staff_invite_subject, company = company).to_string(),
                td_string!(l, messages.staff_invite, name = value("name")?, company = company, link = link).to_string(),
            )
        }
        "application_approved" => {
            let link = format!("{}/join", address(ctx));
            Rendered::plain(
                td_string!(l, messages.application_approved, company = value("company")?, link = link).to_string(),
            )
        }
        "application_rejected" => {
            let link = format!("{}/join", address(ctx));
            Rendered::plain(
                td_string!(l, messages.application_rejected, company = value("company")?, link = link).to_string(),
            )
        }
        _ => return Err("no such message template"),
    };
    Ok(match delivery.channel {
        Channel::Sms => Rendered { text: fold(&rendered.text), ..rendered },
        _ => rendered,
    })
}

/// What somebody is told about an event, in the words of the product or of their company.
fn notice(ctx: &Ctx, l: Locale, delivery: &Delivery, carried: &Carried) -> Rendered {
    let link = page(carried).map(|path| format!("{}{path}", address(ctx)));
    let told = Told {
        kind: carried.kind,
        facts: &carried.facts,
        name: &carried.name,
        company: &carried.company,
        link: link.as_deref().unwrap_or_default(),
        now: ctx.clock.now(),
    };
    let said = notices::say(l, &told, carried.written.as_ref());
    match delivery.channel {
        Channel::Email => {
            let token = domain::notices::unsubscribe_token(ctx, carried.company_id, carried.person, carried.kind);
            let stop = carried.kind.is_optional().then(|| format!("{}/u/{token}", address(ctx)));
            let letter = letter::Letter {
                l,
                company: &carried.company,
                said: &said,
                link: link.as_deref(),
                unsubscribe: stop.as_deref(),
            };
            Rendered {
                subject: Some(said.title.clone()),
                text: letter.text(),
                html: Some(letter.html()),
                unsubscribe: stop,
            }
        }
        // The company's own words, which begin and end as it wants.
        Channel::Sms if carried.kind == NoticeKind::Reminder => Rendered::plain(fold(&said.text)),
        Channel::Sms => {
            let text = domain::notices::sms_line(&carried.company, &said.title, &said.text, link.as_deref());
            Rendered::plain(fold(&text))
        }
        Channel::Telegram | Channel::WebPush | Channel::Fcm | Channel::InApp => {
            Rendered { subject: Some(said.title), text: said.text, html: None, unsubscribe: None }
        }
    }
}

/// The page a notice opens.
pub(crate) fn page(carried: &Carried) -> Option<String> {
    notices::leads(carried.role, carried.kind, carried.about)
}

fn address(ctx: &Ctx) -> String {
    ctx.public_address()
}
