#!/usr/bin/env bash
# Installs what building and running needs and is missing. Safe to repeat; a warm call takes about a second.
#   setup.sh        what `make run` needs
#   setup.sh test   also what `make test` needs (browser, Redis, RabbitMQ, test runner)
#   setup.sh check  also what `make check` needs (cargo-deny)
#   setup.sh bench  also what `make bench` needs (load generator, Python, Redis, RabbitMQ)
set -euo pipefail
. "$(dirname "$0")/env.sh"
LOG="$UK_CACHE/setup.log"
mkdir -p "$TOOLS/bin" "$CARGO_TARGET_DIR"

free_kb=$(df -Pk "$UK_CACHE" | awk 'NR==2 {print $4}')
[ "$free_kb" -gt 6000000 ] || [ -d "$CARGO_TARGET_DIR/debug" ] ||
  fail "Only $((free_kb / 1024)) MB are free under $UK_CACHE; a first build needs about 6 GB." "Free some space or set UK_CACHE to a folder on a larger disk."
have cargo || [ -x /usr/bin/cargo ] || fail "No Rust toolchain found." "Install rustup (https://rustup.rs) or your distribution's cargo, then run make again."
have node && have npm || fail "Node.js and npm are needed to build the styles." "Install Node.js 20 or newer, then run make again."

apt_updated=""
# Installs Debian packages: apt_install "what for" package…
apt_install() {
  local why=$1; shift
  have apt-get || fail "Missing: $* ($why), and this machine has no apt-get." "Install the equivalent packages by hand and run make again."
  [ "$(id -u)" = 0 ] || [ -n "$SUDO" ] || fail "Missing: $* ($why), and installing needs root." "Run once as root: apt-get install $*"
  step "Installing $why: $*"
  if [ -z "$apt_updated" ]; then $SUDO apt-get update -qq >>"$LOG" 2>&1 || true; apt_updated=1; fi
  $SUDO env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >>"$LOG" 2>&1 ||
    fail "Installing $* failed." "The last lines of $LOG say why: $(tail -n 3 "$LOG" | tr '\n' ' ')"
  ok
}

pg_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }
have gcc || apt_install "a C compiler" gcc g++ libc6-dev
have curl || apt_install "curl" curl ca-certificates
[ -n "$(pg_bin)" ] || have initdb || apt_install "PostgreSQL for the embedded database" postgresql
have ld.lld || apt_install "a fast linker" lld

wasm_ready() { local dir; dir=$(rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null) && ls "$dir"/libstd-*.rlib >/dev/null 2>&1; }

# Debian's own rustc with the WASM standard library built once into its sysroot: for machines that reach
# only package registries, where `rustup target add` cannot work.
wasm_from_debian() {
  apt_install "a compiler whose WASM standard library can be built here" rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web rust-web-llvm
  # Its rust-lld is a link to Debian's lld of the same LLVM, which is a package of its own.
  local llvm; llvm=$(apt-cache depends rust-web-llvm 2>/dev/null | grep -oE 'llvm-[0-9]+' | head -n 1 | tr -dc 0-9 || true)
  [ -z "$llvm" ] || have "lld-$llvm" || apt_install "the linker for WASM" "lld-$llvm"
  local libdir; libdir=$(/usr/bin/rustc --print target-libdir --target wasm32-unknown-unknown)
  if ! ls "$libdir"/libstd-*.rlib >/dev/null 2>&1; then
    step "Building the WASM standard library (about a minute)"
    local tmp; tmp=$(mktemp -d)
    mkdir -p "$tmp/src"
    printf '[package]\nname = "empty_std_seed"\nversion = "0.0.0"\nedition = "2021"\n[lib]\n[workspace]\n' >"$tmp/Cargo.toml"
    printf '#![no_std]\n' >"$tmp/src/lib.rs"
    (cd "$tmp" && env -u RUSTUP_TOOLCHAIN RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes CARGO_TARGET_DIR="$tmp/target" \
      /usr/bin/cargo build -q --release --target wasm32-unknown-unknown -Zbuild-std=std,panic_abort,panic_unwind) >>"$LOG" 2>&1 ||
      fail "Building the WASM standard library failed." "See $LOG"
    $SUDO mkdir -p "$libdir"
    find "$tmp/target/wasm32-unknown-unknown/release/deps" -name '*.rlib' ! -name '*empty_std_seed*' -exec $SUDO cp {} "$libdir/" \;
    rm -rf "$tmp"
    ok
  fi
  if have rustup; then
    rustup toolchain link uk-crm /usr >>"$LOG" 2>&1
    echo uk-crm >"$TOOLS/toolchain"; export RUSTUP_TOOLCHAIN=uk-crm
  fi
}

if ! wasm_ready; then
  if have rustup && { step "Adding the WASM target"; timeout 300 rustup target add wasm32-unknown-unknown >>"$LOG" 2>&1; } && wasm_ready; then ok; else echo "  · rustup cannot add it here; taking Debian's compiler"; wasm_from_debian; fi
  wasm_ready || fail "The WASM target is still missing." "Run: rustup target add wasm32-unknown-unknown"
fi

# Styles, wasm-opt and Playwright come from one lock file.
if [ ! -f "$NODE_DIR/.installed" ] || ! cmp -s "$ROOT/package-lock.json" "$NODE_DIR/.installed"; then
  step "Installing the style and browser-test tools (npm ci)"
  (cd "$ROOT" && npm ci --no-audit --no-fund --loglevel=error) >>"$LOG" 2>&1 || fail "npm ci failed." "$(tail -n 3 "$LOG" | tr '\n' ' ')"
  cp "$ROOT/package-lock.json" "$NODE_DIR/.installed"
  ok
fi

# cargo_tool NAME: builds a cargo subcommand once into the tool cache.
cargo_tool() {
  have "$1" && return
  step "Building $1 (a few minutes, once)"
  CARGO_PROFILE_RELEASE_LTO=false CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=256 \
    CARGO_TARGET_DIR="$UK_CACHE/tools-target" cargo install --quiet --locked "$1" --root "$TOOLS" >>"$LOG" 2>&1 || fail "$1 did not build." "See $LOG"
  rm -rf "$UK_CACHE/tools-target"
  ok
}

[ "${1:-}" != check ] || cargo_tool cargo-deny
if [ "${1:-}" = bench ]; then
  have wrk || apt_install "a load generator" wrk
  python3 -c 'import venv, ensurepip' 2>/dev/null || apt_install "Python for the peer" python3 python3-venv
fi
if [ "${1:-}" = test ] || [ "${1:-}" = bench ]; then
  have redis-server || apt_install "Redis" redis-server
  [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || apt_install "RabbitMQ" rabbitmq-server
fi
[ "${1:-}" = test ] || exit 0
{ [ -x /usr/bin/chromium ] || have chromium; } || apt_install "a browser for the tests" chromium fonts-noto-core
cargo_tool cargo-nextest
