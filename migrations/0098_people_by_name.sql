-- The list of people by name, page after page.
create index contacts_by_name on contacts (company_id, name, id) where erased_at is null;
