-- How much the database takes on the disk. Only who may connect may ask for that, and `uk_system` logs in nowhere: asked as
-- the owner. A grant on the database would do as well, but does not come along with a backup.
create function database_size() returns bigint language sql stable security definer set search_path = pg_catalog, pg_temp as
  'select pg_database_size(current_database())';
revoke execute on function database_size() from public;
grant execute on function database_size() to uk_app, uk_system;
