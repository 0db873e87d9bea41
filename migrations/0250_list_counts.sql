-- What the lists of staff and of houses count for each row, without reading the rows counted.
create index requests_load on requests (company_id, assignee_id)
  where status in ('assigned', 'in_progress', 'deferred', 'returned');
create index units_of_house on units (company_id, building_id) where archived_at is null;
