# What the benchmarks share: an instant upstream (nginx), pk and a plain nginx proxy before it, wrk, /proc.
# shellcheck shell=bash disable=SC2034,SC2154 # it is sourced: its names are used there
set -euo pipefail
export LC_ALL=C

work=$(mktemp -d)
cores=$(nproc)
started=()

finish() {
  local pid
  for pid in "${started[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT

die() { printf 'bench: %s\n' "$*" >&2; exit 1; }
note() { printf '%s\n' "$*" >&2; }
tool() { command -v "$1" || { [[ -x /usr/sbin/$1 ]] && echo "/usr/sbin/$1"; } || die "$1 is missing; run ./dev deps bench"; }

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
  local port
  for _ in {1..50}; do
    port=$((20000 + RANDOM % 20000))
    listens "$port" || { echo "$port"; return; }
  done
  die 'no free port'
}

wait_for_port() {
  for _ in {1..200}; do
    if listens "$1"; then return; fi
    sleep 0.05
  done
  die "nothing listens on port $1: $(cat "$work"/*.log 2>/dev/null | tail -n 3)"
}

# nginx_with NAME PORT SERVER-BLOCK [HTTP-BLOCK]: one worker, everything in the temporary folder. Sets `nginx_pid`.
nginx_with() {
  local name=$1 port=$2 server=$3 http=${4:-} home=$work/nginx-$1 user=''
  mkdir -p "$home"
  if [[ $EUID -eq 0 ]]; then user='user root;'; fi
  cat >"$home/nginx.conf" <<CONF
$user
worker_processes 1;
daemon off;
pid $home/pid;
error_log $home/error.log;
events { worker_connections 4096; }
http {
  access_log off;
  default_type application/json;
  keepalive_timeout 600s;
  keepalive_requests 1000000000;
  client_body_temp_path $home/body;
  proxy_temp_path $home/proxy;
  fastcgi_temp_path $home/fastcgi;
  uwsgi_temp_path $home/uwsgi;
  scgi_temp_path $home/scgi;
  $http
  server {
    listen 127.0.0.1:$port;
    $server
  }
}
CONF
  "$(tool nginx)" -p "$home" -c "$home/nginx.conf" -e "$home/error.log" 2>"$work/nginx-$name.log" &
  nginx_pid=$!
  started+=("$nginx_pid")
  wait_for_port "$port"
}

# The body of an OpenAI chat completion, about 0.7 kB.
answer() {
  local text='Certainly. The three primary colours of light are red, green and blue; mixed in equal strength they give white,'
  text+=' and each pair of them gives one of cyan, magenta and yellow. Screens make every colour they show from these three, point by point, too small to see.'
  printf '{"id":"chatcmpl-9x7Qb2Yt0example","object":"chat.completion","created":1750000000,"model":"gpt-4o-mini-2024-07-18",'
  printf '"choices":[{"index":0,"message":{"role":"assistant","content":"%s","refusal":null},"logprobs":null,' "$text"
  printf '"finish_reason":"stop"}],"usage":{"prompt_tokens":42,"completion_tokens":51,"total_tokens":93,'
  printf '"prompt_tokens_details":{"cached_tokens":0}},"system_fingerprint":"fp_0123456789"}'
}

start_upstream() {
  upstream_port=$(free_port)
  nginx_with upstream "$upstream_port" "location / { return 200 '$(answer)'; }"
  upstream_pid=$nginx_pid
}

start_peer() {
  peer_port=$(free_port)
  nginx_with peer "$peer_port" \
    'location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; }' \
    "upstream up { server 127.0.0.1:$upstream_port; keepalive 128; }"
  peer_pid=$nginx_pid
}

# start_pk NAME [serve flags]: data in $work/NAME. Sets `pk_pid` and `pk_port`.
start_pk() {
  local name=$1 line ready
  shift
  mkfifo "$work/$name.ready"
  env -i PATH="$PATH" HOME="$work" "$pk" --data "$work/$name" serve --listen 127.0.0.1:0 "$@" \
    >"$work/$name.ready" 2>"$work/pk-$name.log" &
  pk_pid=$!
  started+=("$pk_pid")
  exec {ready}<"$work/$name.ready"
  read -r -t 20 -u "$ready" line || die "pk serve did not start: $(tail -n 3 "$work/pk-$name.log")"
  pk_port=${line##*:}
}

# write_script NAME HEADER-LINE…: a wrk script with a chat call with a body of about 0.3 kB, and one line of figures at
# the end.
write_script() {
  local name=$1
  shift
  {
    cat <<'LUA'
wrk.method = "POST"
wrk.path = "/v1/chat/completions"
wrk.headers["Content-Type"] = "application/json"
LUA
    printf '%s\n' "$@"
    cat <<'LUA'
wrk.body = '{"model":"gpt-4o-mini","temperature":0.7,"max_tokens":256,"messages":[' ..
  '{"role":"system","content":"You are a helpful assistant. Answer briefly and in plain words."},' ..
  '{"role":"user","content":"Which are the primary colours of light, and what do two of them give when mixed in equal strength?"}]}'
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %f %f %f\n", summary.requests,
    e.connect + e.read + e.write + e.status + e.timeout, summary.duration, latency:percentile(50), latency:percentile(99)))
end
LUA
  } >"$work/$name.lua"
}

# A call that names its provider, and one with a fallback config of two targets, of which the first answers.
write_scripts() {
  local host="http://127.0.0.1:$upstream_port/v1" target
  target="{\"provider\":\"openai\",\"api_key\":\"sk-bench-0123456789abcdef\",\"custom_host\":\"$host\"}"
  write_script chat 'wrk.headers["Authorization"] = "Bearer sk-bench-0123456789abcdef"' \
    'wrk.headers["x-portkey-provider"] = "openai"' "wrk.headers[\"x-portkey-custom-host\"] = \"$host\""
  write_script fallback \
    "wrk.headers[\"x-portkey-config\"] = '{\"strategy\":{\"mode\":\"fallback\"},\"targets\":[$target,$target]}'"
}

# drive PORT CONNECTIONS SECONDS [SCRIPT]: "requests errors duration_µs p50_µs p99_µs".
drive() {
  "$(tool wrk)" -t1 -c"$2" -d"$3"s -s "$work/${4:-chat}.lua" "http://127.0.0.1:$1" | sed -n 's/^RESULT //p'
}

# CPU time of a process and its children (nginx's worker), µs. /proc/PID/stat counts all threads.
cpu_us() {
  local pid ticks=0
  for pid in "$1" $(pgrep -P "$1" || true); do
    ticks=$((ticks + $(sed 's/.*) //' "/proc/$pid/stat" | awk '{print $12 + $13}')))
  done
  echo $((ticks * 1000000 / $(getconf CLK_TCK)))
}

# pin CPUS PID…: all threads of the processes and of their children. A process started later follows its parent.
pin() {
  local cpus=$1 pid child
  shift
  for pid in "$@"; do
    for child in "$pid" $(pgrep -P "$pid" || true); do taskset -a -cp "$cpus" "$child" >/dev/null 2>&1 || true; done
  done
}

# status_kb PID FIELD, summed over the process and its children.
status_kb() {
  local pid total=0
  for pid in "$1" $(pgrep -P "$1" || true); do
    total=$((total + $(awk -v field="$2:" '$1 == field {print $2}' "/proc/$pid/status")))
  done
  echo "$total"
}

# The median of the numbers on stdin.
median() { sort -g | awk '{v[NR] = $1} END {if (NR) print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }

machine() { printf '%s cores, %s' "$cores" "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n1)"; }
