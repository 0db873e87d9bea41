create table requests (
  id uuid primary key,
  company_id uuid not null references companies,
  number bigint not null,
  version int not null default 1,
  status text not null default 'new'
    check (status in ('new', 'assigned', 'in_progress', 'deferred', 'done', 'returned', 'closed', 'cancelled', 'rejected')),
  kind text not null check (kind in ('regular', 'emergency', 'paid', 'warranty')),
  priority text not null check (priority in ('low', 'normal', 'high', 'urgent')),
  category text not null
    check (category in ('plumbing', 'electrical', 'heating', 'elevator', 'cleaning', 'doors', 'yard', 'other')),
  source text not null check (source in ('desk', 'app', 'bot', 'api', 'call')),
  building_id uuid not null,
  entrance_id uuid,
  unit_id uuid,
  -- as it was when filed: renaming a house keeps history true
  address text not null,
  description text not null default '' check (length(description) <= 4000),
  contact_id uuid,
  contact_name text check (length(contact_name) <= 200),
  contact_phone text check (contact_phone ~ '^\+998[0-9]{9}$'),
  -- a super admin's login belongs to no company, hence no company in this key
  created_by uuid references users,
  assignee_id uuid,
  reason text check (length(reason) <= 1000),
  result text check (length(result) <= 2000),
  due_at timestamptz,
  deferred_until timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  completed_at timestamptz,
  closed_at timestamptz,
  rating smallint check (rating between 1 and 5),
  rating_comment text check (length(rating_comment) <= 1000),
  photos int not null default 0,
  comments int not null default 0,
  unique (company_id, id),
  unique (company_id, number),
  check ((status in ('assigned', 'in_progress')) <= (assignee_id is not null)),
  check ((rating is not null) <= (status in ('done', 'closed'))),
  foreign key (company_id, building_id) references buildings (company_id, id),
  foreign key (company_id, entrance_id) references entrances (company_id, id),
  foreign key (company_id, unit_id) references units (company_id, id),
  foreign key (company_id, contact_id) references contacts (company_id, id),
  foreign key (company_id, assignee_id) references users (company_id, id)
);
create index requests_order on requests (company_id, created_at desc, id desc);
create index requests_status on requests (company_id, status, created_at desc, id desc);
create index requests_building on requests (company_id, building_id, created_at desc, id desc);
create index requests_assignee on requests (company_id, assignee_id, created_at desc, id desc) where assignee_id is not null;
create index requests_contact on requests (company_id, contact_id, created_at desc, id desc) where contact_id is not null;
create index requests_unit on requests (company_id, unit_id, created_at desc) where unit_id is not null;
create index requests_open_due on requests (company_id, due_at)
  where status in ('new', 'assigned', 'in_progress', 'deferred', 'returned');
create index requests_text on requests using gin (company_id, (address || ' ' || description || ' ' || coalesce(contact_name, '')) gin_trgm_ops);

create table request_comments (
  id uuid primary key,
  company_id uuid not null references companies,
  request_id uuid not null,
  author_id uuid,
  author_name text not null,
  author_role text not null,
  body text not null check (length(body) between 1 and 4000),
  internal boolean not null,
  created_at timestamptz not null,
  foreign key (company_id, request_id) references requests (company_id, id)
);
create index request_comments_request on request_comments (company_id, request_id, created_at);

-- Uploaded photos. `request_id` is empty until the file is attached; orphans are swept after a day.
create table files (
  id uuid primary key,
  company_id uuid not null references companies,
  request_id uuid,
  moment text not null default 'before' check (moment in ('before', 'after')),
  uploaded_by uuid,
  blob_key text not null,
  thumb_key text not null,
  content_type text not null,
  size bigint not null check (size > 0),
  width int not null,
  height int not null,
  created_at timestamptz not null,
  unique (company_id, id),
  foreign key (company_id, request_id) references requests (company_id, id)
);
create index files_request on files (company_id, request_id, created_at) where request_id is not null;
create index files_orphans on files (created_at) where request_id is null;

-- Every change of a request: who, when, old, new.
create table request_history (
  id uuid primary key,
  company_id uuid not null references companies,
  request_id uuid not null,
  at timestamptz not null,
  actor_id uuid,
  actor_name text not null default '',
  actor_role text,
  change text not null,
  old text,
  new text,
  reason text,
  foreign key (company_id, request_id) references requests (company_id, id)
);
create index request_history_request on request_history (company_id, request_id, at);
create trigger request_history_append_only before update or delete on request_history
  for each row execute function refuse_change();
revoke update, delete on request_history from uk_app, uk_system;

call protect('requests');
call protect('request_comments');
call protect('files');
call protect('request_history');
