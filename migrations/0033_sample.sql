-- What "load sample data" made, so that exactly this can be removed again.
create table sample_rows (
  company_id uuid not null references companies,
  kind text not null check (kind in ('building', 'entrance', 'unit', 'contact', 'request')),
  id uuid not null,
  primary key (company_id, kind, id)
);
call protect('sample_rows');

-- History is changed by nobody; that of a sample request goes with its request.
create function refuse_unless_sample() returns trigger language plpgsql as $$
begin
  if exists (select from sample_rows s where s.company_id = old.company_id and s.kind = 'request' and s.id = old.request_id) then
    return old;
  end if;
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;
drop trigger request_history_append_only on request_history;
create trigger request_history_append_only before update on request_history for each row execute function refuse_change();
create trigger request_history_only_samples_go before delete on request_history for each row execute function refuse_unless_sample();

-- The app may not delete history; this may, for samples of the current company only.
create function remove_sample_requests(company uuid) returns void language plpgsql security definer set search_path = public as $$
begin
  if company is distinct from current_company() then
    raise exception 'samples belong to the current company';
  end if;
  delete from request_history h using sample_rows s
    where s.company_id = company and s.kind = 'request' and h.company_id = company and h.request_id = s.id;
  delete from request_comments c using sample_rows s
    where s.company_id = company and s.kind = 'request' and c.company_id = company and c.request_id = s.id;
  delete from requests r using sample_rows s
    where s.company_id = company and s.kind = 'request' and r.company_id = company and r.id = s.id;
end $$;
