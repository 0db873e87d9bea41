-- Requests that belong together: links, and duplicates that were joined to the request the work is done under.
alter table requests
  add column merged_into uuid,
  -- where the duplicate stood, so that it can be taken out again
  add column merged_from text check (merged_from in ('new', 'assigned', 'in_progress', 'deferred', 'returned')),
  add foreign key (company_id, merged_into) references requests (company_id, id),
  add check (merged_into is null or (status = 'cancelled' and merged_from is not null and merged_into <> id));
create index requests_merged on requests (company_id, merged_into) where merged_into is not null;

create table request_links (
  company_id uuid not null references companies,
  from_id uuid not null,
  to_id uuid not null,
  -- cause: `from` happens because of `to`; split: `from` was one call with `to`
  kind text not null check (kind in ('related', 'duplicate', 'cause', 'split')),
  created_by text not null default '',
  created_at timestamptz not null,
  primary key (company_id, from_id, to_id),
  foreign key (company_id, from_id) references requests (company_id, id),
  foreign key (company_id, to_id) references requests (company_id, id),
  check (from_id <> to_id)
);
create index request_links_to on request_links (company_id, to_id);

-- Open work of a place, for "is this the same leak?"
create index requests_similar on requests (company_id, building_id, category, created_at desc)
  where status in ('new', 'assigned', 'in_progress', 'deferred', 'returned');

call protect('request_links');
