//! News: exactly whom they reach, taking back, a crash in the middle, the clock, and a report that adds up.

use crate::support::{code, failure, field, wrong};
use chrono::TimeDelta;
use domain::{
    Actor,
    jobs::SendNews,
    messages::{self, Outcome, Turn},
    news, notices,
};
use model::{
    Code, Lang, Money, NewsId, UnitId,
    news::{
        AskAudience, AudienceLook, NewsAudience, NewsCard, NewsFacts, NewsFilter, NewsPlace, NewsState, NewsText,
        NewsTexts, NewsWho,
    },
    notices::{NoticeChannel, NoticeKind},
    property::OpenAccount,
};
use testkit::{Company, TestCtx, World, lodge};
use uuid::Uuid;

fn text(title: &str) -> NewsText {
    NewsText { title: title.to_owned(), text: "Завтра с 9 до 13 меняем задвижку.".to_owned() }
}

fn to(who: NewsWho, places: Vec<NewsPlace>) -> NewsAudience {
    NewsAudience { who, places, debt_from: None }
}

fn house(company: &Company) -> NewsPlace {
    NewsPlace { building_id: Some(company.house.id), ..NewsPlace::default() }
}

fn facts(audience: NewsAudience) -> NewsFacts {
    let texts = NewsTexts { ru: text("Воды не будет"), uz: Some(text("Suv boʻlmaydi")), en: None };
    NewsFacts { texts, audience, important: false, planned_at: None, expires_at: None }
}

async fn look(ctx: &TestCtx, who: &Actor, audience: NewsAudience) -> AudienceLook {
    let ask = AskAudience { audience, important: false, texts: NewsTexts::default() };
    news::look(ctx, who, &ask).await.unwrap()
}

/// Those it would reach, by name.
async fn reached(ctx: &TestCtx, who: &Actor, audience: NewsAudience) -> Vec<String> {
    let found = look(ctx, who, audience).await;
    assert_eq!(found.channels.iter().map(|c| c.people).sum::<i64>(), found.people);
    let mut names: Vec<String> = found.first.into_iter().map(|reader| reader.name).collect();
    assert_eq!(i64::try_from(names.len()).unwrap(), found.people);
    names.sort();
    names
}

async fn run_sql(ctx: &TestCtx, sql: &'static str, id: Uuid) {
    let mut admin = ctx.database.superuser().await;
    sqlx::query(sql).bind(id).execute(&mut admin).await.unwrap();
}

async fn sent(ctx: &TestCtx, who: &Actor, facts: &NewsFacts) -> NewsCard {
    let draft = news::create(ctx, who, facts, None).await.unwrap();
    news::send(ctx, who, draft.id, draft.version).await.unwrap()
}

fn job(company: &Company, id: NewsId) -> SendNews {
    SendNews { company_id: company.id, news_id: id }
}

/// How often each person was told, whoever they are.
async fn told(ctx: &TestCtx, id: NewsId) -> Vec<(Uuid, i64)> {
    let mut admin = ctx.database.superuser().await;
    sqlx::query_as("select person_id, count(*) from notices where object_id = $1 group by 1 order by 1")
        .bind(id.0)
        .fetch_all(&mut admin)
        .await
        .unwrap()
}

fn adds_up(card: &NewsCard) {
    let people: i64 = card.report.iter().map(|line| line.people).sum();
    assert_eq!(people, i64::from(card.counts.told), "{:?}", card.report);
}

async fn owe(ctx: &TestCtx, admin: &Actor, unit: UnitId, sum: i64) {
    domain::property::open_account(ctx, admin, unit, &OpenAccount::default()).await.unwrap();
    let mut superuser = ctx.database.superuser().await;
    sqlx::query(
        "insert into account_balances (company_id, account_id, building_id, balance_tiyin)
         select a.company_id, a.id, u.building_id, $2 from personal_accounts a join units u on u.id = a.unit_id where a.unit_id = $1
         on conflict (company_id, account_id) do update set balance_tiyin = excluded.balance_tiyin",
    )
    .bind(unit.0)
    .bind(sum)
    .execute(&mut superuser)
    .await
    .unwrap();
}

#[tokio::test]
async fn nobody_hears_who_is_gone_erased_blocked_or_elsewhere() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, a) = (world.a.dispatcher().await, &world.a);
    let everywhere = || to(NewsWho::Residents, Vec::new());
    let (resident, neighbour) = ("Азиз Каримов".to_owned(), "Елена Иванова".to_owned());
    // A contact without a home, and the people of another company, were never among them.
    assert_eq!(reached(&ctx, &desk, everywhere()).await, [resident.clone(), neighbour.clone()]);
    for (name, sql) in [
        ("Уехал", "update residencies set until_on = '2020-02-01' where contact_id = $1"),
        ("Забыт", "update contacts set erased_at = now() where id = $1"),
    ] {
        let gone = lodge(&ctx, a.id, name, a.house.units[2]).await;
        assert_eq!(look(&ctx, &desk, everywhere()).await.people, 3, "{name}");
        run_sql(&ctx, sql, gone.0).await;
        assert_eq!(look(&ctx, &desk, everywhere()).await.people, 2, "{name}");
    }
    run_sql(&ctx, "update users set blocked_at = now() where contact_id = $1", a.neighbour.contact.0).await;
    assert_eq!(reached(&ctx, &desk, everywhere()).await, std::slice::from_ref(&resident));
    run_sql(&ctx, "update users set blocked_at = null where contact_id = $1", a.neighbour.contact.0).await;

    // Places: nobody lives in the far house; an entrance and a house twice are each person once.
    let far = NewsPlace { building_id: Some(a.far_house.id), ..NewsPlace::default() };
    assert!(reached(&ctx, &desk, to(NewsWho::Residents, vec![far])).await.is_empty());
    let entrance = NewsPlace { entrance_id: Some(a.house.entrance), ..house(a) };
    let twice = vec![house(a), entrance, far];
    assert_eq!(reached(&ctx, &desk, to(NewsWho::Residents, twice)).await, [resident.clone(), neighbour.clone()]);
    for place in [house(&world.b), NewsPlace { entrance_id: Some(world.b.house.entrance), ..house(a) }] {
        let draft = facts(to(NewsWho::Residents, vec![place]));
        let refused = news::create(&ctx, &desk, &draft, None).await;
        assert_eq!(field(refused), wrong("/audience/places/0", "unknown"));
    }

    // Staff: all of them, or those who look after the place.
    assert_eq!(look(&ctx, &desk, to(NewsWho::Staff, Vec::new())).await.people, 4);
    let plumber = look(&ctx, &desk, to(NewsWho::Staff, vec![house(a)])).await;
    assert!(plumber.people == 1 && plumber.first[0].staff);
    assert!(reached(&ctx, &desk, to(NewsWho::Staff, vec![far])).await.is_empty());
    assert_eq!(look(&ctx, &desk, to(NewsWho::Everybody, vec![house(a)])).await.people, 3);
}

#[tokio::test]
async fn only_who_owes_that_much_is_a_debtor() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, a) = (world.a.admin().await, &world.a);
    let owing = |sum| NewsAudience { debt_from: Some(Money::from_tiyin(sum)), ..to(NewsWho::Residents, Vec::new()) };
    assert!(reached(&ctx, &admin, owing(1)).await.is_empty());
    owe(&ctx, &admin, a.resident.unit, 50_000).await;
    owe(&ctx, &admin, a.neighbour.unit, 49_999).await;
    assert_eq!(reached(&ctx, &admin, owing(50_000)).await, ["Азиз Каримов"]);
    assert_eq!(reached(&ctx, &admin, owing(49_999)).await.len(), 2);
    assert!(reached(&ctx, &admin, owing(50_001)).await.is_empty());
    // Nobody owes as staff.
    let nonsense = NewsAudience { who: NewsWho::Everybody, ..owing(1) };
    let ask = AskAudience { audience: nonsense, important: false, texts: NewsTexts::default() };
    assert_eq!(field(news::look(&ctx, &admin, &ask).await), wrong("/audience/debt_from", "out_of_range"));
    // To send to nobody is a mistake.
    let draft = news::create(&ctx, &admin, &facts(owing(90_000)), None).await.unwrap();
    assert_eq!(field(news::send(&ctx, &admin, draft.id, draft.version).await), wrong("/audience", "nobody"));
}

#[tokio::test]
async fn what_is_taken_back_in_time_is_told_to_nobody() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, reader) = (world.a.dispatcher().await, world.a.resident().await);
    let card = sent(&ctx, &desk, &facts(to(NewsWho::Residents, Vec::new()))).await;
    assert_eq!(card.due_at.unwrap() - ctx.clock.now(), TimeDelta::seconds(15));
    // Not before its time, and not twice.
    news::run(&ctx, &job(&world.a, card.id)).await.unwrap();
    assert!(told(&ctx, card.id).await.is_empty());
    assert_eq!(code(news::send(&ctx, &desk, card.id, card.version).await), Code::IllegalTransition);
    assert_eq!(code(news::update(&ctx, &desk, card.id, card.version, &card.facts).await), Code::IllegalTransition);
    ctx.clock.advance(TimeDelta::seconds(14));
    let back = news::cancel(&ctx, &desk, card.id).await.unwrap();
    assert!(back.state == NewsState::Cancelled && back.may_edit && !back.may_cancel);
    ctx.clock.advance(TimeDelta::minutes(10));
    news::run(&ctx, &job(&world.a, card.id)).await.unwrap();
    assert!(told(&ctx, card.id).await.is_empty());
    assert!(news::mine(&ctx, &reader, Lang::Ru).await.unwrap().is_empty());
    assert_eq!(code(news::cancel(&ctx, &desk, card.id).await), Code::IllegalTransition);

    // Mended and sent again it goes out, once.
    let fixed = facts(to(NewsWho::Residents, vec![house(&world.a)]));
    let draft = news::update(&ctx, &desk, card.id, back.version, &fixed).await.unwrap();
    assert_eq!(draft.state, NewsState::Draft);
    assert_eq!(code(news::send(&ctx, &desk, card.id, back.version).await), Code::Conflict);
    news::send(&ctx, &desk, card.id, draft.version).await.unwrap();
    ctx.clock.advance(TimeDelta::seconds(15));
    news::run(&ctx, &job(&world.a, card.id)).await.unwrap();
    assert_eq!(told(&ctx, card.id).await.len(), 2);
    let over = news::get(&ctx, &desk, card.id).await.unwrap();
    assert!(over.state == NewsState::Sent && over.counts.told == 2 && !over.may_edit && over.may_cancel);
    adds_up(&over);

    // Taken back late: it is gone from every list, and cannot be rewritten.
    assert_eq!(notices::unread(&ctx, &reader).await.unwrap(), 1);
    let late = news::cancel(&ctx, &desk, card.id).await.unwrap();
    assert!(!late.may_edit && !late.may_send);
    assert_eq!(notices::unread(&ctx, &reader).await.unwrap(), 0);
    assert_eq!(code(news::open(&ctx, &reader, Lang::Ru, card.id).await), Code::NotFound);
}

#[tokio::test]
async fn a_crash_in_the_middle_tells_nobody_twice() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    for n in 0..5 {
        lodge(&ctx, world.a.id, &format!("Житель {n}"), world.a.house.units[2]).await;
    }
    let card = sent(&ctx, &desk, &facts(to(NewsWho::Everybody, Vec::new()))).await;
    let job = job(&world.a, card.id);
    ctx.clock.advance(TimeDelta::seconds(15));
    assert!(news::step(&ctx, &job, 3).await.unwrap());
    let half = news::get(&ctx, &desk, card.id).await.unwrap();
    assert_eq!((half.state, half.counts.told, half.counts.expected), (NewsState::Sending, 3, 11));
    // Whoever takes over knows nothing of what was done: worse than any crash leaves it.
    run_sql(&ctx, "update news set told_till = null where id = $1", card.id.0).await;
    assert!(news::step(&ctx, &job, 4).await.unwrap());
    // Two workers at once take turns.
    let (one, two) = tokio::join!(news::run(&ctx, &job), news::run(&ctx, &job));
    one.unwrap();
    two.unwrap();
    let all = told(&ctx, card.id).await;
    assert!(all.len() == 11 && all.iter().all(|(_, times)| *times == 1), "{all:?}");
    let over = news::get(&ctx, &desk, card.id).await.unwrap();
    assert_eq!((over.state, over.counts.told), (NewsState::Sent, 11));
    adds_up(&over);
}

#[tokio::test]
async fn news_come_and_go_by_the_clock() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, reader, stranger) = (world.a.dispatcher().await, world.a.resident().await, world.b.resident().await);
    let now = ctx.clock.now();
    let mut planned = facts(to(NewsWho::Residents, vec![house(&world.a)]));
    planned.planned_at = Some(now + TimeDelta::hours(2));
    planned.expires_at = Some(now + TimeDelta::hours(1));
    let draft = news::create(&ctx, &desk, &planned, None).await.unwrap();
    assert_eq!(field(news::send(&ctx, &desk, draft.id, 1).await), wrong("/expires_at", "in_past"));
    planned.expires_at = Some(now + TimeDelta::hours(5));
    let draft = news::update(&ctx, &desk, draft.id, 1, &planned).await.unwrap();
    news::send(&ctx, &desk, draft.id, draft.version).await.unwrap();
    ctx.clock.advance(TimeDelta::hours(1));
    news::run(&ctx, &job(&world.a, draft.id)).await.unwrap();
    assert!(told(&ctx, draft.id).await.is_empty());
    ctx.clock.advance(TimeDelta::minutes(66));
    // A lost job is found by the clock.
    assert_eq!(news::tick(&ctx).await.unwrap(), 1);
    news::run(&ctx, &job(&world.a, draft.id)).await.unwrap();
    assert_eq!(news::tick(&ctx).await.unwrap(), 0);

    // Read in the reader's language, Russian where theirs has no text; a stranger knows nothing of it.
    assert_eq!(news::mine(&ctx, &reader, Lang::Uz).await.unwrap()[0].title, "Suv boʻlmaydi");
    let shown = news::mine(&ctx, &reader, Lang::En).await.unwrap();
    assert!(shown.len() == 1 && shown[0].title == "Воды не будет" && !shown[0].read);
    assert!(news::mine(&ctx, &stranger, Lang::Ru).await.unwrap().is_empty());
    assert_eq!(code(news::open(&ctx, &stranger, Lang::Ru, draft.id).await), Code::NotFound);
    assert_eq!(code(news::get(&ctx, &world.b.dispatcher().await, draft.id).await), Code::NotFound);
    news::open(&ctx, &reader, Lang::Ru, draft.id).await.unwrap();
    assert!(news::mine(&ctx, &reader, Lang::Ru).await.unwrap()[0].read);
    assert_eq!(notices::unread(&ctx, &reader).await.unwrap(), 0);
    let row = news::list(&ctx, &desk, &NewsFilter::default()).await.unwrap().items.pop().unwrap();
    assert_eq!((row.counts.told, row.counts.read), (2, 1));
    ctx.clock.advance(TimeDelta::hours(4));
    assert!(news::mine(&ctx, &reader, Lang::Ru).await.unwrap().is_empty());

    // Who may not write, may not.
    for other in [reader, world.a.plumber().await] {
        assert_eq!(code(news::create(&ctx, &other, &planned, None).await), Code::Forbidden);
        assert_eq!(code(news::list(&ctx, &other, &NewsFilter::default()).await), Code::Forbidden);
    }
    let empty = NewsFacts { texts: NewsTexts::default(), ..planned };
    let wrong_fields: Vec<String> =
        failure(news::create(&ctx, &desk, &empty, None).await).fields.into_iter().map(|f| f.pointer).collect();
    assert!(wrong_fields.contains(&"/texts/ru/title".to_owned()), "{wrong_fields:?}");
}

#[tokio::test]
async fn important_news_go_by_text_message_where_nothing_else_leads() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.admin().await;
    let mut ask = AskAudience {
        audience: to(NewsWho::Residents, Vec::new()),
        important: false,
        texts: NewsTexts { ru: text("Воды не будет"), uz: None, en: None },
    };
    assert_eq!(news::look(&ctx, &desk, &ask).await.unwrap().sms.people, 0);
    ask.important = true;
    let found = news::look(&ctx, &desk, &ask).await.unwrap();
    assert_eq!((found.sms.people, found.channels.len()), (2, 1));
    assert_eq!(found.channels[0].channel, Some(NoticeChannel::Sms));
    assert!(found.sms.parts >= found.sms.people && found.sms.cost.is_none(), "{:?}", found.sms);
    // What the preview promised is what is written.
    let card = sent(&ctx, &desk, &NewsFacts { important: true, ..facts(ask.audience) }).await;
    ctx.clock.advance(TimeDelta::seconds(15));
    news::run(&ctx, &job(&world.a, card.id)).await.unwrap();
    let over = news::get(&ctx, &desk, card.id).await.unwrap();
    assert!(over.report.iter().all(|line| line.channel == Some(NoticeChannel::Sms)), "{:?}", over.report);
    adds_up(&over);
}

#[tokio::test]
async fn thousands_are_told_and_every_message_ends() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.admin().await;
    let mut admin = ctx.database.superuser().await;
    // Every tenth has mail; the rest have nothing but a door.
    sqlx::query(
        "with people as (insert into contacts (id, company_id, name, email, created_at)
           select gen_random_uuid(), $1, 'Житель ' || n, case when n % 10 = 0 then n || '@example.uz' end, now() from generate_series(1, 3000) n
           returning id)
         insert into residencies (id, company_id, unit_id, contact_id, relation, since_on)
         select gen_random_uuid(), $1, $2, id, 'relative', '2020-01-01' from people",
    )
    .bind(world.a.id.0)
    .bind(world.a.house.units[2].0)
    .execute(&mut admin)
    .await
    .unwrap();
    let card = sent(&ctx, &desk, &facts(to(NewsWho::Residents, vec![house(&world.a)]))).await;
    ctx.clock.advance(TimeDelta::seconds(15));
    news::run(&ctx, &job(&world.a, card.id)).await.unwrap();
    let waiting: Vec<Uuid> = sqlx::query_scalar("select id from deliveries where template = $1")
        .bind(NoticeKind::News.as_str())
        .fetch_all(&mut admin)
        .await
        .unwrap();
    assert_eq!(waiting.len(), 300);
    for (n, id) in waiting.into_iter().enumerate() {
        let Turn::Send(_) = messages::take(&ctx, id).await.unwrap() else { panic!("it is its turn") };
        let outcome = if n % 3 == 0 {
            Outcome::Failed(model::notices::FailReason::Refused, "no such mailbox")
        } else {
            Outcome::Sent
        };
        messages::finish(&ctx, id, outcome).await.unwrap();
    }
    let open: i64 = sqlx::query_scalar("select count(*) from deliveries where state in ('queued', 'sending')")
        .fetch_one(&mut admin)
        .await
        .unwrap();
    assert_eq!(open, 0);
    let over = news::get(&ctx, &desk, card.id).await.unwrap();
    assert_eq!((over.state, over.counts.told, over.counts.expected), (NewsState::Sent, 3002, 3002));
    adds_up(&over);
    let by = |channel| over.report.iter().filter(|line| line.channel == channel).map(|line| line.people).sum::<i64>();
    assert_eq!([by(Some(NoticeChannel::Email)), by(Some(NoticeChannel::InApp)), by(None)], [300, 2, 2700]);
}
