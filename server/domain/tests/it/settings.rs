//! What a company decides for itself, and its first day.

use crate::support::{assign, code, field, wrong};
use chrono::{NaiveDate, NaiveTime};
use domain::{requests, settings};
use model::{
    Code, Lang, Phone,
    requests::{AddComment, Kind, Priority, RequestFilter},
    settings::{DeadlineHours, Guide, Lunch, SaveCalendar, SaveProfile, SpecialDay, WorkDay},
};
use testkit::{TestCtx, World, draft, photo, staff_actor};

fn profile() -> SaveProfile {
    SaveProfile {
        name: "Чистый дом".to_owned(),
        phone: Phone::parse("71 200-40-50"),
        emergency_phone: Phone::parse("71 200-40-51"),
        address: Some("Ташкент, Навои 1".to_owned()),
        lang: Lang::Uz,
    }
}

#[tokio::test]
async fn settings_are_the_managers_and_each_companys_own() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    for actor in [world.a.dispatcher().await, world.a.plumber().await, world.a.resident().await] {
        assert_eq!(code(settings::profile(&ctx, &actor).await), Code::Forbidden);
        assert_eq!(code(settings::save_profile(&ctx, &actor, 1, &profile()).await), Code::Forbidden);
        assert_eq!(code(settings::deadlines(&ctx, &actor).await), Code::Forbidden);
        assert_eq!(code(settings::save_deadlines(&ctx, &actor, 1, &DeadlineHours::default()).await), Code::Forbidden);
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
async fn the_companys_hours_set_the_deadlines() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let hours = DeadlineHours { emergency: 2, urgent: 5, high: 10, normal: 48, low: 100 };
    let due = async |kind, priority| {
        let command = model::requests::CreateRequest { kind: Some(kind), priority, ..draft(world.a.house.units[0]) };
        let card = requests::create(&ctx, &desk, &command, None).await.unwrap();
        (card.due_at.unwrap() - card.created_at).num_hours()
    };
    assert_eq!(due(Kind::Regular, None).await, 72);
    assert_eq!(settings::save_deadlines(&ctx, &admin, 1, &hours).await.unwrap().version, 2);
    assert_eq!(code(settings::save_deadlines(&ctx, &admin, 1, &hours).await), Code::Conflict);
    assert_eq!(due(Kind::Regular, None).await, 48);
    assert_eq!(due(Kind::Emergency, None).await, 2);
    assert_eq!(due(Kind::Paid, Some(Priority::Low)).await, 100);
    let upside_down = DeadlineHours { high: 60, ..hours };
    assert_eq!(field(settings::save_deadlines(&ctx, &admin, 2, &upside_down).await), wrong("/high", "out_of_range"));
    let zero = DeadlineHours { emergency: 0, ..hours };
    assert_eq!(field(settings::save_deadlines(&ctx, &admin, 2, &zero).await), wrong("/emergency", "out_of_range"));
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
    let id = domain::companies::create(ctx, "Новая", None, Lang::Ru).await.unwrap();
    domain::companies::create_user(ctx, Some(id), model::Role::Admin, "first", testkit::PASSWORD, "Первый")
        .await
        .unwrap();
    staff_actor(ctx, "first").await
}

#[tokio::test]
async fn the_guide_follows_what_is_there_and_the_sample_does_not_count() {
    let ctx = TestCtx::new().await;
    let admin = newborn(&ctx).await;
    assert_eq!(settings::guide(&ctx, &admin).await.unwrap(), Guide::default());
    settings::load_sample(&ctx, &admin).await.unwrap();
    assert_eq!(settings::guide(&ctx, &admin).await.unwrap(), Guide { sample: true, ..Guide::default() });
    settings::save_profile(&ctx, &admin, 1, &profile()).await.unwrap();
    settings::dismiss_guide(&ctx, &admin, true).await.unwrap();
    let guide = settings::guide(&ctx, &admin).await.unwrap();
    assert_eq!(guide, Guide { profile: true, sample: true, dismissed: true, ..Guide::default() });
    settings::dismiss_guide(&ctx, &admin, false).await.unwrap();
    assert!(settings::guide(&ctx, &admin).await.unwrap().is_wanted());
    let world = World::new(&ctx).await;
    let grown = settings::guide(&ctx, &world.a.admin().await).await.unwrap();
    assert_eq!((grown.building, grown.people, grown.staff, grown.request), (true, true, true, false));
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
    requests::comment(&ctx, &desk, sample, &AddComment { body: "Проба".to_owned(), internal: false, ..Default::default() }).await.unwrap();
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
