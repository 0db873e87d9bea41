//! Calls for the doors of houses, units, accounts, documents and companies; and what they find.

use crate::{
    calls::{Body, Call, Sample},
    calls_billing::Books,
    calls_debts::Late,
    calls_news,
    calls_payments::Till,
    cast::{MARK, Scene, Setting, Stage, Who},
};
use Setting::{House, Look};
use domain::{
    outages, people,
    property::{self, NewFile},
    requests,
};
use model::{
    AccountId, BuildingId, ComplexId, ContactId, DocumentId, NewsId, OutageId, ProposalId, RequestId, ResidencyId,
    RiserId, UnitId,
    outages::{LinkRequests, OutageFacts, OutageKind, OutagePlace, OutageTexts, Resource, RiserFacts},
    people::{AddHome, CreateContact, Relation},
    property::{BuildingFacts, ComplexFacts, DocumentFacts, OpenAccount, UnitFacts, UnitKind, Visibility},
    requests::{Category, CreateRequest},
};
use platform::ids::new_id;
use serde_json::{Value, json};
use testkit::{draft, propose};
use uuid::Uuid;

/// A house of company A with everything in it, made for one call or for all that only look.
#[derive(Clone, Copy, Debug)]
pub struct Registry {
    pub complex: ComplexId,
    pub building: BuildingId,
    /// With an account.
    pub unit: UnitId,
    /// Without anything.
    pub empty: UnitId,
    pub account: AccountId,
    /// On the first unit.
    pub riser: RiserId,
    /// Hits the author's house; explains the common request.
    pub outage: OutageId,
    /// About this house.
    pub proposal: ProposalId,
    /// About the common area of the author's house, and nobody's of the cast.
    pub common: RequestId,
    /// Lives in the unit with the account, and has a passport.
    pub person: ContactId,
    pub residency: ResidencyId,
    /// For the company only.
    pub internal: DocumentId,
    /// For the residents of the author's house.
    pub residents: DocumentId,
    pub public: DocumentId,
    /// A draft, and what everybody of the company was told.
    pub draft: NewsId,
    pub news: NewsId,
    pub till: Till,
    pub books: Books,
    pub late: Late,
}

impl Registry {
    /// Objects that nobody has.
    pub fn nothing() -> Self {
        Self {
            complex: new_id().into(),
            building: new_id().into(),
            unit: new_id().into(),
            empty: new_id().into(),
            account: new_id().into(),
            riser: new_id().into(),
            outage: new_id().into(),
            draft: new_id().into(),
            news: new_id().into(),
            proposal: new_id().into(),
            common: new_id().into(),
            person: new_id().into(),
            residency: new_id().into(),
            internal: new_id().into(),
            residents: new_id().into(),
            public: new_id().into(),
            till: Till::nothing(),
            books: Books::nothing(),
            late: Late::nothing(),
        }
    }

    pub async fn build(stage: &Stage) -> Self {
        let (ctx, admin, a) = (&stage.app.ctx, stage.actor(Who::Admin), &stage.app.world.a);
        let name = |what: &str| format!("{what} {}{MARK}", new_id());
        let complex = property::create_complex(ctx, admin, &ComplexFacts { name: name("ЖК") }).await.unwrap().id;
        let facts = BuildingFacts { address: name("Дом"), storeys: 5, ..BuildingFacts::default() };
        let building = property::create_building(ctx, admin, &facts).await.unwrap().id;
        let mut units = Vec::new();
        for number in ["1", "2"] {
            units.push(property::create_unit(ctx, admin, building, &flat(number)).await.unwrap().id);
        }
        let account = property::open_account(ctx, admin, units[0], &OpenAccount::default()).await.unwrap().id;
        // Out of the way of what numbers and generates flats.
        let owing = property::create_unit(ctx, admin, building, &flat("900")).await.unwrap().id;
        let debtor = property::open_account(ctx, admin, owing, &OpenAccount::default()).await.unwrap().id;
        let hung = RiserFacts {
            resource: Resource::ColdWater,
            entrance_id: None,
            name: "R1".to_owned(),
            unit_ids: vec![units[0]],
        };
        let riser = outages::create_riser(ctx, admin, building, &hung).await.unwrap().id;
        let lamp = CreateRequest {
            unit_id: None,
            building_id: Some(a.house.id),
            category: Category::Yard,
            ..draft(a.house.units[0])
        };
        let common = requests::create(ctx, admin, &lamp, None).await.unwrap().id;
        let off = OutageFacts {
            kind: OutageKind::Emergency,
            resource: Resource::ColdWater,
            starts_at: ctx.clock.now(),
            ends_at: None,
            places: vec![OutagePlace { building_id: a.house.id, entrance_id: None, riser_id: None }],
            texts: OutageTexts::default(),
            note: None,
        };
        let outage = outages::create(ctx, admin, &off).await.unwrap().id;
        let link = LinkRequests { link: vec![common], unlink: Vec::new() };
        outages::link(ctx, admin, outage, &link).await.unwrap();
        let proposal = propose(ctx, a.id, building, common).await;
        let person = CreateContact {
            name: name("Жилец"),
            passport: Some("AA1234567".to_owned()),
            home: Some(AddHome { unit_id: units[0], relation: Relation::Owner, share: None, since: None }),
            ..CreateContact::default()
        };
        let person = people::create_contact(ctx, admin, &person, None).await.unwrap();
        let mut documents = Vec::new();
        for (building, visibility, mark) in [
            (Some(building), Visibility::Internal, MARK),
            (Some(a.house.id), Visibility::Residents, MARK),
            // Everybody may read it, so it says nothing of the company.
            (None, Visibility::Public, ""),
        ] {
            let facts = DocumentFacts { title: format!("Договор{mark}"), visibility };
            let file = NewFile { file_name: "a.pdf".to_owned(), bytes: format!("%PDF-1.4{mark}").into_bytes() };
            documents.push(property::create_document(ctx, admin, building, &facts, file).await.unwrap().id);
        }
        Self {
            complex,
            building,
            unit: units[0],
            empty: units[1],
            account,
            riser,
            outage,
            draft: calls_news::draft(ctx, admin).await,
            news: calls_news::sent(ctx, admin).await,
            proposal,
            common,
            person: person.id,
            residency: person.homes[0].id,
            internal: documents[0],
            residents: documents[1],
            public: documents[2],
            till: Till::build(stage, account).await,
            books: Books::build(ctx, admin, account).await,
            late: Late::build(ctx, admin, account, debtor).await,
        }
    }
}

fn flat(number: &str) -> UnitFacts {
    UnitFacts {
        kind: UnitKind::Flat,
        number: number.to_owned(),
        entrance: Some(1),
        floor: Some(1),
        rooms: None,
        area_cm2: None,
        cadastral: None,
    }
}

fn one(setting: Setting, call: fn(&Scene) -> Call) -> Vec<Sample> {
    vec![sample("", setting, call)]
}

fn sample(note: &'static str, setting: Setting, call: fn(&Scene) -> Call) -> Sample {
    Sample { note, setting, call }
}

fn bare() -> Call {
    Call::default()
}

fn json(body: Value) -> Call {
    Call { body: Body::Json(body), ..bare() }
}

fn of(id: impl Into<Uuid>) -> Call {
    Call { id: id.into().to_string(), ..bare() }
}

fn with(call: Call, body: Value) -> Call {
    Call { body: Body::Json(body), ..call }
}

/// The first version of what was just made.
fn first(mut call: Call) -> Call {
    call.headers.push(("if-match", "\"1\"".to_owned()));
    call
}

fn asked(query: String) -> Call {
    Call { query: Box::leak(query.into_boxed_str()), ..bare() }
}

fn page(mut call: Call) -> Call {
    call.headers.push(("accept", "text/html".to_owned()));
    call
}

fn unique(what: &str) -> String {
    format!("{what} {}", new_id())
}

fn plan() -> Value {
    json!({ "kind": "flat", "entrances": 1, "floors": 2, "per_floor": 2, "first_number": 100 })
}

fn unit_facts() -> Value {
    json!({ "kind": "flat", "number": "9" })
}

fn account_facts() -> Value {
    json!({ "number": unique("A").replace(' ', "-").chars().take(30).collect::<String>(), "opened_on": "2026-01-01" })
}

fn form(building: Option<BuildingId>) -> Call {
    let mut fields = vec![("title", "Смета".to_owned()), ("visibility", "internal".to_owned())];
    fields.extend(building.map(|id| ("building_id", id.to_string())));
    Call { body: Body::Document(fields), ..bare() }
}

/// Empty for doors of other features.
pub fn samples(door: &str) -> Vec<Sample> {
    match door.strip_prefix("POST /rpc/") {
        Some(name) => server_function(name),
        None => match door.split_once(" /api/v1/") {
            Some((method, path)) => rest(&format!("{method} {path}")),
            None => plain(door),
        },
    }
}

fn server_function(name: &str) -> Vec<Sample> {
    match name {
        "property/buildings" => one(Look, |_| json(json!({ "filter": {} }))),
        "property/bulk_buildings" => one(House, |s| {
            json(
                json!({ "command": { "ids": [s.registry.building], "action": { "do": "complex", "complex_id": s.registry.complex } } }),
            )
        }),
        "property/choices" => one(Look, |s| json(json!({ "text": "", "chosen": s.building }))),
        "property/complexes" | "property/account_rule" | "property/my_documents" | "companies/list" => {
            one(Look, |_| json(json!({})))
        }
        "property/building" => one(Look, |s| json(json!({ "id": s.building }))),
        "property/create_building" => one(Look, |_| json(json!({ "command": { "address": unique("Дом") } }))),
        "property/update_building" => one(House, |s| {
            json(json!({ "id": s.registry.building, "version": 1, "command": { "address": unique("Дом") } }))
        }),
        "property/archive_building" => {
            one(House, |s| json(json!({ "id": s.registry.building, "version": 1, "archived": true })))
        }
        "property/generate" => one(House, |s| json(json!({ "id": s.registry.building, "plan": plan() }))),
        "property/create_complex" => one(Look, |_| json(json!({ "command": { "name": unique("ЖК") } }))),
        "property/update_complex" => {
            one(House, |s| json(json!({ "id": s.registry.complex, "version": 1, "command": { "name": unique("ЖК") } })))
        }
        "property/archive_complex" => one(House, |s| json(json!({ "id": s.registry.complex, "version": 1 }))),
        "property/units" => one(Look, |s| json(json!({ "filter": { "building_id": s.building } }))),
        "property/register" => one(Look, |_| json(json!({ "filter": { "text": "Навои 12" } }))),
        "property/bulk_units" => one(House, |s| {
            json(json!({ "command": { "ids": [s.registry.empty], "action": { "do": "kind", "kind": "shop" } } }))
        }),
        "property/unit" => one(Look, |s| json(json!({ "id": s.unit }))),
        "property/create_unit" => {
            one(House, |s| json(json!({ "building_id": s.registry.building, "command": unit_facts() })))
        }
        "property/update_unit" => {
            one(House, |s| json(json!({ "id": s.registry.unit, "version": 1, "command": unit_facts() })))
        }
        "property/archive_unit" => {
            one(House, |s| json(json!({ "id": s.registry.empty, "version": 1, "archived": true })))
        }
        "property/renumber" => one(House, |s| {
            json(json!({ "id": s.registry.unit, "version": 1, "command": { "number": "7", "following": true } }))
        }),
        "property/open_account" => {
            one(House, |s| json(json!({ "unit_id": s.registry.unit, "command": { "replace": true } })))
        }
        "property/correct_account" => {
            one(House, |s| json(json!({ "id": s.registry.account, "version": 1, "command": account_facts() })))
        }
        "property/generate_accounts" => one(House, |s| json(json!({ "building_id": s.registry.building }))),
        // One rule for all who call at once: an old version is refused to whoever may change it.
        "property/set_account_rule" => {
            one(Look, |_| json(json!({ "version": -1, "command": { "template": "{seq:8}" } })))
        }
        "property/documents" => one(Look, |s| json(json!({ "filter": { "building_id": s.registry.building } }))),
        "property/update_document" => one(House, |s| {
            let command = json!({ "title": "Смета", "visibility": "residents" });
            json(json!({ "id": s.registry.internal, "version": 1, "command": command }))
        }),
        "property/delete_document" => one(House, |s| json(json!({ "id": s.registry.internal, "version": 1 }))),
        "companies/add" => one(Look, |_| json(json!({ "command": { "name": unique("УК") } }))),
        "companies/update" => one(Look, |s| json(json!({ "id": s.company, "command": { "name": "Company a" } }))),
        "companies/enter" => one(Look, |s| json(json!({ "id": s.company }))),
        _ => Vec::new(),
    }
}

fn rest(operation: &str) -> Vec<Sample> {
    match operation {
        "GET complexes" | "GET buildings" | "GET companies" | "GET documents/mine" | "GET settings/account-rule" => {
            one(Look, |_| bare())
        }
        "GET units/register" => one(Look, |_| bare()),
        "POST complexes" => one(Look, |_| json(json!({ "name": unique("ЖК") }))),
        "PATCH complexes/{id}" => {
            one(House, |s| first(with(of(s.registry.complex.0), json!({ "name": unique("ЖК") }))))
        }
        "DELETE complexes/{id}" => one(House, |s| first(of(s.registry.complex.0))),
        "POST buildings" => one(Look, |_| json(json!({ "address": unique("Дом") }))),
        "GET buildings/{id}" => one(Look, |s| of(s.building.0)),
        "PATCH buildings/{id}" => one(House, |s| first(with(of(s.registry.building.0), json!({ "year": 1984 })))),
        "POST buildings/{id}/archive" | "POST buildings/{id}/restore" => {
            one(House, |s| first(of(s.registry.building.0)))
        }
        "POST buildings/{id}/chart" => one(House, |s| with(of(s.registry.building.0), plan())),
        "POST buildings/{id}/accounts" => one(House, |s| of(s.registry.building.0)),
        "GET units" => one(Look, |s| asked(format!("?building_id={}", s.building))),
        "POST buildings/{id}/units" => one(House, |s| with(of(s.registry.building.0), unit_facts())),
        "GET units/{id}" => one(Look, |s| of(s.unit.0)),
        "PATCH units/{id}" => one(House, |s| first(with(of(s.registry.unit.0), json!({ "rooms": 3 })))),
        "POST units/{id}/archive" | "POST units/{id}/restore" => one(House, |s| first(of(s.registry.empty.0))),
        "POST units/{id}/renumber" => one(House, |s| first(with(of(s.registry.unit.0), json!({ "number": "7" })))),
        "POST units/{id}/accounts" => one(House, |s| with(of(s.registry.unit.0), json!({ "replace": true }))),
        "GET accounts" => one(Look, |s| asked(format!("?building_id={}", s.registry.building))),
        "GET accounts/{id}" => one(Look, |s| of(s.registry.account.0)),
        "PATCH accounts/{id}" => one(House, |s| first(with(of(s.registry.account.0), account_facts()))),
        "PUT settings/account-rule" => one(Look, |_| {
            let mut call = json(json!({ "template": "{seq:8}" }));
            call.headers.push(("if-match", "\"99\"".to_owned()));
            call
        }),
        "GET documents" => one(Look, |s| asked(format!("?building_id={}", s.registry.building))),
        "POST documents" => one(House, |s| form(Some(s.registry.building))),
        "POST documents/{id}/file" => replace(),
        "PUT documents/{id}" => one(House, |s| {
            first(with(of(s.registry.internal.0), json!({ "title": "Смета", "visibility": "residents" })))
        }),
        "DELETE documents/{id}" => one(House, |s| first(of(s.registry.internal.0))),
        "GET documents/{id}/file" => files(),
        "POST companies" => one(Look, |_| json(json!({ "name": unique("УК") }))),
        "PUT companies/{id}" => one(Look, |s| with(of(s.company.0), json!({ "name": "Company a" }))),
        _ => Vec::new(),
    }
}

fn plain(door: &str) -> Vec<Sample> {
    match door {
        "POST /documents" => one(House, |s| form(Some(s.registry.building))),
        "POST /documents/{id}/file" => replace(),
        "GET /documents/{id}" => files(),
        "GET /desk/buildings/new"
        | "GET /desk/complexes"
        | "GET /desk/documents"
        | "GET /desk/units"
        | "GET /desk/companies"
        | "GET /my/documents" => one(Look, |_| page(bare())),
        "GET /desk/buildings/{id}/edit" | "GET /desk/buildings/{id}/chart" => one(Look, |s| page(of(s.building.0))),
        "GET /desk/units/{id}" => one(Look, |s| page(of(s.unit.0))),
        _ => Vec::new(),
    }
}

fn replace() -> Vec<Sample> {
    one(House, |s| first(Call { body: Body::Document(Vec::new()), ..of(s.registry.internal.0) }))
}

fn files() -> Vec<Sample> {
    vec![
        sample("internal", Look, |s| of(s.registry.internal.0)),
        sample("residents", Look, |s| of(s.registry.residents.0)),
        sample("public", Look, |s| of(s.registry.public.0)),
    ]
}
