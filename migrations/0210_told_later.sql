-- Steps that were taken without a connection are told later. `at` of the history is when it was done; `sent_at`, where it
-- differs, when the company heard of it. A comment stands where it arrived, because people answer what they can read.
alter table request_history add column sent_at timestamptz check (sent_at >= at);
alter table request_comments add column written_at timestamptz check (written_at <= created_at);

-- Materials and costs prove work, too.
alter table proof_rules drop constraint proof_rules_needs_check;
alter table proof_rules add constraint proof_rules_needs_check
  check (cardinality(needs) >= 1 and needs <@ array['photo', 'checklist', 'time', 'parts', 'cost', 'confirmation']);
