//! The words of messages, made when they are sent.

use domain::{Ctx, messages::Delivery};
use i18n::{Locale, td_string};
use model::people::Channel;

/// A message ready to send. Mails have a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub subject: Option<String>,
    pub text: String,
}

/// The words of a delivery in its language.
///
/// # Errors
/// A template this version does not know, or a value it needs and did not get.
pub fn render(ctx: &Ctx, delivery: &Delivery) -> Result<Rendered, &'static str> {
    let l = i18n::locale(delivery.lang);
    let value = |name: &str| delivery.params[name].as_str().ok_or("a value of the message is missing");
    let rendered = match delivery.template.as_str() {
        "login_code" => {
            Rendered { subject: None, text: td_string!(l, messages.login_code, code = value("code")?).to_string() }
        }
        "password_reset" => {
            let link = format!("{}/login/reset?token={}", address(ctx), value("token")?);
            Rendered {
                subject: Some(td_string!(l, messages.password_reset_subject).to_owned()),
                text: td_string!(l, messages.password_reset, name = value("name")?, link = link).to_string(),
            }
        }
        "staff_invite" => {
            let company = value("company")?;
            let link = format!("{}/join/staff/{}", address(ctx), value("token")?);
            Rendered {
                subject: Some(td_string!(l, messages.staff_invite_subject, company = company).to_string()),
                text: td_string!(l, messages.staff_invite, name = value("name")?, company = company, link = link)
                    .to_string(),
            }
        }
        "deadline_warning" | "deadline_breach" => deadline(ctx, l, delivery)?,
        "debt_reminder" => debt(ctx, l, delivery)?,
        "application_approved" => Rendered {
            subject: None,
            text: td_string!(
                l,
                messages.application_approved,
                company = value("company")?,
                link = format!("{}/join", address(ctx))
            )
            .to_string(),
        },
        "application_rejected" => Rendered {
            subject: None,
            text: td_string!(
                l,
                messages.application_rejected,
                company = value("company")?,
                link = format!("{}/join", address(ctx))
            )
            .to_string(),
        },
        _ => return Err("no such message template"),
    };
    Ok(match delivery.channel {
        // One typographic apostrophe would turn a message of 160 letters into one of 70.
        Channel::Sms => Rendered { text: platform::sms::fold(&rendered.text), ..rendered },
        Channel::Email | Channel::Telegram => rendered,
    })
}

/// A deadline that is near, or missed.
fn deadline(ctx: &Ctx, l: Locale, delivery: &Delivery) -> Result<Rendered, &'static str> {
    let value = |name: &str| delivery.params[name].as_str().ok_or("a value of the message is missing");
    let due = value("due")?.parse().map_err(|_| "a moment of the message does not read")?;
    let clock = value("clock")?.parse().map_err(|()| "a clock of the message does not read")?;
    let (name, number, address_of) = (value("name")?, value("number")?, value("address")?);
    let link = format!("{}/desk/requests/{}", address(ctx), value("request")?);
    let (due, clock) = (i18n::deadlines::point(l, due), i18n::deadlines::clock(l, clock).to_lowercase());
    let (subject, text) = if delivery.template == "deadline_breach" {
        (
            td_string!(l, deadlines.breach_title, n = number).to_string(),
            td_string!(
                l,
                deadlines.breach_text,
                name = name,
                clock = clock,
                n = number,
                address = address_of,
                due = due,
                link = link
            )
            .to_string(),
        )
    } else {
        (
            td_string!(l, deadlines.soon_title, n = number).to_string(),
            td_string!(
                l,
                deadlines.soon_text,
                name = name,
                clock = clock,
                n = number,
                address = address_of,
                due = due,
                link = link
            )
            .to_string(),
        )
    };
    Ok(Rendered { subject: Some(subject), text })
}

/// A reminder of a debt, in the words of the company.
fn debt(ctx: &Ctx, l: Locale, delivery: &Delivery) -> Result<Rendered, &'static str> {
    let text = delivery.params["text"].as_str().ok_or("a value of the message is missing")?;
    let kind = delivery.params["kind"].as_str().and_then(|kind| kind.parse().ok());
    let kind = kind.ok_or("the kind of a reminder does not read")?;
    let values = serde_json::from_value(delivery.params["values"].clone())
        .map_err(|_| "the values of a reminder do not read")?;
    Ok(Rendered {
        subject: Some(i18n::reminders::kind(l, kind).to_owned()),
        text: i18n::reminders::text(l, text, &values, &address(ctx)),
    })
}

/// Where people reach this server; without a configured address, where it listens.
fn address(ctx: &Ctx) -> String {
    let server = &ctx.config.server;
    server.public_url.clone().unwrap_or_else(|| format!("http://127.0.0.1:{}", server.port))
}
