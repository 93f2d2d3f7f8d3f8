#!/usr/bin/env bash
# How long `pk prune` takes to remove half a million records beside `pk serve`, how long a strict client waits meanwhile,
# and how long completions take to look into the ledger.
#   tests/bench/prune.sh PATH-TO-PK       (or ./dev bench prune)
pk=${1:?path of pk}
source "$(dirname "$0")/common.sh"

records=${PK_BENCH_RECORDS:-500000}

start_upstream
write_scripts
start_pk ledger --durability relaxed
count=0
while ((count < records)); do
  read -r requests errors _ < <(drive "$pk_port" 64 5)
  [[ $errors -eq 0 ]] || die "wrk counted $errors errors"
  count=$((count + requests))
  note "$count records"
done
kill -TERM "$pk_pid" && wait "$pk_pid" || true
sleep 2 # what is pruned is at least a second old

for kind in log model user status; do
  for _ in {1..11}; do
    begin=${EPOCHREALTIME/./}
    "$pk" --data "$work/ledger" completions --values $kind >/dev/null
    echo $((${EPOCHREALTIME/./} - begin)) >>"$work/values-$kind"
  done
done

mv "$work/ledger.ready" "$work/ledger.ready.first"
start_pk ledger --durability strict
# drive_beside SECONDS COMMAND…: a client of 8 connections for so long, and the command from its second second on.
drive_beside() {
  local seconds=$1 begin
  shift
  drive "$pk_port" 8 "$seconds" >"$work/client" &
  local client=$!
  sleep 1
  begin=${EPOCHREALTIME/./}
  "$@" >"$work/report" 2>"$work/report.err" || die "$*: $(cat "$work/report.err")"
  took=$((${EPOCHREALTIME/./} - begin))
  wait "$client"
  read -r _ errors _ p50 p99 <"$work/client"
  [[ $errors -eq 0 ]] || die "wrk counted $errors errors"
}

drive_beside 8 true
alone="$p50 $p99"
drive_beside 12 "$pk" --data "$work/ledger" prune --older-than 2s
prune_took=$took prune_client="$p50 $p99" removed=$(sed 's/.*"removed":\([0-9]*\).*/\1/' "$work/report")
before=$(stat -c %s "$work/ledger/ledger.mdb")
drive_beside 12 "$pk" --data "$work/ledger" prune --compact
compact_took=$took compact_client="$p50 $p99" after=$(stat -c %s "$work/ledger/ledger.mdb")

machine
printf '\nprune removed %s records in %s ms\n' "$removed" $((prune_took / 1000))
printf 'compact: %s ms, from %s MB to %s MB; %s\n' $((compact_took / 1000)) $((before / 1000000)) $((after / 1000000)) \
  "$(grep -o 'its transactions waited.*' "$work/pk-ledger.log" | tail -n 1)"
printf 'strict client, 8 connections, median and p99 in µs: alone %s, beside prune %s, beside compact %s\n' \
  "$alone" "$prune_client" "$compact_client"
for kind in log model user status; do
  printf 'completions --values %s: median %s µs\n' $kind "$(median <"$work/values-$kind")"
done
