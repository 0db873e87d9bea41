-- Services, tariffs, reliefs and the monthly run.

-- Each kind of background work is checked by the code that starts it; the list here would only have to be kept twice.
alter table tasks drop constraint tasks_kind_check, add constraint tasks_kind_check check (kind ~ '^[a-z_]{1,40}$');

-- What a company charges for.
create table services (
  id uuid primary key,
  company_id uuid not null references companies,
  name_ru text not null check (length(name_ru) between 1 and 200),
  name_uz text not null check (length(name_uz) between 1 and 200),
  name_en text not null check (length(name_en) between 1 and 200),
  -- for fiscal receipts: the code of the catalogue, of the package, the rate of the tax
  ikpu text check (ikpu ~ '^[0-9]{17}$'),
  package_code text check (package_code ~ '^[0-9]{1,20}$'),
  vat_percent smallint not null default 0 check (vat_percent between 0 and 100),
  -- the order on receipts
  position int not null check (position >= 0),
  version int not null default 1,
  archived_at timestamptz,
  unique (company_id, id)
);
create unique index services_name on services (company_id, lower(name_ru)) where archived_at is null;
alter table postings add foreign key (company_id, service_id) references services (company_id, id);

-- One edition of a price. A new price is a new edition; what an edition says is never changed, only its end is set.
create table tariffs (
  id uuid primary key,
  company_id uuid not null references companies,
  service_id uuid not null,
  rule text not null check (rule in ('area', 'unit', 'person', 'shared')),
  -- how a fixed sum of a house is shared
  share_by text check (share_by in ('area', 'unit', 'person')),
  -- for a square metre, a unit, a person; or the sum of the whole house
  price_tiyin bigint not null check (price_tiyin between 0 and 100000000000),
  -- months: the first with it, the first without it
  since date not null check (since = date_trunc('month', since)::date),
  until date check (until = date_trunc('month', until)::date and until >= since),
  complex_id uuid,
  building_id uuid,
  storeys_from smallint check (storeys_from between 1 and 200),
  storeys_to smallint check (storeys_to between 1 and 200 and storeys_to >= coalesce(storeys_from, 1)),
  has_lift boolean,
  created_at timestamptz not null,
  created_by uuid references users,
  created_by_name text not null,
  unique (company_id, id),
  check ((rule = 'shared') = (share_by is not null)),
  check (complex_id is null or building_id is null),
  foreign key (company_id, service_id) references services (company_id, id),
  foreign key (company_id, complex_id) references complexes (company_id, id),
  foreign key (company_id, building_id) references buildings (company_id, id)
);
create index tariffs_service on tariffs (company_id, service_id, since);

create function tariff_is_kept() returns trigger language plpgsql as $$
begin
  if (to_jsonb(new) - 'until') is distinct from (to_jsonb(old) - 'until') then
    raise exception 'an edition of a tariff is never changed' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger tariffs_kept before update on tariffs for each row execute function tariff_is_kept();

-- Less to pay, for one account and one service or all of them.
create table reliefs (
  id uuid primary key,
  company_id uuid not null references companies,
  account_id uuid not null,
  service_id uuid,
  -- hundredths of a percent, or a sum a month
  percent_bp int check (percent_bp between 1 and 10000),
  sum_tiyin bigint check (sum_tiyin > 0),
  since date not null check (since = date_trunc('month', since)::date),
  until date check (until = date_trunc('month', until)::date and until >= since),
  reason text not null check (length(reason) between 1 and 500),
  created_at timestamptz not null,
  created_by uuid references users,
  created_by_name text not null,
  unique (company_id, id),
  check (num_nonnulls(percent_bp, sum_tiyin) = 1),
  foreign key (company_id, account_id) references personal_accounts (company_id, id),
  foreign key (company_id, service_id) references services (company_id, id)
);
create index reliefs_account on reliefs (company_id, account_id, since);

-- One run over a month and some houses: looked at first, then booked, taken back while the month is open.
create table charge_runs (
  id uuid primary key,
  company_id uuid not null references companies,
  period date not null check (period = date_trunc('month', period)::date),
  state text not null check (state in ('previewing', 'ready', 'posting', 'posted', 'undoing', 'undone', 'stopped')),
  -- all houses when empty
  building_ids uuid[] not null default '{}',
  task_id uuid,
  accounts int not null default 0,
  lines int not null default 0,
  amount_tiyin bigint not null default 0,
  before_tiyin bigint not null default 0,
  created_at timestamptz not null,
  created_by uuid references users,
  created_by_name text not null,
  posted_at timestamptz,
  version int not null default 1,
  unique (company_id, id),
  foreign key (company_id, task_id) references tasks (company_id, id)
);
create index charge_runs_order on charge_runs (company_id, period desc, created_at desc);

-- What the look found, by house and service.
create table charge_totals (
  company_id uuid not null references companies,
  run_id uuid not null,
  building_id uuid not null,
  service_id uuid not null,
  lines int not null,
  amount_tiyin bigint not null,
  -- the month before
  before_tiyin bigint not null,
  primary key (company_id, run_id, building_id, service_id),
  foreign key (company_id, run_id) references charge_runs (company_id, id) on delete cascade,
  foreign key (company_id, service_id) references services (company_id, id)
);

create table charge_warnings (
  company_id uuid not null references companies,
  run_id uuid not null,
  seq bigint generated always as identity,
  kind text not null check (kind in ('no_area', 'no_people', 'no_tariff', 'much_more', 'much_less', 'nothing_to_share')),
  building_id uuid not null,
  account_id uuid,
  service_id uuid,
  before_tiyin bigint,
  amount_tiyin bigint,
  primary key (company_id, run_id, seq),
  foreign key (company_id, run_id) references charge_runs (company_id, id) on delete cascade
);

-- One line of a receipt with all it was counted from; it can be counted again at any time.
create table charge_lines (
  company_id uuid not null references companies,
  run_id uuid not null,
  period date not null,
  account_id uuid not null,
  service_id uuid not null,
  building_id uuid not null,
  tariff_id uuid not null,
  -- nothing was booked for a line of nothing
  entry_id uuid,
  area_cm2 bigint,
  persons int,
  days smallint not null check (days > 0),
  month_days smallint not null check (month_days >= days),
  -- of a shared sum: the parts of all, and the tiyin that was left over
  share_total numeric(30, 0) check (share_total > 0),
  share_extra smallint not null default 0 check (share_extra in (0, 1)),
  relief_id uuid,
  base_tiyin bigint not null check (base_tiyin > 0),
  relief_tiyin bigint not null default 0 check (relief_tiyin between 0 and base_tiyin),
  amount_tiyin bigint not null,
  undone_at timestamptz,
  check (amount_tiyin = base_tiyin - relief_tiyin),
  primary key (company_id, run_id, account_id, service_id),
  foreign key (company_id, run_id) references charge_runs (company_id, id),
  foreign key (company_id, account_id) references personal_accounts (company_id, id),
  foreign key (company_id, service_id) references services (company_id, id),
  foreign key (company_id, tariff_id) references tariffs (company_id, id),
  foreign key (company_id, relief_id) references reliefs (company_id, id),
  foreign key (company_id, entry_id) references ledger_entries (company_id, id)
);
-- A service is charged to an account once a month: running again changes nothing.
create unique index charge_lines_once on charge_lines (company_id, account_id, service_id, period) where undone_at is null;
create index charge_lines_month on charge_lines (company_id, building_id, period);
create index charge_lines_tariff on charge_lines (company_id, tariff_id);

create function charge_line_is_kept() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.undone_at is not null or (to_jsonb(new) - 'undone_at') is distinct from (to_jsonb(old) - 'undone_at') then
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger charge_lines_kept before update or delete on charge_lines for each row execute function charge_line_is_kept();

-- What a company decided about its bills; without a row the usual.
create table billing_rules (
  company_id uuid primary key references companies,
  -- the day of the next month by which to pay
  due_day smallint not null default 15 check (due_day between 1 and 28),
  -- the look warns when an account changes by more
  warn_percent smallint not null default 30 check (warn_percent between 1 and 1000),
  version int not null default 1
);

call protect('services');
call protect('tariffs');
call protect('reliefs');
call protect('charge_runs');
call protect('charge_totals');
call protect('charge_warnings');
call protect('charge_lines');
call protect('billing_rules');

-- The one rule of rounding: half a tiyin and more counts as one. Both above zero; `numeric`, because a product of
-- price, area and days outgrows a bigint.
create function tiyin(num numeric, den numeric) returns bigint language sql immutable parallel safe
return div(2 * num + den, 2 * den)::bigint;

-- The edition of each service that holds for a house in a month: the nearest place first (house, complex, company),
-- then the one that says more about the house, then the newest.
create function tariffs_for(company uuid, month date, houses uuid[])
returns table (building_id uuid, service_id uuid, tariff_id uuid, rule text, share_by text, price_tiyin bigint)
language sql stable as $$
  select distinct on (b.id, t.service_id) b.id, t.service_id, t.id, t.rule, t.share_by, t.price_tiyin
  from buildings b
  join tariffs t on t.company_id = b.company_id and t.since <= month and (t.until is null or t.until > month)
    and (t.building_id is null or t.building_id = b.id) and (t.complex_id is null or t.complex_id = b.complex_id)
    and (t.storeys_from is null or b.storeys >= t.storeys_from) and (t.storeys_to is null or b.storeys <= t.storeys_to)
    and (t.has_lift is null or t.has_lift = b.has_lift)
  join services s on s.company_id = t.company_id and s.id = t.service_id and s.archived_at is null
  where b.company_id = company and b.id = any(houses)
  order by b.id, t.service_id, t.building_id is not null desc, t.complex_id is not null desc,
    num_nonnulls(t.storeys_from, t.storeys_to, t.has_lift) desc, t.since desc, t.created_at desc, t.id desc
$$;

-- The accounts of some houses in a month with what they are charged by. An account that changes hands within the
-- month counts its days: the day it closes is the first day of the next one.
create function charged_accounts(company uuid, month date, houses uuid[])
returns table (account_id uuid, building_id uuid, unit_id uuid, area_cm2 bigint, persons int, days int, month_days int)
language sql stable as $$
  with span as (select month as first, (month + interval '1 month')::date as next)
  select a.id, u.building_id, u.id, u.area_cm2,
    (select count(distinct r.contact_id)::int from residencies r where r.company_id = company and r.unit_id = u.id
      and r.since_on < s.next and (r.until_on is null or r.until_on >= s.next)),
    least(coalesce(a.closed_on, s.next), s.next) - greatest(a.opened_on, s.first), s.next - s.first
  from span s, units u join personal_accounts a on a.company_id = u.company_id and a.unit_id = u.id
  where u.company_id = company and u.building_id = any(houses) and u.archived_at is null
    and a.opened_on < s.next and (a.closed_on is null or a.closed_on > greatest(a.opened_on, s.first))
$$;

-- Counts a month for whole houses, because a shared sum needs all who share it. The same rule in Rust, one line at a
-- time and with words, is `model::billing::count`; a test compares the two.
create function charges_for(company uuid, month date, houses uuid[])
returns table (account_id uuid, building_id uuid, service_id uuid, tariff_id uuid, area_cm2 bigint, persons int, days int,
  month_days int, share_total numeric, share_extra int, relief_id uuid, base_tiyin bigint, relief_tiyin bigint, amount_tiyin bigint)
language sql stable as $$
  with parts as (
    select a.*, t.service_id, t.tariff_id, t.rule, t.price_tiyin,
      case coalesce(t.share_by, t.rule) when 'area' then a.area_cm2 when 'person' then a.persons else 1 end::numeric * a.days as weight,
      coalesce(t.share_by, t.rule) as by
    from charged_accounts(company, month, houses) a join tariffs_for(company, month, houses) t on t.building_id = a.building_id
  ), plain as (
    select p.account_id, p.building_id, p.service_id, p.tariff_id, p.by, p.area_cm2, p.persons, p.days, p.month_days,
      null::numeric as share_total, 0 as share_extra,
      tiyin(p.price_tiyin * p.weight, p.month_days * case p.by when 'area' then 10000 else 1 end) as base
    from parts p where p.rule <> 'shared' and p.weight > 0
  ), divided as (
    select p.*, sum(p.weight) over house as total, div(p.price_tiyin * p.weight, sum(p.weight) over house) as floor,
      mod(p.price_tiyin * p.weight, sum(p.weight) over house) as rest
    from parts p where p.rule = 'shared' and p.weight > 0
    window house as (partition by p.building_id, p.service_id)
  ), shared as (
    select d.account_id, d.building_id, d.service_id, d.tariff_id, d.by, d.area_cm2, d.persons, d.days, d.month_days, d.total,
      -- the tiyin that are left go to the largest remainders, so that the house pays exactly its sum
      case when row_number() over (partition by d.building_id, d.service_id order by d.rest desc, d.account_id)
        <= d.price_tiyin - sum(d.floor) over (partition by d.building_id, d.service_id) then 1 else 0 end as extra, d.floor
    from divided d
  ), bases as (
    select * from plain
    union all
    select s.account_id, s.building_id, s.service_id, s.tariff_id, s.by, s.area_cm2, s.persons, s.days, s.month_days, s.total, s.extra,
      (s.floor + s.extra)::bigint from shared s
  ), relieved as (
    select b.*, r.id as relief_id, coalesce(case when r.percent_bp is not null then tiyin(b.base::numeric * r.percent_bp, 10000)
      when r.sum_tiyin is not null then least(r.sum_tiyin, b.base) end, 0) as relief
    from bases b left join lateral (
      select r.id, r.percent_bp, r.sum_tiyin from reliefs r where r.company_id = company and r.account_id = b.account_id
        and (r.service_id is null or r.service_id = b.service_id) and r.since <= month and (r.until is null or r.until > month)
      -- the one for this service before the one for all, the newest first
      order by r.service_id is not null desc, r.created_at desc, r.id desc limit 1) r on true
    where b.base > 0
  )
  select account_id, building_id, service_id, tariff_id, case by when 'area' then area_cm2 end, case by when 'person' then persons end,
    days, month_days, share_total, share_extra, relief_id, base, relief, base - relief
  from relieved
$$;

-- Ids are made of run, account and moment, so that the demo is the same each time.
-- Books a month for whole houses: lines, entries, postings in one statement. What was charged already is left as it
-- is. Returns how many lines were made.
create function charge_houses(company uuid, run uuid, month date, booked date, houses uuid[], author uuid, author_name text, moment timestamptz)
returns bigint language plpgsql as $$
declare made bigint;
begin
  with counted as materialized (
    select c.* from charges_for(company, month, houses) c
  ), entries as materialized (
    select e.account_id, md5(run::text || e.account_id || extract(epoch from moment))::uuid as entry_id from (select distinct c.account_id from counted c) e
  ), lines as (
    insert into charge_lines (company_id, run_id, period, account_id, service_id, building_id, tariff_id, entry_id, area_cm2, persons,
      days, month_days, share_total, share_extra, relief_id, base_tiyin, relief_tiyin, amount_tiyin)
    select company, run, month, c.account_id, c.service_id, c.building_id, c.tariff_id, case when c.amount_tiyin > 0 then e.entry_id end,
      c.area_cm2, c.persons, c.days, c.month_days, c.share_total, c.share_extra, c.relief_id, c.base_tiyin, c.relief_tiyin, c.amount_tiyin
    from counted c join entries e on e.account_id = c.account_id order by c.account_id, c.service_id
    on conflict (company_id, account_id, service_id, period) where undone_at is null do nothing
    returning charge_lines.account_id, charge_lines.building_id, charge_lines.service_id, charge_lines.entry_id, charge_lines.amount_tiyin
  ), booked_entries as (
    insert into ledger_entries (id, company_id, kind, source_id, period, booked_on, created_at, created_by, created_by_name)
    select distinct l.entry_id, company, 'charge', l.entry_id, month, booked, moment, author, nullif(author_name, '')
    from lines l where l.entry_id is not null
  ), booked_lines as (
    insert into postings (company_id, entry_id, line, booked_on, book, account_id, building_id, service_id, amount_tiyin)
    select company, l.entry_id, row_number() over (partition by l.entry_id order by l.service_id), booked, 'receivable', l.account_id,
      l.building_id, l.service_id, l.amount_tiyin
    from lines l where l.entry_id is not null
    union all
    select company, l.entry_id, count(*) + 1, booked, 'income', null, null, null, -sum(l.amount_tiyin)
    from lines l where l.entry_id is not null group by l.entry_id
  )
  select count(*) into made from lines;
  return made;
end $$;

-- Takes back what a run booked on some houses. Returns how many lines.
create function uncharge_houses(company uuid, run uuid, houses uuid[], author uuid, author_name text, moment timestamptz, why text)
returns bigint language plpgsql as $$
declare gone bigint;
begin
  with lines as (
    update charge_lines l set undone_at = moment where l.company_id = company and l.run_id = run and l.building_id = any(houses)
      and l.undone_at is null returning l.entry_id
  ), old as (
    select e.id, e.period, e.booked_on, gen_random_uuid() as entry_id
    from (select distinct entry_id from lines where entry_id is not null) l
    join ledger_entries e on e.company_id = company and e.id = l.entry_id
  ), booked as (
    insert into ledger_entries (id, company_id, kind, source_id, period, booked_on, reverses, reason, created_at, created_by, created_by_name)
    select o.entry_id, company, 'reversal', o.id, o.period, o.booked_on, o.id, why, moment, author, nullif(author_name, '') from old o
  ), opposite as (
    insert into postings (company_id, entry_id, line, booked_on, book, account_id, building_id, service_id, kassa_id, amount_tiyin)
    select company, o.entry_id, p.line, p.booked_on, p.book, p.account_id, p.building_id, p.service_id, p.kassa_id, -p.amount_tiyin
    from old o join postings p on p.company_id = company and p.entry_id = o.id
  )
  select count(*) into gone from lines;
  return gone;
end $$;

-- Entries of opening balances have ids made of what they are, for the same reason. The number of earlier postings tells
-- a corrected one from the one before it.
create or replace function ledger_open(ids uuid[]) returns void language plpgsql security definer set search_path = public as $$
begin
  with wanted as materialized (
    select o.company_id, o.account_id, o.amount_tiyin, o.as_of, o.created_at, b.building_id, i.created_by, i.created_by_name,
      md5('opening' || o.id || (select count(*) from postings p where p.company_id = o.company_id and p.account_id = o.account_id))::uuid as entry_id
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
