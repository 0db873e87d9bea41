-- One signed-in device: a family of refresh tokens. Ending it ends every token made from it.
create table sessions (
  id uuid primary key,
  company_id uuid not null references companies,
  user_id uuid not null references users on delete cascade,
  user_agent text not null default '' check (length(user_agent) <= 300),
  ip text not null default '',
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  ended_reason text check (ended_reason in ('logout', 'others', 'reuse', 'password', 'blocked', 'expired'))
);
create index sessions_user on sessions (user_id) where ended_at is null;

-- Hashes of refresh tokens. A used token that comes back within the grace time gets the same successor
-- (its answer was lost on the way); later it means theft and ends the session.
create table refresh_tokens (
  hash bytea primary key,
  company_id uuid not null references companies,
  session_id uuid not null references sessions on delete cascade,
  generation int not null,
  created_at timestamptz not null,
  used_at timestamptz
);
create index refresh_tokens_session on refresh_tokens (session_id);

-- One-time codes for residents. Keyed by phone: asking tells nothing about who is known.
create table login_codes (
  phone text primary key check (phone ~ '^\+998[0-9]{9}$'),
  code_hash bytea not null,
  attempts smallint not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create table password_resets (
  token_hash bytea primary key,
  user_id uuid not null references users on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);
create table recovery_codes (
  user_id uuid not null references users on delete cascade,
  code_hash bytea not null,
  used_at timestamptz,
  primary key (user_id, code_hash)
);

call protect('sessions');
call protect('refresh_tokens');

-- Tables without a company are reached only by the system role.
create procedure system_only(t regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', t);
  execute format('alter table %s force row level security', t);
  execute format('create policy system on %s to uk_system using (true) with check (true)', t);
end $$;
call system_only('login_codes');
call system_only('password_resets');
call system_only('recovery_codes');
