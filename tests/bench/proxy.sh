#!/usr/bin/env bash
# What one proxied and logged call costs, beside nginx's plain proxy_pass in the same run.
#   tests/bench/proxy.sh PATH-TO-PK        (or ./dev bench proxy)
# PK_BENCH_ROUNDS (3) · PK_BENCH_SECONDS of each c64 drive (5) · PK_BENCH_WORKERS of pk (1, as nginx)
pk=${1:?path of pk}
source "$(dirname "$0")/common.sh"

rounds=${PK_BENCH_ROUNDS:-3}
seconds=${PK_BENCH_SECONDS:-5}
workers=${PK_BENCH_WORKERS:-1}
connections=64
targets=(nginx strict relaxed fallback)
declare -A pid port idle counted drives script

start_all() {
  start_upstream
  write_scripts
  start_peer
  pid[nginx]=$peer_pid port[nginx]=$peer_port
  local durability
  for durability in strict relaxed; do
    start_pk $durability --durability $durability --workers "$workers"
    pid[$durability]=$pk_pid port[$durability]=$pk_port
  done
  pid[fallback]=$pk_pid port[fallback]=$pk_port script[fallback]=fallback # relaxed again, with a config
  local target
  for target in "${targets[@]}"; do
    idle[$target]=$(status_kb "${pid[$target]}" RssAnon)
    counted[$target]=0 drives[$target]=0
  done
}

# measure TARGET CONNECTIONS SECONDS: a line "cpu_µs_per_request req/s p50 p99" in $work/TARGET.cCONNECTIONS.
measure() {
  local target=$1 before after requests errors duration p50 p99
  before=$(cpu_us "${pid[$target]}")
  read -r requests errors duration p50 p99 < <(drive "${port[$target]}" "$2" "$3" "${script[$target]:-chat}")
  [[ ${errors:-1} -eq 0 ]] || die "$target: wrk counted ${errors:-no} errors"
  sleep 0.5 # what was put off until after the answers belongs to them
  after=$(cpu_us "${pid[$target]}")
  counted[$target]=$((counted[$target] + requests))
  drives[$target]=$((drives[$target] + $2))
  awk -v c=$((after - before)) -v n="$requests" -v d="$duration" -v p="$p50" -v q="$p99" \
    'BEGIN {printf "%.2f %.0f %.1f %.1f\n", c / n, n / d * 1e6, p, q}' >>"$work/$target.c$2"
}

# At one connection everything shares one core: else what is measured is how long a sleeping core takes to wake, which
# differs from run to run by more than any proxy adds.
one_connection() {
  local target p50
  pin 0 $$ "$upstream_pid" "${pid[@]}"
  for target in "${targets[@]}"; do
    read -r _ _ _ p50 _ < <(drive "$upstream_port" 1 1)
    echo "$p50" >>"$work/direct"
    measure "$target" 1 2
  done
  pin "0-$((cores - 1))" $$ "$upstream_pid" "${pid[@]}"
}

run_rounds() {
  local round target
  for target in "${targets[@]}"; do measure "$target" $connections 1; done
  rm -f "$work"/*.c$connections # warming up
  for ((round = 1; round <= rounds; ++round)); do
    note "round $round of $rounds"
    for target in "${targets[@]}"; do measure "$target" $connections "$seconds"; done
    one_connection
  done
}

column() { awk -v n="$3" '{print $n}' "$work/$1.c$2" | median; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN {if (b > 0) printf "%.2f", a / b; else print "-"}'; }
minus() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.1f", a - b}'; }
megabytes() { awk -v k="$1" 'BEGIN {printf "%.1f", k * 1024 / 1e6}'; }

report() {
  local target direct cpu added base_cpu base_added
  direct=$(median <"$work/direct")
  base_cpu=$(column nginx $connections 1)
  base_added=$(minus "$(column nginx 1 3)" "$direct")
  printf '\n%s; %s workers; medians of %s rounds; p50 straight to the upstream at one connection: %s µs\n\n' \
    "$(machine)" "$workers" "$rounds" "$direct"
  echo '| | CPU µs/request, 64 conn. | × nginx | req/s | p50 µs | p99 µs | p50 µs, 1 conn. | added p50 | × nginx | peak RSS MB | anonymous MB idle | after |'
  echo '|---|---|---|---|---|---|---|---|---|---|---|---|'
  for target in "${targets[@]}"; do
    cpu=$(column "$target" $connections 1)
    added=$(minus "$(column "$target" 1 3)" "$direct")
    printf '| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n' "$target" "$cpu" "$(ratio "$cpu" "$base_cpu")" \
      "$(column "$target" $connections 2)" "$(column "$target" $connections 3)" "$(column "$target" $connections 4)" \
      "$(column "$target" 1 3)" "$added" "$(ratio "$added" "$base_added")" \
      "$(megabytes "$(status_kb "${pid[$target]}" VmHWM)")" "$(megabytes "${idle[$target]}")" \
      "$(megabytes "$(status_kb "${pid[$target]}" RssAnon)")"
  done
}

# Every request that wrk counted is in the ledger, and at most one per connection and drive more: those under way when
# wrk stopped.
check_ledger() {
  local target rows
  counted[relaxed]=$((counted[relaxed] + counted[fallback])) drives[relaxed]=$((drives[relaxed] + drives[fallback]))
  for target in strict relaxed; do
    kill -TERM "${pid[$target]}"
    wait "${pid[$target]}" || die "$target: pk serve ended with $?"
    rows=$("$pk" --data "$work/$target" logs list -n 0 -o jsonl --json=id | wc -l)
    note "$target: wrk counted ${counted[$target]}, the ledger has $rows (at most $((counted[$target] + drives[$target])) expected)"
    ((rows >= counted[$target] && rows <= counted[$target] + drives[$target])) || die "$target: the ledger is wrong"
  done
}

start_all
run_rounds
report
check_ledger
