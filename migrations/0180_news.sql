-- News: one text to many people. Who is told what is in `notices`, as for every event; here is what was written, to whom
-- it is meant, and how far the telling has come.
create table news (
  id uuid primary key,
  company_id uuid not null references companies,
  version int not null default 1,
  state text not null default 'draft' check (state in ('draft', 'scheduled', 'sending', 'sent', 'cancelled')),
  title_ru text not null check (length(title_ru) between 1 and 150),
  body_ru text not null check (length(body_ru) between 1 and 2000),
  title_uz text check (length(title_uz) between 1 and 150),
  body_uz text check (length(body_uz) between 1 and 2000),
  title_en text check (length(title_en) between 1 and 150),
  body_en text check (length(body_en) between 1 and 2000),
  -- goes out by night, too, and by SMS to who can be reached by nothing else
  important boolean not null default false,
  -- whom: residents, staff, or both; the places are in `news_places`, none of them means the whole company
  who text not null check (who in ('residents', 'staff', 'everybody')),
  -- only homes that owe at least so much
  debt_from_tiyin bigint check (debt_from_tiyin > 0),
  -- the moment somebody chose; absent for at once
  planned_at timestamptz,
  -- when it goes out: never before
  due_at timestamptz,
  -- leaves what residents see
  expires_at timestamptz,
  started_at timestamptz,
  sent_at timestamptz,
  cancelled_at timestamptz,
  -- people counted when the telling began, and those told so far; `told_till` is the last of them
  expected int not null default 0 check (expected >= 0),
  told int not null default 0 check (told >= 0),
  told_till uuid,
  author_id uuid,
  author_name text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (company_id, id),
  check ((title_uz is null) = (body_uz is null)),
  check ((title_en is null) = (body_en is null)),
  check (who = 'residents' or debt_from_tiyin is null),
  check ((state = 'draft') = (due_at is null) or state = 'cancelled'),
  foreign key (company_id, author_id) references users (company_id, id)
);
create index news_order on news (company_id, created_at desc, id desc);
-- what has to go on after a crash
create index news_due on news (due_at) where state in ('scheduled', 'sending');

-- Where: a complex, a house, one of its entrances, or a riser.
create table news_places (
  company_id uuid not null references companies,
  news_id uuid not null,
  position smallint not null,
  complex_id uuid,
  building_id uuid,
  entrance_id uuid,
  riser_id uuid,
  primary key (company_id, news_id, position),
  foreign key (company_id, news_id) references news (company_id, id) on delete cascade,
  foreign key (company_id, complex_id) references complexes (company_id, id),
  foreign key (company_id, building_id) references buildings (company_id, id),
  foreign key (company_id, entrance_id) references entrances (company_id, id),
  foreign key (company_id, riser_id) references risers (company_id, id) on delete cascade,
  check (num_nonnulls(complex_id, building_id) = 1),
  check (building_id is not null or num_nonnulls(entrance_id, riser_id) = 0),
  check (riser_id is null or entrance_id is null)
);

-- the newest message of a kind, for seeing a text with real data
create index notices_kind on notices (company_id, kind, at desc, id desc);

-- who has read which news, without the rows of those who have not
create index notices_read on notices (company_id, object_id) where kind = 'news' and read_at is not null;

call protect('news');
call protect('news_places');
