-- Bulk loading: COPY cannot write into a table behind row-level security, so it fills a temporary table first.
-- Only the cross-company role may make one, and only for the length of its transaction.
do $$
begin
  execute format('grant temporary on database %I to uk_system', current_database());
exception when insufficient_privilege then
  raise warning 'demo data needs: grant temporary on database % to uk_system', current_database();
end $$;
