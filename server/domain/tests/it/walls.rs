//! The walls between companies, as the database itself keeps them.

use crate::support::{assign, brought_to, filed};
use chrono::{NaiveDate, NaiveTime};
use domain::{
    audit, files,
    idempotency::Key,
    property::{self, NewFile},
    requests, settings, staff, views,
};
use model::{
    Lang, Role,
    property::{DocumentFacts, OpenAccount, Visibility},
    requests::{AddComment, Status},
    search::{CreateView, KeepList, List},
    settings::{SaveCalendar, SpecialDay, WorkDay},
    staff::InviteStaff,
};
use sqlx::{AssertSqlSafe, PgConnection, Row};
use testkit::{TestCtx, World, photo, resident_actor};

/// Tables that belong to no company: each with the reason.
const WITHOUT_COMPANY: &[&str] = &[
    "_sqlx_migrations", // which migrations ran
    "common_places",    // shipped with the product; companies have rows of their own
    "common_problems",  // the same
    "companies",        // the companies themselves: behind the wall by their id
    "login_codes",      // by phone, before anybody knows whose it is
    "password_resets",  // by token, for a user
    "phone_proofs",     // by token, before anybody knows whose it is
    "recovery_codes",   // by user
    "schedule_runs",    // how work that the clock starts last went
    "telegram_chats",   // by chat, before it is linked
    "telegram_inbox",   // raw updates
];

/// A row of every table of what several people do on one request, for a company that has a request and a comment.
const TOGETHER: &[&str] = &[
    "insert into request_comment_versions (id, company_id, comment_id, at, body) select gen_random_uuid(), $1, id, now(), 'a' from request_comments where company_id = $1",
    "insert into request_reads (company_id, request_id, user_id) select $1, r.id, u.id from requests r, users u where r.company_id = $1 and u.company_id = $1 and u.role = 'admin' on conflict do nothing",
    "insert into request_watchers (company_id, request_id, user_id, added_at) select $1, r.id, u.id, now() from requests r, users u where r.company_id = $1 and u.company_id = $1 and u.role = 'admin' on conflict do nothing",
    "insert into notice_choices (company_id, user_id, kind, channel, wanted) select $1, u.id, 'mention', 'email', true from users u where u.company_id = $1 and u.role = 'admin'",
    "insert into notice_hours (company_id, user_id, quiet, quiet_from, quiet_till) select $1, u.id, true, '22:00', '08:00' from users u where u.company_id = $1 and u.role = 'admin'",
    "insert into notices (id, company_id, user_id, kind, key, facts, shown, at) select gen_random_uuid(), $1, u.id, 'letter', 'a', '{}', true, now() from users u where u.company_id = $1 and u.role = 'admin'",
    "insert into message_texts (company_id, kind, channel, lang, version, title, body, author_name, at) values ($1, 'outage', 'sms', 'ru', 1, 'a', 'a', '', now())",
    "insert into news (id, company_id, title_ru, body_ru, who, author_name, created_at, updated_at) values (gen_random_uuid(), $1, 'a', 'a', 'staff', '', now(), now())",
    "insert into news_places (company_id, news_id, position, building_id) select $1, w.id, 1, b.id from news w, buildings b where w.company_id = $1 and b.company_id = $1 limit 1",
    "insert into saved_replies (id, company_id, title, body_ru, created_at) values (gen_random_uuid(), $1, 'a', 'a', now())",
    "insert into requests (id, company_id, number, kind, priority, category, source, building_id, address, description, created_at, updated_at)
       select gen_random_uuid(), $1, 900001, kind, priority, category, source, building_id, address, 'a', now(), now() from requests where company_id = $1 limit 1",
    "insert into request_links (company_id, from_id, to_id, kind, created_at) select $1, one.id, two.id, 'related', now()
       from requests one, requests two where one.company_id = $1 and two.company_id = $1 and one.number < two.number limit 1",
    "insert into calls (id, company_id, direction, at, result, author_name) values (gen_random_uuid(), $1, 'in', now(), 'other', '')",
    "insert into control_calls (id, company_id, request_id, at, reached, author_name) select gen_random_uuid(), $1, id, now(), false, '' from requests where company_id = $1",
];

/// A row of every table of field work, plans, rounds and estimates, for a company that has a request.
const FIELD_WORK: &[&str] = &[
    "insert into catalogue (id, company_id, list, names, unit, price_tiyin, created_at) values (gen_random_uuid(), $1, 'material', '{}', 'metre', 1, now())",
    "insert into checklists (id, company_id, name, items, created_at) values (gen_random_uuid(), $1, 'a', '{a}', now())",
    "insert into request_checks (id, company_id, request_id, position, text) select gen_random_uuid(), $1, id, 1, 'a' from requests where company_id = $1",
    "insert into request_materials (id, company_id, request_id, material_id, names, unit, price_tiyin, quantity_milli, by_name, at)
       select gen_random_uuid(), $1, r.id, c.id, '{}', 'metre', 1, 1, '', now() from requests r, catalogue c where r.company_id = $1 and c.company_id = $1",
    "insert into request_times (id, company_id, request_id, user_id, by_name, by_hand, started_at, minutes)
       select gen_random_uuid(), $1, r.id, r.assignee_id, '', true, now(), 1 from requests r where r.company_id = $1 and r.assignee_id is not null",
    "insert into request_costs (id, company_id, request_id, amount_tiyin, reason, by_name, at) select gen_random_uuid(), $1, id, 1, 'a', '', now() from requests where company_id = $1",
    "insert into proof_rules (company_id, position, needs) values ($1, 0, '{time}')",
    "insert into work_settings (company_id) values ($1)",
    "insert into confirmation_codes (company_id, request_id, code, made_at) select $1, id, '0000', now() from requests where company_id = $1",
    "insert into confirmations (id, company_id, request_id, how, at, by_name, reason, hash)
       select gen_random_uuid(), $1, id, 'absent', now(), '', 'a', repeat('0', 64) from requests where company_id = $1",
    "insert into plans (id, company_id, title, category, unit, every, weekday, starts_on, created_at)
       values (gen_random_uuid(), $1, 'a', 'yard', 'week', 1, 1, '2027-01-01', now())",
    "insert into plan_places (company_id, plan_id, position, building_id) select $1, p.id, row_number() over (), b.id from plans p, buildings b where p.company_id = $1 and b.company_id = $1",
    "insert into plan_runs (company_id, plan_id, due_on, building_id, at) select $1, plan_id, '2027-01-04', building_id, now() from plan_places where company_id = $1",
    "insert into routes (id, company_id, name, created_at) values (gen_random_uuid(), $1, 'a', now())",
    "insert into route_points (company_id, route_id, position, building_id, question, answer, category)
       select $1, r.id, row_number() over (), b.id, 'a', 'yes_no', 'yard' from routes r, buildings b where r.company_id = $1 and b.company_id = $1",
    "insert into rounds (id, company_id, route_id, name, assignee_id, due_on, created_at)
       select gen_random_uuid(), $1, r.id, 'a', u.id, '2027-01-04', now() from routes r, users u where r.company_id = $1 and u.company_id = $1 and u.role = 'staff' limit 1",
    "insert into round_points (id, company_id, round_id, position, building_id, address, place, question, answer, photo_required, category)
       select gen_random_uuid(), $1, w.id, p.position, p.building_id, '', '', 'a', 'yes_no', false, 'yard' from rounds w, route_points p where w.company_id = $1 and p.company_id = $1",
    "insert into estimates (id, company_id, request_id, version, state, total_tiyin, valid_until, made_by, sent_at)
       select gen_random_uuid(), $1, id, 1, 'sent', 1, '2027-01-01', '', now() from requests where company_id = $1",
    "insert into estimate_lines (company_id, estimate_id, position, names, unit, price_tiyin, quantity_milli, total_tiyin)
       select $1, id, 0, '{}', 'piece', 1, 1000, 1 from estimates where company_id = $1",
];

async fn tables(admin: &mut PgConnection, with_company: bool) -> Vec<String> {
    sqlx::query_scalar(
        "select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
           and $1 = exists(select from pg_attribute a where a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped)
         order by 1",
    )
    .bind(with_company)
    .fetch_all(admin)
    .await
    .unwrap()
}

/// Two companies with rows in every table a company has.
async fn busy_world(ctx: &TestCtx) -> World {
    let world = World::new(ctx).await;
    for company in [&world.a, &world.b] {
        let resident = resident_actor(ctx, &company.resident.phone).await;
        let desk = company.dispatcher().await;
        let file = files::upload(ctx, &resident, photo()).await.unwrap();
        let mut command = company.draft();
        command.file_ids = vec![file.id];
        let key = Key { key: "k".to_owned(), request_hash: vec![1] };
        let id = requests::create(ctx, &resident, &command, Some(&key)).await.unwrap().id;
        requests::comment(ctx, &desk, id, &AddComment { body: "…".to_owned(), internal: true, ..Default::default() })
            .await
            .unwrap();
        assign(ctx, &desk, id, company.plumber_id).await.unwrap();
    }
    for company in [&world.a, &world.b] {
        let admin = company.admin().await;
        property::open_account(ctx, &admin, company.neighbour.unit, &OpenAccount::default()).await.unwrap();
        let facts = DocumentFacts { title: "Договор".to_owned(), visibility: Visibility::Public };
        let file = NewFile { file_name: "a.pdf".to_owned(), bytes: b"%PDF-1.4".to_vec() };
        property::create_document(ctx, &admin, None, &facts, file).await.unwrap();
        crate::till::busy(ctx, company).await;
    }
    let mut superuser = ctx.database.superuser().await;
    for company in [&world.a, &world.b] {
        let (id, unit) = (company.id.0, company.resident.unit.0);
        sqlx::query("insert into complexes (id, company_id, name) values (gen_random_uuid(), $1, 'ЖК')")
            .bind(id)
            .execute(&mut superuser)
            .await
            .unwrap();
        sqlx::query("insert into personal_accounts (id, company_id, unit_id, number, opened_on) values (gen_random_uuid(), $1, $2, '1', '2020-01-01')")
            .bind(id)
            .bind(unit)
            .execute(&mut superuser)
            .await
            .unwrap();
        for sql in [
            "insert into imports (id, company_id, kind, file_name, blob_key, size, sheets, created_by_name, created_at, updated_at) values (gen_random_uuid(), $1, 'people', 'a', 'a', 1, '[]', '', now(), now())",
            "insert into import_rows (company_id, import_id, line, cells, data) select $1, id, 1, '[]', '{}' from imports where company_id = $1",
            "insert into import_objects (company_id, import_id, line, object_type, object_id, action, changes) select $1, id, 1, 'unit', id, 'made', '{}' from imports where company_id = $1",
            "insert into opening_balances (id, company_id, account_id, amount_tiyin, as_of, created_at) select gen_random_uuid(), $1, id, 1, '2026-01-01', now() from personal_accounts where company_id = $1",
            "insert into applications (id, company_id, kind, name, phone, building_id, door, created_at) select gen_random_uuid(), $1, 'home', 'Новый', '+998931234567', id, 'web', now() from buildings where company_id = $1 limit 1",
            "insert into resident_invites (id, company_id, token_hash, code_hash, contact_id, created_at, expires_at) select gen_random_uuid(), $1, sha256(id::text::bytea), sha256(id::text::bytea), id, now(), now() from contacts where company_id = $1 limit 1",
            "insert into attach_attempts (id, company_id, user_id, account_hash, at) select gen_random_uuid(), $1, id, '', now() from users where company_id = $1 limit 1",
            "insert into audit_bridges (audit_id, step, company_id, contact_id, bridge, made_at) values (gen_random_uuid(), 1, $1, gen_random_uuid(), '', now())",
            "insert into deadline_policies (company_id, number, since, rules) values ($1, 1, now(), '[{\"answer_minutes\": 60, \"solution_minutes\": 600, \"counting\": \"working\"}]')",
            "insert into deadline_watch (company_id, updated_at) values ($1, now())",
            "insert into request_pauses (id, company_id, request_id, reason, from_at, to_at) select gen_random_uuid(), $1, id, 'deferred', now(), now() from requests where company_id = $1",
            "insert into request_alerts (company_id, request_id, clock, alert, at) select $1, id, 'answer', 'breach', now() from requests where company_id = $1",
            "insert into services (id, company_id, name_ru, name_uz, name_en, position) values (gen_random_uuid(), $1, 'a', 'a', 'a', 1)",
            "insert into tariffs (id, company_id, service_id, rule, price_tiyin, since, created_at, created_by_name) select gen_random_uuid(), $1, id, 'unit', 1, '2026-01-01', now(), '' from services where company_id = $1",
            "insert into reliefs (id, company_id, account_id, percent_bp, since, reason, created_at, created_by_name) select gen_random_uuid(), $1, id, 1, '2026-01-01', 'a', now(), '' from personal_accounts where company_id = $1 limit 1",
            "insert into charge_runs (id, company_id, period, state, created_at, created_by_name) values (gen_random_uuid(), $1, '2026-05-01', 'posted', now(), '')",
            "insert into charge_totals (company_id, run_id, building_id, service_id, lines, amount_tiyin, before_tiyin) select $1, r.id, r.id, s.id, 1, 1, 1 from charge_runs r, services s where r.company_id = $1 and s.company_id = $1",
            "insert into charge_warnings (company_id, run_id, kind, building_id) select $1, id, 'no_area', id from charge_runs where company_id = $1",
            "select charge_houses($1, r.id, r.period, r.period, array(select id from buildings where company_id = $1), null, '', now()) from charge_runs r where r.company_id = $1",
            "insert into recalculations (id, company_id, account_id, service_id, period, from_on, to_on, percent_bp, month_days, charged_tiyin, amount_tiyin, reason, state, created_at, created_by_name) select gen_random_uuid(), $1, l.account_id, l.service_id, l.period, l.period, l.period, 1, 31, 1, 1, 'a', 'waiting', now(), '' from charge_lines l where l.company_id = $1 limit 1",
            "insert into corrections (id, company_id, account_id, amount_tiyin, reason, state, created_at, created_by_name) select gen_random_uuid(), $1, id, 1, 'a', 'waiting', now(), '' from personal_accounts where company_id = $1 limit 1",
            "insert into billing_rules (company_id) values ($1)",
            "insert into penalty_rules (id, company_id, since, due_day, grace_days, person_rate, legal_rate, cap_bp, created_at, created_by_name) values (gen_random_uuid(), $1, '2026-05-01', 15, 0, 1, 1, 1, now(), '')",
            "insert into penalty_runs (id, company_id, period, state, created_at, created_by_name) values (gen_random_uuid(), $1, '2026-05-01', 'posted', now(), '')",
            "insert into penalty_finds (company_id, run_id, account_id, building_id, payer, lines, amount_tiyin) select $1, r.id, a.id, a.id, 'person', '[]', 1 from penalty_runs r, personal_accounts a where r.company_id = $1 and a.company_id = $1 limit 1",
            "insert into penalty_charges (id, company_id, run_id, period, account_id, building_id, payer, lines, amount_tiyin, entry_id) select gen_random_uuid(), $1, r.id, r.period, a.id, a.id, 'person', '[1]', 1, r.id from penalty_runs r, personal_accounts a where r.company_id = $1 and a.company_id = $1 limit 1",
            "insert into penalty_waivers (id, company_id, penalty_id, account_id, amount_tiyin, reason, state, created_at, created_by_name) select gen_random_uuid(), $1, id, account_id, 1, 'a', 'waiting', now(), '' from penalty_charges where company_id = $1",
            "insert into reminder_rules (company_id) values ($1)",
            "insert into reminders (id, company_id, account_id, episode, step, kind, sent_on, sent_at, debt_tiyin, days_late, roads) select gen_random_uuid(), $1, id, '2026-05-01', 1, 'message', '2026-06-20', now(), 1, 5, '{sms}' from personal_accounts where company_id = $1 limit 1",
            "insert into debt_promises (id, company_id, account_id, promised_on, created_at, created_by_name) select gen_random_uuid(), $1, id, '2026-06-30', now(), '' from personal_accounts where company_id = $1 limit 1",
            "insert into assignment_settings (company_id, emergency, regular, paid, warranty) values ($1, 'off', 'off', 'off', 'off')",
            "insert into assignment_rules (id, company_id, category, skill, created_at) values (gen_random_uuid(), $1, 'yard', 'handyman', now())",
            "insert into shifts (id, company_id, user_id, duty, weekday, day, starts, ends, created_at) select gen_random_uuid(), $1, id, 'field', 1, '2026-01-01', '08:00', '20:00', now() from users where company_id = $1 and role = 'staff' limit 1",
            "insert into shift_skips (company_id, shift_id, day) select $1, id, '2026-01-05' from shifts where company_id = $1",
            "insert into shift_handovers (id, company_id, user_id, user_name, started_at, ended_at, handing) select gen_random_uuid(), $1, id, name, now(), now(), '{}' from users where company_id = $1 and role = 'dispatcher' limit 1",
            "insert into bank_statements (id, company_id, file_name, file_hash, own_accounts, total_count, total_tiyin, repeated_count, repeated_tiyin, outgoing_count, outgoing_tiyin, notes, created_at, created_by_name) values (gen_random_uuid(), $1, 'a', sha256('a'), '{}', 0, 0, 0, 0, 0, 0, '[]', now(), '')",
            "insert into bank_lines (id, company_id, statement_id, line, own_account, received_on, number, amount_tiyin, payer, payer_account, purpose, fingerprint, left_tiyin, entry_id, created_at) select gen_random_uuid(), $1, s.id, 1, '1', '2026-01-01', '', 1, '', '', '', sha256('a'), 1, e.id, now() from bank_statements s, ledger_entries e where s.company_id = $1 and e.company_id = $1 limit 1",
            "insert into bank_allocations (id, company_id, line_id, amount_tiyin, automatic, created_at) select gen_random_uuid(), $1, id, 1, true, now() from bank_lines where company_id = $1",
            "insert into reconciliations (id, company_id, kassa_id, from_on, to_on, file_name, theirs_count, theirs_tiyin, ours_count, ours_tiyin, agreed_count, unread_count, created_at, created_by_name) select gen_random_uuid(), $1, id, '2026-01-01', '2026-01-01', 'a', 0, 0, 0, 0, 0, 0, now(), '' from kassas where company_id = $1 limit 1",
            "insert into reconciliation_differences (id, company_id, reconciliation_id, kind, reference) select gen_random_uuid(), $1, id, 'sum', 'a' from reconciliations where company_id = $1",
            "insert into payment_findings (id, company_id, kind, subject_id, reference, amount_tiyin, at, found_at) values (gen_random_uuid(), $1, 'disputed', gen_random_uuid(), 'a', 1, now(), now())",
            "insert into click_refunds (id, company_id, payment_id, reason, state, asked_at, asked_by_name) select gen_random_uuid(), $1, id, 'a', 'asked', now(), '' from payments where company_id = $1 limit 1",
            "insert into click_receipts (company_id, payment_id, state, lines, asked_at) select $1, id, 'due', '[]', now() from payments where company_id = $1 limit 1",
            "insert into push_devices (id, company_id, user_id, session_id, kind, address, address_hash, created_at, seen_at) select gen_random_uuid(), $1, user_id, id, 'fcm', 'a', sha256(id::text::bytea), now(), now() from sessions where company_id = $1 limit 1",
            "insert into sms_attempts (delivery_id, provider, company_id, parts, price_tiyin, state, started_at) select id, 'eskiz', $1, 1, 0, 'trying', now() from deliveries where company_id = $1 limit 1",
            "insert into payment_looks (company_id, at) values ($1, now())",
            "insert into closed_periods (company_id, period, closed_at, closed_by_name) values ($1, '2025-01-01', now(), '')",
            "insert into uploads (id, company_id, blob_key, content_type, size, created_at, expires_at) values (gen_random_uuid(), $1, 'a', 'image/jpeg', 1, now(), now())",
            "insert into tasks (id, company_id, kind, created_by_name, created_by_role, created_by_lang, created_at) values (gen_random_uuid(), $1, 'export', '', 'admin', 'ru', now())",
        ] {
            sqlx::query(sql).bind(id).execute(&mut superuser).await.unwrap();
        }
    }
    for company in [&world.a, &world.b] {
        let desk = company.dispatcher().await;
        let view = CreateView { list: List::Requests, name: "Мои".to_owned(), query: String::new(), shared: true };
        let view = views::create(ctx, &desk, &view).await.unwrap();
        let keep = KeepList { list: List::Requests, hidden: Vec::new(), default_view: Some(view.id) };
        views::keep(ctx, &desk, &keep).await.unwrap();
    }
    for company in [&world.a, &world.b] {
        let admin = company.admin().await;
        settings::load_sample(ctx, &admin).await.unwrap();
        let (at, day) = (|h| NaiveTime::from_hms_opt(h, 0, 0).unwrap(), NaiveDate::from_ymd_opt(2027, 1, 1).unwrap());
        let calendar = SaveCalendar {
            week: vec![WorkDay { weekday: 1, opens: at(9), closes: at(18), lunch: None }],
            special: vec![SpecialDay { day, works: false, name: "Новый год".to_owned() }],
        };
        settings::save_calendar(ctx, &admin, 1, &calendar).await.unwrap();
        let command = InviteStaff {
            name: "Новый".to_owned(),
            role: Role::Staff,
            phone: None,
            email: None,
            lang: Lang::Ru,
            visibility: None,
            skills: Vec::new(),
            building_ids: Vec::new(),
            complex_ids: Vec::new(),
        };
        staff::invite(ctx, &admin, &command).await.unwrap();
        sqlx::query("insert into staff_complexes (company_id, user_id, complex_id) select company_id, $2, id from complexes where company_id = $1")
            .bind(company.id.0)
            .bind(company.plumber_id.0)
            .execute(&mut superuser)
            .await
            .unwrap();
    }
    for company in [&world.a, &world.b] {
        let id = company.id.0;
        for sql in FIELD_WORK.iter().chain(TOGETHER) {
            sqlx::query(*sql).bind(id).execute(&mut superuser).await.unwrap();
        }
        crate::outages::in_every_table(ctx, company).await;
    }
    audit::seal(ctx).await.unwrap();
    for company in [&world.a, &world.b] {
        // One more row that waits for its seal.
        staff::block(ctx, &company.admin().await, company.electrician_id).await.unwrap();
    }
    world
}

#[tokio::test]
async fn no_table_was_forgotten() {
    let ctx = TestCtx::new().await;
    let mut admin = ctx.database.superuser().await;
    let rows = sqlx::query(
        "select c.relname::text as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
           array(select p.polname::text || ' to ' || array_to_string(array(select rolname from pg_roles r where r.oid = any(p.polroles)), ',')
             || ' using ' || pg_get_expr(p.polqual, p.polrelid) || ' check ' || pg_get_expr(coalesce(p.polwithcheck, p.polqual), p.polrelid)
             from pg_policy p where p.polrelid = c.oid and p.polcmd = '*' and p.polpermissive order by p.polname) as policies
         from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1",
    )
    .fetch_all(&mut admin)
    .await
    .unwrap();
    let with_company = tables(&mut admin, true).await;
    let without: Vec<String> = tables(&mut admin, false).await;
    assert_eq!(without, WITHOUT_COMPANY, "a table without company_id needs a reason in the list above");
    assert!(with_company.len() >= 20, "{with_company:?}");
    let tenant = "tenant to uk_app using (company_id = ( SELECT current_company() AS current_company)) \
                  check (company_id = ( SELECT current_company() AS current_company))";
    let system = "system to uk_system using true check true";
    for row in rows {
        let name: String = row.get("name");
        let policies: Vec<String> = row.get("policies");
        if name == "_sqlx_migrations" {
            continue;
        }
        assert!(
            row.get::<bool, _>("enabled") && row.get::<bool, _>("forced"),
            "{name} is not behind row-level security"
        );
        match name.as_str() {
            name if with_company.iter().any(|t| t == name) => assert_eq!(policies, [system, tenant], "{name}"),
            "companies" => assert_eq!(policies, [system.to_owned(), tenant.replace("(company_id =", "(id =")]),
            name => assert_eq!(policies, [system], "{name} is for the system role only"),
        }
    }
    let (bypass, owns): (bool, bool) = sqlx::query_as(
        "select bool_or(rolbypassrls or rolsuper), exists(select from pg_class c join pg_roles r on r.oid = c.relowner
           where r.rolname in ('uk_app', 'uk_system') and c.relnamespace = 'public'::regnamespace)
         from pg_roles where rolname in ('uk_app', 'uk_system')",
    )
    .fetch_one(&mut admin)
    .await
    .unwrap();
    assert!(!bypass && !owns);
}

#[tokio::test]
async fn without_a_company_nothing_is_seen_and_with_one_only_its_own() {
    let ctx = TestCtx::new().await;
    let world = busy_world(&ctx).await;
    let mut admin = ctx.database.superuser().await;
    let mut all = tables(&mut admin, true).await;
    let with_company = all.clone();
    all.extend(tables(&mut admin, false).await.into_iter().filter(|t| t != "_sqlx_migrations"));
    for table in &all {
        let count = AssertSqlSafe(format!("select count(*) from {table}"));
        let mut tx = ctx.db.begin_anonymous().await.unwrap();
        let seen: i64 = sqlx::query_scalar(count).fetch_one(&mut *tx).await.unwrap();
        assert_eq!(seen, 0, "{table} shows rows to nobody in particular");
    }
    for table in &with_company {
        let by_company = |whose| AssertSqlSafe(format!("select count(*) from {table} where company_id {whose} $1"));
        let there: i64 = sqlx::query_scalar(by_company("=")).bind(world.b.id.0).fetch_one(&mut admin).await.unwrap();
        assert!(there > 0, "the test has no rows of the other company in {table}");
        let mut tx = ctx.db.begin_tenant(world.a.id.0).await.unwrap();
        let own: i64 = sqlx::query_scalar(by_company("=")).bind(world.a.id.0).fetch_one(&mut *tx).await.unwrap();
        let foreign: i64 =
            sqlx::query_scalar(by_company("is distinct from")).bind(world.a.id.0).fetch_one(&mut *tx).await.unwrap();
        assert!(own > 0 && foreign == 0, "{table}: {own} own, {foreign} foreign");
    }
}

#[tokio::test]
async fn a_row_cannot_be_written_for_another_company() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let mut tx = ctx.db.begin_tenant(world.a.id.0).await.unwrap();
    let error = sqlx::query("insert into complexes (id, company_id, name) values (gen_random_uuid(), $1, 'ЖК')")
        .bind(world.b.id.0)
        .execute(&mut *tx)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("row-level security"), "{error}");
    drop(tx);
    let mut tx = ctx.db.begin_tenant(world.a.id.0).await.unwrap();
    let touched = sqlx::query("update buildings set hint = 'чужое' where company_id = $1")
        .bind(world.b.id.0)
        .execute(&mut *tx)
        .await
        .unwrap();
    assert_eq!(touched.rows_affected(), 0);
    let number = sqlx::query("select next_request_number($1)").bind(world.b.id.0).execute(&mut *tx).await.unwrap_err();
    assert!(number.to_string().contains("current company"), "{number}");
    drop(tx);
    // A reference to a foreign row is refused by the key, which carries the company.
    let mut tx = ctx.db.begin_tenant(world.a.id.0).await.unwrap();
    let error = sqlx::query("insert into staff_zones (company_id, user_id, building_id) values ($1, $2, $3)")
        .bind(world.a.id.0)
        .bind(world.a.plumber_id.0)
        .bind(world.b.house.id.0)
        .execute(&mut *tx)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("foreign key"), "{error}");
}

#[tokio::test]
async fn history_cannot_be_rewritten() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    brought_to(&ctx, &world, Status::Assigned).await;
    filed(&ctx, &world).await;
    let mut owner = ctx.database.superuser().await;
    for table in ["request_history", "audit_log"] {
        for sql in [format!("delete from {table}"), format!("update {table} set actor_name = 'другой'")] {
            let mut tx = ctx.db.begin_tenant(world.a.id.0).await.unwrap();
            sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut *tx).await.unwrap_err();
            drop(tx);
            let mut tx = ctx.db.begin_system("test").await.unwrap();
            sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut *tx).await.unwrap_err();
            drop(tx);
            // Not even by whoever owns the database.
            let error = sqlx::query(AssertSqlSafe(sql)).execute(&mut owner).await.unwrap_err();
            assert!(error.to_string().contains("append-only"), "{error}");
        }
    }
}

/// Servers and workers of one installation start together after an update.
#[tokio::test]
async fn several_processes_may_bring_the_schema_up_at_once() {
    let database = testkit::TestDb::new().await;
    let owner = database.owner_url();
    for _ in 0..5 {
        let all = (0..4).map(|_| domain::migrate::run(&owner));
        for one in futures::future::join_all(all).await {
            one.unwrap();
        }
    }
}
