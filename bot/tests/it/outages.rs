//! What is off, in a chat.

use crate::support::{Stage, text};
use domain::outages;
use model::{
    OutageId,
    outages::{OutageFacts, OutageKind, OutagePlace, OutageTexts, Resource},
};

async fn no_water(stage: &Stage) -> OutageId {
    let desk = stage.world.a.dispatcher().await;
    let facts = OutageFacts {
        kind: OutageKind::Emergency,
        resource: Resource::ColdWater,
        starts_at: stage.ctx.clock.now(),
        ends_at: None,
        places: vec![OutagePlace { building_id: stage.world.a.house.id, entrance_id: None, riser_id: None }],
        texts: OutageTexts::default(),
        note: Some("Только для своих".to_owned()),
    };
    outages::create(&stage.ctx, &desk, &facts).await.unwrap().id
}

#[tokio::test(flavor = "multi_thread")]
async fn residents_ask_what_is_off_and_say_me_too() {
    let stage = Stage::new().await;
    let aziz = stage.resident().await;
    aziz.write("⚠️ Отключения").await;
    aziz.until("отключений нет").await;
    let id = no_water(&stage).await;
    aziz.write("/outages").await;
    let said = aziz.until("Нет холодной воды").await;
    assert!(text(&said).contains("уже работаем") && !text(&said).contains("Только для своих"), "{said}");
    aziz.press("И у меня").await;
    aziz.until_note("Записали").await;
    let desk = stage.world.a.dispatcher().await;
    assert_eq!(outages::get(&stage.ctx, &desk, id).await.unwrap().joins.len(), 1);
    aziz.press("Уже не касается").await;
    aziz.until_note("убрали").await;
    assert!(outages::get(&stage.ctx, &desk, id).await.unwrap().joins.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_request_hears_of_the_outage_first() {
    let stage = Stage::new().await;
    no_water(&stage).await;
    let aziz = stage.resident().await;
    aziz.write("📝 Новая заявка").await;
    aziz.press("Сантехника").await;
    aziz.press("🏠 Навои 12, №1").await;
    aziz.until("Нет холодной воды").await;
}
