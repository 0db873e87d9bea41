-- Search. One folding for Russian, Uzbek Latin and Uzbek Cyrillic: the twins of `model::fold::words` and `skeleton`
-- (a test holds them together; the letters most used stand first, because `translate` looks from the left).
-- Keys are generated columns: no door, import or seed can forget them, and COPY stays COPY.
create function fold_words(t text) returns text language sql immutable strict parallel safe as $$
  select btrim(regexp_replace(replace(replace(replace(replace(replace(replace(
    regexp_replace(replace(regexp_replace(replace(replace(translate(t,
      ' оаеинтсрвлкмдпуязыбгчйхжюшцщэфёaiornelhmdtskugybzvjpfcxqw0123456789.,-ўқғҳАБВГДЕЖЗИЙКЛМНОПРСТУФХЫЭЁЦЧШЩЮЯЎҚҒҲABCDEFGHIJKLMNOPQRSTUVWXYZіїєәөүңІЇЄӘӨҮҢàáâãäåçèéêëìíîïñòóôõöùúûüýÿğışščžÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝĞİŞŠČŽ' || '''`´ʻʼ‘’‛′ʹʽˈ＇ьъЬЪ' || U&'\0300\0301\0302\0303\0304\0306\0308\0327\00AD\200B\200C\200D\FEFF',
      ' oaeintsrvlkmdpuAzibgCyhjUSTSefOaiornelhmdtskugybzvjpfchkv0123456789.,-okghabvgdejziyklmnoprstufhieOTCSSUAokghabcdefghijklmnopkrstuvvhyziieaounieeaounaaaaaaCeeeeiiiinooooouuuuyygiSSCzaaaaaaCeeeeiiiinooooouuuuygiSSCz'),
    'ch', 'C'), 'c', 'k'), 'k+h', 'h', 'g'), 'zh', 'j'), 'd+j', 'j', 'g'),
    'C', 'ch'), 'S', 'sh'), 'T', 'ts'), 'A', 'ya'), 'U', 'yu'), 'O', 'yo'), '[^a-z0-9]+', ' ', 'g'))
$$;

create function fold_skeleton(words text) returns text language sql immutable strict parallel safe as $$
  select regexp_replace(regexp_replace(replace(words, 'ts', 's'), '[aeiouy]+', 'a', 'g'), '([b-z])\1+', '\1', 'g')
$$;

-- ` aziz karimov qazaz qkaramav `: the words, then their skeletons behind a q, a letter folded words never have.
create function search_key(t text) returns text language plpgsql immutable strict parallel safe as $$
declare
  words text := public.fold_words(t);
begin
  if words = '' then return ''; end if;
  return ' ' || words || ' q' || replace(public.fold_skeleton(words), ' ', ' q') || ' ';
end $$;

-- Never used: row-level security keeps `ilike`, which might leak, out of index conditions. `search_ids` below is the way.
drop index requests_text;
drop index contacts_name;

alter table contacts add column search text generated always as (search_key(name)) stored;
alter table complexes add column search text generated always as (search_key(name)) stored;
alter table buildings add column search text generated always as (search_key(address)) stored;
alter table users add column search text
  generated always as (case when role = 'resident' then '' else search_key(name) end) stored;
-- Numbers as they are compared: `12А` with a Russian А, `12-a` and `12a` are one flat.
alter table units add column search text generated always as (replace(fold_words(number), ' ', '')) stored;
alter table personal_accounts add column search text generated always as (fold_words(number)) stored;
alter table requests add column search text generated always as (
  ' ' || fold_words(address || ' ' || description || ' ' || coalesce(contact_name, ''))
    || coalesce(' ' || substr(contact_phone, 2), '') || ' '
) stored;

create index contacts_search on contacts using gin (search gin_trgm_ops);
create index complexes_search on complexes using gin (search gin_trgm_ops);
create index buildings_search on buildings using gin (search gin_trgm_ops);
create index users_search on users using gin (search gin_trgm_ops) where role <> 'resident';
create index personal_accounts_search on personal_accounts using gin (search gin_trgm_ops);
create index requests_search on requests using gin (search gin_trgm_ops);
create index users_staff on users (company_id, name) where role <> 'resident';
-- Where a company hides phones there is nothing here to find.
create index contact_phones_search on contact_phones using gin (phone gin_trgm_ops);
create index units_search on units (company_id, building_id, search);

-- Ids of rows of the current company whose key is like one of `first`, like `second` and like all of `others`, at most
-- `most`. SECURITY DEFINER with a reason: under row-level security PostgreSQL refuses `like` as an index condition and
-- reads every row of the company. So it runs as `uk_system`, keeps the wall itself (`current_company()`) and answers
-- with ids only; whoever reads the rows behind them meets the policies again.
create function search_ids(what text, first text[], second text, others text[], most int) returns setof uuid
  language plpgsql stable security definer set search_path = public, pg_temp set enable_seqscan = off as $$
begin
  if what not in ('contacts', 'complexes', 'buildings', 'users', 'personal_accounts', 'requests') then
    raise exception 'nothing to search in %', what;
  end if;
  return query execute format(
    'select id from %I where company_id = current_company() and search like any ($1) and search like $2 and search like all ($3) %s limit $4',
    what, case what when 'users' then $q$ and role <> 'resident'$q$ else '' end)
    using first, second, others, most;
end $$;

-- The same for a piece of a telephone number: whose it is.
create function search_phones(piece text, most int) returns setof uuid
  language plpgsql stable security definer set search_path = public, pg_temp set enable_seqscan = off as $$
begin
  return query execute
    'select contact_id from contact_phones where company_id = current_company() and phone like $1 limit $2'
    using '%' || piece || '%', most;
end $$;

do $$
begin
  grant create on schema public to uk_system;
  alter function search_ids(text, text[], text, text[], int) owner to uk_system;
  alter function search_phones(text, int) owner to uk_system;
  revoke create on schema public from uk_system;
end $$;
revoke all on function search_ids(text, text[], text, text[], int), search_phones(text, int) from public;
grant execute on function search_ids(text, text[], text, text[], int), search_phones(text, int) to uk_app;

-- Sorting by deadline reads open work along this index; it replaces the one without the id.
drop index requests_open_due;
create index requests_open_due on requests (company_id, due_at, id)
  where status in ('new', 'assigned', 'in_progress', 'deferred', 'returned');
