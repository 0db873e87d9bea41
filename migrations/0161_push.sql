-- Devices that want notifications: a browser's subscription, or an Android app's token. Each belongs to a signed-in
-- session and is silent as soon as that has ended.
create table push_devices (
  id uuid primary key,
  company_id uuid not null references companies,
  user_id uuid not null references users on delete cascade,
  session_id uuid not null references sessions on delete cascade,
  kind text not null check (kind in ('web', 'fcm')),
  -- who knows the address can try to send there; it is never shown
  address text not null check (length(address) between 1 and 2000),
  address_hash bytea not null unique check (length(address_hash) = 32),
  -- of the browser, base64url: what is sent can be read by it alone
  p256dh text check (length(p256dh) <= 100),
  auth text check (length(auth) <= 40),
  -- name of our key it was made with: with another one the push service refuses us
  vapid text check (length(vapid) <= 20),
  user_agent text not null default '' check (length(user_agent) <= 300),
  created_at timestamptz not null,
  seen_at timestamptz not null,
  last_sent_at timestamptz,
  failures int not null default 0,
  unique (company_id, id),
  check ((kind = 'web') = (p256dh is not null)),
  check ((kind = 'web') = (auth is not null)),
  check ((kind = 'web') = (vapid is not null))
);
create index push_devices_user on push_devices (user_id);
create index push_devices_session on push_devices (session_id);
call protect('push_devices');
