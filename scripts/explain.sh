#!/usr/bin/env bash
# Times of the search and the lists on a large database, and for every statement how many rows it read for how many it
# returned. The database lies on the throw-away server (scripts/devdb.sh) and holds demo data:
#   explain.sh seed 100000   makes it (about two minutes)
#   explain.sh               measures and prints, slowest readers first
set -euo pipefail
. "$(dirname "$0")/env.sh"
ADMIN=$("$ROOT/scripts/devdb.sh" start)
HOST=${ADMIN##*host=}
DB=uk_figures
psql() { command psql -h "$HOST" -U postgres -q -v ON_ERROR_STOP=1 "$@"; }
url() { echo "postgres://$1@localhost/$DB?host=$HOST"; }
if [ "${1:-}" = seed ]; then
  psql -d postgres -c "drop database if exists $DB with (force)"
  for role in "uk_owner login createrole" "uk_app login noinherit"; do
    psql -d postgres -c "do \$\$ begin create role $role; exception when duplicate_object then null; end \$\$"
  done
  psql -d postgres -c "alter role uk_app login"
  psql -d postgres -c "create database $DB owner uk_owner"
  DATA=$(mktemp -d)
  (cd "$ROOT" && cargo build -q -p server --bin uk-crm)
  export UK_DATA_DIR=$DATA UK_DATABASE__URL UK_DATABASE__OWNER_URL UK_DEMO=true UK_LOG__LEVEL=warn
  UK_DATABASE__URL=$(url uk_app) UK_DATABASE__OWNER_URL=$(url uk_owner)
  env -u UK_CACHE "$CARGO_TARGET_DIR/debug/uk-crm" seed --apartments "${2:-100000}"
  rm -rf "$DATA"
  psql -d "$DB" -c "vacuum analyze"
  exit
fi
plans() { psql -d postgres -c "alter database $DB $1"; }
trap 'for name in session_preload_libraries auto_explain.log_min_duration auto_explain.log_analyze auto_explain.log_timing auto_explain.log_format auto_explain.log_nested_statements; do plans "reset $name"; done' EXIT
export UK_FIGURES_URL; UK_FIGURES_URL=$(url uk_app)
run() { (cd "$ROOT" && cargo nextest run --workspace --exclude frontend --run-ignored only --no-capture -E 'package(domain) & test(=figures::figures)' 2>&1) | grep -E ' ms |panicked|error' || true; }
echo "Times without plans:"; run
plans "set session_preload_libraries = 'auto_explain'"
plans "set auto_explain.log_min_duration = 0"; plans "set auto_explain.log_analyze = on"; plans "set auto_explain.log_timing = off"
plans "set auto_explain.log_format = 'json'"; plans "set auto_explain.log_nested_statements = on"
FROM=$(($(stat -c %s "$HOST/log") + 1))
run >/dev/null
tail -c "+$FROM" "$HOST/log" | node "$ROOT/scripts/explain.mjs"
