//! What a button says when pressed: `1.<action>.<values>`, at most 64 bytes. Buttons live for ever in old messages,
//! so each press is checked again by the use case behind it.

use model::{
    BuildingId, Lang, OutageId, RequestId, UnitId,
    requests::{Action, Category},
};
use uuid::Uuid;

/// Changes when the meaning of an action does; buttons of other versions are old.
const VERSION: &str = "1";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Press {
    Language(Lang),
    Category(Category),
    Unit(UnitId),
    Building(BuildingId),
    Send,
    Drop,
    Open(RequestId),
    Rate(RequestId, i16),
    Step(RequestId, Action),
    /// The answer to the estimate of this version.
    Decide(RequestId, i32, bool),
    /// Do not give a reason after all.
    Keep,
    /// "Me too", and back.
    Join(OutageId),
    Leave(OutageId),
}

impl Press {
    pub fn encode(self) -> String {
        let id = |id: Uuid| id.simple().to_string();
        let rest = match self {
            Self::Language(lang) => format!("lang.{}", lang.code()),
            Self::Category(category) => format!("cat.{category}"),
            Self::Unit(unit) => format!("unit.{}", id(unit.0)),
            Self::Building(building) => format!("house.{}", id(building.0)),
            Self::Send => "send".to_owned(),
            Self::Drop => "drop".to_owned(),
            Self::Open(request) => format!("open.{}", id(request.0)),
            Self::Rate(request, stars) => format!("rate.{}.{stars}", id(request.0)),
            Self::Step(request, action) => format!("step.{}.{action}", id(request.0)),
            Self::Decide(request, version, accept) => {
                format!("est.{}.{version}.{}", id(request.0), if accept { "y" } else { "n" })
            }
            Self::Keep => "keep".to_owned(),
            Self::Join(outage) => format!("join.{}", id(outage.0)),
            Self::Leave(outage) => format!("leave.{}", id(outage.0)),
        };
        format!("{VERSION}.{rest}")
    }

    /// `None` for what is no press of ours, or of another version.
    pub fn decode(data: &str) -> Option<Self> {
        let mut parts = data.split('.');
        if parts.next() != Some(VERSION) {
            return None;
        }
        let (action, value, more) = (parts.next()?, parts.next(), parts.next());
        let id = || value.and_then(|v| Uuid::parse_str(v).ok());
        Some(match action {
            "lang" => Self::Language(Lang::parse(value?)?),
            "cat" => Self::Category(value?.parse().ok()?),
            "unit" => Self::Unit(id()?.into()),
            "house" => Self::Building(id()?.into()),
            "send" => Self::Send,
            "drop" => Self::Drop,
            "open" => Self::Open(id()?.into()),
            "rate" => Self::Rate(id()?.into(), more?.parse().ok()?),
            "step" => Self::Step(id()?.into(), more?.parse().ok()?),
            "est" => Self::Decide(id()?.into(), more?.parse().ok()?, parts.next()? == "y"),
            "keep" => Self::Keep,
            "join" => Self::Join(id()?.into()),
            "leave" => Self::Leave(id()?.into()),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presses_read_back_and_fit() {
        let id = Uuid::from_u128(u128::MAX);
        let mut all = vec![Press::Send, Press::Drop, Press::Keep, Press::Unit(id.into()), Press::Building(id.into())];
        all.extend(Lang::ALL.map(Press::Language));
        all.extend(Category::ALL.iter().map(|c| Press::Category(*c)));
        all.extend(Action::ALL.iter().map(|a| Press::Step(id.into(), *a)));
        all.extend([
            Press::Open(id.into()),
            Press::Rate(id.into(), 5),
            Press::Decide(id.into(), i32::MAX, true),
            Press::Join(id.into()),
            Press::Leave(id.into()),
        ]);
        for press in all {
            let data = press.encode();
            assert!(data.len() <= 64, "{data}");
            assert_eq!(Press::decode(&data), Some(press));
        }
    }

    #[test]
    fn garbage_is_an_old_button() {
        for data in ["", "1", "1.", "0.send", "1.open.zz", "1.rate.00000000000000000000000000000000", "1.step.x.y"] {
            assert_eq!(Press::decode(data), None, "{data}");
        }
    }
}
