-- What became of a text message at each provider that was asked to carry it. Written before the provider is called, so
-- that an attempt that broke off is known and looked for there before anything is sent a second time.
create table sms_attempts (
  delivery_id uuid not null references deliveries on delete cascade,
  provider text not null check (provider in ('eskiz', 'playmobile')),
  -- messages about somebody's access may belong to no company
  company_id uuid references companies,
  provider_id text check (length(provider_id) between 1 and 100),
  parts smallint not null check (parts > 0),
  price_tiyin bigint not null check (price_tiyin >= 0),
  -- trying: a call has begun; refused: surely not taken; unknown: perhaps taken; the rest is the way to the telephone
  state text not null check (state in ('trying', 'refused', 'unknown', 'sent', 'delivered', 'failed')),
  -- why not, in the provider's words
  note text,
  started_at timestamptz not null,
  sent_at timestamptz,
  -- the provider's last word on its way, and how often we asked for it ourselves
  word text,
  reported_at timestamptz,
  looks smallint not null default 0,
  primary key (delivery_id, provider),
  check ((state in ('sent', 'delivered', 'failed')) = (provider_id is not null))
);
create unique index sms_attempts_provider on sms_attempts (provider, provider_id) where provider_id is not null;
-- what a day has cost so far
create index sms_attempts_day on sms_attempts (started_at);
create index sms_attempts_unreported on sms_attempts (sent_at) where state = 'sent' and looks < 3;
call protect('sms_attempts');

-- A message may arrive after it was sent.
alter table deliveries drop constraint deliveries_state_check,
  add constraint deliveries_state_check check (state in ('queued', 'sent', 'delivered', 'captured', 'failed'));
