#!/usr/bin/env bash
# `make bench`: ratios against the peer and the database itself (bench/README.md). Options go to bench/run.py:
#   make bench ONLY=list,detail ARGS="--apartments 1000 --rounds 3"
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$ROOT"
scripts/setup.sh bench
. scripts/env.sh
[ -f "$CARGO_TARGET_DIR/site/pkg/manifest.json" ] || scripts/build.sh
step "Building the server with optimisation (first time three quarters of an hour on two cores)"
cargo build -q --release -p server -p testkit --bins
ok
# PostgreSQL runs as somebody else when we are root, who may not enter our home.
if [ "$(id -u)" = 0 ]; then BENCH_DIR=/tmp/uk-crm-bench; else BENCH_DIR="$UK_CACHE/bench"; fi
export BENCH_DIR BENCH_BIN="$CARGO_TARGET_DIR/release/uk-crm" SITE_DIR="$CARGO_TARGET_DIR/site" BENCH_PYTHON="$BENCH_DIR/venv/bin/python"
mkdir -p "$BENCH_DIR"
if ! cmp -s bench/requirements.txt "$BENCH_DIR/venv/requirements.txt"; then
  step "Installing the peer"
  python3 -m venv "$BENCH_DIR/venv"
  "$BENCH_DIR/venv/bin/pip" install -q -r bench/requirements.txt
  cp bench/requirements.txt "$BENCH_DIR/venv/requirements.txt"
  ok
fi
# Another schema is another city.
HASH=$(cat migrations/*.sql | sha256sum | cut -c1-12)
[ "$(cat "$BENCH_DIR/schema" 2>/dev/null)" = "$HASH" ] || { rm -rf "$BENCH_DIR"/data-*; echo "$HASH" >"$BENCH_DIR/schema"; }
env -u UK_CACHE PYTHONDONTWRITEBYTECODE=1 "$BENCH_PYTHON" bench/run.py "$@"
