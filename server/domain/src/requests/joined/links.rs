//! Links between two requests, in both cards and both histories.

use super::{REF, lock_two, read_ref};
use crate::{
    Actor, Ctx, Error, Result, Scope, Tx,
    error::word,
    requests::{audit, card, list, queries, queries::Core, watch},
};
use model::{
    Permission as P, RequestId,
    requests::{Change, LinkKind, LinkRequest, LinkView, RequestCard},
};
use serde_json::json;
use sqlx::{Postgres, QueryBuilder, Row};

/// Links two requests, in both cards and both histories. A second link of the same two replaces the first.
///
/// # Errors
/// `not_found` when the caller does not see both; `invalid` when they are one.
pub async fn link(ctx: &Ctx, actor: &Actor, id: RequestId, command: &LinkRequest) -> Result<RequestCard> {
    let scope = actor.scope(P::RequestsUpdate)?;
    if id == command.other_id {
        return Err(Error::field("/other_id", "unknown"));
    }
    let mut tx = ctx.begin(actor).await?;
    let (core, other) = lock_two(&mut tx, &scope, id, command.other_id).await?;
    write_link(&mut tx, &core, &other, command.kind).await?;
    watch::changed(&mut tx, &core).await?;
    watch::changed(&mut tx, &other).await?;
    audit(&mut tx, "request.link", id, json!({ "link": [null, other.number], "kind": command.kind })).await?;
    let card = card::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Takes a link away.
pub async fn unlink(ctx: &Ctx, actor: &Actor, id: RequestId, other_id: RequestId) -> Result<RequestCard> {
    let scope = actor.scope(P::RequestsUpdate)?;
    let mut tx = ctx.begin(actor).await?;
    let (core, other) = lock_two(&mut tx, &scope, id, other_id).await?;
    let gone = sqlx::query!(
        "delete from request_links where company_id = $1 and ((from_id = $2 and to_id = $3) or (from_id = $3 and to_id = $2))",
        scope.company(),
        id.0,
        other_id.0
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    if gone > 0 {
        for (one, two) in [(&core, &other), (&other, &core)] {
            queries::history(&mut tx, one.id, Change::Unlink, Some(&two.number.to_string()), None, None).await?;
            watch::changed(&mut tx, one).await?;
        }
        audit(&mut tx, "request.unlink", id, json!({ "link": [other.number, null] })).await?;
    }
    let card = card::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

pub(super) async fn write_link(tx: &mut Tx, from: &Core, to: &Core, kind: LinkKind) -> Result<()> {
    let (company, name, now) = (tx.actor().company_id().0, tx.actor().name().to_owned(), tx.now());
    sqlx::query!(
        "delete from request_links where company_id = $1 and from_id = $2 and to_id = $3",
        company,
        to.id.0,
        from.id.0
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into request_links (company_id, from_id, to_id, kind, created_by, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (company_id, from_id, to_id) do update set kind = excluded.kind",
        company,
        from.id.0,
        to.id.0,
        kind.as_str(),
        name,
        now
    )
    .execute(tx.conn())
    .await?;
    queries::history(tx, from.id, Change::Link, Some(kind.as_str()), Some(&to.number.to_string()), None).await?;
    queries::history(tx, to.id, Change::Link, Some(kind.as_str()), Some(&from.number.to_string()), None).await
}

/// The links of a request to others the reader sees.
pub(in crate::requests) async fn links(tx: &mut Tx, scope: &Scope, id: RequestId) -> Result<Vec<LinkView>> {
    let mut sql = QueryBuilder::<Postgres>::new(format!(
        "select {REF}, l.kind, l.inbound from (\
           select to_id as other, kind, false as inbound from request_links where company_id = "
    ));
    sql.push_bind(scope.company()).push(" and from_id = ").push_bind(id.0);
    sql.push(" union all select from_id, kind, true from request_links where company_id = ");
    sql.push_bind(scope.company()).push(" and to_id = ").push_bind(id.0);
    sql.push(") l join requests r on r.id = l.other where ");
    list::within(&mut sql, scope);
    sql.push(" order by r.created_at desc, r.id");
    sql.build()
        .fetch_all(tx.conn())
        .await?
        .iter()
        .map(|row| {
            Ok(LinkView {
                kind: word(row.try_get("kind")?)?,
                inbound: row.try_get("inbound")?,
                request: read_ref(row)?,
            })
        })
        .collect()
}
