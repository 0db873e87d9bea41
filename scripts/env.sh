# Sourced by every script: where tools, the target folder and the compiler are.
# Nothing here downloads or builds; scripts/setup.sh does.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export ROOT
export UK_CACHE="${UK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/uk-crm}"
export TOOLS="$UK_CACHE/tools"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$UK_CACHE/target}"
export NODE_DIR="$ROOT/node_modules"
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
# The linked toolchain exists only where rustup could not add the WASM target (see scripts/setup.sh).
if [ -f "$TOOLS/toolchain" ]; then RUSTUP_TOOLCHAIN=$(cat "$TOOLS/toolchain"); export RUSTUP_TOOLCHAIN; fi
# node_modules first: Debian's wasm-opt is too old for what current rustc emits.
export PATH="$NODE_DIR/.bin:$TOOLS/bin:$PATH"
# Compile against the committed query data; scripts/sqlx.sh refreshes it.
export SQLX_OFFLINE="${SQLX_OFFLINE:-true}"
# What is built once and thrown away needs no notes for the next edit and no line numbers (a panic tells its own).
if [ "${CI:-}" = true ]; then
  export CARGO_INCREMENTAL="${CARGO_INCREMENTAL:-0}" CARGO_PROFILE_DEV_DEBUG="${CARGO_PROFILE_DEV_DEBUG:-false}"
fi
if [ "$(id -u)" = 0 ]; then SUDO=""; elif command -v sudo >/dev/null; then SUDO="sudo"; else SUDO=""; fi

T0=$(date +%s)
step() { printf '\033[1m▸ %s\033[0m\n' "$1"; STEP_T=$(date +%s); }
ok() { printf '  ✓ %s (%s s)\n' "${1:-done}" "$(($(date +%s) - STEP_T))"; }
fail() { printf '\033[31m✗ %s\033[0m\n' "$1" >&2; [ -z "${2:-}" ] || printf '  → %s\n' "$2" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
