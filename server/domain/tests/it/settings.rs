//! What a company decides for itself, and its first day.

use crate::support::{assign, code, field, wrong};
use chrono::{NaiveDate, NaiveTime};
use domain::{companies, desk, requests, settings};
use model::{
    Code, Lang, Phone,
    requests::{AddComment, RequestFilter},
    settings::{Guide, Lunch, Offered, RaiseNumber, SaveCalendar, SaveProfile, SpecialDay, WorkDay},
};
use testkit::{TestCtx, World, draft, photo, staff_actor};

fn profile() -> SaveProfile {
    SaveProfile {
        name: "Чистый дом".to_owned(),
        phone: Phone::parse("71 200-40-50"),
        emergency_phone: Phone::parse("71 200-40-51"),
        short_number: Some("1184".to_owned()),
        address: Some("Ташкент, Навои 1".to_owned()),
        legal_name: Some(" ООО «Чистый дом» ".to_owned()),
        tax_id: Some("301234567".to_owned()),
        bank_account: Some("20208000123456789001".to_owned()),
        bank_name: Some("АКБ «Агробанк»".to_owned()),
        bank_code: Some("00084".to_owned()),
    }
}

#[tokio::test]
async fn settings_are_the_managers_and_each_companys_own() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    for actor in [world.a.dispatcher().await, world.a.plumber().await, world.a.resident().await] {
        assert_eq!(code(settings::profile(&ctx, &actor).await), Code::Forbidden);
        assert_eq!(code(settings::save_profile(&ctx, &actor, 1, &profile()).await), Code::Forbidden);
        assert_eq!(code(settings::calendar(&ctx, &actor).await), Code::Forbidden);
        assert_eq!(code(settings::guide(&ctx, &actor).await), Code::Forbidden);
        assert_eq!(code(settings::load_sample(&ctx, &actor).await), Code::Forbidden);
        assert_eq!(code(settings::remove_sample(&ctx, &actor).await), Code::Forbidden);
    }
    let admin = world.a.admin().await;
    let saved = settings::save_profile(&ctx, &admin, 1, &profile()).await.unwrap();
    assert_eq!((saved.version, saved.name.as_str(), saved.next_request_number), (2, "Чистый дом", 1));
    assert_eq!(code(settings::save_profile(&ctx, &admin, 1, &profile()).await), Code::Conflict);
    let other = settings::profile(&ctx, &world.b.admin().await).await.unwrap();
    assert_eq!((other.version, other.name.as_str(), other.address), (1, "Company b", None));
    crate::support::filed(&ctx, &world).await;
    assert_eq!(settings::profile(&ctx, &admin).await.unwrap().next_request_number, 2);
    assert_eq!(settings::profile(&ctx, &admin).await.unwrap().next_request_number, 2, "looking takes no number");
}

#[tokio::test]
async fn the_calendar_reads_back_as_written() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let usual = settings::calendar(&ctx, &admin).await.unwrap();
    assert_eq!((usual.version, usual.week.len(), usual.special.len()), (1, 5, 0));
    let at = |h| NaiveTime::from_hms_opt(h, 0, 0).unwrap();
    let day =
        |weekday| WorkDay { weekday, opens: at(8), closes: at(17), lunch: Some(Lunch { from: at(12), to: at(13) }) };
    let navroz =
        SpecialDay {
            day: NaiveDate::from_ymd_opt(2027, 3, 21).unwrap(), works: false, name: "Навруз".to_owned()
        };
    let command = SaveCalendar { week: vec![day(1), day(6)], special: vec![navroz.clone()] };
    let saved = settings::save_calendar(&ctx, &admin, 1, &command).await.unwrap();
    assert_eq!((saved.version, &saved.week, &saved.special), (2, &command.week, &command.special));
    assert_eq!(code(settings::save_calendar(&ctx, &admin, 1, &command).await), Code::Conflict);
    let twice = SaveCalendar { week: vec![day(1), day(1)], special: Vec::new() };
    assert_eq!(field(settings::save_calendar(&ctx, &admin, 2, &twice).await), wrong("/week/1/weekday", "taken"));
    let twice = SaveCalendar { week: Vec::new(), special: vec![navroz.clone(), navroz] };
    assert_eq!(field(settings::save_calendar(&ctx, &admin, 2, &twice).await), wrong("/special/1/day", "taken"));
    let none = settings::save_calendar(&ctx, &admin, 2, &SaveCalendar { week: Vec::new(), special: Vec::new() }).await;
    assert!(none.unwrap().week.is_empty(), "a week without work is a decision, too");
    assert_eq!(settings::calendar(&ctx, &world.b.admin().await).await.unwrap().version, 1);
}

/// A company as `create-admin` makes it: nothing but its administrator.
async fn newborn(ctx: &TestCtx) -> domain::Actor {
    let made = companies::create_with_admin(ctx, "Новая", Lang::Ru, "first", testkit::PASSWORD, "Первый").await;
    made.unwrap();
    staff_actor(ctx, "first").await
}

#[tokio::test]
async fn a_company_comes_with_its_administrator_or_not_at_all() {
    let ctx = TestCtx::new().await;
    let admin = newborn(&ctx).await;
    assert_eq!(admin.role(), model::Role::Admin);
    let again = |login: &'static str, password: &'static str| {
        companies::create_with_admin(&ctx, "Вторая", Lang::Ru, login, password, "Второй")
    };
    assert_eq!(field(again("FIRST", testkit::PASSWORD).await), wrong("/login", "taken"));
    assert_eq!(field(again("second", "short").await), wrong("/password", "too_short"));
    let mut db = ctx.database.superuser().await;
    let traces = "select (select count(*) from companies where name = 'Вторая')
                       + (select count(*) from audit_log where changes::text like '%Вторая%')";
    let traces: i64 = sqlx::query_scalar(traces).fetch_one(&mut db).await.unwrap();
    assert_eq!(traces, 0, "a company without an administrator");
    let (id, _) = again("second", testkit::PASSWORD).await.unwrap();
    assert_ne!(id, admin.company_id());
}

#[tokio::test]
async fn the_guide_follows_what_is_there_and_the_sample_does_not_count() {
    let ctx = TestCtx::new().await;
    let admin = newborn(&ctx).await;
    assert_eq!(settings::guide(&ctx, &admin).await.unwrap(), Guide::default());
    settings::load_sample(&ctx, &admin).await.unwrap();
    assert_eq!(settings::guide(&ctx, &admin).await.unwrap(), Guide { sample: true, ..Guide::default() });
    settings::save_profile(&ctx, &admin, 1, &profile()).await.unwrap();
    // Five steps, one of them done, and the sample to clean up.
    let left = async || desk::counts(&ctx, &admin).await.unwrap().first_steps;
    assert_eq!(left().await, 5);
    settings::dismiss_guide(&ctx, &admin, true).await.unwrap();
    assert_eq!(left().await, 0);
    let guide = settings::guide(&ctx, &admin).await.unwrap();
    assert_eq!(guide, Guide { profile: true, sample: true, dismissed: true, ..Guide::default() });
    settings::dismiss_guide(&ctx, &admin, false).await.unwrap();
    assert!(settings::guide(&ctx, &admin).await.unwrap().is_wanted());
    let world = World::new(&ctx).await;
    let grown = settings::guide(&ctx, &world.a.admin().await).await.unwrap();
    assert_eq!((grown.building, grown.people, grown.staff, grown.request), (true, true, true, false));
    // Who does not run the company is not counted what they may not see.
    let counts = desk::counts(&ctx, &world.a.dispatcher().await).await.unwrap();
    assert_eq!((counts.first_steps, counts.unmatched), (0, 0));
}

async fn rows(ctx: &TestCtx) -> Vec<(String, i64)> {
    let mut admin = ctx.database.superuser().await;
    let mut all = Vec::new();
    for table in [
        "buildings",
        "entrances",
        "units",
        "contacts",
        "residencies",
        "requests",
        "request_history",
        "request_comments",
        "sample_rows",
    ] {
        let sql = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
        all.push((table.to_owned(), sqlx::query_scalar(sql).fetch_one(&mut admin).await.unwrap()));
    }
    all
}

#[tokio::test]
async fn the_sample_goes_without_a_trace_and_takes_nothing_else() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    crate::support::brought_to(&ctx, &world, model::requests::Status::Done).await;
    let before = rows(&ctx).await;
    settings::load_sample(&ctx, &admin).await.unwrap();
    let loaded = rows(&ctx).await;
    settings::load_sample(&ctx, &admin).await.unwrap();
    assert_eq!(rows(&ctx).await, loaded, "one sample is enough");
    let more = |table: &str| {
        let of = |rows: &[(String, i64)]| rows.iter().find(|(t, _)| t == table).unwrap().1;
        of(&loaded) - of(&before)
    };
    assert_eq!((more("buildings"), more("units"), more("contacts"), more("requests")), (1, 20, 6, 3));
    // People try things out on it.
    let sample = requests::list(&ctx, &desk, &RequestFilter::default()).await.unwrap().items[0].id;
    assign(&ctx, &desk, sample, world.a.plumber_id).await.unwrap();
    requests::comment(
        &ctx,
        &desk,
        sample,
        &AddComment { body: "Проба".to_owned(), internal: false, ..Default::default() },
    )
    .await
    .unwrap();
    let picture = domain::files::upload(&ctx, &desk, photo()).await.unwrap().id;
    requests::add_files(&ctx, &desk, sample, &[picture], model::requests::Moment::Before).await.unwrap();
    // Another company's sample is another company's.
    settings::load_sample(&ctx, &world.b.admin().await).await.unwrap();
    settings::remove_sample(&ctx, &world.b.admin().await).await.unwrap();
    assert_eq!(code(requests::get(&ctx, &world.b.admin().await, sample).await), Code::NotFound);
    settings::remove_sample(&ctx, &admin).await.unwrap();
    assert_eq!(rows(&ctx).await, before);
    settings::remove_sample(&ctx, &admin).await.unwrap();
    settings::load_sample(&ctx, &admin).await.unwrap();
}

#[tokio::test]
async fn a_sample_with_something_real_on_it_stays() {
    let ctx = TestCtx::new().await;
    let admin = newborn(&ctx).await;
    settings::load_sample(&ctx, &admin).await.unwrap();
    let place = domain::property::find_places(&ctx, &admin, "Примерная 1 5").await.unwrap()[0].clone();
    let real = requests::create(&ctx, &admin, &draft(place.unit_id.unwrap()), None).await.unwrap();
    let loaded = rows(&ctx).await;
    assert_eq!(code(settings::remove_sample(&ctx, &admin).await), Code::SampleInUse);
    assert_eq!(rows(&ctx).await, loaded, "all of it or nothing");
    assert!(requests::get(&ctx, &admin, real.id).await.is_ok());
}

/// History can be taken away with sample requests only, and by nobody else's hand.
#[tokio::test]
async fn real_history_does_not_go_with_the_sample() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    crate::support::filed(&ctx, &world).await;
    settings::load_sample(&ctx, &world.a.admin().await).await.unwrap();
    let mut tx = ctx.db.begin_tenant(world.a.id.0).await.unwrap();
    let refused = sqlx::query("delete from request_history").execute(&mut *tx).await.unwrap_err();
    assert!(refused.to_string().contains("permission denied"), "{refused}");
    drop(tx);
    let mut tx = ctx.db.begin_tenant(world.a.id.0).await.unwrap();
    let refused =
        sqlx::query("select remove_sample_requests($1)").bind(world.b.id.0).execute(&mut *tx).await.unwrap_err();
    assert!(refused.to_string().contains("current company"), "{refused}");
    let mut owner = ctx.database.superuser().await;
    let refused = sqlx::query("delete from request_history").execute(&mut owner).await.unwrap_err();
    assert!(refused.to_string().contains("append-only"), "{refused}");
}

#[tokio::test]
async fn numbers_go_on_from_a_larger_one_and_never_back() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let raise =
        async |actor: &domain::Actor, next| settings::raise_request_number(&ctx, actor, &RaiseNumber { next }).await;
    crate::support::filed(&ctx, &world).await;
    assert_eq!(raise(&admin, 2).await.unwrap(), 2, "it comes anyway");
    assert_eq!(raise(&admin, 5000).await.unwrap(), 5000);
    assert_eq!(settings::profile(&ctx, &admin).await.unwrap().next_request_number, 5000);
    for low in [1, 2, 4999] {
        assert_eq!(field(raise(&admin, low).await), wrong("/next", "not_lower"), "{low}");
    }
    assert_eq!(field(raise(&admin, 0).await), wrong("/next", "out_of_range"));
    let id = crate::support::filed(&ctx, &world).await;
    assert_eq!(requests::get(&ctx, &admin, id).await.unwrap().number, 5000);
    assert_eq!(settings::profile(&ctx, &world.b.admin().await).await.unwrap().next_request_number, 1);
    for actor in [world.a.dispatcher().await, world.a.resident().await] {
        assert_eq!(code(raise(&actor, 9000).await), Code::Forbidden);
    }
}

#[tokio::test]
async fn numbers_raised_while_requests_are_filed_come_once_each() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let (ctx, world, admin) = (&ctx, &world, &admin);
    let file = async || {
        let id = crate::support::filed(ctx, world).await;
        requests::get(ctx, admin, id).await.unwrap().number
    };
    let raise = async |next| settings::raise_request_number(ctx, admin, &RaiseNumber { next }).await;
    let (a, _, b, raised, c, _, d, _, e) =
        tokio::join!(file(), raise(3), file(), raise(20), file(), raise(7), file(), raise(12), file());
    assert_eq!(raised.unwrap(), 20);
    let mut numbers = vec![a, b, c, d, e];
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 5, "{numbers:?}");
}

#[tokio::test]
async fn residents_are_offered_the_companys_languages() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, resident) = (world.a.admin().await, world.a.resident().await);
    let known = settings::languages(&ctx, &admin).await.unwrap();
    assert_eq!(known.offered, Offered::default());
    let save = async |languages: &[Lang], default| {
        let version = settings::languages(&ctx, &admin).await.unwrap().version;
        let command = Offered { languages: languages.to_vec(), default };
        settings::save_languages(&ctx, &admin, version, &command).await
    };
    assert_eq!(field(save(&[], Lang::Ru).await), wrong("/languages", "required"));
    assert_eq!(field(save(&[Lang::Uz], Lang::Ru).await), wrong("/default", "out_of_range"));
    let saved = save(&[Lang::En, Lang::Uz, Lang::Uz], Lang::Uz).await.unwrap();
    assert_eq!(saved.offered, Offered { languages: vec![Lang::Uz, Lang::En], default: Lang::Uz });
    let stale = settings::save_languages(&ctx, &admin, known.version, &known.offered).await;
    assert_eq!(code(stale), Code::Conflict);

    assert_eq!(settings::offered(&ctx, Some(&resident)).await.unwrap(), saved.offered);
    assert_eq!(settings::offered(&ctx, Some(&admin)).await.unwrap(), Offered::default(), "staff choose any");
    assert_eq!(settings::offered(&ctx, None).await.unwrap().languages, Lang::ALL, "the other company speaks all");
    let me = domain::auth::me(&ctx, &resident).await.unwrap();
    assert_eq!(me.lang, Lang::Uz, "who used another one goes on in the default");
    domain::auth::set_lang(&ctx, &resident, Lang::Ru).await.unwrap();
    assert_eq!(domain::auth::me(&ctx, &resident).await.unwrap().lang, Lang::Uz, "not offered");
    domain::auth::set_lang(&ctx, &resident, Lang::En).await.unwrap();
    assert_eq!(domain::auth::me(&ctx, &resident).await.unwrap().lang, Lang::En);
    let neighbour = domain::auth::me(&ctx, &world.b.resident().await).await.unwrap();
    assert_eq!(neighbour.lang, Lang::Ru, "each company for itself");
    for actor in [world.a.dispatcher().await, resident] {
        assert_eq!(code(settings::languages(&ctx, &actor).await), Code::Forbidden);
        assert_eq!(code(settings::save_languages(&ctx, &actor, 2, &Offered::default()).await), Code::Forbidden);
    }
}
