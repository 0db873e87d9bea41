//! Who acts, and what they may see under one permission.

use crate::Result;
use model::{BuildingId, Code, CompanyId, ContactId, Lang, Permission, Role, SessionId, UserId};

/// Through which door a change came; written into the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    Web,
    Api,
    Bot,
    Job,
}

impl Door {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Api => "api",
            Self::Bot => "bot",
            Self::Job => "job",
        }
    }
}

/// An authenticated caller. Built only by `domain::auth` (and for jobs by [`Actor::system`]), never deserialised.
#[derive(Clone, Debug)]
pub struct Actor {
    pub(crate) user_id: Option<UserId>,
    pub(crate) session_id: Option<SessionId>,
    pub(crate) contact_id: Option<ContactId>,
    pub(crate) company_id: CompanyId,
    pub(crate) role: Role,
    pub(crate) name: String,
    pub(crate) lang: Lang,
    pub(crate) door: Door,
    /// Buildings a field worker looks after; empty for everybody else.
    pub(crate) zones: Vec<BuildingId>,
}

impl Actor {
    /// A job working for one company, with the rights of its admin.
    pub fn system(company_id: CompanyId) -> Self {
        Self {
            user_id: None,
            session_id: None,
            contact_id: None,
            company_id,
            role: Role::Admin,
            name: String::new(),
            lang: Lang::Ru,
            door: Door::Job,
            zones: Vec::new(),
        }
    }

    pub fn user_id(&self) -> Option<UserId> {
        self.user_id
    }
    pub fn session_id(&self) -> Option<SessionId> {
        self.session_id
    }
    pub fn contact_id(&self) -> Option<ContactId> {
        self.contact_id
    }
    pub fn company_id(&self) -> CompanyId {
        self.company_id
    }
    pub fn role(&self) -> Role {
        self.role
    }
    pub fn name(&self) -> &str {
        &self.name
    }
    pub fn lang(&self) -> Lang {
        self.lang
    }
    pub fn door(&self) -> Door {
        self.door
    }

    /// The signed-in user, for use cases about the person's own settings.
    pub(crate) fn user(&self) -> Result<UserId> {
        self.user_id.ok_or_else(|| Code::Forbidden.into())
    }

    /// What the actor may see under `permission`: the only way to a [`Scope`].
    ///
    /// # Errors
    /// `forbidden` when the role lacks the permission.
    pub fn scope(&self, permission: Permission) -> Result<Scope> {
        if !self.role.can(permission) {
            return Err(Code::Forbidden.into());
        }
        let reach = match (self.role, permission) {
            (Role::Resident, _) => Reach::Own(self.contact_id.ok_or(Code::Forbidden)?),
            (Role::Staff, Permission::RequestsUpdateOwn) => Reach::Assigned { user: self.user()?, zones: Vec::new() },
            (Role::Staff, Permission::RequestsRead | Permission::RequestsCommentInternal) => {
                Reach::Assigned { user: self.user()?, zones: self.zones.clone() }
            }
            _ => Reach::Company,
        };
        Ok(Scope { company_id: self.company_id, reach })
    }

    /// The first of `permissions` the role has decides the scope.
    pub fn scope_any(&self, permissions: &[Permission]) -> Result<Scope> {
        let held = permissions.iter().find(|p| self.role.can(**p)).ok_or(Code::Forbidden)?;
        self.scope(*held)
    }
}

/// A proven right to see some rows. Every scoped query demands one.
#[derive(Clone, Debug)]
pub struct Scope {
    company_id: CompanyId,
    reach: Reach,
}

#[derive(Clone, Debug)]
enum Reach {
    /// Everything of the company.
    Company,
    /// Requests given to this worker or lying in their buildings.
    Assigned { user: UserId, zones: Vec<BuildingId> },
    /// What the resident filed.
    Own(ContactId),
}

/// The scope as bind values: `(all or assignee = user or building in zones or contact = own)`.
pub(crate) struct RequestReach {
    pub all: bool,
    pub user: Option<uuid::Uuid>,
    pub zones: Vec<uuid::Uuid>,
    pub contact: Option<uuid::Uuid>,
}

impl Scope {
    pub fn company_id(&self) -> CompanyId {
        self.company_id
    }

    pub(crate) fn company(&self) -> uuid::Uuid {
        self.company_id.0
    }

    /// The resident whose own rows these are.
    pub(crate) fn own_contact(&self) -> Option<ContactId> {
        match self.reach {
            Reach::Own(contact) => Some(contact),
            _ => None,
        }
    }

    pub(crate) fn requests(&self) -> RequestReach {
        let nothing = RequestReach { all: false, user: None, zones: Vec::new(), contact: None };
        match &self.reach {
            Reach::Company => RequestReach { all: true, ..nothing },
            Reach::Assigned { user, zones } => {
                RequestReach { user: Some(user.0), zones: zones.iter().map(|b| b.0).collect(), ..nothing }
            }
            Reach::Own(contact) => RequestReach { contact: Some(contact.0), ..nothing },
        }
    }

    /// Whether a live event for this audience may reach the holder.
    pub fn hears(&self, company: CompanyId, audience: &crate::events::Audience) -> bool {
        company == self.company_id
            && match &self.reach {
                Reach::Company => true,
                Reach::Assigned { user, zones } => {
                    audience.assignee_id == Some(*user)
                        || audience.former_assignee_id == Some(*user)
                        || zones.contains(&audience.building_id)
                }
                Reach::Own(contact) => !audience.internal && audience.contact_id == Some(*contact),
            }
    }
}
