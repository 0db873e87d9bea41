//! The chain over the audit: a seal for each row, made after the commit and in one order, each with a hash over the
//! seal before it. Who changes, removes or moves a sealed row breaks it at that place.
//!
//! What it cannot show by itself: somebody with the whole database who makes all later seals anew. Therefore the
//! nightly check writes the newest hash into the log, outside of the database.

use crate::{Ctx, Result};
use chrono::TimeDelta;
use model::{AuditId, CompanyId};

/// Rows sealed in one transaction.
const BATCH: i32 = 1000;

/// Seals what waits; returns how many rows. Two sealers at once do not disturb each other: one does nothing.
pub async fn seal(ctx: &Ctx) -> Result<u64> {
    let mut total = 0;
    loop {
        let mut tx = ctx.db.begin_system("seal the audit").await?;
        let sealed = sqlx::query_scalar!(r#"select audit_seal($1, $2) as "sealed!""#, BATCH, ctx.clock.now())
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        total += u64::try_from(sealed).unwrap_or_default();
        if sealed < BATCH {
            return Ok(total);
        }
    }
}

/// The state of one company's chain.
#[derive(Clone, Debug)]
pub struct Checked {
    pub company: CompanyId,
    pub name: String,
    /// Seals in the chain.
    pub sealed: i64,
    /// The newest hash, for keeping elsewhere.
    pub head: String,
    /// Rows that have waited for a seal for more than an hour: the sealer does not work, or rows were slipped past it.
    pub waiting: i64,
    pub broken: Option<Broken>,
}

/// The first place where a chain does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Place in the chain.
    pub seq: i64,
    pub audit_id: AuditId,
    /// `missing`: the row is gone. `altered`: row or seal was changed. `gap`: seals are gone.
    pub how: String,
}

impl Checked {
    pub fn is_whole(&self) -> bool {
        self.broken.is_none() && self.waiting == 0
    }
}

/// Checks the chains of all companies from their first seal on.
pub async fn verify(ctx: &Ctx) -> Result<Vec<Checked>> {
    let mut tx = ctx.db.begin_system("check the audit").await?;
    let companies = sqlx::query!(
        r#"select c.id, c.name, coalesce(h.seq, 0) as "sealed!", coalesce(encode(h.hash, 'hex'), '') as "head!",
             (select count(*) from audit_log a where a.company_id = c.id and a.at < $1
                and not exists (select from audit_seals s where s.audit_id = a.id)) as "waiting!"
           from companies c
           left join lateral (select seq, hash from audit_seals s where s.company_id = c.id order by seq desc limit 1) h on true
           order by c.created_at, c.id"#,
        ctx.clock.now() - TimeDelta::hours(1)
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut checked = Vec::with_capacity(companies.len());
    for company in companies {
        // Each seal against the one kept before it, so that the place of the damage shows and not only what follows.
        let broken = sqlx::query!(
            // An entry that was covered when a person was forgotten is held by its bridge, and the bridges of a person
            // by the entry that tells of it.
            r#"with told as (
                 select l.object_id as contact_id, l.changes->'seal'->>1 as seal from audit_log l
                 where l.company_id = $1 and l.action = 'contact.erase'),
               bridges as (
                 select b.contact_id, encode(sha256(string_agg(b.bridge, ''::bytea order by b.audit_id, b.step)), 'hex') as seal
                 from audit_bridges b where b.company_id = $1 group by b.contact_id),
               torn as (
                 select b.audit_id from audit_bridges b join bridges g on g.contact_id = b.contact_id
                 left join told t on t.contact_id = b.contact_id
                 where b.company_id = $1 and g.seal is distinct from t.seal)
               select seq as "seq!", audit_id as "audit_id!", how as "how!" from (
                 select s.seq, s.audit_id, case
                     when s.seq <> coalesce(lag(s.seq) over w, 0) + 1 then 'gap'
                     when a.id is null then 'missing'
                     when a.company_id <> s.company_id or s.audit_id in (select audit_id from torn) then 'altered'
                     when l.bridge is not null then
                       case when l.bridge is distinct from sha256(coalesce(l.before, s.hash) || audit_hash(lag(s.hash) over w, s.seq, a))
                         then 'altered' end
                     when s.hash is distinct from audit_hash(lag(s.hash) over w, s.seq, a) then 'altered'
                   end as how
                 from audit_seals s left join audit_log a on a.id = s.audit_id
                 left join lateral (
                   select b.bridge, (select p.bridge from audit_bridges p where p.audit_id = b.audit_id and p.step = b.step - 1) as before
                   from audit_bridges b where b.audit_id = s.audit_id order by b.step desc limit 1) l on true
                 where s.company_id = $1 window w as (order by s.seq)) chain
               where how is not null order by seq limit 1"#,
            company.id
        )
        .fetch_optional(&mut *tx)
        .await?;
        checked.push(Checked {
            company: company.id.into(),
            name: company.name,
            sealed: company.sealed,
            head: company.head,
            waiting: company.waiting,
            broken: broken.map(|b| Broken { seq: b.seq, audit_id: b.audit_id.into(), how: b.how }),
        });
    }
    Ok(checked)
}
