#!/usr/bin/env bash
# How long commands that read a ledger of a million records take, from process start, and sqlite3 over the same rows.
#   tests/bench/logs.sh PATH-TO-PK        (or ./dev bench logs)
pk=${1:?path of pk}
maker=$(dirname "$pk")/../tests/pk_bench_ledger
source "$(dirname "$0")/common.sh"
[[ -x $maker ]] || die 'pk_bench_ledger is not built; run ./dev bench logs'

records=${PK_BENCH_RECORDS:-1000000}
runs=${PK_BENCH_RUNS:-15}
db=$work/rows.db
sqlite=$(tool sqlite3)

note "writing $records records"
"$maker" "$work/ledger" "$records" "$work/rows.tsv" || die 'the ledger could not be made'
note 'the same into sqlite3'
"$sqlite" "$db" >/dev/null <<SQL
PRAGMA journal_mode = off;
PRAGMA synchronous = off;
CREATE TABLE rows (id TEXT PRIMARY KEY, created_at INTEGER, model TEXT, path TEXT, user TEXT, total_tokens INTEGER, cost_usd REAL,
  status TEXT, provider TEXT, http_status INTEGER, ok INTEGER, latency_ms REAL, prompt_tokens INTEGER, completion_tokens INTEGER,
  saved_usd REAL, metadata TEXT, retries INTEGER) WITHOUT ROWID;
.mode tabs
.import $work/rows.tsv rows
UPDATE rows SET cost_usd = NULL WHERE cost_usd = '';
UPDATE rows SET saved_usd = NULL WHERE saved_usd = '';
UPDATE rows SET total_tokens = NULL WHERE total_tokens = '';
CREATE TABLE metadata (name TEXT, value TEXT, id TEXT, PRIMARY KEY (name, value, id)) WITHOUT ROWID;
INSERT INTO metadata SELECT 'team', substr(metadata, instr(metadata, ';team=') + 6,
  instr(substr(metadata, instr(metadata, ';team=') + 6), ';') - 1), id FROM rows;
CREATE INDEX by_time ON rows (created_at);
CREATE INDEX by_user ON rows (user, id);
CREATE INDEX by_model ON rows (model, id);
CREATE INDEX by_http_status ON rows (http_status, id);
CREATE INDEX by_status ON rows (status, model, id);
CREATE INDEX by_cost ON rows (cost_usd);
CREATE INDEX by_ok ON rows (ok, id);
ANALYZE;
SQL
rm -f "$work/rows.tsv"
# As after a restart: what was written page by page is dropped from memory and read in again, for both.
for file in "$work/ledger/ledger.mdb" "$db"; do
  sync "$file"
  dd if="$file" iflag=nocache count=0 status=none
  cat "$file" >/dev/null
done
columns='id, created_at, model, path, user, total_tokens, cost_usd, status'

# once COMMAND…: how long it takes, in µs; what it says is in $work/out.
once() {
  local begin=${EPOCHREALTIME/./}
  "$@" >"$work/out"
  echo $((${EPOCHREALTIME/./} - begin))
}

# warm COMMAND…: a run that is not counted, and has to succeed.
warm() {
  "$@" >"$work/out" 2>"$work/err" || die "$* failed: $(head -n1 "$work/err")"
}

# run_ms COMMAND…: the median of `runs` runs, in ms.
run_ms() {
  local i
  warm "$@"
  for ((i = 0; i < runs; ++i)); do once "$@"; done | median | ms
}

ms() { awk '{printf "%.2f", $1 / 1000}'; }

# compare NAME SQL ARGUMENT…: a line of the table, medians of runs by turns. Both must give as many lines where they list.
compare() {
  local name=$1 sql=$2 ours theirs lines i
  shift 2
  local a=("$pk" --data "$work/ledger" "$@") b=("$sqlite" -separator $'\t' "$db" "$sql")
  warm "${a[@]}"
  lines=$(wc -l <"$work/out")
  warm "${b[@]}"
  [[ $1 != logs || $2 != list || $lines -eq $(wc -l <"$work/out") ]] ||
    die "$name: pk gives $lines lines, sqlite3 $(wc -l <"$work/out")"
  : >"$work/ours"
  : >"$work/theirs"
  for ((i = 0; i < runs; ++i)); do
    once "${a[@]}" >>"$work/ours"
    once "${b[@]}" >>"$work/theirs"
  done
  ours=$(median <"$work/ours" | ms)
  theirs=$(median <"$work/theirs" | ms)
  printf '| %s | %s | %s | %s |\n' "$name" "$ours" "$theirs" "$(awk -v a="$theirs" -v b="$ours" 'BEGIN {printf "%.2f", a / b}')"
}

list() {
  local name=$1 where=$2
  shift 2
  compare "$name" "SELECT $columns FROM rows WHERE $where ORDER BY id DESC LIMIT 50" logs list "$@"
}

day_ms=$(($(date +%s%3N) - 86400000))
half_ms=$(($(date +%s%3N) - 15 * 86400000))

printf '%s, %s records; ms from process start, median of %s runs\n\n' "$(machine)" "$records" "$runs"
printf '| | pk | sqlite3 | sqlite3 ÷ pk |\n|---|---|---|---|\n'
list 'newest 50' '1'
list 'one model' "model = 'gpt-4o'" --model gpt-4o
list 'one user' "user = 'user-77'" --user user-77
list 'no such user' "user = 'nobody'" --user nobody
list 'errors 5xx' 'http_status BETWEEN 500 AND 599' --http-status 5xx
list 'a team' "id IN (SELECT id FROM metadata WHERE name = 'team' AND value = 'ops')" --metadata team=ops
list 'no such team' "id IN (SELECT id FROM metadata WHERE name = 'team' AND value = 'none')" --metadata team=none
list 'dear ones' 'cost_usd >= 0.03' --min-cost 0.03
list 'too dear' 'cost_usd >= 0.5' --min-cost 0.5
list 'a day two weeks ago' "created_at >= $half_ms AND created_at < $((half_ms + 86400000))" --since 15d --until 14d
list 'three: hit, model, cost' "status = 'cache-hit' AND model = 'o3' AND cost_usd >= 0.5" --status cache-hit --model o3 --min-cost 0.5
list 'three: user, errors, day' "user = 'user-77' AND ok = 0 AND created_at >= $day_ms" --user user-77 --errors --since 1d
list 'three: model, slow, errors' "model = 'gpt-4o' AND ok = 0 AND latency_ms >= 1000" --model gpt-4o --errors --min-latency 1s
stats='count(*), sum(NOT ok), sum(prompt_tokens), sum(completion_tokens), sum(total_tokens), sum(cost_usd), sum(saved_usd), avg(status = '"'cache-hit'"')'
compare 'stats by model' "SELECT model, $stats FROM rows GROUP BY model" logs stats --by model
compare 'stats' "SELECT $stats FROM rows" logs stats
compare 'stats by day' "SELECT created_at / 86400000, $stats FROM rows GROUP BY 1" logs stats --by day
compare 'stats of a user' "SELECT $stats FROM rows WHERE user = 'user-77'" logs stats --user user-77
compare 'values of model' 'SELECT model, count(*) FROM rows GROUP BY model ORDER BY 2 DESC LIMIT 50' logs values model
compare 'users user-12*' "SELECT user, count(*) FROM rows WHERE user >= 'user-12' AND user < 'user-13' GROUP BY user ORDER BY 2 DESC LIMIT 50" logs values user user-12

# per_second NAME COMMAND…: what it writes, in MB, and how much of it in a second.
per_second() {
  local name=$1 ms bytes
  shift
  ms=$(runs=3 run_ms "$@")
  bytes=$(stat -c %s "$work/out")
  printf '%s: %s MB in %s ms, %s MB/s\n' "$name" $((bytes / 1000000)) "$ms" \
    "$(awk -v b="$bytes" -v ms="$ms" 'BEGIN {printf "%.0f", b / ms / 1000}')"
}

printf '\n'
per_second 'export of three days, whole records' "$pk" --data "$work/ledger" logs export --since 3d
per_second 'sqlite3 -json of the same rows, without bodies' "$sqlite" -json "$db" \
  "SELECT * FROM rows WHERE created_at >= $((day_ms - 2 * 86400000)) ORDER BY id"
printf 'a text that is in no body, all records: %s ms\n' \
  "$(runs=3 run_ms "$pk" --data "$work/ledger" logs list --search 'nobody ever said this')"
printf '\nledger %s MB, rows and indexes in sqlite3 without bodies %s MB\n' \
  "$(($(stat -c %s "$work/ledger/ledger.mdb") / 1000000))" "$(($(stat -c %s "$db") / 1000000))"
