-- Risers: the pipes and cables that feed flats one above another. Closing a riser's valve leaves exactly its units
-- without the resource.
create table risers (
  id uuid primary key,
  company_id uuid not null references companies,
  building_id uuid not null,
  -- empty for one that feeds the whole house
  entrance_id uuid,
  resource text not null check (resource in ('cold_water', 'hot_water', 'heating', 'electricity', 'gas')),
  name text not null check (length(name) between 1 and 40),
  version int not null default 1,
  archived_at timestamptz,
  unique (company_id, id),
  foreign key (company_id, building_id) references buildings (company_id, id) on delete cascade,
  foreign key (company_id, entrance_id) references entrances (company_id, id) on delete cascade
);
create unique index risers_name on risers (company_id, building_id, entrance_id, resource, lower(name))
  nulls not distinct where archived_at is null;

create table riser_units (
  company_id uuid not null references companies,
  riser_id uuid not null,
  unit_id uuid not null,
  primary key (company_id, riser_id, unit_id),
  foreign key (company_id, riser_id) references risers (company_id, id) on delete cascade,
  foreign key (company_id, unit_id) references units (company_id, id) on delete cascade
);
create index riser_units_unit on riser_units (company_id, unit_id);

-- Outages (отключения). A text that is empty is made from the facts whenever it is shown.
create table outages (
  id uuid primary key,
  company_id uuid not null references companies,
  version int not null default 1,
  kind text not null check (kind in ('planned', 'emergency')),
  resource text not null check (resource in ('cold_water', 'hot_water', 'heating', 'electricity', 'gas', 'lift', 'other')),
  status text not null check (status in ('planned', 'running', 'ended', 'cancelled')),
  starts_at timestamptz not null,
  -- when it is expected to be over; empty while nobody knows
  ends_at timestamptz check (ends_at > starts_at),
  -- when it was over
  ended_at timestamptz,
  text_ru text check (length(text_ru) between 1 and 2000),
  text_uz text check (length(text_uz) between 1 and 2000),
  text_en text check (length(text_en) between 1 and 2000),
  note text check (length(note) between 1 and 4000),
  -- a super admin's login belongs to no company, hence no company in this key
  created_by uuid references users,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (company_id, id),
  check ((ended_at is not null) = (status in ('ended', 'cancelled')))
);
create index outages_order on outages (company_id, status, starts_at desc, id desc);
create index outages_to_start on outages (starts_at) where status = 'planned';
create index outages_to_end on outages (ends_at) where status = 'running' and kind = 'planned';

-- Where: a house, one of its entrances, or a riser.
create table outage_places (
  company_id uuid not null references companies,
  outage_id uuid not null,
  building_id uuid not null,
  entrance_id uuid,
  riser_id uuid,
  position smallint not null,
  primary key (company_id, outage_id, position),
  foreign key (company_id, outage_id) references outages (company_id, id) on delete cascade,
  foreign key (company_id, building_id) references buildings (company_id, id),
  foreign key (company_id, entrance_id) references entrances (company_id, id),
  foreign key (company_id, riser_id) references risers (company_id, id),
  check (riser_id is null or entrance_id is null)
);
create index outage_places_building on outage_places (company_id, building_id);

-- Whether a place of the unit's house takes the unit in.
create function outage_hits(entrance uuid, riser uuid, u units) returns boolean language sql stable
  return (entrance is null or u.entrance_id = entrance)
    and (riser is null or exists (
      select from riser_units r where r.company_id = u.company_id and r.riser_id = riser and r.unit_id = u.id));

-- Requests that an outage explains; a request has one cause.
create table outage_requests (
  company_id uuid not null references companies,
  request_id uuid not null,
  outage_id uuid not null,
  linked_at timestamptz not null,
  primary key (company_id, request_id),
  foreign key (company_id, request_id) references requests (company_id, id) on delete cascade,
  foreign key (company_id, outage_id) references outages (company_id, id) on delete cascade
);
create index outage_requests_outage on outage_requests (company_id, outage_id);

-- Who told that it concerns them as well: residents themselves, and callers written down by the desk.
create table outage_joins (
  id uuid primary key,
  company_id uuid not null references companies,
  outage_id uuid not null,
  contact_id uuid,
  unit_id uuid,
  name text check (length(name) between 1 and 200),
  phone text check (phone ~ '^\+998[0-9]{9}$'),
  joined_at timestamptz not null,
  foreign key (company_id, outage_id) references outages (company_id, id) on delete cascade,
  foreign key (company_id, contact_id) references contacts (company_id, id) on delete cascade,
  foreign key (company_id, unit_id) references units (company_id, id) on delete cascade
);
create unique index outage_joins_once on outage_joins (company_id, outage_id, contact_id) where contact_id is not null;
create index outage_joins_outage on outage_joins (company_id, outage_id, joined_at);

-- The same for a request about something that neighbours share.
create table request_joins (
  company_id uuid not null references companies,
  request_id uuid not null,
  contact_id uuid not null,
  joined_at timestamptz not null,
  primary key (company_id, request_id, contact_id),
  foreign key (company_id, request_id) references requests (company_id, id) on delete cascade,
  foreign key (company_id, contact_id) references contacts (company_id, id) on delete cascade
);
create index request_joins_contact on request_joins (company_id, contact_id);

-- What the detector thinks is an outage. One open proposal for a house and a category.
create table outage_proposals (
  id uuid primary key,
  company_id uuid not null references companies,
  building_id uuid not null,
  category text not null,
  status text not null default 'open' check (status in ('open', 'accepted', 'dismissed', 'lapsed')),
  first_at timestamptz not null,
  last_at timestamptz not null,
  -- a dismissed one keeps the detector quiet until then
  quiet_until timestamptz,
  outage_id uuid,
  decided_at timestamptz,
  created_at timestamptz not null,
  unique (company_id, id),
  check ((status = 'accepted') = (outage_id is not null)),
  foreign key (company_id, building_id) references buildings (company_id, id) on delete cascade,
  foreign key (company_id, outage_id) references outages (company_id, id) on delete cascade
);
create unique index outage_proposals_open on outage_proposals (company_id, building_id, category) where status = 'open';
create index outage_proposals_quiet on outage_proposals (company_id, building_id, category, quiet_until) where status = 'dismissed';

create table outage_proposal_places (
  company_id uuid not null references companies,
  proposal_id uuid not null,
  entrance_id uuid,
  riser_id uuid,
  foreign key (company_id, proposal_id) references outage_proposals (company_id, id) on delete cascade,
  foreign key (company_id, entrance_id) references entrances (company_id, id) on delete cascade,
  foreign key (company_id, riser_id) references risers (company_id, id) on delete cascade
);
create index outage_proposal_places_proposal on outage_proposal_places (company_id, proposal_id);

create table outage_proposal_requests (
  company_id uuid not null references companies,
  proposal_id uuid not null,
  request_id uuid not null,
  primary key (company_id, proposal_id, request_id),
  foreign key (company_id, proposal_id) references outage_proposals (company_id, id) on delete cascade,
  foreign key (company_id, request_id) references requests (company_id, id) on delete cascade
);

-- What the detector goes by; without a row the defaults hold.
create table outage_settings (
  company_id uuid primary key references companies,
  version int not null default 1,
  minutes smallint not null check (minutes between 5 and 1440),
  riser smallint not null check (riser between 2 and 1000),
  entrance smallint not null check (entrance between 2 and 1000),
  house smallint not null check (house between 2 and 1000),
  quiet_hours smallint not null check (quiet_hours between 1 and 168)
);

call protect('risers');
call protect('riser_units');
call protect('outages');
call protect('outage_places');
call protect('outage_requests');
call protect('outage_joins');
call protect('request_joins');
call protect('outage_proposals');
call protect('outage_proposal_places');
call protect('outage_proposal_requests');
call protect('outage_settings');
