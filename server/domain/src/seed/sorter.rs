//! Which shipped problem each made-up request is about, told by its words as a real one would be.

use super::Plot;
use crate::{Result, classifier::Sorter};
use model::requests::Category;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use uuid::Uuid;

/// The company's problems by the keys of the shipped ones.
pub(super) struct Sorted {
    sorter: Sorter,
    ids: HashMap<String, Uuid>,
    /// The same words come again and again, with other floors and numbers.
    known: Mutex<HashMap<(Category, String), Option<Uuid>>>,
}

impl Sorted {
    pub async fn load(conn: &mut sqlx::PgConnection, plot: &Plot) -> Result<Self> {
        let rows = sqlx::query!(
            r#"select id, common_key as "key!" from problems where company_id = $1 and common_key is not null"#,
            plot.company
        )
        .fetch_all(conn)
        .await?;
        let ids = rows.into_iter().map(|row| (row.key, row.id)).collect();
        Ok(Self { sorter: Sorter::new(), ids, known: Mutex::default() })
    }

    pub fn problem(&self, text: &str, category: Category) -> Option<Uuid> {
        let words: String = text.chars().filter(|c| !c.is_ascii_digit()).collect();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        *known
            .entry((category, words))
            .or_insert_with(|| self.sorter.key(text, category).and_then(|key| self.ids.get(key).copied()))
    }
}
