-- Deadlines: rules in editions, two clocks on each request, and the times in which they stood still.

-- An edition of a company's rules holds until the next one; requests keep theirs. Without one the usual rules hold.
create table deadline_policies (
  company_id uuid not null references companies,
  number int not null check (number > 0),
  since timestamptz not null,
  author text,
  -- in the order in which they are tried
  rules jsonb not null,
  primary key (company_id, number)
);
create trigger deadline_policies_append_only before update or delete on deadline_policies
  for each row execute function refuse_change();
revoke update, delete on deadline_policies from uk_app, uk_system;

-- The working calendar as it was: a request names the one it was counted in. Without one the usual week holds.
create table work_calendars (
  company_id uuid not null references companies,
  version int not null,
  week jsonb not null,
  special jsonb not null,
  primary key (company_id, version)
);
create trigger work_calendars_append_only before update or delete on work_calendars
  for each row execute function refuse_change();
revoke update, delete on work_calendars from uk_app, uk_system;

-- Whom to tell, and when finished work closes by itself; without a row the defaults hold.
create table deadline_watch (
  company_id uuid primary key references companies,
  version int not null default 1,
  warn_percent smallint not null default 20 check (warn_percent between 0 and 90),
  escalate_roles text[] not null default '{admin}' check (escalate_roles <@ '{admin,dispatcher,staff}'),
  escalate_to uuid[] not null default '{}',
  close_after_days smallint not null default 7 check (close_after_days between 0 and 90),
  updated_at timestamptz not null
);

alter table requests
  add column respond_by timestamptz,
  add column responded_at timestamptz,
  -- what was promised: minutes by a rule (its place in the edition), counted in a calendar; all empty on imported requests
  add column answer_minutes int,
  add column solution_minutes int,
  add column counting text check (counting in ('working', 'always')),
  add column policy int,
  add column rule smallint,
  add column calendar int,
  add column due_by_hand boolean not null default false,
  -- the pause that lasts; those that are over are in request_pauses
  add column paused_since timestamptz,
  add column paused_reason text check (paused_reason in ('deferred', 'waiting_resident')),
  add column waiting_for text check (length(waiting_for) <= 1000),
  -- finished after its time
  add column late boolean not null default false,
  -- when somebody must be told something next
  add column alert_at timestamptz,
  add check ((paused_since is null) = (paused_reason is null)),
  add check ((counting is null) = (solution_minutes is null) and (counting is null) = (answer_minutes is null)),
  add foreign key (company_id, policy) references deadline_policies (company_id, number);

create table request_pauses (
  id uuid primary key,
  company_id uuid not null references companies,
  request_id uuid not null,
  reason text not null check (reason in ('deferred', 'waiting_resident', 'done')),
  from_at timestamptz not null,
  to_at timestamptz not null check (to_at >= from_at),
  foreign key (company_id, request_id) references requests (company_id, id)
);
create index request_pauses_request on request_pauses (company_id, request_id, from_at);
create trigger request_pauses_append_only before update on request_pauses for each row execute function refuse_change();
create trigger request_pauses_only_samples_go before delete on request_pauses for each row execute function refuse_unless_sample();
revoke update, delete on request_pauses from uk_app, uk_system;

-- What was told about a clock, once each: the key keeps a second telling out.
create table request_alerts (
  company_id uuid not null references companies,
  request_id uuid not null,
  clock text not null check (clock in ('answer', 'solution')),
  alert text not null check (alert in ('warning', 'breach')),
  at timestamptz not null,
  primary key (company_id, request_id, clock, alert),
  foreign key (company_id, request_id) references requests (company_id, id)
);
create trigger request_alerts_append_only before update on request_alerts for each row execute function refuse_change();
create trigger request_alerts_only_samples_go before delete on request_alerts for each row execute function refuse_unless_sample();
revoke update, delete on request_alerts from uk_app, uk_system;

call protect('deadline_policies');
call protect('work_calendars');
call protect('deadline_watch');
call protect('request_pauses');
call protect('request_alerts');

-- The walls keep the owner out, too: what is there is moved by who may see it.
set local role uk_system;

-- Calendars that were saved before.
insert into work_calendars (company_id, version, week, special)
select s.company_id, s.calendar_version,
  coalesce((select jsonb_agg(jsonb_build_object('weekday', weekday, 'opens', opens, 'closes', closes, 'lunch',
      case when lunch_from is not null then jsonb_build_object('from', lunch_from, 'to', lunch_to) end) order by weekday)
    from work_hours h where h.company_id = s.company_id), '[]'),
  coalesce((select jsonb_agg(jsonb_build_object('day', day, 'works', works, 'name', name) order by day)
    from special_days d where d.company_id = s.company_id), '[]')
from company_settings s where s.calendar_version > 1;

-- Hours that a company has set stay what they are, counted round the clock as they were.
insert into deadline_policies (company_id, number, since, rules)
select company_id, 1, updated_at, jsonb_build_array(
  jsonb_build_object('kind', 'emergency', 'answer_minutes', 3, 'solution_minutes', emergency_hours * 60, 'counting', 'always'),
  jsonb_build_object('priority', 'urgent', 'answer_minutes', 30, 'solution_minutes', urgent_hours * 60, 'counting', 'always'),
  jsonb_build_object('priority', 'high', 'answer_minutes', 60, 'solution_minutes', high_hours * 60, 'counting', 'always'),
  jsonb_build_object('priority', 'low', 'answer_minutes', 60, 'solution_minutes', low_hours * 60, 'counting', 'always'),
  jsonb_build_object('answer_minutes', 60, 'solution_minutes', normal_hours * 60, 'counting', 'always'))
from company_settings
where (emergency_hours, urgent_hours, high_hours, normal_hours, low_hours) is distinct from (4::smallint, 8::smallint, 24::smallint, 72::smallint, 168::smallint);
-- Requests that are there: a time in full hours came from a rule, any other was named by hand. Counting begins with a
-- full minute now.
update requests r set
  late = coalesce(completed_at > due_at, false),
  due_by_hand = due_at is not null and extract(epoch from due_at - created_at)::numeric % 3600 <> 0,
  responded_at = (select min(h.at) from request_history h where h.company_id = r.company_id and h.request_id = r.id
    and h.change in ('status', 'assignee') and h.actor_role is distinct from 'resident'),
  paused_since = case when status = 'deferred' then coalesce((select max(h.at) from request_history h
    where h.company_id = r.company_id and h.request_id = r.id and h.change = 'status' and h.new = 'deferred'), updated_at) end,
  paused_reason = case when status = 'deferred' then 'deferred' end;
update requests set
  counting = 'always',
  answer_minutes = case when kind = 'emergency' then 3 else 60 end,
  solution_minutes = extract(epoch from due_at - created_at)::int / 60,
  respond_by = date_trunc('minute', created_at + interval '59.999999 seconds') + case when kind = 'emergency' then interval '3 minutes' else interval '1 hour' end,
  due_at = date_trunc('minute', created_at + interval '59.999999 seconds') + (due_at - created_at)
where due_at is not null and not due_by_hand and due_at > created_at;

reset role;
alter table company_settings
  drop column emergency_hours, drop column urgent_hours, drop column high_hours, drop column normal_hours, drop column low_hours;

create index requests_alert on requests (alert_at) where alert_at is not null;
create index requests_deferred on requests (deferred_until) where status = 'deferred' and deferred_until is not null;
create index requests_unrated on requests (completed_at) where status = 'done';
create index requests_late on requests (company_id, created_at desc, id desc) where late;

-- The sample goes with what was counted about it.
create or replace function remove_sample_requests(company uuid) returns void language plpgsql security definer set search_path = public as $$
begin
  if company is distinct from current_company() then
    raise exception 'samples belong to the current company';
  end if;
  delete from request_pauses p using sample_rows s
    where s.company_id = company and s.kind = 'request' and p.company_id = company and p.request_id = s.id;
  delete from request_alerts a using sample_rows s
    where s.company_id = company and s.kind = 'request' and a.company_id = company and a.request_id = s.id;
  delete from request_history h using sample_rows s
    where s.company_id = company and s.kind = 'request' and h.company_id = company and h.request_id = s.id;
  delete from request_comments c using sample_rows s
    where s.company_id = company and s.kind = 'request' and c.company_id = company and c.request_id = s.id;
  delete from requests r using sample_rows s
    where s.company_id = company and s.kind = 'request' and r.company_id = company and r.id = s.id;
end $$;
