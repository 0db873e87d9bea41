-- Statements of the bank, and the money on them. Every incoming line is money in the bank on its day: it is booked from
-- the bank to nobody (`unallocated`) at once and goes on to personal accounts afterwards, as payments.
create table bank_statements (
  id uuid primary key,
  company_id uuid not null references companies,
  file_name text not null check (length(file_name) between 1 and 200),
  -- of the whole file: the same file again is the same statement
  file_hash bytea not null check (length(file_hash) = 32),
  -- the company's own accounts in it
  own_accounts text[] not null,
  from_on date,
  to_on date check (to_on >= from_on),
  -- what came in by the file's own count, where it says so
  declared_tiyin bigint check (declared_tiyin >= 0),
  -- everything that came in on it, taken or not
  total_count int not null check (total_count >= 0),
  total_tiyin bigint not null check (total_tiyin >= 0),
  -- of it: known from an earlier file, or written down by hand before
  repeated_count int not null check (repeated_count >= 0),
  repeated_tiyin bigint not null check (repeated_tiyin >= 0),
  -- what went out: counted and left
  outgoing_count int not null check (outgoing_count >= 0),
  outgoing_tiyin bigint not null check (outgoing_tiyin >= 0),
  -- lines that could not be read or were known, with their reasons
  notes jsonb not null,
  created_at timestamptz not null,
  created_by uuid references users,
  created_by_name text not null,
  unique (company_id, id),
  unique (company_id, file_hash)
);
create index bank_statements_order on bank_statements (company_id, created_at desc, id desc);

create table bank_lines (
  id uuid primary key,
  company_id uuid not null references companies,
  statement_id uuid not null,
  -- its place in the file
  line int not null check (line > 0),
  -- where it came in
  own_account text not null check (length(own_account) between 1 and 34),
  received_on date not null,
  number text not null check (length(number) <= 50),
  amount_tiyin bigint not null check (amount_tiyin > 0),
  payer text not null check (length(payer) <= 200),
  payer_account text not null check (length(payer_account) <= 34),
  purpose text not null check (length(purpose) <= 1000),
  -- own account, day, number, sum, and which of several alike on one statement it is
  fingerprint bytea not null check (length(fingerprint) = 32),
  state text not null default 'waiting' check (state in ('waiting', 'allocated', 'aside')),
  -- what no account has yet
  left_tiyin bigint not null check (left_tiyin between 0 and amount_tiyin),
  aside_reason text check (length(aside_reason) between 1 and 500),
  -- bank to nobody
  entry_id uuid not null,
  created_at timestamptz not null,
  unique (company_id, id),
  unique (company_id, fingerprint),
  check ((state = 'allocated') = (left_tiyin = 0)),
  check ((state = 'aside') = (aside_reason is not null)),
  foreign key (company_id, statement_id) references bank_statements (company_id, id),
  foreign key (company_id, entry_id) references ledger_entries (company_id, id)
);
create index bank_lines_statement on bank_lines (company_id, statement_id, line);
create index bank_lines_waiting on bank_lines (company_id, created_at desc, id desc) where state = 'waiting';
create index bank_lines_aside on bank_lines (company_id, created_at desc, id desc) where state = 'aside';

-- Where the money of a line went; its id is the `provider_id` of the payment, so each is credited once.
create table bank_allocations (
  id uuid primary key,
  company_id uuid not null references companies,
  line_id uuid not null,
  amount_tiyin bigint not null check (amount_tiyin > 0),
  automatic boolean not null,
  created_at timestamptz not null,
  -- the payment was taken back: the money waits again
  undone_at timestamptz,
  unique (company_id, id),
  foreign key (company_id, line_id) references bank_lines (company_id, id)
);
create index bank_allocations_line on bank_allocations (company_id, line_id, created_at, id);

create trigger bank_statements_stay before delete on bank_statements for each row execute function refuse_delete();
create trigger bank_lines_stay before delete on bank_lines for each row execute function refuse_delete();
create trigger bank_allocations_stay before delete on bank_allocations for each row execute function refuse_delete();
revoke delete on bank_statements, bank_lines, bank_allocations from uk_app, uk_system;

call protect('bank_statements');
call protect('bank_lines');
call protect('bank_allocations');
