-- Forgetting a person. What accounting and the history of work need stays without the person: the row of the contact is
-- kept, empty, because homes, requests and accounts refer to it.
alter table contacts add column erased_at timestamptz;

-- A value of the audit with its content covered: that something was there stays to be seen.
create function audit_cover(value jsonb) returns jsonb language sql immutable parallel safe as $$
  select case jsonb_typeof(value)
    when 'null' then value
    when 'array' then coalesce((select jsonb_agg(case when part = 'null'::jsonb then part else '"•"'::jsonb end)
      from jsonb_array_elements(value) part), '[]')
    else '"•"'::jsonb
  end
$$;

-- The seal of a covered entry can no longer be made from what is left of it. Each covering leaves a bridge instead: a
-- hash over the seal (or the bridge before it), the seal before, and the entry as it is now. The bridges of one person
-- are hashed together into the entry that tells of the forgetting, which is sealed like any other: so neither the
-- covered entry nor what lies before it can be changed afterwards without being seen.
create table audit_bridges (
  audit_id uuid not null,
  step int not null check (step > 0),
  company_id uuid not null references companies,
  contact_id uuid not null,
  bridge bytea not null,
  made_at timestamptz not null,
  primary key (audit_id, step)
);
create index audit_bridges_contact on audit_bridges (company_id, contact_id);
create trigger audit_bridges_append_only before update or delete on audit_bridges for each row execute function refuse_change();
call protect('audit_bridges');
revoke update, delete on audit_bridges from uk_app, uk_system;
revoke insert on audit_bridges from uk_app;

-- The audit stays append-only but for covering: of the actor's name and of values, where a bridge was laid or the entry
-- was not sealed yet. Nobody may put anything else into an entry, whatever role they have.
create function audit_only_covered() returns trigger language plpgsql as $$
begin
  if row(new.id, new.company_id, new.at, new.actor_id, new.actor_role, new.door, new.action, new.object_type, new.object_id)
      is not distinct from
      row(old.id, old.company_id, old.at, old.actor_id, old.actor_role, old.door, old.action, old.object_type, old.object_id)
    and new.actor_name in (old.actor_name, '—')
    and not exists (
      select from jsonb_each(old.changes) o full join jsonb_each(new.changes) n using (key)
      where o.value is distinct from n.value and n.value is distinct from audit_cover(o.value))
    and (exists (select from audit_bridges b where b.audit_id = old.id)
      or exists (select from audit_unsealed u where u.audit_id = old.id))
  then
    return new;
  end if;
  raise exception 'audit_log is append-only' using errcode = 'insufficient_privilege';
end $$;
drop trigger audit_append_only on audit_log;
create trigger audit_append_only before delete on audit_log for each row execute function refuse_change();
create trigger audit_only_covered before update on audit_log for each row execute function audit_only_covered();
grant update (actor_name, changes) on audit_log to uk_system;

-- The history of requests stays as well; only the name of who is forgotten goes out of it.
create function history_only_nameless() returns trigger language plpgsql as $$
begin
  if new.actor_name = '—' and to_jsonb(new) - 'actor_name' = to_jsonb(old) - 'actor_name' then
    return new;
  end if;
  raise exception 'request_history is append-only' using errcode = 'insufficient_privilege';
end $$;
drop trigger request_history_append_only on request_history;
create trigger request_history_append_only before update on request_history
  for each row execute function history_only_nameless();
grant update (actor_name) on request_history to uk_system;
create index request_history_actor on request_history (company_id, actor_id) where actor_id is not null;

-- Covers what the audit and the history of requests tell of a person, and forgets their codes, chats and messages.
-- Returns how many entries were covered and the hash over their bridges. SECURITY DEFINER because the app may change
-- neither; it keeps the wall itself.
create function erase_traces(company uuid, person uuid, login uuid, phones text[], mail text, now timestamptz,
    out covered bigint, out seal text)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  entry record;
  after audit_log;
  previous bytea;
  sealed record;
  laid record;
begin
  if company is distinct from current_company() then
    raise exception 'people belong to the current company';
  end if;
  -- The sealer stands still meanwhile: an entry is either sealed before or after.
  perform pg_advisory_xact_lock(7002);
  covered := 0;
  for entry in
    select a.id, a.actor_name, a.changes, a.actor_id,
      case
        when (a.object_type = 'contact' and a.object_id = person) or (a.object_type = 'user' and a.object_id = login) then 'all'
        when a.object_type = 'application' and a.object_id in (select p.id from applications p
          where p.company_id = company and (p.contact_id = person or p.phone = any(phones))) then 'all'
        when a.object_type = 'resident_invitation' and a.object_id in (select i.id from resident_invites i
          where i.company_id = company and (i.contact_id = person or i.user_id = login or i.invited_by = login)) then 'all'
        when a.object_type = 'request' and a.object_id in (select r.id from requests r
          where r.company_id = company and r.contact_id = person) then 'contact'
        else 'actor'
      end as reach
    from audit_log a
    where a.company_id = company and (
      a.actor_id = login
      or (a.object_type = 'contact' and a.object_id = person)
      or (a.object_type = 'user' and a.object_id = login)
      or (a.object_type = 'application' and a.object_id in (select p.id from applications p
        where p.company_id = company and (p.contact_id = person or p.phone = any(phones))))
      or (a.object_type = 'resident_invitation' and a.object_id in (select i.id from resident_invites i
        where i.company_id = company and (i.contact_id = person or i.user_id = login or i.invited_by = login)))
      or (a.object_type = 'request' and a.object_id in (select r.id from requests r
        where r.company_id = company and r.contact_id = person)))
    order by a.at, a.id
  loop
    select a.* into after from audit_log a where a.id = entry.id;
    -- A stranger acts under their own name and without a login.
    if entry.actor_id = login or (entry.actor_id is null and entry.reach = 'all' and after.actor_role = 'resident') then
      after.actor_name := '—';
    end if;
    after.changes := (
      select coalesce(jsonb_object_agg(key, case
        when entry.reach = 'all' and key not in ('role', 'state', 'kind', 'relation', 'lang', 'status') then audit_cover(value)
        when entry.reach = 'contact' and key in ('contact_name', 'contact_phone', 'name', 'phone') then audit_cover(value)
        when key = 'ip' then audit_cover(value)
        else value end), '{}')
      from jsonb_each(entry.changes));
    if after.actor_name = entry.actor_name and after.changes = entry.changes then
      continue;
    end if;
    select s.seq, s.hash into sealed from audit_seals s where s.audit_id = entry.id;
    if found then
      select s.hash into previous from audit_seals s where s.company_id = company and s.seq = sealed.seq - 1;
      if not found then
        previous := null;
      end if;
      select b.step, b.bridge into laid from audit_bridges b where b.audit_id = entry.id order by b.step desc limit 1;
      if not found then
        select 0 as step, sealed.hash as bridge into laid;
      end if;
      insert into audit_bridges (audit_id, step, company_id, contact_id, bridge, made_at)
        values (entry.id, laid.step + 1, company, person,
          sha256(laid.bridge || audit_hash(previous, sealed.seq, after)), now);
    end if;
    update audit_log a set actor_name = after.actor_name, changes = after.changes where a.id = entry.id;
    covered := covered + 1;
  end loop;
  select encode(sha256(coalesce(string_agg(b.bridge, ''::bytea order by b.audit_id, b.step), ''::bytea)), 'hex') into seal
    from audit_bridges b where b.company_id = company and b.contact_id = person;

  update request_history h set actor_name = '—' where h.company_id = company and h.actor_id = login;
  delete from telegram_inbox t using telegram_chats c where c.user_id = login and t.bot_id = c.bot_id and t.chat_id = c.chat_id;
  delete from telegram_chats c where c.user_id = login;
  delete from login_codes c where c.phone = any(phones);
  delete from phone_proofs p where p.phone = any(phones);
  delete from deliveries d
    where (d.company_id = company or d.company_id is null) and (d.user_id = login or d.address = any(phones) or d.address = mail);
end $$;

-- How many chats with the bot a login of the current company has.
create function count_chats(whose uuid) returns bigint
  language sql stable security definer set search_path = public, pg_temp as $$
  select count(*) from telegram_chats
  where user_id = whose and exists (select from users u where u.id = whose and u.company_id = current_company())
$$;

do $$
begin
  grant create on schema public to uk_system;
  alter function erase_traces(uuid, uuid, uuid, text[], text, timestamptz) owner to uk_system;
  alter function count_chats(uuid) owner to uk_system;
  revoke create on schema public from uk_system;
end $$;
revoke all on function erase_traces(uuid, uuid, uuid, text[], text, timestamptz), count_chats(uuid) from public;
grant execute on function erase_traces(uuid, uuid, uuid, text[], text, timestamptz), count_chats(uuid) to uk_app;
