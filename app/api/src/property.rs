//! Houses.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{
    AccountId, BuildingId, ComplexId, DocumentId, Page, UnitId,
    bulk::Outcome,
    property::{
        AccountFacts, AccountRow, AccountRule as Rule, AccountRuleFacts, BuildingBulk, BuildingCard, BuildingChoice,
        BuildingFacts, BuildingFilter, BuildingRow, ChartPlan, ComplexFacts, ComplexRow, DocumentFacts, DocumentFilter,
        DocumentRow, Generated, Home, OpenAccount as NewAccount, Place, RegisterFilter, RegisterRow,
        Renumber as NewNumber, UnitBulk, UnitCard, UnitFacts, UnitFilter, UnitRow,
    },
};

#[cfg(feature = "ssr")]
use {crate::context::run, domain::property};

#[server(prefix = "/rpc", endpoint = "property/buildings", input = Json, output = Json)]
pub async fn buildings(filter: BuildingFilter) -> ApiResult<Page<BuildingRow>> {
    run(async |ctx, actor| property::buildings(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "property/bulk_buildings", input = Json, output = Json)]
pub async fn bulk_buildings(command: BuildingBulk) -> ApiResult<Vec<Outcome>> {
    run(async |ctx, actor| property::bulk_buildings(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "property/choices", input = Json, output = Json)]
pub async fn choices(text: String, chosen: Option<BuildingId>) -> ApiResult<Vec<BuildingChoice>> {
    run(async |ctx, actor| property::choices(&ctx, &actor, &text, chosen).await).await
}

#[server(prefix = "/rpc", endpoint = "property/building", input = Json, output = Json)]
pub async fn building(id: BuildingId) -> ApiResult<BuildingCard> {
    run(async |ctx, actor| property::building(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "property/create_building", input = Json, output = Json)]
pub async fn create_building(command: BuildingFacts) -> ApiResult<BuildingCard> {
    run(async |ctx, actor| property::create_building(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "property/update_building", input = Json, output = Json)]
pub async fn update_building(id: BuildingId, version: i32, command: BuildingFacts) -> ApiResult<BuildingCard> {
    run(async |ctx, actor| property::update_building(&ctx, &actor, id, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "property/archive_building", input = Json, output = Json)]
pub async fn archive_building(id: BuildingId, version: i32, archived: bool) -> ApiResult<BuildingCard> {
    run(async |ctx, actor| property::set_building_archived(&ctx, &actor, id, version, archived).await).await
}

#[server(prefix = "/rpc", endpoint = "property/generate", input = Json, output = Json)]
pub async fn generate(id: BuildingId, plan: ChartPlan) -> ApiResult<BuildingCard> {
    run(async |ctx, actor| property::generate(&ctx, &actor, id, &plan).await).await
}

#[server(prefix = "/rpc", endpoint = "property/complexes", input = Json, output = Json)]
pub async fn complexes() -> ApiResult<Vec<ComplexRow>> {
    run(async |ctx, actor| property::complexes(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "property/create_complex", input = Json, output = Json)]
pub async fn create_complex(command: ComplexFacts) -> ApiResult<ComplexRow> {
    run(async |ctx, actor| property::create_complex(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "property/update_complex", input = Json, output = Json)]
pub async fn update_complex(id: ComplexId, version: i32, command: ComplexFacts) -> ApiResult<ComplexRow> {
    run(async |ctx, actor| property::update_complex(&ctx, &actor, id, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "property/archive_complex", input = Json, output = Json)]
pub async fn archive_complex(id: ComplexId, version: i32) -> ApiResult<()> {
    run(async |ctx, actor| property::archive_complex(&ctx, &actor, id, version).await).await
}

#[server(prefix = "/rpc", endpoint = "property/units", input = Json, output = Json)]
pub async fn units(filter: UnitFilter) -> ApiResult<Page<UnitRow>> {
    run(async |ctx, actor| property::units(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "property/register", input = Json, output = Json)]
pub async fn register(filter: RegisterFilter) -> ApiResult<Page<RegisterRow>> {
    run(async |ctx, actor| property::register(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "property/bulk_units", input = Json, output = Json)]
pub async fn bulk_units(command: UnitBulk) -> ApiResult<Vec<Outcome>> {
    run(async |ctx, actor| property::bulk_units(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "property/unit", input = Json, output = Json)]
pub async fn unit(id: UnitId) -> ApiResult<UnitCard> {
    run(async |ctx, actor| property::unit(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "property/create_unit", input = Json, output = Json)]
pub async fn create_unit(building_id: BuildingId, command: UnitFacts) -> ApiResult<UnitCard> {
    run(async |ctx, actor| property::create_unit(&ctx, &actor, building_id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "property/update_unit", input = Json, output = Json)]
pub async fn update_unit(id: UnitId, version: i32, command: UnitFacts) -> ApiResult<UnitCard> {
    run(async |ctx, actor| property::update_unit(&ctx, &actor, id, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "property/archive_unit", input = Json, output = Json)]
pub async fn archive_unit(id: UnitId, version: i32, archived: bool) -> ApiResult<UnitCard> {
    run(async |ctx, actor| property::set_unit_archived(&ctx, &actor, id, version, archived).await).await
}

#[server(prefix = "/rpc", endpoint = "property/renumber", input = Json, output = Json)]
pub async fn renumber(id: UnitId, version: i32, command: NewNumber) -> ApiResult<BuildingCard> {
    run(async |ctx, actor| property::renumber(&ctx, &actor, id, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "property/open_account", input = Json, output = Json)]
pub async fn open_account(unit_id: UnitId, command: NewAccount) -> ApiResult<AccountRow> {
    run(async |ctx, actor| property::open_account(&ctx, &actor, unit_id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "property/correct_account", input = Json, output = Json)]
pub async fn correct_account(id: AccountId, version: i32, command: AccountFacts) -> ApiResult<AccountRow> {
    run(async |ctx, actor| property::correct_account(&ctx, &actor, id, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "property/generate_accounts", input = Json, output = Json)]
pub async fn generate_accounts(building_id: BuildingId) -> ApiResult<Generated> {
    run(async |ctx, actor| property::generate_accounts(&ctx, &actor, building_id).await).await
}

#[server(prefix = "/rpc", endpoint = "property/account_rule", input = Json, output = Json)]
pub async fn account_rule() -> ApiResult<Rule> {
    run(async |ctx, actor| property::account_rule(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "property/set_account_rule", input = Json, output = Json)]
pub async fn set_account_rule(version: i32, command: AccountRuleFacts) -> ApiResult<Rule> {
    run(async |ctx, actor| property::set_account_rule(&ctx, &actor, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "property/documents", input = Json, output = Json)]
pub async fn documents(filter: DocumentFilter) -> ApiResult<Vec<DocumentRow>> {
    run(async |ctx, actor| property::documents(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "property/my_documents", input = Json, output = Json)]
pub async fn my_documents() -> ApiResult<Vec<DocumentRow>> {
    run(async |ctx, actor| property::my_documents(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "property/update_document", input = Json, output = Json)]
pub async fn update_document(id: DocumentId, version: i32, command: DocumentFacts) -> ApiResult<DocumentRow> {
    run(async |ctx, actor| property::update_document(&ctx, &actor, id, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "property/delete_document", input = Json, output = Json)]
pub async fn delete_document(id: DocumentId, version: i32) -> ApiResult<()> {
    run(async |ctx, actor| property::delete_document(&ctx, &actor, id, version).await).await
}

#[server(prefix = "/rpc", endpoint = "property/homes", input = Json, output = Json)]
pub async fn homes() -> ApiResult<Vec<Home>> {
    run(async |ctx, actor| property::homes(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "property/find_places", input = Json, output = Json)]
pub async fn find_places(text: String) -> ApiResult<Vec<Place>> {
    run(async |ctx, actor| property::find_places(&ctx, &actor, &text).await).await
}
