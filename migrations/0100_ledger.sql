-- The ledger: every movement of money is an entry, an entry is postings that add up to nothing. Debit is above zero,
-- credit below. Nothing here is ever changed or removed; what was wrong is reversed by another entry.
create table ledger_entries (
  id uuid primary key,
  company_id uuid not null references companies,
  kind text not null check (kind in ('opening', 'charge', 'payment', 'refund', 'correction', 'penalty', 'reversal')),
  -- what it was made from: a charge, a payment, a correction; once only
  source_id uuid not null,
  -- the first day of the month it belongs to
  period date not null,
  -- the day it counts from, where the company is
  booked_on date not null,
  reverses uuid,
  reason text check (length(reason) between 1 and 1000),
  created_at timestamptz not null,
  -- nobody when a provider or a schedule did it
  created_by uuid references users,
  created_by_name text check (length(created_by_name) between 1 and 200),
  check (period = date_trunc('month', booked_on)::date),
  unique (company_id, id),
  -- what postings refer to, so that their day is the day of the entry
  unique (company_id, id, booked_on),
  unique (company_id, kind, source_id),
  -- an entry is taken back once
  unique (company_id, reverses),
  foreign key (company_id, reverses) references ledger_entries (company_id, id)
);
create index ledger_entries_period on ledger_entries (company_id, period, kind);

-- What each personal account owes (above zero) or has paid ahead. Only the trigger of postings writes here. The row
-- outlives its personal account: the account of an import that was taken back is gone, its history is not.
create table account_balances (
  company_id uuid not null references companies,
  account_id uuid not null,
  building_id uuid not null,
  balance_tiyin bigint not null default 0,
  primary key (company_id, account_id),
  unique (company_id, account_id, building_id)
);
create index account_balances_debts on account_balances (company_id, building_id, account_id) where balance_tiyin > 0;

create table postings (
  company_id uuid not null references companies,
  entry_id uuid not null,
  -- from 1; all lines of an entry are written at once
  line smallint not null check (line > 0),
  booked_on date not null,
  book text not null check (book in ('receivable', 'income', 'penalty_income', 'bank', 'cash', 'terminal', 'payme', 'click',
    'unallocated', 'opening')),
  account_id uuid,
  building_id uuid,
  service_id uuid,
  -- the cash register or bank account the money went through
  kassa_id uuid,
  amount_tiyin bigint not null check (amount_tiyin <> 0),
  constraint postings_place check ((account_id is null) = (building_id is null)),
  constraint postings_receivable check (book <> 'receivable' or account_id is not null),
  primary key (company_id, entry_id, line),
  foreign key (company_id, entry_id, booked_on) references ledger_entries (company_id, id, booked_on),
  foreign key (company_id, account_id, building_id) references account_balances (company_id, account_id, building_id)
);
create index postings_account on postings (company_id, account_id, booked_on) where account_id is not null;
create index postings_kassa on postings (company_id, kassa_id, booked_on) where kassa_id is not null;

-- Months that are closed: with one all before it. Nothing is booked into them any more.
create table closed_periods (
  company_id uuid not null references companies,
  period date not null check (period = date_trunc('month', period)::date),
  closed_at timestamptz not null,
  closed_by uuid references users,
  closed_by_name text not null,
  primary key (company_id, period)
);

call protect('ledger_entries');
call protect('account_balances');
call protect('postings');
call protect('closed_periods');

revoke update, delete on ledger_entries, postings, closed_periods from uk_app, uk_system;
revoke insert, update, delete on account_balances from uk_app, uk_system;
create trigger ledger_entries_append_only before update or delete on ledger_entries for each row execute function refuse_change();
create trigger postings_append_only before update or delete on postings for each row execute function refuse_change();
create trigger closed_periods_append_only before update or delete on closed_periods for each row execute function refuse_change();

-- Who books and who closes a month wait for each other: shared to book, alone to close.
create function ledger_lock(company uuid) returns bigint language sql immutable parallel safe
return hashtextextended('ledger ' || company::text, 0);

create function ledger_open_month() returns trigger language plpgsql as $$
declare
  company uuid;
  closed date;
begin
  for company in select distinct company_id from added order by 1 loop
    perform pg_advisory_xact_lock_shared(ledger_lock(company));
    -- Looks anew after the wait: whoever closed the month has committed by now.
    select max(c.period) into closed from closed_periods c where c.company_id = company
      and c.period >= (select min(a.period) from added a where a.company_id = company);
    if closed is not null then
      raise exception 'the month % is closed', closed using errcode = 'UK001';
    end if;
  end loop;
  return null;
end $$;
create trigger ledger_entries_open_month after insert on ledger_entries
  referencing new table as added for each statement execute function ledger_open_month();

-- Proves what was written and keeps the balances. Balances are taken in one order, so that two who book at the same
-- time never wait for each other in a circle.
create function ledger_prove() returns trigger language plpgsql security definer set search_path = public as $$
declare wrong uuid;
begin
  select a.entry_id into wrong from added a group by a.company_id, a.entry_id
    having sum(a.amount_tiyin) <> 0 or min(a.line) <> 1 limit 1;
  if found then
    raise exception 'the postings of entry % do not add up', wrong using errcode = 'check_violation';
  end if;
  insert into account_balances as b (company_id, account_id, building_id, balance_tiyin)
  select a.company_id, a.account_id, a.building_id, sum(a.amount_tiyin)::bigint from added a where a.book = 'receivable'
    group by a.company_id, a.account_id, a.building_id having sum(a.amount_tiyin) <> 0 order by a.company_id, a.account_id
  on conflict (company_id, account_id) do update set balance_tiyin = b.balance_tiyin + excluded.balance_tiyin;
  return null;
end $$;
create trigger postings_prove after insert on postings
  referencing new table as added for each statement execute function ledger_prove();

-- Every personal account has its balance from the first day.
insert into account_balances (company_id, account_id, building_id)
select a.company_id, a.id, u.building_id from personal_accounts a
  join units u on u.company_id = a.company_id and u.id = a.unit_id;

create function ledger_new_accounts() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into account_balances (company_id, account_id, building_id)
  select a.company_id, a.id, u.building_id from added a join units u on u.company_id = a.company_id and u.id = a.unit_id;
  return null;
end $$;
create trigger personal_accounts_balance after insert on personal_accounts
  referencing new table as added for each statement execute function ledger_new_accounts();

-- A personal account goes only while it owes nothing and nothing but its opening balance was ever booked on it.
create function ledger_account_goes() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if exists (select from account_balances b where b.company_id = old.company_id and b.account_id = old.id and b.balance_tiyin <> 0)
     or exists (select from postings p join ledger_entries e on e.company_id = p.company_id and e.id = p.entry_id
       left join ledger_entries o on o.company_id = e.company_id and o.id = e.reverses
       where p.company_id = old.company_id and p.account_id = old.id and coalesce(o.kind, e.kind) <> 'opening') then
    raise exception 'the personal account % has a history', old.number using errcode = 'foreign_key_violation';
  end if;
  delete from account_balances b where b.company_id = old.company_id and b.account_id = old.id
    and not exists (select from postings p where p.company_id = b.company_id and p.account_id = b.account_id);
  return old;
end $$;
create trigger personal_accounts_go before delete on personal_accounts for each row execute function ledger_account_goes();

-- Opening balances are entries, too. A corrected one is reversed and booked anew, one taken back is reversed.
create function ledger_open(ids uuid[]) returns void language plpgsql security definer set search_path = public as $$
begin
  with wanted as (
    select o.company_id, o.account_id, o.amount_tiyin, o.as_of, o.created_at, b.building_id, i.created_by, i.created_by_name,
      gen_random_uuid() as entry_id
    from opening_balances o join account_balances b on b.company_id = o.company_id and b.account_id = o.account_id
    left join imports i on i.company_id = o.company_id and i.id = o.import_id
    where o.id = any(ids) and o.amount_tiyin <> 0
  ), booked as (
    insert into ledger_entries (id, company_id, kind, source_id, period, booked_on, created_at, created_by, created_by_name)
    select w.entry_id, w.company_id, 'opening', w.entry_id, date_trunc('month', w.as_of)::date, w.as_of, w.created_at, w.created_by,
      nullif(w.created_by_name, '') from wanted w
  )
  insert into postings (company_id, entry_id, line, booked_on, book, account_id, building_id, amount_tiyin)
  select w.company_id, w.entry_id, l.line, w.as_of, l.book, w.account_id, w.building_id, w.amount_tiyin * l.sign
  from wanted w cross join (values (1::smallint, 'receivable', 1), (2::smallint, 'opening', -1)) l(line, book, sign)
  order by w.account_id;
end $$;

create function ledger_unopen(companies uuid[], accounts uuid[]) returns void language plpgsql security definer set search_path = public as $$
begin
  with gone as (
    select e.id, e.company_id, e.period, e.booked_on, gen_random_uuid() as entry_id
    from unnest(companies, accounts) as g(company_id, account_id)
    join postings p on p.company_id = g.company_id and p.account_id = g.account_id and p.book = 'receivable'
    join ledger_entries e on e.company_id = p.company_id and e.id = p.entry_id and e.kind = 'opening'
    where not exists (select from ledger_entries r where r.company_id = e.company_id and r.reverses = e.id)
  ), booked as (
    insert into ledger_entries (id, company_id, kind, source_id, period, booked_on, reverses, created_at)
    select g.entry_id, g.company_id, 'reversal', g.id, g.period, g.booked_on, g.id, now() from gone g
  )
  insert into postings (company_id, entry_id, line, booked_on, book, account_id, building_id, amount_tiyin)
  select p.company_id, g.entry_id, p.line, p.booked_on, p.book, p.account_id, p.building_id, -p.amount_tiyin
  from gone g join postings p on p.company_id = g.company_id and p.entry_id = g.id
  order by p.account_id;
end $$;
revoke execute on function ledger_open(uuid[]), ledger_unopen(uuid[], uuid[]) from public;

create function ledger_opening_made() returns trigger language plpgsql security definer set search_path = public as $$
begin
  perform ledger_open((select array_agg(a.id) from added a));
  return null;
end $$;
create function ledger_opening_changed() returns trigger language plpgsql security definer set search_path = public as $$
declare changed uuid[];
begin
  select array_agg(a.id) into changed from added a join removed r on r.id = a.id
    where (a.account_id, a.amount_tiyin, a.as_of) is distinct from (r.account_id, r.amount_tiyin, r.as_of);
  perform ledger_unopen((select array_agg(r.company_id order by r.id) from removed r where r.id = any(changed)),
    (select array_agg(r.account_id order by r.id) from removed r where r.id = any(changed)));
  perform ledger_open(changed);
  return null;
end $$;
create function ledger_opening_gone() returns trigger language plpgsql security definer set search_path = public as $$
begin
  perform ledger_unopen((select array_agg(r.company_id order by r.id) from removed r),
    (select array_agg(r.account_id order by r.id) from removed r));
  return null;
end $$;
create trigger opening_balances_made after insert on opening_balances
  referencing new table as added for each statement execute function ledger_opening_made();
create trigger opening_balances_changed after update on opening_balances
  referencing old table as removed new table as added for each statement execute function ledger_opening_changed();
create trigger opening_balances_gone after delete on opening_balances
  referencing old table as removed for each statement execute function ledger_opening_gone();

select ledger_open((select array_agg(id) from opening_balances));
