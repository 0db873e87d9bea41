-- Who is at the desk has no home here and sees the whole company: nothing of the kind is looked up for them. A statement
-- opens every table it names, also those it never reads, and this one runs at every call.
create or replace function signed_in(uuid, uuid, timestamptz)
  returns table (company_id uuid, id uuid, role text, name text, lang text, contact_id uuid, visibility text, zones uuid[],
    skills text[], units uuid[], buildings uuid[], proven_at timestamptz, acting_user_id uuid, acting_name text, acting_role text,
    expires_at timestamptz)
  language plpgsql stable security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  who record;
begin
  select s.company_id, u.id, u.role, u.name, u.lang, u.contact_id, u.visibility, s.proven_at, s.acting_user_id, s.expires_at,
    s.own_session_id
  into who from sessions s join users u on u.id = s.user_id
  where s.id = $1 and s.user_id = $2 and s.ended_at is null and s.expires_at > $3 and u.blocked_at is null;
  if not found then
    return;
  end if;
  if who.own_session_id is not null and look_holds(who.own_session_id, who.role, $3) is not true then
    return;
  end if;
  company_id := who.company_id;
  id := who.id;
  role := who.role;
  name := who.name;
  lang := who.lang;
  contact_id := who.contact_id;
  visibility := who.visibility;
  proven_at := who.proven_at;
  acting_user_id := who.acting_user_id;
  expires_at := who.expires_at;
  zones := '{}';
  skills := '{}';
  units := '{}';
  buildings := '{}';
  if who.acting_user_id is not null then
    select a.name, a.role into acting_name, acting_role from users a where a.id = who.acting_user_id;
  end if;
  if who.role = 'resident' then
    select coalesce(array_agg(n.id), '{}'), coalesce(array_agg(n.building_id), '{}') into units, buildings
    from residencies r
    join units n on n.company_id = r.company_id and n.id = r.unit_id and n.archived_at is null
    join buildings b on b.company_id = n.company_id and b.id = n.building_id and b.archived_at is null
    where r.company_id = who.company_id and r.contact_id = who.contact_id and r.until_on is null;
    if cardinality(units) = 0 then
      return;
    end if;
  elsif who.role = 'staff' or who.visibility is not null then
    zones := array(select z.building_id from staff_zones z where z.company_id = who.company_id and z.user_id = who.id
      union select b.id from staff_complexes c join buildings b on b.company_id = c.company_id and b.complex_id = c.complex_id
      where c.company_id = who.company_id and c.user_id = who.id);
    skills := array(select k.skill from staff_skills k where k.company_id = who.company_id and k.user_id = who.id);
  end if;
  return next;
end $$;

-- The words of the audit. Row-level security keeps `ilike` out of index conditions, so the index of words served nobody: a word
-- that is seldom read the whole log. Here the index may be used, for the caller's company alone. A word that is frequent is
-- found among the newest entries; nobody knows beforehand which it is.
create function audit_found(
  words text, actor uuid, kind text, object uuid, what text, through text, since timestamptz, until timestamptz,
  before_at timestamptz, before_id uuid, most bigint
) returns setof uuid language plpgsql stable security definer rows 50 set search_path = public, pg_temp
  set plan_cache_mode = force_custom_plan as $$
declare
  company uuid := current_company();
  newest uuid[];
begin
  -- Nobody's company is not a company.
  if company is null then
    return;
  end if;
  newest := array(
    select n.id from (
      select a.id, a.at, a.actor_name, a.changes from audit_log a
      where a.company_id = company and (actor is null or a.actor_id = actor) and (kind is null or a.object_type = kind)
        and (object is null or a.object_id = object) and (what is null or a.action = what) and (through is null or a.door = through)
        and (since is null or a.at >= since) and (until is null or a.at < until)
        and (before_at is null or (a.at, a.id) < (before_at, before_id))
      order by a.at desc, a.id desc limit 1000
    ) n where (n.actor_name || ' ' || n.changes::text) ilike words order by n.at desc, n.id desc limit most
  );
  if cardinality(newest) = most then
    return query select unnest(newest);
    return;
  end if;
  return query
  select a.id from audit_log a
  where a.company_id = company and (a.actor_name || ' ' || a.changes::text) ilike words
    and (actor is null or a.actor_id = actor) and (kind is null or a.object_type = kind)
    and (object is null or a.object_id = object) and (what is null or a.action = what) and (through is null or a.door = through)
    and (since is null or a.at >= since) and (until is null or a.at < until)
    and (before_at is null or (a.at, a.id) < (before_at, before_id))
  order by a.at desc, a.id desc limit most;
end $$;
revoke all on function audit_found(text, uuid, text, uuid, text, text, timestamptz, timestamptz, timestamptz, uuid, bigint) from public;
grant execute on function audit_found(text, uuid, text, uuid, text, text, timestamptz, timestamptz, timestamptz, uuid, bigint)
  to uk_app, uk_system;
