//! Many jobs with an effect that lasts, and a record of who did them and how often.

use crate::TestDb;
use sqlx::{AssertSqlSafe, Executor, Row};

/// Seen from outside the product: what ended, how often, and under whose lock its job was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Letters whose end was written.
    pub ended: i64,
    /// Ends that were written a second time.
    pub doubled: i64,
    /// Letters that were begun more than once.
    pub begun_again: i64,
    /// Jobs that still wait or run.
    pub left: i64,
    /// Jobs done over the broker, and straight from PostgreSQL.
    pub carried: i64,
    pub straight: i64,
    /// Consumers that did jobs over the broker.
    pub consumers: i64,
}

const WATCH: &str = "
create table test_ends (id uuid not null);
create table test_jobs (locked_by text);
create function test_end() returns trigger language plpgsql security definer as
  $$ begin insert into public.test_ends values (new.id); return null; end $$;
create trigger test_end after update of state on deliveries for each row
  when (old.state is distinct from new.state and new.state = 'captured') execute function test_end();
create function test_job() returns trigger language plpgsql security definer as
  $$ begin
    insert into public.test_jobs select old.locked_by from graphile_worker._private_tasks t
      where t.id = old.task_id and t.identifier = 'deliver';
    return null;
  end $$;
create trigger test_job after delete on graphile_worker._private_jobs for each row execute function test_job();";

const TOLD: &str = "
select (select count(distinct id) from test_ends), (select count(*) - count(distinct id) from test_ends),
  (select count(*) from deliveries where attempts > 1),
  (select count(*) from graphile_worker.jobs where task_identifier = 'deliver'),
  (select count(*) from test_jobs where locked_by like 'amqp/%'),
  (select count(*) from test_jobs where locked_by like 'graphile_worker_%'),
  (select count(distinct split_part(locked_by, '/', 3)) from test_jobs where locked_by like 'amqp/%')";

impl TestDb {
    /// Records the end of letters and jobs from here on.
    pub async fn watch_letters(&self) {
        self.superuser().await.execute(WATCH).await.unwrap();
    }

    /// Queues letters that development captures, as a use case would: a row and its job in one transaction.
    pub async fn queue_letters(&self, how_many: u32) {
        let sql = format!(
            "with made as (insert into deliveries (id, channel, address, template, lang, params, created_at)
               select gen_random_uuid(), 'email', 'reader-' || n || '@example.uz', 'password_reset', 'ru',
                 '{{\"name\": \"Reader\", \"token\": \"t\"}}', now()
               from generate_series(1, {how_many}) n returning id)
             select graphile_worker.add_job('deliver', json_build_object('delivery_id', id), max_attempts => 12,
               job_key => 'deliver:' || id) from made"
        );
        self.superuser().await.execute(AssertSqlSafe(sql)).await.unwrap();
    }

    /// How it stands.
    pub async fn told(&self) -> Told {
        let row = sqlx::query(TOLD).fetch_one(&mut self.superuser().await).await.unwrap();
        Told {
            ended: row.get(0),
            doubled: row.get(1),
            begun_again: row.get(2),
            left: row.get(3),
            carried: row.get(4),
            straight: row.get(5),
            consumers: row.get(6),
        }
    }
}
