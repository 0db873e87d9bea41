-- Lists that are narrowed read no more than they show.

-- Overdue and due soon without what is put off: told by the index, in the order of what presses most.
drop index requests_open_pressing;
create index requests_open_pressing on requests (company_id, pressing_at, id, soon_at, paused_since)
  where status in ('new', 'assigned', 'in_progress', 'deferred', 'returned');

-- Houses in their order, and the units of each in theirs, are walked without reading those that are not shown. What was put
-- away is little and is sorted when it is asked for.
drop index buildings_order;
create index buildings_order on buildings (company_id, sort_key, id) where archived_at is null;
drop index units_order;
drop index units_of_house;
create index units_order on units (company_id, building_id, sort_key, id) include (entrance_id, kind) where archived_at is null;

-- Whether a unit has an open account, without reading the account.
drop index personal_accounts_unit;
create index personal_accounts_unit on personal_accounts (company_id, unit_id, closed_on);

-- Payments of a house, the newest first; and those that a receipt's, a transaction's or an account's number of then names.
create index payments_building on payments (company_id, building_id, paid_at desc, id desc);
create index payments_reference on payments (company_id, reference);
create index payments_account_number on payments (company_id, account_number);
