//! Imports from the bytes of a file to the rows of the database, and back.

use bytes::Bytes;
use calamine::{Data, Reader, Xlsx};
use chrono::TimeDelta;
use domain::{
    Actor, Ctx,
    imports::{self, NewImport, Sheet},
    jobs::RunTask,
    people, requests, tasks,
};
use model::{
    Code, ImportId, TaskId,
    imports::{Field, ImportCard, ImportCounts, ImportKind, ImportState, SetColumns, Verdict},
    people::{PrivacyRules, Reveal, Secret},
    tasks::TaskState,
};
use rust_xlsxwriter::{Format, Workbook};
use sqlx::{AssertSqlSafe, PgConnection};
use std::{io::Cursor, time::Instant};
use testkit::{TestCtx, World, hire};

async fn upload(ctx: &Ctx, actor: &Actor, kind: ImportKind, bytes: Vec<u8>) -> ImportCard {
    let sheets = documents::read::peek(&bytes).unwrap();
    let sheets = sheets.into_iter().map(|s| Sheet { name: s.name, rows: s.rows }).collect();
    let new =
        NewImport {
            kind, file_name: "реестр.xlsx".to_owned(), bytes: Bytes::from(bytes), content_type: "x", sheets
        };
    imports::create(ctx, actor, new).await.unwrap()
}

fn job(actor: &Actor, card: &ImportCard) -> RunTask {
    RunTask { company_id: actor.company_id(), task_id: card.task.as_ref().unwrap().id }
}

async fn checked(ctx: &Ctx, actor: &Actor, id: ImportId) -> ImportCard {
    let card = imports::start_check(ctx, actor, id).await.unwrap();
    worker::tasks::work(ctx, &job(actor, &card)).await.unwrap();
    imports::get(ctx, actor, id).await.unwrap()
}

async fn ran(ctx: &Ctx, actor: &Actor, id: ImportId) -> ImportCard {
    let card = imports::start_run(ctx, actor, id).await.unwrap();
    worker::tasks::work(ctx, &job(actor, &card)).await.unwrap();
    imports::get(ctx, actor, id).await.unwrap()
}

async fn undone(ctx: &Ctx, actor: &Actor, id: ImportId) -> ImportCard {
    let card = imports::start_undo(ctx, actor, id).await.unwrap();
    worker::tasks::work(ctx, &job(actor, &card)).await.unwrap();
    imports::get(ctx, actor, id).await.unwrap()
}

/// Upload, check and run of a CSV; the check must have these counts: new, changed, same, wrong.
async fn imported(ctx: &Ctx, actor: &Actor, kind: ImportKind, csv: &str, counts: [i32; 4]) -> ImportCard {
    let card = upload(ctx, actor, kind, csv.as_bytes().to_vec()).await;
    let card = checked(ctx, actor, card.id).await;
    let ImportCounts { new, changed, same, wrong, .. } = card.counts;
    assert_eq!([new, changed, same, wrong], counts, "{:#?}", card.wrong);
    ran(ctx, actor, card.id).await
}

fn troubles(card: &ImportCard) -> Vec<(i32, Option<Field>, String)> {
    card.wrong.iter().flat_map(|r| r.troubles.iter().map(|t| (r.line, t.field, t.code.clone()))).collect()
}

fn codes(found: &[(i32, Option<Field>, String)]) -> Vec<(i32, Option<Field>, &str)> {
    found.iter().map(|(line, field, code)| (*line, *field, code.as_str())).collect()
}

async fn count(db: &mut PgConnection, from: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {from}"))).fetch_one(db).await.unwrap()
}

/// What a company has: complexes, buildings, entrances, units, accounts, contacts, phones, residencies, balances, requests.
async fn everything(db: &mut PgConnection) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in [
        "complexes",
        "buildings",
        "entrances",
        "units",
        "personal_accounts",
        "contacts",
        "contact_phones",
        "residencies",
        "opening_balances",
        "requests",
        "users",
        "staff_skills",
        "staff_zones",
    ] {
        counts.push(count(db, table).await);
    }
    counts
}

/// The register of a real company: a banner, a header of two rows with merged cells, numbers as texts and texts as
/// numbers, mixed alphabets, a total at the end. Wrong on purpose: a word for a floor, an area in words, a repeated flat.
fn messy(flats: u32) -> Vec<u8> {
    let mut book = Workbook::new();
    let (sheet, plain) = (book.add_worksheet(), Format::new());
    sheet.merge_range(0, 0, 0, 6, "Реестр помещений ООО «Уют» на 01.05.2026", &plain).unwrap();
    sheet.merge_range(2, 0, 3, 0, "Адрес дома", &plain).unwrap();
    sheet.merge_range(2, 1, 2, 4, "Квартира", &plain).unwrap();
    for (column, title) in [(1, "№ кв."), (2, "Подъезд"), (3, "Этaж"), (4, "Площадь (кв.м)")] {
        sheet.write_string(3, column, title).unwrap();
    }
    sheet.merge_range(2, 5, 3, 5, "Лицевой счет", &plain).unwrap();
    sheet.merge_range(2, 6, 3, 6, "Примечание", &plain).unwrap();
    let mut line = 4;
    for n in 0..flats {
        let (house, flat) = (n / 100 + 1, n % 100 + 1);
        // A Latin "a" in a Cyrillic word, in every second row.
        let street = if n % 2 == 0 { "ул. Навои" } else { "ул. Нaвои" };
        sheet.write_string(line, 0, format!("{street},  {house}")).unwrap();
        if flat == 12 {
            sheet.write_string(line, 1, if house % 2 == 0 { "12a" } else { "12а" }).unwrap();
        } else if n % 3 == 0 {
            sheet.write_string(line, 1, format!("{flat}.0")).unwrap();
        } else {
            sheet.write_number(line, 1, flat).unwrap();
        }
        sheet.write_number(line, 2, (flat - 1) / 25 + 1).unwrap();
        sheet.write_string(line, 3, ((flat - 1) % 9 + 1).to_string()).unwrap();
        match n % 50 {
            7 => {} // no area
            8 => drop(sheet.write_string(line, 4, "54,25 м²").unwrap()),
            _ => drop(sheet.write_number(line, 4, 54.25).unwrap()),
        }
        sheet.write_number(line, 5, 1_000_000 + n).unwrap();
        line += 1;
        if n % 40 == 39 {
            line += 1; // an empty row between entrances
        }
    }
    let wrong = [
        ("ул. Навои, 1", "200", "второй", "40"),
        ("ул. Навои, 1", "201", "2", "большая"),
        ("УЛ. НАВОИ 1", "1", "1", "54,25"),
    ];
    for (address, flat, floor, area) in wrong {
        for (column, text) in [(0, address), (1, flat), (3, floor), (4, area)] {
            sheet.write_string(line, column, text).unwrap();
        }
        line += 1;
    }
    sheet.write_string(line, 0, "Итого:").unwrap();
    sheet.write_number(line, 4, 1234.5).unwrap();
    book.save_to_buffer().unwrap()
}

#[tokio::test]
async fn a_messy_register_comes_in_is_corrected_and_goes_again() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let mut db = ctx.database.superuser().await;
    let before = everything(&mut db).await;

    let card = upload(&ctx, &admin, ImportKind::Property, messy(250)).await;
    assert_eq!((card.state, card.header_row), (ImportState::Uploaded, 3));
    let fields: Vec<_> = card.columns.iter().map(|c| c.field).collect();
    let want = [Field::Address, Field::Unit, Field::Entrance, Field::Floor, Field::Area, Field::Account].map(Some);
    assert_eq!(fields[..6], want, "{:?}", card.columns);
    assert!(card.missing.is_empty());
    let card = checked(&ctx, &admin, card.id).await;
    assert_eq!(card.state, ImportState::Checked);
    let ImportCounts { total, new, wrong, .. } = card.counts;
    assert_eq!((total, new, wrong), (253, 250, 3));
    let found = troubles(&card);
    let last = found[0].0;
    assert_eq!(
        codes(&found),
        [
            (last, Some(Field::Floor), "bad_number"),
            (last + 1, Some(Field::Area), "bad_number"),
            (last + 2, Some(Field::Unit), "repeated_row"),
        ]
    );
    assert_eq!(card.warnings.len(), 5, "rows without an area are worth a look");
    assert_eq!(everything(&mut db).await, before, "a check writes nothing");

    let card = ran(&ctx, &admin, card.id).await;
    assert_eq!(
        (card.state, card.counts.done, card.task.as_ref().unwrap().state),
        (ImportState::Done, 250, TaskState::Done)
    );
    let after = everything(&mut db).await;
    // Three houses: alphabets, spaces and marks in the address do not make more of them.
    assert_eq!(after[1] - before[1], 3);
    assert_eq!((after[2] - before[2], after[3] - before[3], after[4] - before[4]), (10, 250, 250));
    let twelve: Vec<(String, i64, i16)> =
        sqlx::query_as("select number, area_cm2, floor from units where number like '12_' order by id")
            .fetch_all(&mut db)
            .await
            .unwrap();
    assert_eq!(twelve.len(), 3);
    assert!(twelve.iter().all(|u| *u == ("12а".to_owned(), 542_500, 3)), "{twelve:?}");

    // The error file: the same columns and a reason; the person corrects it and uploads it again.
    let file = imports::error_file(&ctx, &admin, card.id).await.unwrap();
    let bytes = documents::errors_xlsx(&file.titles, file.rows.into_iter(), i18n::Locale::ru, ctx.clock.now()).unwrap();
    let mut errors: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = errors.worksheet_range_at(0).unwrap().unwrap();
    assert_eq!(range.height(), 4);
    let reason = range.get_value((1, 7)).unwrap().to_string();
    assert!(reason.contains("Этаж: это не число («второй»)"), "{reason}");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0_u32..).zip(range.rows()) {
        for (column, cell) in (0_u16..).zip(cells) {
            let text = match (row, column, cell) {
                (1, 3, _) => "2".to_owned(),
                (2, 4, _) => "61,5".to_owned(),
                (3, 1, _) => "202".to_owned(),
                (_, _, Data::Empty) => continue,
                (_, _, cell) => cell.to_string(),
            };
            sheet.write_string(row, column, text).unwrap();
        }
    }
    let second = upload(&ctx, &admin, ImportKind::Property, book.save_to_buffer().unwrap()).await;
    let second = checked(&ctx, &admin, second.id).await;
    assert_eq!((second.counts.new, second.counts.wrong), (3, 0), "{:?}", second.wrong);
    let second = ran(&ctx, &admin, second.id).await;
    assert_eq!(everything(&mut db).await[3], after[3] + 3);

    // The same register once more changes nothing.
    let again = upload(&ctx, &admin, ImportKind::Property, messy(250)).await;
    let again = checked(&ctx, &admin, again.id).await;
    assert_eq!((again.counts.new, again.counts.changed, again.counts.same), (0, 0, 250));

    // Undone out of order: the houses stay for the flats of the second file, then go with it.
    let first = undone(&ctx, &admin, card.id).await;
    assert_eq!(first.state, ImportState::Undone);
    assert_eq!(everything(&mut db).await[3], before[3] + 3);
    assert_eq!(
        first.kept.iter().map(|k| (k.object_type.as_str(), k.reason.as_str(), k.count)).collect::<Vec<_>>(),
        [("building", "in_use", 1)]
    );
    let second = undone(&ctx, &admin, second.id).await;
    assert_eq!((second.state, second.counts.kept), (ImportState::Undone, 0));
    let first = undone(&ctx, &admin, first.id).await;
    assert_eq!((first.counts.kept, first.counts.made), (0, 0));
    assert_eq!(everything(&mut db).await, before);
    // Every record made and removed is in the audit, with its import.
    let audited: Vec<(String, i64)> =
        sqlx::query_as("select action, count(*) from audit_log where changes->'import'->>1 = $1 group by 1 order by 1")
            .bind(card.id.to_string())
            .fetch_all(&mut db)
            .await
            .unwrap();
    let audited: Vec<(&str, i64)> = audited.iter().map(|(a, n)| (a.as_str(), *n)).collect();
    let want = [
        ("account.create", 250),
        ("account.delete", 250),
        ("building.create", 3),
        ("building.delete", 3),
        ("entrance.create", 10),
        ("entrance.delete", 10),
        ("unit.create", 250),
        ("unit.delete", 250),
    ];
    assert_eq!(audited, want);
}

const HOUSE: &str = "Адрес;Квартира;Лицевой счёт\nМира 1;1;501\nМира 1;2;502\nМира 1;3;503\n";

#[tokio::test]
async fn people_are_recognised_by_hidden_phones_too() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let mut db = ctx.database.superuser().await;
    imported(&ctx, &admin, ImportKind::Property, HOUSE, [3, 0, 0, 0]).await;
    let csv = "ФИО;Телефон;Email;Лицевой счёт\nКаримов Азиз;90 555-11-22;aziz@mail.uz;501\n";
    imported(&ctx, &admin, ImportKind::People, csv, [1, 0, 0, 0]).await;
    people::save_privacy(&ctx, &admin, 1, &PrivacyRules { hide_phones: true, dispatchers_reveal: false })
        .await
        .unwrap();
    people::apply_privacy(&ctx, world.a.id).await.unwrap();
    // The same file again says nothing new; a second number is added and sealed at once.
    imported(&ctx, &admin, ImportKind::People, csv, [0, 0, 1, 0]).await;
    ctx.clock.advance(TimeDelta::minutes(1));
    let more = "ФИО;Телефон;Телефон 2;Email;Лицевой счёт\nKarimov Aziz;905551122;935551133;aziz2@mail.uz;501\nЧужой;905551122;;;502\n";
    let card = imported(&ctx, &admin, ImportKind::People, more, [1, 1, 0, 0]).await;
    assert_eq!(
        card.warnings.iter().map(|r| (r.line, r.troubles[0].code.as_str())).collect::<Vec<_>>(),
        [(3, "phone_of_other")]
    );
    let ours = format!("where company_id = '{}'", world.a.id);
    assert_eq!(count(&mut db, &format!("contact_phones {ours} and phone is not null")).await, 0);
    assert_eq!(count(&mut db, &format!("contact_phones {ours} and last4 = '1133'")).await, 1);
    assert_eq!(count(&mut db, &format!("contacts {ours} and email is not null")).await, 0);
    let id: uuid::Uuid =
        sqlx::query_scalar("select id from contacts where name = 'Karimov Aziz'").fetch_one(&mut db).await.unwrap();
    let email = Reveal { field: Secret::Email, phone_id: None };
    let told = async || people::reveal(&ctx, &admin, id.into(), email).await.unwrap().value;
    assert_eq!(told().await, "aziz2@mail.uz");
    // Looking is no change that an undo would stop at.
    undone(&ctx, &admin, card.id).await;
    assert_eq!(told().await, "aziz@mail.uz");
    assert_eq!(count(&mut db, &format!("contact_phones {ours} and last4 = '1133'")).await, 0);
    assert_eq!(count(&mut db, &format!("contact_phones {ours} and last4 = '1122'")).await, 1);
}

#[tokio::test]
async fn people_are_recognised_however_they_are_spelt() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let mut db = ctx.database.superuser().await;
    imported(&ctx, &admin, ImportKind::Property, HOUSE, [3, 0, 0, 0]).await;
    let before = everything(&mut db).await;
    let csv = "ФИО;Телефон;Адрес;Кв;Лицевой счёт;Кто это;Доля\n\
        Каримов Азиз;90 555-11-22;Мира 1;1;;Собственник;1/2\n\
        Karimov Aziz;998905551122;;;502;;\n\
        Иванова Ольга;+998 90 555 11 22;мира, 1;1;;арендатор;\n\
        Петров;12345;Мира 1;3;;;\n\
        Сидоров;903332211;Мира 1;99;;;\n\
        Нигматов;903332212;Лунная 5;1;;;\n\
        Ашуров;903332213;Мира 1;2;503;;\n";
    let card = imported(&ctx, &admin, ImportKind::People, csv, [3, 0, 0, 4]).await;
    let found = troubles(&card);
    assert_eq!(
        codes(&found),
        [
            (5, Some(Field::Phone), "bad_phone"),
            (6, Some(Field::Unit), "no_such_unit"),
            (7, Some(Field::Address), "no_such_address"),
            (8, Some(Field::Account), "account_of_other_unit"),
        ]
    );
    assert_eq!(
        card.warnings.iter().map(|r| (r.line, r.troubles[0].code.as_str())).collect::<Vec<_>>(),
        [(4, "repeated_phone")]
    );
    let after = everything(&mut db).await;
    // Two people, one of them with two homes.
    assert_eq!((after[5] - before[5], after[6] - before[6], after[7] - before[7]), (2, 2, 3));
    let share: Vec<(Option<i32>, Option<i32>)> = sqlx::query_as(
        "select share_num, share_den from residencies r join contacts c on c.id = r.contact_id where c.name = 'Каримов Азиз' order by share_num",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert_eq!(share, [(Some(1), Some(2)), (None, None)]);

    // A second file about one of them changes what it says and nothing else.
    ctx.clock.advance(TimeDelta::minutes(1));
    let more = "Имя;Телефон;Телефон 2;Email;Лицевой счёт;Кто\nКаримов Азиз Рустамович;905551122;901112233;AZIZ@mail.uz;501;арендатор\n";
    let second = imported(&ctx, &admin, ImportKind::People, more, [0, 1, 0, 0]).await;
    let changed: (String, Option<String>, i64) = sqlx::query_as(
        "select name, email_shown, (select count(*) from contact_phones p where p.contact_id = c.id) from contacts c where email is null and name like 'Каримов Азиз Р%'",
    )
    .fetch_one(&mut db)
    .await
    .unwrap();
    assert_eq!(changed, ("Каримов Азиз Рустамович".to_owned(), Some("a•••@mail.uz".to_owned()), 2));
    let leaked =
        count(&mut db, "audit_log where changes::text like '%5551122%' or changes::text ilike '%aziz@%'").await;
    assert_eq!(leaked, 0, "phones and addresses of mail stay out of the audit");
    undone(&ctx, &admin, second.id).await;
    let restored: (String, Option<String>, i64, String) = sqlx::query_as(
        "select c.name, c.email_shown, (select count(*) from contact_phones p where p.contact_id = c.id), r.relation from contacts c
         join residencies r on r.contact_id = c.id join personal_accounts a on a.unit_id = r.unit_id
         where c.name = 'Каримов Азиз' and a.number = '501'",
    )
    .fetch_one(&mut db)
    .await
    .unwrap();
    assert_eq!(restored, ("Каримов Азиз".to_owned(), None, 1, "owner".to_owned()));

    // Somebody files a request meanwhile: that person stays, with the reason; the other goes.
    let contact =
        sqlx::query_scalar("select id from contacts where name = 'Каримов Азиз'").fetch_one(&mut db).await.unwrap();
    let contact = model::ContactId(contact);
    let mut draft = world.a.draft();
    draft.contact_id = Some(contact);
    requests::create(&ctx, &world.a.dispatcher().await, &draft, None).await.unwrap();
    let card = undone(&ctx, &admin, card.id).await;
    let kept: Vec<_> = card.kept.iter().map(|k| (k.object_type.as_str(), k.reason.as_str(), k.count)).collect();
    assert_eq!((card.state, kept), (ImportState::Undone, vec![("contact", "in_use", 1)]));
    assert_eq!(everything(&mut db).await[5], before[5] + 1);
}

#[tokio::test]
async fn staff_requests_and_balances_come_in_too() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let mut db = ctx.database.superuser().await;
    let before = everything(&mut db).await;
    let house = imported(&ctx, &admin, ImportKind::Property, HOUSE, [3, 0, 0, 0]).await;
    let logins = "ФИО,Телефон,Логин,Роль,Специальность,Зоны\n\
        Рустам Сантехник,901234567,Rustam,исполнитель,\"сантехник, отопление\",Мира 1\n\
        Чужой Логин,901234568,admin-b,,,\n\
        Никто,901234569,nikto,волшебник,,\n\
        Плотник,901234570,plotnik,,,Лунная 7\n";
    let staff = imported(&ctx, &admin, ImportKind::Staff, logins, [2, 0, 0, 2]).await;
    // Known only when it is written: the login is taken, somewhere.
    assert_eq!((staff.counts.done, staff.counts.wrong), (1, 3));
    let found = troubles(&staff);
    assert_eq!(
        codes(&found),
        [
            (3, Some(Field::Login), "login_taken"),
            (4, Some(Field::Role), "unknown_word"),
            (5, Some(Field::Zones), "no_such_address")
        ]
    );
    assert!(testkit_login(&ctx, "rustam").await.is_err(), "nobody knows the password");

    let old = "Дата;Адрес;Квартира;ФИО;Описание;Статус;Исполнитель;Выполнена;Оценка;Категория\n\
        12.05.2025 14:30;Мира 1;2;Азиз;Течёт кран;закрыта;Рустам Сантехник;12.05.2025 18:00;5;сантехника\n\
        13.05.2025;Мира 1;;;Темно в подъезде;новая;;;;электрика\n\
        14.05.2025;Мира 1;1;;Лифт;в работе;;;;лифт\n\
        14.05.2035;Мира 1;1;;Из будущего;;;;;\n";
    let requests = imported(&ctx, &admin, ImportKind::Requests, old, [2, 0, 0, 2]).await;
    let found = troubles(&requests);
    assert_eq!(codes(&found), [(4, Some(Field::Status), "needs_worker"), (5, Some(Field::Created), "in_future")]);
    let closed: (String, String, i16, Option<String>) = sqlx::query_as(
        "select q.status, q.address, q.rating, u.name from requests q left join users u on u.id = q.assignee_id where q.description = 'Течёт кран'",
    )
    .fetch_one(&mut db)
    .await
    .unwrap();
    assert_eq!(closed, ("closed".to_owned(), "Мира 1, №2".to_owned(), 5, Some("Рустам Сантехник".to_owned())));
    let again = upload(&ctx, &admin, ImportKind::Requests, old.as_bytes().to_vec()).await;
    assert_eq!(checked(&ctx, &admin, again.id).await.counts.same, 2);

    let sums = "Лицевой счёт;Сальдо, сум;На дату\n501;1 250 000,50;01.05.2026\n502;-300;01.05.2026\n999;1;01.05.2026\n501;5;01.05.2026\n503;1,234;01.05.2026\n";
    let balances = imported(&ctx, &admin, ImportKind::Balances, sums, [2, 0, 0, 3]).await;
    let found = troubles(&balances);
    assert_eq!(
        codes(&found),
        [
            (4, Some(Field::Account), "no_such_account"),
            (5, Some(Field::Account), "repeated_row"),
            (6, Some(Field::Amount), "bad_amount")
        ]
    );
    let tiyin: Vec<i64> =
        sqlx::query_scalar("select amount_tiyin from opening_balances order by 1").fetch_all(&mut db).await.unwrap();
    assert_eq!(tiyin, [-30_000, 125_000_050]);
    ctx.clock.advance(TimeDelta::minutes(1));
    let fixed = imported(
        &ctx,
        &admin,
        ImportKind::Balances,
        "Счёт;Сумма;Дата\n501;7;01.05.2026\n502;-300,00;01.05.2026\n",
        [0, 1, 1, 0],
    )
    .await;
    undone(&ctx, &admin, fixed.id).await;
    let tiyin: Vec<i64> =
        sqlx::query_scalar("select amount_tiyin from opening_balances order by 1").fetch_all(&mut db).await.unwrap();
    assert_eq!(tiyin, [-30_000, 125_000_050]);

    for card in [balances, requests, staff, house] {
        let card = undone(&ctx, &admin, card.id).await;
        assert_eq!((card.state, card.counts.kept), (ImportState::Undone, 0), "{:?}", card.kept);
    }
    assert_eq!(everything(&mut db).await, before);
}

async fn testkit_login(ctx: &Ctx, login: &str) -> domain::Result<()> {
    let command =
        model::auth::StaffLogin { login: login.to_owned(), password: testkit::PASSWORD.to_owned(), totp: None };
    domain::auth::login(ctx, &command, &domain::auth::Device::default()).await.map(|_| ())
}

#[tokio::test]
async fn columns_can_be_chosen_and_must_be() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let card = upload(&ctx, &admin, ImportKind::Property, b"x;y\n\xcc\xe8\xf0\xe0 1;5\n".to_vec()).await;
    assert_eq!(card.missing, [Field::Address, Field::Unit]);
    let refused = imports::start_check(&ctx, &admin, card.id).await.unwrap_err().into_failure(None);
    assert_eq!((refused.code, refused.fields[0].code.as_str()), (Code::Invalid, "required"));
    let choose = |columns: Vec<Option<Field>>| SetColumns { sheet: 0, header_row: 0, columns: Some(columns) };
    let twice = choose(vec![Some(Field::Unit), Some(Field::Unit)]);
    assert_eq!(
        imports::set_columns(&ctx, &admin, card.id, card.version, &twice).await.unwrap_err().code(),
        Code::Invalid
    );
    let foreign = choose(vec![Some(Field::Amount), None]);
    assert_eq!(
        imports::set_columns(&ctx, &admin, card.id, card.version, &foreign).await.unwrap_err().code(),
        Code::Invalid
    );
    let good = choose(vec![Some(Field::Address), Some(Field::Unit)]);
    let chosen = imports::set_columns(&ctx, &admin, card.id, card.version, &good).await.unwrap();
    let stale = imports::set_columns(&ctx, &admin, card.id, card.version, &good).await.unwrap_err();
    assert_eq!((stale.code(), chosen.version), (Code::Conflict, card.version + 1));
    // windows-1251 was understood.
    assert_eq!(chosen.columns[0].examples, ["Мира 1"]);
    let done = checked(&ctx, &admin, card.id).await;
    assert_eq!(done.counts.new, 1);
    // Only those who may, and only in their own company.
    for nobody in [world.a.dispatcher().await, world.a.plumber().await, world.a.resident().await] {
        assert_eq!(imports::get(&ctx, &nobody, card.id).await.unwrap_err().code(), Code::Forbidden);
    }
    let foreigner = world.b.admin().await;
    for refused in [
        imports::get(&ctx, &foreigner, card.id).await.unwrap_err(),
        imports::start_run(&ctx, &foreigner, card.id).await.unwrap_err(),
        tasks::get(&ctx, &foreigner, done.task.as_ref().unwrap().id).await.map(|_| ()).unwrap_err(),
    ] {
        assert_eq!(refused.code(), Code::NotFound);
    }
    assert!(imports::list(&ctx, &foreigner).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_empty_table_fails_and_can_be_mended() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let card =
        upload(&ctx, &admin, ImportKind::Balances, "Счёт;Сумма;Дата\n-;-;-\nИтого;0;\n".as_bytes().to_vec()).await;
    let card = checked(&ctx, &admin, card.id).await;
    let task = card.task.unwrap();
    assert_eq!(
        (card.state, task.state, task.message.as_deref()),
        (ImportState::Uploaded, TaskState::Failed, Some("empty_spreadsheet"))
    );
}

/// Rows of a task as an outsider would set them.
async fn set(db: &mut PgConnection, id: TaskId, what: &str) {
    sqlx::query(AssertSqlSafe(format!("update tasks set {what} where id = $1"))).bind(id.0).execute(db).await.unwrap();
}

#[tokio::test]
async fn a_run_that_is_cancelled_can_go_on() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let mut db = ctx.database.superuser().await;
    let before = everything(&mut db).await;
    let card = upload(&ctx, &admin, ImportKind::Property, messy(1500)).await;
    let card = checked(&ctx, &admin, card.id).await;
    // Asked to stop as soon as the first thousand is there.
    sqlx::query(
        "create function stop_here() returns trigger language plpgsql as $$ begin
           new.cancel_requested_at := case when new.done >= 1000 then now() end; return new; end $$",
    )
    .execute(&mut db)
    .await
    .unwrap();
    sqlx::query("create trigger stop_here before update of done on tasks for each row execute function stop_here()")
        .execute(&mut db)
        .await
        .unwrap();
    let card = ran(&ctx, &admin, card.id).await;
    assert_eq!(
        (card.state, card.counts.done, card.task.as_ref().unwrap().state),
        (ImportState::Stopped, 1000, TaskState::Cancelled)
    );
    sqlx::query("drop trigger stop_here on tasks").execute(&mut db).await.unwrap();
    let card = ran(&ctx, &admin, card.id).await;
    assert_eq!((card.state, card.counts.done), (ImportState::Done, 1500));
    assert_eq!(everything(&mut db).await[3], before[3] + 1500);
    let card = undone(&ctx, &admin, card.id).await;
    assert_eq!(card.counts.kept, 0);
    assert_eq!(everything(&mut db).await, before);
}

#[tokio::test]
async fn a_worker_that_dies_is_replaced_and_nothing_is_written_twice() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let mut db = ctx.database.superuser().await;
    let before = everything(&mut db).await;
    let card = upload(&ctx, &admin, ImportKind::Property, messy(1500)).await;
    let card = checked(&ctx, &admin, card.id).await;
    let card = imports::start_run(&ctx, &admin, card.id).await.unwrap();
    let (job, task) = (job(&admin, &card), card.task.as_ref().unwrap().id);
    // The connection breaks in the second chunk.
    sqlx::query(
        "create function die_here() returns trigger language plpgsql as $$ begin
           if new.done >= 1000 and new.attempts = 1 then raise exception 'the power went out'; end if; return new; end $$",
    )
    .execute(&mut db)
    .await
    .unwrap();
    sqlx::query("create trigger die_here before update of done on tasks for each row execute function die_here()")
        .execute(&mut db)
        .await
        .unwrap();
    worker::tasks::work(&ctx, &job).await.unwrap_err();
    assert_eq!(everything(&mut db).await[3], before[3] + 1000);
    // A worker that was killed does not even give it back: the lease decides.
    let lease = (ctx.clock.now() + TimeDelta::seconds(30)).to_rfc3339();
    set(&mut db, task, &format!("lease_until = '{lease}'")).await;
    worker::tasks::work(&ctx, &job).await.unwrap();
    assert_eq!(tasks::revive(&ctx).await.unwrap(), 0, "it is somebody's");
    ctx.clock.advance(TimeDelta::seconds(61));
    assert_eq!(tasks::revive(&ctx).await.unwrap(), 1);
    worker::tasks::work(&ctx, &job).await.unwrap();
    let card = imports::get(&ctx, &admin, card.id).await.unwrap();
    assert_eq!((card.state, card.counts.done), (ImportState::Done, 1500));
    assert_eq!(everything(&mut db).await[3], before[3] + 1500);
    // The queue may bring the same job once more.
    worker::tasks::work(&ctx, &job).await.unwrap();
    assert_eq!(everything(&mut db).await[3], before[3] + 1500);

    // Lost three times, it is given up, and the import stands where a person can go on.
    let lost = imports::start_undo(&ctx, &admin, card.id).await.unwrap();
    let task = lost.task.as_ref().unwrap().id;
    set(&mut db, task, "attempts = 3, state = 'running', started_at = '2020-01-01', lease_until = '2020-01-01'").await;
    worker::tasks::work(&ctx, &RunTask { company_id: admin.company_id(), task_id: task }).await.unwrap();
    let card = imports::get(&ctx, &admin, card.id).await.unwrap();
    assert_eq!((card.state, card.task.unwrap().message.as_deref()), (ImportState::Stopped, Some("interrupted")));
}

#[tokio::test]
async fn somebody_who_signed_in_or_was_changed_stays() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let mut db = ctx.database.superuser().await;
    hire(&ctx, Some(world.a.id), model::Role::Dispatcher, "stays-here", None).await;
    let card = imported(&ctx, &admin, ImportKind::Staff, "ФИО;Логин\nАзиз;aziz\nВера;vera\n", [2, 0, 0, 0]).await;
    sqlx::query(
        "insert into sessions (id, company_id, user_id, created_at, last_seen_at, expires_at)
         select gen_random_uuid(), company_id, id, now(), now(), now() from users where login = 'vera'",
    )
    .execute(&mut db)
    .await
    .unwrap();
    sqlx::query(
        "insert into audit_log (id, company_id, at, actor_name, actor_role, door, action, object_type, object_id)
         select gen_random_uuid(), company_id, now(), '', 'admin', 'web', 'user.update', 'user', id from users where login = 'aziz'",
    )
    .execute(&mut db)
    .await
    .unwrap();
    let card = undone(&ctx, &admin, card.id).await;
    let kept: Vec<_> = card.kept.iter().map(|k| (k.reason.as_str(), k.count)).collect();
    assert_eq!(kept, [("changed_since", 1), ("has_login", 1)]);
    assert_eq!(count(&mut db, "users where login in ('aziz', 'vera')").await, 2);
}

/// Bytes of this process in memory: now (`VmRSS`), or at most since the mark was reset (`VmHWM`).
fn memory(which: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(which)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
}

fn register_of_people(flats: u32) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, title) in (0..).zip(["ФИО", "Телефон", "Лицевой счёт", "Кто это", "Доля"])
    {
        sheet.write_string(0, column, title).unwrap();
    }
    for n in 0..flats {
        let line = n + 1;
        sheet.write_string(line, 0, format!("Каримов{n} Азиз")).unwrap();
        // Every tenth phone is used twice.
        sheet.write_string(line, 1, format!("+998 90 {:07}", if n % 10 == 0 { n + 1 } else { n })).unwrap();
        sheet.write_number(line, 2, 1_000_000 + n).unwrap();
        sheet.write_string(line, 3, "собственник").unwrap();
        sheet.write_string(line, 4, "1/1").unwrap();
    }
    book.save_to_buffer().unwrap()
}

/// Ten thousand flats with their people. Prints time and memory; fails only when they are out of all proportion.
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_flats_with_people() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let (houses, people) = (messy(10_000), register_of_people(10_000));
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let (began, before) = (Instant::now(), memory("VmRSS"));
    let mut cards = Vec::new();
    for (kind, bytes) in [(ImportKind::Property, houses), (ImportKind::People, people)] {
        let start = Instant::now();
        let card = upload(&ctx, &admin, kind, bytes).await;
        let read = start.elapsed();
        let card = checked(&ctx, &admin, card.id).await;
        let check = start.elapsed() - read;
        assert_eq!(card.counts.new, 10_000, "{:?}", card.wrong.first());
        let card = ran(&ctx, &admin, card.id).await;
        assert_eq!(card.counts.done, 10_000);
        eprintln!("{kind}: peek {read:?}, check {check:?}, run {:?}", start.elapsed() - read - check);
        cards.push(card);
    }
    let (took, grown) = (began.elapsed(), memory("VmHWM").saturating_sub(before));
    eprintln!("10,000 flats with people: {took:?}, memory grew by {} MiB", grown >> 20);
    // The goal is 20 s and 64 MB; other work on the machine must not fail the test.
    assert!(took.as_secs() < 120 && grown < 128 << 20, "{took:?}, {grown}");
    let start = Instant::now();
    for card in cards.into_iter().rev() {
        assert_eq!(undone(&ctx, &admin, card.id).await.counts.kept, 0);
    }
    eprintln!("undone in {:?}", start.elapsed());
}

#[tokio::test]
async fn the_first_rows_are_shown_as_they_would_be_written() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let csv = "ФИО;Телефон;Адрес;Кв\n Иванова   Анна ;90 765 43 21;Навои 12;1\nПетров;12;Навои 12;1\n";
    let card = upload(&ctx, &admin, ImportKind::People, csv.as_bytes().to_vec()).await;
    assert!(card.first.is_empty(), "nothing is cleaned yet");
    let card = checked(&ctx, &admin, card.id).await;
    let said = |row: usize, field: Field| {
        card.first[row].values.iter().find(|value| value.field == field).map(|value| value.value.as_str())
    };
    assert_eq!(card.first.len(), 2);
    assert_eq!((said(0, Field::Name), said(0, Field::Phone)), (Some("Иванова Анна"), Some("+998907654321")));
    assert_eq!((said(0, Field::Unit), said(0, Field::Email)), (Some("1"), None));
    assert_eq!((card.first[0].line, card.first[0].troubles.len()), (2, 0));
    assert_eq!((card.first[1].verdict, said(1, Field::Phone)), (Verdict::Wrong, None));
    assert_eq!(card.first[1].troubles[0].code, "bad_phone");
    assert!(ran(&ctx, &admin, card.id).await.first.is_empty(), "afterwards it is the register that shows them");
}
