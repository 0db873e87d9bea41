//! The audit as people read it.

use crate::{AuditId, Role, UserId, requests::words};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// Through which door a change came.
    DoorName { Web = "web", Api = "api", Bot = "bot", Job = "job", Provider = "provider" }
}

words! {
    /// What kinds of records have a history.
    ObjectType {
        Company = "company", Complex = "complex", Building = "building", Entrance = "entrance", Unit = "unit",
        Account = "account", Document = "document", Contact = "contact", Residency = "residency", User = "user",
        Invitation = "invitation", Import = "import", Setting = "setting", Request = "request",
        Outage = "outage", Riser = "riser", Kassa = "kassa", Payment = "payment",
        BankStatement = "bank_statement", BankLine = "bank_line", Reconciliation = "reconciliation",
        News = "news", Service = "service", Tariff = "tariff", ChargeRun = "charge_run",
    }
}

/// One audited action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditRow {
    pub id: AuditId,
    pub at: DateTime<Utc>,
    /// Nobody when the system did it.
    pub actor_id: Option<UserId>,
    pub actor_name: String,
    pub actor_role: Role,
    /// `web`, `api`, `bot`, `job` or `provider`.
    pub door: DoorName,
    /// `request.assign`, `update`, `reveal` …
    pub action: String,
    pub object_type: String,
    pub object_id: Option<uuid::Uuid>,
    /// The object's name today; absent when it is gone.
    pub object_name: Option<String>,
    pub changes: Vec<FieldChange>,
}

/// A field with what it was and what it became. Facts that have no "before" (rows of an export) have only `new`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldChange {
    pub field: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// Which part of the audit to show. Absent means "any".
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct AuditFilter {
    /// Who did it.
    pub actor_id: Option<UserId>,
    /// `request`, `user`, `building` …
    pub object_type: Option<String>,
    pub object_id: Option<uuid::Uuid>,
    pub action: Option<String>,
    /// `web`, `api`, `bot`, `job` or `provider`.
    pub door: Option<DoorName>,
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
    /// Words in the name of who did it, or in what changed; at least three letters.
    pub text: Option<String>,
    pub cursor: Option<String>,
    /// 1 to 100; 50 when absent.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100))]
    pub limit: Option<u32>,
}
