-- Less to pay for days when nobody was at home or the service was poor. A large one waits for a second person.
create table recalculations (
  id uuid primary key,
  company_id uuid not null references companies,
  account_id uuid not null,
  service_id uuid not null,
  -- the month that was charged
  period date not null check (period = date_trunc('month', period)::date),
  from_on date not null,
  to_on date not null check (to_on >= from_on),
  -- hundredths of a percent: how much of those days is not to be paid
  percent_bp int not null check (percent_bp between 1 and 10000),
  month_days smallint not null check (month_days between 28 and 31),
  -- what was charged for the month, and what of it is taken off
  charged_tiyin bigint not null check (charged_tiyin > 0),
  amount_tiyin bigint not null check (amount_tiyin > 0 and amount_tiyin <= charged_tiyin),
  reason text not null check (length(reason) between 1 and 500),
  state text not null check (state in ('waiting', 'booked', 'refused')),
  created_at timestamptz not null,
  created_by uuid references users,
  created_by_name text not null,
  decided_at timestamptz,
  decided_by uuid references users,
  decided_by_name text,
  check (date_trunc('month', from_on)::date = period and date_trunc('month', to_on)::date = period),
  check (decided_by is distinct from created_by or decided_by is null),
  unique (company_id, id),
  foreign key (company_id, account_id) references personal_accounts (company_id, id),
  foreign key (company_id, service_id) references services (company_id, id)
);
create index recalculations_account on recalculations (company_id, account_id, created_at desc);
call protect('recalculations');

-- From here on a second person decides.
alter table billing_rules add column approve_over_tiyin bigint not null default 100000000 check (approve_over_tiyin >= 0);
