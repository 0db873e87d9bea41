//! Lists as files: what, of it what, and how.

use crate::{
    BuildingId, ContactId, Lang,
    audit::AuditFilter,
    billing::DebtFilter,
    payments::PaymentFilter,
    people::{ContactFilter, PeopleSort, Relation},
    property::{BuildingFilter, RegisterFilter},
    requests::{RequestFilter, words},
    staff::StaffFilter,
};
use serde::{Deserialize, Serialize};

words! {
    /// A list that can be taken away.
    ExportList { Requests = "requests", People = "people", Units = "units", Staff = "staff", Payments = "payments",
        Debts = "debts", Buildings = "buildings", Audit = "audit" }
}
words! { ExportFormat { Xlsx = "xlsx", Csv = "csv" } }

/// A list at most this long is made while the person waits.
pub const DIRECT_ROWS: i64 = 5_000;

/// Exactly what a list shows: its filter, its columns, its language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportCommand {
    pub list: ExportList,
    pub format: ExportFormat,
    pub lang: Lang,
    /// Keys of columns in their order; all when empty.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Of requests.
    #[serde(default)]
    pub requests: RequestFilter,
    /// Of people: what their list's filter has.
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    pub relation: Option<Relation>,
    #[serde(default)]
    pub has_login: Option<bool>,
    #[serde(default)]
    pub building_id: Option<BuildingId>,
    #[serde(default)]
    pub people_sort: Option<PeopleSort>,
    #[serde(default)]
    pub people_reverse: bool,
    #[serde(default)]
    pub people_ids: Vec<ContactId>,
    /// Of units.
    #[serde(default)]
    pub units: RegisterFilter,
    #[serde(default)]
    pub payments: PaymentFilter,
    #[serde(default)]
    pub debts: DebtFilter,
    #[serde(default)]
    pub buildings: BuildingFilter,
    #[serde(default)]
    pub staff: StaffFilter,
    #[serde(default)]
    pub audit: AuditFilter,
}

impl ExportCommand {
    /// The filter of the list of people.
    pub fn people(&self) -> ContactFilter {
        ContactFilter {
            ids: self.people_ids.clone(),
            text: self.text.clone(),
            relation: self.relation,
            building_id: self.building_id,
            has_login: self.has_login,
            sort: self.people_sort,
            reverse: self.people_reverse,
            ..ContactFilter::default()
        }
    }

    /// Whether people are left out; with whose words stays out of the audit.
    pub fn is_filtered(&self) -> bool {
        self.text.is_some() || self.relation.is_some() || self.has_login.is_some() || !self.people_ids.is_empty()
    }
}
