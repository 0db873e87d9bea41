#!/usr/bin/env bash
# Checked queries need either a database or the committed `.sqlx` folder.
#   sqlx.sh prepare   rewrites .sqlx from the queries in the code
#   sqlx.sh check     fails when .sqlx is not what the code needs
#   sqlx.sh url       prints a database with the current migrations (made if needed)
set -euo pipefail
. "$(dirname "$0")/env.sh"
ADMIN=$("$ROOT/scripts/devdb.sh" start)
HOST=${ADMIN##*host=}
HASH=$(cat "$ROOT"/migrations/*.sql | sha256sum | cut -c1-12)
DB="uk_check_$HASH"
psql() { command psql -h "$HOST" -q -v ON_ERROR_STOP=1 "$@"; }
if [ -z "$(psql -U postgres -d postgres -tc "select 1 from pg_database where datname = '$DB'")" ]; then
  psql -U postgres -d postgres -c "do \$\$ begin if not exists (select from pg_roles where rolname = 'uk_owner') then create role uk_owner login createrole; end if; end \$\$"
  psql -U postgres -d postgres -c "create database $DB owner uk_owner"
  for f in "$ROOT"/migrations/*.sql; do PGOPTIONS='-c client_min_messages=warning' psql -U uk_owner -d "$DB" -1f "$f"; done
fi
URL="postgres://uk_owner@localhost/$DB?host=$HOST"
case "${1:-check}" in
url) echo "$URL" ;;
prepare | check)
  OUT=$(mktemp -d)
  # The macros write their findings while they expand, so the crate has to be compiled anew.
  touch "$ROOT/server/domain/src/lib.rs"
  SQLX_OFFLINE=false SQLX_OFFLINE_DIR="$OUT" DATABASE_URL="$URL" cargo check -q -p domain --all-targets
  if [ "$1" = prepare ]; then rm -rf "$ROOT/.sqlx"; mkdir "$ROOT/.sqlx"; cp "$OUT"/query-*.json "$ROOT/.sqlx/"; else
    diff -rq "$OUT" "$ROOT/.sqlx" >/dev/null || fail "The committed query data (.sqlx) does not match the code." "Run: make sqlx"
  fi
  rm -rf "$OUT" ;;
esac
