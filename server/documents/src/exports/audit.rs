//! The audit as a file: an entry a row, what changed in words.

use super::{Column, column};
use i18n::{Locale, audit as said, td_string, words};
use model::{
    Role,
    audit::{AuditRow, DoorName},
};

pub(super) fn audit(l: Locale) -> Vec<Column<AuditRow>> {
    vec![
        column("when", td_string!(l, audit.when), 17.0, |a: &AuditRow, _| a.at.into()),
        column("who", td_string!(l, audit.who), 28.0, |a, l| who(l, a).into()),
        column("door", td_string!(l, audit.door), 16.0, |a, l| said::door(l, a.door).into()),
        column("what", td_string!(l, audit.what), 26.0, |a, l| said::action(l, &a.action).into()),
        column("object", td_string!(l, audit.object), 34.0, |a, l| {
            let kind = said::object_type(l, &a.object_type);
            a.object_name.as_ref().map_or_else(|| kind.clone(), |name| format!("{kind} {name}")).into()
        }),
        column("changes", td_string!(l, audit.changes), 60.0, |a, l| changes(l, a).into()),
    ]
}

/// Who did it. A job has no name; a refused sign-in has nobody.
fn who(l: Locale, row: &AuditRow) -> String {
    match row.door {
        _ if !row.actor_name.is_empty() && row.actor_role == Role::SuperAdmin => {
            format!("{} · {}", row.actor_name, words::role(l, row.actor_role))
        }
        _ if !row.actor_name.is_empty() => row.actor_name.clone(),
        DoorName::Job => td_string!(l, audit.system).to_owned(),
        _ => td_string!(l, audit.nobody).to_owned(),
    }
}

/// `field: old → new`, one after another.
fn changes(l: Locale, row: &AuditRow) -> String {
    let lines = row.changes.iter().map(|change| {
        let show = |text: &Option<String>| text.as_deref().map(|text| said::value(l, &change.field, text));
        let new = show(&change.new).unwrap_or_else(|| td_string!(l, audit.empty_value).to_owned());
        match show(&change.old) {
            Some(old) => format!("{}: {old} → {new}", said::field(l, &change.field)),
            None => format!("{}: {new}", said::field(l, &change.field)),
        }
    });
    lines.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exports::ListFile;
    use chrono::DateTime;
    use model::{
        audit::FieldChange,
        exports::{ExportFormat, ExportList},
    };
    use uuid::Uuid;

    #[test]
    fn an_entry_says_who_did_what_in_words() {
        let change = |field: &str, old: Option<&str>, new: Option<&str>| FieldChange {
            field: field.to_owned(),
            old: old.map(str::to_owned),
            new: new.map(str::to_owned),
        };
        let row = AuditRow {
            id: Uuid::nil().into(),
            at: DateTime::UNIX_EPOCH,
            actor_id: None,
            actor_name: String::new(),
            actor_role: Role::Admin,
            door: DoorName::Job,
            action: "user.update".to_owned(),
            object_type: "user".to_owned(),
            object_id: None,
            object_name: Some("=Анна".to_owned()),
            changes: vec![change("role", Some("staff"), Some("dispatcher")), change("phone", Some("1"), None)],
        };
        let keys = ["who", "object", "changes"].map(str::to_owned);
        let mut file =
            ListFile::new(ExportList::Audit, ExportFormat::Csv, &keys, Locale::ru, DateTime::UNIX_EPOCH).unwrap();
        file.audit(std::slice::from_ref(&row)).unwrap();
        let csv = String::from_utf8(file.finish().unwrap()).unwrap();
        let line = csv.trim_end().lines().last().unwrap();
        assert!(line.starts_with(td_string!(Locale::ru, audit.system)), "{line}");
        let (staff, desk) = (words::role(Locale::ru, Role::Staff), words::role(Locale::ru, Role::Dispatcher));
        assert!(line.contains("=Анна") && line.contains(&format!("{staff} → {desk}")), "{line}");
        let empty = td_string!(Locale::ru, audit.empty_value);
        assert!(line.contains(&format!("1 → {empty}")), "{line}");
    }
}
