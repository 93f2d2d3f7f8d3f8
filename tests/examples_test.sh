#!/bin/bash
# Every example of a manual page runs: examples_test.sh PK PAGE. They run in order, in one shell, on a data folder with a
# few logs and beside a server on it, which answers with the provider `demo`.
#
# What is run: `.Dl $ command`, `$ command` in a `.Bd -literal` block with the lines that belong to it, and the command of
# a crontab line. It has to end with 0; curl also fails at a status of 400 and more, after a while in which it is asked again. Where the page shows the id that
# a command printed, the id that it printed here stands for it from there on. `pk serve` takes the server's place.
#
# Comments of the page, each on the line before what it speaks of:
#   .\" given: COMMAND     is run first, unseen by readers
#   .\" not run: REASON    the next example is not run; REASON is one of those below
#   .\" runs on            the next example does not end by itself: it is interrupted
#   .\" settings           the next block is a settings file, and has to be a good one
set -u
pk=$1
page=$2
name=${page##*/}

reasons='needs a key of a provider
needs another machine
listens to the network
needs systemd'

work=$(mktemp -d)
server=''
stop_server() {
  [[ -z $server ]] || { kill "$server" && wait "$server"; } 2>/dev/null
  server=''
}
trap 'stop_server; rm -rf "$work"' EXIT

mkdir -p "$work/bin" "$work/home/.zfunc" "$work/home/.config/fish/completions" "$work/here"
cat >"$work/bin/pk" <<SCRIPT
#!/bin/sh
exec '$pk' "\$@"
SCRIPT
cat >"$work/bin/curl" <<SCRIPT
#!/bin/sh
exec '$(command -v curl)' --fail-with-body --show-error "\$@"
SCRIPT
printf '#!/bin/sh\necho sk-of-a-password-manager-0123456789\n' >"$work/bin/pass"
printf '#!/bin/sh\nsed -i s/0.7/0.9/ "$1"\n' >"$work/bin/editor"
chmod +x "$work"/bin/*
echo sk-typed-by-a-person-0123456789 >"$work/typed"

unset "${!XDG_@}" "${!PK_@}" NO_COLOR
export HOME=$work/home PATH=$work/bin:$PATH PK_DATA=$work/data EDITOR=editor PAGER=cat OPENAI_API_KEY=sk-0123456789abcdef
cd "$work/here" || exit 1

failures=0
failed() {
  printf '%s: %s\n' "$name" "$1"
  shift
  printf '    %s\n' "$@"
  ((++failures))
}

# start_server COMMAND: in place of the one that runs, on a port that is free.
start_server() {
  local line
  stop_server
  rm -f "$work/ready"
  mkfifo "$work/ready"
  PK_LISTEN=127.0.0.1:0 eval "exec ${1//:8787/:0}" >"$work/ready" 2>"$work/err" &
  server=$!
  read -r line <"$work/ready"
  address=${line#listening on http://}
  [[ $line == listening* ]]
}

chat() {
  local body=$1
  shift
  "$work/bin/curl" -s "http://$address/v1/chat/completions" -H 'content-type: application/json' "$@" -d "$body" || true
}

# A few logs: of a user with metadata, a failure, an answer that the cache keeps, the newest.
seed() {
  local words='"messages":[{"role":"user","content":"Hello"}]'
  chat "{\"model\":\"demo-1\",$words}" -H 'x-portkey-provider: demo' -H 'x-portkey-metadata: {"_user":"ana","team":"red"}'
  chat "{\"model\":\"demo-error-503\",$words}" -H 'x-portkey-provider: demo'
  chat "{\"model\":\"demo-1\",$words}" -H 'x-portkey-config: {"provider":"demo","cache":{"mode":"simple"}}'
  echo '{"provider": "demo"}' >routes.json
}

# Ids that the page shows, and those that stand for them.
declare -A printed=()
with_ids() {
  local text=$1 id
  for id in "${!printed[@]}"; do text=${text//"$id"/${printed[$id]}}; done
  printf '%s' "$text"
}

# run COMMAND [MARK]
run() {
  local command status tries
  if [[ $1 == 'pk serve'* ]]; then
    start_server "$(with_ids "$1")" || failed "does not serve: $1" "$(cat "$work/err")"
    return
  fi
  command=$(with_ids "${1//127.0.0.1:8787/$address}")
  if [[ ${2:-} == 'runs on' ]]; then
    (eval "exec $command") >"$work/out" 2>"$work/err" <"$work/typed" &
    sleep 0.5
    kill $! 2>/dev/null || failed "does not run on: $1" "$(cat "$work/err")"
    wait $! 2>/dev/null
    return
  fi
  eval "$command" >"$work/out" 2>"$work/err" <"$work/typed"
  status=$?
  # A server knows what was saved just now within two seconds.
  for ((tries = 0; tries < 600 && status == 22; ++tries)); do
    sleep 0.1
    eval "$command" >"$work/out" 2>"$work/err" <"$work/typed"
    status=$?
  done
  [[ $status -eq 0 ]] || failed "ends with $status: $1" "$(cat "$work/err" "$work/out")"
}

# Whether a shell would wait for more.
is_open() {
  local said
  [[ $1 == *\\ ]] && return
  said=$(bash -n <<<"$1" 2>&1)
  [[ -n $said ]]
}

plain() { sed "s/\\\\e/\\\\/g; s/\\\\-/-/g; s/\\\\&//g; s/\\\\(aq/'/g; s/\\\\(dq/\"/g; s/\\\\(ha/^/g; s/\\\\(ti/~/g" <<<"$1"; }

rendered=$(mandoc -T utf8 -O width=200 "$page" | col -b)
examples=0
command='' mark='' shown=0

# What was gathered is whole: it runs.
finish() {
  [[ -n $command ]] || return
  local first=${command%%$'\n'*}
  [[ $rendered == *"$first"* ]] || failed "reads otherwise when it is rendered: $first"
  ((++examples))
  if [[ $mark == 'not run: '* ]]; then
    grep -qxF -- "${mark#not run: }" <<<"$reasons" || failed "is not run for a reason that is none: $mark"
  else
    run "$command" "$mark"
  fi
  ran=$mark command='' mark='' shown=0
}

# A line that the page shows as the output of the last command.
output_line() {
  local actual_line
  [[ $ran != 'not run'* ]] || return
  ((++shown))
  [[ $1 =~ ^(pc|pp|vk|pk)-[a-z0-9-]*-[0-9a-f]{6}$ ]] || return
  actual_line=$(grep -oE "^${1%-*}-[0-9a-f]{6}$" "$work/out" | head -n 1)
  [[ -n $actual_line ]] || failed "shows $1, which was not printed" "$(cat "$work/out")"
  printed[$1]=$actual_line
}

start_server 'pk serve' || { cat "$work/err"; exit 1; }
seed >/dev/null 2>&1

block='' ran=''
while IFS= read -r line; do
  case $line in
    '.\" given: '*) finish; run "$(plain "${line#.\\\" given: }")" ;;
    '.\" not run: '* | '.\" runs on' | '.\" settings') finish; mark=${line#.\\\" } ;;
    '.Bd -literal'*) block=on; [[ $mark != settings ]] || { block=settings mark=''; : >settings.toml; } ;;
    '.Ed')
      finish
      if [[ $block == settings ]]; then run "pk --config settings.toml --data '$work/data' logs list"; ((++examples)); fi
      block=''
      ;;
    '.Dl $ '*) finish; command=$(plain "${line#.Dl $ }"); finish ;;
    '.Dl '[0-9*]*' * * '*) finish; command=$(plain "$line" | sed -E 's/^\.Dl ([^ ]+ ){5}//'); finish ;;
    *)
      [[ -n $block ]] || continue
      text=$(plain "$line")
      if [[ $block == settings ]]; then echo "$text" >>settings.toml
      elif [[ -n $command ]]; then command+=$'\n'$text
      elif [[ $text == '$ '* ]]; then command=${text#$ }
      else output_line "$text"; fi
      [[ -z $command ]] || is_open "$command" || finish
      ;;
  esac
done <"$page"
finish

# The same sections everywhere, in the same order.
wanted='NAME DESCRIPTION EXAMPLES SEE-ALSO'
[[ $page != *.1 ]] || wanted='NAME SYNOPSIS DESCRIPTION EXIT-STATUS EXAMPLES SEE-ALSO'
sections=$(sed -n 's/^\.Sh //p' "$page" | tr ' ' '-')
found=$(grep -xE "${wanted// /|}" <<<"$sections" | tr '\n' ' ')
[[ ${found% } == "$wanted" ]] || failed "its sections are $found, and should be $wanted"
[[ $(tail -n 1 <<<"$sections") == SEE-ALSO ]] || failed 'SEE ALSO is not its last section'
[[ $examples -gt 0 ]] || failed 'has no example'

[[ $failures -eq 0 ]] && echo "$name: $examples examples"
exit $((failures > 0))
