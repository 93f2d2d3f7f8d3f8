#!/usr/bin/env bash
# How well the semantic cache tells questions apart, and how long it looks for one.
#   tests/bench/semantic.sh PATH-TO-PK        (or ./dev bench semantic)
# With PK_BENCH_EMBEDDINGS_URL (http://…/v1/embeddings), _MODEL and _KEY also by a real model.
set -euo pipefail
pk=${1:?path of pk}
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PK_BENCH_WORK=$work
"$(dirname "$(dirname "$pk")")/tests/pk_bench_semantic" "$here/../cache/semantic_pairs.tsv" \
  "${PK_BENCH_ENTRIES:-100000}" "${PK_BENCH_DIMENSIONS:-1536}"
