-- A list as somebody wants to see it again: its address without the page, and what it is called.
create table saved_views (
  id uuid primary key,
  company_id uuid not null references companies,
  -- a super admin's login belongs to no company, hence no company in this key
  owner_id uuid not null references users on delete cascade,
  list text not null check (list in ('requests', 'people', 'buildings')),
  name text not null check (length(name) between 1 and 60),
  query text not null check (length(query) <= 2000),
  shared boolean not null default false,
  version int not null default 1,
  created_at timestamptz not null,
  unique (company_id, id)
);
create unique index saved_views_name on saved_views (company_id, owner_id, list, lower(name));
create index saved_views_list on saved_views (company_id, list);

-- How a person keeps a list: the columns they hide, and the view it opens with.
create table list_settings (
  company_id uuid not null references companies,
  user_id uuid not null references users on delete cascade,
  list text not null check (list in ('requests', 'people', 'buildings')),
  hidden text[] not null default '{}' check (cardinality(hidden) <= 50),
  default_view uuid,
  primary key (company_id, user_id, list),
  foreign key (company_id, default_view) references saved_views (company_id, id) on delete set null (default_view)
);

call protect('saved_views');
call protect('list_settings');
