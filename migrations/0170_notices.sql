-- What people are told: one row for each person and event, whatever roads it takes. Staff by their login, residents as
-- people, who may have no login yet.
create table notices (
  id uuid primary key,
  company_id uuid not null references companies,
  user_id uuid,
  contact_id uuid,
  person_id uuid not null generated always as (coalesce(user_id, contact_id)) stored,
  kind text not null check (kind ~ '^[a-z_]{1,40}$'),
  -- the same event told twice is told once
  key text not null check (length(key) between 1 and 200),
  object text check (object in ('request', 'outage', 'payment', 'account', 'news')),
  object_id uuid,
  facts jsonb not null,
  -- does not wait for the morning
  urgent boolean not null default false,
  -- stands in the person's list; who has switched the list off for this kind may still get it by another road
  shown boolean not null,
  at timestamptz not null,
  read_at timestamptz,
  unique (company_id, id),
  unique (company_id, person_id, key),
  check (num_nonnulls(user_id, contact_id) = 1),
  check ((object is null) = (object_id is null)),
  foreign key (company_id, user_id) references users (company_id, id) on delete cascade,
  foreign key (company_id, contact_id) references contacts (company_id, id) on delete cascade
);
create index notices_person on notices (company_id, person_id, at desc, id desc) where shown;
create index notices_unread on notices (company_id, person_id, at desc) where shown and read_at is null;
create index notices_object on notices (company_id, object_id) where object_id is not null;

-- Where a person wants something else than the product proposes.
create table notice_choices (
  company_id uuid not null references companies,
  user_id uuid,
  contact_id uuid,
  person_id uuid not null generated always as (coalesce(user_id, contact_id)) stored,
  kind text not null check (kind ~ '^[a-z_]{1,40}$'),
  channel text not null check (channel in ('in_app', 'telegram', 'web_push', 'fcm', 'email', 'sms')),
  wanted boolean not null,
  primary key (company_id, person_id, kind, channel),
  check (num_nonnulls(user_id, contact_id) = 1),
  foreign key (company_id, user_id) references users (company_id, id) on delete cascade,
  foreign key (company_id, contact_id) references contacts (company_id, id) on delete cascade
);

-- When a person wants no messages, by the clock of their company; who has said nothing sleeps from ten to eight.
create table notice_hours (
  company_id uuid not null references companies,
  user_id uuid,
  contact_id uuid,
  person_id uuid not null generated always as (coalesce(user_id, contact_id)) stored,
  quiet boolean not null,
  quiet_from time not null,
  quiet_till time not null,
  primary key (company_id, person_id),
  check (num_nonnulls(user_id, contact_id) = 1),
  foreign key (company_id, user_id) references users (company_id, id) on delete cascade,
  foreign key (company_id, contact_id) references contacts (company_id, id) on delete cascade
);

-- One message over one channel to one address. `sending` marks an attempt that has begun: whoever finds it so after a
-- crash knows that the message may be out already.
alter table deliveries
  drop constraint deliveries_channel_check,
  drop constraint deliveries_state_check,
  add constraint deliveries_channel_check check (channel in ('in_app', 'telegram', 'web_push', 'fcm', 'email', 'sms')),
  add constraint deliveries_state_check
    check (state in ('queued', 'sending', 'sent', 'delivered', 'read', 'captured', 'failed')),
  add column notice_id uuid,
  -- whose secrets hold the address; the row itself shows it covered
  add column contact_id uuid,
  add column attempts int not null default 0,
  -- not before this moment
  add column run_at timestamptz,
  add column sent_at timestamptz,
  add column delivered_at timestamptz,
  add column read_at timestamptz,
  add foreign key (company_id, notice_id) references notices (company_id, id) on delete cascade,
  add foreign key (company_id, contact_id) references contacts (company_id, id) on delete cascade;
create unique index deliveries_once on deliveries (company_id, notice_id, channel, address) where notice_id is not null;
create index deliveries_company on deliveries (company_id, created_at desc, id desc);
create index deliveries_contact on deliveries (company_id, contact_id) where contact_id is not null;

-- The live chats of people of the current company, with the language each chose.
create function chats_of(people uuid[]) returns table (person_id uuid, chat_id bigint, lang text)
  language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(u.contact_id, u.id), c.chat_id, coalesce(c.lang, u.lang)
  from users u join telegram_chats c on c.user_id = u.id
  where u.company_id = current_company() and (u.id = any(people) or u.contact_id = any(people))
    and c.blocked_at is null and u.blocked_at is null
  order by c.updated_at desc, c.chat_id
$$;
do $$
begin
  grant create on schema public to uk_system;
  alter function chats_of(uuid[]) owner to uk_system;
  revoke create on schema public from uk_system;
end $$;
revoke all on function chats_of(uuid[]) from public;
grant execute on function chats_of(uuid[]) to uk_app, uk_system;

-- The state an outage is in counts as news once; one it comes back to is news again.
alter table outages add column stage int not null default 0;

-- What the desk was told so far moves over.
insert into notices (id, company_id, user_id, kind, key, object, object_id, facts, shown, at, read_at)
select n.id, n.company_id, n.user_id,
  case n.kind when 'status' then 'followed' when 'responsible' then 'involved' when 'watching' then 'involved' else n.kind end,
  'moved:' || n.id, 'request', n.request_id,
  jsonb_build_object('number', r.number::text, 'address', r.address, 'person', n.actor_name)
    || case n.kind when 'status' then jsonb_build_object('status', n.body)
         when 'responsible' then '{"part": "responsible"}' when 'watching' then '{"part": "watching"}'
         else jsonb_build_object('words', n.body) end,
  true, n.at, n.seen_at
from request_notices n
join requests r on r.company_id = n.company_id and r.id = n.request_id
join users u on u.company_id = n.company_id and u.id = n.user_id;
drop table request_notices;

call protect('notices');
call protect('notice_choices');
call protect('notice_hours');
