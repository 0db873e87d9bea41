-- Whom the money goes to, as receipts and statements name it. All of it may be missing: a paper shows what there is.
alter table companies
  add column legal_name text check (length(legal_name) between 1 and 200),
  -- STIR of a company is nine digits, of a person fourteen
  add column tax_id text check (tax_id ~ '^([0-9]{9}|[0-9]{14})$'),
  add column bank_account text check (bank_account ~ '^[0-9]{20}$'),
  add column bank_name text check (length(bank_name) between 1 and 200),
  add column bank_code text check (bank_code ~ '^[0-9]{5}$');
