#!/usr/bin/env bash
# The journeys in Debian's Chromium, against the built product on its own data folder and port.
#   e2e.sh             journeys one after another, then every screen in two looks side by side
#   e2e.sh requests    only what is named; UK_LOOKS=all photographs the screens in all four looks
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$ROOT"
[ -x "$CARGO_TARGET_DIR/debug/uk-crm" ] && [ -f "$CARGO_TARGET_DIR/site/pkg/manifest.json" ] || { scripts/setup.sh test; scripts/build.sh; }
step "End to end"
DATA=$(mktemp -d "${TMPDIR:-/tmp}/uk-e2e.XXXXXX")
chmod 755 "$DATA"
: >"$DATA.failures"
PORT="${E2E_PORT:-18080}"
export BASE_URL="http://127.0.0.1:$PORT" E2E_DATA="$DATA" E2E_FAILURES="$DATA.failures" E2E_PUSH="http://127.0.0.1:$((PORT + 3))"
# A push service that keeps what it is given: the browser's own is somewhere on the internet.
"$CARGO_TARGET_DIR/debug/channels-standin" --port "$((PORT + 3))" >"$DATA.channels.log" 2>&1 &
CHANNELS=$!
env -u UK_CACHE -u UK_LOOKS UK_DATA_DIR="$DATA" PORT="$PORT" UK_DEMO=true UK_SERVER__HOST=127.0.0.1 UK_SERVER__SITE_DIR="$CARGO_TARGET_DIR/site" \
  UK_LIMITS__AUTH_PER_MINUTE=10000 UK_LIMITS__API_PER_MINUTE=100000 UK_PAYMENTS__SIMULATOR=true UK_PUSH__HOSTS="$E2E_PUSH" UK_LOG__LEVEL=warn \
  "$CARGO_TARGET_DIR/debug/uk-crm" all >"$DATA.log" 2>&1 &
SERVER=$!
stop() { kill "$SERVER" "$CHANNELS" 2>/dev/null || true; wait "$SERVER" 2>/dev/null || true; rm -rf "$DATA" "$E2E_FAILURES"; }
trap stop EXIT
for _ in $(seq 1 240); do
  curl -fs "$BASE_URL/readyz" >/dev/null 2>&1 && break
  kill -0 "$SERVER" 2>/dev/null || { cat "$DATA.log"; fail "The server did not start."; }
  sleep 0.5
done
curl -fs "$E2E_PUSH/control/state" >/dev/null || { cat "$DATA.channels.log"; fail "The push service for the journeys does not answer."; }
curl -fs "$BASE_URL/readyz" >/dev/null || { cat "$DATA.log"; fail "The server is not ready after two minutes."; }
# Screens only look: they need not wait for each other. Journeys share one company.
journeys() {
  if [ $# -gt 0 ]; then npx playwright test "$@"; return; fi
  local failed=0
  npx playwright test --grep-invert 'screens [0-9]' || failed=1
  npx playwright test --grep 'screens [0-9]' --workers 2 --fully-parallel --output test-results/screens || failed=1
  return $failed
}
# What failed comes last: the end of a long output is what people are shown.
(cd end2end && journeys "$@") || { tail -n 15 "$DATA.log" | cut -c 1-300; cat "$E2E_FAILURES"; fail "The journeys failed."; }
[ ! -s "$E2E_FAILURES" ] || { printf '  Passed at the second try:\n'; cat "$E2E_FAILURES"; }
ok "journeys passed"
