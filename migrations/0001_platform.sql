-- Roles. `uk_app` serves and owns nothing; `uk_system` is what it becomes for named cross-company work
-- (login look-up, outbox relay). Roles belong to the cluster, so another database may have made them already.
do $$
begin
  if not exists (select from pg_roles where rolname = 'uk_app') then
    create role uk_app noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'uk_system') then
    create role uk_system nologin;
  end if;
exception when duplicate_object or unique_violation then null;
end $$;
-- NOINHERIT on uk_app keeps uk_system's policies away until `set local role uk_system`.
alter role uk_app noinherit;
grant uk_system to uk_app;
do $$
begin
  execute format('grant uk_app, uk_system to %I', current_user);
exception when others then null; -- a superuser needs no membership
end $$;

create extension if not exists pg_trgm;
create extension if not exists btree_gin;

grant usage on schema public to uk_app, uk_system;
alter default privileges in schema public grant select, insert, update, delete on tables to uk_app, uk_system;
alter default privileges in schema public grant usage, select on sequences to uk_app, uk_system;

-- The company of the current transaction; null when none is set, so that policies show nothing.
create function current_company() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('app.company_id', true), '')::uuid;

-- Puts a table behind the tenant wall. Every table with a `company_id` calls it; a test finds the forgotten.
create procedure protect(t regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', t);
  execute format('alter table %s force row level security', t);
  execute format('create policy tenant on %s to uk_app using (company_id = (select current_company())) with check (company_id = (select current_company()))', t);
  execute format('create policy system on %s to uk_system using (true) with check (true)', t);
end $$;

create table companies (
  id uuid primary key,
  name text not null check (length(name) between 1 and 200),
  phone text check (phone ~ '^\+998[0-9]{9}$'),
  time_zone text not null default 'Asia/Tashkent',
  lang text not null default 'ru' check (lang in ('ru', 'uz', 'en')),
  demo boolean not null default false,
  created_at timestamptz not null
);
alter table companies enable row level security;
alter table companies force row level security;
create policy tenant on companies to uk_app using (id = (select current_company()));
create policy system on companies to uk_system using (true) with check (true);

-- Request numbers: a sequence for each company, so that nobody waits for another's commit. Gaps are allowed.
create function make_request_numbers() returns trigger language plpgsql security definer set search_path = public as $$
begin
  execute format('create sequence if not exists request_number_%s', replace(new.id::text, '-', ''));
  return new;
end $$;
create trigger companies_numbers after insert on companies for each row execute function make_request_numbers();

create function next_request_number(company uuid) returns bigint language plpgsql security definer set search_path = public as $$
begin
  if company is distinct from current_company() then
    raise exception 'request numbers belong to the current company';
  end if;
  return nextval(format('request_number_%s', replace(company::text, '-', '')));
end $$;

-- Tables whose rows are history: changed by nobody.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;
