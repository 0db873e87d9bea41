-- What a company works with and what it sells: materials for the worker's report, services for estimates.
create table catalogue (
  id uuid primary key,
  company_id uuid not null references companies,
  list text not null check (list in ('material', 'service')),
  -- {"ru": …, "uz": …, "en": …}
  names jsonb not null check (jsonb_typeof(names) = 'object'),
  unit text not null check (unit in ('piece', 'metre', 'square_metre', 'kilogram', 'litre', 'pack', 'set', 'hour', 'visit')),
  price_tiyin bigint not null check (price_tiyin between 0 and 100000000000),
  category text check (category in ('plumbing', 'electrical', 'heating', 'elevator', 'cleaning', 'doors', 'yard', 'other')),
  version int not null default 1,
  archived_at timestamptz,
  created_at timestamptz not null,
  unique (company_id, id)
);
create index catalogue_list on catalogue (company_id, list, id) where archived_at is null;

-- What is to be looked at, in order. With a category it is copied into every request of that category.
create table checklists (
  id uuid primary key,
  company_id uuid not null references companies,
  name text not null check (length(name) between 1 and 200),
  category text check (category in ('plumbing', 'electrical', 'heating', 'elevator', 'cleaning', 'doors', 'yard', 'other')),
  items text[] not null check (cardinality(items) between 1 and 50),
  version int not null default 1,
  archived_at timestamptz,
  created_at timestamptz not null,
  unique (company_id, id)
);
create unique index checklists_category on checklists (company_id, category) where category is not null and archived_at is null;

create table request_checks (
  id uuid primary key,
  company_id uuid not null references companies,
  request_id uuid not null,
  position int not null,
  text text not null check (length(text) between 1 and 300),
  -- added on the spot, not from a template
  added boolean not null default false,
  done_at timestamptz,
  done_by text,
  check ((done_at is null) = (done_by is null)),
  foreign key (company_id, request_id) references requests (company_id, id) on delete cascade
);
create index request_checks_request on request_checks (company_id, request_id, position);

-- Names, unit and price as they were when the material was used.
create table request_materials (
  id uuid primary key,
  company_id uuid not null references companies,
  request_id uuid not null,
  material_id uuid not null,
  names jsonb not null,
  unit text not null,
  price_tiyin bigint not null check (price_tiyin >= 0),
  quantity_milli bigint not null check (quantity_milli between 1 and 1000000000),
  by_name text not null,
  at timestamptz not null,
  foreign key (company_id, request_id) references requests (company_id, id) on delete cascade,
  foreign key (company_id, material_id) references catalogue (company_id, id)
);
create index request_materials_request on request_materials (company_id, request_id, at);

-- Time spent; without minutes the clock is running.
create table request_times (
  id uuid primary key,
  company_id uuid not null references companies,
  request_id uuid not null,
  -- a super admin's login belongs to no company, hence no company in this key
  user_id uuid not null references users,
  by_name text not null,
  by_hand boolean not null,
  started_at timestamptz not null,
  minutes int check (minutes between 1 and 14400),
  note text check (length(note) <= 300),
  check (by_hand <= (minutes is not null)),
  foreign key (company_id, request_id) references requests (company_id, id) on delete cascade
);
create index request_times_request on request_times (company_id, request_id, started_at);
-- One pair of hands, one clock.
create unique index request_times_running on request_times (company_id, user_id) where minutes is null;

create table request_costs (
  id uuid primary key,
  company_id uuid not null references companies,
  request_id uuid not null,
  amount_tiyin bigint not null check (amount_tiyin between 1 and 100000000000),
  reason text not null check (length(reason) between 1 and 300),
  by_name text not null,
  at timestamptz not null,
  foreign key (company_id, request_id) references requests (company_id, id) on delete cascade
);
create index request_costs_request on request_costs (company_id, request_id, at);

-- What must be there before work may be reported as done; empty kind or category means any.
create table proof_rules (
  company_id uuid not null references companies,
  position int not null,
  kind text check (kind in ('regular', 'emergency', 'paid', 'warranty')),
  category text check (category in ('plumbing', 'electrical', 'heating', 'elevator', 'cleaning', 'doors', 'yard', 'other')),
  needs text[] not null check (cardinality(needs) >= 1 and needs <@ array['photo', 'checklist', 'time', 'confirmation']),
  primary key (company_id, position)
);
create table work_settings (
  company_id uuid primary key references companies,
  version int not null default 1,
  -- paid work starts only after the resident accepted its estimate
  paid_waits boolean not null default false
);

-- Four digits that the resident sees and tells the worker: good once, and tried only a few times.
create table confirmation_codes (
  company_id uuid not null references companies,
  request_id uuid not null,
  code text not null check (code ~ '^[0-9]{4}$'),
  wrong smallint not null default 0,
  used_at timestamptz,
  made_at timestamptz not null,
  primary key (company_id, request_id),
  foreign key (company_id, request_id) references requests (company_id, id) on delete cascade
);
insert into confirmation_codes (company_id, request_id, code, made_at)
  select company_id, id, lpad(floor(random() * 10000)::int::text, 4, '0'), now() from requests where status = 'in_progress';

-- The resident's word that the work was done, over what the request said at that moment.
create table confirmations (
  id uuid primary key,
  company_id uuid not null references companies,
  request_id uuid not null,
  how text not null check (how in ('code', 'signature', 'absent')),
  at timestamptz not null,
  by_name text not null,
  signer text check (length(signer) between 1 and 200),
  reason text check (length(reason) between 1 and 1000),
  file_id uuid,
  -- sha-256 of number, result and totals
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  -- the work was sent back: this word was about something else
  superseded_at timestamptz,
  check ((how = 'absent') = (reason is not null)),
  check ((how = 'signature') = (file_id is not null)),
  foreign key (company_id, request_id) references requests (company_id, id) on delete cascade,
  foreign key (company_id, file_id) references files (company_id, id)
);
create unique index confirmations_current on confirmations (company_id, request_id) where superseded_at is null;

-- A signature is no photo of the work, and a picture of a round may belong to no request.
alter table files add column purpose text not null default 'photo' check (purpose in ('photo', 'signature', 'round'));

call protect('catalogue');
call protect('checklists');
call protect('request_checks');
call protect('request_materials');
call protect('request_times');
call protect('request_costs');
call protect('proof_rules');
call protect('work_settings');
call protect('confirmation_codes');
call protect('confirmations');
