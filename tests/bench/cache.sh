#!/usr/bin/env bash
# What a hit of the simple cache takes at one connection, beside nginx's static answer in the same run.
#   tests/bench/cache.sh PATH-TO-PK        (or ./dev bench cache)
# PK_BENCH_ROUNDS (5) · PK_BENCH_SECONDS of each drive (2)
pk=${1:?path of pk}
source "$(dirname "$0")/common.sh"

rounds=${PK_BENCH_ROUNDS:-5}
seconds=${PK_BENCH_SECONDS:-2}

host() { printf 'http://127.0.0.1:%s/v1' "$upstream_port"; }

# measure NAME PORT SCRIPT: a line "p50 p99" in $work/NAME.us.
measure() {
  local errors p50 p99
  read -r _ errors _ p50 p99 < <(drive "$2" 1 "$seconds" "$3")
  [[ ${errors:-1} -eq 0 ]] || die "$1: wrk counted ${errors:-no} errors"
  echo "$p50 $p99" >>"$work/$1.us"
}

column() { awk -v n="$2" '{print $n}' "$work/$1.us" | median; }

lookups() { (exec 3<>"/dev/tcp/127.0.0.1/$pk_port" && printf 'GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3 && cat <&3) |
  sed -n "s/^pk_cache_lookups_total{result=\"$1\"} //p"; }

start_upstream
write_scripts
target="\"provider\":\"openai\",\"api_key\":\"sk-bench-0123456789abcdef\",\"custom_host\":\"$(host)\""
write_script hit "wrk.headers[\"x-portkey-config\"] = '{$target,\"cache\":{\"mode\":\"simple\"}}'"
start_pk cache --durability relaxed --workers 1
# Everything shares one core: else what is measured is how long a sleeping core takes to wake.
pin 0 $$ "$upstream_pid" "$pk_pid"
measure warm "$pk_port" hit
for ((round = 1; round <= rounds; ++round)); do
  note "round $round of $rounds"
  measure static "$upstream_port" chat
  measure proxied "$pk_port" chat
  measure hit "$pk_port" hit
done
(($(lookups miss) == 1)) || die "$(lookups miss) lookups were misses, 1 was expected"

static=$(column static 1) hit=$(column hit 1)
limit=$(awk -v s="$static" 'BEGIN {printf "%.1f", 1.2 * s + 60}')
printf '\n%s; medians of %s rounds, one connection, relaxed\n\n' "$(machine)" "$rounds"
echo '| | p50 µs | p99 µs |'
echo '|---|---|---|'
for name in static proxied hit; do printf '| %s | %s | %s |\n' "$name" "$(column $name 1)" "$(column $name 2)"; done
printf '\na hit may take 1.2 × static + 60 µs = %s µs; it takes %s\n' "$limit" "$hit"
