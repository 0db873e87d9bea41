#!/usr/bin/env bash
# Removes the data folder, wherever its embedded cluster lies. Refuses while the product runs.
set -euo pipefail
. "$(dirname "$0")/env.sh"
DATA="${UK_DATA_DIR:-$ROOT/.data}"
[ -d "$DATA" ] || { echo "Nothing to clean: $DATA does not exist."; exit 0; }
CLUSTER="$DATA/postgres"
[ ! -f "$DATA/postgres.location" ] || CLUSTER=$(cat "$DATA/postgres.location")
PID=$(head -n 1 "$CLUSTER/data/postmaster.pid" 2>/dev/null || true)
if [ -n "$PID" ] && kill -0 "$PID" 2>/dev/null; then
  fail "The product is running on $DATA." "Stop it first (Ctrl-C where it runs, or: kill $PID)."
fi
case "$CLUSTER" in "$DATA"/*) ;; *) rm -rf "$CLUSTER" ;; esac
rm -rf "$DATA"
echo "Removed $DATA"
