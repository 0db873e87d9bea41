//! Jobs over RabbitMQ to worker processes, one of which is killed in the middle.

use secrecy::ExposeSecret;
use std::{
    process::Stdio,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use testkit::{Rabbit, TestDb, Told};
use tokio::process::{Child, Command};

/// Nothing takes this long unless it never comes.
const DEADLINE: Duration = Duration::from_secs(90);
/// Jobs a process has at once: no more than these are begun a second time when it is killed.
const PREFETCH: i64 = 4;

struct Work {
    database: TestDb,
    rabbit: Rabbit,
    data: TempDir,
}

impl Work {
    fn worker(&self) -> Child {
        Command::new(env!("CARGO_BIN_EXE_uk-crm"))
            .arg("worker")
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("UK_DATA_DIR", self.data.path())
            .env("UK_DATABASE__URL", self.database.app_url().expose_secret())
            .env("UK_DATABASE__OWNER_URL", self.database.owner_url().expose_secret())
            .env("UK_AMQP__URL", self.rabbit.url())
            .env("UK_AMQP__LEASE_S", "5")
            .env("UK_AMQP__PREFETCH", PREFETCH.to_string())
            .env("UK_DEV", "true")
            .env("UK_LOG__LEVEL", "warn")
            .current_dir(self.data.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }

    async fn until(&self, what: &str, mut ready: impl FnMut(&Told) -> bool) -> Told {
        let began = Instant::now();
        loop {
            let told = self.database.told().await;
            if ready(&told) {
                return told;
            }
            assert!(began.elapsed() < DEADLINE, "waited in vain: {what}; {told:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test]
async fn two_workers_share_the_jobs_and_one_takes_over_those_of_the_other() {
    let (database, rabbit) = (TestDb::new().await, Rabbit::started().await);
    database.watch_letters().await;
    let work = Work { database, rabbit, data: tempfile::tempdir().unwrap() };
    let mut first = work.worker();
    let _second = work.worker();
    let mut sent = 0;
    loop {
        work.database.queue_letters(40).await;
        sent += 40;
        let told = work.until("both workers", |told| told.ended == sent && told.left == 0).await;
        if told.consumers == 2 {
            assert_eq!((told.doubled, told.begun_again, told.carried, told.straight), (0, 0, sent, 0));
            break;
        }
    }
    work.database.queue_letters(300).await;
    let (before, all) = (sent, sent + 300);
    work.until("the run to begin", |told| told.ended >= before + 60).await;
    first.kill().await.unwrap();
    let told = work.until("all letters", |told| told.ended == all && told.left == 0).await;
    assert_eq!((told.doubled, told.carried, told.straight), (0, all, 0), "{told:?}");
    assert!(told.begun_again <= PREFETCH, "{told:?}");
}
