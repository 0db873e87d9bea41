-- Imports of spreadsheets. The file stays in the blob store; its rows are staged here, checked as a set, then written
-- in chunks. `import_objects` remembers what each chunk made or changed, so that a whole import can be undone.
create table imports (
  id uuid primary key,
  company_id uuid not null references companies,
  kind text not null check (kind in ('property', 'people', 'staff', 'requests', 'balances')),
  state text not null default 'uploaded' check (state in
    ('uploaded', 'checking', 'checked', 'running', 'done', 'stopped', 'undoing', 'undone')),
  version int not null default 1,
  file_name text not null check (length(file_name) between 1 and 200),
  blob_key text not null,
  size bigint not null check (size > 0),
  -- the first rows of every sheet: [{name, rows}]
  sheets jsonb not null,
  sheet int not null default 0 check (sheet >= 0),
  -- the row of the sheet, from 0, in which the names of the columns end
  header_row int not null default 0 check (header_row >= 0),
  -- what each column is: a field or null
  columns jsonb not null default '[]',
  rows_total int not null default 0,
  rows_new int not null default 0,
  rows_changed int not null default 0,
  rows_same int not null default 0,
  rows_wrong int not null default 0,
  rows_done int not null default 0,
  objects_made int not null default 0,
  objects_kept int not null default 0,
  task_id uuid,
  created_by uuid references users,
  created_by_name text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (company_id, id),
  foreign key (company_id, task_id) references tasks (company_id, id)
);
create index imports_order on imports (company_id, created_at desc, id desc);

create table import_rows (
  company_id uuid not null references companies,
  import_id uuid not null,
  -- as a person sees it in the spreadsheet, from 1
  line int not null,
  cells jsonb not null,
  data jsonb not null,
  -- [{field, code, value}]; only `blocking` ones make the row wrong
  problems jsonb not null default '[]',
  verdict text check (verdict in ('new', 'changed', 'same', 'wrong')),
  done boolean not null default false,
  -- the person was made by this import, not known before
  fresh boolean not null default false,
  -- the first row about the same thing
  leader int,
  building_id uuid,
  unit_id uuid,
  account_id uuid,
  contact_id uuid,
  user_id uuid,
  request_id uuid,
  primary key (company_id, import_id, line),
  foreign key (company_id, import_id) references imports (company_id, id) on delete cascade
);
create index import_rows_wrong on import_rows (company_id, import_id, line) where verdict = 'wrong';

create table import_objects (
  company_id uuid not null references companies,
  import_id uuid not null,
  seq bigint generated always as identity,
  line int not null,
  object_type text not null,
  object_id uuid not null,
  action text not null check (action in ('made', 'changed')),
  -- the columns as they were, for what was changed
  before jsonb,
  -- for the audit: {field: [old, new]}
  changes jsonb not null,
  undone_at timestamptz,
  -- why an undo left it: `changed_since`, `has_login`, `in_use`
  kept text,
  primary key (company_id, import_id, seq),
  foreign key (company_id, import_id) references imports (company_id, id) on delete cascade
);
create index import_objects_object on import_objects (company_id, object_type, object_id);

-- What an account owed (or had paid ahead, below zero) on the day the company began to keep its books here.
create table opening_balances (
  id uuid primary key,
  company_id uuid not null references companies,
  account_id uuid not null,
  amount_tiyin bigint not null,
  as_of date not null,
  import_id uuid,
  created_at timestamptz not null,
  unique (company_id, account_id),
  foreign key (company_id, account_id) references personal_accounts (company_id, id),
  foreign key (company_id, import_id) references imports (company_id, id)
);

call protect('imports');
call protect('import_rows');
call protect('import_objects');
call protect('opening_balances');

-- Words of a name or an address in one spelling: Cyrillic as Latin, no marks, one space. `lower` alone would do
-- nothing for Cyrillic in a cluster with the C locale. The same fold is `imports::text::fold` in Rust.
create function import_fold(words text) returns text language sql immutable parallel safe
return trim(regexp_replace(
  translate(
    replace(replace(replace(replace(replace(replace(replace(replace(
      lower(translate(words,
        'АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЎҚҒҲ',
        'абвгдеёжзийклмнопрстуфхцчшщъыьэюяўқғҳ')),
      'щ', 'sh'), 'ш', 'sh'), 'ч', 'ch'), 'ц', 'ts'), 'ю', 'yu'), 'я', 'ya'), 'ё', 'yo'), 'ж', 'j'),
    'абвгдезийклмнопрстуфхыэўқғҳъьʻʼ''‘’`',
    'abvgdeziyklmnoprstufxieoqgh'),
  '[^a-z0-9]+', ' ', 'g'));

-- The number of a flat in one spelling: Latin letters that look like Cyrillic ones are those.
create function import_number(number text) returns text language sql immutable parallel safe
return translate(replace(replace(upper(number), ' ', ''), '№', ''),
  'ABCEHKMOPTXYабвгдеёжзийклмнопрстуфхцчшщъыьэюя', 'АВСЕНКМОРТХУАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ');

-- Deletes rows that nothing refers to any more and returns those that something does refer to.
create function import_delete(target text, company uuid, ids uuid[]) returns setof uuid language plpgsql as $$
declare one uuid;
begin
  if target not in ('complexes', 'buildings', 'entrances', 'units', 'personal_accounts', 'contacts', 'residencies',
                    'users', 'requests', 'opening_balances') then
    raise exception '% is not imported', target;
  end if;
  begin
    execute format('delete from %I where company_id = $1 and id = any($2)', target) using company, ids;
    return;
  exception when foreign_key_violation then null;
  end;
  foreach one in array ids loop
    begin
      execute format('delete from %I where company_id = $1 and id = $2', target) using company, one;
    exception when foreign_key_violation then
      return next one;
    end;
  end loop;
end $$;
