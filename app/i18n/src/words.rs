//! Words for the model's enums, the same everywhere.

use crate::{Locale, case::lower, td_string};
use model::{
    Lang, Permission, Role,
    assignment::{By, Explanation, Mode},
    people::Relation,
    property::{Ground, Network, UnitKind, Visibility as DocumentVisibility},
    requests::{Action, Category, Kind, Priority, Source, Status},
    shifts::Duty,
    staff::{Skill, Visibility},
};

/// The word for a status.
pub fn status(l: Locale, value: Status) -> &'static str {
    match value {
        Status::New => td_string!(l, common.status_new),
        Status::Assigned => td_string!(l, common.status_assigned),
        Status::InProgress => td_string!(l, common.status_in_progress),
        Status::Deferred => td_string!(l, common.status_deferred),
        Status::Done => td_string!(l, common.status_done),
        Status::Returned => td_string!(l, common.status_returned),
        Status::Closed => td_string!(l, common.status_closed),
        Status::Cancelled => td_string!(l, common.status_cancelled),
        Status::Rejected => td_string!(l, common.status_rejected),
    }
}

/// The word for a action.
pub fn action(l: Locale, value: Action) -> &'static str {
    match value {
        Action::Assign => td_string!(l, common.action_assign),
        Action::Start => td_string!(l, common.action_start),
        Action::Defer => td_string!(l, common.action_defer),
        Action::Complete => td_string!(l, common.action_complete),
        Action::Return => td_string!(l, common.action_return),
        Action::Close => td_string!(l, common.action_close),
        Action::Cancel => td_string!(l, common.action_cancel),
        Action::Reject => td_string!(l, common.action_reject),
    }
}

/// The word for a kind.
pub fn kind(l: Locale, value: Kind) -> &'static str {
    match value {
        Kind::Regular => td_string!(l, common.kind_regular),
        Kind::Emergency => td_string!(l, common.kind_emergency),
        Kind::Paid => td_string!(l, common.kind_paid),
        Kind::Warranty => td_string!(l, common.kind_warranty),
    }
}

/// The word for a priority.
pub fn priority(l: Locale, value: Priority) -> &'static str {
    match value {
        Priority::Low => td_string!(l, common.priority_low),
        Priority::Normal => td_string!(l, common.priority_normal),
        Priority::High => td_string!(l, common.priority_high),
        Priority::Urgent => td_string!(l, common.priority_urgent),
    }
}

/// The word for a source.
pub fn source(l: Locale, value: Source) -> &'static str {
    match value {
        Source::Desk => td_string!(l, common.source_desk),
        Source::App => td_string!(l, common.source_app),
        Source::Bot => td_string!(l, common.source_bot),
        Source::Api => td_string!(l, common.source_api),
        Source::Call => td_string!(l, common.source_call),
        Source::Plan => td_string!(l, plans.source_plan),
        Source::Round => td_string!(l, plans.source_round),
    }
}

/// The word for a category.
pub fn category(l: Locale, value: Category) -> &'static str {
    match value {
        Category::Plumbing => td_string!(l, common.category_plumbing),
        Category::Electrical => td_string!(l, common.category_electrical),
        Category::Heating => td_string!(l, common.category_heating),
        Category::Elevator => td_string!(l, common.category_elevator),
        Category::Cleaning => td_string!(l, common.category_cleaning),
        Category::Doors => td_string!(l, common.category_doors),
        Category::Yard => td_string!(l, common.category_yard),
        Category::Other => td_string!(l, common.category_other),
    }
}

/// The word for a role.
pub fn role(l: Locale, value: Role) -> &'static str {
    match value {
        Role::SuperAdmin => td_string!(l, common.role_super_admin),
        Role::Admin => td_string!(l, common.role_admin),
        Role::Dispatcher => td_string!(l, common.role_dispatcher),
        Role::Staff => td_string!(l, common.role_staff),
        Role::Resident => td_string!(l, common.role_resident),
    }
}

/// The word for a skill.
pub fn skill(l: Locale, value: Skill) -> &'static str {
    match value {
        Skill::Plumber => td_string!(l, common.skill_plumber),
        Skill::Electrician => td_string!(l, common.skill_electrician),
        Skill::Heating => td_string!(l, common.skill_heating),
        Skill::Lift => td_string!(l, common.skill_lift),
        Skill::Cleaner => td_string!(l, common.skill_cleaner),
        Skill::Locksmith => td_string!(l, common.skill_locksmith),
        Skill::Handyman => td_string!(l, common.skill_handyman),
    }
}

/// The word for a relation.
pub fn relation(l: Locale, value: Relation) -> &'static str {
    match value {
        Relation::Owner => td_string!(l, common.relation_owner),
        Relation::Tenant => td_string!(l, common.relation_tenant),
        Relation::Relative => td_string!(l, common.relation_relative),
    }
}

/// What an application asks for.
pub fn application_kind(l: Locale, value: model::access::ApplicationKind) -> &'static str {
    use model::access::ApplicationKind as K;
    match value {
        K::Home => td_string!(l, access.kind_home),
        K::Attach => td_string!(l, access.kind_attach),
        K::Erase => td_string!(l, access.kind_erase),
    }
}

/// Where an application stands.
pub fn application_state(l: Locale, value: model::access::ApplicationState) -> &'static str {
    use model::access::ApplicationState as S;
    match value {
        S::Waiting => td_string!(l, access.state_waiting),
        S::Approved => td_string!(l, access.state_approved),
        S::Rejected => td_string!(l, access.state_rejected),
        S::Withdrawn => td_string!(l, access.state_withdrawn),
    }
}

/// The word for a unit_kind.
pub fn unit_kind(l: Locale, value: UnitKind) -> &'static str {
    match value {
        UnitKind::Flat => td_string!(l, common.unit_flat),
        UnitKind::Apartment => td_string!(l, common.unit_apartment),
        UnitKind::Shop => td_string!(l, common.unit_shop),
        UnitKind::Storage => td_string!(l, common.unit_storage),
        UnitKind::Parking => td_string!(l, common.unit_parking),
    }
}

/// What a staff member sees.
pub fn visibility(l: Locale, value: Visibility) -> &'static str {
    match value {
        Visibility::Company => td_string!(l, staff_admin.sees_company),
        Visibility::Zone => td_string!(l, staff_admin.sees_zone),
        Visibility::ZoneSkill => td_string!(l, staff_admin.sees_zone_skill),
        Visibility::Assigned => td_string!(l, staff_admin.sees_assigned),
    }
}

/// A language in its own words.
pub const fn language(value: Lang) -> &'static str {
    match value {
        Lang::Ru => "Русский",
        Lang::Uz => "Oʻzbekcha",
        Lang::En => "English",
    }
}

/// What a permission lets do. A permission without a sentence of its own is shown by its code.
pub fn permission(l: Locale, value: Permission) -> &'static str {
    match value.as_str() {
        "requests.read" => td_string!(l, settings.can_requests_read),
        "requests.read_own" => td_string!(l, settings.can_requests_read_own),
        "requests.create" => td_string!(l, settings.can_requests_create),
        "requests.update" => td_string!(l, settings.can_requests_update),
        "requests.update_own" => td_string!(l, settings.can_requests_update_own),
        "requests.assign" => td_string!(l, settings.can_requests_assign),
        "requests.comment_internal" => td_string!(l, settings.can_requests_comment_internal),
        "requests.rate" => td_string!(l, settings.can_requests_rate),
        "requests.decide" => td_string!(l, work.can_requests_decide),
        "calls.manage" => td_string!(l, together.can_calls_manage),
        "plans.manage" => td_string!(l, plans.can_plans_manage),
        "rounds.walk" => td_string!(l, plans.can_rounds_walk),
        "requests.export" => td_string!(l, settings.can_requests_export),
        "residents.read" => td_string!(l, settings.can_residents_read),
        "residents.create" => td_string!(l, settings.can_residents_create),
        "residents.reveal" => td_string!(l, settings.can_residents_reveal),
        "residents.manage" => td_string!(l, settings.can_residents_manage),
        "buildings.read" => td_string!(l, settings.can_buildings_read),
        "buildings.manage" => td_string!(l, settings.can_buildings_manage),
        "staff.read" => td_string!(l, settings.can_staff_read),
        "staff.manage" => td_string!(l, settings.can_staff_manage),
        "shifts.read" => td_string!(l, shifts.can_read),
        "shifts.manage" => td_string!(l, shifts.can_manage),
        "shifts.hand_over" => td_string!(l, shifts.can_hand_over),
        "notifications.read" => td_string!(l, notices.can_read),
        "notifications.send" => td_string!(l, notices.can_send),
        "reports.read" => td_string!(l, settings.can_reports_read),
        "settings.manage" => td_string!(l, settings.can_settings_manage),
        "payments.read" => td_string!(l, settings.can_payments_read),
        "payments.read_own" => td_string!(l, settings.can_payments_read_own),
        "payments.create" => td_string!(l, settings.can_payments_create),
        "payments.record" => td_string!(l, payments.can_record),
        "payments.refund" => td_string!(l, payments.can_refund),
        "kassas.manage" => td_string!(l, payments.can_kassas),
        "outages.read" => td_string!(l, settings.can_outages_read),
        "outages.manage" => td_string!(l, settings.can_outages_manage),
        "ledger.read" => td_string!(l, settings.can_ledger_read),
        "ledger.correct" => td_string!(l, settings.can_ledger_correct),
        "ledger.backdate" => td_string!(l, settings.can_ledger_backdate),
        "ledger.approve" => td_string!(l, settings.can_ledger_approve),
        "charges.manage" => td_string!(l, settings.can_charges_manage),
        "debts.manage" => td_string!(l, debts.can_debts_manage),
        "tariffs.manage" => td_string!(l, settings.can_tariffs_manage),
        "imports.run" => td_string!(l, settings.can_imports_run),
        "homes.manage" => td_string!(l, settings.can_homes_manage),
        "users.look_as" => td_string!(l, settings.can_users_look_as),
        "audit.read" => td_string!(l, settings.can_audit_read),
        "operations.read" => td_string!(l, operations.can_read),
        "operations.manage" => td_string!(l, operations.can_manage),
        "companies.manage" => td_string!(l, settings.can_companies_manage),
        "profile.manage" => td_string!(l, settings.can_profile_manage),
        other => other,
    }
}

/// The word for a network a house is connected to.
pub fn network(l: Locale, value: Network) -> &'static str {
    match value {
        Network::ColdWater => td_string!(l, property.net_cold_water),
        Network::HotWater => td_string!(l, property.net_hot_water),
        Network::Sewerage => td_string!(l, property.net_sewerage),
        Network::Gas => td_string!(l, property.net_gas),
        Network::Electricity => td_string!(l, property.net_electricity),
        Network::Heating => td_string!(l, property.net_heating),
        Network::Internet => td_string!(l, property.net_internet),
    }
}

/// What is on a first floor.
pub fn ground(l: Locale, value: Ground) -> &'static str {
    match value {
        Ground::Homes => td_string!(l, property.ground_homes),
        Ground::Shops => td_string!(l, property.ground_shops),
        Ground::Empty => td_string!(l, property.ground_empty),
    }
}

/// Who may read a document.
pub fn document_visibility(l: Locale, value: DocumentVisibility) -> &'static str {
    match value {
        DocumentVisibility::Internal => td_string!(l, property.visible_internal),
        DocumentVisibility::Residents => td_string!(l, property.visible_residents),
        DocumentVisibility::Public => td_string!(l, property.visible_public),
    }
}

/// What somebody is on duty as.
pub fn duty(l: Locale, value: Duty) -> &'static str {
    match value {
        Duty::Dispatcher => td_string!(l, shifts.duty_dispatcher),
        Duty::Field => td_string!(l, shifts.duty_field),
    }
}

/// What the system does about a new request.
pub fn mode(l: Locale, value: Mode) -> &'static str {
    match value {
        Mode::Off => td_string!(l, assignment.mode_off),
        Mode::Suggest => td_string!(l, assignment.mode_suggest),
        Mode::Auto => td_string!(l, assignment.mode_auto),
    }
}

/// Why somebody, in one line: `plumber, looks after this house, on shift, 3 open — fewest`.
pub fn why(l: Locale, value: &Explanation) -> String {
    let mut all: Vec<String> = Vec::new();
    match value.by {
        By::Rule => all.push(td_string!(l, assignment.why_rule).to_owned()),
        By::Usual => all.push(td_string!(l, assignment.why_usual).to_owned()),
        By::Duty => all.push(td_string!(l, assignment.why_duty).to_owned()),
        By::Skill => {}
    }
    all.extend(value.skill.map(|trade| lower(skill(l, trade))));
    if value.in_zone {
        all.push(td_string!(l, assignment.why_zone).to_owned());
    }
    if value.on_shift && value.by != By::Duty {
        all.push(td_string!(l, assignment.why_shift).to_owned());
    }
    let open = td_string!(l, assignment.why_open, n = value.open.to_string()).to_string();
    all.push(if value.fewest { format!("{open} — {}", td_string!(l, assignment.why_fewest)) } else { open });
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_right_has_words() {
        for l in [Locale::ru, Locale::uz, Locale::en] {
            for right in Permission::ALL {
                assert_ne!(permission(l, *right), right.as_str());
            }
        }
    }
}
