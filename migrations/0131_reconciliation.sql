-- A registry from a provider's cabinet, compared with what we have.
create table reconciliations (
  id uuid primary key,
  company_id uuid not null references companies,
  kassa_id uuid not null,
  from_on date not null,
  to_on date not null check (to_on >= from_on),
  file_name text not null check (length(file_name) between 1 and 200),
  -- paid by their count and by ours
  theirs_count int not null check (theirs_count >= 0),
  theirs_tiyin bigint not null check (theirs_tiyin >= 0),
  ours_count int not null check (ours_count >= 0),
  ours_tiyin bigint not null check (ours_tiyin >= 0),
  -- rows that say the same here and there
  agreed_count int not null check (agreed_count >= 0),
  -- rows of the file that could not be read
  unread_count int not null check (unread_count >= 0),
  created_at timestamptz not null,
  created_by uuid references users,
  created_by_name text not null,
  unique (company_id, id),
  foreign key (company_id, kassa_id) references kassas (company_id, id)
);
create index reconciliations_order on reconciliations (company_id, created_at desc, id desc);

create table reconciliation_differences (
  id uuid primary key,
  company_id uuid not null references companies,
  reconciliation_id uuid not null,
  kind text not null check (kind in ('missing_here', 'missing_there', 'sum', 'state', 'twice')),
  -- the provider's number of the payment
  reference text not null check (length(reference) between 1 and 100),
  payment_id uuid,
  at timestamptz,
  theirs_tiyin bigint,
  ours_tiyin bigint,
  theirs_state text check (theirs_state in ('paid', 'cancelled', 'waiting')),
  ours_state text check (ours_state in ('paid', 'cancelled', 'waiting')),
  -- somebody looked and says how it ended
  settled_at timestamptz,
  settled_by_name text,
  settled_note text check (length(settled_note) between 1 and 500),
  unique (company_id, id),
  check (num_nonnulls(settled_at, settled_by_name, settled_note) in (0, 3)),
  foreign key (company_id, reconciliation_id) references reconciliations (company_id, id),
  foreign key (company_id, payment_id) references payments (company_id, id)
);
create index reconciliation_differences_of on reconciliation_differences (company_id, reconciliation_id, kind, id);

-- What the daily look finds without anybody's file: it stays until a later look finds it no more.
create table payment_findings (
  id uuid primary key,
  company_id uuid not null references companies,
  kind text not null check (kind in ('payme_stuck', 'click_stuck', 'not_credited', 'not_taken_back', 'entry_differs', 'disputed')),
  -- the transaction, the attempt or the payment
  subject_id uuid not null,
  reference text not null check (length(reference) between 1 and 100),
  kassa_id uuid,
  payment_id uuid,
  amount_tiyin bigint not null,
  at timestamptz not null,
  found_at timestamptz not null,
  unique (company_id, id),
  unique (company_id, kind, subject_id),
  foreign key (company_id, kassa_id) references kassas (company_id, id),
  foreign key (company_id, payment_id) references payments (company_id, id)
);

-- When each company was looked at last.
create table payment_looks (
  company_id uuid primary key references companies,
  at timestamptz not null
);

call protect('reconciliations');
call protect('reconciliation_differences');
call protect('payment_findings');
call protect('payment_looks');
