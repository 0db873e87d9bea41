//! One thing done to many. Each is its own use case in its own transaction, so what cannot be done to one stops nothing
//! for the others.

use crate::{Error, Result};
use model::{Failure, bulk::Outcome};
use std::{collections::HashSet, hash::Hash};
use uuid::Uuid;

const MOST: usize = 100;

/// Does the action to every one and tells how it went, in the order asked; each once.
///
/// # Errors
/// `invalid` on nothing to do, or on more than a hundred.
pub(crate) async fn each<I, F>(ids: &[I], act: impl Fn(I) -> F) -> Result<Vec<Outcome>>
where
    I: Copy + Eq + Hash + Into<Uuid>,
    F: Future<Output = Result<()>>,
{
    each_of(ids, MOST, act).await
}

/// Whether there is something to do, and not too much of it.
///
/// # Errors
/// `invalid` on `/ids`.
pub(crate) fn bounded<I>(ids: &[I], most: usize) -> Result<()> {
    if (1..=most).contains(&ids.len()) { Ok(()) } else { Err(Error::field("/ids", "out_of_range")) }
}

/// As [`each`], with a bound of its own.
///
/// # Errors
/// `invalid` on nothing to do, or on more than `most`.
pub(crate) async fn each_of<I, F>(ids: &[I], most: usize, act: impl Fn(I) -> F) -> Result<Vec<Outcome>>
where
    I: Copy + Eq + Hash + Into<Uuid>,
    F: Future<Output = Result<()>>,
{
    bounded(ids, most)?;
    let mut seen = HashSet::new();
    let mut out = Vec::with_capacity(ids.len());
    for id in ids.iter().copied().filter(|id| seen.insert(*id)) {
        let failure = match act(id).await {
            Ok(()) => None,
            Err(Error::Failure(failure)) => Some(failure),
            // A fault of ours may strike the next one as well: it is told for this one, and logged.
            Err(error) => Some(Failure { trace_id: None, ..error.into_failure(None) }),
        };
        out.push(Outcome { id: id.into(), failure });
    }
    Ok(out)
}
