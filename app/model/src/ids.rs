//! Typed ids: a building's id cannot be passed where a unit's is wanted.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "openapi", schema(value_type = uuid::Uuid))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> { s.parse().map(Self) }
        }
        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self { Self(id) }
        }
        impl From<$name> for Uuid {
            fn from(id: $name) -> Self { id.0 }
        }
    )+};
}

ids! {
    /// A housing management company: the tenant.
    CompanyId,
    /// A residential complex (ЖК).
    ComplexId,
    BuildingId,
    EntranceId,
    /// A flat, shop, storage or parking place.
    UnitId,
    /// A personal account (лицевой счёт).
    AccountId,
    /// A person known to the company, with or without a login.
    ContactId,
    /// A telephone of a contact.
    PhoneId,
    /// A person's time in a unit.
    ResidencyId,
    /// A login: a staff member or a resident.
    UserId,
    /// One signed-in device: a family of refresh tokens.
    SessionId,
    /// A browser or app that gets notifications.
    PushDeviceId,
    RequestId,
    /// An entry of the classifier: what a request is about.
    ProblemId,
    /// A rule of who gets which requests.
    AssignmentRuleId,
    /// A duty: one that repeats each week, or a single one.
    ShiftId,
    /// A shift that was handed over.
    HandoverId,
    CommentId,
    /// A saved reply.
    ReplyId,
    /// A line of the call journal.
    CallId,
    /// What somebody was told at the desk.
    NoticeId,
    NewsId,
    FileId,
    /// A file that a client sends by itself.
    UploadId,
    /// A saved view of a list.
    SavedViewId,
    /// Work in the background.
    TaskId,
    /// A spreadsheet being read in.
    ImportId,
    /// An invitation of a staff member.
    InviteId,
    /// An invitation of a resident.
    ResidentInviteId,
    /// What somebody asks of the company: a home, or to be forgotten.
    ApplicationId,
    AuditId,
    /// A document of a house or of the company.
    DocumentId,
    /// A material or a service of the company.
    CatalogueId,
    /// A checklist of the company.
    ChecklistId,
    EstimateId,
    /// Work that comes back by itself.
    PlanId,
    /// A way through the houses.
    RouteId,
    /// A walk along a route.
    RoundId,
    RoundPointId,
    /// An outage (отключение).
    OutageId,
    /// What the detector thinks is an outage.
    ProposalId,
    /// A riser (стояк).
    RiserId,
    /// A movement in the ledger.
    EntryId,
    /// What is charged for: upkeep, waste, lift.
    ServiceId,
    /// A cash register of Payme or Click.
    KassaId,
    /// Money that came in.
    PaymentId,
    /// A bill that is paid once.
    BillId,
    /// A statement of the bank.
    StatementId,
    /// Money on a statement of the bank.
    BankLineId,
    /// Our books beside a provider's registry.
    ReconciliationId,
    /// Where the two differ.
    DifferenceId,
    /// What the daily look found.
    FindingId,
    /// An edition of a price.
    TariffId,
    /// Less to pay for one account.
    ReliefId,
    /// A monthly run of charges.
    RunId,
    /// What is taken off for days of absence or poor quality.
    RecalculationId,
    /// A sum booked on an account by hand.
    CorrectionId,
    /// An edition of what paying late costs.
    PenaltyRuleId,
    /// The penalty of an account for a month.
    PenaltyId,
    /// A penalty that is forgiven, or may be.
    WaiverId,
}
