#!/usr/bin/env bash
# `make check`: everything that needs no running product, cheapest first.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$ROOT"
scripts/setup.sh check
. scripts/env.sh
step "Format"; cargo fmt --all --check || fail "The code is not formatted." "Run: make fmt"; ok
step "Translations"; node scripts/i18n.mjs || fail "Texts are not complete."; ok
step "Layers"; scripts/layers.sh; ok
step "Lints, server half"; cargo clippy -q --workspace --exclude frontend --all-targets -- -D warnings; ok
step "Lints, browser half"; cargo clippy -q -p frontend --target wasm32-unknown-unknown -- -D warnings; ok
step "Query data"; scripts/sqlx.sh check; ok
step "Licences and duplicates"; cargo deny --log-level error check bans licenses sources 2>&1 || fail "cargo-deny has objections."; ok
