-- Work that comes back by itself. Requests are made from it ahead of each due date.
alter table requests drop constraint requests_source_check;
alter table requests add constraint requests_source_check
  check (source in ('desk', 'app', 'bot', 'api', 'call', 'plan', 'round'));

create table plans (
  id uuid primary key,
  company_id uuid not null references companies,
  version int not null default 1,
  title text not null check (length(title) between 1 and 200),
  description text not null default '' check (length(description) <= 2000),
  category text not null
    check (category in ('plumbing', 'electrical', 'heating', 'elevator', 'cleaning', 'doors', 'yard', 'other')),
  -- every `every` weeks on `weekday`, or every `every` months on `month_day` (31 is the last day)
  unit text not null check (unit in ('week', 'month')),
  every smallint not null check (every between 1 and 60),
  weekday smallint check (weekday between 1 and 7),
  month_day smallint check (month_day between 1 and 31),
  -- months of the season, both counted; from November to March goes over the year's end
  season_from smallint check (season_from between 1 and 12),
  season_to smallint check (season_to between 1 and 12),
  starts_on date not null,
  lead_days smallint not null default 0 check (lead_days between 0 and 60),
  assignee_id uuid,
  skill text check (skill in ('plumber', 'electrician', 'heating', 'lift', 'cleaner', 'locksmith', 'handyman')),
  checklist_id uuid,
  paused boolean not null default false,
  archived_at timestamptz,
  -- due dates up to this one are made or passed over
  handled_until date,
  created_at timestamptz not null,
  unique (company_id, id),
  check ((unit = 'week') = (weekday is not null)),
  check ((unit = 'month') = (month_day is not null)),
  check ((season_from is null) = (season_to is null)),
  check (assignee_id is null or skill is null),
  foreign key (company_id, assignee_id) references users (company_id, id),
  foreign key (company_id, checklist_id) references checklists (company_id, id)
);
create index plans_order on plans (company_id, title, id) where archived_at is null;

create table plan_places (
  company_id uuid not null references companies,
  plan_id uuid not null,
  position int not null,
  building_id uuid not null,
  entrance_id uuid,
  primary key (company_id, plan_id, position),
  unique nulls not distinct (company_id, plan_id, building_id, entrance_id),
  foreign key (company_id, plan_id) references plans (company_id, id) on delete cascade,
  foreign key (company_id, building_id) references buildings (company_id, id),
  foreign key (company_id, entrance_id) references entrances (company_id, id)
);

-- One request for each plan, due date and place, whoever runs the schedule and how often.
create table plan_runs (
  company_id uuid not null references companies,
  plan_id uuid not null,
  due_on date not null,
  building_id uuid not null,
  entrance_id uuid,
  request_id uuid,
  at timestamptz not null,
  unique nulls not distinct (company_id, plan_id, due_on, building_id, entrance_id),
  foreign key (company_id, plan_id) references plans (company_id, id) on delete cascade,
  foreign key (company_id, request_id) references requests (company_id, id) on delete set null (request_id)
);
create index plan_runs_request on plan_runs (company_id, request_id);

call protect('plans');
call protect('plan_places');
call protect('plan_runs');
