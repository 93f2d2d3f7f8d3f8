#!/usr/bin/env bash
# How long `pk logs list` of 50 takes, from process start, over a ledger of 100,000 records while pk serves.
#   tests/bench/list.sh PATH-TO-PK        (or ./dev bench list)
pk=${1:?path of pk}
source "$(dirname "$0")/common.sh"

records=${PK_BENCH_RECORDS:-100000}
runs=21

start_upstream
write_scripts
start_pk ledger --durability relaxed
count=0
while ((count < records)); do
  read -r requests errors _ < <(drive "$pk_port" 64 2)
  [[ $errors -eq 0 ]] || die "wrk counted $errors errors"
  count=$((count + requests))
  note "$count records"
done
sleep 0.5

for ((i = 0; i < runs; ++i)); do
  begin=${EPOCHREALTIME/./}
  "$pk" --data "$work/ledger" logs list >"$work/rows"
  echo $((${EPOCHREALTIME/./} - begin)) >>"$work/times"
done
[[ $(wc -l <"$work/rows") -eq 50 ]] || die "logs list gave $(wc -l <"$work/rows") rows"
printf '%s: logs list of 50 from %s records: median %s µs, fastest %s µs, slowest %s µs of %s runs\n' \
  "$(machine)" "$count" "$(median <"$work/times")" "$(sort -g "$work/times" | head -n1)" "$(sort -g "$work/times" | tail -n1)" "$runs"
