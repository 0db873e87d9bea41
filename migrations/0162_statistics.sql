-- Tells the planner of rows that were just written in the same transaction: without it, each flat of a new city is looked
-- for among all of them. Only the owner of a table may do that.
create function learn_city() returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  analyze buildings, units, personal_accounts, residencies;
end $$;
revoke all on function learn_city() from public;
grant execute on function learn_city() to uk_system;
