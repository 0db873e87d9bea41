#!/usr/bin/env bash
# `make run`: installs what is missing, builds, starts the product with demo data. Ctrl-C stops everything.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$ROOT"
scripts/setup.sh
. scripts/env.sh
scripts/build.sh
printf '\033[1m▸ Starting\033[0m (prepared in %s s)\n' "$(($(date +%s) - T0))"
# What the person set wins; the rest is for trying the product out on this machine.
export UK_DEMO="${UK_DEMO:-true}"
export UK_SERVER__HOST="${UK_SERVER__HOST:-127.0.0.1}"
export UK_SERVER__SITE_DIR="${UK_SERVER__SITE_DIR:-$CARGO_TARGET_DIR/site}"
export UK_PAYMENTS__SIMULATOR="${UK_PAYMENTS__SIMULATOR:-true}"
export UK_LOG__LEVEL="${UK_LOG__LEVEL:-warn}"
# Ours, not the product's configuration: it refuses variables it does not know.
unset UK_CACHE UK_WASM
exec "$CARGO_TARGET_DIR/debug/uk-crm" all
