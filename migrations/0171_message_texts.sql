-- A company's own words for what people are told: the newest version counts; one without words gives the product's back.
create table message_texts (
  company_id uuid not null references companies,
  kind text not null check (kind ~ '^[a-z_]{1,40}$'),
  channel text not null check (channel in ('in_app', 'telegram', 'web_push', 'fcm', 'email', 'sms')),
  lang text not null check (lang in ('ru', 'uz', 'en')),
  version int not null check (version > 0),
  title text check (length(title) between 1 and 150),
  body text check (length(body) between 1 and 2000),
  author_name text not null,
  at timestamptz not null,
  primary key (company_id, kind, channel, lang, version),
  check ((title is null) = (body is null))
);
create trigger message_texts_append_only before update or delete on message_texts
  for each row execute function refuse_change();
call protect('message_texts');
