# bash completion for pk                                                                             -*- shell-script -*-

# Words of a list, the last of which is being written: "a,b,c" offers what may follow "a,b,".
_pk_list() {
  local done=''
  [[ $1 == *,* ]] && done=${1%,*},
  compgen -P "$done" -W "$2" -- "${1##*,}"
}

# What the ledger has of the kind $1 (log, model, user, config …) that begins with the word $2. These texts came from
# outside: they are quoted, never given to compgen -W, which would expand what is in them.
_pk_offer() {
  local value
  while IFS=$'\t' read -r value _; do
    if [[ -n $value ]]; then printf '%q\n' "$value"; fi
  done < <(pk ${_pk_global[@]+"${_pk_global[@]}"} completions --values "$1" --prefix "$2" 2>/dev/null)
}

# The same for a list.
_pk_offer_list() {
  local done=''
  [[ $2 == *,* ]] && done=${2%,*},
  _pk_offer "$1" "${2##*,}" | sed "s|^|$done|"
}

# What the option $1 may have as its value, for the word $2; fails if it takes none.
_pk_value() {
  case $1 in
    --data) compgen -d -- "$2" ;;
    --config | --tls-cert | --tls-key | --ca-file | --secret-file | --vars) compgen -f -- "$2" ;;
    --color) compgen -W 'auto always never' -- "$2" ;;
    --output | -o) compgen -W 'table json jsonl csv tsv' -- "$2" ;;
    --json)
      case $command in
        'logs list' | 'logs show' | 'logs export') _pk_list "$2" "$_pk_fields" ;;
        stats | 'logs stats') _pk_list "$2" "$_pk_sums" ;;
      esac
      ;;
    --durability) compgen -W 'strict relaxed' -- "$2" ;;
    --on-log-failure) compgen -W 'serve refuse' -- "$2" ;;
    --plan) compgen -W 'developer production enterprise' -- "$2" ;;
    --listen) compgen -W '127.0.0.1:8787 127.0.0.1:0' -- "$2" ;;
    --default-provider | --semantic-cache-provider) _pk_offer provider "$2" ;;
    --provider) _pk_offer_list provider "$2" ;;
    --scope) _pk_list "$2" 'proxy read admin' ;;
    --default-config | --config-id | --with-config) _pk_offer config "$2" ;;
    --prompt-id) _pk_offer prompt "$2" ;;
    --virtual-key | --semantic-cache-virtual-key) _pk_offer virtual-key "$2" ;;
    --status) _pk_offer_list status "$2" ;;
    --endpoint) _pk_list "$2" 'chat-completions completions embeddings messages responses other' ;;
    --state) _pk_list "$2" 'complete interrupted aborted' ;;
    --http-status) _pk_list "$2" '200 2xx 4xx 5xx 400 401 408 429 500 502 503' ;;
    --since | --until) compgen -W 'today yesterday 15m 1h 24h 7d' -- "$2" ;;
    --model) _pk_offer_list model "$2" ;;
    --user) _pk_offer user "$2" ;;
    --assert) compgen -W 'same cost latency tokens status json-schema' -- "$2" ;;
    --by) compgen -W 'model provider status user config prompt day hour minute metadata.' -- "$2" ;;
    --cache) _pk_list "$2" off ;;
    --after | --replay-of) _pk_offer log "$2" ;;
    -n | --limit | --jq | --workers | --allow-upstream | --host-name | --public-url | --grace | \
      --header-timeout | --idle-timeout | --connect-timeout | --header-bytes-max | --body-bytes-max | \
      --mailbox-bytes-max | --semantic-cache-model | --semantic-cache-custom-host | \
      --semantic-cache-threshold | --semantic-cache-dimensions | --semantic-cache-shadow-rate | --cache-bytes-max | \
      --cache-entry-bytes-max | --trace-id | --metadata | --min-cost | --max-cost | \
      --min-tokens | --max-tokens | --min-latency | --max-latency | --min-feedback | --max-feedback | --search | --where | \
      --pattern | --older-than | --keep-last | --sample | --concurrency | --set | --via | --replay | --replay-speed | \
      --max-size | --custom-host | --option | --var) ;;
    *) return 1 ;;
  esac
}

_pk() {
  local _pk_fields='id created_at trace_id span_id parent_span_id span_name method path endpoint state http_status ok error
    provider model requested_model virtual_key api_key user cache cache_neighbour cache_score cache_verdict retry retry_attempts fallback loadbalance last_used_option
    status stream prompt_tokens completion_tokens total_tokens cached_tokens reasoning_tokens cost_usd saved_usd latency_ms
    ttft_ms upstream_ms gateway_ms config_id config_version prompt_id prompt_version metadata tracked replayable replay_blocked_by replay_of
    feedback attempts request response'
  local _pk_sums='requests errors prompt_tokens completion_tokens total_tokens cost_usd saved_usd latency_p50_ms latency_p95_ms
    latency_p99_ms cache_hit_rate retries rescued errors_by_status feedback model provider status user config prompt day hour minute'
  local -a words _pk_global=()
  # Words by space alone: bash itself breaks them at = and : too.
  read -ra words <<<"${COMP_LINE:0:COMP_POINT}"
  [[ ${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]] && words+=('')
  local cur=${words[${#words[@]} - 1]} prev='' command='' word i
  for ((i = 1; i < ${#words[@]} - 1; ++i)); do
    word=${words[i]}
    prev=$word
    case $word in
      --data | --config)
        if ((i + 1 < ${#words[@]} - 1)); then
          _pk_global+=("$word" "${words[++i]/#\~/$HOME}")
          prev=''
        fi
        ;;
      --data=* | --config=*) _pk_global+=("$word") ;;
      --color) ((++i)); [[ $i -lt ${#words[@]}-1 ]] && prev='' ;;
      -*) ;;
      *)
        if [[ -z $command ]]; then command=$word
        elif [[ " logs feedback plan config prompt provider key cache " == *" $command "* ]] && [[ " $(_pk_words "$command" commands) " == *" $word "* ]]; then command+=" $word"
        fi
        ;;
    esac
  done

  local IFS=$' \t\n' replies
  if [[ $cur == --*=* ]]; then
    replies=$(_pk_value "${cur%%=*}" "${cur#*=}" | sed "s|^|${cur%%=*}=|")
  elif [[ $cur != -* && $prev == -* && $prev != --json ]] && replies=$(_pk_value "$prev" "$cur"); then
    :
  elif [[ $cur == -* ]]; then
    replies=$(compgen -W "$(_pk_words "$command" flags) $(_pk_words '' flags)" -- "$cur")
  else
    replies=$(_pk_argument "$command" "$cur")
  fi
  IFS=$'\n'
  local -
  set -f
  COMPREPLY=($(printf '%s\n' "$replies" | sort -u))
  # Bash puts in what follows its own idea of the current word.
  local own=${COMP_WORDS[COMP_CWORD]}
  [[ $own == [=:] ]] && own=''
  local before=${cur%"$own"}
  COMPREPLY=("${COMPREPLY[@]#"$before"}")
  [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=:] ]] && compopt -o nospace
  return 0
}

# What stands where no option does.
_pk_argument() {
  local name
  case $1 in
    'logs show' | 'logs why' | 'logs share' | 'logs rm' | 'feedback add' | 'cache rm')
      compgen -W '@latest' -- "$2"
      _pk_offer log "$2"
      ;;
    'logs list' | 'logs stats' | stats)
      name=${2%%:*}
      if [[ $2 == *:* ]]; then
        _pk_value "--$name" "${2#*:}" | sed "s|^|$name:|"
      else
        compgen -S : -W 'status since until model provider endpoint http-status state trace-id config-id prompt-id virtual-key
          user metadata stream errors untracked replay-of search' -- "$2"
      fi
      ;;
    'logs values') compgen -W 'model requested_model provider user config_id prompt_id virtual_key api_key metadata' -- "$2" ;;
    'logs export') compgen -f -- "$2" ;;
    import) compgen -f -- "$2" ;;
    backup) compgen -f -- "$2" ;;
    replay)
      compgen -W '@latest' -- "$2"
      _pk_offer log "$2"
      compgen -f -- "$2"
      ;;
    'plan set') compgen -W 'developer production enterprise' -- "$2" ;;
    'config show' | 'config edit' | 'config rm') _pk_offer config "$2" ;;
    'config add' | 'config validate') compgen -f -- "$2" ;;
    'prompt show' | 'prompt edit' | 'prompt rm' | 'prompt render') _pk_offer prompt "$2" ;;
    'prompt label')
      _pk_offer prompt "$2"
      _pk_offer label "$2"
      ;;
    'prompt add') compgen -f -- "$2" ;;
    'provider show' | 'provider edit' | 'provider rm' | 'provider archive' | 'provider unarchive') _pk_offer virtual-key "$2" ;;
    'key show' | 'key rm') _pk_offer api-key "$2" ;;
    completions) compgen -W 'bash zsh fish' -- "$2" ;;
    *) compgen -W "$(_pk_words "$1" commands)" -- "$2" ;;
  esac
}

# The options ($2 = flags) or subcommands ($2 = commands) of the command $1.
_pk_words() {
  local flags='' commands=''
  case $1 in
    # pk
    '')
      flags='--data --config --color --help --version'
      commands='serve logs stats feedback replay prune plan backup doctor import verify config prompt provider key cache completions'
      ;;
    # pk serve
    serve)
      flags='--listen --workers --durability --on-log-failure --plan --no-ui --allow-upstream --host-name --public-url
        --tls-cert --tls-key --insecure-http --replay --replay-speed
        --default-provider --default-config --no-debug --share-pattern --cache
        --cache-bytes-max --cache-entry-bytes-max --no-cache-coalesce
        --semantic-cache-provider --semantic-cache-model --semantic-cache-custom-host --semantic-cache-virtual-key
        --semantic-cache-threshold --semantic-cache-dimensions --semantic-cache-shadow-rate --grace --header-timeout
        --idle-timeout --connect-timeout --header-bytes-max --body-bytes-max --mailbox-bytes-max'
      ;;
    # pk logs
    logs) commands='list show stats values why share export redact rm' ;;
    # pk logs list
    'logs list')
      flags='--limit --reverse --after --follow --where --status --since --until --model --provider --endpoint --http-status
        --state --trace-id --config-id --prompt-id --virtual-key --user --metadata --min-cost --max-cost --min-tokens
        --max-tokens --min-latency --max-latency --min-feedback --max-feedback --stream --errors --untracked --replay-of
        --search --output --json --jq'
      ;;
    # pk logs stats
    'logs stats')
      flags='--by --limit --where --status --since --until --model --provider --endpoint --http-status
        --state --trace-id --config-id --prompt-id --virtual-key --user --metadata --min-cost --max-cost --min-tokens
        --max-tokens --min-latency --max-latency --min-feedback --max-feedback --stream --errors --untracked --replay-of
        --search --output --json --jq'
      ;;
    # pk stats
    stats)
      flags='--by --limit --where --status --since --until --model --provider --endpoint --http-status
        --state --trace-id --config-id --prompt-id --virtual-key --user --metadata --min-cost --max-cost --min-tokens
        --max-tokens --min-latency --max-latency --min-feedback --max-feedback --stream --errors --untracked --replay-of
        --search --output --json --jq'
      ;;
    # pk logs values
    'logs values') flags='--limit --output --json --jq' ;;
    # pk logs show
    'logs show') flags='--request --response --raw --output --json --jq' ;;
    # pk logs why
    'logs why') flags='--output --json --jq' ;;
    # pk logs share
    'logs share') flags='--expires --redact --share-pattern --file --list --revoke --output --json --jq' ;;
    # pk logs export
    'logs export')
      flags='--resume --force --where --status --since --until --model --provider --endpoint --http-status
        --state --trace-id --config-id --prompt-id --virtual-key --user --metadata --min-cost --max-cost --min-tokens
        --max-tokens --min-latency --max-latency --min-feedback --max-feedback --stream --errors --untracked --replay-of
        --search --output --json --jq'
      ;;
    # pk logs redact
    'logs redact') flags='--pattern --user --dry-run --yes --output --json --jq' ;;
    # pk logs rm
    'logs rm') flags='--yes --keep-cached --cache' ;;
    # pk feedback
    feedback) commands='add list stats' ;;
    # pk feedback add
    'feedback add') flags='--trace-id --value --weight --metadata --comment' ;;
    # pk feedback list
    'feedback list') flags='--limit --trace-id --output --json --jq' ;;
    # pk feedback stats
    'feedback stats') flags='--output --json --jq' ;;
    # pk replay
    replay)
      flags='--where --sample --concurrency --set --model --provider --with-config --stream --no-stream --edit --use-cache
        --diff --assert --via --ca-file --allow-upstream --output --json --jq'
      ;;
    # pk prune
    prune)
      flags='--plan --older-than --keep-last --keep-feedback --keep-shared --max-size --dry-run --compact --quiet --output --json --jq'
      ;;
    # pk plan
    plan) commands='show set' flags='--output --json --jq' ;;
    # pk plan show
    'plan show') flags='--output --json --jq' ;;
    # pk plan set
    'plan set') ;;
    # pk backup
    backup) flags='--force --output --json --jq' ;;
    # pk doctor
    doctor) flags='--output --json --jq' ;;
    # pk import
    import) flags='--dry-run --output --json --jq' ;;
    # pk verify
    verify) ;;
    # pk config
    config) commands='add list show edit rm validate' ;;
    # pk config add
    'config add') ;;
    # pk config list
    'config list') flags='--output --json --jq' ;;
    # pk config show
    'config show') flags='--output --json --jq' ;;
    # pk config edit
    'config edit') ;;
    # pk config rm
    'config rm') flags='--yes --force' ;;
    # pk config validate
    'config validate') ;;
    # pk prompt
    prompt) commands='add list show edit rm label render' ;;
    # pk prompt add
    'prompt add') flags='--partial' ;;
    # pk prompt list
    'prompt list') flags='--output --json --jq' ;;
    # pk prompt show
    'prompt show') flags='--output --json --jq' ;;
    # pk prompt edit
    'prompt edit') ;;
    # pk prompt rm
    'prompt rm') flags='--yes' ;;
    # pk prompt label
    'prompt label') flags='--rm' ;;
    # pk prompt render
    'prompt render') flags='--var --vars --output --json --jq' ;;
    # pk provider
    provider) commands='add list show edit rm archive unarchive' ;;
    # pk provider add
    'provider add') flags='--provider --custom-host --secret-file --option' ;;
    # pk provider list
    'provider list') flags='--output --json --jq' ;;
    # pk provider show
    'provider show') flags='--output --json --jq' ;;
    # pk provider edit
    'provider edit') flags='--provider --custom-host --secret-file --option' ;;
    # pk provider rm
    'provider rm') flags='--yes --force' ;;
    # pk provider archive
    'provider archive') flags='--force' ;;
    # pk provider unarchive
    'provider unarchive') ;;
    # pk key
    key) commands='add list show rm' ;;
    # pk key add
    'key add') flags='--scope --default-config --default-provider --no-debug' ;;
    # pk key list
    'key list') flags='--output --json --jq' ;;
    # pk key show
    'key show') flags='--output --json --jq' ;;
    # pk key rm
    'key rm') flags='--yes' ;;
    # pk cache
    cache) commands='stats clear rm' ;;
    # pk cache stats
    'cache stats') flags='--cache --output --json --jq' ;;
    # pk cache clear
    'cache clear') flags='--cache --yes' ;;
    # pk cache rm
    'cache rm') flags='--cache' ;;
    # pk completions
    completions) ;;
  esac
  if [[ $2 == flags ]]; then printf '%s ' $flags; else printf '%s ' $commands; fi
}

complete -o bashdefault -F _pk pk
