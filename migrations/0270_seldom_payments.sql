-- What an accountant picks out of a stream of payments from the providers: what was taken by hand, and what was given back.
-- Neither index costs a provider's payment anything.
create index payments_by_hand on payments (company_id, source, paid_at desc, id desc) where source in ('cash', 'bank', 'terminal');
create index payments_refunded on payments (company_id, paid_at desc, id desc) where state = 'refunded';
