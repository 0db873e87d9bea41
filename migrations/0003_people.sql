-- People known to the company, with or without a login.
create table contacts (
  id uuid primary key,
  company_id uuid not null references companies,
  name text not null check (length(name) between 1 and 200),
  email text check (length(email) <= 254),
  lang text not null default 'ru' check (lang in ('ru', 'uz', 'en')),
  note text check (length(note) <= 2000),
  created_at timestamptz not null,
  unique (company_id, id)
);
create index contacts_name on contacts using gin (company_id, name gin_trgm_ops);
create index contacts_order on contacts (company_id, created_at desc, id desc);

create table contact_phones (
  company_id uuid not null references companies,
  contact_id uuid not null,
  phone text not null check (phone ~ '^\+998[0-9]{9}$'),
  position smallint not null default 0,
  primary key (company_id, contact_id, phone),
  foreign key (company_id, contact_id) references contacts (company_id, id) on delete cascade
);
create index contact_phones_phone on contact_phones (phone);

-- Who lives in or owns a unit, and since when. Leaving sets `until_on`, which closes access at once.
create table residencies (
  id uuid primary key,
  company_id uuid not null references companies,
  unit_id uuid not null,
  contact_id uuid not null,
  relation text not null check (relation in ('owner', 'tenant', 'relative')),
  share_num int check (share_num > 0),
  share_den int check (share_den >= share_num),
  since_on date not null,
  until_on date check (until_on >= since_on),
  foreign key (company_id, unit_id) references units (company_id, id),
  foreign key (company_id, contact_id) references contacts (company_id, id)
);
create unique index residencies_once on residencies (company_id, unit_id, contact_id) where until_on is null;
create index residencies_contact on residencies (company_id, contact_id);

-- Logins. A super admin belongs to no company; a resident's login points at their contact.
create table users (
  id uuid primary key,
  company_id uuid references companies,
  role text not null check (role in ('super_admin', 'admin', 'dispatcher', 'staff', 'resident')),
  login text check (login = lower(login) and length(login) between 1 and 100),
  password_hash text,
  name text not null check (length(name) between 1 and 200),
  email text check (length(email) <= 254),
  phone text check (phone ~ '^\+998[0-9]{9}$'),
  lang text not null default 'ru' check (lang in ('ru', 'uz', 'en')),
  contact_id uuid,
  blocked_at timestamptz,
  totp_secret bytea,
  totp_last_step bigint,
  created_at timestamptz not null,
  unique (company_id, id),
  unique (login),
  check ((role = 'super_admin') = (company_id is null)),
  check ((role = 'resident') = (contact_id is not null)),
  check (role = 'resident' or (login is not null and password_hash is not null)),
  foreign key (company_id, contact_id) references contacts (company_id, id)
);
create unique index users_resident on users (company_id, contact_id) where contact_id is not null;
create index users_email on users (lower(email)) where email is not null;
create index users_phone on users (phone) where role = 'resident';

create table staff_skills (
  company_id uuid not null references companies,
  user_id uuid not null,
  skill text not null check (skill in ('plumber', 'electrician', 'heating', 'lift', 'cleaner', 'locksmith', 'handyman')),
  primary key (company_id, user_id, skill),
  foreign key (company_id, user_id) references users (company_id, id) on delete cascade
);

-- The buildings a field worker looks after.
create table staff_zones (
  company_id uuid not null references companies,
  user_id uuid not null,
  building_id uuid not null,
  primary key (company_id, user_id, building_id),
  foreign key (company_id, user_id) references users (company_id, id) on delete cascade,
  foreign key (company_id, building_id) references buildings (company_id, id) on delete cascade
);

call protect('contacts');
call protect('contact_phones');
call protect('residencies');
call protect('users');
call protect('staff_skills');
call protect('staff_zones');
