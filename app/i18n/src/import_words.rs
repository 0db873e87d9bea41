//! The words of imports: columns, reasons, states.

use crate::{Locale, td_string, when, words};
use chrono::{DateTime, NaiveDate, Utc};
use model::{
    Lang, Money, Phone,
    imports::{Field, ImportKind, ImportState, Trouble, Verdict},
    staff::Skill,
};

/// The title of a column.
pub fn field(l: Locale, value: Field) -> &'static str {
    match value {
        Field::Complex => td_string!(l, imports.field_complex),
        Field::Address => td_string!(l, imports.field_address),
        Field::Year => td_string!(l, imports.field_year),
        Field::Storeys => td_string!(l, imports.field_storeys),
        Field::Lift => td_string!(l, imports.field_lift),
        Field::Entrance => td_string!(l, imports.field_entrance),
        Field::Floor => td_string!(l, imports.field_floor),
        Field::Unit => td_string!(l, imports.field_unit),
        Field::UnitKind => td_string!(l, imports.field_unit_kind),
        Field::Area => td_string!(l, imports.field_area),
        Field::Rooms => td_string!(l, imports.field_rooms),
        Field::Account => td_string!(l, imports.field_account),
        Field::Name => td_string!(l, imports.field_name),
        Field::Phone => td_string!(l, imports.field_phone),
        Field::Phone2 => td_string!(l, imports.field_phone2),
        Field::Email => td_string!(l, imports.field_email),
        Field::Lang => td_string!(l, imports.field_lang),
        Field::Note => td_string!(l, imports.field_note),
        Field::Relation => td_string!(l, imports.field_relation),
        Field::Share => td_string!(l, imports.field_share),
        Field::Since => td_string!(l, imports.field_since),
        Field::Login => td_string!(l, imports.field_login),
        Field::Role => td_string!(l, imports.field_role),
        Field::Skills => td_string!(l, imports.field_skills),
        Field::Zones => td_string!(l, imports.field_zones),
        Field::Created => td_string!(l, imports.field_created),
        Field::Status => td_string!(l, imports.field_status),
        Field::Category => td_string!(l, imports.field_category),
        Field::RequestKind => td_string!(l, imports.field_request_kind),
        Field::Priority => td_string!(l, imports.field_priority),
        Field::Description => td_string!(l, imports.field_description),
        Field::Assignee => td_string!(l, imports.field_assignee),
        Field::Completed => td_string!(l, imports.field_completed),
        Field::Result => td_string!(l, imports.field_result),
        Field::Rating => td_string!(l, imports.field_rating),
        Field::Amount => td_string!(l, imports.field_amount),
        Field::AsOf => td_string!(l, imports.field_as_of),
    }
}

/// What to write into a column.
pub fn about(l: Locale, value: Field) -> &'static str {
    match value {
        Field::Complex => td_string!(l, imports.about_complex),
        Field::Address => td_string!(l, imports.about_address),
        Field::Year => td_string!(l, imports.about_year),
        Field::Storeys => td_string!(l, imports.about_storeys),
        Field::Lift => td_string!(l, imports.about_lift),
        Field::Entrance => td_string!(l, imports.about_entrance),
        Field::Floor => td_string!(l, imports.about_floor),
        Field::Unit => td_string!(l, imports.about_unit),
        Field::UnitKind => td_string!(l, imports.about_unit_kind),
        Field::Area => td_string!(l, imports.about_area),
        Field::Rooms => td_string!(l, imports.about_rooms),
        Field::Account => td_string!(l, imports.about_account),
        Field::Name => td_string!(l, imports.about_name),
        Field::Phone => td_string!(l, imports.about_phone),
        Field::Phone2 => td_string!(l, imports.about_phone2),
        Field::Email => td_string!(l, imports.about_email),
        Field::Lang => td_string!(l, imports.about_lang),
        Field::Note => td_string!(l, imports.about_note),
        Field::Relation => td_string!(l, imports.about_relation),
        Field::Share => td_string!(l, imports.about_share),
        Field::Since => td_string!(l, imports.about_since),
        Field::Login => td_string!(l, imports.about_login),
        Field::Role => td_string!(l, imports.about_role),
        Field::Skills => td_string!(l, imports.about_skills),
        Field::Zones => td_string!(l, imports.about_zones),
        Field::Created => td_string!(l, imports.about_created),
        Field::Status => td_string!(l, imports.about_status),
        Field::Category => td_string!(l, imports.about_category),
        Field::RequestKind => td_string!(l, imports.about_request_kind),
        Field::Priority => td_string!(l, imports.about_priority),
        Field::Description => td_string!(l, imports.about_description),
        Field::Assignee => td_string!(l, imports.about_assignee),
        Field::Completed => td_string!(l, imports.about_completed),
        Field::Result => td_string!(l, imports.about_result),
        Field::Rating => td_string!(l, imports.about_rating),
        Field::Amount => td_string!(l, imports.about_amount),
        Field::AsOf => td_string!(l, imports.about_as_of),
    }
}

/// What is imported.
pub fn kind(l: Locale, value: ImportKind) -> &'static str {
    match value {
        ImportKind::Property => td_string!(l, imports.kind_property),
        ImportKind::People => td_string!(l, imports.kind_people),
        ImportKind::Staff => td_string!(l, imports.kind_staff),
        ImportKind::Requests => td_string!(l, imports.kind_requests),
        ImportKind::Balances => td_string!(l, imports.kind_balances),
    }
}

/// What a row of it is.
pub fn about_kind(l: Locale, value: ImportKind) -> &'static str {
    match value {
        ImportKind::Property => td_string!(l, imports.about_kind_property),
        ImportKind::People => td_string!(l, imports.about_kind_people),
        ImportKind::Staff => td_string!(l, imports.about_kind_staff),
        ImportKind::Requests => td_string!(l, imports.about_kind_requests),
        ImportKind::Balances => td_string!(l, imports.about_kind_balances),
    }
}

/// How an import stands.
pub fn state(l: Locale, value: ImportState) -> &'static str {
    match value {
        ImportState::Uploaded => td_string!(l, imports.state_uploaded),
        ImportState::Checking => td_string!(l, imports.state_checking),
        ImportState::Checked => td_string!(l, imports.state_checked),
        ImportState::Running => td_string!(l, imports.state_running),
        ImportState::Done => td_string!(l, imports.state_done),
        ImportState::Stopped => td_string!(l, imports.state_stopped),
        ImportState::Undoing => td_string!(l, imports.state_undoing),
        ImportState::Undone => td_string!(l, imports.state_undone),
    }
}

/// What becomes of a row.
pub fn verdict(l: Locale, value: Verdict) -> &'static str {
    match value {
        Verdict::New => td_string!(l, imports.verdict_new),
        Verdict::Changed => td_string!(l, imports.verdict_changed),
        Verdict::Same => td_string!(l, imports.verdict_same),
        Verdict::Wrong => td_string!(l, imports.verdict_wrong),
    }
}

/// Why an undo left a record.
pub fn kept(l: Locale, reason: &str) -> &'static str {
    match reason {
        "has_login" => td_string!(l, imports.kept_has_login),
        "changed_since" => td_string!(l, imports.kept_changed_since),
        _ => td_string!(l, imports.kept_in_use),
    }
}

/// The kind of a record.
pub fn object(l: Locale, object_type: &str) -> &'static str {
    match object_type {
        "complex" => td_string!(l, imports.object_complex),
        "building" => td_string!(l, imports.object_building),
        "entrance" => td_string!(l, imports.object_entrance),
        "unit" => td_string!(l, imports.object_unit),
        "account" => td_string!(l, imports.object_account),
        "contact" => td_string!(l, imports.object_contact),
        "residency" => td_string!(l, imports.object_residency),
        "user" => td_string!(l, imports.object_user),
        "request" => td_string!(l, imports.object_request),
        _ => td_string!(l, imports.object_opening_balance),
    }
}

/// A cleaned value as it will stand in the register; as it is where there are no words for it.
pub fn value(l: Locale, field: Field, text: &str) -> String {
    let said = match field {
        Field::UnitKind => text.parse().ok().map(|kind| words::unit_kind(l, kind).to_owned()),
        Field::Relation => text.parse().ok().map(|relation| words::relation(l, relation).to_owned()),
        Field::Role => text.parse().ok().map(|role| words::role(l, role).to_owned()),
        Field::Status => text.parse().ok().map(|status| words::status(l, status).to_owned()),
        Field::Category => text.parse().ok().map(|category| words::category(l, category).to_owned()),
        Field::RequestKind => text.parse().ok().map(|kind| words::kind(l, kind).to_owned()),
        Field::Priority => text.parse().ok().map(|priority| words::priority(l, priority).to_owned()),
        Field::Lang => Lang::parse(text).map(|lang| words::language(lang).to_owned()),
        Field::Phone | Field::Phone2 => Phone::parse(text).as_ref().map(Phone::pretty),
        Field::Amount => text.parse().ok().map(|tiyin| Money::from_tiyin(tiyin).to_string()),
        Field::Area => text.parse().ok().map(square_metres),
        Field::Since | Field::AsOf => text.parse::<NaiveDate>().ok().as_ref().map(when::date),
        Field::Created | Field::Completed => text.parse::<DateTime<Utc>>().ok().map(|at| when::full(l, at)),
        Field::Lift if text == "true" => Some(td_string!(l, common.yes).to_owned()),
        Field::Lift if text == "false" => Some(td_string!(l, common.no).to_owned()),
        Field::Skills => {
            let one = |word: &str| match word.parse::<Skill>() {
                Ok(skill) => words::skill(l, skill).to_owned(),
                Err(()) => word.to_owned(),
            };
            Some(text.split("; ").map(one).collect::<Vec<_>>().join("; "))
        }
        _ => None,
    };
    said.unwrap_or_else(|| text.to_owned())
}

/// Square centimetres as square metres, without zeros at the end: 452 300 is `45,23`.
fn square_metres(cm2: i64) -> String {
    let (whole, rest) = (cm2 / 10_000, cm2 % 10_000);
    if rest == 0 { whole.to_string() } else { format!("{whole},{rest:04}").trim_end_matches('0').to_owned() }
}

/// A reason in words: `Phone: is not a phone of Uzbekistan («12»)`.
pub fn trouble(l: Locale, trouble: &Trouble) -> String {
    let why = why(l, &trouble.code);
    let named = trouble.field.map(|f| format!("{}: ", field(l, f))).unwrap_or_default();
    // Rows are told by number, everything else as it stands in the cell.
    let value = match trouble.code.as_str() {
        _ if trouble.value.is_empty() => String::new(),
        code if code.starts_with("repeated_") => format!(" {}", trouble.value),
        _ => format!(" («{}»)", trouble.value),
    };
    format!("{named}{why}{value}")
}

/// All reasons of a row.
pub fn troubles(l: Locale, all: &[Trouble]) -> String {
    all.iter().map(|one| trouble(l, one)).collect::<Vec<_>>().join("; ")
}

fn why(l: Locale, code: &str) -> &'static str {
    match code {
        "required" => td_string!(l, imports.why_required),
        "too_long" => td_string!(l, imports.why_too_long),
        "bad_number" => td_string!(l, imports.why_bad_number),
        "out_of_range" => td_string!(l, imports.why_out_of_range),
        "bad_amount" => td_string!(l, imports.why_bad_amount),
        "bad_phone" => td_string!(l, imports.why_bad_phone),
        "bad_email" => td_string!(l, imports.why_bad_email),
        "bad_login" => td_string!(l, imports.why_bad_login),
        "bad_share" => td_string!(l, imports.why_bad_share),
        "bad_date" => td_string!(l, imports.why_bad_date),
        "ambiguous_address" => td_string!(l, imports.why_ambiguous_address),
        "no_such_address" => td_string!(l, imports.why_no_such_address),
        "no_such_unit" => td_string!(l, imports.why_no_such_unit),
        "no_such_account" => td_string!(l, imports.why_no_such_account),
        "no_such_worker" => td_string!(l, imports.why_no_such_worker),
        "account_of_other_unit" => td_string!(l, imports.why_account_of_other_unit),
        "repeated_row" => td_string!(l, imports.why_repeated_row),
        "repeated_account" => td_string!(l, imports.why_repeated_account),
        "repeated_phone" => td_string!(l, imports.why_repeated_phone),
        "phone_of_other" => td_string!(l, imports.why_phone_of_other),
        "no_area" => td_string!(l, imports.why_no_area),
        "login_taken" => td_string!(l, imports.why_login_taken),
        "needs_worker" => td_string!(l, imports.why_needs_worker),
        "in_future" => td_string!(l, imports.why_in_future),
        "before_created" => td_string!(l, imports.why_before_created),
        "rating_of_open" => td_string!(l, imports.why_rating_of_open),
        _ => td_string!(l, imports.why_unknown_word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaned_values_speak_and_unknown_ones_stay() {
        let said = |field, text| value(Locale::ru, field, text);
        assert_eq!(said(Field::Area, "452300"), "45,23");
        assert_eq!(said(Field::Area, "600000"), "60");
        assert_eq!(said(Field::Since, "2026-05-01"), "01.05.2026");
        assert_eq!(said(Field::Skills, "plumber; heating"), "Сантехник; Теплотехник");
        assert_eq!(said(Field::Phone, "+998901234567"), Phone::parse("+998901234567").unwrap().pretty());
        assert_eq!(said(Field::Relation, "somebody"), "somebody");
        assert_eq!(said(Field::Share, "1/3"), "1/3");
    }
}
