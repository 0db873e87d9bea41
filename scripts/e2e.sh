#!/usr/bin/env bash
# The journeys in Debian's Chromium, against the built product on its own data folders and ports.
#   e2e.sh             journeys one after another, beside them every screen in two looks
#   e2e.sh requests    only what is named; UK_LOOKS=all photographs the screens in all four looks
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$ROOT"
[ -x "$CARGO_TARGET_DIR/debug/uk-crm" ] && [ -f "$CARGO_TARGET_DIR/site/pkg/manifest.json" ] || { scripts/setup.sh test; scripts/build.sh; }
step "End to end"
LOOKS=$([ $# -eq 0 ] && echo yes || echo no)
PORT="${E2E_PORT:-18080}"
PUSH="http://127.0.0.1:$((PORT + 3))"
BASE=$(mktemp -d "${TMPDIR:-/tmp}/uk-e2e.XXXXXX")
chmod 755 "$BASE"
: >"$BASE/failures"
RUNNING=()
stop() {
  kill "${RUNNING[@]}" 2>/dev/null || true
  wait "${RUNNING[@]}" 2>/dev/null || true
  rm -rf "$BASE"
}
trap stop EXIT
# A push service that keeps what it is given: the browser's own is somewhere on the internet.
"$CARGO_TARGET_DIR/debug/channels-standin" --port "$((PORT + 3))" >"$BASE/channels.log" 2>&1 &
RUNNING+=($!)
# The product with its own demo company: serve NAME PORT
serve() {
  mkdir "$BASE/$1"
  env -u UK_CACHE -u UK_LOOKS UK_DATA_DIR="$BASE/$1" PORT="$2" UK_DEMO=true UK_SERVER__HOST=127.0.0.1 \
    UK_SERVER__SITE_DIR="$CARGO_TARGET_DIR/site" UK_LIMITS__AUTH_PER_MINUTE=10000 UK_LIMITS__API_PER_MINUTE=100000 \
    UK_PAYMENTS__SIMULATOR=true UK_PUSH__HOSTS="$PUSH" UK_LOG__LEVEL=warn \
    "$CARGO_TARGET_DIR/debug/uk-crm" all >"$BASE/$1.log" 2>&1 &
  RUNNING+=($!)
}
ready() {
  for _ in $(seq 1 240); do
    curl -fs "http://127.0.0.1:$2/readyz" >/dev/null 2>&1 && return
    kill -0 "${RUNNING[-1]}" 2>/dev/null || break
    sleep 0.5
  done
  cat "$BASE/$1.log"
  fail "The server for the $1 is not ready after two minutes."
}
serve journeys "$PORT"
ready journeys "$PORT"
[ "$LOOKS" = no ] || { serve screens "$((PORT + 10))"; ready screens "$((PORT + 10))"; }
curl -fs "$PUSH/control/state" >/dev/null || { cat "$BASE/channels.log"; fail "The push service for the journeys does not answer."; }
# played NAME PORT what Playwright is asked for…
played() {
  local name=$1 port=$2; shift 2
  (cd end2end && BASE_URL="http://127.0.0.1:$port" E2E_DATA="$BASE/$name" E2E_FAILURES="$BASE/failures" E2E_PUSH="$PUSH" \
    npx playwright test --output "test-results/$name" "$@")
}
failed=0
if [ "$LOOKS" = no ]; then played journeys "$PORT" "$@" || failed=1; else
  # Journeys share one company and wait a lot; the screens are looked at meanwhile in a company of their own.
  played screens "$((PORT + 10))" --grep 'screens [0-9]' >"$BASE/screens.out" 2>&1 &
  SCREENS=$!
  played journeys "$PORT" --grep-invert 'screens [0-9]' || failed=1
  wait "$SCREENS" || failed=1
  cat "$BASE/screens.out"
fi
# What failed comes last: the end of a long output is what people are shown.
[ "$failed" = 0 ] || { tail -qn 15 "$BASE"/{journeys,screens}.log 2>/dev/null | cut -c 1-300; cat "$BASE/failures"; fail "The journeys failed."; }
[ ! -s "$BASE/failures" ] || { printf '  Passed at the second try:\n'; cat "$BASE/failures"; }
ok "journeys passed"
