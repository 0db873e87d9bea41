//! Works off the inbox: a chat's updates in order, several chats at once, in one process at a time.

use crate::{BotError, Handled, api::BotApi, dialogue, handle};
use domain::{
    Ctx,
    telegram::{self, Lead, Outcome, Update},
};
use std::{collections::HashMap, future::Future, pin::pin, sync::Arc, time::Duration};
use tokio::{
    sync::Notify,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

/// Chats worked on at once.
const PARALLEL: usize = 8;
/// When nothing wakes us: another instance may have stored an update.
const POLL: Duration = Duration::from_secs(1);
/// How often to ask for the inbox while another process has it.
const STAND_BY: Duration = Duration::from_secs(5);
/// Running work gets this long at shutdown; what does not finish is done again by the next process.
const DRAIN: Duration = Duration::from_secs(15);
const LONGEST_PAUSE: u64 = 60;

/// Works until `shutdown`. `wake` says that an update was stored.
pub async fn work_inbox(ctx: Ctx, api: BotApi, wake: Arc<Notify>, shutdown: impl Future<Output = ()>) {
    let mut shutdown = pin!(shutdown);
    let mut inbox =
        Inbox { ctx, api, lead: None, running: JoinSet::new(), busy: HashMap::new(), pauses: HashMap::new() };
    loop {
        let pause = match inbox.fill().await {
            Ok(true) => POLL,
            Ok(false) => STAND_BY,
            Err(error) => {
                tracing::warn!(%error, "the Telegram inbox cannot be read, trying again");
                POLL
            }
        };
        tokio::select! {
            () = &mut shutdown => break,
            () = wake.notified() => {}
            () = sleep(pause) => {}
            Some(done) = inbox.running.join_next_with_id() => inbox.ended(done),
        }
    }
    if timeout(DRAIN, async { while inbox.running.join_next().await.is_some() {} }).await.is_err() {
        tracing::warn!("work on Telegram updates was cut short; it will be done again");
    }
}

struct Inbox {
    ctx: Ctx,
    api: BotApi,
    lead: Option<Lead>,
    /// Each gives back the key of its chat and how long to leave the chat alone.
    running: JoinSet<(i64, Option<Rest>)>,
    /// The chats in work, by task.
    busy: HashMap<tokio::task::Id, i64>,
    /// Chats that wait after a failure.
    pauses: HashMap<i64, Pause>,
}

/// How long to leave a chat alone after a failure.
enum Rest {
    /// As long as Telegram asked.
    Exactly(u64),
    /// Longer each time.
    Longer,
}

struct Pause {
    until: Instant,
    times: u32,
}

impl Inbox {
    /// Starts work on waiting updates; `false` while another process has the inbox.
    async fn fill(&mut self) -> Result<bool, domain::Error> {
        let still = match &mut self.lead {
            Some(lead) => lead.holds().await,
            None => false,
        };
        if !still {
            self.lead = None;
            self.lead = telegram::lead(&self.ctx, self.api.id()).await?;
        }
        if self.lead.is_none() {
            return Ok(false);
        }
        let room = PARALLEL.saturating_sub(self.running.len());
        if room == 0 {
            return Ok(true);
        }
        let now = Instant::now();
        let resting = self.pauses.iter().filter(|(_, pause)| pause.until > now).map(|(chat, _)| *chat);
        let closed: Vec<i64> = self.busy.values().copied().chain(resting).collect();
        let limit = i64::try_from(room).unwrap_or(1);
        for update in telegram::waiting(&self.ctx, self.api.id(), &closed, limit).await? {
            let (ctx, api, key) = (self.ctx.clone(), self.api.clone(), update.key());
            let task = self.running.spawn(async move { (key, work(&ctx, &api, &update).await) });
            self.busy.insert(task.id(), key);
        }
        Ok(true)
    }

    fn ended(&mut self, done: Result<(tokio::task::Id, (i64, Option<Rest>)), tokio::task::JoinError>) {
        let (task, rest) = match done {
            Ok((task, (_, rest))) => (task, rest),
            Err(error) => {
                tracing::error!(%error, "work on a Telegram update died");
                (error.id(), Some(Rest::Longer))
            }
        };
        let Some(key) = self.busy.remove(&task) else { return };
        let Some(rest) = rest else {
            self.pauses.remove(&key);
            return;
        };
        let pause = self.pauses.entry(key).or_insert(Pause { until: Instant::now(), times: 0 });
        pause.times += 1;
        let seconds = match rest {
            Rest::Exactly(seconds) => seconds,
            Rest::Longer => 2u64.saturating_pow(pause.times).min(LONGEST_PAUSE),
        };
        pause.until = Instant::now() + Duration::from_secs(seconds);
    }
}

/// One attempt on one update.
async fn work(ctx: &Ctx, api: &BotApi, update: &Update) -> Option<Rest> {
    let outcome = handle(ctx, api, update).await;
    let (recorded, rest) = match &outcome {
        Ok(Handled::Done) => (telegram::finish(ctx, update, Outcome::Done).await, None),
        Ok(Handled::Skipped) => (telegram::finish(ctx, update, Outcome::Skipped("skipped")).await, None),
        Err(error) if error.is_transient() => {
            // Not counted as an attempt: the outage may last longer than any number of them.
            tracing::warn!(%error, update = update.update_id, "a Telegram update has to wait");
            let rest = match error {
                BotError::Throttled(seconds) => Rest::Exactly(u64::from(*seconds)),
                _ => Rest::Longer,
            };
            return Some(rest);
        }
        Err(BotError::Blocked(why)) => {
            if let Some(chat) = update.chat_id
                && let Err(error) = telegram::set_blocked(ctx, chat, true).await
            {
                tracing::warn!(%error, "a closed chat could not be marked");
            }
            (telegram::finish(ctx, update, Outcome::Skipped(why)).await, None)
        }
        Err(error) => {
            tracing::error!(%error, update = update.update_id, "a Telegram update failed");
            (telegram::finish(ctx, update, Outcome::Failed(&error.to_string())).await, Some(Rest::Longer))
        }
    };
    match (recorded, rest) {
        // The last attempt failed: silence would be worse.
        (Ok(true), Some(_)) => {
            if let Some(chat) = update.chat_id
                && let Err(error) = dialogue::apologise(ctx, api, chat).await
            {
                tracing::warn!(%error, "a failed message could not be apologised for");
            }
            None
        }
        (Ok(_), rest) => rest,
        (Err(error), _) => {
            tracing::warn!(%error, "the end of a Telegram update could not be recorded");
            Some(Rest::Longer)
        }
    }
}
