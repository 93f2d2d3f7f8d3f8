#!/bin/sh
# Real clients against the built pk: run.sh PK_BINARY. Needs node 18 or newer, and npm the first time.
set -eu
if [ $# -ne 1 ] || [ ! -x "$1" ]; then
  echo "usage: tests/e2e/run.sh PK_BINARY" >&2
  exit 2
fi
PK_E2E_BINARY=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
export PK_E2E_BINARY
cd "$(dirname "$0")"
# The mark is newer than the lock file when what it names is installed.
if [ ! node_modules/.installed -nt package-lock.json ]; then
  npm ci --no-audit --no-fund
  touch node_modules/.installed
fi
exec node --test --test-reporter=spec
