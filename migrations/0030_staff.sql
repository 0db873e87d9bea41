-- What a staff member sees of the requests: the whole company, their zone, their zone and trade, or what they were
-- given. Empty means what is usual for the role: the zone for field staff, the company for the desk.
alter table users
  add column visibility text,
  add column version int not null default 1,
  add column dismissed_at timestamptz,
  add constraint users_visibility check (
    visibility is null
    or (role = 'staff' and visibility in ('company', 'zone', 'zone_skill', 'assigned'))
    or (role = 'dispatcher' and visibility in ('company', 'zone')));

-- Complexes somebody looks after as a whole: a house that joins the complex joins the zone.
create table staff_complexes (
  company_id uuid not null references companies,
  user_id uuid not null,
  complex_id uuid not null,
  primary key (company_id, user_id, complex_id),
  foreign key (company_id, user_id) references users (company_id, id) on delete cascade,
  foreign key (company_id, complex_id) references complexes (company_id, id) on delete cascade
);
call protect('staff_complexes');

-- A link that makes one login. Only its hash is kept.
create table staff_invites (
  id uuid primary key,
  company_id uuid not null references companies,
  token_hash bytea not null unique,
  role text not null check (role in ('admin', 'dispatcher', 'staff')),
  name text not null check (length(name) between 1 and 200),
  phone text check (phone ~ '^\+998[0-9]{9}$'),
  email text check (length(email) <= 254),
  lang text not null check (lang in ('ru', 'uz', 'en')),
  visibility text,
  skills text[] not null default '{}',
  building_ids uuid[] not null default '{}',
  complex_ids uuid[] not null default '{}',
  -- a super admin's login belongs to no company, hence no company in this key
  invited_by uuid references users,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- taken back by the company
  revoked_at timestamptz,
  user_id uuid,
  used_at timestamptz,
  check ((used_at is null) = (user_id is null)),
  foreign key (company_id, user_id) references users (company_id, id)
);
create index staff_invites_open on staff_invites (company_id, created_at desc, id desc) where used_at is null and revoked_at is null;
call protect('staff_invites');
