-- Fiscal receipts that Click makes of its payments: the lines it is told, and how far it came. One for each payment of a
-- kassa that has its fiscal lines and may call Click.
create table click_receipts (
  company_id uuid not null references companies,
  payment_id uuid not null,
  -- due: nothing was heard yet; unknown: a call got no answer, nobody knows whether it was heard; sent: Click has the
  -- lines and no receipt yet; no_tax_id: the company has not written down its tax number, which a line must name
  state text not null check (state in ('due', 'unknown', 'sent', 'made', 'refused', 'no_tax_id')),
  -- as they are sent, now and in every repeat
  lines jsonb not null,
  -- a worker has it in hand since then
  held_at timestamptz,
  -- the last call that may have been heard
  tried_at timestamptz,
  -- what Click said
  note text check (length(note) <= 500),
  asked_at timestamptz not null,
  decided_at timestamptz,
  primary key (company_id, payment_id),
  check ((state in ('made', 'refused', 'no_tax_id')) = (decided_at is not null)),
  foreign key (company_id, payment_id) references payments (company_id, id)
);
create index click_receipts_open on click_receipts (asked_at) where state in ('due', 'unknown', 'sent');
create trigger click_receipts_stay before delete on click_receipts for each row execute function refuse_delete();
revoke delete on click_receipts from uk_app, uk_system;
call protect('click_receipts');
