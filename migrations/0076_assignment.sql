-- Who gets a request. What is done for each kind; without a row the defaults hold.
create table assignment_settings (
  company_id uuid primary key references companies,
  version int not null default 1,
  emergency text not null check (emergency in ('off', 'suggest', 'auto')),
  regular text not null check (regular in ('off', 'suggest', 'auto')),
  paid text not null check (paid in ('off', 'suggest', 'auto')),
  warranty text not null check (warranty in ('off', 'suggest', 'auto'))
);

-- Requests like this go to this person or trade; the narrowest rule that fits holds.
create table assignment_rules (
  id uuid primary key,
  company_id uuid not null references companies,
  problem_id uuid,
  category text
    check (category in ('plumbing', 'electrical', 'heating', 'elevator', 'cleaning', 'doors', 'yard', 'other')),
  building_id uuid,
  complex_id uuid,
  user_id uuid,
  skill text check (skill in ('plumber', 'electrician', 'heating', 'lift', 'cleaner', 'locksmith', 'handyman')),
  created_at timestamptz not null,
  check (num_nonnulls(problem_id, category) <= 1),
  check (num_nonnulls(building_id, complex_id) <= 1),
  check (num_nonnulls(problem_id, category, building_id, complex_id) >= 1),
  check (num_nonnulls(user_id, skill) = 1),
  unique nulls not distinct (company_id, problem_id, category, building_id, complex_id),
  foreign key (company_id, problem_id) references problems (company_id, id),
  foreign key (company_id, building_id) references buildings (company_id, id) on delete cascade,
  foreign key (company_id, complex_id) references complexes (company_id, id) on delete cascade,
  foreign key (company_id, user_id) references users (company_id, id) on delete cascade
);

call protect('assignment_settings');
call protect('assignment_rules');

-- Why the system chose the assignee; empty where people did.
alter table requests add column assignment jsonb;
