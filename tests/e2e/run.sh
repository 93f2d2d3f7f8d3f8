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
# npm writes this file last.
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
  npm ci --ignore-scripts --no-audit --no-fund >&2
fi
exec node --test --test-reporter=spec
