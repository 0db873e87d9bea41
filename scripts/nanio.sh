#!/usr/bin/env bash
# Installs `nanio`, an S3 server for tests that checks signatures, and prints the python that runs it (python -m nanio).
# Safe to repeat; a warm call takes no time.
set -euo pipefail
. "$(dirname "$0")/env.sh"
VERSION=0.1.7
VENV="$TOOLS/nanio-$VERSION"
mkdir -p "$TOOLS"
(
  # Tests run side by side: one installs, the others wait.
  flock 9
  if [ ! -f "$VENV/.installed" ]; then
    rm -rf "$VENV"
    have python3 || fail "python3 is missing." "Install python3 and python3-venv, then run make test again."
    python3 -m venv "$VENV" >&2 || fail "python3 cannot make a virtual environment." "Install python3-venv, then run make test again."
    "$VENV/bin/pip" install --quiet --disable-pip-version-check "nanio==$VERSION" >&2 || fail "Installing nanio from PyPI failed."
    touch "$VENV/.installed"
  fi
) 9>"$TOOLS/nanio.lock"
echo "$VENV/bin/python"
