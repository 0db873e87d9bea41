-- Photos that clients send by themselves, straight to the store: what was announced, until it is confirmed or a day old.
create table uploads (
  id uuid primary key,
  company_id uuid not null references companies,
  uploaded_by uuid,
  blob_key text not null,
  content_type text not null check (content_type in ('image/jpeg', 'image/png', 'image/webp')),
  size bigint not null check (size > 0),
  -- What became of it.
  file_id uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  foreign key (company_id, file_id) references files (company_id, id) on delete cascade
);
create index uploads_waiting on uploads (company_id, uploaded_by) where file_id is null;
create index uploads_created on uploads (created_at);
create index uploads_file on uploads (company_id, file_id) where file_id is not null;
call protect('uploads');
