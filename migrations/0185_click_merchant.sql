-- Click's own word about a payment, and money given back through its Merchant API.
alter table click_attempts
  add column asked_at timestamptz,
  add column answer text check (answer in ('paid', 'waiting', 'failed', 'missing')),
  add column answer_note text check (length(answer_note) <= 500),
  add constraint click_attempts_asked check ((asked_at is null) = (answer is null));

-- A refund that Click was asked for: it can fail, and the answer can be lost, so it is a thing of its own.
create table click_refunds (
  id uuid primary key,
  company_id uuid not null references companies,
  payment_id uuid not null,
  reason text not null check (length(reason) between 1 and 500),
  -- asked: nothing was heard yet; unknown: a call got no answer, nobody knows whether it was heard
  state text not null check (state in ('asked', 'unknown', 'confirmed', 'refused')),
  -- when the last call went out that may have been heard
  called_at timestamptz,
  -- what Click said
  note text check (length(note) <= 500),
  asked_at timestamptz not null,
  asked_by uuid references users,
  asked_by_name text not null,
  decided_at timestamptz,
  unique (company_id, id),
  check ((state in ('confirmed', 'refused')) = (decided_at is not null)),
  foreign key (company_id, payment_id) references payments (company_id, id)
);
create unique index click_refunds_once on click_refunds (company_id, payment_id) where state <> 'refused';
create index click_refunds_open on click_refunds (asked_at) where state in ('asked', 'unknown');
create trigger click_refunds_stay before delete on click_refunds for each row execute function refuse_delete();
revoke delete on click_refunds from uk_app, uk_system;
call protect('click_refunds');
