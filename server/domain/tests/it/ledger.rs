//! The ledger: what the database proves, keeps and refuses.

use crate::support::code;
use chrono::{Days, NaiveDate};
use domain::{
    Ctx, Result, Tx,
    ledger::{self, Book, Difference, Line, NewEntry, Source},
};
use model::{AccountId, Code, EntryId, Money};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use sqlx::{AssertSqlSafe, PgConnection};
use testkit::{Company, TestCtx, World};
use uuid::Uuid;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Accounts of the flats of a company's house.
pub async fn accounts(ctx: &TestCtx, company: &Company) -> Vec<AccountId> {
    let mut db = ctx.database.superuser().await;
    let mut ids = Vec::new();
    for (n, unit) in company.house.units.iter().enumerate() {
        let id = Uuid::now_v7();
        sqlx::query("insert into personal_accounts (id, company_id, unit_id, number, opened_on) values ($1, $2, $3, $4, '2020-01-01')")
            .bind(id)
            .bind(company.id.0)
            .bind(unit.0)
            .bind(format!("70{n}"))
            .execute(&mut db)
            .await
            .unwrap();
        ids.push(AccountId(id));
    }
    ids
}

fn line(book: Book, account: Option<AccountId>, tiyin: i64) -> Line {
    Line { book, account, service: None, kassa: None, amount: Money::from_tiyin(tiyin) }
}

/// A charge of one account; a payment when below zero.
pub fn entry(account: AccountId, tiyin: i64, on: NaiveDate) -> NewEntry {
    let (source, other) = if tiyin > 0 { (Source::Charge, Book::Income) } else { (Source::Payment, Book::Bank) };
    NewEntry {
        source,
        source_id: Uuid::now_v7(),
        period: ledger::month_of(on),
        booked_on: on,
        reason: None,
        lines: vec![line(Book::Receivable, Some(account), tiyin), line(other, None, -tiyin)],
    }
}

async fn system(ctx: &Ctx, company: &Company) -> Tx {
    ctx.begin(&domain::Actor::system(company.id)).await.unwrap()
}

/// Books in a transaction of its own.
pub async fn booked(ctx: &Ctx, company: &Company, entry: NewEntry) -> Result<EntryId> {
    let mut tx = system(ctx, company).await;
    let id = ledger::post(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(id)
}

async fn balance(ctx: &Ctx, company: &Company, account: AccountId) -> i64 {
    ledger::balance(&mut system(ctx, company).await, account).await.unwrap().tiyin()
}

#[tokio::test]
async fn an_entry_moves_the_balance_and_is_booked_once() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let a = accounts(&ctx, &world.a).await[0];
    assert_eq!(balance(&ctx, &world.a, a).await, 0);
    let charge = entry(a, 150_000, day("2026-10-31"));
    booked(&ctx, &world.a, charge.clone()).await.unwrap();
    booked(&ctx, &world.a, entry(a, -40_000, day("2026-11-05"))).await.unwrap();
    assert_eq!(balance(&ctx, &world.a, a).await, 110_000);
    // The second post of the same is told from other failures, and the transaction goes on.
    let mut tx = system(&ctx, &world.a).await;
    assert_eq!(code(ledger::post(&mut tx, charge).await), Code::AlreadyPosted);
    let on = async |tx: &mut Tx, on| ledger::balance_on(tx, a, day(on)).await.unwrap().tiyin();
    assert_eq!(on(&mut tx, "2026-10-30").await, 0);
    assert_eq!(on(&mut tx, "2026-10-31").await, 150_000);
    assert_eq!(on(&mut tx, "2026-11-23").await, 110_000);
    // An account of somebody else is not there.
    let mut foreign = system(&ctx, &world.b).await;
    assert_eq!(code(ledger::balance(&mut foreign, a).await), Code::NotFound);
    assert_eq!(code(booked(&ctx, &world.b, entry(a, 1, day("2026-11-01"))).await), Code::NotFound);
}

#[tokio::test]
async fn an_entry_is_taken_back_once() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let a = accounts(&ctx, &world.a).await[0];
    let paid = booked(&ctx, &world.a, entry(a, -70_000, day("2026-11-05"))).await.unwrap();
    let mut tx = system(&ctx, &world.a).await;
    let today = day("2026-11-23");
    let refund = ledger::reverse(&mut tx, paid, Source::Refund, Uuid::now_v7(), today, "Отозван банком").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(balance(&ctx, &world.a, a).await, 0);
    for over in [paid, refund] {
        let mut tx = system(&ctx, &world.a).await;
        let again = ledger::reverse(&mut tx, over, Source::Refund, Uuid::now_v7(), today, "Ещё раз").await;
        assert_eq!(code(again), Code::AlreadyReversed);
    }
    let mut tx = system(&ctx, &world.b).await;
    let foreign = ledger::reverse(&mut tx, paid, Source::Refund, Uuid::now_v7(), today, "Чужой").await;
    assert_eq!(code(foreign), Code::NotFound);
}

#[tokio::test]
async fn what_does_not_add_up_is_refused_by_the_database_itself() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let a = accounts(&ctx, &world.a).await[0];
    let id = booked(&ctx, &world.a, entry(a, 500, day("2026-11-01"))).await.unwrap();
    for (sql, why) in [
        // A lopsided entry; more lines for an old entry, even if they add up; a line of nothing; another day.
        (
            "insert into postings select company_id, $1, 1, booked_on, 'bank', null, null, null, null, 5 from ledger_entries where id = $2",
            "add up",
        ),
        (
            "insert into postings select e.company_id, e.id, n, e.booked_on, 'bank', null, null, null, null, case n when 3 then 5 else -5 end from ledger_entries e, generate_series(3, 4) n where $1::uuid is not null and e.id = $2",
            "add up",
        ),
        (
            "insert into postings select e.company_id, e.id, 3, e.booked_on, 'bank', null, null, null, null, 0 from ledger_entries e where $1::uuid is not null and e.id = $2",
            "postings_amount_tiyin_check",
        ),
        (
            "insert into postings select e.company_id, e.id, n, e.booked_on + 1, 'bank', null, null, null, null, case n when 1 then 5 else -5 end from ledger_entries e, generate_series(1, 2) n where $1::uuid is not null and e.id = $2",
            "postings_pkey",
        ),
        (
            "insert into account_balances select company_id, $1, building_id, 5 from account_balances where $2::uuid is not null limit 1",
            "permission denied",
        ),
        (
            "update account_balances set balance_tiyin = 0 where $1::uuid is not null and $2::uuid is not null",
            "permission denied",
        ),
        ("delete from account_balances where $1::uuid is not null and $2::uuid is not null", "permission denied"),
    ] {
        let mut tx = ctx.db.begin_tenant(world.a.id.0).await.unwrap();
        let fresh = Uuid::now_v7();
        sqlx::query("insert into ledger_entries (id, company_id, kind, source_id, period, booked_on, created_at) values ($1, $2, 'payment', $1, '2026-11-01', '2026-11-01', now())")
            .bind(fresh).bind(world.a.id.0).execute(&mut *tx).await.unwrap();
        let error = sqlx::query(AssertSqlSafe(sql)).bind(fresh).bind(id.0).execute(&mut *tx).await.unwrap_err();
        assert!(error.to_string().contains(why), "{sql}: {error}");
    }
    // A mistake of ours is caught before it gets there.
    let mut lopsided = entry(a, 500, day("2026-11-01"));
    lopsided.lines[0].amount = Money::from_tiyin(501);
    assert_eq!(code(booked(&ctx, &world.a, lopsided).await), Code::Internal);
    assert_eq!(balance(&ctx, &world.a, a).await, 500);
}

#[tokio::test]
async fn nobody_changes_or_removes_what_was_booked() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let a = accounts(&ctx, &world.a).await[0];
    booked(&ctx, &world.a, entry(a, 500, day("2026-10-01"))).await.unwrap();
    let mut tx = system(&ctx, &world.a).await;
    ledger::close(&mut tx, day("2026-10-01")).await.unwrap();
    tx.commit().await.unwrap();
    let mut owner = ctx.database.superuser().await;
    for (table, column) in [
        ("ledger_entries", "reason = 'x'"),
        ("postings", "amount_tiyin = 1"),
        ("closed_periods", "closed_by_name = 'x'"),
    ] {
        for sql in [format!("delete from {table}"), format!("update {table} set {column}")] {
            let mut tx = ctx.db.begin_tenant(world.a.id.0).await.unwrap();
            let error = sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut *tx).await.unwrap_err();
            assert!(error.to_string().contains("permission denied"), "{sql}: {error}");
            drop(tx);
            let mut tx = ctx.db.begin_system("test").await.unwrap();
            let error = sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut *tx).await.unwrap_err();
            assert!(error.to_string().contains("permission denied"), "{sql}: {error}");
            drop(tx);
            let error = sqlx::query(AssertSqlSafe(sql)).execute(&mut owner).await.unwrap_err();
            assert!(error.to_string().contains("append-only"), "{error}");
        }
    }
}

#[tokio::test]
async fn nothing_is_booked_into_a_closed_month_or_before_it() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let a = accounts(&ctx, &world.a).await[0];
    let old = booked(&ctx, &world.a, entry(a, 500, day("2026-10-31"))).await.unwrap();
    let mut tx = system(&ctx, &world.a).await;
    ledger::close(&mut tx, day("2026-10-01")).await.unwrap();
    ledger::close(&mut tx, day("2026-10-01")).await.unwrap();
    assert_eq!(ledger::closed_until(&mut tx).await.unwrap(), Some(day("2026-10-01")));
    tx.commit().await.unwrap();
    for closed in ["2026-10-31", "2026-10-01", "2026-09-30"] {
        assert_eq!(code(booked(&ctx, &world.a, entry(a, 1, day(closed))).await), Code::PeriodClosed);
    }
    let mut tx = system(&ctx, &world.a).await;
    let back = ledger::reverse(&mut tx, old, Source::Correction, Uuid::now_v7(), day("2026-10-31"), "x").await;
    assert_eq!(code(back), Code::PeriodClosed);
    drop(tx);
    booked(&ctx, &world.a, entry(a, 7, day("2026-11-01"))).await.unwrap();
    assert_eq!(balance(&ctx, &world.a, a).await, 507);
}

#[tokio::test]
async fn people_book_today_and_earlier_only_with_the_right_to() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let a = accounts(&ctx, &world.a).await[0];
    let (desk, admin) = (world.a.dispatcher().await, world.a.admin().await);
    let mut tx = ctx.begin(&desk).await.unwrap();
    let today = day("2026-11-23");
    let back = ledger::post(&mut tx, entry(a, 1, today - Days::new(1))).await;
    assert_eq!(code(back), Code::BackDating);
    ledger::post(&mut tx, entry(a, 1, today)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = ctx.begin(&admin).await.unwrap();
    ledger::post(&mut tx, entry(a, 1, today - Days::new(1))).await.unwrap();
    assert_eq!(code(ledger::post(&mut tx, entry(a, 1, today + Days::new(1))).await), Code::Invalid);
}

async fn opening(db: &mut PgConnection, sql: &str) {
    sqlx::query(AssertSqlSafe(sql)).execute(db).await.unwrap();
}

#[tokio::test]
async fn opening_balances_are_entries_and_their_undo_reverses_them() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let ids = accounts(&ctx, &world.a).await;
    let mut db = ctx.database.superuser().await;
    let insert = "insert into opening_balances (id, company_id, account_id, amount_tiyin, as_of, created_at)
        select gen_random_uuid(), company_id, id, 1000, '2026-05-01', now() from personal_accounts where number like '70%'
        on conflict (company_id, account_id) do update set amount_tiyin = excluded.amount_tiyin + 1";
    opening(&mut db, insert).await;
    assert_eq!(balance(&ctx, &world.a, ids[0]).await, 1_000);
    opening(&mut db, insert).await;
    assert_eq!(balance(&ctx, &world.a, ids[0]).await, 1_001);
    // Nothing about money: nothing is booked.
    opening(&mut db, "update opening_balances set created_at = now()").await;
    opening(&mut db, "update opening_balances set amount_tiyin = 0 where amount_tiyin = 1001").await;
    assert_eq!(balance(&ctx, &world.a, ids[0]).await, 0);
    opening(&mut db, "update opening_balances set amount_tiyin = -300").await;
    assert_eq!(balance(&ctx, &world.a, ids[1]).await, -300);
    // An account with a balance stays; one that only had an opening balance may go, its history stays.
    let go = "delete from personal_accounts where number = '700'";
    let refused = sqlx::query(go).execute(&mut db).await.unwrap_err();
    assert!(refused.as_database_error().unwrap().is_foreign_key_violation(), "{refused}");
    opening(&mut db, "delete from opening_balances").await;
    assert_eq!(balance(&ctx, &world.a, ids[1]).await, 0);
    opening(&mut db, go).await;
    booked(&ctx, &world.a, entry(ids[1], 5, day("2026-11-01"))).await.unwrap();
    booked(&ctx, &world.a, entry(ids[1], -5, day("2026-11-01"))).await.unwrap();
    let refused = sqlx::query("delete from personal_accounts where number = '701'").execute(&mut db).await.unwrap_err();
    assert!(refused.to_string().contains("history"), "{refused}");
    let entries: i64 = sqlx::query_scalar("select count(*) from ledger_entries where kind in ('opening', 'reversal')")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(entries, i64::try_from(ids.len()).unwrap() * 6);
    assert_eq!(ledger::check(&ctx).await.unwrap(), []);
}

/// What a life of an account may hold.
#[derive(Clone, Debug)]
enum Move {
    Book {
        account: usize,
        tiyin: i64,
        day: u32,
    },
    /// Over two accounts and a part of it nobody's.
    Split {
        first: i64,
        second: i64,
        rest: i64,
    },
    /// Of the n-th entry so far.
    Reverse(usize),
    Repeat(usize),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let sum = prop_oneof![-10_000_000_i64..-1, 1_i64..10_000_000];
    let one = prop_oneof![
        4 => (0_usize..3, sum.clone(), 1_u32..28).prop_map(|(account, tiyin, day)| Move::Book { account, tiyin, day }),
        1 => (sum.clone(), sum.clone(), sum).prop_map(|(first, second, rest)| Move::Split { first, second, rest }),
        2 => (0_usize..30).prop_map(Move::Reverse),
        1 => (0_usize..30).prop_map(Move::Repeat),
    ];
    prop::collection::vec(one, 1..25)
}

#[tokio::test]
async fn whatever_is_booked_balances_are_the_sums() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let ids = accounts(&ctx, &world.a).await;
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() });
    let mut expected = [0_i64; 3];
    for _ in 0..24 {
        let life = moves().new_tree(&mut runner).unwrap().current();
        let mut done: Vec<(EntryId, NewEntry, bool)> = Vec::new();
        for step in life {
            let add = |expected: &mut [i64; 3], entry: &NewEntry, sign: i64| {
                for line in &entry.lines {
                    if let Some(n) = line.account.and_then(|a| ids.iter().position(|id| *id == a)) {
                        expected[n] += sign * line.amount.tiyin();
                    }
                }
            };
            match step {
                Move::Book { account, tiyin, day: on } => {
                    let new = entry(ids[account], tiyin, NaiveDate::from_ymd_opt(2026, 10, on).unwrap());
                    let id = booked(&ctx, &world.a, new.clone()).await.unwrap();
                    add(&mut expected, &new, 1);
                    done.push((id, new, false));
                }
                Move::Split { first, second, rest } => {
                    let mut new = entry(ids[0], 1, day("2026-11-02"));
                    new.lines = vec![
                        line(Book::Receivable, Some(ids[0]), first),
                        line(Book::Receivable, Some(ids[1]), second),
                        line(Book::Unallocated, None, rest),
                    ];
                    let sum = first + second + rest;
                    if sum != 0 {
                        new.lines.push(line(Book::Payme, None, -sum));
                    }
                    let id = booked(&ctx, &world.a, new.clone()).await.unwrap();
                    add(&mut expected, &new, 1);
                    done.push((id, new, false));
                }
                Move::Reverse(n) => {
                    let Some(known) = done.get_mut(n) else { continue };
                    let mut tx = system(&ctx, &world.a).await;
                    let back =
                        ledger::reverse(&mut tx, known.0, Source::Reversal, known.0.0, day("2026-11-20"), "x").await;
                    if known.2 {
                        assert_eq!(code(back), Code::AlreadyReversed);
                    } else {
                        back.unwrap();
                        tx.commit().await.unwrap();
                        add(&mut expected, &known.1, -1);
                        known.2 = true;
                    }
                }
                Move::Repeat(n) => {
                    let Some(known) = done.get(n) else { continue };
                    assert_eq!(code(booked(&ctx, &world.a, known.1.clone()).await), Code::AlreadyPosted);
                }
            }
        }
        for (account, sum) in ids.iter().zip(expected) {
            assert_eq!(balance(&ctx, &world.a, *account).await, sum);
            let mut tx = system(&ctx, &world.a).await;
            assert_eq!(ledger::balance_on(&mut tx, *account, day("2026-12-31")).await.unwrap().tiyin(), sum);
        }
        assert_eq!(ledger::check(&ctx).await.unwrap(), []);
    }
}

#[tokio::test]
async fn many_who_book_at_once_wait_in_one_line() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let ids = accounts(&ctx, &world.a).await;
    let company = world.a.id;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..40 {
        let (ctx, mut ids) = (ctx.ctx.clone(), ids.clone());
        tasks.spawn(async move {
            // Everybody has the accounts in another order.
            if n % 2 == 0 {
                ids.reverse();
            }
            let mut tx = ctx.begin(&domain::Actor::system(company)).await.unwrap();
            let mut new = entry(ids[0], 1, day("2026-11-01"));
            new.lines = ids.iter().map(|a| line(Book::Receivable, Some(*a), 10)).collect();
            new.lines.push(line(Book::Income, None, -10 * i64::try_from(ids.len()).unwrap()));
            ledger::post(&mut tx, new).await.unwrap();
            tx.commit().await.unwrap();
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    assert_eq!(balance(&ctx, &world.a, ids[0]).await, 400);
}

#[tokio::test]
async fn the_nightly_check_finds_what_was_changed_past_the_product() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let a = accounts(&ctx, &world.a).await[0];
    let id = booked(&ctx, &world.a, entry(a, 500, day("2026-11-01"))).await.unwrap();
    assert_eq!(ledger::check(&ctx).await.unwrap(), []);
    let mut owner = ctx.database.superuser().await;
    opening(&mut owner, "update account_balances set balance_tiyin = balance_tiyin + 7 where balance_tiyin > 0").await;
    let found = ledger::check(&ctx).await.unwrap();
    let (kept, sum) = (Money::from_tiyin(507), Money::from_tiyin(500));
    assert_eq!(found, [Difference::Balance { company: world.a.id, account: a, kept, sum }]);
    opening(&mut owner, "set session_replication_role = replica").await;
    opening(&mut owner, "update postings set amount_tiyin = amount_tiyin + 7 where book = 'receivable'").await;
    let found = ledger::check(&ctx).await.unwrap();
    assert_eq!(found, [Difference::Entry { company: world.a.id, entry: id, sum: Money::from_tiyin(7) }]);
}
