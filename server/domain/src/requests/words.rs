//! Words in requests: number, address, description and caller in any script, or a piece of the caller's phone.

use super::list::within;
use crate::{Result, Scope, Tx};
use model::fold;
use sqlx::{Postgres, QueryBuilder, Row};
use uuid::Uuid;

/// Up to so many matches are fetched by id. A text that matches more is found faster by walking the list.
const FEW: i32 = 1000;

/// What the words of a filter come to.
pub(super) enum Words {
    /// Nothing was asked.
    Any,
    /// All the matches there are, and a number.
    Ids(Vec<Uuid>, Option<i64>),
    /// Too many to name, or too few rows to need an index.
    Walk(Vec<String>, Option<i64>),
}

/// Reads the words of a filter; asks the index where the whole company is searched.
pub(super) async fn read(tx: &mut Tx, scope: &Scope, text: Option<&str>) -> Result<Words> {
    let Some(text) = text.map(str::trim).filter(|t| !t.is_empty()) else { return Ok(Words::Any) };
    let number = text.trim_start_matches(['№', '#']).trim().parse::<i64>().ok();
    // `№12` is that request; `12` may also be a house.
    let patterns = if number.is_some() && text.starts_with(['№', '#']) { Vec::new() } else { patterns(text) };
    let Some(first) = patterns.first().filter(|_| scope.requests().all) else {
        return Ok(Words::Walk(patterns, number));
    };
    let ids = sqlx::query_scalar!(
        r#"select s as "id!" from search_ids('requests', array[$1], coalesce($2, '%'), $3, $4) s"#,
        first,
        patterns.get(1),
        patterns.get(2..).unwrap_or_default(),
        FEW + 1
    )
    .fetch_all(tx.conn())
    .await?;
    let few = i32::try_from(ids.len()).is_ok_and(|found| found <= FEW);
    Ok(if few { Words::Ids(ids, number) } else { Words::Walk(patterns, number) })
}

/// Words that begin so, the longest first; a long number may also be the middle of a telephone.
fn patterns(text: &str) -> Vec<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let folded = fold::words(text);
    if digits.len() >= 4 && !folded.contains(|c: char| c.is_ascii_alphabetic()) {
        return vec![format!("%{digits}%")];
    }
    let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.into_iter().map(begins_word).collect()
}

/// A number is that number, not one that begins with it.
fn begins_word(word: &str) -> String {
    if word.bytes().all(|b| b.is_ascii_digit()) { format!("% {word} %") } else { format!("% {word}%") }
}

impl Words {
    /// Adds the condition.
    pub fn push(&self, sql: &mut QueryBuilder<Postgres>) {
        let number = match self {
            Self::Any => return,
            Self::Ids(ids, number) => {
                sql.push(" and (r.id = any(").push_bind(ids.clone()).push(")");
                number
            }
            Self::Walk(patterns, number) => {
                // Signs without a letter or digit are in no text of ours.
                sql.push(" and (cardinality(")
                    .push_bind(patterns.clone())
                    .push("::text[]) > 0 and r.search like all (");
                sql.push_bind(patterns.clone()).push(")");
                number
            }
        };
        if let Some(number) = number {
            sql.push(" or r.number = ").push_bind(*number);
        }
        sql.push(")");
    }
}

/// A request as the search box shows it.
pub(crate) struct FoundRequest {
    pub id: Uuid,
    pub number: i64,
    pub address: String,
    pub description: String,
}

/// Requests within reach: with this number or one that begins so, or of this telephone; for those who see but a part
/// of the company also by words.
pub(crate) async fn find(
    tx: &mut Tx,
    scope: &Scope,
    number: Option<i64>,
    phone: Option<&str>,
    tokens: &[String],
) -> Result<Vec<FoundRequest>> {
    let all = scope.requests().all;
    let words = match phone {
        Some(phone) => read(tx, scope, Some(phone)).await?,
        None if !all && number.is_none() => Words::Walk(tokens.iter().map(|t| begins_word(t)).collect(), None),
        None => Words::Any,
    };
    if number.is_none() && matches!(words, Words::Any) {
        return Ok(Vec::new());
    }
    let mut sql =
        QueryBuilder::<Postgres>::new("select r.id, r.number, r.address, r.description from requests r where ");
    within(&mut sql, scope);
    match (number, words) {
        (Some(number), words) => {
            sql.push(" and (r.number = ").push_bind(number);
            for (from, to) in begins(number) {
                sql.push(" or r.number between ").push_bind(from).push(" and ").push_bind(to);
            }
            if let Words::Ids(ids, _) = words {
                sql.push(" or r.id = any(").push_bind(ids).push(")");
            }
            sql.push(") order by r.number = ").push_bind(number).push(" desc, r.number desc limit 20");
        }
        (None, words) => {
            words.push(&mut sql);
            sql.push(" order by r.created_at desc, r.id desc limit 20");
        }
    }
    let rows = sql.build().fetch_all(tx.conn()).await?;
    rows.iter()
        .map(|row| {
            Ok(FoundRequest {
                id: row.try_get("id")?,
                number: row.try_get("number")?,
                address: row.try_get("address")?,
                description: row.try_get("description")?,
            })
        })
        .collect()
}

/// The ranges of longer numbers that begin with this one.
fn begins(number: i64) -> Vec<(i64, i64)> {
    (1..=3u32)
        .filter_map(|digits| {
            let scale = 10_i64.checked_pow(digits)?;
            let from = number.checked_mul(scale)?;
            Some((from, from.checked_add(scale - 1)?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_numbers_begin_with_shorter_ones() {
        assert_eq!(begins(12), [(120, 129), (1200, 1299), (12000, 12999)]);
        assert!(begins(i64::MAX).is_empty());
    }

    #[test]
    fn words_become_patterns() {
        assert_eq!(patterns("Кран на кухне"), ["% kuhne%", "% kran%", "% na%"]);
        assert_eq!(patterns("90 123-45"), ["%9012345%"]);
        assert_eq!(patterns("100%_"), ["% 100 %"]);
        assert!(patterns("…").is_empty());
    }
}
