#!/usr/bin/env bash
# `make test`: sets up and runs everything. On CI the same.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$ROOT"
scripts/setup.sh test
. scripts/env.sh
scripts/build.sh tests
step "Starting the test database"
scripts/devdb.sh start >/dev/null
ok
step "Unit and integration tests"
# One more than cores: a test and its database wait for each other.
cargo nextest run --workspace --exclude frontend --lib --bins --tests --no-fail-fast --test-threads "$(($(nproc) + 1))"
ok "tests passed"
scripts/e2e.sh
