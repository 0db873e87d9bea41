//! What the list of requests is narrowed by: ids and names alone, so that its page carries none of the records behind them.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{BuildingId, ComplexId, ContactId, EntranceId, Lang, ProblemId, UserId, requests::Category};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use {
    crate::context::run,
    domain::{Result, classifier, people, property, staff},
    model::{
        Code,
        classifier::{Classifier, ClassifierFilter, ProblemRow},
        people::ContactFilter,
        staff::StaffFilter,
    },
};

/// What is chosen from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Narrow {
    Complex,
    Building,
    /// Entrances of a house; their name is the number.
    Entrance(BuildingId),
    /// Problems of a category; all of them while none is chosen.
    Problem(Option<Category>),
    /// People, once three letters of them are typed.
    Contact,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub id: String,
    pub name: String,
    /// What tells two of the same name apart.
    pub hint: String,
}

/// The ids in an address that have names, and the house an entrance belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    pub complex: Option<ComplexId>,
    pub entrance: Option<(BuildingId, EntranceId)>,
    pub problem: Option<ProblemId>,
    pub contact: Option<ContactId>,
    pub responsible: Option<UserId>,
}

/// Their names; `None` also for what the reader may not see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub complex: Option<String>,
    pub entrance: Option<String>,
    pub problem: Option<String>,
    pub contact: Option<String>,
    pub responsible: Option<String>,
}

/// Those that fit what is typed; the `chosen` one is always among them, if the reader may see it.
#[server(prefix = "/rpc", endpoint = "narrow/choices", input = Json, output = Json)]
pub async fn choices(lang: Lang, of: Narrow, text: String, chosen: String) -> ApiResult<Vec<Choice>> {
    run(async |ctx, actor| {
        Ok(match of {
            Narrow::Complex => {
                let rows = property::complexes(&ctx, &actor).await?.into_iter();
                fitting(rows.map(|row| choice(row.id, row.name, String::new())), &text, &chosen)
            }
            Narrow::Building => {
                let rows = property::choices(&ctx, &actor, &text, chosen.parse().ok()).await?.into_iter();
                rows.map(|row| choice(row.id, row.address, row.complex.unwrap_or_default())).collect()
            }
            Narrow::Entrance(house) => {
                let doors = property::building(&ctx, &actor, house).await?.entrances.into_iter();
                fitting(doors.map(|door| choice(door.id, door.number.to_string(), String::new())), &text, &chosen)
            }
            Narrow::Problem(category) => {
                let all = classifier::list(&ctx, &actor, &ClassifierFilter::default()).await?;
                let about = |row: &&ProblemRow| {
                    category.is_none_or(|category| category == row.category || category == Category::Other)
                };
                let place = |row: &ProblemRow| all.place(&row.place).map(|place| place.names.of(lang).to_owned());
                let rows = all.problems.iter().filter(about);
                let named = rows.map(|row| choice(row.id, row.names.of(lang), place(row).unwrap_or_default()));
                fitting(named, &text, &chosen)
            }
            Narrow::Contact => {
                let mut found = Vec::new();
                if text.trim().chars().count() >= LETTERS {
                    let filter = ContactFilter { text: Some(text), ..ContactFilter::default() };
                    for row in people::contacts(&ctx, &actor, &filter).await?.items.into_iter().take(PEOPLE) {
                        let homes: Vec<_> = row.homes.iter().map(|home| home.address.as_str()).collect();
                        found.push(choice(row.id, row.name, homes.join("; ")));
                    }
                }
                if let Ok(id) = chosen.parse()
                    && found.iter().all(|one| one.id != chosen)
                    && let Some(card) = seen(people::contact(&ctx, &actor, id).await)?
                {
                    found.push(choice(card.id, card.name, String::new()));
                }
                found
            }
        })
    })
    .await
}

#[server(prefix = "/rpc", endpoint = "narrow/names", input = Json, output = Json)]
pub async fn names(lang: Lang, chosen: Chosen) -> ApiResult<Named> {
    run(async |ctx, actor| {
        let mut named = Named::default();
        if let Some(id) = chosen.complex {
            let all = seen(property::complexes(&ctx, &actor).await)?.unwrap_or_default();
            named.complex = all.into_iter().find(|complex| complex.id == id).map(|complex| complex.name);
        }
        if let Some((house, id)) = chosen.entrance {
            let house = seen(property::building(&ctx, &actor, house).await)?;
            let door = house.and_then(|house| house.entrances.into_iter().find(|door| door.id == id));
            named.entrance = door.map(|door| door.number.to_string());
        }
        if let Some(id) = chosen.problem {
            let all = seen(classifier::list(&ctx, &actor, &ClassifierFilter::default()).await)?;
            named.problem = all.and_then(|all| problem(&all, id, lang));
        }
        if let Some(id) = chosen.contact {
            named.contact = seen(people::contact(&ctx, &actor, id).await)?.map(|card| card.name);
        }
        if let Some(id) = chosen.responsible {
            let all = seen(staff::list(&ctx, &actor, &StaffFilter::default()).await)?.unwrap_or_default();
            named.responsible = all.into_iter().find(|person| person.id == id).map(|person| person.name);
        }
        Ok(named)
    })
    .await
}

/// As many people as a list of choices shows without scrolling …
#[cfg(feature = "ssr")]
const PEOPLE: usize = 12;
/// … and as much as is typed before they are looked for.
#[cfg(feature = "ssr")]
const LETTERS: usize = 3;

/// Those that hold every word of the text.
#[cfg(feature = "ssr")]
fn fitting(all: impl Iterator<Item = Choice>, text: &str, chosen: &str) -> Vec<Choice> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let fits = |choice: &Choice| {
        let said = format!("{} {}", choice.name, choice.hint).to_lowercase();
        choice.id == chosen || words.iter().all(|word| said.contains(word))
    };
    all.filter(fits).collect()
}

#[cfg(feature = "ssr")]
fn choice(id: impl ToString, name: impl Into<String>, hint: String) -> Choice {
    Choice { id: id.to_string(), name: name.into(), hint }
}

/// `Flat · Tap leaks`.
#[cfg(feature = "ssr")]
fn problem(all: &Classifier, id: ProblemId, lang: Lang) -> Option<String> {
    let problem = all.problems.iter().find(|problem| problem.id == id)?;
    let place = all.place(&problem.place)?;
    Some(problem.names.within(&place.names).of(lang).to_owned())
}

/// What is not there, or not for this reader, has no name; anything else is a failure.
#[cfg(feature = "ssr")]
fn seen<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.code(), Code::NotFound | Code::Forbidden) => Ok(None),
        Err(error) => Err(error),
    }
}
