//! The audit in words. A word this version does not know is shown as it is: the books outlive versions.

use crate::{Locale, td_string, words};
use model::{audit::DoorName, people::Channel};

/// The last part of `request.assign` in words.
pub fn action(l: Locale, action: &str) -> String {
    let verb = action.rsplit('.').next().unwrap_or(action);
    match verb {
        "dismiss" if action == "outage.dismiss" => td_string!(l, audit.did_dismiss_outage).to_owned(),
        "link" => td_string!(l, audit.did_link).to_owned(),
        "finish" => td_string!(l, audit.did_finish).to_owned(),
        "call" => td_string!(l, audit.did_call).to_owned(),
        "risers" => td_string!(l, audit.did_risers).to_owned(),
        "create" => td_string!(l, audit.did_create).to_owned(),
        "update" => td_string!(l, audit.did_update).to_owned(),
        "archive" => td_string!(l, audit.did_archive).to_owned(),
        "restore" => td_string!(l, audit.did_restore).to_owned(),
        "delete" => td_string!(l, audit.did_delete).to_owned(),
        "assign" => td_string!(l, audit.did_assign).to_owned(),
        "status" => td_string!(l, audit.did_status).to_owned(),
        "rate" => td_string!(l, audit.did_rate).to_owned(),
        "comment" => td_string!(l, audit.did_comment).to_owned(),
        "files" => td_string!(l, audit.did_files).to_owned(),
        "redact" => td_string!(l, audit.did_redact).to_owned(),
        "letters" => td_string!(l, letters.did).to_owned(),
        "print" => td_string!(l, receipts.did_print).to_owned(),
        "send" => td_string!(l, news.did_send).to_owned(),
        "export" => td_string!(l, audit.did_export).to_owned(),
        "import" => td_string!(l, audit.did_import).to_owned(),
        "reveal" => td_string!(l, audit.did_reveal).to_owned(),
        "erase" => td_string!(l, audit.did_erase).to_owned(),
        "login" => td_string!(l, audit.did_login).to_owned(),
        "login_failed" => td_string!(l, audit.did_login_failed).to_owned(),
        "logout" => td_string!(l, audit.did_logout).to_owned(),
        "end_others" => td_string!(l, audit.did_end_others).to_owned(),
        "password" => td_string!(l, audit.did_password).to_owned(),
        "password_reset" => td_string!(l, audit.did_password_reset).to_owned(),
        "totp_on" => td_string!(l, audit.did_totp_on).to_owned(),
        "totp_off" => td_string!(l, audit.did_totp_off).to_owned(),
        "prove" => td_string!(l, audit.did_prove).to_owned(),
        "look_as" => td_string!(l, audit.did_look_as).to_owned(),
        "look_end" => td_string!(l, audit.did_look_end).to_owned(),
        "block" => td_string!(l, audit.did_block).to_owned(),
        "unblock" => td_string!(l, audit.did_unblock).to_owned(),
        "dismiss" => td_string!(l, audit.did_dismiss).to_owned(),
        "revoke" => td_string!(l, audit.did_revoke).to_owned(),
        "accept" => td_string!(l, audit.did_accept).to_owned(),
        "approve" => td_string!(l, audit.did_approve).to_owned(),
        "reject" => td_string!(l, audit.did_reject).to_owned(),
        "withdraw" => td_string!(l, audit.did_withdraw).to_owned(),
        "end" => td_string!(l, audit.did_end).to_owned(),
        "enter" => td_string!(l, audit.did_enter).to_owned(),
        "refund_ask" => td_string!(l, payments.refund_begun).to_owned(),
        "refund" => td_string!(l, payments.did_refund).to_owned(),
        "dispute" => td_string!(l, payments.did_dispute).to_owned(),
        "allocate" => td_string!(l, bank.did_allocate).to_owned(),
        "aside" => td_string!(l, bank.did_aside).to_owned(),
        "release" => td_string!(l, bank.did_release).to_owned(),
        "settle" => td_string!(l, bank.did_settle).to_owned(),
        "work" => td_string!(l, work.did_work).to_owned(),
        "confirm" => td_string!(l, work.did_confirm).to_owned(),
        "estimate" => td_string!(l, work.did_estimate).to_owned(),
        "decide" => td_string!(l, work.did_decide).to_owned(),
        "mark" => td_string!(l, plans.did_mark).to_owned(),
        "cancel" => td_string!(l, plans.did_cancel).to_owned(),
        "comment_edit" => td_string!(l, audit.did_comment_edit).to_owned(),
        "comment_delete" => td_string!(l, audit.did_comment_delete).to_owned(),
        "responsible" => td_string!(l, audit.did_responsible).to_owned(),
        "watch" => td_string!(l, audit.did_watch).to_owned(),
        "unlink" => td_string!(l, audit.did_unlink).to_owned(),
        "join" => td_string!(l, audit.did_join).to_owned(),
        "take_out" => td_string!(l, audit.did_take_out).to_owned(),
        "split" => td_string!(l, audit.did_split).to_owned(),
        "control" => td_string!(l, audit.did_control).to_owned(),
        "record" => td_string!(l, audit.did_record).to_owned(),
        "wait" => td_string!(l, deadlines.waiting_for).to_owned(),
        "overdue" => td_string!(l, deadlines.did_overdue).to_owned(),
        "relief" => td_string!(l, billing.new_relief).to_owned(),
        "recalculate" => td_string!(l, billing.did_recalculate).to_owned(),
        "recalculation_decided" => td_string!(l, billing.did_decide_recalculation).to_owned(),
        "correct" => td_string!(l, billing.did_correct).to_owned(),
        "correction_decided" => td_string!(l, billing.did_decide_correction).to_owned(),
        "waive" => td_string!(l, debts.did_waive).to_owned(),
        "waiver_decided" => td_string!(l, debts.did_decide_waiver).to_owned(),
        "remind" => td_string!(l, debts.did_remind).to_owned(),
        "promise" => td_string!(l, debts.did_promise).to_owned(),
        "payer" => td_string!(l, debts.did_payer).to_owned(),
        "relief_end" => td_string!(l, billing.did_relief_end).to_owned(),
        "preview" => td_string!(l, billing.preview).to_owned(),
        "post" => td_string!(l, billing.post).to_owned(),
        "order" => td_string!(l, classifier.did_order).to_owned(),
        "retry" => td_string!(l, operations.did_retry).to_owned(),
        "discard" => td_string!(l, operations.did_discard).to_owned(),
        other => other.to_owned(),
    }
}

/// The kind of a record.
pub fn object_type(l: Locale, name: &str) -> String {
    match name {
        "company" => td_string!(l, audit.type_company).to_owned(),
        "complex" => td_string!(l, audit.type_complex).to_owned(),
        "building" => td_string!(l, audit.type_building).to_owned(),
        "entrance" => td_string!(l, audit.type_entrance).to_owned(),
        "unit" => td_string!(l, audit.type_unit).to_owned(),
        "account" => td_string!(l, audit.type_account).to_owned(),
        "document" => td_string!(l, audit.type_document).to_owned(),
        "contact" => td_string!(l, audit.type_contact).to_owned(),
        "residency" => td_string!(l, audit.type_residency).to_owned(),
        "user" => td_string!(l, audit.type_user).to_owned(),
        "invitation" => td_string!(l, audit.type_invitation).to_owned(),
        "resident_invitation" => td_string!(l, audit.type_resident_invitation).to_owned(),
        "application" => td_string!(l, audit.type_application).to_owned(),
        "import" => td_string!(l, audit.type_import).to_owned(),
        "setting" => td_string!(l, audit.type_setting).to_owned(),
        "request" => td_string!(l, audit.type_request).to_owned(),
        "catalogue" => td_string!(l, work.type_catalogue).to_owned(),
        "checklist" => td_string!(l, work.type_checklist).to_owned(),
        "plan" => td_string!(l, plans.type_plan).to_owned(),
        "route" => td_string!(l, plans.type_route).to_owned(),
        "round" => td_string!(l, plans.type_round).to_owned(),
        "call" => td_string!(l, audit.type_call).to_owned(),
        "outage" => td_string!(l, audit.type_outage).to_owned(),
        "kassa" => td_string!(l, payments.type_kassa).to_owned(),
        "payment" => td_string!(l, payments.type_payment).to_owned(),
        "bank_statement" => td_string!(l, bank.type_statement).to_owned(),
        "bank_line" => td_string!(l, bank.type_line).to_owned(),
        "reconciliation" => td_string!(l, bank.type_reconciliation).to_owned(),
        "riser" => td_string!(l, audit.type_riser).to_owned(),
        "news" => td_string!(l, news.type_news).to_owned(),
        "service" => td_string!(l, billing.service).to_owned(),
        "tariff" => td_string!(l, billing.tariff).to_owned(),
        "penalty_run" => td_string!(l, debts.penalty_runs).to_owned(),
        "penalty_rule" => td_string!(l, debts.penalty_rules).to_owned(),
        "billing_rules" => td_string!(l, debts.rules_title).to_owned(),
        "reminder_rules" => td_string!(l, debts.reminders).to_owned(),
        "charge_run" => td_string!(l, billing.charges).to_owned(),
        "classifier" => td_string!(l, classifier.title).to_owned(),
        "problem" => td_string!(l, classifier.problem).to_owned(),
        "place" => td_string!(l, classifier.place).to_owned(),
        "assignment" => td_string!(l, assignment.title).to_owned(),
        "rule" => td_string!(l, assignment.rule).to_owned(),
        "shift" => td_string!(l, shifts.shift).to_owned(),
        "handover" => td_string!(l, shifts.handover).to_owned(),
        "job" => td_string!(l, operations.type_job).to_owned(),
        other => other.to_owned(),
    }
}

/// The door a change came through.
pub fn door(l: Locale, door: DoorName) -> &'static str {
    match door {
        DoorName::Web => td_string!(l, audit.door_web),
        DoorName::Api => td_string!(l, audit.door_api),
        DoorName::Bot => td_string!(l, audit.door_bot),
        DoorName::Job => td_string!(l, audit.door_job),
        DoorName::Provider => td_string!(l, payments.door_provider),
    }
}

/// The name of a field. A day of the calendar names itself.
pub fn field(l: Locale, name: &str) -> String {
    match name {
        "name" => td_string!(l, audit.field_name).to_owned(),
        "role" => td_string!(l, audit.field_role).to_owned(),
        "lang" => td_string!(l, audit.field_lang).to_owned(),
        "login" => td_string!(l, audit.field_login).to_owned(),
        "phone" => td_string!(l, audit.field_phone).to_owned(),
        "emergency_phone" => td_string!(l, audit.field_emergency_phone).to_owned(),
        "email" => td_string!(l, audit.field_email).to_owned(),
        "channel" => td_string!(l, audit.field_channel).to_owned(),
        "phones" => td_string!(l, audit.field_phones).to_owned(),
        "passport" => td_string!(l, audit.field_passport).to_owned(),
        "pinfl" => td_string!(l, audit.field_pinfl).to_owned(),
        "since" => td_string!(l, audit.field_since).to_owned(),
        "until" => td_string!(l, audit.field_until).to_owned(),
        "revealed" => td_string!(l, audit.field_revealed).to_owned(),
        "hide_phones" => td_string!(l, audit.field_hide_phones).to_owned(),
        "dispatchers_reveal" => td_string!(l, audit.field_dispatchers_reveal).to_owned(),
        "address" => td_string!(l, audit.field_address).to_owned(),
        "visibility" => td_string!(l, audit.field_visibility).to_owned(),
        "skills" => td_string!(l, audit.field_skills).to_owned(),
        "buildings" => td_string!(l, audit.field_buildings).to_owned(),
        "complexes" => td_string!(l, audit.field_complexes).to_owned(),
        "blocked_at" => td_string!(l, audit.field_blocked_at).to_owned(),
        "dismissed_at" => td_string!(l, audit.field_dismissed_at).to_owned(),
        "status" => td_string!(l, audit.field_status).to_owned(),
        "assignee" => td_string!(l, audit.field_assignee).to_owned(),
        "category" => td_string!(l, audit.field_category).to_owned(),
        "kind" => td_string!(l, audit.field_kind).to_owned(),
        "priority" => td_string!(l, audit.field_priority).to_owned(),
        "description" => td_string!(l, audit.field_description).to_owned(),
        "due_at" => td_string!(l, audit.field_due_at).to_owned(),
        "rating" => td_string!(l, audit.field_rating).to_owned(),
        "number" => td_string!(l, audit.field_number).to_owned(),
        "legal_name" => td_string!(l, receipts.legal_name).to_owned(),
        "tax_id" => td_string!(l, receipts.tax_id_label).to_owned(),
        "bank_account" => td_string!(l, receipts.bank_account_label).to_owned(),
        "bank_name" => td_string!(l, receipts.bank_name).to_owned(),
        "bank_code" => td_string!(l, receipts.bank_code_label).to_owned(),
        "period" => td_string!(l, receipts.period).to_owned(),
        "rows" => td_string!(l, audit.field_rows).to_owned(),
        "filter" => td_string!(l, audit.field_filter).to_owned(),
        "files" => td_string!(l, audit.field_files).to_owned(),
        "moment" => td_string!(l, audit.field_moment).to_owned(),
        "parts" => td_string!(l, audit.field_parts).to_owned(),
        "internal" => td_string!(l, audit.field_internal).to_owned(),
        "ip" => td_string!(l, audit.field_ip).to_owned(),
        "reason" => td_string!(l, audit.field_reason).to_owned(),
        "note" => td_string!(l, audit.field_note).to_owned(),
        "hint" => td_string!(l, audit.field_hint).to_owned(),
        "year" => td_string!(l, audit.field_year).to_owned(),
        "storeys" => td_string!(l, audit.field_storeys).to_owned(),
        "floor" => td_string!(l, audit.field_floor).to_owned(),
        "rooms" => td_string!(l, audit.field_rooms).to_owned(),
        "area" => td_string!(l, audit.field_area).to_owned(),
        "relation" => td_string!(l, audit.field_relation).to_owned(),
        "share" => td_string!(l, audit.field_share).to_owned(),
        "amount" => td_string!(l, payments.amount).to_owned(),
        "account" => td_string!(l, payments.account).to_owned(),
        "source" => td_string!(l, payments.source).to_owned(),
        "reference" => td_string!(l, payments.reference).to_owned(),
        "disputed" => td_string!(l, payments.disputed).to_owned(),
        "accounts" => td_string!(l, bank.field_accounts).to_owned(),
        "repeated" => td_string!(l, bank.field_repeated).to_owned(),
        "outgoing" => td_string!(l, bank.field_outgoing).to_owned(),
        "differences" => td_string!(l, bank.field_differences).to_owned(),
        "file" => td_string!(l, bank.file).to_owned(),
        "from" => td_string!(l, bank.rec_from).to_owned(),
        "to" => td_string!(l, bank.rec_to).to_owned(),
        "next_request_number" => td_string!(l, lists.next_number).to_owned(),
        "languages" => td_string!(l, lists.languages_offered).to_owned(),
        "state" => td_string!(l, audit.field_state).to_owned(),
        "covered" => td_string!(l, audit.field_covered).to_owned(),
        "seal" => td_string!(l, audit.field_seal).to_owned(),
        "accept_applications" => td_string!(l, audit.field_accept_applications).to_owned(),
        "attach_at_once" => td_string!(l, audit.field_attach_at_once).to_owned(),
        "sample" => td_string!(l, audit.field_sample).to_owned(),
        "guide_dismissed" => td_string!(l, audit.field_guide_dismissed).to_owned(),
        "emergency" => td_string!(l, audit.field_emergency).to_owned(),
        "urgent" => td_string!(l, audit.field_urgent).to_owned(),
        "high" => td_string!(l, audit.field_high).to_owned(),
        "outage_kind" => td_string!(l, audit.field_outage_kind).to_owned(),
        "outage_status" => td_string!(l, audit.field_outage_status).to_owned(),
        "resource" => td_string!(l, audit.field_resource).to_owned(),
        "starts_at" => td_string!(l, audit.field_starts_at).to_owned(),
        "ends_at" => td_string!(l, audit.field_ends_at).to_owned(),
        "places" => td_string!(l, audit.field_places).to_owned(),
        "text_ru" => td_string!(l, audit.field_text_ru).to_owned(),
        "text_uz" => td_string!(l, audit.field_text_uz).to_owned(),
        "text_en" => td_string!(l, audit.field_text_en).to_owned(),
        "requests" => td_string!(l, audit.field_requests).to_owned(),
        "calls" => td_string!(l, audit.field_calls).to_owned(),
        "finished" => td_string!(l, audit.field_finished).to_owned(),
        "refused" => td_string!(l, audit.field_refused).to_owned(),
        "units" => td_string!(l, audit.field_units).to_owned(),
        "entrance" => td_string!(l, audit.field_entrance).to_owned(),
        "risers" => td_string!(l, audit.field_risers).to_owned(),
        "resources" => td_string!(l, audit.field_resources).to_owned(),
        "minutes" => td_string!(l, audit.field_minutes).to_owned(),
        "riser" => td_string!(l, audit.field_riser).to_owned(),
        "house" => td_string!(l, audit.field_house).to_owned(),
        "quiet_hours" => td_string!(l, audit.field_quiet_hours).to_owned(),
        "short_number" => td_string!(l, audit.field_short_number).to_owned(),
        "normal" => td_string!(l, audit.field_normal).to_owned(),
        "low" => td_string!(l, audit.field_low).to_owned(),
        "check" | "checklist" => td_string!(l, work.type_checklist).to_owned(),
        "material" => td_string!(l, work.material).to_owned(),
        "time" | "timer" => td_string!(l, work.time).to_owned(),
        "cost" => td_string!(l, work.cost).to_owned(),
        "confirmation" => td_string!(l, work.confirmation).to_owned(),
        "estimate" => td_string!(l, work.estimate).to_owned(),
        "total" => td_string!(l, work.total).to_owned(),
        "price" => td_string!(l, work.price).to_owned(),
        "unit" => td_string!(l, work.unit).to_owned(),
        "proof" => td_string!(l, work.proof).to_owned(),
        "paid_waits" => td_string!(l, work.paid_waits).to_owned(),
        "title" => td_string!(l, plans.name).to_owned(),
        "rhythm" => td_string!(l, plans.rhythm).to_owned(),
        "season" => td_string!(l, plans.season).to_owned(),
        "points" => td_string!(l, plans.points).to_owned(),
        "place" => td_string!(l, plans.place).to_owned(),
        "due_on" => td_string!(l, plans.due_on).to_owned(),
        "result" => td_string!(l, plans.result).to_owned(),
        "paused" => td_string!(l, plans.paused).to_owned(),
        "problem" => td_string!(l, classifier.problem).to_owned(),
        "name_ru" => td_string!(l, classifier.name_ru).to_owned(),
        "name_uz" => td_string!(l, classifier.name_uz).to_owned(),
        "name_en" => td_string!(l, classifier.name_en).to_owned(),
        "hours" => td_string!(l, classifier.hours).to_owned(),
        "hidden" => td_string!(l, classifier.hidden).to_owned(),
        "order" => td_string!(l, classifier.did_order).to_owned(),
        "duty" => td_string!(l, shifts.duty).to_owned(),
        "when" => td_string!(l, shifts.when).to_owned(),
        "overdue" => td_string!(l, shifts.overdue).to_owned(),
        "unassigned" => td_string!(l, shifts.unassigned).to_owned(),
        "regular" => td_string!(l, assignment.kind_regular).to_owned(),
        "paid" => td_string!(l, assignment.kind_paid).to_owned(),
        "warranty" => td_string!(l, assignment.kind_warranty).to_owned(),
        "warn_percent" => td_string!(l, deadlines.warn).to_owned(),
        "escalate_roles" => td_string!(l, deadlines.escalate_roles).to_owned(),
        "escalate_to" => td_string!(l, deadlines.escalate_people).to_owned(),
        "close_after_days" => td_string!(l, deadlines.close_after).to_owned(),
        "waiting" => td_string!(l, deadlines.waiting_for).to_owned(),
        "clock" => td_string!(l, deadlines.col_clock).to_owned(),
        "archived" => td_string!(l, audit.field_archived).to_owned(),
        "closed_on" => td_string!(l, audit.field_closed_on).to_owned(),
        "opened_on" => td_string!(l, audit.field_opened_on).to_owned(),
        "file_name" => td_string!(l, audit.field_file_name).to_owned(),
        "size" => td_string!(l, audit.field_size).to_owned(),
        "shared" => td_string!(l, audit.field_shared).to_owned(),
        "query" => td_string!(l, audit.field_query).to_owned(),
        "important" => td_string!(l, audit.field_important).to_owned(),
        "planned_at" => td_string!(l, audit.field_planned_at).to_owned(),
        "expires_at" => td_string!(l, audit.field_expires_at).to_owned(),
        "debt_from" => td_string!(l, audit.field_debt_from).to_owned(),
        "text" => td_string!(l, audit.field_text).to_owned(),
        "who" => td_string!(l, audit.field_who).to_owned(),
        "direction" => td_string!(l, audit.field_direction).to_owned(),
        "code" => td_string!(l, audit.field_code).to_owned(),
        "debt" => td_string!(l, audit.field_debt).to_owned(),
        "cancelled_at" => td_string!(l, audit.field_cancelled_at).to_owned(),
        "finished_at" => td_string!(l, audit.field_finished_at).to_owned(),
        "hash" => td_string!(l, audit.field_hash).to_owned(),
        "houses" => td_string!(l, audit.field_houses).to_owned(),
        "items" => td_string!(l, audit.field_items).to_owned(),
        "jobs" => td_string!(l, audit.field_jobs).to_owned(),
        "joined" => td_string!(l, audit.field_joined).to_owned(),
        "link" => td_string!(l, audit.field_link).to_owned(),
        "message" => td_string!(l, audit.field_message).to_owned(),
        "messages" => td_string!(l, audit.field_messages).to_owned(),
        "on" => td_string!(l, audit.field_on).to_owned(),
        "payer" => td_string!(l, audit.field_payer).to_owned(),
        "people" => td_string!(l, audit.field_people).to_owned(),
        "refund" => td_string!(l, audit.field_refund).to_owned(),
        "responsible" => td_string!(l, audit.field_responsible).to_owned(),
        "secret" => td_string!(l, audit.field_secret).to_owned(),
        "split" => td_string!(l, audit.field_split).to_owned(),
        "step" => td_string!(l, audit.field_step).to_owned(),
        "watcher" => td_string!(l, audit.field_watcher).to_owned(),
        "mentions" => td_string!(l, audit.field_mentions).to_owned(),
        "photos" => td_string!(l, audit.field_photos).to_owned(),
        "version" => td_string!(l, audit.field_version).to_owned(),
        "ru" => words::language(model::Lang::Ru).to_owned(),
        "uz" => words::language(model::Lang::Uz).to_owned(),
        "en" => words::language(model::Lang::En).to_owned(),
        other => match (other.strip_prefix("weekday_"), other.strip_prefix("day_"), other.strip_prefix("rule_")) {
            (Some(n), ..) => weekday(l, n.parse().unwrap_or(1)).to_owned(),
            (_, Some(day), _) => day.to_owned(),
            (.., Some(rule)) => {
                let parts: Vec<String> = rule.split('.').map(|part| condition(l, part)).collect();
                td_string!(l, deadlines.by_rule, rule = parts.join(" · ")).to_string()
            }
            _ => other.to_owned(),
        },
    }
}

/// One condition of a deadline rule in words; a complex by the word for it.
fn condition(l: Locale, part: &str) -> String {
    if part == "all" {
        return td_string!(l, deadlines.rule_rest).to_owned();
    }
    let kind = part.parse().map(|v| words::kind(l, v));
    let category = part.parse().map(|v| words::category(l, v));
    let priority = part.parse().map(|v| words::priority(l, v));
    kind.or(category).or(priority).map_or_else(|()| td_string!(l, deadlines.complex).to_owned(), str::to_owned)
}

/// The name of a day of the week; 1 is Monday.
pub fn weekday(l: Locale, n: usize) -> &'static str {
    td_string!(l, settings.weekdays).split(',').nth(n.saturating_sub(1)).unwrap_or("?")
}

/// The state of whatever has one: each kind of record has words of its own.
fn state(l: Locale, text: &str) -> Option<&'static str> {
    let application = || text.parse().ok().map(|state| words::application_state(l, state));
    let payment = || text.parse().ok().map(|state| crate::billing::payment_state(l, state));
    let run = || text.parse().ok().map(|state| crate::billing::run_state(l, state));
    let import = || text.parse().ok().map(|state| crate::import_words::state(l, state));
    application().or_else(payment).or_else(run).or_else(import)
}

/// A value of a field: words of ours in the reader's language, moments as people say them, the rest as it is.
pub fn value(l: Locale, field: &str, text: &str) -> String {
    let one = |text: &str| -> Option<String> {
        Some(match field {
            "amount" => model::Money::from_tiyin(text.parse().ok()?).to_string(),
            "role" | "escalate_roles" => words::role(l, text.parse().ok()?).to_owned(),
            "clock" => crate::deadlines::clock(l, text.parse().ok()?).to_owned(),
            "status" => words::status(l, text.parse().ok()?).to_owned(),
            "category" => words::category(l, text.parse().ok()?).to_owned(),
            "priority" => words::priority(l, text.parse().ok()?).to_owned(),
            "outage_kind" => crate::outages::kind(l, text.parse().ok()?).to_owned(),
            "outage_status" => crate::outages::status(l, text.parse().ok()?).to_owned(),
            "resource" | "resources" => crate::outages::resource(l, text.parse().ok()?).to_owned(),
            "visibility" => words::visibility(l, text.parse().ok()?).to_owned(),
            "skills" => words::skill(l, text.parse().ok()?).to_owned(),
            "relation" => words::relation(l, text.parse().ok()?).to_owned(),
            "channel" => match text.parse().ok()? {
                Channel::Sms => td_string!(l, people.channel_sms).to_owned(),
                Channel::Email => td_string!(l, people.channel_email).to_owned(),
                Channel::Telegram => td_string!(l, people.channel_telegram).to_owned(),
            },
            "revealed" => self::field(l, text),
            "state" => state(l, text)?.to_owned(),
            "kind" if text.parse::<model::access::ApplicationKind>().is_ok() => {
                words::application_kind(l, text.parse().ok()?).to_owned()
            }
            "kind" => words::kind(l, text.parse().ok()?).to_owned(),
            "duty" => words::duty(l, text.parse().ok()?).to_owned(),
            "emergency" | "regular" | "paid" | "warranty" => words::mode(l, text.parse().ok()?).to_owned(),
            "lang" | "languages" => words::language(model::Lang::parse(text)?).to_owned(),
            "reason" => match text {
                "password" => td_string!(l, audit.reason_password).to_owned(),
                "blocked" => td_string!(l, audit.reason_blocked).to_owned(),
                "totp" | "code" => td_string!(l, audit.reason_totp).to_owned(),
                _ => return None,
            },
            "moment" if text == "before" => td_string!(l, common.photo_before).to_owned(),
            "moment" if text == "after" => td_string!(l, common.photo_after).to_owned(),
            _ => match text {
                "true" => td_string!(l, audit.yes).to_owned(),
                "false" => td_string!(l, audit.no).to_owned(),
                _ if field.ends_with("_at") => crate::when::full(l, text.parse().ok()?),
                _ => return None,
            },
        })
    };
    text.split(", ").map(|part| one(part).unwrap_or_else(|| part.to_owned())).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_books_speak() {
        assert_eq!(action(Locale::ru, "request.assign"), "Назначение");
        assert_eq!(action(Locale::en, "thing.frobnicate"), "frobnicate");
        assert_eq!(field(Locale::uz, "weekday_1"), "dushanba");
        assert_eq!(field(Locale::en, "day_2027-03-21"), "2027-03-21");
        assert_eq!(
            (field(Locale::ru, "mentions"), field(Locale::ru, "uz")),
            ("Упомянуто людей".to_owned(), "Oʻzbekcha".to_owned())
        );
        assert_eq!(value(Locale::ru, "skills", "plumber, heating"), "Сантехник, Теплотехник");
        assert_eq!(value(Locale::en, "sample", "true"), "yes");
        for (state, word) in [("refunded", "Возвращена"), ("approved", "Одобрена"), ("posted", "проведено")]
        {
            assert_eq!(value(Locale::ru, "state", state), word);
        }
        assert_eq!(value(Locale::ru, "amount", "15000050"), "150\u{202f}000,50");
        assert_eq!(value(Locale::ru, "blocked_at", "2026-05-12T09:30:00Z"), "12 мая 2026 14:30");
        assert_eq!(value(Locale::ru, "name", "Каримова, Азиза"), "Каримова, Азиза");
    }
}
