-- What paying late costs: dated editions of a company's rules, runs of penalties, and what is forgiven of them.

-- One edition. Never changed and never removed; without one nothing is charged.
create table penalty_rules (
  id uuid primary key,
  company_id uuid not null references companies,
  since date not null check (since = date_trunc('month', since)::date),
  due_day smallint not null check (due_day between 1 and 28),
  grace_days smallint not null check (grace_days between 0 and 90),
  -- a day, in hundredths of a basis point: 1000 is 0.1 %
  person_rate int not null check (person_rate between 0 and 20000),
  legal_rate int not null check (legal_rate between 0 and 20000),
  -- hundredths of a percent of the debt
  cap_bp int not null check (cap_bp between 0 and 10000),
  created_at timestamptz not null,
  created_by uuid references users,
  created_by_name text not null,
  unique (company_id, id)
);
create index penalty_rules_order on penalty_rules (company_id, since, created_at);

-- Who has to pay an account, where the kind of its unit does not say it.
alter table personal_accounts add column payer text check (payer in ('person', 'legal'));

create table penalty_runs (
  id uuid primary key,
  company_id uuid not null references companies,
  -- the month whose days are counted
  period date not null check (period = date_trunc('month', period)::date),
  state text not null check (state in ('previewing', 'ready', 'posting', 'posted', 'undoing', 'undone', 'stopped')),
  task_id uuid,
  -- what it holds
  accounts int not null default 0,
  amount_tiyin bigint not null default 0,
  created_at timestamptz not null,
  created_by uuid references users,
  created_by_name text not null,
  posted_at timestamptz,
  version int not null default 1,
  unique (company_id, id),
  foreign key (company_id, task_id) references tasks (company_id, id)
);
create index penalty_runs_order on penalty_runs (company_id, period desc, created_at desc);

-- What a look found, account by account; booking counts anew.
create table penalty_finds (
  company_id uuid not null references companies,
  run_id uuid not null,
  account_id uuid not null,
  building_id uuid not null,
  payer text not null check (payer in ('person', 'legal')),
  lines jsonb not null,
  amount_tiyin bigint not null check (amount_tiyin > 0),
  primary key (company_id, run_id, account_id),
  foreign key (company_id, run_id) references penalty_runs (company_id, id) on delete cascade,
  foreign key (company_id, account_id) references personal_accounts (company_id, id) on delete cascade
);
create index penalty_finds_largest on penalty_finds (company_id, run_id, amount_tiyin desc);

-- The penalty of an account for a month, with everything it was counted from.
create table penalty_charges (
  id uuid primary key,
  company_id uuid not null references companies,
  run_id uuid not null,
  period date not null,
  account_id uuid not null,
  building_id uuid not null,
  payer text not null check (payer in ('person', 'legal')),
  lines jsonb not null check (jsonb_array_length(lines) > 0),
  amount_tiyin bigint not null check (amount_tiyin > 0),
  entry_id uuid not null,
  undone_at timestamptz,
  unique (company_id, id),
  foreign key (company_id, run_id) references penalty_runs (company_id, id),
  foreign key (company_id, account_id) references personal_accounts (company_id, id)
);
-- Once an account and month: running again changes nothing.
create unique index penalty_charges_once on penalty_charges (company_id, account_id, period) where undone_at is null;
create index penalty_charges_run on penalty_charges (company_id, run_id);
create index penalty_charges_month on penalty_charges (company_id, building_id, period);

create function penalty_charge_is_kept() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.undone_at is not null or (to_jsonb(new) - 'undone_at') is distinct from (to_jsonb(old) - 'undone_at') then
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger penalty_charges_kept before update or delete on penalty_charges for each row execute function penalty_charge_is_kept();
create trigger penalty_rules_append_only before update or delete on penalty_rules for each row execute function refuse_change();

-- A penalty that is forgiven; over the company's limit it waits for a second person.
create table penalty_waivers (
  id uuid primary key,
  company_id uuid not null references companies,
  penalty_id uuid not null,
  account_id uuid not null,
  amount_tiyin bigint not null check (amount_tiyin > 0),
  reason text not null check (length(reason) between 1 and 500),
  state text not null check (state in ('waiting', 'booked', 'refused')),
  created_at timestamptz not null,
  created_by uuid references users,
  created_by_name text not null,
  decided_at timestamptz,
  decided_by uuid references users,
  decided_by_name text,
  check (decided_by is distinct from created_by or decided_by is null),
  unique (company_id, id),
  foreign key (company_id, penalty_id) references penalty_charges (company_id, id),
  foreign key (company_id, account_id) references personal_accounts (company_id, id)
);
create unique index penalty_waivers_once on penalty_waivers (company_id, penalty_id) where state <> 'refused';
create index penalty_waivers_account on penalty_waivers (company_id, account_id, created_at desc);

call protect('penalty_rules');
call protect('penalty_runs');
call protect('penalty_finds');
call protect('penalty_charges');
call protect('penalty_waivers');
