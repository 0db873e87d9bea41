-- What the lists of staff and of houses count for each row, without reading the rows counted.
create index requests_load on requests (company_id, assignee_id)
  where status in ('assigned', 'in_progress', 'deferred', 'returned');
create index units_of_house on units (company_id, building_id) where archived_at is null;

-- A unit's number without its house, as people say it.
create index units_number on units (company_id, search);

-- As before, with the company first: the keys of these tables begin with it, and every request read all zones of everybody.
create or replace function signed_in(uuid, uuid, timestamptz)
  returns table (company_id uuid, id uuid, role text, name text, lang text, contact_id uuid, visibility text, zones uuid[],
    skills text[], units uuid[], buildings uuid[], proven_at timestamptz, acting_user_id uuid, acting_name text, acting_role text,
    expires_at timestamptz)
  language plpgsql stable security definer set search_path = public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  select s.company_id, u.id, u.role, u.name, u.lang, u.contact_id, u.visibility,
    array(select z.building_id from staff_zones z where z.company_id = u.company_id and z.user_id = u.id
      union select b.id from staff_complexes c join buildings b on b.company_id = c.company_id and b.complex_id = c.complex_id
      where c.company_id = u.company_id and c.user_id = u.id),
    array(select k.skill from staff_skills k where k.company_id = u.company_id and k.user_id = u.id), h.units, h.buildings, s.proven_at,
    s.acting_user_id, a.name, a.role, s.expires_at
  from sessions s join users u on u.id = s.user_id
  left join users a on a.id = s.acting_user_id
  cross join lateral (select coalesce(array_agg(n.id), '{}') as units, coalesce(array_agg(n.building_id), '{}') as buildings
    from residencies r
    join units n on n.company_id = r.company_id and n.id = r.unit_id and n.archived_at is null
    join buildings b on b.company_id = n.company_id and b.id = n.building_id and b.archived_at is null
    where r.company_id = u.company_id and r.contact_id = u.contact_id and r.until_on is null) h
  where s.id = $1 and s.user_id = $2 and s.ended_at is null and s.expires_at > $3 and u.blocked_at is null
    and (u.role <> 'resident' or cardinality(h.units) > 0)
    and (s.own_session_id is null or look_holds(s.own_session_id, u.role, $3));
end $$;
