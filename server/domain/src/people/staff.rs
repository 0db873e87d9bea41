//! Staff and their load.

use crate::{Actor, Ctx, Result, Scope, Tx, error::word};
use model::{Permission as P, Phone, staff::StaffRow};

/// Staff who can be given work, the least loaded first.
pub async fn staff(ctx: &Ctx, actor: &Actor) -> Result<Vec<StaffRow>> {
    let scope = actor.scope(P::StaffRead)?;
    let mut tx = ctx.begin(actor).await?;
    staff_rows(&mut tx, &scope).await
}

pub(crate) async fn staff_rows(tx: &mut Tx, scope: &Scope) -> Result<Vec<StaffRow>> {
    let rows = sqlx::query!(
        r#"select u.id, u.name, u.role, u.phone,
             array(select skill from staff_skills s where s.company_id = u.company_id and s.user_id = u.id order by skill) as "skills!",
             (select count(*) from requests r where r.company_id = u.company_id and r.assignee_id = u.id
                and r.status in ('assigned', 'in_progress', 'deferred', 'returned'))::int as "load!"
           from users u where u.company_id = $1 and u.role <> 'resident' and u.blocked_at is null
           order by u.role = 'staff' desc, 6, u.name"#,
        scope.company()
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|u| {
            Ok(StaffRow {
                id: u.id.into(),
                name: u.name,
                role: word(&u.role)?,
                phone: u.phone.as_deref().and_then(Phone::parse),
                skills: u.skills.iter().map(|s| word(s)).collect::<Result<_>>()?,
                load: u.load,
            })
        })
        .collect()
}
