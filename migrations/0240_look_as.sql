-- A look at the product as another person, for support: a session of that person in a family of its own, opened from the
-- session of whoever really reads, and never longer than its hour.
alter table sessions
  add column acting_user_id uuid references users on delete cascade,
  add column own_session_id uuid references sessions on delete cascade,
  add constraint sessions_look check
    ((acting_user_id is null) = (own_session_id is null) and acting_user_id is distinct from user_id and own_session_id is distinct from id);
create index sessions_acting on sessions (acting_user_id) where acting_user_id is not null;
create index sessions_own on sessions (own_session_id) where own_session_id is not null;

-- Whether whoever looks through the session $1 at a person of the role $2 still may at the moment $3: their own session is
-- good, and they stand above that person.
create function look_holds(uuid, text, timestamptz) returns boolean
  language sql stable set search_path = public, pg_temp as $$
  select exists(select from sessions o join users a on a.id = o.user_id
    where o.id = $1 and o.ended_at is null and o.expires_at > $3 and a.blocked_at is null
      and (a.role = 'super_admin' and $2 <> 'super_admin' or a.role = 'admin' and $2 not in ('super_admin', 'admin')))
$$;

-- As before, with who really reads.
drop function signed_in(uuid, uuid, timestamptz);
create function signed_in(uuid, uuid, timestamptz)
  returns table (company_id uuid, id uuid, role text, name text, lang text, contact_id uuid, visibility text, zones uuid[],
    skills text[], units uuid[], buildings uuid[], proven_at timestamptz, acting_user_id uuid, acting_name text, acting_role text,
    expires_at timestamptz)
  language plpgsql stable security definer set search_path = public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  select s.company_id, u.id, u.role, u.name, u.lang, u.contact_id, u.visibility,
    array(select z.building_id from staff_zones z where z.user_id = u.id
      union select b.id from staff_complexes c join buildings b on b.company_id = c.company_id and b.complex_id = c.complex_id
      where c.user_id = u.id),
    array(select k.skill from staff_skills k where k.user_id = u.id), h.units, h.buildings, s.proven_at,
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
do $$
begin
  grant create on schema public to uk_system;
  alter function signed_in(uuid, uuid, timestamptz) owner to uk_system;
  revoke create on schema public from uk_system;
end $$;
revoke all on function signed_in(uuid, uuid, timestamptz) from public;
grant execute on function signed_in(uuid, uuid, timestamptz) to uk_app;
