#!/usr/bin/env bash
# Who may use whom (docs/ARCHITECTURE.md): read from the resolved dependency graph, so that no detour is missed.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$ROOT"
WASM="--target wasm32-unknown-unknown"
# never CRATE "cargo tree options" forbidden…
never() {
  local crate=$1 options=$2; shift 2
  local names
  # shellcheck disable=SC2086
  names=$(cargo tree -p "$crate" -e normal --prefix none $options 2>/dev/null | awk '{print $1}' | sort -u)
  [ -n "$names" ] || fail "cargo tree knows nothing of $crate."
  for bad in "$@"; do
    if grep -qx "$bad" <<<"$names"; then fail "$crate reaches $bad." "See docs/ARCHITECTURE.md; cargo tree -p $crate -i $bad shows the road."; fi
  done
}
never model "" tokio sqlx leptos axum
never ui "--features hydrate $WASM" tokio sqlx domain platform
never frontend "$WASM" tokio sqlx domain platform axum
never i18n "--features hydrate $WASM" tokio sqlx domain
never platform "" axum leptos domain
never domain "" axum leptos teloxide worker documents bot
never documents "" domain sqlx axum
never bot "" axum
never parts "--features hydrate $WASM" tokio sqlx domain
for manifest in app/Cargo.toml app/*/Cargo.toml frontend/Cargo.toml frontend/bundle/Cargo.toml server/Cargo.toml server/*/Cargo.toml bot/Cargo.toml; do
  case "$manifest" in server/platform/* | server/domain/* | server/testkit/*) continue ;; esac
  # Tests may look into the database themselves.
  ! sed '/^\[dev-dependencies\]/,$d' "$manifest" | grep -qE '^sqlx' || fail "$manifest names sqlx: SQL lives in domain only."
done
