//! Taking a statement in: every line once, whatever is uploaded how often; what is sure goes to its account at once.

use super::{
    file::{self, Incoming, Parsed, Refused},
    guess, lines,
    queue::{self, Part},
};
use crate::{
    Actor, Ctx, Error, Result, Tx,
    audit::Entry,
    idempotency,
    jobs::MatchStatement,
    ledger::{self, Receipt},
    property,
};
use chrono::NaiveDate;
use model::{
    Code, Money, Permission as P, StatementId,
    payments::{SkipReason, SkippedLine, StatementCard},
};
use platform::{ids::new_id, tokens::hash_token};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What is in a file, as `documents` reads it.
pub enum Content {
    /// The text of a 1C exchange file.
    Exchange(String),
    /// The rows of a table.
    Table(Vec<Vec<String>>),
}

/// A file that was just uploaded.
pub struct NewStatement {
    pub file_name: String,
    /// SHA-256 of its bytes.
    pub hash: [u8; 32],
    pub content: Content,
    /// Whose account it is, for tables that do not say; the only one known from before when absent.
    pub own_account: Option<String>,
}

/// Lines given to their accounts while the uploader waits; a job takes the rest.
const AT_ONCE: usize = 200;
/// Notes kept of what was not taken.
const NOTES: usize = 100;

/// Takes a statement in. The same file again answers with the same statement.
///
/// # Errors
/// `empty_spreadsheet` when nothing is on it; `spreadsheet_too_large`; `invalid` on `/file` (`no_columns`) for a table
/// without dates or sums and on `/bank_account` (`required`) when nobody knows whose it is; `period_closed` when money
/// of a closed month is new.
pub async fn take(
    ctx: &Ctx,
    actor: &Actor,
    new: NewStatement,
    key: Option<&idempotency::Key>,
) -> Result<StatementCard> {
    let scope = actor.scope(P::PaymentsRecord)?;
    let mut tx = ctx.begin(actor).await?;
    if let Some(key) = key
        && let idempotency::Claim::Done { body, .. } = idempotency::claim(&mut tx, key).await?
    {
        return lines::card(&mut tx, &scope, serde_json::from_value(body)?).await;
    }
    let id = match known_file(&mut tx, &new.hash).await? {
        Some(id) => id,
        None => write(&mut tx, new).await?,
    };
    if let Some(key) = key {
        idempotency::store(&mut tx, key, 201, &serde_json::to_value(id)?).await?;
    }
    tx.commit().await?;
    match_statement(ctx, actor, id, AT_ONCE).await?;
    let mut tx = ctx.begin(actor).await?;
    lines::card(&mut tx, &scope, id).await
}

async fn known_file(tx: &mut Tx, hash: &[u8; 32]) -> Result<Option<StatementId>> {
    let company = tx.actor().company_id().0;
    // Two who upload at the same moment: the second finds what the first has taken.
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('bank ' || $1::text, 0))")
        .bind(company)
        .execute(tx.conn())
        .await?;
    let id = sqlx::query_scalar!(
        "select id from bank_statements where company_id = $1 and file_hash = $2",
        company,
        &hash[..]
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(Into::into))
}

fn refused(refused: Refused) -> Error {
    match refused {
        Refused::TooLarge => Code::SpreadsheetTooLarge.into(),
        Refused::NoColumns => Error::field("/file", "no_columns"),
        Refused::NoAccount => Error::field("/bank_account", "required"),
    }
}

async fn write(tx: &mut Tx, new: NewStatement) -> Result<StatementId> {
    let today = property::today(tx).await?;
    let parsed = match &new.content {
        Content::Exchange(text) => file::exchange(text, today),
        Content::Table(rows) => {
            let own = match property::some_text(new.own_account.as_deref()) {
                Some(own) => Some(own),
                None => only_account(tx).await?,
            };
            file::table(rows, own.as_deref(), today)
        }
    }
    .map_err(refused)?;
    if parsed.incoming.is_empty() && parsed.outgoing_count == 0 && parsed.skipped.is_empty() {
        return Err(Code::EmptySpreadsheet.into());
    }
    let id = StatementId(new_id());
    let (fresh, repeated) = sift(tx, &parsed).await?;
    let name: String = new.file_name.chars().filter(|c| !c.is_control()).take(200).collect();
    let name = if name.trim().is_empty() { "statement".to_owned() } else { name };
    insert(tx, id, &name, &new.hash, &parsed, &repeated).await?;
    insert_lines(tx, id, &fresh).await?;
    let (count, total) = (fresh.len(), sum(fresh.iter().map(|(line, _)| line.tiyin))?);
    let changes = json!({
        "file": [null, name], "rows": [null, count], "amount": [null, Money::from_tiyin(total)],
        "repeated": [null, repeated.len()], "outgoing": [null, parsed.outgoing_count],
    });
    tx.audit(Entry { action: "bank_statement.create", object_type: "bank_statement", object_id: Some(id.0), changes })
        .await?;
    let job = MatchStatement { company_id: tx.actor().company_id(), statement_id: id };
    tx.enqueue(&job).await?;
    Ok(id)
}

fn sum(tiyin: impl Iterator<Item = i64>) -> Result<i64> {
    let total: i128 = tiyin.map(i128::from).sum();
    total.try_into().map_err(|e| Error::internal("sum of a statement", e))
}

/// The account of all earlier statements, when it is one.
async fn only_account(tx: &mut Tx) -> Result<Option<String>> {
    let company = tx.actor().company_id().0;
    let mut known = sqlx::query_scalar!(
        r#"select distinct a as "own!" from bank_statements, unnest(own_accounts) a where company_id = $1 limit 2"#,
        company
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(if known.len() == 1 { known.pop() } else { None })
}

/// A line with its fingerprint.
type Printed<'a> = (&'a Incoming, [u8; 32]);

/// What makes a line that line: own account, day, number, sum. Several alike on one statement are told apart by their
/// count: two payers may well use one number, and a file that is uploaded again has them in the same count.
fn print(lines: &[Incoming]) -> Vec<Printed<'_>> {
    let mut seen: HashMap<String, u32> = HashMap::new();
    lines
        .iter()
        .map(|line| {
            let alike = format!("{}|{}|{}|{}", line.own_account, line.day, line.number, line.tiyin);
            let nth = seen.entry(alike.clone()).or_default();
            *nth += 1;
            (line, hash_token(&format!("{alike}|{nth}")))
        })
        .collect()
}

/// Parts what is new from what is in the books already.
async fn sift<'a>(tx: &mut Tx, parsed: &'a Parsed) -> Result<(Vec<Printed<'a>>, Vec<SkippedLine>)> {
    let printed = print(&parsed.incoming);
    let company = tx.actor().company_id().0;
    let prints: Vec<Vec<u8>> = printed.iter().map(|(_, print)| print.to_vec()).collect();
    let known: HashSet<Vec<u8>> = sqlx::query_scalar!(
        "select fingerprint from bank_lines where company_id = $1 and fingerprint = any($2)",
        company,
        &prints
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .collect();
    let mut by_hand = by_hand(tx, &parsed.incoming).await?;
    let (mut fresh, mut repeated) = (Vec::new(), Vec::new());
    for (line, print) in printed {
        let key = (line.number.clone(), line.day, line.tiyin);
        let why = if known.contains(print.as_slice()) {
            SkipReason::Known
        } else if let Some(count) = by_hand.get_mut(&key).filter(|count| **count > 0) {
            *count -= 1;
            SkipReason::ByHand
        } else {
            fresh.push((line, print));
            continue;
        };
        repeated.push(SkippedLine {
            line: i32::try_from(line.line).unwrap_or(i32::MAX),
            why,
            amount: Some(Money::from_tiyin(line.tiyin)),
            what: if line.number.is_empty() { line.payer.clone() } else { line.number.clone() },
        });
    }
    Ok((fresh, repeated))
}

/// Bank payments that somebody wrote down by hand with the number, day and sum of a line, and how many of each.
async fn by_hand(tx: &mut Tx, lines: &[Incoming]) -> Result<HashMap<(String, NaiveDate, i64), i64>> {
    let company = tx.actor().company_id().0;
    let numbers: Vec<String> = lines.iter().map(|line| line.number.clone()).filter(|n| !n.is_empty()).collect();
    let rows = sqlx::query!(
        r#"select reference, booked_on, amount_tiyin, count(*) as "count!" from payments
           where company_id = $1 and source = 'bank' and provider_id is null and state = 'completed' and reference = any($2)
           group by 1, 2, 3"#,
        company,
        &numbers
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| ((row.reference, row.booked_on, row.amount_tiyin), row.count)).collect())
}

async fn insert(
    tx: &mut Tx,
    id: StatementId,
    name: &str,
    hash: &[u8; 32],
    parsed: &Parsed,
    repeated: &[SkippedLine],
) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let (user, author) = (tx.actor().user_id().map(|user| user.0), tx.actor().name().to_owned());
    let count = |n: usize| i32::try_from(n).map_err(|e| Error::internal("lines of a statement", e));
    let own: Vec<String> = parsed.own_accounts.iter().cloned().collect();
    let notes: Vec<&SkippedLine> = parsed.skipped.iter().chain(repeated).take(NOTES).collect();
    let to = parsed.to.filter(|to| parsed.from.is_none_or(|from| from <= *to));
    sqlx::query!(
        "insert into bank_statements (id, company_id, file_name, file_hash, own_accounts, from_on, to_on, declared_tiyin,
           total_count, total_tiyin, repeated_count, repeated_tiyin, outgoing_count, outgoing_tiyin, notes, created_at,
           created_by, created_by_name)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        id.0,
        company,
        name,
        &hash[..],
        &own,
        parsed.from,
        to,
        parsed.declared,
        count(parsed.incoming.len())?,
        sum(parsed.incoming.iter().map(|line| line.tiyin))?,
        count(repeated.len())?,
        sum(repeated.iter().filter_map(|line| line.amount).map(Money::tiyin))?,
        count(parsed.outgoing_count)?,
        parsed.outgoing_tiyin,
        serde_json::to_value(notes)?,
        now,
        user,
        author
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn insert_lines(tx: &mut Tx, statement: StatementId, fresh: &[Printed<'_>]) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let ids: Vec<Uuid> = fresh.iter().map(|_| new_id()).collect();
    let entries: Vec<Uuid> = fresh.iter().map(|_| new_id()).collect();
    let receipts: Vec<Receipt> = fresh
        .iter()
        .zip(ids.iter().zip(&entries))
        .map(|((line, _), (id, entry))| Receipt { entry: *entry, source: *id, booked_on: line.day, tiyin: line.tiyin })
        .collect();
    ledger::receive(tx, &receipts).await?;
    let text = |get: fn(&Incoming) -> &str| fresh.iter().map(|(line, _)| get(line).to_owned()).collect::<Vec<_>>();
    let numbers: Vec<i32> = fresh.iter().map(|(line, _)| i32::try_from(line.line).unwrap_or(i32::MAX)).collect();
    let days: Vec<NaiveDate> = fresh.iter().map(|(line, _)| line.day).collect();
    let sums: Vec<i64> = fresh.iter().map(|(line, _)| line.tiyin).collect();
    let prints: Vec<Vec<u8>> = fresh.iter().map(|(_, print)| print.to_vec()).collect();
    sqlx::query!(
        "insert into bank_lines (id, company_id, statement_id, line, own_account, received_on, number, amount_tiyin, left_tiyin,
           payer, payer_account, purpose, fingerprint, entry_id, created_at)
         select l.id, $1, $2, l.line, l.own, l.day, l.number, l.tiyin, l.tiyin, l.payer, l.payer_account, l.purpose, l.print,
           l.entry, $3
         from unnest($4::uuid[], $5::int[], $6::text[], $7::date[], $8::text[], $9::bigint[], $10::text[], $11::text[],
           $12::text[], $13::bytea[], $14::uuid[])
           l(id, line, own, day, number, tiyin, payer, payer_account, purpose, print, entry)",
        company,
        statement.0,
        now,
        &ids,
        &numbers,
        &text(|line| &line.own_account),
        &days,
        &text(|line| &line.number),
        &sums,
        &text(|line| &line.payer),
        &text(|line| &line.payer_account),
        &text(|line| &line.purpose),
        &prints,
        &entries
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Gives at most so many lines of a statement to the accounts their purposes name without doubt, each in a transaction
/// of its own: webhooks never wait for a statement. A line that somebody gave back is never given again by itself.
/// Says how many were given.
pub async fn match_statement(ctx: &Ctx, actor: &Actor, id: StatementId, most: usize) -> Result<usize> {
    actor.scope(P::PaymentsRecord)?;
    let mut given = 0;
    let mut after = 0;
    while given < most {
        let mut tx = ctx.begin(actor).await?;
        let page = lines::untouched(&mut tx, id, after, 500).await?;
        let Some(last) = page.last() else { break };
        after = last.line;
        let questions: Vec<guess::Question<'_>> =
            page.iter().map(|line| guess::Question { tiyin: line.tiyin, payer: "", purpose: &line.purpose }).collect();
        let sure = guess::sure(&mut tx, &questions).await?;
        drop(tx);
        for (line, account) in page.iter().zip(sure) {
            let Some(account) = account.filter(|_| given < most) else { continue };
            let mut tx = ctx.begin(actor).await?;
            let Some(locked) = queue::lock_untouched(&mut tx, line.id).await? else { continue };
            let part = Part { account: account.0, tiyin: locked.left };
            queue::give(&mut tx, &locked, part, queue::How::Automatic).await?;
            tx.commit().await?;
            given += 1;
        }
    }
    Ok(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_alike_are_told_apart_by_their_count() {
        let line = |line: usize, number: &str| Incoming {
            line,
            own_account: "1".to_owned(),
            day: NaiveDate::from_ymd_opt(2026, 5, 12).unwrap(),
            number: number.to_owned(),
            tiyin: 100,
            payer: format!("payer {line}"),
            payer_account: String::new(),
            purpose: String::new(),
        };
        let lines = [line(1, "7"), line(2, "7"), line(3, "8")];
        let first = print(&lines);
        assert_ne!(first[0].1, first[1].1);
        // The same in another file, at other places, with other words for the payer.
        let lines = [line(9, "8"), line(10, "7"), line(11, "7"), line(12, "7")];
        let second = print(&lines);
        assert_eq!((second[1].1, second[2].1, second[0].1), (first[0].1, first[1].1, first[2].1));
        assert!(first.iter().all(|(_, print)| *print != second[3].1));
    }
}
