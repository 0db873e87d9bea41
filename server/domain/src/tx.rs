//! A transaction of one company that carries its events, jobs and audit: all of them commit together or not at all.

use crate::{
    Actor, Ctx, Result,
    audit::{Entry, Masked},
    classifier::Models,
    events::{Audience, EventHub},
    jobs::Job,
};
use chrono::{DateTime, Utc};
use model::{UserId, events::Event};
use platform::ids::new_id;
use serde::Serialize;
use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

pub struct Tx {
    ctx: Ctx,
    inner: Transaction<'static, Postgres>,
    actor: Actor,
    now: DateTime<Utc>,
    /// A step that is told later happens then.
    happened: Option<DateTime<Utc>>,
    events: EventHub,
    models: Models,
    emitted: bool,
    /// Whose live connections must look anew, after the commit.
    access: Vec<UserId>,
}

impl Tx {
    pub(crate) async fn begin(ctx: &Ctx, actor: &Actor) -> Result<Self> {
        // Nothing is changed in the name of whom somebody only looks as, whatever the use case means to do.
        let inner = if actor.looking().is_some() {
            ctx.db.begin_tenant_to_read(actor.company_id().0).await?
        } else {
            ctx.db.begin_tenant(actor.company_id().0).await?
        };
        Ok(Self::of(ctx, actor, inner))
    }

    pub(crate) async fn begin_by_key(ctx: &Ctx, actor: &Actor) -> Result<Self> {
        if actor.looking().is_some() {
            return Self::begin(ctx, actor).await;
        }
        Ok(Self::of(ctx, actor, ctx.db.begin_tenant_by_key(actor.company_id().0).await?))
    }

    fn of(ctx: &Ctx, actor: &Actor, inner: Transaction<'static, Postgres>) -> Self {
        Self {
            ctx: ctx.clone(),
            inner,
            actor: actor.clone(),
            now: ctx.clock.now(),
            happened: None,
            events: ctx.events.clone(),
            models: ctx.models.clone(),
            emitted: false,
            access: Vec::new(),
        }
    }

    /// The connection, for queries.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.inner
    }

    /// What use cases may use; for steps that were given the transaction alone.
    pub(crate) fn ctx(&self) -> Ctx {
        self.ctx.clone()
    }

    /// The moment of this transaction; the same for everything it writes. In a step that is told
    /// later, when it was taken.
    pub fn now(&self) -> DateTime<Utc> {
        self.happened.unwrap_or(self.now)
    }

    /// When a step that was taken earlier is told.
    pub(crate) fn sent_at(&self) -> Option<DateTime<Utc>> {
        self.happened.map(|_| self.now)
    }

    /// What is written from now on happened then; events, the audit and what people are told keep the present.
    pub(crate) fn happens_at(&mut self, at: Option<DateTime<Utc>>) {
        self.happened = at;
    }

    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub(crate) fn models(&self) -> &Models {
        &self.models
    }

    /// Tells the world, after the commit.
    pub async fn emit(&mut self, event: &Event, audience: &Audience) -> Result<()> {
        let (kind, data) = crate::events::split(event)?;
        sqlx::query!(
            "insert into outbox_events (id, company_id, type, data, audience, created_at) values ($1, $2, $3, $4, $5, $6)",
            new_id(),
            self.actor.company_id().0,
            kind,
            data,
            serde_json::to_value(audience)?,
            self.now
        )
        .execute(&mut *self.inner)
        .await?;
        self.emitted = true;
        Ok(())
    }

    /// Queues work to happen after the commit.
    pub async fn enqueue<J: Job>(&mut self, job: &J) -> Result<()> {
        crate::jobs::enqueue(&mut self.inner, job).await
    }

    /// Tells people of something that happens with this transaction; whoever was told of it before is not told again.
    pub(crate) async fn notify(&mut self, notice: &crate::notices::Notice) -> Result<()> {
        let happened = self.happened.take();
        let told = crate::notices::tell(self, notice).await.map(|_| ());
        self.happened = happened;
        told
    }

    /// Writes who did what into the audit.
    pub async fn audit(&mut self, entry: Entry<'_>) -> Result<()> {
        crate::audit::write(&mut self.inner, &self.actor, self.now, entry).await
    }

    /// Audits a record that was made, changed or removed, field by field. Writes nothing when nothing changed and
    /// says whether something did.
    pub async fn record<T: Serialize>(
        &mut self,
        action: &str,
        object_type: &str,
        object_id: Uuid,
        before: Option<&T>,
        after: Option<&T>,
    ) -> Result<bool> {
        self.record_masked(action, object_type, object_id, before, after, &[]).await
    }

    /// As [`Tx::record`], with fields whose values must stay covered.
    pub(crate) async fn record_masked<T: Serialize>(
        &mut self,
        action: &str,
        object_type: &str,
        object_id: Uuid,
        before: Option<&T>,
        after: Option<&T>,
        masked: &[Masked<'_>],
    ) -> Result<bool> {
        let mut changes = crate::audit::diff(before, after)?;
        for (field, old, new, _) in masked.iter().filter(|(.., changed)| *changed) {
            changes.insert((*field).to_owned(), serde_json::json!([old, new]));
        }
        if changes.is_empty() {
            return Ok(false);
        }
        self.audit(Entry { action, object_type, object_id: Some(object_id), changes: changes.into() }).await?;
        Ok(true)
    }

    /// What somebody may see or do has changed: after the commit their live connections end and come back anew.
    pub fn access_changed(&mut self, user: UserId) {
        self.access.push(user);
    }

    /// Makes it all true, then wakes the event relay.
    pub async fn commit(self) -> Result<()> {
        self.inner.commit().await?;
        self.events.changed(self.actor.company_id());
        for user in self.access {
            self.events.access_changed(user);
        }
        if self.emitted {
            self.events.wake();
        }
        Ok(())
    }
}
