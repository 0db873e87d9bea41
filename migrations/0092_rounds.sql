-- A way through the houses with a question at every point.
create table routes (
  id uuid primary key,
  company_id uuid not null references companies,
  version int not null default 1,
  name text not null check (length(name) between 1 and 200),
  archived_at timestamptz,
  created_at timestamptz not null,
  unique (company_id, id)
);

create table route_points (
  company_id uuid not null references companies,
  route_id uuid not null,
  position int not null,
  building_id uuid not null,
  entrance_id uuid,
  -- the equipment or corner: "насосная", "щит 3 этажа"
  place text not null default '' check (length(place) <= 200),
  question text not null check (length(question) between 1 and 300),
  answer text not null check (answer in ('yes_no', 'value')),
  -- of a value
  unit text check (length(unit) between 1 and 20),
  photo_required boolean not null default false,
  -- of the request that a failed point becomes
  category text not null
    check (category in ('plumbing', 'electrical', 'heating', 'elevator', 'cleaning', 'doors', 'yard', 'other')),
  primary key (company_id, route_id, position),
  foreign key (company_id, route_id) references routes (company_id, id) on delete cascade,
  foreign key (company_id, building_id) references buildings (company_id, id),
  foreign key (company_id, entrance_id) references entrances (company_id, id)
);

-- A walk along a route on a day, with the points as they were when it was given out.
create table rounds (
  id uuid primary key,
  company_id uuid not null references companies,
  route_id uuid not null,
  name text not null,
  assignee_id uuid not null,
  due_on date not null,
  created_at timestamptz not null,
  finished_at timestamptz,
  cancelled_at timestamptz,
  unique (company_id, id),
  foreign key (company_id, route_id) references routes (company_id, id),
  foreign key (company_id, assignee_id) references users (company_id, id)
);
-- A round that was taken back may be given again.
create unique index rounds_once on rounds (company_id, route_id, due_on, assignee_id) where cancelled_at is null;
create index rounds_order on rounds (company_id, due_on desc, id desc);
create index rounds_assignee on rounds (company_id, assignee_id, due_on);

create table round_points (
  id uuid primary key,
  company_id uuid not null references companies,
  round_id uuid not null,
  position int not null,
  building_id uuid not null,
  entrance_id uuid,
  address text not null,
  place text not null,
  question text not null,
  answer text not null,
  unit text,
  photo_required boolean not null,
  category text not null,
  result text check (result in ('good', 'failed')),
  value text check (length(value) between 1 and 100),
  note text check (length(note) <= 1000),
  file_id uuid,
  marked_at timestamptz,
  marked_by text,
  -- what a failed point became
  request_id uuid,
  unique (company_id, round_id, position),
  check ((result is null) = (marked_at is null)),
  foreign key (company_id, round_id) references rounds (company_id, id) on delete cascade,
  foreign key (company_id, building_id) references buildings (company_id, id),
  foreign key (company_id, entrance_id) references entrances (company_id, id),
  foreign key (company_id, file_id) references files (company_id, id),
  foreign key (company_id, request_id) references requests (company_id, id) on delete set null (request_id)
);
create index round_points_request on round_points (company_id, request_id) where request_id is not null;
create index round_points_file on round_points (company_id, file_id) where file_id is not null;

call protect('routes');
call protect('route_points');
call protect('rounds');
call protect('round_points');
