//! Finding: the twins of the folding, a list of what people type with what they want, and who may find what.

use crate::support::{assign, code, field, filed, wrong};
use domain::{Actor, Ctx, search};
use model::{
    Code, fold,
    search::{Found, Hit, Kind, SearchQuery},
};
use platform::ids::new_id;
use proptest::prelude::*;
use sqlx::PgConnection;
use testkit::{TestCtx, World, hire, mark};
use uuid::Uuid;

/// Texts as people and machines make them: names in three scripts, apostrophes of every kind, and anything at all.
fn texts() -> impl Strategy<Value = Vec<String>> {
    let name = "[А-Яа-яЎўҚқҒғҲҳЁё A-Za-zʻʼ'`’‘ьъ.,0-9№/-]{0,40}";
    let digraphs = "[cCkKhHxXzZdDjJsStTaeиуўйщцчшжя']{0,20}";
    let text = prop_oneof![name, digraphs, "[^\\x00]{0,30}"];
    proptest::collection::vec(text, 1..40)
}

async fn twins_differ(admin: &mut PgConnection, texts: &[String]) -> Option<String> {
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(
        "select t, fold_words(t), fold_skeleton(fold_words(t)), search_key(t) from unnest($1::text[]) t",
    )
    .bind(texts)
    .fetch_all(admin)
    .await
    .unwrap();
    rows.into_iter().find_map(|(text, words, bones, key)| {
        let ours = fold::words(&text);
        let sound = fold::skeleton(&ours);
        let wanted = if ours.is_empty() {
            String::new()
        } else {
            format!(" {ours} {} ", sound.split(' ').map(|w| format!("q{w}")).collect::<Vec<_>>().join(" "))
        };
        ((&words, &bones, &key) != (&ours, &sound, &wanted))
            .then(|| format!("{text:?}: Rust {ours:?} {sound:?}, SQL {words:?} {bones:?} {key:?}"))
    })
}

#[test]
fn the_database_folds_as_we_do() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ctx = runtime.block_on(TestCtx::new());
    let mut admin = runtime.block_on(ctx.database.superuser());
    let every: Vec<String> = (1..0x2fff_u32).filter_map(char::from_u32).map(|c| format!("a{c}b")).collect();
    assert_eq!(runtime.block_on(twins_differ(&mut admin, &every)), None);
    let admin = std::cell::RefCell::new(admin);
    proptest!(ProptestConfig::with_cases(150), |(texts in texts())| {
        let differ = runtime.block_on(twins_differ(&mut admin.borrow_mut(), &texts));
        prop_assert!(differ.is_none(), "{}", differ.unwrap_or_default());
    });
    drop(admin);
    drop(ctx);
}

/// Houses with their complex and flats: each flat `a, b, …` becomes a unit with an account.
const HOUSES: &[(&str, &str, &str)] = &[
    ("Навои 12", "", "1 2 12 45 12а 46"),
    ("Навои 14", "", "45 46"),
    ("Чиланзар 5-й квартал, 12", "ЖК «Чинор»", "45 7"),
    ("Чиланзар 16-й квартал, 3", "", "12 45"),
    ("Юнусабад 4, дом 7", "ЖК «Юнусабад Парк»", "12 101"),
    ("Юнусабад 11, дом 4", "", "7"),
    ("Мирзо-Улугбек 33", "", "5"),
    ("Шота Руставели 18", "", "9 90"),
    ("Буюк Ипак Йули 2", "ЖК «Ипак Йули»", "2"),
    ("ТТЗ-2, дом 40", "", "40"),
    ("Oʻzbekiston koʻchasi 21-а", "", "3"),
    ("Яккасарай, ул. Бабура 8", "", "8"),
    ("Каракамыш 2/4, дом 9", "", "11"),
];

/// Name, phone, house and flat they own.
const PEOPLE: &[(&str, &str, &str, &str)] = &[
    ("Oʻktamov Oʻktam Rustamovich", "+998901112233", "Навои 12", "45"),
    ("Уктамова Дильноза", "+998935550101", "Навои 12", "46"),
    ("Юлдашев Жасур", "+998977001122", "Навои 14", "45"),
    ("Yoʻldosheva Nigora", "+998977001133", "Навои 14", "46"),
    ("Джураев Дилшод", "+998941234567", "Чиланзар 5-й квартал, 12", "45"),
    ("Xoʻjayev Sanjar", "+998998887766", "Чиланзар 5-й квартал, 12", "7"),
    ("Ғайратов Шаҳзод", "+998909090909", "Юнусабад 4, дом 7", "12"),
    ("Семёнова Наталья Петровна", "+998951010101", "Юнусабад 4, дом 7", "101"),
    ("Фёдоров Артём", "+998951010202", "Шота Руставели 18", "9"),
    ("Ким Виктория", "+998933334455", "Шота Руставели 18", "90"),
    ("Цой Анна", "+998933334466", "Мирзо-Улугбек 33", "5"),
    ("Qodirov Bobur", "+998712345678", "Юнусабад 11, дом 4", "7"),
    ("Исмаилов Исмаил", "+998914440000", "Буюк Ипак Йули 2", "2"),
    ("Saʼdiya Maʼmurova", "+998914440011", "ТТЗ-2, дом 40", "40"),
    ("Абдуллаев Фаррух", "+998914440022", "Яккасарай, ул. Бабура 8", "8"),
    ("Choʻlpon Shukurov", "+998914440033", "Oʻzbekiston koʻchasi 21-а", "3"),
    ("Екимова Ольга", "+998914440044", "Каракамыш 2/4, дом 9", "11"),
];
/// Login and name.
const STAFF: &[(&str, &str)] = &[("lift1", "Рахимов Шухрат"), ("plumb1", "Gʻaniyev Otabek")];

/// What is typed, and the kind and beginning of the title that must be among the first three of its kind.
pub const WANTED: &[(&str, Kind, &str)] = &[
    // one name in every script and spelling
    ("Oʻktam", Kind::Person, "Oʻktamov"),
    ("O'ktam", Kind::Person, "Oʻktamov"),
    ("O`ktam", Kind::Person, "Oʻktamov"),
    ("O‘ktam", Kind::Person, "Oʻktamov"),
    ("Oktam", Kind::Person, "Oʻktamov"),
    ("OKTAM", Kind::Person, "Oʻktamov"),
    ("Ўктам", Kind::Person, "Oʻktamov"),
    ("Уктам", Kind::Person, "Oʻktamov"),
    ("уктамов", Kind::Person, "Oʻktamov"),
    ("Окта", Kind::Person, "Oʻktamov"),
    ("Jrnfv", Kind::Person, "Oʻktamov"),
    ("Oʻktam Rustamovich", Kind::Person, "Oʻktamov"),
    ("рустамович уктам", Kind::Person, "Oʻktamov"),
    ("Uktamova", Kind::Person, "Уктамова"),
    ("Dilnoza", Kind::Person, "Уктамова"),
    ("dilnoza uktamova", Kind::Person, "Уктамова"),
    ("Дильназа", Kind::Person, "Уктамова"),
    ("lbkmyjpf", Kind::Person, "Уктамова"),
    // Russian and Uzbek spellings of families
    ("Yoʻldoshev", Kind::Person, "Юлдашев"),
    ("Yuldashev", Kind::Person, "Юлдашев"),
    ("Yuldoshev Jasur", Kind::Person, "Юлдашев"),
    ("Йулдашев", Kind::Person, "Юлдашев"),
    ("юлдаш", Kind::Person, "Юлдашев"),
    ("Zhasur", Kind::Person, "Юлдашев"),
    ("Юлдашева", Kind::Person, "Yoʻldosheva"),
    ("Йўлдошева Нигора", Kind::Person, "Yoʻldosheva"),
    ("Joʻrayev", Kind::Person, "Джураев"),
    ("Jurayev", Kind::Person, "Джураев"),
    ("Жўраев", Kind::Person, "Джураев"),
    ("Djuraev Dilshod", Kind::Person, "Джураев"),
    ("Ходжаев", Kind::Person, "Xoʻjayev"),
    ("Khodjaev", Kind::Person, "Xoʻjayev"),
    ("Хўжаев", Kind::Person, "Xoʻjayev"),
    ("hojayev sanjar", Kind::Person, "Xoʻjayev"),
    ("Санжар", Kind::Person, "Xoʻjayev"),
    ("Gʻayratov", Kind::Person, "Ғайратов"),
    ("G'ayratov", Kind::Person, "Ғайратов"),
    ("Гайратов", Kind::Person, "Ғайратов"),
    ("Shahzod", Kind::Person, "Ғайратов"),
    ("Шахзод", Kind::Person, "Ғайратов"),
    ("Ğayratov Şahzod", Kind::Person, "Ғайратов"),
    ("Семенова", Kind::Person, "Семёнова"),
    ("СЕМЁНОВА", Kind::Person, "Семёнова"),
    ("Semyonova", Kind::Person, "Семёнова"),
    ("Semenova Natalya", Kind::Person, "Семёнова"),
    ("натал", Kind::Person, "Семёнова"),
    ("ctv`yjdf", Kind::Person, "Семёнова"),
    ("Федоров", Kind::Person, "Фёдоров"),
    ("Fyodorov", Kind::Person, "Фёдоров"),
    ("Fedorov Artem", Kind::Person, "Фёдоров"),
    ("артем", Kind::Person, "Фёдоров"),
    ("Ким", Kind::Person, "Ким"),
    ("kim", Kind::Person, "Ким"),
    ("rbv", Kind::Person, "Ким"),
    ("Виктория Ким", Kind::Person, "Ким"),
    ("Tsoy", Kind::Person, "Цой"),
    ("цой анна", Kind::Person, "Цой"),
    ("Кадыров", Kind::Person, "Qodirov"),
    ("Қодиров", Kind::Person, "Qodirov"),
    ("kodirov", Kind::Person, "Qodirov"),
    ("Бабур Кадыров", Kind::Person, "Qodirov"),
    ("Ismoilov", Kind::Person, "Исмаилов"),
    ("Исмоил", Kind::Person, "Исмаилов"),
    ("Садия", Kind::Person, "Saʼdiya"),
    ("Sadiya", Kind::Person, "Saʼdiya"),
    ("Мамурова", Kind::Person, "Saʼdiya"),
    ("Маъмурова", Kind::Person, "Saʼdiya"),
    ("Abdulayev", Kind::Person, "Абдуллаев"),
    ("абдулаев фарух", Kind::Person, "Абдуллаев"),
    ("Чулпон", Kind::Person, "Choʻlpon"),
    ("Çoʻlpon", Kind::Person, "Choʻlpon"),
    ("Шукуров", Kind::Person, "Choʻlpon"),
    ("Ekimova", Kind::Person, "Екимова"),
    // slips of the finger
    ("Юлдщашев", Kind::Person, "Юлдашев"),
    ("Юлашев", Kind::Person, "Юлдашев"),
    ("Абдуллаеф", Kind::Person, "Абдуллаев"),
    ("Абудллаев", Kind::Person, "Абдуллаев"),
    ("Семеноав", Kind::Person, "Семёнова"),
    ("Наталия Семинова", Kind::Person, "Семёнова"),
    ("Исмалов", Kind::Person, "Исмаилов"),
    ("Qodorov", Kind::Person, "Qodirov"),
    ("Шукупов", Kind::Person, "Choʻlpon"),
    // phones, whole and in pieces
    ("+998 90 111-22-33", Kind::Person, "Oʻktamov"),
    ("901112233", Kind::Person, "Oʻktamov"),
    ("111-22-33", Kind::Person, "Oʻktamov"),
    ("2233", Kind::Person, "Oʻktamov"),
    ("(93) 555", Kind::Person, "Уктамова"),
    ("7766", Kind::Person, "Xoʻjayev"),
    ("998941234567", Kind::Person, "Джураев"),
    ("909 09", Kind::Person, "Ғайратов"),
    ("712345678", Kind::Person, "Qodirov"),
    ("Ким 4455", Kind::Person, "Ким"),
    ("2000777", Kind::Staff, "Рахимов"),
    // flats
    ("Навои 12 кв 45", Kind::Unit, "Навои 12, №45"),
    ("navoi 12 45", Kind::Unit, "Навои 12, №45"),
    ("Navoiy 12-uy 45-xonadon", Kind::Unit, "Навои 12, №45"),
    ("Навоий 12/45", Kind::Unit, "Навои 12, №45"),
    ("навои, д. 12, кв. 45", Kind::Unit, "Навои 12, №45"),
    ("кв45 навои 12", Kind::Unit, "Навои 12, №45"),
    ("yfdjb 12 45", Kind::Unit, "Навои 12, №45"),
    ("Навои 12 12а", Kind::Unit, "Навои 12, №12а"),
    ("navoi 12 12-a", Kind::Unit, "Навои 12, №12а"),
    ("12-45", Kind::Unit, "Навои 12, №45"),
    ("навои 14 кв. 46", Kind::Unit, "Навои 14, №46"),
    ("Чиланзар 5 12 45", Kind::Unit, "Чиланзар 5-й квартал, 12, №45"),
    ("Chilonzor 5 kvartal 12 45", Kind::Unit, "Чиланзар 5-й квартал, 12, №45"),
    ("чиланзар 16-й квартал 3 кв 12", Kind::Unit, "Чиланзар 16-й квартал, 3, №12"),
    ("Юнусобод 4 7 12", Kind::Unit, "Юнусабад 4, дом 7, №12"),
    ("yunusobod 4-7-101", Kind::Unit, "Юнусабад 4, дом 7, №101"),
    ("Мирзо Улуғбек 33 5", Kind::Unit, "Мирзо-Улугбек 33, №5"),
    ("Oʻzbekiston 21а 3", Kind::Unit, "Oʻzbekiston koʻchasi 21-а, №3"),
    ("бабура 8 кв 8", Kind::Unit, "Яккасарай, ул. Бабура 8, №8"),
    // houses and complexes
    ("Навои", Kind::Building, "Навои 12"),
    ("Navoiy", Kind::Building, "Навои 12"),
    ("навои 14", Kind::Building, "Навои 14"),
    ("ул. Шота Руставели", Kind::Building, "Шота Руставели"),
    ("Shota Rustaveli 18", Kind::Building, "Шота Руставели"),
    ("руствели", Kind::Building, "Шота Руставели"),
    ("Mirzo Ulugʻbek", Kind::Building, "Мирзо-Улугбек"),
    ("Buyuk Ipak Yoʻli", Kind::Building, "Буюк Ипак Йули"),
    ("ttz", Kind::Building, "ТТЗ-2"),
    ("Qoraqamish", Kind::Building, "Каракамыш"),
    ("Узбекистон", Kind::Building, "Oʻzbekiston"),
    ("Chinor", Kind::Building, "Чиланзар 5-й"),
    ("Yunusobod Park", Kind::Building, "Юнусабад 4"),
    // accounts
    ("00101045", Kind::Account, "00101045"),
    ("101045", Kind::Account, "00101045"),
    ("0010404", Kind::Account, "0010404"),
    // requests
    ("#1", Kind::Request, "№1"),
    ("№1", Kind::Request, "№1"),
    ("№ 2", Kind::Request, "№2"),
    ("3", Kind::Request, "№3"),
    // staff
    ("Rahimov", Kind::Staff, "Рахимов"),
    ("шухрат", Kind::Staff, "Рахимов"),
    ("Ганиев", Kind::Staff, "Gʻaniyev"),
    ("Otabek Ganiyev", Kind::Staff, "Gʻaniyev"),
];

async fn fill(ctx: &Ctx, company: Uuid) {
    let mut tx = ctx.db.begin_system("test records").await.unwrap();
    let conn: &mut PgConnection = &mut tx;
    let mut units = std::collections::HashMap::new();
    for (n, (address, complex, flats)) in HOUSES.iter().enumerate() {
        let (building, within) = (new_id(), (!complex.is_empty()).then(new_id));
        if let Some(id) = within {
            let sql = "insert into complexes (id, company_id, name) values ($1, $2, $3)";
            sqlx::query(sql).bind(id).bind(company).bind(complex).execute(&mut *conn).await.unwrap();
        }
        // The world of the tests has a house at the first address already.
        let building: Uuid = sqlx::query_scalar(
            "insert into buildings (id, company_id, address, complex_id) values ($1, $2, $3, $4)
             on conflict (company_id, address) do update set complex_id = excluded.complex_id returning id",
        )
        .bind(building)
        .bind(company)
        .bind(address)
        .bind(within)
        .fetch_one(&mut *conn)
        .await
        .unwrap();
        for flat in flats.split(' ') {
            let unit: Uuid = sqlx::query_scalar(
                "insert into units (id, company_id, building_id, number) values ($1, $2, $3, $4)
                 on conflict (company_id, building_id, kind, number) do update set rooms = 2 returning id",
            )
            .bind(new_id())
            .bind(company)
            .bind(building)
            .bind(flat)
            .fetch_one(&mut *conn)
            .await
            .unwrap();
            units.insert((*address, flat), unit);
            let digits: String = flat.chars().filter(char::is_ascii_digit).collect();
            let account = format!("{:05}{digits:0>3}{}", n + 101, if flat.ends_with('а') { "A" } else { "" });
            sqlx::query("insert into personal_accounts (id, company_id, unit_id, number, opened_on) values ($1, $2, $3, $4, '2020-01-01')")
                .bind(new_id())
                .bind(company)
                .bind(unit)
                .bind(account.replace(' ', "0"))
                .execute(&mut *conn)
                .await
                .unwrap();
        }
    }
    for (name, phone, address, flat) in PEOPLE {
        let id = new_id();
        sqlx::query("insert into contacts (id, company_id, name, created_at) values ($1, $2, $3, now())")
            .bind(id)
            .bind(company)
            .bind(name)
            .execute(&mut *conn)
            .await
            .unwrap();
        sqlx::query("insert into contact_phones (company_id, contact_id, phone) values ($1, $2, $3)")
            .bind(company)
            .bind(id)
            .bind(phone)
            .execute(&mut *conn)
            .await
            .unwrap();
        sqlx::query("insert into residencies (id, company_id, unit_id, contact_id, relation, since_on) values ($1, $2, $3, $4, 'owner', '2020-01-01')")
            .bind(new_id())
            .bind(company)
            .bind(units[&(*address, *flat)])
            .bind(id)
            .execute(&mut *conn)
            .await
            .unwrap();
    }
    for (login, name) in STAFF {
        sqlx::query("update users set name = $2, phone = case login when 'lift1' then '+998712000777' else phone end where login = $1")
            .bind(login)
            .bind(name)
            .execute(&mut *conn)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

async fn ask(ctx: &Ctx, actor: &Actor, text: &str) -> Found {
    search::search(ctx, actor, &SearchQuery { q: text.to_owned(), limit: None }).await.unwrap()
}

#[tokio::test]
async fn what_people_type_finds_what_they_want() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    for (login, _) in STAFF {
        hire(&ctx, Some(world.a.id), model::Role::Staff, login, None).await;
    }
    fill(&ctx, world.a.id.0).await;
    for _ in 0..3 {
        filed(&ctx, &world).await;
    }
    assert!(WANTED.len() >= 100, "{}", WANTED.len());
    let desk = world.a.dispatcher().await;
    let mut failed = Vec::new();
    for (text, kind, title) in WANTED {
        let found = ask(&ctx, &desk, text).await;
        let first: Vec<&Hit> = found.hits().filter(|hit| hit.kind == *kind).take(3).collect();
        if !first.iter().any(|hit| hit.title.starts_with(title)) {
            let shown: Vec<String> = found.hits().map(|hit| format!("{} {}", hit.kind, hit.title)).collect();
            failed.push(format!("{text:?} wants {kind} {title:?}, shows {shown:?}"));
        }
        for hit in found.hits() {
            let length = |text: &str| u32::try_from(text.chars().count()).unwrap();
            assert!(hit.title_marks.iter().all(|m| m.start < m.end && m.end <= length(&hit.title)), "{text} {hit:?}");
            assert!(hit.subtitle_marks.iter().all(|m| m.end <= length(&hit.subtitle)), "{text} {hit:?}");
        }
    }
    assert!(failed.is_empty(), "{} of {} queries failed:\n{}", failed.len(), WANTED.len(), failed.join("\n"));
}

#[tokio::test]
async fn the_best_stands_first_and_says_why() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    fill(&ctx, world.a.id.0).await;
    let desk = world.a.dispatcher().await;
    let top = async |text: &str| {
        let found = ask(&ctx, &desk, text).await;
        found.hits().next().cloned().map(|hit| (hit.kind, hit.title)).unwrap_or_else(|| panic!("{text} finds nothing"))
    };
    // The very word before words that only begin or sound so.
    assert_eq!(top("Ким").await, (Kind::Person, "Ким Виктория".to_owned()));
    assert_eq!(top("Навои 12 кв 45").await, (Kind::Unit, "Навои 12, №45".to_owned()));
    assert_eq!(top("Навои 12").await, (Kind::Building, "Навои 12".to_owned()));
    assert_eq!(top("901112233").await.0, Kind::Person);
    let found = ask(&ctx, &desk, "Jrnfv").await;
    assert_eq!(found.instead.as_deref(), Some("Октам"));
    let found = ask(&ctx, &desk, "2233").await;
    let hit = found.hits().find(|hit| hit.kind == Kind::Person).unwrap();
    assert_eq!(hit.subtitle, "+998 90 111-22-33 · Навои 12, №45");
    assert_eq!(model::search::pieces(&hit.subtitle, &hit.subtitle_marks)[1], (true, "22-33".to_owned()));
    let flat = ask(&ctx, &desk, "Навои 12 45").await;
    let flat = flat.hits().find(|hit| hit.kind == Kind::Unit).unwrap();
    assert_eq!(flat.subtitle, "Oʻktamov Oʻktam Rustamovich");
}

#[tokio::test]
async fn odd_texts_find_nothing_and_break_nothing() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let long = "Навои ".repeat(500);
    for text in [
        "",
        " ",
        "%",
        "_",
        "…",
        "'",
        "\\",
        "%%%",
        "я%",
        "\u{0}",
        "12\u{0}45",
        "qqqqqqqq zzzz",
        "99999999999999999999999",
        "#",
        "№0",
        "-1",
    ] {
        assert_eq!(ask(&ctx, &desk, text).await, Found::default(), "{text:?}");
    }
    assert!(ask(&ctx, &desk, &long).await.hits().any(|hit| hit.kind == Kind::Building));
    let wide = search::search(&ctx, &desk, &SearchQuery { q: "Навои".to_owned(), limit: Some(51) }).await;
    assert_eq!(field(wide), wrong("/limit", "out_of_range"));
}

#[tokio::test]
async fn nobody_finds_what_they_may_not_see() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    // Nothing of company A may come up for company B, which has people and houses of the same names.
    mark(&ctx, world.a.id, " (a)").await;
    fill(&ctx, world.a.id.0).await;
    let id = filed(&ctx, &world).await;
    for actor in [world.b.admin().await, world.b.dispatcher().await] {
        for text in
            ["Азиз", "Каримов", "Навои", "Навои 12 1", "901000001", "Уктам", "Jrnfv", "00101045", "#1", "Каримофф"]
        {
            for hit in ask(&ctx, &actor, text).await.hits() {
                let foreign =
                    hit.title.contains("(a)") || hit.subtitle.contains("(a)") || hit.title.starts_with("Oʻktamov");
                assert!(!foreign && hit.kind != Kind::Account && hit.kind != Kind::Request, "{text}: {hit:?}");
            }
        }
    }
    let query = SearchQuery { q: "Навои".to_owned(), limit: None };
    assert_eq!(code(search::search(&ctx, &world.a.resident().await, &query).await), Code::Forbidden);

    // A worker finds requests within reach, by number and by words, and nothing else.
    let (near, far) = (world.a.plumber().await, world.a.electrician().await);
    for text in ["Азиз", "Каримов", "901000001", "Навои 12 45", "dispatcher", "00101045"] {
        assert_eq!(ask(&ctx, &far, text).await, Found::default(), "{text}");
        assert!(ask(&ctx, &near, text).await.hits().all(|hit| hit.kind == Kind::Request), "{text}");
    }
    let finds = async |actor: &Actor, text: &str| ask(&ctx, actor, text).await.hits().any(|hit| hit.id == id.0);
    for text in ["#1", "kran", "кран Навои"] {
        assert!(finds(&near, text).await && !finds(&far, text).await, "{text}");
    }
    assign(&ctx, &world.a.dispatcher().await, id, world.a.electrician_id).await.unwrap();
    assert!(finds(&far, "#1").await && finds(&far, "кран").await);
}

/// The functions that may look past row-level security look at the company of the transaction and at nothing else.
#[tokio::test]
async fn the_search_functions_keep_the_wall() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    filed(&ctx, &world).await;
    let count = async |company: Option<Uuid>| {
        let mut tx = match company {
            Some(id) => ctx.db.begin_tenant(id).await.unwrap(),
            None => ctx.db.begin_anonymous().await.unwrap(),
        };
        let mut found = Vec::new();
        for what in ["contacts", "buildings", "users", "personal_accounts", "requests", "complexes"] {
            let ids: Vec<Uuid> = sqlx::query_scalar("select search_ids($1, '{%}', '%', '{}', 1000)")
                .bind(what)
                .fetch_all(&mut *tx)
                .await
                .unwrap();
            found.extend(ids);
        }
        let phones: Vec<Uuid> =
            sqlx::query_scalar("select search_phones('998', 1000)").fetch_all(&mut *tx).await.unwrap();
        found.extend(phones);
        found
    };
    assert!(count(None).await.is_empty(), "without a company nothing is found");
    let (a, b) = (count(Some(world.a.id.0)).await, count(Some(world.b.id.0)).await);
    assert!(!a.is_empty() && !b.is_empty());
    assert!(a.iter().all(|id| !b.contains(id)), "an id of one company came up in the other");
    let mut tx = ctx.db.begin_tenant(world.a.id.0).await.unwrap();
    let other = sqlx::query("select search_ids('sessions', '{%}', '%', '{}', 1)").execute(&mut *tx).await;
    assert!(other.unwrap_err().to_string().contains("nothing to search"));
}
