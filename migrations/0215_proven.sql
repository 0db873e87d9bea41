-- When the person last proved who they are on this device: dangerous actions ask for a proof of the last minutes. A device
-- that was signed in before proves itself once more.
alter table sessions add column proven_at timestamptz not null default '2000-01-01';
alter table sessions alter column proven_at set default now();

-- As before, with the last proof.
drop function signed_in(uuid, uuid, timestamptz);
create function signed_in(uuid, uuid, timestamptz)
  returns table (company_id uuid, id uuid, role text, name text, lang text, contact_id uuid, visibility text, zones uuid[],
    skills text[], units uuid[], buildings uuid[], proven_at timestamptz)
  language plpgsql stable security definer set search_path = public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  select s.company_id, u.id, u.role, u.name, u.lang, u.contact_id, u.visibility,
    array(select z.building_id from staff_zones z where z.user_id = u.id
      union select b.id from staff_complexes c join buildings b on b.company_id = c.company_id and b.complex_id = c.complex_id
      where c.user_id = u.id),
    array(select k.skill from staff_skills k where k.user_id = u.id), h.units, h.buildings, s.proven_at
  from sessions s join users u on u.id = s.user_id
  cross join lateral (select coalesce(array_agg(n.id), '{}') as units, coalesce(array_agg(n.building_id), '{}') as buildings
    from residencies r
    join units n on n.company_id = r.company_id and n.id = r.unit_id and n.archived_at is null
    join buildings b on b.company_id = n.company_id and b.id = n.building_id and b.archived_at is null
    where r.company_id = u.company_id and r.contact_id = u.contact_id and r.until_on is null) h
  where s.id = $1 and s.user_id = $2 and s.ended_at is null and s.expires_at > $3 and u.blocked_at is null
    and (u.role <> 'resident' or cardinality(h.units) > 0);
end $$;
do $$
begin
  grant create on schema public to uk_system;
  alter function signed_in(uuid, uuid, timestamptz) owner to uk_system;
  revoke create on schema public from uk_system;
end $$;
revoke all on function signed_in(uuid, uuid, timestamptz) from public;
grant execute on function signed_in(uuid, uuid, timestamptz) to uk_app;
