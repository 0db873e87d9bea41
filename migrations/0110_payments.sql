-- Cash registers: where the money of payment systems comes in. A company has as many as it has contracts; one may belong
-- to chosen houses. The key is sealed; `secret_key` finds a kassa by the key a call brings, without opening any.
create table kassas (
  id uuid primary key,
  company_id uuid not null references companies,
  version int not null default 1,
  provider text not null check (provider in ('payme', 'click')),
  name text not null check (length(name) between 1 and 100),
  -- accumulating: the account number, any sum; one_time: the number of a bill, its sum, once
  mode text not null check (mode in ('accumulating', 'one_time')),
  live boolean not null,
  enabled boolean not null,
  -- whether a performed payment may be taken back by the provider
  refundable boolean not null default true,
  -- Payme: the kassa's id; Click: the merchant's
  merchant_id text not null check (length(merchant_id) between 1 and 40),
  service_id bigint check (service_id > 0),
  merchant_user_id text check (length(merchant_user_id) between 1 and 40),
  -- the name of the account in the provider's settings
  account_field text not null default 'account' check (account_field ~ '^[A-Za-z_][A-Za-z0-9_]{0,39}$'),
  secret_sealed bytea not null,
  secret_key bytea not null,
  secret_shown text not null check (length(secret_shown) <= 20),
  min_tiyin bigint not null check (min_tiyin > 0),
  max_tiyin bigint not null check (max_tiyin >= min_tiyin and max_tiyin <= 1000000000000),
  -- what a second transaction on a bill that waits is answered with
  busy_code int not null default -31008 check (busy_code = -31008 or busy_code between -31099 and -31050),
  -- lines of the fiscal receipt; all of it or none
  fiscal_title text check (length(fiscal_title) between 1 and 63),
  fiscal_code text check (fiscal_code ~ '^[0-9]{17}$'),
  fiscal_package text check (length(fiscal_package) between 1 and 20),
  fiscal_vat smallint check (fiscal_vat between 0 and 100),
  created_at timestamptz not null,
  archived_at timestamptz,
  unique (company_id, id),
  check ((provider = 'click') = (service_id is not null)),
  check (num_nonnulls(fiscal_title, fiscal_code, fiscal_package, fiscal_vat) in (0, 4))
);
create unique index kassas_service on kassas (service_id) where provider = 'click' and archived_at is null;
create unique index kassas_secret on kassas (secret_key) where provider = 'payme' and archived_at is null;
create index kassas_company on kassas (company_id) where archived_at is null;

-- The houses a kassa is for; all of them without a row.
create table kassa_buildings (
  company_id uuid not null references companies,
  kassa_id uuid not null,
  building_id uuid not null,
  primary key (company_id, kassa_id, building_id),
  foreign key (company_id, kassa_id) references kassas (company_id, id) on delete cascade,
  foreign key (company_id, building_id) references buildings (company_id, id) on delete cascade
);

-- Every authenticated call as it came, stored before it is worked on; the answer afterwards.
create table provider_calls (
  id uuid primary key,
  company_id uuid not null references companies,
  kassa_id uuid not null,
  at timestamptz not null,
  body bytea not null,
  answer jsonb,
  answered_at timestamptz,
  foreign key (company_id, kassa_id) references kassas (company_id, id)
);
create index provider_calls_order on provider_calls (company_id, kassa_id, at desc, id desc);
create index provider_calls_age on provider_calls (at);

-- A bill that is paid once, by one payment: what a one-time kassa takes. `held_until` is the reservation that Payme and
-- Click share.
create table bills (
  id uuid primary key,
  company_id uuid not null references companies,
  account_id uuid not null,
  number text not null check (number ~ '^B[0-9]{6,}$'),
  amount_tiyin bigint not null check (amount_tiyin > 0),
  state text not null default 'open' check (state in ('open', 'paid', 'cancelled')),
  holder uuid,
  held_until timestamptz,
  created_by uuid,
  created_at timestamptz not null,
  paid_at timestamptz,
  unique (company_id, id),
  unique (company_id, number),
  check ((holder is null) = (held_until is null)),
  foreign key (company_id, account_id) references personal_accounts (company_id, id)
);
create index bills_account on bills (company_id, account_id, created_at desc);
create sequence bill_number start 100001;

create table payme_transactions (
  id uuid primary key,
  company_id uuid not null references companies,
  kassa_id uuid not null,
  -- our own number, which Payme keeps
  number bigint not null generated always as identity,
  payme_id text not null check (length(payme_id) between 1 and 64),
  payme_time bigint not null,
  amount_tiyin bigint not null check (amount_tiyin > 0),
  account jsonb not null,
  account_id uuid not null,
  bill_id uuid,
  state smallint not null check (state in (1, 2, -1, -2)),
  reason int,
  create_time bigint not null,
  perform_time bigint not null default 0,
  cancel_time bigint not null default 0,
  receivers jsonb,
  fiscal_perform jsonb,
  fiscal_cancel jsonb,
  unique (company_id, id),
  unique (kassa_id, payme_id),
  foreign key (company_id, kassa_id) references kassas (company_id, id),
  foreign key (company_id, account_id) references personal_accounts (company_id, id),
  foreign key (company_id, bill_id) references bills (company_id, id),
  check ((state = 1) = (perform_time = 0 and cancel_time = 0)),
  check ((state in (2, -2)) = (perform_time > 0)),
  check ((state in (-1, -2)) = (cancel_time > 0))
);
create index payme_statement on payme_transactions (kassa_id, payme_time, payme_id);
create index payme_waiting on payme_transactions (payme_time) where state = 1;
create unique index payme_bill on payme_transactions (company_id, bill_id) where state in (1, 2) and bill_id is not null;

create table click_attempts (
  id uuid primary key,
  company_id uuid not null references companies,
  kassa_id uuid not null,
  -- merchant_prepare_id and merchant_confirm_id
  prepare_id int not null generated always as identity,
  click_trans_id bigint not null,
  click_paydoc_id bigint not null,
  merchant_trans_id text not null check (length(merchant_trans_id) between 1 and 64),
  account_id uuid not null,
  bill_id uuid,
  amount_tiyin bigint not null check (amount_tiyin > 0),
  state text not null check (state in ('prepared', 'confirmed', 'cancelled')),
  -- Click says that a payment we have credited failed: the credit stays until somebody has asked Click
  disputed_at timestamptz,
  error int,
  error_note text check (length(error_note) <= 500),
  prepared_at timestamptz not null,
  confirmed_at timestamptz,
  cancelled_at timestamptz,
  unique (company_id, id),
  unique (kassa_id, click_trans_id),
  unique (prepare_id),
  foreign key (company_id, kassa_id) references kassas (company_id, id),
  foreign key (company_id, account_id) references personal_accounts (company_id, id),
  foreign key (company_id, bill_id) references bills (company_id, id)
);

-- Money that came in, as it was then: later changes of accounts and houses do not touch it.
create table payments (
  id uuid primary key,
  company_id uuid not null references companies,
  number bigint not null,
  source text not null check (source in ('payme', 'click', 'cash', 'bank', 'terminal')),
  kassa_id uuid,
  -- the transaction of Payme or the attempt of Click
  provider_id uuid,
  -- what the payer has in hand: Payme's id, Click's payment number, the number of a receipt or a bank document
  reference text not null check (length(reference) between 1 and 100),
  account_id uuid not null,
  bill_id uuid,
  account_number text not null,
  address text not null,
  building_id uuid not null,
  amount_tiyin bigint not null check (amount_tiyin > 0),
  state text not null check (state in ('completed', 'refunded')),
  disputed_at timestamptz,
  paid_at timestamptz not null,
  booked_on date not null,
  entry_id uuid not null,
  refund_entry_id uuid,
  refunded_at timestamptz,
  refund_reason text check (length(refund_reason) between 1 and 500),
  receipt_url text check (length(receipt_url) <= 500),
  payer text check (length(payer) between 1 and 200),
  note text check (length(note) <= 500),
  created_by uuid,
  created_at timestamptz not null,
  unique (company_id, id),
  unique (company_id, number),
  check ((source in ('payme', 'click')) = (kassa_id is not null and provider_id is not null)),
  check ((state = 'refunded') = (refunded_at is not null and refund_entry_id is not null)),
  foreign key (company_id, kassa_id) references kassas (company_id, id),
  foreign key (company_id, account_id) references personal_accounts (company_id, id),
  foreign key (company_id, building_id) references buildings (company_id, id),
  foreign key (company_id, bill_id) references bills (company_id, id)
);
-- A provider's transaction is credited once, whatever happens.
create unique index payments_provider on payments (provider_id) where provider_id is not null;
create unique index payments_receipt on payments (company_id, source, reference, booked_on) where provider_id is null;
create index payments_order on payments (company_id, paid_at desc, id desc);
create index payments_account on payments (company_id, account_id, paid_at desc, id desc);

-- Money is never taken out of the books by forgetting it.
create function refuse_delete() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never deleted', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger payments_stay before delete on payments for each row execute function refuse_delete();
create trigger payme_transactions_stay before delete on payme_transactions for each row execute function refuse_delete();
create trigger click_attempts_stay before delete on click_attempts for each row execute function refuse_delete();
revoke delete on payments, payme_transactions, click_attempts from uk_app, uk_system;

call protect('kassas');
call protect('kassa_buildings');
call protect('provider_calls');
call protect('bills');
call protect('payme_transactions');
call protect('click_attempts');
call protect('payments');

-- Numbers of payments, as those of requests: a sequence for each company.
create function make_payment_numbers() returns trigger language plpgsql security definer set search_path = public as $$
begin
  execute format('create sequence if not exists payment_number_%s', replace(new.id::text, '-', ''));
  return new;
end $$;
create trigger companies_payment_numbers after insert on companies for each row execute function make_payment_numbers();
do $$
declare
  company record;
begin
  for company in select id from companies loop
    execute format('create sequence if not exists payment_number_%s', replace(company.id::text, '-', ''));
  end loop;
end $$;

create function next_payment_number(company uuid) returns bigint language plpgsql security definer set search_path = public as $$
begin
  if company is distinct from current_company() then
    raise exception 'payment numbers belong to the current company';
  end if;
  return nextval(format('payment_number_%s', replace(company::text, '-', '')));
end $$;
