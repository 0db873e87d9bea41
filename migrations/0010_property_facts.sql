-- Digits padded, so that texts sort as people count: 2, 10, 12, 12а.
create function natural_key(value text) returns text language sql immutable strict parallel safe
  return regexp_replace(regexp_replace(lower(value), '(\d+)', '0000000000000000000\1', 'g'), '\d*(\d{20})', '\1', 'g');

-- The same for numbers of units, where а, б, в and a, b, c count alike whatever the alphabet.
create function unit_key(number text) returns text language sql immutable strict parallel safe
  return translate(natural_key(number), 'абвгдежзик', 'abcdefghij');

alter table complexes
  add column version int not null default 1,
  add column archived_at timestamptz;
create unique index complexes_name on complexes (company_id, lower(name)) where archived_at is null;

alter table buildings
  add column version int not null default 1,
  add column archived_at timestamptz,
  -- a short number of the house inside the company, for numbers of personal accounts; given on first need
  add column code int check (code between 1 and 99999),
  add column area_cm2 bigint check (area_cm2 > 0),
  -- what the house is connected to; tariffs depend on it
  add column networks text[] not null default '{}' check (networks <@
    array['cold_water', 'hot_water', 'sewerage', 'gas', 'electricity', 'heating', 'internet']),
  add column sort_key text collate "C" not null generated always as (natural_key(address)) stored,
  add constraint buildings_code unique (company_id, code);
create index buildings_order on buildings (company_id, sort_key, id);
create index buildings_complex on buildings (company_id, complex_id) where complex_id is not null;
create index buildings_text on buildings using gin (company_id, address gin_trgm_ops);

alter table units
  drop constraint units_kind_check,
  add constraint units_kind_check check (kind in ('flat', 'apartment', 'shop', 'storage', 'parking')),
  add column version int not null default 1,
  add column archived_at timestamptz,
  add column cadastral text check (length(cadastral) between 1 and 40),
  add column sort_key text collate "C" not null generated always as (unit_key(number)) stored;
create index units_order on units (company_id, building_id, sort_key, id);
-- Flats and apartments share one row of numbers: "кв. 12" must mean one door.
create unique index units_home_number on units (company_id, building_id, number) where kind in ('flat', 'apartment');

alter table personal_accounts
  add column version int not null default 1;

-- How numbers of personal accounts are made; a company without a row has the default rule.
create table account_rules (
  company_id uuid primary key references companies,
  template text not null check (length(template) between 1 and 60),
  -- the last number given out by {seq}
  last_seq bigint not null default 0 check (last_seq >= 0),
  version int not null default 1
);

-- Contracts, minutes, reports: of one house, or of the company when `building_id` is empty.
create table documents (
  id uuid primary key,
  company_id uuid not null references companies,
  building_id uuid,
  title text not null check (length(title) between 1 and 200),
  visibility text not null check (visibility in ('internal', 'residents', 'public')),
  file_name text not null check (length(file_name) between 1 and 200),
  content_type text not null,
  size bigint not null check (size > 0),
  blob_key text not null,
  version int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (company_id, id),
  foreign key (company_id, building_id) references buildings (company_id, id)
);
create index documents_order on documents (company_id, building_id, updated_at desc, id desc);

-- Counters of open requests on lists of houses and on their charts.
create index requests_open_place on requests (company_id, building_id, unit_id, due_at)
  where status in ('new', 'assigned', 'in_progress', 'deferred', 'returned');

call protect('account_rules');
call protect('documents');
