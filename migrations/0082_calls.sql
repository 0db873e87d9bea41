-- Calls: the journal of the desk, and the call back after the work is done.
create table calls (
  id uuid primary key,
  company_id uuid not null references companies,
  direction text not null check (direction in ('in', 'out')),
  at timestamptz not null,
  phone text check (phone ~ '^\+998[0-9]{9}$'),
  contact_id uuid,
  contact_name text check (length(contact_name) <= 200),
  request_id uuid,
  result text not null check (result in ('request', 'answered', 'passed_on', 'no_answer', 'wrong_number', 'other')),
  note text not null default '' check (length(note) <= 2000),
  author_id uuid references users,
  author_name text not null,
  unique (company_id, id),
  foreign key (company_id, contact_id) references contacts (company_id, id),
  foreign key (company_id, request_id) references requests (company_id, id) on delete set null (request_id)
);
create index calls_order on calls (company_id, at desc, id desc);
create index calls_request on calls (company_id, request_id) where request_id is not null;
create index calls_contact on calls (company_id, contact_id) where contact_id is not null;
create index calls_phone on calls (company_id, phone) where phone is not null;

create table control_calls (
  id uuid primary key,
  company_id uuid not null references companies,
  request_id uuid not null,
  at timestamptz not null,
  reached boolean not null,
  satisfied boolean,
  note text not null default '' check (length(note) <= 1000),
  author_id uuid references users,
  author_name text not null,
  check (reached = (satisfied is not null)),
  foreign key (company_id, request_id) references requests (company_id, id)
);
create index control_calls_request on control_calls (company_id, request_id, at);

-- Done, and nobody has been reached to say whether it is good.
alter table requests add column controlled_at timestamptz;
create index requests_control on requests (company_id, created_at desc, id desc)
  where completed_at is not null and controlled_at is null and status = 'done';

call protect('calls');
call protect('control_calls');
