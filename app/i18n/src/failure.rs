//! Failures in words.

use crate::{Locale, td_string};
use model::{Code, Failure, FieldError};

/// The sentence for a code: what happened, that nothing was lost, the next step.
pub fn code(l: Locale, code: Code) -> &'static str {
    match code {
        Code::BadRequest => td_string!(l, errors.bad_request),
        Code::Unauthenticated => td_string!(l, errors.unauthenticated),
        Code::WrongCredentials => td_string!(l, errors.wrong_credentials),
        Code::WrongCode => td_string!(l, errors.wrong_code),
        Code::TotpRequired => td_string!(l, errors.totp_required),
        Code::SessionRevoked => td_string!(l, errors.session_revoked),
        Code::Forbidden => td_string!(l, errors.forbidden),
        Code::ConfirmNeeded => td_string!(l, errors.confirm_needed),
        Code::LookingAs => td_string!(l, errors.looking_as),
        Code::CrossSite => td_string!(l, errors.cross_site),
        Code::NotFound => td_string!(l, errors.not_found),
        Code::MethodNotAllowed => td_string!(l, errors.method_not_allowed),
        Code::Conflict => td_string!(l, errors.conflict),
        Code::IllegalTransition => td_string!(l, errors.illegal_transition),
        Code::ProofMissing => td_string!(l, work.error_proof_missing),
        Code::EstimateWaits => td_string!(l, work.error_estimate_waits),
        Code::EstimateEnded => td_string!(l, work.error_estimate_ended),
        Code::LastAdmin => td_string!(l, errors.last_admin),
        Code::OwnAccess => td_string!(l, errors.own_access),
        Code::InvitationEnded => td_string!(l, errors.invitation_ended),
        Code::NoSuchAccount => td_string!(l, errors.no_such_account),
        Code::ApplicationsClosed => td_string!(l, errors.applications_closed),
        Code::ApplicationDecided => td_string!(l, errors.application_decided),
        Code::PhoneInUse => td_string!(l, errors.phone_in_use),
        Code::SampleInUse => td_string!(l, errors.sample_in_use),
        Code::RefundAtProvider => td_string!(l, errors.refund_at_provider),
        Code::InUse => td_string!(l, errors.in_use),
        Code::AlreadyPosted => td_string!(l, errors.already_posted),
        Code::AlreadyReversed => td_string!(l, errors.already_reversed),
        Code::SecondPerson => td_string!(l, errors.second_person),
        Code::PeriodClosed => td_string!(l, errors.period_closed),
        Code::BackDating => td_string!(l, errors.back_dating),
        Code::IdempotencyMismatch => td_string!(l, errors.idempotency_mismatch),
        Code::IdempotencyInProgress => td_string!(l, errors.idempotency_in_progress),
        Code::TooLarge => td_string!(l, errors.too_large),
        Code::UnsupportedMedia => td_string!(l, errors.unsupported_media),
        Code::NotAnImage => td_string!(l, errors.not_an_image),
        Code::UploadMissing => td_string!(l, errors.upload_missing),
        Code::UploadExpired => td_string!(l, errors.upload_expired),
        Code::UploadDiffers => td_string!(l, errors.upload_differs),
        Code::NotASpreadsheet => td_string!(l, errors.not_a_spreadsheet),
        Code::SpreadsheetTooLarge => td_string!(l, errors.spreadsheet_too_large),
        Code::EmptySpreadsheet => td_string!(l, errors.empty_spreadsheet),
        Code::Interrupted => td_string!(l, errors.interrupted),
        Code::Invalid => td_string!(l, errors.invalid),
        Code::PreconditionRequired => td_string!(l, errors.precondition_required),
        Code::TooManyRequests => td_string!(l, errors.too_many_requests),
        Code::Internal => td_string!(l, errors.internal),
        Code::Unavailable => td_string!(l, errors.unavailable),
    }
}

/// The whole failure in one line, with its code in small print.
pub fn sentence(l: Locale, failure: &Failure) -> String {
    let text = code(l, failure.code);
    match &failure.trace_id {
        Some(trace) => format!("{text} [{} · {trace}]", failure.code),
        None => text.to_owned(),
    }
}

/// What is wrong with a field.
pub fn field(l: Locale, error: &FieldError) -> String {
    let limit = error.limit.map(|n| n.to_string()).unwrap_or_else(|| "…".to_owned());
    match error.code.as_str() {
        "nobody" => td_string!(l, news.error_nobody).to_owned(),
        "required" => td_string!(l, errors.field_required).to_owned(),
        "too_short" => td_string!(l, errors.field_too_short, limit = limit).to_string(),
        "too_long" => td_string!(l, errors.field_too_long, limit = limit).to_string(),
        "out_of_range" => td_string!(l, errors.field_out_of_range).to_owned(),
        "bad_phone" => td_string!(l, errors.field_bad_phone).to_owned(),
        "bad_email" => td_string!(l, errors.field_bad_email).to_owned(),
        "bad_login" => td_string!(l, errors.field_bad_login).to_owned(),
        "taken" => td_string!(l, errors.field_taken).to_owned(),
        "in_past" => td_string!(l, errors.field_in_past).to_owned(),
        "twice" => td_string!(l, errors.field_twice).to_owned(),
        "bad_account" => td_string!(l, errors.field_bad_account).to_owned(),
        "push_service" => td_string!(l, push.error_service).to_owned(),
        "push_key" => td_string!(l, push.error_key).to_owned(),
        "bad_key" => td_string!(l, payments.bad_key).to_owned(),
        "no_columns" => td_string!(l, bank.error_no_columns).to_owned(),
        "after_penalty" => td_string!(l, debts.error_after_penalty).to_owned(),
        "before_bill" => td_string!(l, debts.error_before_bill).to_owned(),
        "not_in_order" => td_string!(l, debts.error_not_in_order).to_owned(),
        "bad_variable" => td_string!(l, debts.error_bad_variable).to_owned(),
        "bad_template" => td_string!(l, errors.field_bad_template).to_owned(),
        "account_open" => td_string!(l, errors.field_account_open).to_owned(),
        "too_many" => td_string!(l, errors.field_too_many, limit = limit).to_string(),
        "too_many_units" => td_string!(l, errors.field_too_many_units, limit = limit).to_string(),
        "no_units" => td_string!(l, errors.field_no_units).to_owned(),
        "open_requests" => td_string!(l, errors.field_open_requests, limit = limit).to_string(),
        "has_people" => td_string!(l, errors.field_has_people, limit = limit).to_string(),
        "has_buildings" => td_string!(l, errors.field_has_buildings, limit = limit).to_string(),
        "has_risers" => td_string!(l, errors.field_has_risers, limit = limit).to_string(),
        "has_outages" => td_string!(l, errors.field_has_outages, limit = limit).to_string(),
        "archived" => td_string!(l, errors.field_archived).to_owned(),
        "no_digits" => td_string!(l, errors.field_no_digits).to_owned(),
        "before_opening" => td_string!(l, errors.field_before_opening).to_owned(),
        "changed" => td_string!(l, errors.field_changed).to_owned(),
        "has_duplicates" => td_string!(l, errors.field_has_duplicates).to_owned(),
        "filed_by_resident" => td_string!(l, errors.field_filed_by_resident).to_owned(),
        "joined_with_others" => td_string!(l, errors.field_joined_with_others).to_owned(),
        "one_hidden" => td_string!(l, errors.field_one_hidden).to_owned(),
        "not_lower" => td_string!(l, errors.field_not_lower, limit = limit).to_string(),
        "several" => td_string!(l, errors.field_several).to_owned(),
        "not_the_name" => td_string!(l, errors.field_not_the_name).to_owned(),
        "no_home" => td_string!(l, errors.field_no_home).to_owned(),
        "has_login" => td_string!(l, errors.field_has_login).to_owned(),
        "invited" => td_string!(l, errors.field_invited).to_owned(),
        "other_category" => td_string!(l, classifier.error_other_category).to_owned(),
        "on_duty" => td_string!(l, shifts.error_on_duty).to_owned(),
        "wrong_role" => td_string!(l, shifts.error_wrong_role).to_owned(),
        "bad_file" => td_string!(l, errors.field_bad_file).to_owned(),
        "no_letter" => td_string!(l, letters.none).to_owned(),
        "not_charged" => td_string!(l, errors.field_not_charged).to_owned(),
        "bad_code" => td_string!(l, errors.field_bad_code).to_owned(),
        "bad_passport" => td_string!(l, errors.field_bad_passport).to_owned(),
        "bad_pinfl" => td_string!(l, errors.field_bad_pinfl).to_owned(),
        "bad_share" => td_string!(l, errors.field_bad_share).to_owned(),
        "shares_over" => td_string!(l, errors.field_shares_over).to_owned(),
        "only_owners" => td_string!(l, errors.field_only_owners).to_owned(),
        "in_future" => td_string!(l, errors.field_in_future).to_owned(),
        "before_since" => td_string!(l, errors.field_before_since).to_owned(),
        "lives_there" => td_string!(l, errors.field_lives_there).to_owned(),
        "need_photo" => td_string!(l, work.field_need_photo).to_owned(),
        "need_checklist" => td_string!(l, work.field_need_checklist, limit = limit).to_string(),
        "need_time" => td_string!(l, work.field_need_time).to_owned(),
        "need_parts" => td_string!(l, work.field_need_parts).to_owned(),
        "need_cost" => td_string!(l, work.field_need_cost).to_owned(),
        "too_long_ago" => td_string!(l, errors.field_too_long_ago).to_owned(),
        "need_confirmation" => td_string!(l, work.field_need_confirmation).to_owned(),
        "wrong_code" => td_string!(l, work.field_wrong_code).to_owned(),
        "code_spent" => td_string!(l, work.field_code_spent).to_owned(),
        "not_paid" => td_string!(l, work.field_not_paid).to_owned(),
        "no_dates" => td_string!(l, plans.field_no_dates).to_owned(),
        "wrong_secret" => td_string!(l, errors.field_wrong_secret).to_owned(),
        "cannot_sign_in" => td_string!(l, errors.field_cannot_sign_in).to_owned(),
        "unmarked" => td_string!(l, plans.field_unmarked, limit = limit).to_string(),
        _ => td_string!(l, errors.field_unknown).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_own_sentence_in_every_language() {
        for l in [Locale::ru, Locale::uz, Locale::en] {
            let mut seen = std::collections::HashSet::new();
            for c in Code::ALL {
                let text = code(l, *c);
                assert!(text.len() > 10, "{c} {l:?}");
                assert!(seen.insert(text), "{c} repeats a sentence in {l:?}");
            }
        }
    }
}
