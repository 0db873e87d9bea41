-- Events written with the change they tell of. The relay gives each a `seq` in the order of publication:
-- ids of concurrent transactions may commit out of order, `seq` never does, so a client can resume from it.
create sequence event_seq;
create table outbox_events (
  id uuid primary key,
  company_id uuid not null references companies,
  seq bigint unique,
  type text not null,
  data jsonb not null,
  -- who may hear of it: the request's building, author and assignee
  audience jsonb not null,
  created_at timestamptz not null,
  published_at timestamptz
);
create index outbox_unpublished on outbox_events (created_at, id) where seq is null;
create index outbox_resume on outbox_events (company_id, seq) where seq is not null;

-- Every change of every record: who, when, through which door, what.
create table audit_log (
  id uuid primary key,
  company_id uuid not null references companies,
  at timestamptz not null,
  actor_id uuid,
  actor_name text not null,
  actor_role text not null,
  door text not null,
  action text not null,
  object_type text not null,
  object_id uuid,
  changes jsonb not null default '{}'
);
create index audit_order on audit_log (company_id, at desc, id desc);
create index audit_object on audit_log (company_id, object_type, object_id, at desc);
create trigger audit_append_only before update or delete on audit_log for each row execute function refuse_change();
revoke update, delete on audit_log from uk_app, uk_system;

-- Answers of calls that carried an Idempotency-Key, stored with their effect.
create table idempotency_keys (
  company_id uuid not null references companies,
  user_id uuid not null,
  key text not null check (length(key) between 1 and 200),
  request_hash bytea not null,
  status int,
  body jsonb,
  created_at timestamptz not null,
  primary key (company_id, user_id, key)
);
create index idempotency_age on idempotency_keys (created_at);

-- Messages to people: one row for each channel and recipient. Without a provider in development they stay
-- `captured` and are shown on the outbox page.
create table deliveries (
  id uuid primary key,
  company_id uuid references companies,
  user_id uuid,
  channel text not null check (channel in ('sms', 'email', 'telegram')),
  address text not null,
  template text not null,
  lang text not null check (lang in ('ru', 'uz', 'en')),
  params jsonb not null,
  state text not null default 'queued' check (state in ('queued', 'sent', 'captured', 'failed')),
  error text,
  created_at timestamptz not null,
  done_at timestamptz
);
create index deliveries_order on deliveries (created_at desc, id desc);

-- Telegram: raw updates first, work later; a repeat is ignored by its key.
create table telegram_inbox (
  bot_id bigint not null,
  update_id bigint not null,
  chat_id bigint,
  body jsonb not null,
  received_at timestamptz not null,
  done_at timestamptz,
  outcome text,
  attempts smallint not null default 0,
  primary key (bot_id, update_id)
);
create index telegram_inbox_waiting on telegram_inbox (chat_id, update_id) where done_at is null;

-- A chat that belongs to a resident's login, with the state of its dialogue.
create table telegram_chats (
  bot_id bigint not null,
  chat_id bigint not null,
  user_id uuid references users on delete set null,
  lang text check (lang in ('ru', 'uz', 'en')),
  dialogue jsonb not null default '{}',
  blocked_at timestamptz,
  updated_at timestamptz not null,
  primary key (bot_id, chat_id)
);
create index telegram_chats_user on telegram_chats (user_id) where user_id is not null;

call protect('outbox_events');
call protect('audit_log');
call protect('idempotency_keys');
call protect('deliveries');
call system_only('telegram_inbox');
call system_only('telegram_chats');
