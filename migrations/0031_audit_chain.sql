-- The audit as a chain: each seal holds a hash over the seal before it and the row it seals, so that a row changed,
-- removed or moved afterwards shows. Rows are sealed by a job shortly after their commit: writers never wait for
-- each other.
create table audit_seals (
  company_id uuid not null references companies,
  seq bigint not null check (seq > 0),
  audit_id uuid not null,
  hash bytea not null,
  sealed_at timestamptz not null,
  primary key (company_id, seq),
  unique (audit_id)
);
create trigger audit_seals_append_only before update or delete on audit_seals for each row execute function refuse_change();
revoke update, delete on audit_seals from uk_app, uk_system;

-- Rows that wait for their seal.
create table audit_unsealed (
  audit_id uuid primary key,
  company_id uuid not null references companies
);
create index audit_unsealed_company on audit_unsealed (company_id, audit_id);
revoke update, delete on audit_unsealed from uk_app;

call protect('audit_seals');
call protect('audit_unsealed');

create function audit_awaits_seal() returns trigger language plpgsql as $$
begin
  insert into audit_unsealed (audit_id, company_id) values (new.id, new.company_id);
  return null;
end $$;
create trigger audit_awaits_seal after insert on audit_log for each row execute function audit_awaits_seal();
insert into audit_unsealed (audit_id, company_id) select id, company_id from audit_log;

-- The hash of a row after its predecessor. Every value in one way of writing, whatever the session's settings.
create function audit_hash(previous bytea, seq bigint, a audit_log) returns bytea language sql immutable as $$
  select sha256(coalesce(previous, ''::bytea) || convert_to(jsonb_build_array(
    seq, a.id, a.company_id, (extract(epoch from a.at) * 1000000)::bigint, a.actor_id, a.actor_name, a.actor_role,
    a.door, a.action, a.object_type, a.object_id, a.changes)::text, 'UTF8'))
$$;

-- Seals up to `most` waiting rows, in the order they were written, and says how many. One sealer at a time.
create function audit_seal(most int, now timestamptz) returns int language plpgsql as $$
declare
  waiting record;
  company uuid;
  head record;
  sealed int := 0;
begin
  if not pg_try_advisory_xact_lock(7002) then
    return 0;
  end if;
  for waiting in
    select u.company_id, a as entry from audit_unsealed u join audit_log a on a.id = u.audit_id
    order by u.company_id, a.at, a.id limit most
  loop
    if company is distinct from waiting.company_id then
      company := waiting.company_id;
      select s.seq, s.hash into head from audit_seals s where s.company_id = company order by s.seq desc limit 1;
      if not found then
        select 0::bigint as seq, null::bytea as hash into head;
      end if;
    end if;
    select head.seq + 1 as seq, audit_hash(head.hash, head.seq + 1, waiting.entry) as hash into head;
    insert into audit_seals (company_id, seq, audit_id, hash, sealed_at)
      values (company, head.seq, (waiting.entry).id, head.hash, now);
    delete from audit_unsealed where audit_id = (waiting.entry).id;
    sealed := sealed + 1;
  end loop;
  return sealed;
end $$;

-- Filters of the audit page, each newest first.
create index audit_actor on audit_log (company_id, actor_id, at desc, id desc);
create index audit_type on audit_log (company_id, object_type, at desc, id desc);
create index audit_action on audit_log (company_id, action, at desc, id desc);
create index audit_text on audit_log using gin (company_id, (actor_name || ' ' || changes::text) gin_trgm_ops);
