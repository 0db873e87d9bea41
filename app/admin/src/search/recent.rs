//! What this person opened last by searching, kept on this device.

use model::search::{Hit, Kind};
use serde::{Deserialize, Serialize};
use ui::dom::{store, stored};

const KEY: &str = "desk-recent";
const KEPT: usize = 8;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Recent {
    pub kind: Kind,
    pub title: String,
    pub href: String,
}

/// The newest first. Browser only.
pub(super) fn all() -> Vec<Recent> {
    stored(KEY).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// Remembers what was opened.
pub(super) fn remember(hit: &Hit) {
    let fresh = Recent { kind: hit.kind, title: hit.title.clone(), href: hit.href() };
    let mut list = all();
    list.retain(|one| one.href != fresh.href || one.title != fresh.title);
    list.insert(0, fresh);
    list.truncate(KEPT);
    store(KEY, serde_json::to_string(&list).ok().as_deref());
}
