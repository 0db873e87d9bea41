-- The profile grows; `version` guards edits.
alter table companies
  add column address text check (length(address) <= 300),
  add column emergency_phone text check (emergency_phone ~ '^\+998[0-9]{9}$'),
  add column version int not null default 1;

-- What a company decided for itself; without a row the defaults hold.
create table company_settings (
  company_id uuid primary key references companies,
  version int not null default 1,
  -- hours to finish the work, by urgency
  emergency_hours smallint not null default 4 check (emergency_hours between 1 and 2000),
  urgent_hours smallint not null default 8 check (urgent_hours between 1 and 2000),
  high_hours smallint not null default 24 check (high_hours between 1 and 2000),
  normal_hours smallint not null default 72 check (normal_hours between 1 and 2000),
  low_hours smallint not null default 168 check (low_hours between 1 and 2000),
  calendar_version int not null default 1,
  guide_dismissed_at timestamptz,
  updated_at timestamptz not null
);

-- The working week, 1 is Monday. A day without a row is free; a company without rows works Monday to Friday, 9 to 18.
create table work_hours (
  company_id uuid not null references companies,
  weekday smallint not null check (weekday between 1 and 7),
  opens time not null,
  closes time not null,
  lunch_from time,
  lunch_to time,
  primary key (company_id, weekday),
  check (opens < closes),
  check ((lunch_from is null) = (lunch_to is null)),
  check (lunch_from is null or (opens <= lunch_from and lunch_from < lunch_to and lunch_to <= closes))
);

-- Days that differ from the week: holidays, and days off that are worked instead.
create table special_days (
  company_id uuid not null references companies,
  day date not null,
  works boolean not null default false,
  name text not null check (length(name) between 1 and 100),
  primary key (company_id, day)
);

call protect('company_settings');
call protect('work_hours');
call protect('special_days');

-- The number the next request will get, without taking it.
create function peek_request_number(company uuid) returns bigint language plpgsql security definer set search_path = public as $$
declare
  number bigint;
begin
  if company is distinct from current_company() then
    raise exception 'request numbers belong to the current company';
  end if;
  execute format('select last_value + is_called::int from request_number_%s', replace(company::text, '-', '')) into number;
  return number;
end $$;
