#!/usr/bin/env bash
# Builds everything `make run` needs: the binary, the browser half, the styles, the served site.
#   build.sh tests  the tests as well, beside the browser half: each of them leaves a core idle for minutes
#   UK_WASM=fast   for the page somebody is just writing: WASM without size optimisation (what is served and tested is
#                  always the small one)
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$ROOT"
SITE="$CARGO_TARGET_DIR/site"
case "${UK_WASM:-small}" in
small) WASM_PROFILE=wasm BUNDLE="" ;;
fast) WASM_PROFILE=wasm-fast BUNDLE=fast ;;
*) fail "UK_WASM is '$UK_WASM'." "Use small (default) or fast." ;;
esac
# Two builds at once would only get in each other's way.
mkdir -p "$CARGO_TARGET_DIR"
exec 9>"$CARGO_TARGET_DIR/.build-lock"
flock 9
# What cargo noted for the next edit and nobody came back to: it would fill the disk in a week.
find "$CARGO_TARGET_DIR/debug/incremental" -mindepth 1 -maxdepth 1 -mtime +2 -exec rm -rf {} + 2>/dev/null || true

# Prints cargo's own progress on a terminal; elsewhere a line every 50 crates, so that nobody wonders.
cargo_build() {
  if [ -t 2 ]; then cargo build "$@"; else
    cargo build "$@" 2>&1 | awk '/^ *(Compiling|Checking)/ { n++; if (n % 50 == 0) { print "  · " n " crates"; fflush() } next } /^ *(Downloaded|Downloading|Finished|Blocking|Updating|Locking|Adding)/ { next } { print; fflush() }'
  fi
}

step "Building the server (first time about 13 minutes on two cores, then seconds)"
cargo_build -p server -p bundle -p testkit --bins
ok
TESTS=""
if [ "${1:-}" = tests ]; then
  step "Building the tests and the browser half"
  cargo nextest run --workspace --exclude frontend --lib --bins --tests --no-run --cargo-quiet &
  TESTS=$!
else step "Building the browser half"; fi
cargo_build -p frontend --bins --profile "$WASM_PROFILE" --target wasm32-unknown-unknown
[ -z "$TESTS" ] || wait "$TESTS"
ok
step "Styles and site"
tailwindcss -i style/tailwind.css -o "$CARGO_TARGET_DIR/app.css" --minify >"$UK_CACHE/tailwind.log" 2>&1 || fail "The styles did not build." "$(tail -n 5 "$UK_CACHE/tailwind.log")"
cmp -s "$CARGO_TARGET_DIR/app.css" "$CARGO_TARGET_DIR/style.css" || cp "$CARGO_TARGET_DIR/app.css" "$CARGO_TARGET_DIR/style.css"
# shellcheck disable=SC2086
"$CARGO_TARGET_DIR/debug/bundle" "$CARGO_TARGET_DIR/wasm32-unknown-unknown/$WASM_PROFILE" "$CARGO_TARGET_DIR/style.css" public "$SITE" $BUNDLE
ok
