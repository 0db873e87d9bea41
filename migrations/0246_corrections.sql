-- A sum that somebody books on an account by hand: a mistake put right, a debt written off, a payment that went to a
-- neighbour. A large one waits for a second person.
create table corrections (
  id uuid primary key,
  company_id uuid not null references companies,
  account_id uuid not null,
  -- the account that has the other side; income without one
  other_id uuid check (other_id <> account_id),
  service_id uuid,
  -- above zero is owed more
  amount_tiyin bigint not null check (amount_tiyin <> 0),
  -- the day it counts from; that of the booking while it is not said
  booked_on date,
  reason text not null check (length(reason) between 1 and 500),
  state text not null check (state in ('waiting', 'booked', 'refused')),
  created_at timestamptz not null,
  created_by uuid references users,
  created_by_name text not null,
  decided_at timestamptz,
  decided_by uuid references users,
  decided_by_name text,
  check (state <> 'booked' or booked_on is not null),
  check (decided_by is distinct from created_by or decided_by is null),
  -- a service has its income, another account has none
  check (other_id is null or service_id is null),
  unique (company_id, id),
  foreign key (company_id, account_id) references personal_accounts (company_id, id),
  foreign key (company_id, other_id) references personal_accounts (company_id, id),
  foreign key (company_id, service_id) references services (company_id, id)
);
create index corrections_account on corrections (company_id, account_id, created_at desc);
create index corrections_other on corrections (company_id, other_id, created_at desc) where other_id is not null;
call protect('corrections');
