-- What paid work will cost. A new estimate of a request replaces the one before; none is ever changed.
create table estimates (
  id uuid primary key,
  company_id uuid not null references companies,
  request_id uuid not null,
  -- 1, 2, 3 … of the request
  version int not null,
  state text not null check (state in ('sent', 'accepted', 'declined', 'replaced')),
  total_tiyin bigint not null check (total_tiyin between 0 and 100000000000000),
  valid_until date not null,
  note text check (length(note) <= 1000),
  made_by text not null,
  sent_at timestamptz not null,
  decided_at timestamptz,
  decided_by text,
  reason text check (length(reason) <= 1000),
  unique (company_id, id),
  unique (company_id, request_id, version),
  check ((state in ('accepted', 'declined')) <= (decided_at is not null)),
  foreign key (company_id, request_id) references requests (company_id, id) on delete cascade
);
create unique index estimates_standing on estimates (company_id, request_id) where state in ('sent', 'accepted');

create table estimate_lines (
  company_id uuid not null references companies,
  estimate_id uuid not null,
  position int not null,
  service_id uuid,
  names jsonb not null,
  unit text not null,
  price_tiyin bigint not null check (price_tiyin >= 0),
  quantity_milli bigint not null check (quantity_milli between 1 and 1000000000),
  total_tiyin bigint not null check (total_tiyin >= 0),
  primary key (company_id, estimate_id, position),
  foreign key (company_id, estimate_id) references estimates (company_id, id) on delete cascade,
  foreign key (company_id, service_id) references catalogue (company_id, id)
);

call protect('estimates');
call protect('estimate_lines');
