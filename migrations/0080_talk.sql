-- The talk on a request: comments that can be mended, photos in them, mentions, what each person has read.
alter table request_comments
  -- a photo may speak alone, and what was taken back says nothing
  drop constraint request_comments_body_check,
  add check (length(body) <= 4000),
  add column edited_at timestamptz,
  add column deleted_at timestamptz,
  -- named in the text: they were told
  add column mentions uuid[] not null default '{}' check (cardinality(mentions) <= 20),
  add unique (company_id, id);

-- What a comment said before its author changed it or took it back.
create table request_comment_versions (
  id uuid primary key,
  company_id uuid not null references companies,
  comment_id uuid not null,
  at timestamptz not null,
  body text not null,
  foreign key (company_id, comment_id) references request_comments (company_id, id)
);
create index request_comment_versions_comment on request_comment_versions (company_id, comment_id, at);
create trigger request_comment_versions_append_only before update or delete on request_comment_versions
  for each row execute function refuse_change();
revoke update, delete on request_comment_versions from uk_app, uk_system;

alter table files
  add column comment_id uuid,
  add foreign key (company_id, comment_id) references request_comments (company_id, id);
create index files_comment on files (company_id, comment_id) where comment_id is not null;

alter table requests
  -- when somebody last wrote, for each kind of comment
  add column talked_at timestamptz,
  add column noted_at timestamptz,
  -- the last word with the resident is the resident's
  add column awaits_answer boolean not null default false,
  -- who watches over the work; the assignee does it
  add column responsible_id uuid,
  add foreign key (company_id, responsible_id) references users (company_id, id);
create index requests_awaits_answer on requests (company_id, created_at desc, id desc) where awaits_answer;
create index requests_responsible on requests (company_id, responsible_id, created_at desc, id desc) where responsible_id is not null;

-- The owner of the tables stands outside the tenant wall for as long as this takes.
alter table requests no force row level security;
alter table request_comments no force row level security;
update requests r set
  talked_at = (select max(created_at) from request_comments c where c.company_id = r.company_id and c.request_id = r.id and not c.internal),
  noted_at = (select max(created_at) from request_comments c where c.company_id = r.company_id and c.request_id = r.id and c.internal),
  awaits_answer = coalesce((select author_role = 'resident' from request_comments c
    where c.company_id = r.company_id and c.request_id = r.id and not c.internal order by created_at desc, id desc limit 1), false)
  where comments > 0;
alter table requests force row level security;
alter table request_comments force row level security;

-- Up to when somebody has read, for each kind of comment.
create table request_reads (
  company_id uuid not null references companies,
  request_id uuid not null,
  -- a super admin's login belongs to no company, hence no company in this key
  user_id uuid not null references users on delete cascade,
  public_at timestamptz,
  internal_at timestamptz,
  primary key (company_id, user_id, request_id),
  foreign key (company_id, request_id) references requests (company_id, id) on delete cascade
);

-- Who wants to hear of a request.
create table request_watchers (
  company_id uuid not null references companies,
  request_id uuid not null,
  user_id uuid not null,
  added_at timestamptz not null,
  -- came along with a request that was joined to this one
  joined_from uuid,
  primary key (company_id, request_id, user_id),
  foreign key (company_id, request_id) references requests (company_id, id) on delete cascade,
  foreign key (company_id, user_id) references users (company_id, id),
  foreign key (company_id, joined_from) references requests (company_id, id)
);
create index request_watchers_user on request_watchers (company_id, user_id);

-- What somebody was told at the desk: they were named in a comment, or a request they watch has moved.
create table request_notices (
  id uuid primary key,
  company_id uuid not null references companies,
  user_id uuid not null references users on delete cascade,
  request_id uuid not null,
  kind text not null check (kind in ('mention', 'comment', 'status', 'responsible', 'watching')),
  actor_name text not null default '',
  body text not null default '',
  at timestamptz not null,
  seen_at timestamptz,
  foreign key (company_id, request_id) references requests (company_id, id) on delete cascade
);
create index request_notices_user on request_notices (company_id, user_id, at desc);
create index request_notices_request on request_notices (company_id, request_id);

-- The version an edit of the facts made: tells which fields somebody changed after another has looked.
alter table request_history add column version int;

create table saved_replies (
  id uuid primary key,
  company_id uuid not null references companies,
  -- nobody: the whole company's
  owner_id uuid references users on delete cascade,
  title text not null check (length(title) between 1 and 80),
  -- by language; at least one is there
  body_ru text not null default '' check (length(body_ru) <= 2000),
  body_uz text not null default '' check (length(body_uz) <= 2000),
  body_en text not null default '' check (length(body_en) <= 2000),
  version int not null default 1,
  created_at timestamptz not null,
  unique (company_id, id),
  check (body_ru <> '' or body_uz <> '' or body_en <> '')
);
create unique index saved_replies_title on saved_replies (company_id, coalesce(owner_id, '00000000-0000-0000-0000-000000000000'), lower(title));

call protect('request_comment_versions');
call protect('request_reads');
call protect('request_watchers');
call protect('request_notices');
call protect('saved_replies');
