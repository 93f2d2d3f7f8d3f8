#!/bin/bash
# The completions load in their shells and offer what they should: completions_test.sh FOLDER_OF_COMPLETIONS.
# pk itself is a stand-in that offers two records, a hostile model name among others, and one of each thing saved.
set -u
folder=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PATH="$work/bin:$PATH" HOME="$work/home" TERM=dumb
mkdir -p "$work/bin" "$HOME/ledger"
cat >"$work/bin/pk" <<'STAND_IN'
#!/bin/sh
echo "$@" >>"$HOME/calls"
kind='' prefix=''
while [ $# -gt 0 ]; do
  case $1 in
    --values) kind=$2; shift ;;
    --prefix) prefix=$2; shift ;;
  esac
  shift
done
case $kind in
  log)
    printf '018e0a3c-5c00-7000-8000-000000000001\t2026-03-01T09:30:00.000Z gpt-4o /v1/chat/completions\n'
    printf '118e0a3c-5c00-7000-8000-000000000002\t2026-03-01T09:29:00.000Z gpt-4o /v1/embeddings\n'
    ;;
  model) printf 'gpt-4o\t\nllama3:8b\t\n$(touch "$HOME/hit")`touch "$HOME/hit"`\t\n' ;;
  user) printf 'ana\t\nbo\t\n' ;;
  provider) printf 'openai\t\nopenrouter\t\ndemo\t\n' ;;
  status) printf 'cache-hit\t\ncache-miss\t\ncache-semantic-hit\t\nretry-failed\t\n' ;;
  prompt) printf 'pp-greet-3fa29c\tgreet\n' ;;
  config) printf 'pc-main-3fa29c\tmain\n' ;;
  virtual-key) printf 'vk-main-3fa29c\tmain\n' ;;
  api-key) printf 'pk-ci-3fa29c\tci\n' ;;
  label) printf 'published\tgreet\nstaging\tgreet\n' ;;
esac | awk -v prefix="$prefix" 'index($0, prefix) == 1'
STAND_IN
chmod +x "$work/bin/pk"

failures=0
# expect SHELL LINE WANTED ANSWER: WANTED is a word of the answer; "!word" must not be.
expect() {
  local word=${3#!}
  local found=no
  [[ " ${4//$'\n'/ } " == *" $word "* ]] && found=yes
  if [[ $3 == !* && $found == yes ]] || [[ $3 != !* && $found == no ]]; then
    echo "$1: '$2' should give $3, gave: ${4//$'\n'/ }"
    failures=$((failures + 1))
  fi
}

cases='pk |serve
pk |logs
pk pl|plan
pk logs |list
pk logs |!serve
pk --color |never
pk --color never plan |set
pk serve --on-log-failure |refuse
pk serve --dur|--durability
pk plan --out|--output
pk plan set |production
pk plan set --hel|--help
pk completions |fish
pk logs list --st|--status
pk logs list --st|!--since
pk logs list --output |jsonl
pk logs list --status cache-|cache-semantic-hit
pk logs list --model gp|gpt-4o
pk logs list --user |bo
pk stats --by mi|minute
pk logs stats --us|--user
pk logs export --model gp|gpt-4o
pk logs export --status cache-|cache-semantic-hit
pk logs redact --user |bo
pk logs values req|requested_model
pk logs show 01|018e0a3c-5c00-7000-8000-000000000001
pk logs w|why
pk logs why 01|018e0a3c-5c00-7000-8000-000000000001
pk logs why --j|--json
pk logs show 01|!118e0a3c-5c00-7000-8000-000000000002
pk conf|config
pk config |validate
pk provider |unarchive
pk provider add --prov|--provider
pk provider add x --provider op|openai
pk key add --scope |admin
pk key |!archive
pk config show |pc-main-3fa29c
pk prompt |render
pk prompt label |pp-greet-3fa29c
pk prompt label greet st|staging
pk logs list --model ll|llama3:8b
pk logs list --status retry-|!cache-hit
pk serve --default-provider op|openrouter
pk serve --semantic-cache-virtual-key vk|vk-main-3fa29c
pk logs rm --keep|--keep-cached
pk logs list --prompt-id pp-|pp-greet-3fa29c
pk key rm pk-|pk-ci-3fa29c
pk provider edit vk-|vk-main-3fa29c
pk provider edit pk-|!vk-main-3fa29c
pk logs list --config-id pc-|pc-main-3fa29c
pk cac|cache
pk cache |clear
pk cache cl|clear
pk cache rm 01|018e0a3c-5c00-7000-8000-000000000001
pk cache stats --js|--json
pk cache clear --y|--yes
pk --data ~/ledger logs rm |@latest
pk prune --dr|--dry-run'

in_bash() {
  bash --norc -c '
    source "$1" || exit 9
    line=$2 COMP_POINT=${#2}
    COMP_LINE=$line
    read -ra COMP_WORDS <<<"${line//=/ = }"
    [[ $line == *" " ]] && COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    compopt() { :; }
    _pk
    printf "%s\n" "${COMPREPLY[@]}"' bash "$folder/pk.bash" "$1"
}

in_fish() { fish --no-config -c 'source $argv[1]; or exit 9; complete -C $argv[2] | string split -f 1 \t' -- "$folder/pk.fish" "$1"; }

# zsh completes only within its line editor, so it is asked through a pseudo-terminal: list what fits, and show it. What
# is typed before the editor runs would be echoed by the terminal and never completed, so the editor says when it does.
in_zsh() {
  zsh -f -c '
    zmodload zsh/zpty || exit 9
    zpty asked zsh -f -i
    zpty -w asked "PS1=; stty cols 200 rows 200; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D; print -r -- rea\"\"dy"
    zpty -r -m asked all "*ready*"
    zpty -w asked "show() { compstate[insert]=; compstate[list]=\"list force\" }
      compprefuncs=(show) comppostfuncs=(show)
      zstyle \":completion:*\" list-prompt \"\"; zstyle \":completion:*\" list-rows-first true
      LISTMAX=10000; bindkey \"^I\" complete-word
      zle-line-init() { print -rn -- edi\"\"ting }; zle -N zle-line-init"
    zpty -r -m asked all "*editing*"
    zpty -w -n asked "$2"$'"'\\t'"'
    zpty -w -n asked $'"'\\x15'"'"print -r -- do\"\"ne"$'"'\\n'"'
    zpty -r -m asked answer "*done*"
    print -r -- "$answer"
    zpty -d asked' zsh "$folder" "$1" 2>&1 | sed 's/\x1b\[[0-9;?]*[a-zA-Z]//g; s/\r/\n/g; s/  */\n/g' | grep -v '^$'
}

for shell in bash fish zsh; do
  if ! command -v $shell >/dev/null; then
    echo "$shell is not installed"
    failures=$((failures + 1))
    continue
  fi
  while IFS='|' read -r line wanted; do
    expect $shell "$line" "$wanted" "$(in_$shell "$line")"
  done <<<"$cases"
done

# Lists with commas, values after an equals sign, filters as text: bash has them of its own making.
expect bash '--status=a,b' cache-hit,retry-failed "$(in_bash 'pk logs list --status=cache-hit,retry-f')"
expect bash '--json=' id,model "$(in_bash 'pk logs list --json=id,mode')"
expect bash 'stats --json=' requests,errors "$(in_bash 'pk logs stats --json=requests,err')"
expect bash 'config list --json=' '!id' "$(in_bash 'pk config list --json=i')"
expect zsh 'stats --json=' latency_p50_ms "$(in_zsh 'pk stats --json=latency_p5')"
expect zsh 'list --json=' cache_verdict "$(in_zsh 'pk logs list --json=cache_v')"
expect fish 'stats --json=' '--json=requests' "$(in_fish 'pk stats --json=req')"
expect bash 'model:' model:gpt-4o "$(in_bash 'pk logs list model:gp')"
expect bash '--provider=a,b' demo,openai "$(in_bash 'pk logs list --provider=demo,openai')"
expect fish 'status:' status:cache-hit "$(in_fish 'pk logs list status:cache-h')"

# Whatever a record says is text.
in_bash 'pk logs list --model ' >/dev/null
if [[ -e $HOME/hit ]]; then
  echo 'a model name was run as a command'
  failures=$((failures + 1))
fi
# The ledger that the line names is the one that is asked.
if ! grep -q -- "--data $HOME/ledger completions --values log" "$HOME/calls"; then
  echo 'the ledger named by --data was not asked'
  failures=$((failures + 1))
fi

[[ $failures -eq 0 ]] && echo 'completions: as they should be'
exit $((failures > 0))
