//! Roles and what they may do. The document's `ROLES` table with its wildcards expanded, plus the finer
//! permissions the features need. The server decides by this matrix; pages only hide by it.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    SuperAdmin,
    Admin,
    Dispatcher,
    Staff,
    Resident,
}

impl Role {
    pub const ALL: [Self; 5] = [Self::SuperAdmin, Self::Admin, Self::Dispatcher, Self::Staff, Self::Resident];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SuperAdmin => "super_admin",
            Self::Admin => "admin",
            Self::Dispatcher => "dispatcher",
            Self::Staff => "staff",
            Self::Resident => "resident",
        }
    }

    /// Works at the desk (`/desk`).
    pub const fn is_desk(self) -> bool {
        matches!(self, Self::SuperAdmin | Self::Admin | Self::Dispatcher)
    }

    /// How much the role may do to other staff: nobody manages somebody above themselves.
    pub const fn rank(self) -> u8 {
        match self {
            Self::SuperAdmin => 4,
            Self::Admin => 3,
            Self::Dispatcher => 2,
            Self::Staff => 1,
            Self::Resident => 0,
        }
    }

    /// May give `role` to somebody, or manage somebody who has it.
    pub const fn may_manage(self, role: Self) -> bool {
        self.rank() >= role.rank() && !matches!(role, Self::SuperAdmin | Self::Resident)
    }

    pub fn can(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            // "*"
            Self::SuperAdmin => true,
            // requests.*, residents.*, reports.read, settings.*
            Self::Admin => !matches!(
                permission,
                P::CompaniesManage
                    | P::OperationsRead
                    | P::OperationsManage
                    | P::RequestsRate
                    | P::RequestsDecide
                    | P::HomesManage
            ),
            // requests.*, residents.read; somebody new who calls is taken into the register by who answers
            Self::Dispatcher => matches!(
                permission,
                P::RequestsRead
                    | P::RequestsCreate
                    | P::RequestsUpdate
                    | P::RequestsAssign
                    | P::RequestsCommentInternal
                    | P::RequestsExport
                    | P::CallsManage
                    | P::ResidentsRead
                    | P::ResidentsCreate
                    | P::BuildingsRead
                    | P::OutagesRead
                    | P::OutagesManage
                    | P::StaffRead
                    // who calls asks what they owe
                    | P::LedgerRead
                    | P::PlansManage
                    | P::RoundsWalk
                    | P::NotificationsRead
                    // the water is off tomorrow: who knows it writes it
                    | P::NotificationsSend
                    | P::ShiftsRead
                    | P::ShiftsHandOver
                    | P::ProfileManage
            ),
            // requests.read, requests.update_own
            Self::Staff => matches!(
                permission,
                P::RequestsRead
                    | P::RequestsUpdateOwn
                    | P::RequestsCommentInternal
                    | P::BuildingsRead
                    | P::RoundsWalk
                    | P::OutagesRead
                    | P::ProfileManage
            ),
            // requests.create, requests.read_own, payments.*
            Self::Resident => matches!(
                permission,
                P::RequestsCreate
                    | P::RequestsReadOwn
                    | P::RequestsRate
                    | P::RequestsDecide
                    | P::PaymentsReadOwn
                    | P::PaymentsCreate
                    | P::ProfileManage
                    | P::HomesManage
            ),
        }
    }

    pub fn permissions(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |p| self.can(*p))
    }
}

impl FromStr for Role {
    type Err = ();
    fn from_str(s: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|role| role.as_str() == s).ok_or(())
    }
}

macro_rules! permissions {
    ($($name:ident = $text:tt),+ $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Permission { $(#[serde(rename = $text)] $name),+ }

        impl Permission {
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $text),+ } }
        }
    };
}

impl Permission {
    /// Whether it is about requests, which a staff member's visibility limits.
    pub fn is_about_requests(self) -> bool {
        self.as_str().starts_with("requests.")
    }
}

permissions! {
    RequestsRead = "requests.read",
    RequestsReadOwn = "requests.read_own",
    RequestsCreate = "requests.create",
    RequestsUpdate = "requests.update",
    RequestsUpdateOwn = "requests.update_own",
    RequestsAssign = "requests.assign",
    RequestsCommentInternal = "requests.comment_internal",
    RequestsRate = "requests.rate",
    RequestsDecide = "requests.decide",
    RequestsExport = "requests.export",
    CallsManage = "calls.manage",
    PlansManage = "plans.manage",
    RoundsWalk = "rounds.walk",
    ResidentsRead = "residents.read",
    ResidentsCreate = "residents.create",
    ResidentsManage = "residents.manage",
    ResidentsReveal = "residents.reveal",
    BuildingsRead = "buildings.read",
    BuildingsManage = "buildings.manage",
    StaffRead = "staff.read",
    StaffManage = "staff.manage",
    OutagesRead = "outages.read",
    OutagesManage = "outages.manage",
    NotificationsRead = "notifications.read",
    NotificationsSend = "notifications.send",
    ShiftsRead = "shifts.read",
    ShiftsManage = "shifts.manage",
    ShiftsHandOver = "shifts.hand_over",
    ReportsRead = "reports.read",
    SettingsManage = "settings.manage",
    PaymentsRead = "payments.read",
    PaymentsReadOwn = "payments.read_own",
    PaymentsCreate = "payments.create",
    LedgerRead = "ledger.read",
    LedgerCorrect = "ledger.correct",
    LedgerBackdate = "ledger.backdate",
    LedgerApprove = "ledger.approve",
    ChargesManage = "charges.manage",
    TariffsManage = "tariffs.manage",
    DebtsManage = "debts.manage",
    PaymentsRecord = "payments.record",
    PaymentsRefund = "payments.refund",
    KassasManage = "kassas.manage",
    AuditRead = "audit.read",
    ImportsRun = "imports.run",
    CompaniesManage = "companies.manage",
    OperationsRead = "operations.read",
    OperationsManage = "operations.manage",
    ProfileManage = "profile.manage",
    HomesManage = "homes.manage",
    LookAs = "users.look_as",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_table_holds() {
        use Permission as P;
        for p in [P::RequestsRead, P::RequestsCreate, P::RequestsUpdate, P::RequestsAssign] {
            assert!(Role::Admin.can(p) && Role::Dispatcher.can(p), "{p:?}");
        }
        assert!(
            Role::Admin.can(P::ResidentsManage)
                && Role::Admin.can(P::ReportsRead)
                && Role::Admin.can(P::SettingsManage)
        );
        assert!(Role::Dispatcher.can(P::ResidentsRead) && !Role::Dispatcher.can(P::ResidentsManage));
        assert!(
            Role::Staff.can(P::RequestsRead)
                && Role::Staff.can(P::RequestsUpdateOwn)
                && !Role::Staff.can(P::RequestsUpdate)
        );
        assert!(
            Role::Resident.can(P::RequestsCreate)
                && Role::Resident.can(P::RequestsReadOwn)
                && !Role::Resident.can(P::RequestsRead)
        );
        assert!(Role::SuperAdmin.permissions().count() == P::ALL.len());
        assert!(!Role::Admin.can(P::CompaniesManage) && !Role::Admin.can(P::OperationsRead));
        assert!(Role::ALL.into_iter().all(|role| role.can(P::LookAs) == (role.rank() >= Role::Admin.rank())));
    }
}
