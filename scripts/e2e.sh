#!/usr/bin/env bash
# The journeys in Debian's Chromium, against the built product on its own data folder and port.
#   e2e.sh             the journeys, half of them in each of two companies, then every screen in two looks
#   e2e.sh requests    only what is named; UK_LOOKS=all photographs the screens in all four looks
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$ROOT"
[ -x "$CARGO_TARGET_DIR/debug/uk-crm" ] && [ -f "$CARGO_TARGET_DIR/site/pkg/manifest.json" ] || { scripts/setup.sh test; scripts/build.sh; }
step "End to end"
BASE=$(mktemp -d "${TMPDIR:-/tmp}/uk-e2e.XXXXXX")
chmod 755 "$BASE"
export E2E_FAILURES="$BASE/failures"
: >"$E2E_FAILURES"
PIDS=()
stop() { kill "${PIDS[@]}" 2>/dev/null || true; wait "${PIDS[@]}" 2>/dev/null || true; rm -rf "$BASE"; }
trap stop EXIT

port() { echo $((${E2E_PORT:-18080} + 10 * $1)); }
url() { echo "http://127.0.0.1:$(port "$1")"; }
push() { echo "http://127.0.0.1:$(($(port "$1") + 3))"; }
# A company on its own port and data folder.
start() {
  mkdir -m 755 "$BASE/$1"
  # A push service that keeps what it is given: the browser's own is somewhere on the internet.
  "$CARGO_TARGET_DIR/debug/channels-standin" --port "$(($(port "$1") + 3))" >"$BASE/$1.channels.log" 2>&1 &
  PIDS+=($!)
  env -u UK_CACHE -u UK_LOOKS UK_DATA_DIR="$BASE/$1" PORT="$(port "$1")" UK_DEMO=true UK_SERVER__HOST=127.0.0.1 \
    UK_SERVER__SITE_DIR="$CARGO_TARGET_DIR/site" UK_LIMITS__AUTH_PER_MINUTE=10000 UK_LIMITS__API_PER_MINUTE=100000 \
    UK_PAYMENTS__SIMULATOR=true UK_PUSH__HOSTS="$(push "$1")" UK_LOG__LEVEL=warn \
    "$CARGO_TARGET_DIR/debug/uk-crm" all >"$BASE/$1.log" 2>&1 &
  PIDS+=($!)
}
ready() {
  for _ in $(seq 1 240); do
    curl -fs "$(url "$1")/readyz" >/dev/null 2>&1 && break
    kill -0 "${PIDS[-1]}" 2>/dev/null || { cat "$BASE/$1.log"; fail "The server did not start."; }
    sleep 0.5
  done
  curl -fs "$(push "$1")/control/state" >/dev/null || { cat "$BASE/$1.channels.log"; fail "The push service for the journeys does not answer."; }
  curl -fs "$(url "$1")/readyz" >/dev/null || { cat "$BASE/$1.log"; fail "The server is not ready after two minutes."; }
}
at() {
  local company=$1; shift
  (cd end2end && BASE_URL=$(url "$company") E2E_DATA="$BASE/$company" E2E_PUSH=$(push "$company") \
    npx playwright test --output "test-results/$company" "$@")
}
# Journeys of one company wait for each other and leave much of the machine idle: two companies share them, and then each
# shows its screens in one width.
half() {
  local failed=0
  at "$1" --grep-invert 'screens [0-9]' --shard "$(($1 + 1))/2" || failed=1
  at "$1" --grep "screens $2" --output "test-results/$1-screens" || failed=1
  return $failed
}
everything() {
  local failed=0 other
  half 1 1440 &
  other=$!
  half 0 390 || failed=1
  wait "$other" || failed=1
  return $failed
}
start 0; ready 0
if [ $# -gt 0 ]; then run=(at 0 "$@"); else start 1; ready 1; run=(everything); fi
# What failed comes last: the end of a long output is what people are shown.
"${run[@]}" || { tail -qn 15 "$BASE"/?.log | cut -c 1-300; cat "$E2E_FAILURES"; fail "The journeys failed."; }
[ ! -s "$E2E_FAILURES" ] || { printf '  Passed at the second try:\n'; cat "$E2E_FAILURES"; }
ok "journeys passed"
