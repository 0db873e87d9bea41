//! Bulk writing by COPY: rows gather in memory and go to the server a few megabytes at a time.

use crate::Result;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use sqlx::{AssertSqlSafe, PgConnection};
use std::fmt::Write as _;
use uuid::Uuid;

/// Rows of all tables that wait in memory at most, in bytes.
const FULL: usize = 4 << 20;

/// The tables in the order that their references need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    Complexes,
    Buildings,
    Entrances,
    Units,
    Risers,
    RiserUnits,
    Accounts,
    Contacts,
    Phones,
    Residencies,
    Users,
    Skills,
    Zones,
    Shifts,
    Requests,
    Comments,
    Files,
    History,
    Pauses,
    Documents,
    Applications,
    Invites,
}

const TABLES: [(&str, &str); 22] = [
    ("complexes", "id, company_id, name"),
    (
        "buildings",
        "id, company_id, complex_id, address, code, year, storeys, has_lift, area_cm2, networks, hint, latitude, longitude",
    ),
    ("entrances", "id, company_id, building_id, number"),
    ("units", "id, company_id, building_id, entrance_id, kind, number, floor, rooms, area_cm2, cadastral"),
    ("risers", "id, company_id, building_id, entrance_id, resource, name"),
    ("riser_units", "company_id, riser_id, unit_id"),
    ("personal_accounts", "id, company_id, unit_id, number, opened_on"),
    (
        "contacts",
        "id, company_id, name, lang, channel, note, created_at, email_sealed, email_key, email_shown, passport_sealed, \
         passport_key, passport_shown, pinfl_sealed, pinfl_key, pinfl_shown",
    ),
    ("contact_phones", "id, company_id, contact_id, phone, position"),
    ("residencies", "id, company_id, unit_id, contact_id, relation, share_num, share_den, since_on, until_on"),
    ("users", "id, company_id, role, login, password_hash, name, email, phone, lang, contact_id, created_at"),
    ("staff_skills", "company_id, user_id, skill"),
    ("staff_zones", "company_id, user_id, building_id"),
    ("shifts", "id, company_id, user_id, duty, weekday, day, starts, ends, created_at"),
    (
        "requests",
        "id, company_id, number, version, status, kind, priority, category, source, building_id, entrance_id, unit_id, \
         address, description, contact_id, contact_name, contact_phone, created_by, assignee_id, reason, result, due_at, \
         deferred_until, created_at, updated_at, completed_at, closed_at, rating, rating_comment, photos, comments, \
         respond_by, responded_at, answer_minutes, solution_minutes, counting, rule, paused_since, paused_reason, late, alert_at, \
         problem_id, problem_auto, talked_at, noted_at, awaits_answer, returns, soon_at",
    ),
    ("request_comments", "id, company_id, request_id, author_id, author_name, author_role, body, internal, created_at"),
    (
        "files",
        "id, company_id, request_id, moment, uploaded_by, blob_key, thumb_key, content_type, size, width, height, created_at",
    ),
    ("request_history", "id, company_id, request_id, at, actor_id, actor_name, actor_role, change, old, new, reason"),
    ("request_pauses", "id, company_id, request_id, reason, from_at, to_at"),
    (
        "documents",
        "id, company_id, building_id, title, visibility, file_name, content_type, size, blob_key, created_at, updated_at",
    ),
    (
        "applications",
        "id, company_id, kind, name, phone, lang, contact_id, building_id, unit_id, flat, account, relation, note, door, created_at",
    ),
    (
        "resident_invites",
        "id, company_id, token_hash, code_hash, contact_id, unit_id, relation, name, invited_by, created_at, expires_at",
    ),
];

/// A value in COPY's text format.
pub(super) trait Cell {
    fn write(&self, out: &mut String);
}

/// Gathers rows; [`Rows::flush`] sends them.
pub(super) struct Rows {
    waiting: [String; TABLES.len()],
    size: usize,
}

impl Rows {
    /// Makes the temporary tables of this transaction. COPY cannot write through row-level security, so it writes
    /// there and one statement moves the rows on, checked by policies, constraints and triggers like any other.
    pub async fn begin(conn: &mut PgConnection) -> Result<Self> {
        for (table, columns) in TABLES {
            let sql = format!(
                "create temporary table seed_{table} on commit drop as select {columns} from {table} where false"
            );
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *conn).await?;
        }
        Ok(Self { waiting: Default::default(), size: 0 })
    }

    /// Adds a row; the cells in the order of the table's columns.
    pub fn add(&mut self, table: Table, cells: &[&dyn Cell]) {
        let out = &mut self.waiting[table as usize];
        let before = out.len();
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                out.push('\t');
            }
            cell.write(out);
        }
        out.push('\n');
        self.size += out.len() - before;
    }

    /// Sends what waits once it is much.
    pub async fn flush_if_full(&mut self, conn: &mut PgConnection) -> Result<()> {
        if self.size < FULL { Ok(()) } else { self.flush(conn).await }
    }

    /// Sends everything that waits.
    pub async fn flush(&mut self, conn: &mut PgConnection) -> Result<()> {
        for ((table, columns), rows) in TABLES.into_iter().zip(&mut self.waiting) {
            if rows.is_empty() {
                continue;
            }
            let mut copy = conn.copy_in_raw(&format!("copy seed_{table} ({columns}) from stdin")).await?;
            copy.send(rows.as_bytes()).await?;
            copy.finish().await?;
            rows.clear();
            let sql =
                format!("insert into {table} ({columns}) select {columns} from seed_{table}; truncate seed_{table}");
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *conn).await?;
        }
        self.size = 0;
        Ok(())
    }
}

impl<T: Cell + ?Sized> Cell for &T {
    fn write(&self, out: &mut String) {
        (**self).write(out);
    }
}

impl<T: Cell> Cell for Option<T> {
    fn write(&self, out: &mut String) {
        match self {
            Some(value) => value.write(out),
            None => out.push_str("\\N"),
        }
    }
}

impl Cell for str {
    fn write(&self, out: &mut String) {
        for c in self.chars() {
            match c {
                '\\' => out.push_str("\\\\"),
                '\t' => out.push_str("\\t"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                c => out.push(c),
            }
        }
    }
}

impl Cell for String {
    fn write(&self, out: &mut String) {
        self.as_str().write(out);
    }
}

/// Bytes, in hexadecimal.
impl Cell for Vec<u8> {
    fn write(&self, out: &mut String) {
        out.push_str("\\\\x");
        for byte in self {
            // Writing into a String cannot fail.
            let _ = write!(out, "{byte:02x}");
        }
    }
}

impl Cell for bool {
    fn write(&self, out: &mut String) {
        out.push(if *self { 't' } else { 'f' });
    }
}

impl Cell for DateTime<Utc> {
    fn write(&self, out: &mut String) {
        out.push_str(&self.to_rfc3339_opts(SecondsFormat::Micros, true));
    }
}

macro_rules! plain {
    ($($kind:ty),+) => {$(
        impl Cell for $kind {
            fn write(&self, out: &mut String) {
                // Writing into a String cannot fail.
                let _ = write!(out, "{self}");
            }
        }
    )+};
}
plain!(Uuid, i16, i32, i64, u8, u32, f64, NaiveDate);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_break_a_line_is_escaped() {
        let mut out = String::new();
        for cell in [&"a\tb\\c\nd" as &dyn Cell, &None::<i32>, &Some(7_i16), &true, &vec![0_u8, 171]] {
            cell.write(&mut out);
            out.push('|');
        }
        assert_eq!(out, "a\\tb\\\\c\\nd|\\N|7|t|\\\\x00ab|");
    }
}
