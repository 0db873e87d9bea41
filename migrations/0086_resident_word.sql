-- Why a resident gave the stars they gave: words of ours, chosen beside the stars.
alter table requests add column rating_reasons text[] not null default '{}' check (cardinality(rating_reasons) <= 10);

-- The city's emergency desk, shown to residents beside the company's own numbers; a company may change or empty it.
alter table companies add column short_number text default '1184' check (short_number ~ '^[0-9]{3,5}$');
