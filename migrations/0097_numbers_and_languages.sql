-- Lets the numbers of a company's requests go on from a larger one and says which would have come. Asked for less, it
-- changes nothing.
create function raise_request_number(company uuid, next bigint) returns bigint language plpgsql security definer set search_path = public as $$
declare
  numbers text := format('request_number_%s', replace(company::text, '-', ''));
  coming bigint;
begin
  if company is distinct from current_company() then
    raise exception 'request numbers belong to the current company';
  end if;
  -- Changing nothing, it holds the sequence until the commit: who is taking a number finishes first, who comes
  -- meanwhile waits. Otherwise a number could be given out between looking and raising, and come twice.
  execute format('alter sequence %I increment by 1', numbers);
  execute format('select last_value + is_called::int from %I', numbers) into coming;
  if next > coming then
    execute format('alter sequence %I restart with %s', numbers, next);
  end if;
  return coming;
end $$;

-- The languages a company offers its residents; its own is always among them.
alter table companies
  add column languages text[] not null default '{ru,uz,en}',
  add constraint companies_languages check (
    cardinality(languages) between 1 and 3 and languages <@ array['ru', 'uz', 'en'] and lang = any(languages));
