#!/usr/bin/env bash
# `make fuzz`: broken calls at both payment webhooks at once, for UK_FUZZ_SECONDS (600 when not set). A finding names the
# UK_FUZZ_SEED that repeats it.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$ROOT"
scripts/setup.sh
. scripts/env.sh
export UK_FUZZ_SECONDS="${UK_FUZZ_SECONDS:-600}" UK_FUZZ_SEED="${UK_FUZZ_SEED:-$(date +%s)}"
step "Broken calls for $UK_FUZZ_SECONDS s, seed $UK_FUZZ_SEED"
# Not by the test runner of the others, which ends what takes minutes; with its features, so that nothing is built anew.
cargo test -q --workspace --exclude frontend --test it webhook_fuzz -- --nocapture --test-threads 2
ok "nothing broke"
