//! More people for a [`crate::World`], and a mark that shows whose data somebody sees.

use crate::{
    Person,
    world::{person, user},
};
use domain::{
    Actor, Ctx,
    ledger::{self, Book, Line, NewEntry, Source},
};
use model::{
    AccountId, ApplicationId, BuildingId, CompanyId, ContactId, CorrectionId, Money, PenaltyId, ProposalId,
    RecalculationId, RequestId, ResidentInviteId, Role, RunId, SavedViewId, ServiceId, UnitId, UserId, WaiverId,
};
use platform::ids::new_id;

/// One more staff member; the password is [`crate::PASSWORD`], the mail address `<login>@example.uz`.
pub async fn hire(ctx: &Ctx, company: Option<CompanyId>, role: Role, login: &str, zone: Option<BuildingId>) -> UserId {
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    let id = user(&mut tx, ctx, company, role, login).await;
    if let (Some(company), Some(building)) = (company, zone) {
        sqlx::query("insert into staff_zones (company_id, user_id, building_id) values ($1, $2, $3)")
            .bind(company.0)
            .bind(id.0)
            .bind(building.0)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    id
}

/// One more owner of a flat, with a login.
pub async fn move_in(ctx: &Ctx, company: CompanyId, name: &str, phone: &str, unit: UnitId) -> Person {
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    let moved = person(&mut tx, ctx, company, name, phone, unit).await;
    tx.commit().await.unwrap();
    moved
}

/// Puts a mark on the name of every house and contact of a company.
pub async fn mark(ctx: &Ctx, company: CompanyId, mark: &str) {
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    for sql in [
        "update buildings set address = address || $2 where company_id = $1",
        "update contacts set name = name || $2 where company_id = $1",
    ] {
        sqlx::query(sql).bind(company.0).bind(mark).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// As if a request had been answered and its time had passed long ago.
pub async fn miss_deadline(ctx: &Ctx, request: RequestId) {
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    let sql =
        "update requests set due_at = '2020-01-01', alert_at = '2020-01-01', responded_at = '2020-01-01' where id = $1";
    sqlx::query(sql).bind(request.0).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

/// A view of the requests that everybody in the company sees.
pub async fn share_view(ctx: &Ctx, company: CompanyId, owner: UserId, name: &str) -> SavedViewId {
    let id = new_id();
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    sqlx::query(
        "insert into saved_views (id, company_id, owner_id, list, name, query, shared, created_at)
         values ($1, $2, $3, 'requests', $4, 'status=new', true, $5)",
    )
    .bind(id)
    .bind(company.0)
    .bind(owner.0)
    .bind(name)
    .bind(ctx.clock.now())
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id.into()
}

/// A known contact moves into a flat.
pub async fn settle(ctx: &Ctx, company: CompanyId, contact: ContactId, unit: UnitId) {
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    sqlx::query(
        "insert into residencies (id, company_id, unit_id, contact_id, relation, since_on)
         values ($1, $2, $3, $4, 'relative', '2020-01-01')",
    )
    .bind(new_id())
    .bind(company.0)
    .bind(unit.0)
    .bind(contact.0)
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

/// A relative without a login in a flat.
pub async fn lodge(ctx: &Ctx, company: CompanyId, name: &str, unit: UnitId) -> ContactId {
    let id = new_id();
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    sqlx::query("insert into contacts (id, company_id, name, created_at) values ($1, $2, $3, $4)")
        .bind(id)
        .bind(company.0)
        .bind(name)
        .bind(ctx.clock.now())
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    settle(ctx, company, id.into(), unit).await;
    id.into()
}

/// A resident's wish for one more home, of which only the number of the account is known.
pub async fn wait_for(ctx: &Ctx, company: CompanyId, contact: ContactId, name: &str) -> ApplicationId {
    let id = new_id();
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    sqlx::query(
        "insert into applications (id, company_id, kind, name, contact_id, account, relation, door, created_at)
         values ($1, $2, 'attach', $3, $4, '1', 'tenant', 'web', $5)",
    )
    .bind(id)
    .bind(company.0)
    .bind(name)
    .bind(contact.0)
    .bind(ctx.clock.now())
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id.into()
}

/// An invitation into a flat, of which nobody has the link.
pub async fn invite_home(ctx: &Ctx, company: CompanyId, by: UserId, unit: UnitId) -> ResidentInviteId {
    let id = new_id();
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    sqlx::query(
        "insert into resident_invites (id, company_id, token_hash, code_hash, unit_id, relation, invited_by, created_at, expires_at)
         values ($1, $2, sha256($3), sha256($4), $5, 'tenant', $6, $7, $7 + interval '14 days')",
    )
    .bind(id)
    .bind(company.0)
    .bind([id.as_bytes().as_slice(), b"link"].concat())
    .bind([id.as_bytes().as_slice(), b"code"].concat())
    .bind(unit.0)
    .bind(by.0)
    .bind(ctx.clock.now())
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id.into()
}

/// An open proposal of the detector about a house, with one request in it.
pub async fn propose(ctx: &Ctx, company: CompanyId, building: BuildingId, request: RequestId) -> ProposalId {
    let id = new_id();
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    sqlx::query(
        "insert into outage_proposals (id, company_id, building_id, category, first_at, last_at, created_at)
         values ($1, $2, $3, 'plumbing', $4, $4, $4)",
    )
    .bind(id)
    .bind(company.0)
    .bind(building.0)
    .bind(ctx.clock.now())
    .execute(&mut *tx)
    .await
    .unwrap();
    for sql in [
        "insert into outage_proposal_places (company_id, proposal_id) select $1, $2 where $3::uuid is not null",
        "insert into outage_proposal_requests (company_id, proposal_id, request_id) values ($1, $2, $3)",
    ] {
        sqlx::query(sql).bind(company.0).bind(id).bind(request.0).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    id.into()
}

/// A recalculation that somebody asked for and that waits for a second person.
pub async fn ask_recalculation(ctx: &Ctx, by: &Actor, account: AccountId, service: ServiceId) -> RecalculationId {
    let id = new_id();
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    sqlx::query(
        "insert into recalculations (id, company_id, account_id, service_id, period, from_on, to_on, percent_bp, month_days,
           charged_tiyin, amount_tiyin, reason, state, created_at, created_by, created_by_name)
         values ($1, $2, $3, $4, '2026-05-01', '2026-05-01', '2026-05-31', 10000, 31, 100, 100, 'Отъезд', 'waiting', $5, $6, $7)",
    )
    .bind(id)
    .bind(by.company_id().0)
    .bind(account.0)
    .bind(service.0)
    .bind(ctx.clock.now())
    .bind(by.user_id().map(|u| u.0))
    .bind(by.name())
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id.into()
}

/// Takes all but the newest announced uploads away that nobody has confirmed.
pub async fn forget_uploads(ctx: &Ctx, keep: i64) {
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    sqlx::query(
        "delete from uploads where file_id is null
           and id not in (select id from uploads where file_id is null order by id desc limit $1)",
    )
    .bind(keep)
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

/// A correction that somebody asked for and that waits for a second person.
pub async fn ask_correction(ctx: &Ctx, by: &Actor, account: AccountId, service: ServiceId) -> CorrectionId {
    let id = new_id();
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    sqlx::query(
        "insert into corrections (id, company_id, account_id, service_id, amount_tiyin, reason, state, created_at, created_by,
           created_by_name)
         values ($1, $2, $3, $4, -100, 'Ошибка', 'waiting', $5, $6, $7)",
    )
    .bind(id)
    .bind(by.company_id().0)
    .bind(account.0)
    .bind(service.0)
    .bind(ctx.clock.now())
    .bind(by.user_id().map(|u| u.0))
    .bind(by.name())
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id.into()
}

/// A debt of one soʻm since April.
pub async fn owe(ctx: &Ctx, by: &Actor, account: AccountId) {
    let booked_on = "2026-04-30".parse().unwrap();
    let line =
        |book, account, tiyin| Line { book, account, service: None, kassa: None, amount: Money::from_tiyin(tiyin) };
    let entry = NewEntry {
        source: Source::Correction,
        source_id: new_id(),
        period: ledger::month_of(booked_on),
        booked_on,
        reason: None,
        lines: vec![line(Book::Receivable, Some(account), 100), line(Book::Income, None, -100)],
    };
    let mut tx = ctx.begin(&Actor::system(by.company_id())).await.unwrap();
    ledger::post(&mut tx, entry).await.unwrap();
    tx.commit().await.unwrap();
}

/// Penalties of an account for two months, as a run books them: one to be forgiven, and one that somebody asked to be
/// forgiven and that waits for a second person.
pub async fn penalise(ctx: &Ctx, by: &Actor, account: AccountId, run: RunId) -> (PenaltyId, WaiverId) {
    let mut ids = Vec::new();
    let mut tx = ctx.begin(&Actor::system(by.company_id())).await.unwrap();
    for day in ["2026-05-31", "2026-06-30"] {
        let (id, booked_on) = (new_id(), day.parse().unwrap());
        let line =
            |book, account, tiyin| Line { book, account, service: None, kassa: None, amount: Money::from_tiyin(tiyin) };
        let entry = NewEntry {
            source: Source::Penalty,
            source_id: id,
            period: ledger::month_of(booked_on),
            booked_on,
            reason: None,
            lines: vec![line(Book::Receivable, Some(account), 100), line(Book::PenaltyIncome, None, -100)],
        };
        let entry = ledger::post(&mut tx, entry).await.unwrap();
        sqlx::query(
            "insert into penalty_charges (id, company_id, run_id, period, account_id, building_id, payer, lines, amount_tiyin, entry_id)
             select $1, $2, $3, date_trunc('month', $4::date)::date, $5, b.building_id, 'person',
               '[{\"month\": \"2026-04-01\", \"steps\": [], \"capped\": null, \"amount\": 100}]', 100, $6
             from account_balances b where b.company_id = $2 and b.account_id = $5",
        )
        .bind(id)
        .bind(by.company_id().0)
        .bind(run.0)
        .bind(booked_on)
        .bind(account.0)
        .bind(entry.0)
        .execute(tx.conn())
        .await
        .unwrap();
        ids.push(id);
    }
    let waiver = new_id();
    sqlx::query(
        "insert into penalty_waivers (id, company_id, penalty_id, account_id, amount_tiyin, reason, state, created_at, created_by, created_by_name)
         values ($1, $2, $3, $4, 100, 'Отъезд', 'waiting', $5, $6, $7)",
    )
    .bind(waiver)
    .bind(by.company_id().0)
    .bind(ids[1])
    .bind(account.0)
    .bind(ctx.clock.now())
    .bind(by.user_id().map(|u| u.0))
    .bind(by.name())
    .execute(tx.conn())
    .await
    .unwrap();
    tx.commit().await.unwrap();
    (ids[0].into(), waiver.into())
}

/// The number of a bill, which its payer types.
pub async fn bill_number(ctx: &Ctx, bill: model::BillId) -> String {
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    sqlx::query_scalar("select number from bills where id = $1").bind(bill.0).fetch_one(&mut *tx).await.unwrap()
}

/// What each account owes, by its number.
pub async fn balances(database: &crate::TestDb) -> std::collections::HashMap<String, i64> {
    let mut admin = database.superuser().await;
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select a.number, b.balance_tiyin from personal_accounts a join account_balances b on b.account_id = a.id",
    )
    .fetch_all(&mut admin)
    .await
    .unwrap();
    rows.into_iter().collect()
}

/// What of payments contradicts itself in the database, in words; nothing when all is well. Events and audit are looked
/// for of payments made since a moment.
pub async fn payment_violations(database: &crate::TestDb, since_ms: i64) -> Vec<String> {
    let mut admin = database.superuser().await;
    let mut found = Vec::new();
    for (what, sql) in [
        ("a balance is not the sum of its postings",
         "select b.account_id::text from account_balances b where b.balance_tiyin <> coalesce((select sum(p.amount_tiyin)
            from postings p where p.account_id = b.account_id and p.book = 'receivable'), 0)"),
        ("an entry does not add up", "select entry_id::text from postings group by entry_id having sum(amount_tiyin) <> 0"),
        ("a payment without its entry, or of another sum",
         "select p.id::text from payments p where not exists (select from postings l where l.entry_id = p.entry_id
            and l.book = 'receivable' and l.account_id = p.account_id and l.amount_tiyin = -p.amount_tiyin)"),
        ("a refund that was not reversed",
         "select p.id::text from payments p where p.state = 'refunded' and not exists (select from postings l
            where l.entry_id = p.refund_entry_id and l.account_id = p.account_id and l.amount_tiyin = p.amount_tiyin)"),
        ("a performed transaction without a payment, or one in another state",
         "select t.id::text from payme_transactions t left join payments p on p.provider_id = t.id
            where (t.state = 2 and p.state is distinct from 'completed') or (t.state = -2 and p.state is distinct from 'refunded')
              or (t.state in (1, -1) and p.id is not null)"),
        ("a confirmed attempt without a payment, or a payment without one",
         "select t.id::text from click_attempts t left join payments p on p.provider_id = t.id
            where (t.state = 'confirmed') <> (p.id is not null)"),
        ("a bill that is paid and kept", "select id::text from bills where state = 'paid' and holder is not null"),
    ] {
        let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut admin).await.unwrap();
        found.extend(rows.into_iter().map(|id| format!("{what}: {id}")));
    }
    // The invented past of a demo city was told to nobody.
    let told: Vec<String> = sqlx::query_scalar(
        "select p.id::text from payments p
         left join (select data->>'payment_id' as id, count(*) filter (where type = 'payment.completed') as done,
             count(*) filter (where type = 'payment.refunded') as back
           from outbox_events where type in ('payment.completed', 'payment.refunded') group by 1) e on e.id = p.id::text
         left join (select object_id, count(*) filter (where action = 'payment.create') as made,
             count(*) filter (where action = 'payment.refund') as back
           from audit_log where action in ('payment.create', 'payment.refund') group by 1) a on a.object_id = p.id
         where p.created_at > to_timestamp($1::bigint / 1000.0) and (
           coalesce(e.done, 0) <> 1 or coalesce(e.back, 0) <> (p.state = 'refunded')::int
           or coalesce(a.made, 0) <> 1 or coalesce(a.back, 0) <> (p.state = 'refunded')::int)",
    )
    .bind(since_ms)
    .fetch_all(&mut admin)
    .await
    .unwrap();
    found.extend(told.into_iter().map(|id| format!("a payment that was told or written down other than once: {id}")));
    found
}

/// News that were sent are due at once.
pub async fn hurry(ctx: &Ctx, news: model::NewsId) {
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    sqlx::query("update news set due_at = $2 where id = $1")
        .bind(news.0)
        .bind(ctx.clock.now())
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// How often somebody changed something, in whatever company: entries of the audit.
pub async fn deeds(ctx: &Ctx, user: UserId) -> i64 {
    let mut tx = ctx.db.begin_system("what somebody did").await.unwrap();
    let count = sqlx::query_scalar("select count(*) from audit_log where actor_id = $1");
    count.bind(user.0).fetch_one(&mut *tx).await.unwrap()
}
