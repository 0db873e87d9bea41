-- The register of people: edits are versioned, secrets are sealed, shares are exact.
--
-- A sealed value has three columns: the bytes (key id, nonce, ciphertext; XChaCha20-Poly1305, bound to table, column and
-- row), a key for finding it whole (HMAC-SHA256), and how it is shown to who may not see it.
alter table contacts
  add column version int not null default 1,
  -- the road this person asked for
  add column channel text check (channel in ('sms', 'email', 'telegram')),
  add column email_sealed bytea,
  add column email_key bytea,
  add column email_shown text check (length(email_shown) <= 300),
  add column passport_sealed bytea,
  add column passport_key bytea,
  add column passport_shown text check (length(passport_shown) <= 20),
  add column pinfl_sealed bytea,
  add column pinfl_key bytea,
  add column pinfl_shown text check (length(pinfl_shown) <= 20),
  add check ((email_sealed is null) = (email_key is null) and (email_sealed is null) = (email_shown is null)),
  add check ((passport_sealed is null) = (passport_key is null) and (passport_sealed is null) = (passport_shown is null)),
  add check ((pinfl_sealed is null) = (pinfl_key is null) and (pinfl_sealed is null) = (pinfl_shown is null));
comment on column contacts.email is
  'Only on its way: whatever writes it seals it in the same transaction; what an older version left is sealed by a schedule.';
create index contacts_email_key on contacts (company_id, email_key) where email_key is not null;
create index contacts_passport_key on contacts (company_id, passport_key) where passport_key is not null;
create index contacts_pinfl_key on contacts (company_id, pinfl_key) where pinfl_key is not null;
create index contacts_unsealed on contacts (company_id, id) where email is not null;

-- A company may hide phones: then the number is sealed, found whole by its key or by its last four digits.
alter table contact_phones drop constraint contact_phones_pkey;
alter table contact_phones
  alter column phone drop not null,
  add column id uuid not null default gen_random_uuid(),
  add column sealed bytea,
  add column key bytea,
  add column last4 text check (last4 ~ '^[0-9]{4}$'),
  -- what two numbers are compared by
  add column code text not null generated always as (coalesce(phone, encode(key, 'hex'))) stored,
  -- what anybody may see
  add column shown text not null generated always as (
    coalesce(phone, '+998 •• •••-' || substr(last4, 1, 2) || '-' || substr(last4, 3, 2))) stored,
  add primary key (id),
  add constraint contact_phones_once unique (company_id, contact_id, code),
  add check (num_nonnulls(phone, sealed) = 1),
  add check ((sealed is null) = (key is null) and (sealed is null) = (last4 is null));
create index contact_phones_code on contact_phones (company_id, code);
create index contact_phones_last4 on contact_phones (last4, company_id) where last4 is not null;

alter table residencies
  add column version int not null default 1;

alter table company_settings
  add column hide_phones boolean not null default false,
  add column dispatchers_reveal boolean not null default false,
  add column privacy_version int not null default 1;

-- A piece of a telephone number: whose it is. Of hidden numbers only the end is known.
create or replace function search_phones(piece text, most int) returns setof uuid
  language plpgsql stable security definer rows 60
  set search_path = public, pg_temp set enable_seqscan = off set enable_indexscan = off set enable_indexonlyscan = off as $$
declare
  company uuid := current_company();
begin
  -- Nobody's company is not a company: the owner of the system has none either.
  if company is null then
    return;
  end if;
  return query execute
    'select contact_id from contact_phones where company_id is not distinct from $3 and phone like $1 limit $2'
    using '%' || piece || '%', most, company;
  if length(piece) = 4 then
    return query execute
      'select contact_id from contact_phones where company_id is not distinct from $3 and last4 = $1 limit $2'
      using piece, most, company;
  end if;
end $$;
