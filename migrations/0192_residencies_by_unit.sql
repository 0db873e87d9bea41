-- Who lived in a flat in a month, those who left included: a month's charges ask it for every account.
create index residencies_unit on residencies (company_id, unit_id);
