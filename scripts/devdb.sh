#!/usr/bin/env bash
# A throw-away PostgreSQL for tests and for checking queries: private socket, no fsync, kept between runs.
#   devdb.sh start   starts it if needed and prints the URL of its superuser
#   devdb.sh stop
set -euo pipefail
. "$(dirname "$0")/env.sh"
BIN=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
[ -n "$BIN" ] || BIN=$(dirname "$(command -v initdb)")
DIR="/tmp/uk-crm-devdb-$(id -u)"
as_user() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups env HOME=/tmp "$@"; else "$@"; fi; }
case "${1:-start}" in
start)
  if ! as_user "$BIN/pg_ctl" -D "$DIR/data" status >/dev/null 2>&1; then
    if [ ! -f "$DIR/data/PG_VERSION" ] || [ "$(cat "$DIR/data/PG_VERSION")" != "$("$BIN/postgres" --version | grep -oE '[0-9]+' | head -n 1)" ]; then
      rm -rf "$DIR"; mkdir -p "$DIR"
      [ "$(id -u)" != 0 ] || chown postgres "$DIR"
      as_user "$BIN/initdb" -D "$DIR/data" -U postgres --auth=trust --no-sync -E UTF8 --locale=C.UTF-8 >/dev/null
      as_user tee -a "$DIR/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$DIR'
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 300
shared_buffers = 128MB
CONF
    fi
    as_user "$BIN/pg_ctl" -D "$DIR/data" -l "$DIR/log" -w start >/dev/null || fail "The test database did not start." "See $DIR/log"
  fi
  echo "postgres://postgres@localhost/postgres?host=$DIR" ;;
stop) as_user "$BIN/pg_ctl" -D "$DIR/data" -m immediate stop >/dev/null 2>&1 || true ;;
esac
