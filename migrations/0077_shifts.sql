-- Duties: each week on one weekday, or on one day. Times are the company's; an end that is not after the beginning is
-- on the next day.
create table shifts (
  id uuid primary key,
  company_id uuid not null references companies,
  user_id uuid not null,
  duty text not null check (duty in ('dispatcher', 'field')),
  -- 1 is Monday
  weekday smallint check (weekday between 1 and 7),
  -- the first day of a weekly duty, or the only one
  day date not null,
  -- the last day of a weekly duty
  until date check (until >= day),
  starts time not null,
  ends time not null,
  note text check (length(note) <= 200),
  created_at timestamptz not null,
  check (until is null or weekday is not null),
  unique (company_id, id),
  foreign key (company_id, user_id) references users (company_id, id)
);
create index shifts_weekly on shifts (company_id, day) where weekday is not null;
create index shifts_single on shifts (company_id, day) where weekday is null;

-- Days on which a weekly duty does not take place.
create table shift_skips (
  company_id uuid not null references companies,
  shift_id uuid not null,
  day date not null,
  primary key (company_id, shift_id, day),
  foreign key (company_id, shift_id) references shifts (company_id, id) on delete cascade
);

-- What one shift handed to the next, as it stood then.
create table shift_handovers (
  id uuid primary key,
  company_id uuid not null references companies,
  user_id uuid not null references users,
  user_name text not null,
  started_at timestamptz not null,
  ended_at timestamptz not null check (ended_at >= started_at),
  note text check (length(note) <= 4000),
  handing jsonb not null,
  taken_by uuid references users,
  taken_name text,
  taken_at timestamptz,
  check (num_nonnulls(taken_by, taken_name, taken_at) in (0, 3)),
  check (taken_by is distinct from user_id)
);
create index shift_handovers_order on shift_handovers (company_id, ended_at desc, id desc);

call protect('shifts');
call protect('shift_skips');
call protect('shift_handovers');
