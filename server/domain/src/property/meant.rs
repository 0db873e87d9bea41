//! What the words of a text mean as places: whole houses, flats by their number, units by a piece of their account.

use crate::{Result, Scope, Tx, search};
use model::fold;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

/// Accounts that a text may mean; more nobody looks through.
const MOST_ACCOUNTS: i32 = 1000;
/// No company has so many houses.
const MOST_HOUSES: i32 = 100_000;

/// Absent without words.
#[derive(Default)]
pub(crate) struct Meant(Option<Places>);

#[derive(Default)]
struct Places {
    /// Whole houses: all words are in their address or in the name of their complex.
    houses: Vec<Uuid>,
    numbers: Vec<Number>,
    /// Units by a piece of their account's number.
    units: Vec<Uuid>,
    /// Where there can be anything at all; absent where any house can have it.
    around: Option<Vec<Uuid>>,
}

/// A flat's number, and the houses that the words beside it mean: all of them without such words.
struct Number {
    number: String,
    houses: Option<Vec<Uuid>>,
}

impl Meant {
    pub(crate) async fn read(tx: &mut Tx, scope: &Scope, text: Option<&str>) -> Result<Self> {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(Self::default()) };
        let (words, flats) = search::places(text);
        // Signs that mean nothing find nothing.
        let houses = houses_named(tx, scope, &words, true).await?;
        let mut numbers = Vec::new();
        for (head, number) in flats {
            let houses = if head.is_empty() { None } else { Some(houses_named(tx, scope, &head, false).await?) };
            numbers.push(Number { number, houses });
        }
        let text = fold::words(text);
        let of_account = if text.chars().count() >= 3 { by_account(tx, scope, &text).await? } else { Vec::new() };
        let (units, of_units): (Vec<Uuid>, Vec<Uuid>) = of_account.into_iter().unzip();
        let named: Option<Vec<&Vec<Uuid>>> = numbers.iter().map(|number| number.houses.as_ref()).collect();
        let around = named.map(|named| {
            let mut all: Vec<Uuid> = named.into_iter().chain([&houses, &of_units]).flatten().copied().collect();
            all.sort_unstable();
            all.dedup();
            all
        });
        Ok(Self(Some(Places { houses, numbers, units, around })))
    }

    /// The houses in which there can be anything; `None` when that is any.
    pub(crate) fn around(&self) -> Option<&[Uuid]> {
        self.0.as_ref()?.around.as_deref()
    }

    /// Adds the condition on a unit `u`. Each way has an index of its own and the house in it, so that one house is looked
    /// into for what is meant alone.
    pub(crate) fn push_units(&self, sql: &mut QueryBuilder<Postgres>) {
        let Some(Places { houses, numbers, units, .. }) = &self.0 else { return };
        sql.push(" and (false");
        // The planner takes an empty list for a way of its own.
        for (column, ids) in [("u.building_id", houses), ("u.id", units)] {
            if !ids.is_empty() {
                sql.push(" or ").push(column).push(" = any(").push_bind(ids.clone()).push(")");
            }
        }
        push_numbers(sql, numbers);
        sql.push(")");
    }

    /// For records that name their house and their account: whole houses, and the accounts of single units, closed ones too.
    pub(crate) async fn records(&self, tx: &mut Tx, scope: &Scope) -> Result<(Vec<Uuid>, Vec<Uuid>)> {
        let Some(Places { houses, numbers, units, .. }) = &self.0 else { return Ok(Default::default()) };
        let mut sql = QueryBuilder::<Postgres>::new(
            "select a.id from units u join personal_accounts a on a.company_id = u.company_id and a.unit_id = u.id \
             where u.company_id = ",
        );
        sql.push_bind(scope.company()).push(" and (u.id = any(").push_bind(units.clone()).push(")");
        push_numbers(&mut sql, numbers);
        sql.push(")");
        Ok((houses.clone(), sql.build_query_scalar().fetch_all(tx.conn()).await?))
    }
}

fn push_numbers(sql: &mut QueryBuilder<Postgres>, numbers: &[Number]) {
    for Number { number, houses } in numbers {
        sql.push(" or (u.search = ").push_bind(number.clone());
        if let Some(houses) = houses {
            sql.push(" and u.building_id = any(").push_bind(houses.clone()).push(")");
        }
        sql.push(")");
    }
}

/// Houses with all the words in their address and the name of their complex, spread over both as they may be. The longest
/// word leaves the fewest: the indexes are asked who has it, the rest is read of those. Words are beginnings, numbers are
/// whole: only the last may still be `typed`.
async fn houses_named(tx: &mut Tx, scope: &Scope, words: &[String], typed: bool) -> Result<Vec<Uuid>> {
    let pattern = |(at, word): (usize, &String)| {
        let whole = word.bytes().all(|b| b.is_ascii_digit()) && !(typed && at + 1 == words.len());
        if whole { format!("% {word} %") } else { format!("% {word}%") }
    };
    let patterns: Vec<String> = words.iter().enumerate().map(pattern).collect();
    let Some(longest) = patterns.iter().max_by_key(|pattern| pattern.len()) else { return Ok(Vec::new()) };
    let own = having(tx, "buildings", longest).await?;
    let complexes = having(tx, "complexes", longest).await?;
    Ok(sqlx::query_scalar!(
        "select b.id from buildings b left join complexes c on c.company_id = b.company_id and c.id = b.complex_id
         where b.company_id = $1 and (b.id = any($2) or b.complex_id = any($3)) and (b.search || coalesce(c.search, '')) like all($4)",
        scope.company(),
        &own,
        &complexes,
        &patterns
    )
    .fetch_all(tx.conn())
    .await?)
}

async fn having(tx: &mut Tx, what: &str, pattern: &str) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        r#"select s as "id!" from search_ids($1, array[$2::text], '%', '{}', $3) s"#,
        what,
        pattern,
        MOST_HOUSES
    )
    .fetch_all(tx.conn())
    .await?)
}

/// Units whose open account has this in its number, and their houses.
async fn by_account(tx: &mut Tx, scope: &Scope, text: &str) -> Result<Vec<(Uuid, Uuid)>> {
    let found = sqlx::query!(
        "select u.id, u.building_id from personal_accounts a join units u on u.company_id = a.company_id and u.id = a.unit_id
         where a.company_id = $1 and a.closed_on is null
           and a.id in (select search_ids('personal_accounts', array[$2::text], '%', '{}', $3))",
        scope.company(),
        format!("%{text}%"),
        MOST_ACCOUNTS
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(|unit| (unit.id, unit.building_id)).collect())
}
