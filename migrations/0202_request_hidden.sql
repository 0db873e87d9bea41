-- A request that its resident is not shown: what the company keeps among itself. `shown_to` is the one column every
-- resident's door asks, so that what is hidden has nobody to be shown to.
alter table requests
  add column hidden boolean not null default false,
  add column shown_to uuid generated always as (case when not hidden then contact_id end) stored;
create index requests_shown_to on requests (company_id, shown_to, created_at desc, id desc) where shown_to is not null;
