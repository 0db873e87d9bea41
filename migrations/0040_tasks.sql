-- Work that takes longer than a person waits: imports, large exports. The row is what the page looks at; the job on
-- the queue only points to it. A worker holds a task by a lease that it renews; a lease that ran out means that the
-- worker is gone, and the task is given out again.
create table tasks (
  id uuid primary key,
  company_id uuid not null references companies,
  kind text not null check (kind in ('import_check', 'import_run', 'import_undo', 'export')),
  -- what it works on, e.g. the import
  subject_id uuid,
  params jsonb not null default '{}',
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  done bigint not null default 0 check (done >= 0),
  total bigint check (total >= 0),
  -- why it failed, as a code of `errors.json`
  message text check (length(message) <= 100),
  -- a file to take away, until `expires_at`
  result_key text,
  result_name text,
  result_type text,
  expires_at timestamptz,
  attempts smallint not null default 0,
  lease_until timestamptz,
  cancel_requested_at timestamptz,
  created_by uuid references users,
  created_by_name text not null,
  created_by_role text not null,
  created_by_lang text not null check (created_by_lang in ('ru', 'uz', 'en')),
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  unique (company_id, id)
);
create index tasks_subject on tasks (company_id, subject_id, created_at desc) where subject_id is not null;
create index tasks_own on tasks (company_id, created_by, created_at desc);
create index tasks_alive on tasks (lease_until) where state in ('waiting', 'running');
create index tasks_results on tasks (expires_at) where result_key is not null;
call protect('tasks');
