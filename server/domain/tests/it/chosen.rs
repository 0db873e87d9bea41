//! What is done to people who were chosen in their list: taken away as a file, and invited.

use crate::{
    access::{proven, taking},
    support::{code, field, wrong},
};
use chrono::TimeDelta;
use domain::{
    Actor, Ctx, Result,
    access::{self, Taker},
    auth::Device,
    exports::{self, Rows},
    people,
};
use model::{
    Code, ContactId, Lang,
    access::{InviteMany, InviteOutcome, ResidentInviteFilter},
    exports::{ExportCommand, ExportFormat, ExportList},
    people::ContactFilter,
};
use testkit::{TestCtx, World, lodge};

fn command(ids: &[ContactId]) -> ExportCommand {
    serde_json::from_value(serde_json::json!({
        "list": ExportList::People, "format": ExportFormat::Csv, "lang": "ru", "people_ids": ids,
    }))
    .unwrap()
}

/// The names in the file of these people.
async fn taken(ctx: &Ctx, actor: &Actor, ids: &[ContactId]) -> Result<Vec<String>> {
    let (send, mut receive) = tokio::sync::mpsc::channel(100);
    exports::read(ctx, actor, &command(ids), None, send).await?;
    let mut names = Vec::new();
    while let Some(rows) = receive.recv().await {
        let Rows::People(rows) = rows else { panic!("another list") };
        names.extend(rows.into_iter().map(|row| row.name));
    }
    names.sort();
    Ok(names)
}

#[tokio::test]
async fn the_chosen_people_are_taken_and_no_other() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let (one, two, strange) = (world.a.resident.contact, world.a.caller, world.b.resident.contact);
    assert_eq!(taken(&ctx, &admin, &[two, strange, one]).await.unwrap(), ["Азиз Каримов", "Пётр Петров"]);
    assert!(taken(&ctx, &admin, &[strange]).await.unwrap().is_empty(), "of another company is nobody, not everybody");
    let of = |ids: Vec<ContactId>| ContactFilter { ids, ..ContactFilter::default() };
    let listed = people::contacts(&ctx, &desk, &of(vec![one, strange])).await.unwrap().items;
    assert_eq!(listed.iter().map(|row| row.id).collect::<Vec<_>>(), [one], "the list says the same");
    let crowd = vec![one; 501];
    assert_eq!(code(taken(&ctx, &admin, &crowd).await), Code::Invalid);
    assert_eq!(code(people::contacts(&ctx, &desk, &of(crowd)).await), Code::Invalid);
    assert_eq!(code(taken(&ctx, &desk, &[one]).await), Code::Forbidden);
    // However many people there are, the chosen are made while the person waits.
    assert!(exports::is_longer(&ctx, &admin, &command(&[]), 1).await.unwrap());
    assert!(!exports::is_longer(&ctx, &admin, &command(&[one]), 1).await.unwrap());
    let mut db = ctx.database.superuser().await;
    let noted: Vec<(i64, i64)> = sqlx::query_as(
        "select (changes->>'rows')::bigint, jsonb_array_length((changes->'filter'->'people_ids')::jsonb)::bigint
         from audit_log where action = 'contact.export' and company_id = $1 order by at, id",
    )
    .bind(world.a.id.0)
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert_eq!(noted, [(2, 3), (0, 1)], "rows, and how many were asked for");
}

/// Why somebody was not invited; empty when they were.
fn why(told: &InviteOutcome) -> String {
    let Some(failure) = &told.failure else { return String::new() };
    failure.fields.first().map_or_else(|| failure.code.to_string(), |field| field.code.clone())
}

#[tokio::test]
async fn the_chosen_are_invited_once_and_each_for_themselves() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk, resident) = (world.a.admin().await, world.a.dispatcher().await, world.a.resident().await);
    let lodger = lodge(&ctx, world.a.id, "Ольга Ким", world.a.house.units[2]).await;
    let (known, homeless, strange) = (world.a.resident.contact, world.a.caller, world.b.caller);
    let invite = async |actor: &Actor, ids: &[ContactId]| {
        access::invite_many(&ctx, actor, &InviteMany { ids: ids.to_vec() }).await
    };
    for nobody in [&desk, &resident] {
        assert_eq!(code(invite(nobody, &[lodger]).await), Code::Forbidden);
    }
    assert_eq!(field(invite(&admin, &[]).await), wrong("/ids", "out_of_range"));
    assert_eq!(field(invite(&admin, &[lodger; 101]).await), wrong("/ids", "out_of_range"));

    let told = invite(&admin, &[known, lodger, homeless, strange, lodger]).await.unwrap();
    assert_eq!(told.iter().map(|one| one.id).collect::<Vec<_>>(), [known, lodger, homeless, strange]);
    assert_eq!(told.iter().map(why).collect::<Vec<_>>(), ["has_login", "", "no_home", "not_found"]);
    assert!(told.iter().all(|one| one.handout.is_some() == one.failure.is_none()));
    // Nobody knows a telephone of theirs: a link needs none.
    let handout = told[1].handout.clone().unwrap();
    assert_eq!((handout.name.as_str(), handout.address.as_str()), ("Ольга Ким", "Навои 12, №3"));
    let waiting = access::invitations(&ctx, &admin, &ResidentInviteFilter::default()).await.unwrap();
    assert_eq!(waiting.iter().map(|row| row.contact_id).collect::<Vec<_>>(), [Some(lodger)]);
    assert_eq!(why(&invite(&admin, &[lodger]).await.unwrap()[0]), "invited");

    // The code opens the company to the person it is for.
    let proof = proven(&ctx, "+998935550009").await;
    let accept = taking(&handout.invitation.code, "");
    access::accept(&ctx, Taker::Proof(&proof), Lang::Uz, &accept, &Device::default()).await.unwrap();
    assert!(people::contact(&ctx, &admin, lodger).await.unwrap().has_login);
    assert_eq!(why(&invite(&admin, &[lodger]).await.unwrap()[0]), "has_login");
}

#[tokio::test]
async fn an_invitation_that_ended_makes_place_for_a_new_one() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let one = [lodge(&ctx, world.a.id, "Ольга Ким", world.a.house.units[2]).await];
    let invite = async || {
        let command = InviteMany { ids: one.to_vec() };
        access::invite_many(&ctx, &admin, &command).await.unwrap().remove(0)
    };
    // Two at the same moment: one invitation.
    let (first, second) = tokio::join!(invite(), invite());
    let mut both = [why(&first), why(&second)];
    both.sort();
    assert_eq!(both, ["", "invited"]);
    let made = first.handout.or(second.handout).unwrap().invitation;
    access::revoke_invite(&ctx, &admin, made.id).await.unwrap();
    assert_eq!(why(&invite().await), "");
    assert_eq!(why(&invite().await), "invited");
    ctx.clock.advance(TimeDelta::days(15));
    assert_eq!(why(&invite().await), "");
}
