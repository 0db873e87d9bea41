-- How work that the clock starts last went: one row for each schedule.
create table schedule_runs (
  name text primary key check (name ~ '^[a-z_]{1,40}$'),
  outcome text not null check (outcome in ('running', 'succeeded', 'failed')),
  started_at timestamptz not null,
  ended_at timestamptz,
  succeeded_at timestamptz,
  -- one after another, up to now
  failures int not null default 0,
  error text,
  done bigint
);
call system_only('schedule_runs');
