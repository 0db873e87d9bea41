create table complexes (
  id uuid primary key,
  company_id uuid not null references companies,
  name text not null check (length(name) between 1 and 200),
  unique (company_id, id)
);

create table buildings (
  id uuid primary key,
  company_id uuid not null references companies,
  complex_id uuid,
  address text not null check (length(address) between 1 and 300),
  year smallint check (year between 1850 and 2100),
  storeys smallint not null default 1 check (storeys between 1 and 200),
  has_lift boolean not null default false,
  -- for dispatchers: where the valve is, who holds the key
  hint text check (length(hint) <= 2000),
  latitude double precision check (latitude between -90 and 90),
  longitude double precision check (longitude between -180 and 180),
  unique (company_id, id),
  unique (company_id, address),
  foreign key (company_id, complex_id) references complexes (company_id, id)
);

create table entrances (
  id uuid primary key,
  company_id uuid not null references companies,
  building_id uuid not null,
  number smallint not null check (number between 1 and 99),
  unique (company_id, id),
  unique (company_id, building_id, number),
  foreign key (company_id, building_id) references buildings (company_id, id)
);

create table units (
  id uuid primary key,
  company_id uuid not null references companies,
  building_id uuid not null,
  entrance_id uuid,
  kind text not null default 'flat' check (kind in ('flat', 'shop', 'storage', 'parking')),
  number text not null check (length(number) between 1 and 20),
  floor smallint,
  rooms smallint check (rooms between 0 and 50),
  area_cm2 bigint check (area_cm2 > 0),
  unique (company_id, id),
  unique (company_id, building_id, kind, number),
  foreign key (company_id, building_id) references buildings (company_id, id),
  foreign key (company_id, entrance_id) references entrances (company_id, id)
);

create table personal_accounts (
  id uuid primary key,
  company_id uuid not null references companies,
  unit_id uuid not null,
  number text not null check (length(number) between 1 and 30),
  opened_on date not null,
  closed_on date check (closed_on >= opened_on),
  unique (company_id, id),
  unique (company_id, number),
  foreign key (company_id, unit_id) references units (company_id, id)
);
create index personal_accounts_unit on personal_accounts (company_id, unit_id);

call protect('complexes');
call protect('buildings');
call protect('entrances');
call protect('units');
call protect('personal_accounts');
