//! Who acts, and what they may see under one permission.

use crate::Result;
use chrono::{DateTime, Utc};
use model::{
    BuildingId, Code, CompanyId, ContactId, Lang, Permission, Role, SessionId, UnitId, UserId,
    auth::Danger,
    requests::Category,
    staff::{Skill, Visibility},
};

/// Through which door a change came; written into the audit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Door {
    #[default]
    Web,
    Api,
    Bot,
    Job,
    /// A payment system.
    Provider,
}

impl Door {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Api => "api",
            Self::Bot => "bot",
            Self::Job => "job",
            Self::Provider => "provider",
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
    pub(crate) view: View,
    /// Proved who they are within the last minutes; also true of who is never asked (residents, jobs).
    pub(crate) proven: bool,
    /// Set where somebody only looks at the product as this person.
    pub(crate) looking: Option<Behind>,
}

/// Who really reads, where somebody looks at the product as another person.
#[derive(Clone, Debug)]
pub struct Behind {
    pub user_id: UserId,
    pub name: String,
    pub role: Role,
    /// When the look ends by itself.
    pub until: DateTime<Utc>,
}

/// What a staff member sees of the requests besides those they were given.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub visibility: Visibility,
    /// Buildings they look after, also those of whole complexes.
    pub zones: Vec<BuildingId>,
    pub skills: Vec<Skill>,
    /// Where a resident lives now.
    pub homes: Homes,
}

/// The homes of a resident at this moment: what they filed about a home is theirs to see while they live there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Homes {
    pub units: Vec<uuid::Uuid>,
    pub buildings: Vec<uuid::Uuid>,
}

impl Homes {
    pub fn new(units: Vec<uuid::Uuid>, buildings: Vec<uuid::Uuid>) -> Self {
        Self { units, buildings }
    }

    /// Whether something in this flat, or in the common parts of this house, is at home.
    fn hold(&self, unit: Option<UnitId>, building: BuildingId) -> bool {
        match unit {
            Some(unit) => self.units.contains(&unit.0),
            None => self.buildings.contains(&building.0),
        }
    }
}

impl View {
    /// Everything; who is not staff is limited in another way.
    pub fn company() -> Self {
        Self { visibility: Visibility::Company, zones: Vec::new(), skills: Vec::new(), homes: Homes::default() }
    }

    /// Only what was given to them, which is nothing for who is gone.
    pub fn nothing() -> Self {
        Self { visibility: Visibility::Assigned, zones: Vec::new(), skills: Vec::new(), homes: Homes::default() }
    }

    fn reach(&self, user: UserId) -> Reach {
        let (zones, trades) = match self.visibility {
            Visibility::Company => return Reach::Company,
            Visibility::Zone => (self.zones.clone(), None),
            Visibility::ZoneSkill => {
                (self.zones.clone(), Some(self.skills.iter().flat_map(|skill| skill.categories()).collect()))
            }
            Visibility::Assigned => (Vec::new(), None),
        };
        Reach::Zone { user, zones, trades }
    }
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
            view: View::company(),
            proven: true,
            looking: None,
        }
    }

    /// A payment system speaking through one of the company's kassas.
    pub(crate) fn provider(company_id: CompanyId, name: &str) -> Self {
        Self { name: name.to_owned(), door: Door::Provider, ..Self::system(company_id) }
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
    /// Who really reads, where somebody only looks as this person.
    pub fn looking(&self) -> Option<&Behind> {
        self.looking.as_ref()
    }

    /// For changes outside a transaction of the company, which refuses them by itself.
    ///
    /// # Errors
    /// `looking_as` when somebody only looks as this person.
    pub(crate) fn acts(&self) -> Result<()> {
        if self.looking.is_some() { Err(Code::LookingAs.into()) } else { Ok(()) }
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
        let reach = match self.role {
            Role::Resident => Reach::Own(self.contact_id.ok_or(Code::Forbidden)?, self.view.homes.clone()),
            // Work on a request, and a round, belong to whom they were given.
            Role::Staff if matches!(permission, Permission::RequestsUpdateOwn | Permission::RoundsWalk) => {
                Reach::Zone { user: self.user()?, zones: Vec::new(), trades: None }
            }
            Role::Staff | Role::Dispatcher if permission.is_about_requests() => self.view.reach(self.user()?),
            _ => Reach::Company,
        };
        Ok(Scope { company_id: self.company_id, user: self.user_id, reach })
    }

    /// Holds a dangerous action back until the person has proven themselves lately: asked after the right to it and before
    /// anything is looked at.
    ///
    /// # Errors
    /// `confirm_needed` when the last proof is too old; `looking_as` when somebody only looks as this person.
    pub(crate) fn proves(&self, danger: Danger) -> Result<()> {
        self.acts()?;
        if self.proven {
            return Ok(());
        }
        tracing::debug!(%danger, user = ?self.user_id, "has to be confirmed");
        Err(Code::ConfirmNeeded.into())
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
    /// Who holds it, for what is meant for one person.
    user: Option<UserId>,
    reach: Reach,
}

#[derive(Clone, Debug)]
enum Reach {
    /// Everything of the company.
    Company,
    /// Requests given to this person or lying in these buildings, of these categories where the trade decides.
    Zone { user: UserId, zones: Vec<BuildingId>, trades: Option<Vec<Category>> },
    /// What the resident filed about the homes they live in now.
    Own(ContactId, Homes),
}

/// The scope as bind values:
/// `(all or assignee = user or (building in zones and category in trades) or (contact = own and at home))`; at home is
/// what lies in one of `units`, or has no unit and lies in one of `buildings`.
pub(crate) struct RequestReach {
    pub all: bool,
    pub user: Option<uuid::Uuid>,
    pub zones: Vec<uuid::Uuid>,
    /// Any category when absent.
    pub trades: Option<Vec<String>>,
    pub contact: Option<uuid::Uuid>,
    pub units: Vec<uuid::Uuid>,
    pub buildings: Vec<uuid::Uuid>,
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
            Reach::Own(contact, _) => Some(contact),
            _ => None,
        }
    }

    /// The buildings outside of which the holder may not file; everywhere when absent.
    pub(crate) fn zone(&self) -> Option<Vec<uuid::Uuid>> {
        match &self.reach {
            Reach::Zone { zones, .. } => Some(zones.iter().map(|b| b.0).collect()),
            Reach::Company | Reach::Own(..) => None,
        }
    }

    pub(crate) fn requests(&self) -> RequestReach {
        let nothing = RequestReach {
            all: false,
            user: None,
            zones: Vec::new(),
            trades: None,
            contact: None,
            units: Vec::new(),
            buildings: Vec::new(),
        };
        match &self.reach {
            Reach::Company => RequestReach { all: true, ..nothing },
            Reach::Zone { user, zones, trades } => RequestReach {
                user: Some(user.0),
                zones: zones.iter().map(|b| b.0).collect(),
                trades: trades.as_ref().map(|all| all.iter().map(|c| c.as_str().to_owned()).collect()),
                ..nothing
            },
            Reach::Own(contact, homes) => RequestReach {
                contact: Some(contact.0),
                units: homes.units.clone(),
                buildings: homes.buildings.clone(),
                ..nothing
            },
        }
    }

    /// Whether a live event for this audience may reach the holder.
    pub fn hears(&self, company: CompanyId, audience: &crate::events::Audience) -> bool {
        if !audience.users.is_empty() {
            return company == self.company_id && self.user.is_some_and(|user| audience.users.contains(&user));
        }
        company == self.company_id
            && match &self.reach {
                Reach::Company => true,
                Reach::Zone { user, zones, trades } => {
                    audience.assignee_id == Some(*user)
                        || audience.former_assignee_id == Some(*user)
                        || ((zones.contains(&audience.building_id)
                            || audience.buildings.iter().any(|building| zones.contains(building)))
                            && trades.as_ref().is_none_or(|t| audience.categories.iter().any(|c| t.contains(c))))
                }
                Reach::Own(contact, homes) => {
                    !audience.internal
                        && (audience.contacts.contains(contact)
                            || audience.lived_in.iter().any(|house| homes.buildings.contains(&house.0))
                            || (audience.contact_id == Some(*contact)
                                && homes.hold(audience.unit_id, audience.building_id)))
                }
            }
    }
}
