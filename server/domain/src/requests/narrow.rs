//! What the list of requests may be narrowed by, and the names of what it is narrowed by.

use crate::{Actor, Ctx, Result, classifier, people, property, staff};
use model::{
    Code, Lang, ProblemId,
    classifier::{Classifier, ClassifierFilter, ProblemRow},
    people::ContactFilter,
    requests::{
        Category,
        narrow::{Choice, Chosen, Named, Narrow},
    },
    staff::StaffFilter,
};

/// As many people as a list of choices shows without scrolling …
const PEOPLE: usize = 12;
/// … and as much as is typed before they are looked for.
const LETTERS: usize = 3;

/// Those that fit what is typed; the `chosen` one is always among them, if the reader may see it.
///
/// # Errors
/// `forbidden` when the caller may see none of that kind; `not_found` for the entrances of a missing or foreign house.
pub async fn choices(
    ctx: &Ctx,
    actor: &Actor,
    lang: Lang,
    of: Narrow,
    text: &str,
    chosen: &str,
) -> Result<Vec<Choice>> {
    Ok(match of {
        Narrow::Complex => {
            let rows = property::complexes(ctx, actor).await?.into_iter();
            fitting(rows.map(|row| choice(row.id, row.name, String::new())), text, chosen)
        }
        Narrow::Building => {
            let rows = property::choices(ctx, actor, text, chosen.parse().ok()).await?.into_iter();
            rows.map(|row| choice(row.id, row.address, row.complex.unwrap_or_default())).collect()
        }
        Narrow::Entrance(house) => {
            let doors = property::building(ctx, actor, house).await?.entrances.into_iter();
            fitting(doors.map(|door| choice(door.id, door.number.to_string(), String::new())), text, chosen)
        }
        Narrow::Problem(category) => {
            let all = classifier::list(ctx, actor, &ClassifierFilter::default()).await?;
            fitting(problems(&all, category, lang), text, chosen)
        }
        Narrow::Contact => {
            let mut found = Vec::new();
            if text.trim().chars().count() >= LETTERS {
                let filter = ContactFilter { text: Some(text.to_owned()), ..ContactFilter::default() };
                for row in people::contacts(ctx, actor, &filter).await?.items.into_iter().take(PEOPLE) {
                    let homes: Vec<_> = row.homes.iter().map(|home| home.address.as_str()).collect();
                    found.push(choice(row.id, row.name, homes.join("; ")));
                }
            }
            if let Ok(id) = chosen.parse()
                && found.iter().all(|one| one.id != chosen)
                && let Some(card) = seen(people::contact(ctx, actor, id).await)?
            {
                found.push(choice(card.id, card.name, String::new()));
            }
            found
        }
    })
}

/// The names of what is chosen. What is not there, or not for this reader, has none.
///
/// # Errors
/// When the database is away.
pub async fn names(ctx: &Ctx, actor: &Actor, lang: Lang, chosen: &Chosen) -> Result<Named> {
    let mut named = Named::default();
    if let Some(id) = chosen.complex {
        let all = seen(property::complexes(ctx, actor).await)?.unwrap_or_default();
        named.complex = all.into_iter().find(|complex| complex.id == id).map(|complex| complex.name);
    }
    if let Some((house, id)) = chosen.entrance {
        let house = seen(property::building(ctx, actor, house).await)?;
        let door = house.and_then(|house| house.entrances.into_iter().find(|door| door.id == id));
        named.entrance = door.map(|door| door.number.to_string());
    }
    if let Some(id) = chosen.problem {
        let all = seen(classifier::list(ctx, actor, &ClassifierFilter::default()).await)?;
        named.problem = all.and_then(|all| problem(&all, id, lang));
    }
    if let Some(id) = chosen.contact {
        named.contact = seen(people::contact(ctx, actor, id).await)?.map(|card| card.name);
    }
    if let Some(id) = chosen.responsible {
        let all = seen(staff::list(ctx, actor, &StaffFilter::default()).await)?.unwrap_or_default();
        named.responsible = all.into_iter().find(|person| person.id == id).map(|person| person.name);
    }
    Ok(named)
}

/// Those that hold every word of the text, and the chosen one.
fn fitting(all: impl Iterator<Item = Choice>, text: &str, chosen: &str) -> Vec<Choice> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let fits = |choice: &Choice| {
        let said = format!("{} {}", choice.name, choice.hint).to_lowercase();
        choice.id == chosen || words.iter().all(|word| said.contains(word))
    };
    all.filter(fits).collect()
}

fn choice(id: impl ToString, name: impl Into<String>, hint: String) -> Choice {
    Choice { id: id.to_string(), name: name.into(), hint }
}

/// Those of a category; all of them while it says nothing.
fn problems(all: &Classifier, category: Option<Category>, lang: Lang) -> impl Iterator<Item = Choice> {
    let about = move |row: &&ProblemRow| {
        category.is_none_or(|category| category == row.category || category == Category::Other)
    };
    let place = move |row: &ProblemRow| all.place(&row.place).map(|place| place.names.of(lang).to_owned());
    let rows = all.problems.iter().filter(about);
    rows.map(move |row| choice(row.id, row.names.of(lang), place(row).unwrap_or_default()))
}

/// `Flat · Tap leaks`.
fn problem(all: &Classifier, id: ProblemId, lang: Lang) -> Option<String> {
    let problem = all.problems.iter().find(|problem| problem.id == id)?;
    let place = all.place(&problem.place)?;
    Some(problem.names.within(&place.names).of(lang).to_owned())
}

/// What is not there, or not for this reader, has no name; anything else is a failure.
fn seen<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.code(), Code::NotFound | Code::Forbidden) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{
        classifier::{Names, PlaceRow},
        requests::{Kind, Priority},
    };
    use uuid::Uuid;

    fn ids(all: &[Choice]) -> Vec<&str> {
        all.iter().map(|one| one.id.as_str()).collect()
    }

    fn said(text: &str) -> Names {
        Names { ru: text.to_owned(), uz: format!("{text} uz"), en: format!("{text} en") }
    }

    fn row(id: u128, place: &str, category: Category, name: &str) -> ProblemRow {
        ProblemRow {
            id: ProblemId(Uuid::from_u128(id)),
            version: 1,
            common: true,
            place: place.to_owned(),
            category,
            names: said(name),
            kind: Kind::Regular,
            priority: Priority::Normal,
            hours: None,
            skill: None,
            assignee: None,
            hidden: false,
        }
    }

    fn two_of_a_flat() -> Classifier {
        let flat = PlaceRow { key: "flat".to_owned(), names: said("Квартира"), hidden: false, common: true };
        let problems = vec![
            row(1, "flat", Category::Plumbing, "Течёт кран"),
            row(2, "flat", Category::Electrical, "Нет света"),
            row(3, "gone", Category::Other, "Другое"),
        ];
        Classifier { places: vec![flat], problems }
    }

    #[test]
    fn every_word_is_somewhere_in_the_name_or_the_hint() {
        let all = || {
            let rows =
                [("1", "Течёт кран", "Квартира"), ("2", "Течёт труба", "Подвал"), ("3", "Нет света", "Квартира")];
            rows.into_iter().map(|(id, name, hint)| choice(id, name, hint.to_owned()))
        };
        assert_eq!(ids(&fitting(all(), "", "")), ["1", "2", "3"]);
        assert_eq!(ids(&fitting(all(), " КВАРТ  теч ", "")), ["1"]);
        assert_eq!(ids(&fitting(all(), "течёт", "")), ["1", "2"]);
        assert!(fitting(all(), "лифт", "").is_empty());
        assert_eq!(ids(&fitting(all(), "подвал", "3")), ["2", "3"], "the chosen one stays");
    }

    #[test]
    fn problems_are_those_of_the_category() {
        let all = two_of_a_flat();
        let names = |category| problems(&all, category, Lang::Ru).map(|one| one.name).collect::<Vec<_>>();
        assert_eq!(names(Some(Category::Plumbing)), ["Течёт кран"]);
        assert_eq!(names(None), ["Течёт кран", "Нет света", "Другое"]);
        assert_eq!(names(Some(Category::Other)), names(None), "what is called other may be anything");
        let hints: Vec<_> = problems(&all, None, Lang::En).map(|one| one.hint).collect();
        assert_eq!(hints, ["Квартира en", "Квартира en", ""]);
    }

    #[test]
    fn a_problem_is_named_with_its_place() {
        let all = two_of_a_flat();
        let name = |id| problem(&all, ProblemId(Uuid::from_u128(id)), Lang::Uz);
        assert_eq!(name(1).as_deref(), Some("Квартира uz · Течёт кран uz"));
        assert_eq!(name(3), None, "its place is gone");
        assert_eq!(name(9), None);
    }

    #[test]
    fn only_what_is_out_of_sight_has_no_name() {
        assert!(matches!(seen(Ok(1)), Ok(Some(1))));
        assert!(matches!(seen::<()>(Err(Code::NotFound.into())), Ok(None)));
        assert!(matches!(seen::<()>(Err(Code::Forbidden.into())), Ok(None)));
        assert!(seen::<()>(Err(Code::Unavailable.into())).is_err());
    }
}
