//! Click's rules one by one, each test named by its section.

use crate::click::{Desk, TIYIN, with};
use domain::payments::click::Note;
use model::payments::KassaMode;
use serde_json::json;

/// Click 5, 6: the fields of both answers: ids as numbers, the account as it came, the usual words.
#[tokio::test]
async fn click_5_answers_hold_every_field() {
    let desk = Desk::new().await;
    let prepared = desk.send(desk.prepare_form(3_647_911_201)).await;
    assert_eq!((&prepared["error"], &prepared["error_note"]), (&json!(0), &json!("Success")));
    assert_eq!(prepared["click_trans_id"], json!(3_647_911_201_i64));
    assert_eq!(prepared["merchant_trans_id"], json!(desk.account));
    assert!(prepared["merchant_prepare_id"].as_i64().is_some_and(|id| id > 0 && i32::try_from(id).is_ok()));
    let done = desk.send(desk.complete_form(3_647_911_201, &prepared["merchant_prepare_id"])).await;
    assert_eq!((&done["error"], &done["error_note"]), (&json!(0), &json!("Success")));
    assert_eq!(done["click_trans_id"], json!(3_647_911_201_i64));
    assert_eq!(done["merchant_trans_id"], json!(desk.account));
    assert!(done["merchant_confirm_id"].as_i64().is_some_and(|id| id > 0));
}

/// Click 5: what is confirmed is never taken again, by whichever call.
#[tokio::test]
async fn click_5_a_confirmed_attempt_is_not_taken_twice() {
    let desk = Desk::new().await;
    let prepare = desk.pay(1).await;
    for _ in 0..2 {
        assert_eq!(desk.code(desk.prepare_form(1)).await, -4);
        assert_eq!(desk.code(desk.complete_form(1, &prepare)).await, -4);
    }
    assert_eq!((desk.balance().await, desk.credits().await), (-TIYIN, 1));
}

/// Click 5: the money may have been taken although the last Prepare was refused: its Complete is taken.
#[tokio::test]
async fn click_5_complete_after_a_refused_prepare() {
    let desk = Desk::new().await;
    let prepare = desk.prepare(1).await;
    assert_eq!(desk.code(with(desk.prepare_form(1), "amount", "1.00")).await, -2);
    assert_eq!(desk.code(with(desk.prepare_form(1), "error", "-1")).await, -9);
    assert_eq!(desk.code(desk.complete_form(1, &prepare)).await, 0);
    assert_eq!((desk.balance().await, desk.credits().await), (-TIYIN, 1));
}

/// Click 6: a negative error releases what was kept, is answered with -9, and is final for the attempt.
#[tokio::test]
async fn click_6_a_failed_debit_lets_the_bill_go() {
    let desk = Desk::with(KassaMode::OneTime).await;
    let prepare = desk.prepare(1).await;
    assert_eq!(desk.code(with(desk.complete_form(1, &prepare), "error", "-1")).await, -9);
    assert_eq!(desk.code(desk.complete_form(1, &prepare)).await, -9, "cancelled is final");
    assert_eq!(desk.credits().await, 0);
    desk.pay(2).await;
    assert_eq!((desk.balance().await, desk.credits().await), (-TIYIN, 1));
}

/// Click 6: a failure of ours is -7, the only "try again"; then the repeat succeeds once.
#[tokio::test]
async fn click_6_after_a_failure_of_ours_the_repeat_succeeds() {
    let desk = Desk::new().await;
    let prepare = desk.prepare(1).await;
    let mut db = desk.ctx.database.superuser().await;
    sqlx::query("alter table payments add constraint away check (false) not valid").execute(&mut db).await.unwrap();
    assert_eq!(desk.code(desk.complete_form(1, &prepare)).await, -7);
    assert_eq!((desk.balance().await, desk.credits().await), (0, 0));
    sqlx::query("alter table payments drop constraint away").execute(&mut db).await.unwrap();
    assert_eq!(desk.code(desk.complete_form(1, &prepare)).await, 0);
    assert_eq!(desk.code(desk.complete_form(1, &prepare)).await, -4);
    assert_eq!((desk.balance().await, desk.credits().await), (-TIYIN, 1));
}

/// Click 7: the codes and the words Click's support looks for.
#[test]
fn click_7_codes_have_their_usual_words() {
    let said = [
        Note::Success,
        Note::Sign,
        Note::Amount,
        Note::Action,
        Note::Paid,
        Note::NoAccount,
        Note::NoTransaction,
        Note::Failed,
        Note::Request,
        Note::Cancelled,
    ]
    .map(|note| (note.code(), note.words()));
    assert_eq!(
        said,
        [
            (0, "Success"),
            (-1, "SIGN CHECK FAILED!"),
            (-2, "Incorrect parameter amount"),
            (-3, "Action not found"),
            (-4, "Already paid"),
            (-5, "User does not exist"),
            (-6, "Transaction does not exist"),
            (-7, "Failed to update user"),
            (-8, "Error in request from click"),
            (-9, "Transaction cancelled"),
        ]
    );
}
