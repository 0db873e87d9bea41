-- Reminders to who owes: the company's ladder, what was sent, and what debtors promised.

create table reminder_rules (
  company_id uuid primary key references companies,
  enabled boolean not null default false,
  -- smaller debts are not reminded of
  least_tiyin bigint not null default 0 check (least_tiyin >= 0),
  skip_weekends boolean not null default false,
  -- the steps in their order: kind, days, wish, text in three languages
  steps jsonb not null default '[]' check (jsonb_typeof(steps) = 'array' and jsonb_array_length(steps) <= 8),
  version int not null default 1
);

create table reminders (
  id uuid primary key,
  company_id uuid not null references companies,
  account_id uuid not null,
  -- the oldest month that was not paid: with its payment the ladder begins anew
  episode date not null check (episode = date_trunc('month', episode)::date),
  step smallint not null check (step between 1 and 8),
  kind text not null check (kind in ('message', 'letter', 'pre_claim', 'claim')),
  -- the day where the company is
  sent_on date not null,
  sent_at timestamptz not null,
  debt_tiyin bigint not null check (debt_tiyin > 0),
  days_late int not null,
  -- how each person was reached
  roads text[] not null,
  -- nobody when it went by itself
  created_by uuid references users,
  created_by_name text,
  unique (company_id, id),
  foreign key (company_id, account_id) references personal_accounts (company_id, id) on delete cascade
);
-- By itself each step goes out once an episode, and nobody hears twice on one day.
create unique index reminders_once on reminders (company_id, account_id, episode, step) where created_by_name is null;
create unique index reminders_a_day on reminders (company_id, account_id, sent_on);
create index reminders_account on reminders (company_id, account_id, sent_at desc);

create table debt_promises (
  id uuid primary key,
  company_id uuid not null references companies,
  account_id uuid not null,
  promised_on date not null,
  note text check (length(note) between 1 and 500),
  created_at timestamptz not null,
  created_by uuid references users,
  created_by_name text not null,
  unique (company_id, id),
  foreign key (company_id, account_id) references personal_accounts (company_id, id) on delete cascade
);
create index debt_promises_account on debt_promises (company_id, account_id, created_at desc);

call protect('reminder_rules');
call protect('reminders');
call protect('debt_promises');
