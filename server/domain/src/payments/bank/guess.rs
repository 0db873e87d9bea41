//! Whose the money of a line may be: by the number in its purpose, a bill, a debt of exactly this sum, the payer's name.

use super::purpose::{LONG, candidates};
use crate::{Actor, Ctx, Result, Tx, search};
use model::{
    Money, Permission as P,
    payments::{Ground, Suggestion},
    search::{Kind, SearchQuery},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// A line that asks.
pub(super) struct Question<'a> {
    /// What is looked for an account.
    pub tiyin: i64,
    pub payer: &'a str,
    pub purpose: &'a str,
}

/// The account a line is for without any doubt: the only one of the company whose number its purpose names, and open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sure(pub Uuid);

/// Suggestions shown for a line.
const SHOWN: usize = 4;
/// A sum owed by more accounts than this says nothing.
const ALIKE: usize = 5;

/// An account named by a number.
struct Named {
    account: Uuid,
    marked: bool,
    long: bool,
}

/// For each line the accounts its purpose names.
async fn named(tx: &mut Tx, lines: &[Question<'_>]) -> Result<Vec<Vec<Named>>> {
    let (mut at, mut texts, mut marks) = (Vec::new(), Vec::new(), Vec::new());
    for (index, line) in lines.iter().enumerate() {
        for candidate in candidates(line.purpose, line.tiyin) {
            at.push(i32::try_from(index).unwrap_or(i32::MAX));
            texts.push(candidate.text);
            marks.push(candidate.marked);
        }
    }
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"select n.at as "at!", n.text as "text!", n.marked as "marked!", a.id
           from unnest($2::int[], $3::text[], $4::bool[]) n(at, text, marked)
           join personal_accounts a on a.company_id = $1 and a.number = n.text"#,
        company,
        &at,
        &texts,
        &marks
    )
    .fetch_all(tx.conn())
    .await?;
    let mut all: Vec<Vec<Named>> = lines.iter().map(|_| Vec::new()).collect();
    for row in rows {
        if let Some(line) = usize::try_from(row.at).ok().and_then(|at| all.get_mut(at)) {
            line.push(Named { account: row.id, marked: row.marked, long: row.text.chars().count() >= LONG });
        }
    }
    Ok(all)
}

/// For each line its account where there is no doubt: two numbers that are both accounts are one.
pub(super) async fn sure(tx: &mut Tx, lines: &[Question<'_>]) -> Result<Vec<Option<Sure>>> {
    let named = named(tx, lines).await?;
    let believed: Vec<BTreeSet<Uuid>> =
        named.iter().map(|found| found.iter().filter(|n| n.marked || n.long).map(|n| n.account).collect()).collect();
    let ids: Vec<Uuid> = believed.iter().flatten().copied().collect();
    let known = facts(tx, &ids).await?;
    let open = |id: &Uuid| known.get(id).is_some_and(|account| !account.closed);
    Ok(believed
        .into_iter()
        .map(|ids| match ids.first() {
            Some(only) if ids.len() == 1 && open(only) => Some(Sure(*only)),
            _ => None,
        })
        .collect())
}

/// For each line the likeliest accounts with what speaks for them.
pub(super) async fn suggest(tx: &mut Tx, lines: &[Question<'_>]) -> Result<Vec<Vec<Suggestion>>> {
    let mut grounds: Vec<BTreeMap<Uuid, BTreeMap<Ground, u8>>> = lines.iter().map(|_| BTreeMap::new()).collect();
    let mut speak = |line: usize, account: Uuid, ground: Ground, confidence: u8| {
        if let Some(line) = grounds.get_mut(line) {
            let known = line.entry(account).or_default().entry(ground).or_default();
            *known = (*known).max(confidence);
        }
    };
    for (index, found) in named(tx, lines).await?.into_iter().enumerate() {
        let several = found.iter().map(|n| n.account).collect::<BTreeSet<_>>().len() > 1;
        for named in found {
            match (named.marked, named.long) {
                (true, _) => speak(index, named.account, Ground::Marked, if several { 75 } else { 95 }),
                (false, true) => speak(index, named.account, Ground::Number, if several { 60 } else { 90 }),
                (false, false) => speak(index, named.account, Ground::Number, 30),
            }
        }
    }
    for (index, account, same_sum) in billed(tx, lines).await? {
        speak(index, account, Ground::Bill, if same_sum { 90 } else { 60 });
    }
    for (index, accounts) in owing(tx, lines).await? {
        for account in &accounts {
            speak(index, *account, Ground::Debt, if accounts.len() == 1 { 50 } else { 25 });
        }
    }
    for (index, accounts) in living(tx, lines).await? {
        for account in &accounts {
            speak(index, *account, Ground::Name, if accounts.len() == 1 { 65 } else { 40 });
        }
    }
    let ids: Vec<Uuid> = grounds.iter().flat_map(BTreeMap::keys).copied().collect();
    let known = facts(tx, &ids).await?;
    Ok(grounds.into_iter().map(|line| ranked(line, &known)).collect())
}

fn ranked(line: BTreeMap<Uuid, BTreeMap<Ground, u8>>, known: &HashMap<Uuid, Facts>) -> Vec<Suggestion> {
    let mut all: Vec<Suggestion> = line
        .into_iter()
        .filter_map(|(id, grounds)| {
            let facts = known.get(&id)?;
            Some(Suggestion {
                account_id: id.into(),
                account_number: facts.number.clone(),
                address: facts.address.clone(),
                balance: Money::from_tiyin(facts.balance),
                closed: facts.closed,
                confidence: together(grounds.values().copied()),
                grounds: grounds.into_keys().collect(),
            })
        })
        .collect();
    all.sort_by(|a, b| b.confidence.cmp(&a.confidence).then_with(|| a.account_number.cmp(&b.account_number)));
    all.truncate(SHOWN);
    all
}

/// Grounds that do not depend on each other: what remains in doubt is doubted by all of them.
fn together(confidences: impl Iterator<Item = u8>) -> u8 {
    let doubt = confidences.fold(10_000_u32, |doubt, c| doubt * (100 - u32::from(c.min(100))) / 100);
    u8::try_from(100 - doubt.div_ceil(100)).unwrap_or(99).min(99)
}

/// Open bills that a purpose names, and whether their sum is the sum of the line.
async fn billed(tx: &mut Tx, lines: &[Question<'_>]) -> Result<Vec<(usize, Uuid, bool)>> {
    let (mut at, mut texts) = (Vec::new(), Vec::new());
    for (index, line) in lines.iter().enumerate() {
        for candidate in candidates(line.purpose, line.tiyin).into_iter().filter(|c| c.text.starts_with('B')) {
            at.push(i32::try_from(index).unwrap_or(i32::MAX));
            texts.push(candidate.text);
        }
    }
    if at.is_empty() {
        return Ok(Vec::new());
    }
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"select n.at as "at!", i.account_id, i.amount_tiyin from unnest($2::int[], $3::text[]) n(at, text)
           join bills i on i.company_id = $1 and i.number = n.text and i.state = 'open'"#,
        company,
        &at,
        &texts
    )
    .fetch_all(tx.conn())
    .await?;
    let found = rows.into_iter().filter_map(|row| {
        let index = usize::try_from(row.at).ok()?;
        Some((index, row.account_id, lines.get(index)?.tiyin == row.amount_tiyin))
    });
    Ok(found.collect())
}

/// Accounts that owe exactly the sum of a line, where they are few.
async fn owing(tx: &mut Tx, lines: &[Question<'_>]) -> Result<Vec<(usize, Vec<Uuid>)>> {
    let company = tx.actor().company_id().0;
    let sums: Vec<i64> = lines.iter().map(|line| line.tiyin).collect();
    let rows = sqlx::query!(
        "select b.account_id, b.balance_tiyin from account_balances b
         join personal_accounts a on a.company_id = b.company_id and a.id = b.account_id and a.closed_on is null
         where b.company_id = $1 and b.balance_tiyin > 0 and b.balance_tiyin = any($2) order by b.account_id",
        company,
        &sums
    )
    .fetch_all(tx.conn())
    .await?;
    let mut by_sum: HashMap<i64, Vec<Uuid>> = HashMap::new();
    for row in rows {
        by_sum.entry(row.balance_tiyin).or_default().push(row.account_id);
    }
    let few = |line: &Question<'_>| by_sum.get(&line.tiyin).filter(|accounts| accounts.len() <= ALIKE).cloned();
    Ok(lines.iter().enumerate().filter_map(|(index, line)| Some((index, few(line)?))).collect())
}

/// Words of a payer that name no person.
const NOT_NAMES: &[&str] = &[
    "ooo",
    "mchj",
    "ytt",
    "yatt",
    "yakka",
    "tartibdagi",
    "tadbirkor",
    "chp",
    "ip",
    "ao",
    "aj",
    "bank",
    "banki",
    "filial",
];

/// The two words by which a payer is looked for among people.
fn words_of(payer: &str) -> Option<(String, String)> {
    let folded = model::fold::words(payer);
    let mut words = folded.split(' ').filter(|w| w.len() >= 3 && !NOT_NAMES.contains(w));
    let word = |w: &str| w.bytes().all(|b| b.is_ascii_lowercase()).then(|| format!("% {w} %"));
    Some((word(words.next()?)?, word(words.next()?)?))
}

/// Open accounts of the flats where somebody of the payer's name lives or owns.
async fn living(tx: &mut Tx, lines: &[Question<'_>]) -> Result<Vec<(usize, Vec<Uuid>)>> {
    let (mut at, mut first, mut second) = (Vec::new(), Vec::new(), Vec::new());
    for (index, line) in lines.iter().enumerate() {
        if let Some((one, two)) = words_of(line.payer) {
            at.push(i32::try_from(index).unwrap_or(i32::MAX));
            first.push(one);
            second.push(two);
        }
    }
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"select distinct n.at as "at!", a.id
           from unnest($2::int[], $3::text[], $4::text[]) n(at, first, second)
           cross join lateral search_ids('contacts', array[n.first], n.second, '{}', 10) s(contact_id)
           join residencies r on r.company_id = $1 and r.contact_id = s.contact_id and r.until_on is null
           join personal_accounts a on a.company_id = $1 and a.unit_id = r.unit_id and a.closed_on is null
           order by 1, 2"#,
        company,
        &at,
        &first,
        &second
    )
    .fetch_all(tx.conn())
    .await?;
    let mut found: BTreeMap<usize, Vec<Uuid>> = BTreeMap::new();
    for row in rows {
        if let Ok(index) = usize::try_from(row.at) {
            found.entry(index).or_default().push(row.id);
        }
    }
    found.retain(|_, accounts| accounts.len() <= ALIKE);
    Ok(found.into_iter().collect())
}

/// Accounts found by hand in a search.
const FOUND: usize = 12;

/// Accounts by a number, an address or a name, as the search of the desk finds them: for who looks for the account of a
/// line.
pub async fn find_accounts(ctx: &Ctx, actor: &Actor, text: &str) -> Result<Vec<Suggestion>> {
    let scope = actor.scope(P::PaymentsRecord)?;
    let query = SearchQuery { q: text.to_owned(), limit: Some(20) };
    let found = search::search(ctx, actor, &query).await?;
    let of = |kind: Kind| found.hits().filter(|hit| hit.kind == kind).map(|hit| hit.id).collect::<Vec<Uuid>>();
    let mut tx = ctx.begin(actor).await?;
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "select a.id from personal_accounts a where a.company_id = $1 and (a.id = any($2) or a.unit_id = any($3)
           or a.unit_id in (select r.unit_id from residencies r where r.company_id = $1 and r.contact_id = any($4) and r.until_on is null))
         order by a.id = any($2) desc, a.closed_on is not null, a.number limit 50",
    )
    .bind(scope.company())
    .bind(of(Kind::Account))
    .bind(of(Kind::Unit))
    .bind(of(Kind::Person))
    .fetch_all(tx.conn())
    .await?;
    let mut known = facts(&mut tx, &ids).await?;
    let all = ids.into_iter().filter_map(|id| {
        let facts = known.remove(&id)?;
        Some(Suggestion {
            account_id: id.into(),
            account_number: facts.number,
            address: facts.address,
            balance: Money::from_tiyin(facts.balance),
            closed: facts.closed,
            confidence: 0,
            grounds: Vec::new(),
        })
    });
    Ok(all.take(FOUND).collect())
}

struct Facts {
    number: String,
    address: String,
    balance: i64,
    closed: bool,
}

async fn facts(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, Facts>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"select a.id, a.number, a.closed_on is not null as "closed!", b.address || ', №' || u.number as "address!",
             coalesce(l.balance_tiyin, 0) as "balance!"
           from personal_accounts a
           join units u on u.company_id = a.company_id and u.id = a.unit_id
           join buildings b on b.company_id = u.company_id and b.id = u.building_id
           left join account_balances l on l.company_id = a.company_id and l.account_id = a.id
           where a.company_id = $1 and a.id = any($2)"#,
        company,
        ids
    )
    .fetch_all(tx.conn())
    .await?;
    let all = rows.into_iter().map(|row| {
        (row.id, Facts { number: row.number, address: row.address, balance: row.balance, closed: row.closed })
    });
    Ok(all.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grounds_add_up_and_never_to_certainty() {
        assert_eq!(together([95].into_iter()), 95);
        assert_eq!(together([50, 65].into_iter()), 82);
        assert_eq!(together([95, 90, 65].into_iter()), 99);
        assert_eq!(together([].into_iter()), 0);
    }

    #[test]
    fn payers_are_looked_for_by_name() {
        let words = |payer| words_of(payer);
        assert_eq!(words("КАРИМОВ АЗИЗ РУСТАМОВИЧ"), Some(("% karimov %".to_owned(), "% aziz %".to_owned())));
        assert_eq!(words("ЯТТ Karimov Aziz"), Some(("% karimov %".to_owned(), "% aziz %".to_owned())));
        assert_eq!(words("ООО 77"), None);
        assert_eq!(words(""), None);
    }
}
