-- The register of units by area; units whose area is not known count as nothing and stand at the end. Not `coalesce`:
-- row-level security takes it for something that may leak and keeps it out of index conditions.
create index units_area on units (company_id, (case when area_cm2 is null then 0 else area_cm2 end), id) where archived_at is null;
-- What must be measured yet, house by house.
create index units_area_missing on units (company_id, building_id, sort_key, id) where archived_at is null and area_cm2 is null;
-- Open accounts in the order of their numbers.
create index personal_accounts_open on personal_accounts (company_id, number) where closed_on is null;
