-- Balances are locked in one order and then changed. An upsert was not enough: with a second unique key beside the one
-- it looks at, two who book the same account at the same moment could meet a duplicate key. Every account has its row
-- from the first day, so there is nothing to insert; the foreign key of postings refuses an account without one.
create or replace function ledger_prove() returns trigger language plpgsql security definer set search_path = public as $$
declare wrong uuid;
begin
  select a.entry_id into wrong from added a group by a.company_id, a.entry_id
    having sum(a.amount_tiyin) <> 0 or min(a.line) <> 1 limit 1;
  if found then
    raise exception 'the postings of entry % do not add up', wrong using errcode = 'check_violation';
  end if;
  perform from account_balances b
    where (b.company_id, b.account_id) in (select a.company_id, a.account_id from added a where a.book = 'receivable')
    order by b.company_id, b.account_id for no key update;
  update account_balances b set balance_tiyin = b.balance_tiyin + s.sum
  from (select a.company_id, a.account_id, sum(a.amount_tiyin)::bigint as sum from added a where a.book = 'receivable'
    group by a.company_id, a.account_id having sum(a.amount_tiyin) <> 0) s
  where b.company_id = s.company_id and b.account_id = s.account_id;
  return null;
end $$;
