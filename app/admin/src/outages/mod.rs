//! Outages at the desk: the journal, one outage, its form, what is said beside an address, and risers of a house.

mod finish;
mod form;
mod here;
mod journal;
mod page;
mod picker;
mod proposals;
mod requests;
mod risers;

pub use form::{EditOutagePage, NewOutagePage};
pub use journal::OutagesPage;
pub use page::OutagePage;

pub(crate) use here::{Beside, Here, caller};
pub(crate) use picker::{Houses, Picked};
pub(crate) use risers::Risers;

use model::outages::{OutageKind, OutageStatus, Resource};
use ui::prelude::*;

fn status_look(status: OutageStatus, late: bool) -> (Tone, &'static str) {
    match status {
        OutageStatus::Running if late => (Tone::Danger, "alarm-clock"),
        OutageStatus::Running => (Tone::Warning, "circle-alert"),
        OutageStatus::Planned => (Tone::Info, "calendar-clock"),
        OutageStatus::Ended => (Tone::Success, "check"),
        OutageStatus::Cancelled => (Tone::Neutral, "circle-x"),
    }
}

fn kind_look(kind: OutageKind) -> (Tone, &'static str) {
    match kind {
        OutageKind::Planned => (Tone::Neutral, "calendar"),
        OutageKind::Emergency => (Tone::Danger, "siren"),
    }
}

fn resource_icon(resource: Resource) -> &'static str {
    match resource {
        Resource::ColdWater => "droplets",
        Resource::HotWater => "waves",
        Resource::Heating => "thermometer",
        Resource::Electricity => "zap",
        Resource::Gas => "flame",
        Resource::Lift => "arrow-up-down",
        Resource::Other => "more-horizontal",
    }
}

fn resource_options(l: i18n::Locale) -> Vec<Opt> {
    Resource::ALL.iter().map(|r| Opt::new(r.as_str(), i18n::outages::resource(l, *r)).icon(resource_icon(*r))).collect()
}

fn kind_options(l: i18n::Locale) -> Vec<Opt> {
    OutageKind::ALL.iter().map(|k| Opt::new(k.as_str(), i18n::outages::kind(l, *k)).icon(kind_look(*k).1)).collect()
}
