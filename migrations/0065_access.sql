-- How residents come and go: a proven phone applies for a home, an invitation brings somebody in, leaving closes.

-- Who proved a phone with a one-time code and has no login yet. It opens nothing of any company: only the person's own
-- applications, and a login once there is one.
create table phone_proofs (
  token_hash bytea primary key,
  phone text not null check (phone ~ '^\+998[0-9]{9}$'),
  -- proven with the code of the demo: good for demo companies only
  demo boolean not null default false,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index phone_proofs_phone on phone_proofs (phone);
call system_only('phone_proofs');

-- What people ask of the company and somebody at the desk decides.
create table applications (
  id uuid primary key,
  company_id uuid not null references companies,
  -- `home`: somebody unknown wants in; `attach`: a resident names one more home; `erase`: a resident wants to be forgotten
  kind text not null check (kind in ('home', 'attach', 'erase')),
  state text not null default 'waiting' check (state in ('waiting', 'approved', 'rejected', 'withdrawn')),
  name text not null check (length(name) between 1 and 200),
  phone text check (phone ~ '^\+998[0-9]{9}$'),
  lang text not null default 'ru' check (lang in ('ru', 'uz', 'en')),
  -- the resident who asks; for somebody unknown the contact they became
  contact_id uuid,
  building_id uuid,
  unit_id uuid,
  -- the flat as it was typed, and the personal account where one was named
  flat text check (length(flat) <= 20),
  account text check (length(account) <= 30),
  relation text check (relation in ('owner', 'tenant', 'relative')),
  note text check (length(note) <= 500),
  door text not null,
  reason text check (length(reason) <= 500),
  -- a super admin's login belongs to no company, hence no company in this key
  decided_by uuid references users,
  decided_at timestamptz,
  created_at timestamptz not null,
  unique (company_id, id),
  check ((kind = 'home') <= (phone is not null and building_id is not null) or state <> 'waiting'),
  check ((kind <> 'home') <= (contact_id is not null)),
  foreign key (company_id, contact_id) references contacts (company_id, id),
  foreign key (company_id, building_id) references buildings (company_id, id),
  foreign key (company_id, unit_id) references units (company_id, id)
);
create index applications_waiting on applications (company_id, created_at, id) where state = 'waiting';
create index applications_order on applications (company_id, created_at desc, id desc);
create index applications_phone on applications (phone, created_at desc) where phone is not null;
create index applications_contact on applications (company_id, contact_id, created_at desc) where contact_id is not null;
call protect('applications');

-- A link, QR or short code that lets one person in. Only hashes are kept.
create table resident_invites (
  id uuid primary key,
  company_id uuid not null references companies,
  token_hash bytea not null unique,
  code_hash bytea not null unique,
  -- whom it is for; somebody new when empty
  contact_id uuid,
  -- the home it opens; only the login when empty
  unit_id uuid,
  relation text check (relation in ('owner', 'tenant', 'relative')),
  name text check (length(name) between 1 and 200),
  -- a super admin's login belongs to no company, hence no company in this key
  invited_by uuid references users,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  user_id uuid,
  used_at timestamptz,
  unique (company_id, id),
  check (contact_id is not null or unit_id is not null),
  check ((unit_id is null) = (relation is null)),
  check ((used_at is null) = (user_id is null)),
  foreign key (company_id, contact_id) references contacts (company_id, id),
  foreign key (company_id, unit_id) references units (company_id, id),
  foreign key (company_id, user_id) references users (company_id, id)
);
create index resident_invites_open on resident_invites (company_id, created_at desc, id desc)
  where used_at is null and revoked_at is null;
call protect('resident_invites');

-- Guesses at somebody's personal account and name: counted for who guesses and for what is guessed.
create table attach_attempts (
  id uuid primary key,
  company_id uuid not null references companies,
  user_id uuid not null,
  account_hash bytea not null,
  at timestamptz not null,
  foreign key (company_id, user_id) references users (company_id, id) on delete cascade
);
create index attach_attempts_user on attach_attempts (company_id, user_id, at);
create index attach_attempts_account on attach_attempts (company_id, account_hash, at);
call protect('attach_attempts');

alter table company_settings
  add column accept_applications boolean not null default true,
  add column attach_at_once boolean not null default true,
  add column access_version int not null default 1;

alter table sessions drop constraint sessions_ended_reason_check;
alter table sessions add constraint sessions_ended_reason_check check
  (ended_reason in ('logout', 'others', 'reuse', 'password', 'blocked', 'expired', 'left', 'phone', 'erased'));

-- Messages to one address, for the limit on codes to strangers.
create index deliveries_address on deliveries (address, created_at);

-- The chats of a login of the current company are let go: its phone belongs to somebody else now, or the person left.
-- SECURITY DEFINER because chats belong to no company; it keeps the wall itself.
create function unlink_chats(whose uuid) returns void
  language sql security definer set search_path = public, pg_temp as $$
  update telegram_chats set user_id = null, dialogue = '{}'
  where user_id = whose and exists (select from users u where u.id = whose and u.company_id = current_company())
$$;
do $$
begin
  grant create on schema public to uk_system;
  alter function unlink_chats(uuid) owner to uk_system;
  revoke create on schema public from uk_system;
end $$;
revoke all on function unlink_chats(uuid) from public;
grant execute on function unlink_chats(uuid) to uk_app;
