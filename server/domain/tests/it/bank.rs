//! Statements of the bank: taken once, booked right, given to accounts, put aside and taken back.

use crate::{
    support::{code, field, wrong},
    till::account_of,
};
use chrono::{Datelike, TimeDelta};
use domain::{
    Actor, Ctx,
    idempotency::Key,
    payments::{
        self,
        bank::{self, Content, NewStatement},
    },
};
use model::{
    BankLineId, Code, Money,
    payments::{
        AllocateLine, AllocatePart, BankLine, BankLineFilter, Ground, LineState, PaymentFilter, PaymentSource,
        RecordPayment, RefundPayment, SetAside, SkipReason, StatementCard, StatementFilter,
    },
    property::OpenAccount,
};
use platform::tokens::hash_bytes;
use testkit::{Company, TestCtx, World};

const OWN: &str = "20208000900123456001";

/// A line of a statement; the day is so many days ago.
struct Line<'a> {
    ago: i64,
    number: &'a str,
    soum: i64,
    payer: &'a str,
    purpose: &'a str,
}

fn line<'a>(number: &'a str, soum: i64, payer: &'a str, purpose: &'a str) -> Line<'a> {
    Line { ago: 0, number, soum, payer, purpose }
}

/// A file of the 1C exchange with one payment of the company's own at its end.
fn file(ctx: &Ctx, lines: &[Line<'_>]) -> String {
    let day = |ago| (ctx.clock.now() + TimeDelta::hours(5) - TimeDelta::days(ago)).format("%d.%m.%Y").to_string();
    let documents: String = lines
        .iter()
        .map(|l| {
            format!(
                "СекцияДокумент=Платежное поручение\r\nНомер={}\r\nДата={}\r\nСумма={}.00\r\nПлательщик={}\r\n\
                 ПлательщикСчет=22618000100000001001\r\nПолучательСчет={OWN}\r\nНазначениеПлатежа={}\r\nКонецДокумента\r\n",
                l.number,
                day(l.ago),
                l.soum,
                l.payer,
                l.purpose
            )
        })
        .collect();
    format!(
        "1CClientBankExchange\r\nРасчСчет={OWN}\r\n{documents}СекцияДокумент=Платежное поручение\r\nНомер=900\r\nДата={}\r\n\
         Сумма=77.00\r\nПлательщикСчет={OWN}\r\nПолучательСчет=1\r\nКонецДокумента\r\nКонецФайла\r\n",
        day(0)
    )
}

fn upload(text: &str) -> NewStatement {
    NewStatement {
        file_name: "kl_to_1c.txt".to_owned(),
        hash: hash_bytes(text.as_bytes()),
        content: Content::Exchange(text.to_owned()),
        own_account: None,
    }
}

async fn take(ctx: &Ctx, actor: &Actor, lines: &[Line<'_>]) -> StatementCard {
    bank::take(ctx, actor, upload(&file(ctx, lines)), None).await.unwrap()
}

async fn waiting(ctx: &Ctx, actor: &Actor) -> Vec<BankLine> {
    bank::list(ctx, actor, &BankLineFilter::default()).await.unwrap().items
}

fn to(account: &str, soum: Option<i64>) -> AllocatePart {
    AllocatePart { account: account.to_owned(), amount: soum.map(|soum| Money::from_soum(soum).unwrap()) }
}

fn all_to(account: &str) -> AllocateLine {
    AllocateLine { parts: vec![to(account, None)] }
}

async fn book(ctx: &Ctx, company: &Company, name: &str) -> i64 {
    let mut tx = ctx.db.begin_system("test").await.unwrap();
    sqlx::query_scalar(
        "select coalesce(sum(amount_tiyin), 0)::bigint from postings where company_id = $1 and book = $2",
    )
    .bind(company.id.0)
    .bind(name)
    .fetch_one(&mut *tx)
    .await
    .unwrap()
}

/// What must hold whatever was done: sums of statements, nobody's money, balances and the ledger itself.
async fn holds(ctx: &Ctx, company: &Company) {
    let admin = company.admin().await;
    let mut taken = 0;
    for row in bank::statements(ctx, &admin, &StatementFilter::default()).await.unwrap().items {
        let parts = [row.matched, row.waiting, row.aside, row.repeated].iter().map(|m| m.tiyin()).sum::<i64>();
        assert_eq!(parts, row.total.tiyin(), "{row:?}");
        assert_eq!(row.matched_count + row.waiting_count + row.aside_count + row.repeated_count, row.total_count);
        taken += row.total.tiyin() - row.repeated.tiyin();
    }
    let unmatched = bank::unmatched(ctx, &admin).await.unwrap();
    let nobodys = book(ctx, company, "unallocated").await;
    assert_eq!(-nobodys, unmatched.waiting.tiyin() + unmatched.aside.tiyin(), "what is nobody's is what waits");
    let by_hand = payments::totals(
        ctx,
        &admin,
        &PaymentFilter { source: Some(PaymentSource::Bank), text: Some("by-hand".to_owned()), ..Default::default() },
    )
    .await
    .unwrap();
    assert_eq!(book(ctx, company, "bank").await, taken + by_hand.completed.tiyin(), "the bank has what came in");
    assert!(domain::ledger::check(ctx).await.unwrap().is_empty());
    let mut tx = ctx.db.begin_system("test").await.unwrap();
    let wrong: i64 = sqlx::query_scalar(
        "select count(*) from bank_lines l where l.left_tiyin <> l.amount_tiyin - (select coalesce(sum(p.amount_tiyin), 0)
           from bank_allocations a join payments p on p.provider_id = a.id and p.state = 'completed' where a.line_id = l.id)",
    )
    .fetch_one(&mut *tx)
    .await
    .unwrap();
    assert_eq!(wrong, 0, "what is left of a line is what no payment took");
}

#[tokio::test]
async fn a_statement_is_taken_once_and_its_sums_add_up() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let account = account_of(&ctx, &world.a, world.a.resident.unit).await;
    let admin = world.a.admin().await;
    let purpose = format!("Оплата за май, л/с № {account}, кв. 1");
    let lines = [
        line("1", 100, "КАРИМОВ АЗИЗ", &purpose),
        line("2", 200, "ООО Ромашка", "аренда"),
        line("2", 200, "ООО Ландыш", "аренда"),
    ];
    let card = take(&ctx, &admin, &lines).await;
    assert_eq!((card.row.total.tiyin(), card.row.total_count), (50_000, 3));
    assert_eq!((card.row.matched.tiyin(), card.row.waiting.tiyin()), (10_000, 40_000));
    assert_eq!((card.row.outgoing_count, card.row.outgoing.tiyin()), (1, 7_700));
    assert_eq!(card.lines[0].parts[0].account_number, account);
    assert!(card.lines[0].parts[0].automatic);
    holds(&ctx, &world.a).await;

    // The same bytes are the same statement; other bytes with the same lines change nothing.
    let again = take(&ctx, &admin, &lines).await;
    assert_eq!(again.row.id, card.row.id);
    let text = format!("{}\r\n", file(&ctx, &lines));
    let other = bank::take(&ctx, &admin, upload(&text), None).await.unwrap();
    assert_ne!(other.row.id, card.row.id);
    assert_eq!((other.row.repeated.tiyin(), other.row.repeated_count, other.lines.len()), (50_000, 3, 0));
    assert!(other.skipped.iter().all(|skipped| skipped.why == SkipReason::Known));
    // A later statement of the same day brings what is new, and only that.
    let more = [lines.as_slice(), &[line("3", 5, "", "")]].concat_lines();
    let later = take(&ctx, &admin, &more).await;
    assert_eq!((later.row.repeated_count, later.lines.len()), (3, 1));
    assert_eq!(book(&ctx, &world.a, "bank").await, 50_500);
    holds(&ctx, &world.a).await;
    let found = payments::list(&ctx, &admin, &PaymentFilter::default()).await.unwrap().items;
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].source, found[0].amount.tiyin(), found[0].reference.as_str()),
        (PaymentSource::Bank, 10_000, "1")
    );
}

trait Concat<'a> {
    fn concat_lines(&self) -> Vec<Line<'a>>;
}
impl<'a> Concat<'a> for [&[Line<'a>]; 2] {
    fn concat_lines(&self) -> Vec<Line<'a>> {
        let copy =
            |l: &Line<'a>| Line { ago: l.ago, number: l.number, soum: l.soum, payer: l.payer, purpose: l.purpose };
        self.iter().flat_map(|lines| lines.iter().map(copy)).collect()
    }
}

/// Only an open account whose number is the only one named is sure; another company's number is nobody's.
#[tokio::test]
async fn only_what_is_sure_goes_by_itself() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    // Of digits alone: only those are written with gaps.
    let opened = OpenAccount { number: Some("0104500123".to_owned()), ..Default::default() };
    let desk = world.a.admin().await;
    let mine = domain::property::open_account(&ctx, &desk, world.a.resident.unit, &opened).await.unwrap().number;
    let second = account_of(&ctx, &world.a, world.a.neighbour.unit).await;
    let closed = account_of(&ctx, &world.a, world.a.house.units[2]).await;
    let foreign = account_of(&ctx, &world.b, world.b.far_house.units[0]).await;
    let mut tx = ctx.db.begin_system("test").await.unwrap();
    sqlx::query("update personal_accounts set closed_on = opened_on where number = $1")
        .bind(&closed)
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let admin = world.a.admin().await;
    let spaced = format!("{} {} {}", &mine[..2], &mine[2..5], &mine[5..]);
    let purposes = [
        format!("л/с {mine}"),
        format!("hisob raqami {spaced}"),
        format!("за {second} и {mine}"),
        format!("л/с {closed}"),
        format!("л/с {foreign}"),
        "без номера".to_owned(),
    ];
    let numbers = ["1", "2", "3", "4", "5", "6"];
    let lines: Vec<Line<'_>> = numbers.iter().zip(&purposes).map(|(n, p)| line(n, 10, "", p)).collect();
    let card = take(&ctx, &admin, &lines).await;
    let taken: Vec<bool> = card.lines.iter().map(|l| l.state == LineState::Allocated).collect();
    assert_eq!(taken, [true, true, false, false, false, false], "{purposes:?}");
    let queue = waiting(&ctx, &admin).await;
    let of = |number: &str| queue.iter().find(|l| l.number == number).unwrap();
    assert_eq!(of("3").suggestions.len(), 2);
    assert!(of("4").suggestions[0].closed);
    assert!(of("5").suggestions.is_empty() && of("6").suggestions.is_empty());
    holds(&ctx, &world.a).await;
}

#[tokio::test]
async fn debts_and_names_are_suggested_with_their_reasons() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let mine = account_of(&ctx, &world.a, world.a.resident.unit).await;
    let second = account_of(&ctx, &world.a, world.a.neighbour.unit).await;
    let admin = world.a.admin().await;
    // The neighbour owes 123 soʻm: a payment taken back leaves a debt only with a payment before it, so it is charged.
    testkit_debt(&ctx, &world.a, &second, 12_300).await;
    take(&ctx, &admin, &[line("1", 123, "КАРИМОВ АЗИЗ РУСТАМОВИЧ", "коммуналка"), line("2", 123, "", "оплата")]).await;
    let queue = waiting(&ctx, &admin).await;
    let of = |number: &str| queue.iter().find(|l| l.number == number).unwrap();
    let named = of("1").suggestions.iter().find(|s| s.account_number == mine).unwrap();
    assert_eq!(named.grounds, [Ground::Name]);
    let owing = &of("2").suggestions[0];
    assert_eq!((owing.account_number.as_str(), owing.grounds.as_slice()), (second.as_str(), &[Ground::Debt][..]));
    assert_eq!(owing.balance.tiyin(), 12_300);
    assert!(named.confidence > owing.confidence && owing.confidence > 0);
}

/// Charges an account without a tariff.
async fn testkit_debt(ctx: &TestCtx, company: &Company, number: &str, tiyin: i64) {
    let mut superuser = ctx.database.superuser().await;
    let day = (ctx.clock.now() + TimeDelta::hours(5)).date_naive();
    sqlx::query("with a as (select b.* from account_balances b join personal_accounts p on p.id = b.account_id where p.number = $1 and p.company_id = $2),
        e as (insert into ledger_entries (id, company_id, kind, source_id, period, booked_on, created_at)
          values (gen_random_uuid(), $2, 'charge', gen_random_uuid(), $3, $4, now()) returning id)
        insert into postings (company_id, entry_id, line, booked_on, book, account_id, building_id, amount_tiyin)
        select $2, e.id, l.line, $4, l.book, case l.line when 1 then a.account_id end, case l.line when 1 then a.building_id end, $5 * l.sign
        from e, a, (values (1::smallint, 'receivable', 1), (2::smallint, 'income', -1)) l(line, book, sign)")
        .bind(number)
        .bind(company.id.0)
        .bind(day.with_day(1).unwrap())
        .bind(day)
        .bind(tiyin)
        .execute(&mut superuser)
        .await
        .unwrap();
}

#[tokio::test]
async fn money_is_split_put_aside_and_taken_back() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (mine, second) = (
        account_of(&ctx, &world.a, world.a.resident.unit).await,
        account_of(&ctx, &world.a, world.a.neighbour.unit).await,
    );
    let admin = world.a.admin().await;
    let mut old = line("7", 300, "Кто-то", "за двоих");
    old.ago = 3;
    take(&ctx, &admin, &[old, line("8", 50, "Банк", "проценты")]).await;
    let queue = waiting(&ctx, &admin).await;
    let id = queue.iter().find(|l| l.number == "7").unwrap().id;
    let interest = queue.iter().find(|l| l.number == "8").unwrap().id;

    // More than there is, nobody's account, the same account twice.
    let ask = |parts| AllocateLine { parts };
    for (parts, wanted) in [
        (vec![to(&mine, Some(301))], wrong("/parts/0/amount", "out_of_range")),
        (vec![to(&mine, Some(300)), to(&second, None)], wrong("/parts/1/amount", "out_of_range")),
        (vec![to("none", None)], wrong("/parts/0/account", "unknown")),
        (vec![to(&mine, Some(1)), to(&mine, Some(1))], wrong("/parts/1/account", "twice")),
        (vec![to(&mine, Some(0))], wrong("/parts/0/amount", "out_of_range")),
    ] {
        assert_eq!(field(bank::allocate(&ctx, &admin, id, &ask(parts), None).await), wanted);
    }
    holds(&ctx, &world.a).await;

    let part = bank::allocate(&ctx, &admin, id, &ask(vec![to(&mine, Some(100))]), None).await.unwrap();
    assert_eq!((part.state, part.left.tiyin()), (LineState::Waiting, 20_000));
    let done = bank::allocate(&ctx, &admin, id, &ask(vec![to(&second, None)]), None).await.unwrap();
    assert_eq!((done.state, done.left.tiyin(), done.parts.len()), (LineState::Allocated, 0, 2));
    assert_eq!(code(bank::allocate(&ctx, &admin, id, &all_to(&mine), None).await), Code::IllegalTransition);
    holds(&ctx, &world.a).await;
    // The bank had it on its own day; the accounts have it since today.
    let payment = payments::get(&ctx, &admin, done.parts[0].payment_id).await.unwrap();
    let today = (ctx.clock.now() + TimeDelta::hours(5)).date_naive();
    assert_eq!((payment.row.booked_on, payment.row.paid_at.date_naive()), (today, today - TimeDelta::days(3)));

    // Refunding one of the payments is the same as taking it back here: the money waits.
    let why = RefundPayment { reason: "не тот счёт".to_owned() };
    payments::refund(&ctx, &admin, done.parts[1].payment_id, &why).await.unwrap();
    let line = waiting(&ctx, &admin).await.into_iter().find(|l| l.id == id).unwrap();
    assert_eq!((line.left.tiyin(), line.parts.len()), (20_000, 1));
    holds(&ctx, &world.a).await;
    let back = bank::release(&ctx, &admin, id, &why).await.unwrap();
    assert_eq!((back.state, back.left.tiyin(), back.parts.len()), (LineState::Waiting, 30_000, 0));
    assert_eq!(code(bank::release(&ctx, &admin, id, &why).await), Code::IllegalTransition);
    holds(&ctx, &world.a).await;

    let reason = SetAside { reason: "проценты банка".to_owned() };
    let aside = bank::set_aside(&ctx, &admin, interest, &reason).await.unwrap();
    assert_eq!((aside.state, aside.aside_reason.as_deref()), (LineState::Aside, Some("проценты банка")));
    assert_eq!(code(bank::set_aside(&ctx, &admin, interest, &reason).await), Code::IllegalTransition);
    assert_eq!(code(bank::allocate(&ctx, &admin, interest, &all_to(&mine), None).await), Code::IllegalTransition);
    holds(&ctx, &world.a).await;
    assert_eq!(bank::release(&ctx, &admin, interest, &why).await.unwrap().state, LineState::Waiting);
    holds(&ctx, &world.a).await;

    // A line that somebody gave back is not given again by itself.
    let sure = format!("л/с {mine}");
    let card = take(&ctx, &admin, &[self::line("9", 10, "", &sure)]).await;
    bank::release(&ctx, &admin, card.lines[0].id, &why).await.unwrap();
    assert_eq!(bank::match_statement(&ctx, &admin, card.row.id, 100).await.unwrap(), 0);
    holds(&ctx, &world.a).await;
}

/// The same line from many hands at once: its money is given once.
#[tokio::test]
async fn parallel_hands_give_money_once() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (mine, second) = (
        account_of(&ctx, &world.a, world.a.resident.unit).await,
        account_of(&ctx, &world.a, world.a.neighbour.unit).await,
    );
    let admin = world.a.admin().await;
    let sure = format!("лс {mine}");
    let text = file(&ctx, &[line("1", 100, "", "?"), line("2", 10, "", &sure)]);
    let cards = futures::future::join_all((0..6).map(|_| bank::take(&ctx, &admin, upload(&text), None))).await;
    let ids: Vec<_> = cards.into_iter().map(|card| card.unwrap().row.id).collect();
    assert!(ids.iter().all(|id| *id == ids[0]));
    holds(&ctx, &world.a).await;
    let id = waiting(&ctx, &admin).await[0].id;
    let tries = (0..8).map(|n| {
        let (ctx, admin, account) = (&ctx, &admin, if n % 2 == 0 { &mine } else { &second });
        async move { bank::allocate(ctx, admin, id, &all_to(account), None).await }
    });
    let done = futures::future::join_all(tries).await.into_iter().filter(Result::is_ok).count();
    assert_eq!(done, 1);
    holds(&ctx, &world.a).await;
    assert_eq!(book(&ctx, &world.a, "receivable").await, -11_000);
    // Taking back and giving again at the same time leaves the books right, whoever wins.
    let why = RefundPayment { reason: "x".to_owned() };
    for _ in 0..3 {
        let give = all_to(&second);
        let (_, _, _) = tokio::join!(
            bank::release(&ctx, &admin, id, &why),
            bank::allocate(&ctx, &admin, id, &give, None),
            bank::release(&ctx, &admin, id, &why),
        );
        holds(&ctx, &world.a).await;
    }
}

#[tokio::test]
async fn keys_make_repeats_safe() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let mine = account_of(&ctx, &world.a, world.a.resident.unit).await;
    let admin = world.a.admin().await;
    let key = |name: &str| Key { key: name.to_owned(), request_hash: vec![1] };
    let text = file(&ctx, &[line("1", 100, "", "?")]);
    let first = bank::take(&ctx, &admin, upload(&text), Some(&key("a"))).await.unwrap();
    let second = bank::take(&ctx, &admin, upload(&text), Some(&key("a"))).await.unwrap();
    assert_eq!(first, second);
    let id = first.lines[0].id;
    let done = bank::allocate(&ctx, &admin, id, &all_to(&mine), Some(&key("b"))).await.unwrap();
    let again = bank::allocate(&ctx, &admin, id, &all_to(&mine), Some(&key("b"))).await.unwrap();
    assert_eq!(done, again);
    holds(&ctx, &world.a).await;
}

/// What was written down by hand before is not taken a second time.
#[tokio::test]
async fn a_payment_by_hand_is_recognised() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let mine = account_of(&ctx, &world.a, world.a.resident.unit).await;
    let admin = world.a.admin().await;
    let command = RecordPayment {
        account: mine.clone(),
        source: PaymentSource::Bank,
        amount: Money::from_soum(70).unwrap(),
        reference: "by-hand".to_owned(),
        paid_on: None,
        payer: None,
        note: None,
    };
    payments::record(&ctx, &admin, &command, None).await.unwrap();
    let purpose = format!("л/с {mine}");
    let card = take(
        &ctx,
        &admin,
        &[line("by-hand", 70, "", &purpose), line("by-hand", 70, "", &purpose), line("by-hand", 71, "", "?")],
    )
    .await;
    assert_eq!((card.row.repeated_count, card.row.matched_count, card.row.waiting_count), (1, 1, 1));
    assert_eq!(card.skipped[0].why, SkipReason::ByHand);
}

#[tokio::test]
async fn tables_need_an_account_once() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let day = (ctx.clock.now() + TimeDelta::hours(5)).format("%d.%m.%Y").to_string();
    let table = |number: &str, own: Option<&str>| NewStatement {
        file_name: "выписка.xlsx".to_owned(),
        hash: hash_bytes(number.as_bytes()),
        content: Content::Table(vec![
            ["Дата", "Номер", "Кредит", "Назначение"].map(str::to_owned).to_vec(),
            [day.as_str(), number, "100", "?"].map(str::to_owned).to_vec(),
        ]),
        own_account: own.map(str::to_owned),
    };
    assert_eq!(field(bank::take(&ctx, &admin, table("1", None), None).await), wrong("/bank_account", "required"));
    let card = bank::take(&ctx, &admin, table("1", Some("2020 8000")), None).await.unwrap();
    assert_eq!(card.row.own_accounts, ["20208000"]);
    assert_eq!(bank::take(&ctx, &admin, table("2", None), None).await.unwrap().row.own_accounts, ["20208000"]);
    let nothing = NewStatement { content: Content::Table(Vec::new()), ..table("3", None) };
    assert_eq!(field(bank::take(&ctx, &admin, nothing, None).await), wrong("/file", "no_columns"));
    let empty = NewStatement { content: Content::Exchange("1CClientBankExchange\r\n".to_owned()), ..table("4", None) };
    assert_eq!(code(bank::take(&ctx, &admin, empty, None).await), Code::EmptySpreadsheet);
    holds(&ctx, &world.a).await;
}

/// Another company sees nothing and takes the same file as its own; other roles and residents have no way in.
#[tokio::test]
async fn who_sees_the_bank() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let mine = account_of(&ctx, &world.a, world.a.resident.unit).await;
    let (admin, foreigner) = (world.a.admin().await, world.b.admin().await);
    let purpose = format!("л/с {mine}");
    let text = file(&ctx, &[line("1", 100, "", "?"), line("2", 100, "", &purpose)]);
    let card = bank::take(&ctx, &admin, upload(&text), None).await.unwrap();
    let id = card.lines[0].id;
    let why = RefundPayment { reason: "x".to_owned() };
    let reason = SetAside { reason: "x".to_owned() };
    assert_eq!(code(bank::statement(&ctx, &foreigner, card.row.id).await), Code::NotFound);
    assert_eq!(code(bank::allocate(&ctx, &foreigner, id, &all_to(&mine), None).await), Code::NotFound);
    assert_eq!(code(bank::set_aside(&ctx, &foreigner, id, &reason).await), Code::NotFound);
    assert_eq!(code(bank::release(&ctx, &foreigner, id, &why).await), Code::NotFound);
    assert!(waiting(&ctx, &foreigner).await.is_empty());
    let theirs = bank::take(&ctx, &foreigner, upload(&text), None).await.unwrap();
    assert_ne!(theirs.row.id, card.row.id);
    // The number of another company's account means nothing here.
    assert_eq!((theirs.row.matched_count, theirs.row.waiting_count), (0, 2));
    assert!(waiting(&ctx, &foreigner).await.iter().all(|line| line.suggestions.is_empty()));
    for actor in [world.a.dispatcher().await, world.a.plumber().await, world.a.resident().await] {
        assert_eq!(code(bank::take(&ctx, &actor, upload(&text), None).await), Code::Forbidden);
        assert_eq!(code(bank::list(&ctx, &actor, &BankLineFilter::default()).await), Code::Forbidden);
        assert_eq!(code(bank::statement(&ctx, &actor, card.row.id).await), Code::Forbidden);
        assert_eq!(code(bank::unmatched(&ctx, &actor).await), Code::Forbidden);
        assert_eq!(code(bank::allocate(&ctx, &actor, id, &all_to(&mine), None).await), Code::Forbidden);
        assert_eq!(code(bank::release(&ctx, &actor, BankLineId(id.0), &why).await), Code::Forbidden);
    }
    holds(&ctx, &world.a).await;
    holds(&ctx, &world.b).await;
}
