-- What an open request has to keep next: somebody's answer while there is none, and the end of the work; the earlier.
-- Overdue is what has passed it, for every list, counter and mark.
alter table requests
  add column pressing_at timestamptz generated always as
    (least(due_at, case when responded_at is null then respond_by end)) stored,
  -- when it comes near, by the share of the time at which the company wants to be warned
  add column soon_at timestamptz;
create index requests_pressing on requests (company_id, pressing_at)
  where status in ('new', 'assigned', 'in_progress', 'deferred', 'returned') and paused_since is null;

-- The walls keep the owner out, too: what is there is moved by who may see it. Working hours are not counted here: the
-- next step of each request sets its moment to the minute.
set local role uk_system;
update requests r set soon_at = pressing_at - (pressing_at - created_at) * (c.percent::float8 / 100)
  from (select o.id, coalesce(w.warn_percent, 20) as percent
    from companies o left join deadline_watch w on w.company_id = o.id) c
  where c.id = r.company_id and c.percent > 0 and r.pressing_at > r.created_at and r.paused_since is null
    and r.status in ('new', 'assigned', 'in_progress', 'deferred', 'returned');
reset role;
