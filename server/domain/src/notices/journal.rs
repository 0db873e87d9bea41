//! Did they get it? The deliveries of a company.

use crate::{Actor, Ctx, Error, Result, error::word};
use model::{
    Permission as P,
    notices::{Deliveries, DeliveryFilter, DeliveryState, DeliveryView, NoticeChannel, NoticeKind},
};

const PAGE: i64 = 50;

/// The newest deliveries that fit.
///
/// # Errors
/// `invalid` when `after` is no line of the journal.
pub async fn deliveries(ctx: &Ctx, actor: &Actor, filter: &DeliveryFilter) -> Result<Deliveries> {
    let scope = actor.scope(P::NotificationsRead)?;
    let mut tx = ctx.begin(actor).await?;
    let after = match filter.after {
        None => None,
        Some(id) => Some(
            sqlx::query_scalar!(
                "select created_at from deliveries where company_id = $1 and id = $2",
                scope.company(),
                id
            )
            .fetch_optional(tx.conn())
            .await?
            .ok_or_else(|| Error::field("/after", "unknown"))?,
        ),
    };
    let rows = sqlx::query!(
        r#"select d.id, d.created_at, n.kind, d.channel, d.state, d.error, d.address, d.run_at, n.object, n.object_id,
             coalesce(k.name, u.name) as "name!",
             coalesce(d.read_at, n.read_at, d.delivered_at, d.done_at) as "done_at?", n.read_at is not null as "seen!"
           from deliveries d
           join notices n on n.company_id = d.company_id and n.id = d.notice_id
           left join contacts k on k.company_id = n.company_id and k.id = n.contact_id
           left join users u on u.company_id = n.company_id and u.id = n.user_id
           where d.company_id = $1 and ($2::text is null or n.kind = $2) and ($3::text is null or d.channel = $3)
             and ($4::text is null or $4 = case when n.read_at is not null and d.state <> 'failed' then 'read' else d.state end) and ($5::uuid is null or d.notice_id = any(array(select o.id from notices o where o.company_id = $1 and o.object_id = $5)))
             and ($6::timestamptz is null or (d.created_at, d.id) < ($6, $7))
           order by d.created_at desc, d.id desc limit $8"#,
        scope.company(),
        filter.kind.map(NoticeKind::as_str),
        filter.channel.map(NoticeChannel::as_str),
        filter.state.map(DeliveryState::as_str),
        filter.object_id,
        after,
        filter.after,
        PAGE + 1
    )
    .fetch_all(tx.conn())
    .await?;
    let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = rows.len() > page;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows.into_iter().take(page) {
        items.push(DeliveryView {
            id: row.id,
            at: row.created_at,
            kind: word(&row.kind)?,
            channel: word(&row.channel)?,
            // Who has read it in the app has got it, whatever the road says.
            state: if row.seen && row.state != "failed" {
                model::notices::DeliveryState::Read
            } else {
                word(&row.state)?
            },
            reason: row.error.as_deref().and_then(|error| error.split(':').next()?.parse().ok()),
            name: row.name,
            address: row.address,
            run_at: row.run_at.filter(|_| row.state == "queued"),
            done_at: row.done_at,
            object: row.object.as_deref().map(word).transpose()?,
            object_id: row.object_id,
        });
    }
    let next = if more { items.last().map(|last| last.id) } else { None };
    Ok(Deliveries { items, next })
}
