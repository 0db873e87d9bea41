//! How residents get in and leave. A proven phone applies and somebody at the desk decides (`join`, `applications`); an
//! invitation lets one person in at once (`invites`; for many chosen people, one each: `many`); a resident names one more
//! home or leaves one (`homes`). Whatever the road, `grant` is the one place where a person gets a home and a login.

mod applications;
mod grant;
mod homes;
mod invites;
mod join;
mod many;

pub(crate) use grant::left;

pub use applications::{applications, approve, reject, rules, save_rules, waiting};
pub use homes::{ask_to_be_forgotten, attach, end_residency, leave, my_homes, withdraw};
pub use invites::{Taker, accept, invitation, invitations, invite, page_qr, revoke_invite, sheet};
pub use join::{Entered, apply, cancel, enter, house, houses, proof_seconds, request_code, state, verify};
pub use many::invite_many;

use crate::{Actor, actor::View, auth::Device};
use model::{CompanyId, Lang, Role};

/// Somebody at the door, for the books of the company they knock at: no rights come of it.
fn stranger(company: CompanyId, name: &str, lang: Lang, device: &Device) -> Actor {
    Actor {
        user_id: None,
        session_id: None,
        contact_id: None,
        company_id: company,
        role: Role::Resident,
        name: name.to_owned(),
        lang,
        door: device.door,
        view: View::nothing(),
        proven: false,
        looking: None,
    }
}

/// A typed text, trimmed; nothing when it is empty.
fn some_text(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
}
