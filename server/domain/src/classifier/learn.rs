//! What a company's own people taught: a model for each company, built when it is asked and kept for a while.

use super::{lexicon::LEXICON, load, suggest::Model};
use crate::{Result, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use model::{
    CompanyId,
    classifier::{Classifier, Suggestion},
    requests::Category,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Confirmed requests that are learned from, the newest of each problem.
const TEXTS: i64 = 40;
/// What was confirmed meanwhile is learned after this long; a change of the classifier at once.
const FRESH: TimeDelta = TimeDelta::hours(6);
/// Models kept in memory; each takes about a megabyte.
const MOST: usize = 24;
/// Below this nothing is suggested.
const SHOWN: f32 = 0.4;
/// From here on a resident's request is classified without asking.
const SURE: f32 = 0.7;

/// The models of companies that were asked lately. Cheap to clone.
#[derive(Clone, Default)]
pub struct Models {
    known: Arc<Mutex<HashMap<CompanyId, Known>>>,
    /// One learns at a time: who comes meanwhile finds it done, or goes on with what was known before.
    learning: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Clone)]
struct Known {
    built_at: DateTime<Utc>,
    stamp: Stamp,
    model: Arc<CompanyModel>,
}

/// Changes with every change of the classifier.
type Stamp = (i64, i64, i64);

struct CompanyModel {
    classifier: Classifier,
    model: Model,
}

impl Models {
    /// What is known of the classifier as it is, however long ago it was learned.
    fn any(&self, company: CompanyId, stamp: Stamp) -> Option<Known> {
        let all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&company).filter(|k| k.stamp == stamp).cloned()
    }

    fn fresh(&self, company: CompanyId, stamp: Stamp, now: DateTime<Utc>) -> Option<Arc<CompanyModel>> {
        self.any(company, stamp).filter(|k| now - k.built_at < FRESH).map(|k| k.model)
    }

    fn keep(&self, company: CompanyId, known: Known) {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST
            && !all.contains_key(&company)
            && let Some(oldest) = all.iter().min_by_key(|(_, k)| k.built_at).map(|(id, _)| *id)
        {
            all.remove(&oldest);
        }
        all.insert(company, known);
    }
}

/// What a text is about: up to three problems, the likeliest first; empty when the words say too little.
pub(super) async fn suggest(tx: &mut Tx, text: &str, category: Option<Category>) -> Result<Vec<Suggestion>> {
    let known = model(tx).await?;
    let problems = &known.classifier.problems;
    let guesses = known.model.guess(text, |class| category.is_none_or(|c| problems[class].category == c));
    if guesses.first().is_none_or(|best| best.confidence < SHOWN) {
        return Ok(Vec::new());
    }
    Ok(guesses
        .into_iter()
        .take(3)
        .filter(|guess| guess.confidence >= 0.1)
        .map(|guess| {
            let problem = &problems[guess.class];
            Suggestion {
                problem_id: problem.id,
                category: problem.category,
                kind: problem.kind,
                priority: problem.priority,
                place: known.classifier.place(&problem.place).map(|p| p.names.clone()).unwrap_or_default(),
                names: problem.names.clone(),
                confidence: guess.confidence,
                words: guess.words,
            }
        })
        .collect())
}

/// The one problem a text is surely about.
pub(super) async fn surely(tx: &mut Tx, text: &str, category: Option<Category>) -> Result<Option<Suggestion>> {
    Ok(suggest(tx, text, category).await?.into_iter().next().filter(|best| best.confidence >= SURE))
}

async fn model(tx: &mut Tx) -> Result<Arc<CompanyModel>> {
    let (company, now, models) = (tx.actor().company_id(), tx.now(), tx.models().clone());
    let stamp = sqlx::query!(
        r#"select count(*) as "rows!", coalesce(sum(version), 0)::bigint as "versions!",
             (select count(*) from places where company_id = $1 and hidden) as "hidden!"
           from problems where company_id = $1"#,
        company.0
    )
    .fetch_one(tx.conn())
    .await?;
    let stamp = (stamp.rows, stamp.versions, stamp.hidden);
    if let Some(model) = models.fresh(company, stamp, now) {
        return Ok(model);
    }
    let _turn = match (models.learning.try_lock(), models.any(company, stamp)) {
        (Ok(turn), _) => turn,
        (Err(_), Some(older)) => return Ok(older.model),
        (Err(_), None) => models.learning.lock().await,
    };
    if let Some(model) = models.fresh(company, stamp, now) {
        return Ok(model);
    }
    let classifier = load(tx, false).await?;
    let confirmed = sqlx::query!(
        r#"select p.id as "id!", r.text as "text!" from problems p cross join lateral (
             select left(description, 300) as text from requests r
             where r.company_id = p.company_id and r.problem_id = p.id and not r.problem_auto and r.description <> ''
             order by r.created_at desc limit $2) r
           where p.company_id = $1 and not p.hidden"#,
        company.0,
        TEXTS
    )
    .fetch_all(tx.conn())
    .await?;
    let keys = sqlx::query!(
        r#"select id, common_key as "key!" from problems where company_id = $1 and common_key is not null"#,
        company.0
    )
    .fetch_all(tx.conn())
    .await?;
    let keys: HashMap<_, _> = keys.into_iter().map(|row| (row.id, row.key)).collect();
    let confirmed: Vec<_> = confirmed.into_iter().map(|row| (row.id, row.text)).collect();
    // Tens of milliseconds of counting: not on a thread that others wait for.
    let trained = tokio::task::spawn_blocking(move || train(classifier, &keys, &confirmed))
        .await
        .map_err(|e| crate::Error::internal("learning", e))?;
    let model = Arc::new(trained);
    models.keep(company, Known { built_at: now, stamp, model: Arc::clone(&model) });
    Ok(model)
}

/// The shipped phrases of the shipped problems, the names of all, and what people confirmed.
fn train(
    classifier: Classifier,
    keys: &HashMap<uuid::Uuid, String>,
    confirmed: &[(uuid::Uuid, String)],
) -> CompanyModel {
    let class: HashMap<_, _> = classifier.problems.iter().enumerate().map(|(i, p)| (p.id.0, i)).collect();
    let phrases: HashMap<_, _> = LEXICON.iter().map(|seed| (seed.key, seed.phrases)).collect();
    let shipped = classifier.problems.iter().enumerate().flat_map(|(i, p)| {
        let text = keys.get(&p.id.0).and_then(|key| phrases.get(key.as_str())).copied().unwrap_or_default();
        text.split(';').map(move |phrase| (i, phrase))
    });
    // The shipped names are in the phrases; those the company gave are all there is at first.
    let own = classifier.problems.iter().enumerate().filter(|(_, p)| !p.common);
    let named = own.flat_map(|(i, p)| [&p.names.ru, &p.names.uz, &p.names.en].map(|name| (i, name.as_str())));
    let said = confirmed.iter().filter_map(|(id, text)| Some((*class.get(id)?, text.as_str())));
    let model = Model::train(classifier.problems.len(), shipped.chain(named).chain(said));
    CompanyModel { classifier, model }
}

#[cfg(test)]
mod tests {
    use super::{super::cases::CASES, *};
    use proptest::prelude::*;

    /// The shipped words alone, as a new company has them.
    fn shipped() -> Model {
        let phrases = LEXICON.iter().enumerate().flat_map(|(i, s)| s.phrases.split(';').map(move |p| (i, p)));
        Model::train(LEXICON.len(), phrases)
    }

    #[test]
    fn texts_of_all_scripts_are_understood() {
        let model = shipped();
        let (mut categories, mut problems, mut silent, mut wrong_sure) = (0, 0, 0, 0);
        for (text, key) in CASES {
            let wanted = LEXICON.iter().position(|seed| seed.key == *key).unwrap_or_else(|| panic!("no {key}"));
            let guesses = model.guess(text, |_| true);
            let Some(best) = guesses.first() else {
                silent += 1;
                continue;
            };
            let right = LEXICON[best.class].category == LEXICON[wanted].category;
            categories += usize::from(right);
            problems += usize::from(best.class == wanted);
            wrong_sure += usize::from(!right && best.confidence >= SURE);
        }
        let share = |n: usize| n * 100 / CASES.len();
        println!(
            "{} texts: category {} %, problem {} %, silent {silent}, sure and wrong {wrong_sure}",
            CASES.len(),
            share(categories),
            share(problems)
        );
        assert!(CASES.len() >= 120);
        assert!(share(categories) >= 95, "category {} %", share(categories));
        assert!(share(problems) >= 88, "problem {} %", share(problems));
        assert!(wrong_sure * 100 <= CASES.len(), "sure and wrong {wrong_sure}");
    }

    #[test]
    fn a_script_does_not_matter() {
        let model = shipped();
        let best = |text: &str| model.guess(text, |_| true).remove(0).class;
        for (latin, cyrillic) in [
            ("Oshxonadagi joʻmrak oqyapti", "Ошхонадаги жўмрак оқяпти"),
            ("Liftda odam qolib ketdi", "Лифтда одам қолиб кетди"),
            ("Tomdan suv oqyapti", "Томдан сув оқяпти"),
        ] {
            assert_eq!(best(latin), best(cyrillic), "{latin}");
        }
    }

    #[test]
    fn the_reason_is_in_the_text() {
        let guess = shipped().guess("Здравствуйте! Домофон не открывает дверь.", |_| true).remove(0);
        assert_eq!(LEXICON[guess.class].key, "entrance.intercom");
        assert!(guess.words.contains(&"домофон".to_owned()), "{:?}", guess.words);
        assert!(!guess.words.iter().any(|w| w == "здравствуйте"));
    }

    #[test]
    fn where_nothing_is_said_nothing_is_guessed() {
        let model = shipped();
        for text in ["", "…", "123 45", "Здравствуйте!"] {
            assert!(model.guess(text, |_| true).is_empty(), "{text}");
        }
        assert!(model.guess("Домофон", |_| false).is_empty());
        let heating = |class: usize| LEXICON[class].category == Category::Heating;
        let guess = model.guess("Батарея течёт на пол", heating);
        assert!(guess.iter().all(|g| heating(g.class)));
    }

    #[test]
    fn a_text_costs_less_than_two_milliseconds() {
        let model = shipped();
        let long = CASES.iter().map(|(text, _)| *text).collect::<Vec<_>>().join(" ");
        let started = std::time::Instant::now();
        for _ in 0..20 {
            assert!(!model.guess(&long, |_| true).is_empty());
        }
        // The longest text there is, unoptimised: a hundred times what a usual one takes.
        assert!(started.elapsed().as_millis() / 20 < 40, "{:?}", started.elapsed() / 20);
    }

    proptest! {
        #[test]
        fn any_text_is_answered_the_same_twice(text in ".{0,200}") {
            let model = shipped_once();
            let (one, two) = (model.guess(&text, |_| true), model.guess(&text, |_| true));
            prop_assert_eq!(&one, &two);
            let sum: f32 = one.iter().map(|g| g.confidence).sum();
            prop_assert!(sum <= 1.001 && one.windows(2).all(|w| w[0].confidence >= w[1].confidence));
        }
    }

    fn shipped_once() -> &'static Model {
        static MODEL: std::sync::OnceLock<Model> = std::sync::OnceLock::new();
        MODEL.get_or_init(shipped)
    }
}
