-- Open work by what has to be kept next: the order of the list, and what is overdue or due soon within it. Takes the place
-- of the order by the end of the work alone and of the index of what is overdue.
drop index requests_open_due;
drop index requests_pressing;
create index requests_open_pressing on requests (company_id, pressing_at, id)
  where status in ('new', 'assigned', 'in_progress', 'deferred', 'returned');
