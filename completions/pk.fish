# fish completion for pk

# The command that the line names so far: "logs list".
function __pk_command
    set -l words (commandline -opc)
    set -e words[1]
    set -l command
    while set -q words[1]
        switch $words[1]
            case --data --config --color
                set -e words[1]
            case '-*'
            case '*'
                if not set -q command[1]
                    set command $words[1]
                else if not set -q command[2]; and contains -- $command[1] logs feedback plan config prompt provider key cache; and contains -- $words[1] list show stats values why export redact share rm set add edit validate archive unarchive label render stats clear
                    set -a command $words[1]
                end
        end
        set -e words[1]
    end
    echo "$command"
end

function __pk_at
    test (__pk_command) = "$argv"
end

# The ledger that the line names.
function __pk_global
    set -l words (commandline -opc)
    for i in (seq (count $words))
        switch $words[$i]
            case --data --config
                printf '%s\n' $words[$i] (string replace -r '^~(?=/|$)' $HOME -- $words[(math $i + 1)])
            case '--data=*' '--config=*'
                echo $words[$i]
        end
    end
end

# What the ledger has of a kind (log, model, user, config …) that begins with what is typed: a word, and what it is.
function __pk_offer
    set -l word (string replace -r '^--[a-z-]+=' '' -- (commandline -ct))
    pk (__pk_global) completions --values $argv[1] --prefix "$word" 2>/dev/null
end

function __pk_ids
    __pk_offer log
    printf '@latest\tthe newest record\n'
end

# Filters as text: "status:cache-hit".
function __pk_filter_values
    for kind in status provider
        pk (__pk_global) completions --values $kind 2>/dev/null | string replace -r '\t.*' '' | string replace -r '^' $kind:
    end
end

set -l plans developer production enterprise
set -l endpoints chat-completions completions embeddings messages responses other
set -l states complete interrupted aborted
set -l times today yesterday 15m 1h 24h 7d
set -l forms table json jsonl csv tsv
set -l filters status: since: until: model: provider: endpoint: http-status: state: trace-id: config-id: prompt-id: virtual-key: user: metadata: stream:true errors:true untracked:true replay-of: search: endpoint:$endpoints state:$states
set -l sums requests errors prompt_tokens completion_tokens total_tokens cost_usd saved_usd latency_p50_ms latency_p95_ms latency_p99_ms cache_hit_rate retries rescued errors_by_status feedback model provider status user config prompt day hour minute
set -l fields id created_at trace_id span_id parent_span_id span_name method path endpoint state http_status ok error provider model requested_model virtual_key api_key user cache cache_neighbour cache_score cache_verdict retry retry_attempts fallback loadbalance last_used_option status stream prompt_tokens completion_tokens total_tokens cached_tokens reasoning_tokens cost_usd saved_usd latency_ms ttft_ms upstream_ms gateway_ms config_id config_version prompt_id prompt_version metadata tracked replayable replay_blocked_by replay_of feedback attempts request response

# The filter as options of a command, with the variables above.
function __pk_filter_flags --no-scope-shadowing
    complete -c pk -n "__pk_at $argv" -l where -x -d 'Filters as text'
    complete -c pk -n "__pk_at $argv" -l status -x -a '(__pk_offer status)' -d 'By status'
    complete -c pk -n "__pk_at $argv" -l since -x -a "$times" -d 'From this time on'
    complete -c pk -n "__pk_at $argv" -l until -x -a "$times" -d 'Before this time'
    complete -c pk -n "__pk_at $argv" -l model -x -a '(__pk_offer model)' -d 'By model'
    complete -c pk -n "__pk_at $argv" -l provider -x -a '(__pk_offer provider)' -d 'By provider'
    complete -c pk -n "__pk_at $argv" -l endpoint -x -a "$endpoints" -d 'By endpoint'
    complete -c pk -n "__pk_at $argv" -l http-status -x -a '200 2xx 4xx 5xx' -d 'By status of the answer'
    complete -c pk -n "__pk_at $argv" -l state -x -a "$states" -d 'By state'
    complete -c pk -n "__pk_at $argv" -l trace-id -x -d 'By trace'
    complete -c pk -n "__pk_at $argv" -l config-id -x -a '(__pk_offer config)' -d 'By config'
    complete -c pk -n "__pk_at $argv" -l prompt-id -x -a '(__pk_offer prompt)' -d 'By prompt'
    complete -c pk -n "__pk_at $argv" -l virtual-key -x -a '(__pk_offer virtual-key)' -d 'By virtual key'
    complete -c pk -n "__pk_at $argv" -l user -x -a '(__pk_offer user)' -d 'By user'
    complete -c pk -n "__pk_at $argv" -l metadata -x -d 'By a value of the metadata'
    complete -c pk -n "__pk_at $argv" -l min-cost -x -d 'Cost of at least this'
    complete -c pk -n "__pk_at $argv" -l max-cost -x -d 'Cost of at most this'
    complete -c pk -n "__pk_at $argv" -l min-tokens -x -d 'Tokens, at least'
    complete -c pk -n "__pk_at $argv" -l max-tokens -x -d 'Tokens, at most'
    complete -c pk -n "__pk_at $argv" -l min-latency -x -d 'Latency of at least this'
    complete -c pk -n "__pk_at $argv" -l max-latency -x -d 'Latency of at most this'
    complete -c pk -n "__pk_at $argv" -l min-feedback -x -d 'Feedback of at least this'
    complete -c pk -n "__pk_at $argv" -l max-feedback -x -d 'Feedback of at most this'
    complete -c pk -n "__pk_at $argv" -l stream -d 'Streamed ones'
    complete -c pk -n "__pk_at $argv" -l errors -d 'Those that failed'
    complete -c pk -n "__pk_at $argv" -l untracked -d 'Those that were not tracked'
    complete -c pk -n "__pk_at $argv" -l replay-of -x -k -a '(__pk_ids)' -d 'Replays of this record'
    complete -c pk -n "__pk_at $argv" -l search -x -d 'Text in request or response'
end

# pk
complete -c pk -f
complete -c pk -l data -x -a '(__fish_complete_directories)' -d 'Folder of the ledger'
complete -c pk -l config -r -F -d 'Settings file'
complete -c pk -l color -x -a 'auto always never' -d 'When to use colours'
complete -c pk -s h -l help -d 'Print help'
complete -c pk -n '__pk_at ""' -l version -d 'Print the version'
complete -c pk -n '__pk_at ""' -a serve -d 'Run the gateway'
complete -c pk -n '__pk_at ""' -a logs -d 'List, show, add up, explain, share, export, redact and remove log records'
complete -c pk -n '__pk_at ""' -a stats -d 'What log records come to'
complete -c pk -n '__pk_at ""' -a feedback -d 'Give, list and add up feedback on answers'
complete -c pk -n '__pk_at ""' -a replay -d 'Send logged requests again'
complete -c pk -n '__pk_at ""' -a prune -d 'Let go of what need not be kept'
complete -c pk -n '__pk_at ""' -a plan -d 'See or set how much is kept'
complete -c pk -n '__pk_at ""' -a backup -d 'Copy the ledger, also while it is served'
complete -c pk -n '__pk_at ""' -a doctor -d 'Say what is wrong here, and what to do about it'
complete -c pk -n '__pk_at ""' -a import -d 'Take in the logs of LiteLLM or Portkey'
complete -c pk -n '__pk_at ""' -a verify -d 'Check every record for damage'
complete -c pk -n '__pk_at ""' -a config -d 'Keep gateway configs'
complete -c pk -n '__pk_at ""' -a prompt -d 'Keep prompt templates'
complete -c pk -n '__pk_at ""' -a provider -d 'Keep providers with their secrets'
complete -c pk -n '__pk_at ""' -a key -d 'Make and remove API keys'
complete -c pk -n '__pk_at ""' -a cache -d 'See and clear the cached answers'
complete -c pk -n '__pk_at ""' -a completions -d 'Print the completion script of a shell'

# pk serve
complete -c pk -n '__pk_at serve' -l listen -x -a '127.0.0.1:8787 127.0.0.1:0' -d 'Address to listen on'
complete -c pk -n '__pk_at serve' -l workers -x -d 'Threads that serve'
complete -c pk -n '__pk_at serve' -l durability -x -a 'strict relaxed' -d 'Whether a response waits for its record'
complete -c pk -n '__pk_at serve' -l on-log-failure -x -a 'serve refuse' -d 'What to do with what cannot be logged'
complete -c pk -n '__pk_at serve' -l plan -x -a "$plans" -d 'What the ledger keeps'
complete -c pk -n '__pk_at serve' -l no-ui -d 'Serve no pages'
complete -c pk -n '__pk_at serve' -l allow-upstream -x -a '(__fish_print_hostnames)' -d 'An upstream host that is not public'
complete -c pk -n '__pk_at serve' -l host-name -x -d 'A name that Host headers may have'
complete -c pk -n '__pk_at serve' -l public-url -x -d 'Where others reach this server'
complete -c pk -n '__pk_at serve' -l tls-cert -r -F -d 'Certificate chain'
complete -c pk -n '__pk_at serve' -l tls-key -r -F -d 'Its private key'
complete -c pk -n '__pk_at serve' -l insecure-http -d 'Allow plain HTTP beyond loopback'
complete -c pk -n '__pk_at serve' -l replay -x -a "$filters" -d 'Answer from these logs'
complete -c pk -n '__pk_at serve' -l replay-speed -x -a '0 1 10' -d 'How fast those answers come'
complete -c pk -n '__pk_at serve' -l default-provider -x -a '(__pk_offer provider)' -d 'For requests that name none'
complete -c pk -n '__pk_at serve' -l default-config -x -a '(__pk_offer config)' -d 'For requests that name none'
complete -c pk -n '__pk_at serve' -l no-debug -d 'Track nothing'
complete -c pk -n '__pk_at serve' -l share-pattern -x -d 'What redacted shares mask besides'
complete -c pk -n '__pk_at serve' -l cache -x -a off -d 'Keep cached answers in a Redis, or off'
complete -c pk -n '__pk_at serve' -l cache-bytes-max -x -d 'Of cached answers, the oldest go first'
complete -c pk -n '__pk_at serve' -l cache-entry-bytes-max -x -d 'Largest answer that is cached'
complete -c pk -n '__pk_at serve' -l no-cache-coalesce -d 'Send each of identical requests upstream'
complete -c pk -n '__pk_at serve' -l semantic-cache-provider -x -a '(__pk_offer provider)' -d 'Who embeds words for the semantic cache'
complete -c pk -n '__pk_at serve' -l semantic-cache-model -x -d 'Its model of embeddings'
complete -c pk -n '__pk_at serve' -l semantic-cache-custom-host -x -d 'Where it is, if not at its own address'
complete -c pk -n '__pk_at serve' -l semantic-cache-virtual-key -x -a '(__pk_offer virtual-key)' -d 'A virtual key for it'
complete -c pk -n '__pk_at serve' -l semantic-cache-threshold -x -d 'Least likeness of a semantic hit'
complete -c pk -n '__pk_at serve' -l semantic-cache-dimensions -x -d 'Of the embeddings'
complete -c pk -n '__pk_at serve' -l semantic-cache-shadow-rate -x -d 'Of semantic hits that are also asked upstream'
complete -c pk -n '__pk_at serve' -l grace -x -d 'How long what runs may go on'
complete -c pk -n '__pk_at serve' -l header-timeout -x -d 'For a head to arrive'
complete -c pk -n '__pk_at serve' -l idle-timeout -x -d 'For the next request'
complete -c pk -n '__pk_at serve' -l connect-timeout -x -d 'To connect upstream'
complete -c pk -n '__pk_at serve' -l header-bytes-max -x -d 'Largest head'
complete -c pk -n '__pk_at serve' -l body-bytes-max -x -d 'Largest body'
complete -c pk -n '__pk_at serve' -l mailbox-bytes-max -x -d 'Records on their way to disk'

# pk logs
complete -c pk -n '__pk_at logs' -a list -d 'List records, newest first'
complete -c pk -n '__pk_at logs' -a show -d 'Print one record'
complete -c pk -n '__pk_at logs' -a stats -d 'What records come to'
complete -c pk -n '__pk_at logs' -a values -d 'Which values a field has'
complete -c pk -n '__pk_at logs' -a why -d 'Explain where a request went'
complete -c pk -n '__pk_at logs' -a share -d 'Make a link or a page that shows one log'
complete -c pk -n '__pk_at logs' -a export -d 'Write whole records to a file'
complete -c pk -n '__pk_at logs' -a redact -d 'Take texts out for good'
complete -c pk -n '__pk_at logs' -a rm -d 'Remove records for good'

# pk logs list
complete -c pk -n '__pk_at logs list' -a "$filters (__pk_filter_values)"
complete -c pk -n '__pk_at logs list' -s n -l limit -x -d 'At most this many'
complete -c pk -n '__pk_at logs list' -l reverse -d 'Oldest first'
complete -c pk -n '__pk_at logs list' -l after -x -k -a '(__pk_ids)' -d 'Go on after this record'
complete -c pk -n '__pk_at logs list' -s f -l follow -d 'Print further ones as they are written'
__pk_filter_flags logs list
complete -c pk -n '__pk_at logs list' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at logs list' -l json -a "$fields" -d 'Print JSON, with these fields'
complete -c pk -n '__pk_at logs list' -l jq -x -d 'Run the JSON through a jq filter'

# pk logs stats
complete -c pk -n '__pk_at logs stats' -a "$filters (__pk_filter_values)"
complete -c pk -n '__pk_at logs stats' -l by -x -a 'model provider status user config prompt day hour minute metadata.' -d 'Add up by'
complete -c pk -n '__pk_at logs stats' -s n -l limit -x -d 'At most this many groups'
__pk_filter_flags logs stats
complete -c pk -n '__pk_at logs stats' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at logs stats' -l json -a "$sums" -d 'Print JSON, with these fields'
complete -c pk -n '__pk_at logs stats' -l jq -x -d 'Run the JSON through a jq filter'

# pk stats
complete -c pk -n '__pk_at stats' -a "$filters (__pk_filter_values)"
complete -c pk -n '__pk_at stats' -l by -x -a 'model provider status user config prompt day hour minute metadata.' -d 'Add up by'
complete -c pk -n '__pk_at stats' -s n -l limit -x -d 'At most this many groups'
__pk_filter_flags stats
complete -c pk -n '__pk_at stats' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at stats' -l json -a "$sums" -d 'Print JSON, with these fields'
complete -c pk -n '__pk_at stats' -l jq -x -d 'Run the JSON through a jq filter'

# pk logs values
complete -c pk -n '__pk_at logs values' -a 'model requested_model provider user config_id prompt_id virtual_key api_key metadata'
complete -c pk -n '__pk_at logs values' -s n -l limit -x -d 'At most this many'
complete -c pk -n '__pk_at logs values' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at logs values' -l json -a 'value records' -d 'Print JSON, with these fields'
complete -c pk -n '__pk_at logs values' -l jq -x -d 'Filter the JSON with jq'

# pk logs show
complete -c pk -n '__pk_at logs show' -k -a '(__pk_ids)'
complete -c pk -n '__pk_at logs show' -l request -d 'The request alone'
complete -c pk -n '__pk_at logs show' -l response -d 'The response alone'
complete -c pk -n '__pk_at logs show' -l raw -d 'Bodies as they were received'
complete -c pk -n '__pk_at logs show' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at logs show' -l json -a "$fields" -d 'Print JSON, with these fields'
complete -c pk -n '__pk_at logs show' -l jq -x -d 'Run the JSON through a jq filter'

# pk logs why
complete -c pk -n '__pk_at logs why' -k -a '(__pk_ids)'
complete -c pk -n '__pk_at logs why' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at logs why' -l json -d 'Print JSON'
complete -c pk -n '__pk_at logs why' -l jq -x -d 'Run the JSON through a jq filter'

# pk logs share
complete -c pk -n '__pk_at logs share' -k -a '(__pk_ids)'
complete -c pk -n '__pk_at logs share' -l expires -x -a '12h 7d 30d never' -d 'How long the link lives'
complete -c pk -n '__pk_at logs share' -l redact -d 'Mask addresses, keys and named patterns'
complete -c pk -n '__pk_at logs share' -l share-pattern -x -d 'What to mask besides'
complete -c pk -n '__pk_at logs share' -l file -r -F -d 'Write a page instead'
complete -c pk -n '__pk_at logs share' -l list -d 'List what is shared'
complete -c pk -n '__pk_at logs share' -l revoke -x -d 'End a link'
complete -c pk -n '__pk_at logs share' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at logs share' -l json -d 'Print JSON'
complete -c pk -n '__pk_at logs share' -l jq -x -d 'Run the JSON through a jq filter'

# pk logs export
complete -c pk -n '__pk_at logs export' -F
complete -c pk -n '__pk_at logs export' -l resume -d 'Append what the file does not have'
complete -c pk -n '__pk_at logs export' -s f -l force -d 'Write over the file'
__pk_filter_flags logs export
complete -c pk -n '__pk_at logs export' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at logs export' -l json -a "$fields" -d 'Print JSON, with these fields'
complete -c pk -n '__pk_at logs export' -l jq -x -d 'Run the JSON through a jq filter'

# pk logs redact
complete -c pk -n '__pk_at logs redact' -l pattern -x -d 'What matches this regular expression'
complete -c pk -n '__pk_at logs redact' -l user -x -a '(__pk_offer user)' -d 'In the logs of this user'
complete -c pk -n '__pk_at logs redact' -l dry-run -d 'Change nothing, print the numbers'
complete -c pk -n '__pk_at logs redact' -s y -l yes -d 'Do not ask'
complete -c pk -n '__pk_at logs redact' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at logs redact' -l json -d 'Print JSON'
complete -c pk -n '__pk_at logs redact' -l jq -x -d 'Run the JSON through a jq filter'

# pk logs rm
complete -c pk -n '__pk_at logs rm' -k -a '(__pk_ids)'
complete -c pk -n '__pk_at logs rm' -s y -l yes -d 'Do not ask'
complete -c pk -n '__pk_at logs rm' -l keep-cached -d 'Leave what the cache keeps of them'
complete -c pk -n '__pk_at logs rm' -l cache -x -a off -d 'The Redis that has it'

# pk feedback
complete -c pk -n '__pk_at feedback' -a add -d 'Give feedback on a log or a trace'
complete -c pk -n '__pk_at feedback' -a list -d 'List it, newest first'
complete -c pk -n '__pk_at feedback' -a stats -d 'Add it up'

# pk feedback add
complete -c pk -n '__pk_at feedback add' -k -a '(__pk_ids)'
complete -c pk -n '__pk_at feedback add' -l trace-id -x -d 'A trace, whose logs may come later'
complete -c pk -n '__pk_at feedback add' -l value -x -a '-10 -5 0 5 10' -d 'From -10 to 10'
complete -c pk -n '__pk_at feedback add' -l weight -x -a '0 0.5 1' -d 'How much it counts'
complete -c pk -n '__pk_at feedback add' -l metadata -x -d 'A name and a text'
complete -c pk -n '__pk_at feedback add' -l comment -x -d 'In words'

# pk feedback list
complete -c pk -n '__pk_at feedback list' -s n -l limit -x -d 'At most this many'
complete -c pk -n '__pk_at feedback list' -l trace-id -x -d 'That of one trace'
complete -c pk -n '__pk_at feedback list' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at feedback list' -l json -d 'Print JSON'
complete -c pk -n '__pk_at feedback list' -l jq -x -d 'Run the JSON through a jq filter'

# pk feedback stats
complete -c pk -n '__pk_at feedback stats' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at feedback stats' -l json -d 'Print JSON'
complete -c pk -n '__pk_at feedback stats' -l jq -x -d 'Run the JSON through a jq filter'

# pk replay
complete -c pk -n '__pk_at replay' -k -a '(__pk_ids)'
complete -c pk -n '__pk_at replay' -F
complete -c pk -n '__pk_at replay' -l where -x -a "$filters" -d 'All logs that the filter means'
complete -c pk -n '__pk_at replay' -l sample -x -d 'So many of them'
complete -c pk -n '__pk_at replay' -l concurrency -x -d 'So many at once'
complete -c pk -n '__pk_at replay' -l set -x -d 'Set a member of the body'
complete -c pk -n '__pk_at replay' -l model -x -a '(__pk_offer model)' -d 'Ask another model'
complete -c pk -n '__pk_at replay' -l provider -x -a '(__pk_offer provider)' -d 'Ask another provider'
complete -c pk -n '__pk_at replay' -l with-config -r -F -a '(__pk_offer config)' -d 'Go by this config'
complete -c pk -n '__pk_at replay' -l stream -d 'Ask for a stream'
complete -c pk -n '__pk_at replay' -l no-stream -d 'Ask for a whole answer'
complete -c pk -n '__pk_at replay' -l edit -d 'Edit the body first'
complete -c pk -n '__pk_at replay' -l use-cache -d 'Let the cache answer'
complete -c pk -n '__pk_at replay' -l diff -d 'Show what is another in the answer'
complete -c pk -n '__pk_at replay' -l assert -x -a 'same cost latency tokens status json-schema=' -d 'Exit 5 unless this holds'
complete -c pk -n '__pk_at replay' -l via -x -d 'Let this server send them'
complete -c pk -n '__pk_at replay' -l ca-file -r -F -d 'Whose certificates to trust of that server'
complete -c pk -n '__pk_at replay' -l allow-upstream -x -a '(__fish_print_hostnames)' -d 'An upstream host that is not public'
complete -c pk -n '__pk_at replay' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at replay' -l json -d 'Print JSON'
complete -c pk -n '__pk_at replay' -l jq -x -d 'Run the JSON through a jq filter'

# pk prune
complete -c pk -n '__pk_at prune' -l plan -x -a "$plans" -d 'Follow this plan'
complete -c pk -n '__pk_at prune' -l older-than -x -a '1d 7d 30d 90d' -d 'Remove what is this old'
complete -c pk -n '__pk_at prune' -l keep-last -x -d 'Leave the newest as they are'
complete -c pk -n '__pk_at prune' -l keep-feedback -d 'Leave those with feedback'
complete -c pk -n '__pk_at prune' -l keep-shared -d 'Leave those that a link shows'
complete -c pk -n '__pk_at prune' -l max-size -x -d 'Remove the oldest until it fits'
complete -c pk -n '__pk_at prune' -l dry-run -d 'Remove nothing, print the numbers'
complete -c pk -n '__pk_at prune' -l compact -d 'Write the file anew'
complete -c pk -n '__pk_at prune' -s q -l quiet -d 'Print nothing'
complete -c pk -n '__pk_at prune' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at prune' -l json -d 'Print JSON'
complete -c pk -n '__pk_at prune' -l jq -x -d 'Run the JSON through a jq filter'

# pk plan
complete -c pk -n '__pk_at plan' -a show -d 'The plan, and what was used of it'
complete -c pk -n '__pk_at plan' -a set -d 'Store another plan'
complete -c pk -n '__pk_at plan' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at plan' -l json -d 'Print JSON'
complete -c pk -n '__pk_at plan' -l jq -x -d 'Run the JSON through a jq filter'

# pk plan show
complete -c pk -n '__pk_at plan show' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at plan show' -l json -d 'Print JSON'
complete -c pk -n '__pk_at plan show' -l jq -x -d 'Run the JSON through a jq filter'

# pk plan set
complete -c pk -n '__pk_at plan set' -a "$plans"

# pk import
complete -c pk -n '__pk_at import' -F
complete -c pk -n '__pk_at import' -l dry-run -d 'Import nothing, print the numbers'
complete -c pk -n '__pk_at import' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at import' -l json -d 'Print JSON'
complete -c pk -n '__pk_at import' -l jq -x -d 'Run the JSON through a jq filter'

# pk backup
complete -c pk -n '__pk_at backup' -F
complete -c pk -n '__pk_at backup' -s f -l force -d 'Write over the file'
complete -c pk -n '__pk_at backup' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at backup' -l json -d 'Print JSON'
complete -c pk -n '__pk_at backup' -l jq -x -d 'Run the JSON through a jq filter'

# pk doctor
complete -c pk -n '__pk_at doctor' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at doctor' -l json -d 'Print JSON'
complete -c pk -n '__pk_at doctor' -l jq -x -d 'Run the JSON through a jq filter'

# pk config
complete -c pk -n '__pk_at config' -a add -d 'Keep a config, or its next version'
complete -c pk -n '__pk_at config' -a list -d 'List configs'
complete -c pk -n '__pk_at config' -a show -d 'Show one config'
complete -c pk -n '__pk_at config' -a edit -d 'Edit the newest version'
complete -c pk -n '__pk_at config' -a rm -d 'Remove configs for good'
complete -c pk -n '__pk_at config' -a validate -d 'Check a config, keep nothing'

# pk config add
complete -c pk -n '__pk_at config add' -F

# pk config list
complete -c pk -n '__pk_at config list' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at config list' -l json -d 'Print JSON'
complete -c pk -n '__pk_at config list' -l jq -x -d 'Run the JSON through a jq filter'

# pk config show
complete -c pk -n '__pk_at config show' -a '(__pk_offer config)'
complete -c pk -n '__pk_at config show' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at config show' -l json -d 'Print JSON'
complete -c pk -n '__pk_at config show' -l jq -x -d 'Run the JSON through a jq filter'

# pk config edit
complete -c pk -n '__pk_at config edit' -a '(__pk_offer config)'

# pk config rm
complete -c pk -n '__pk_at config rm' -a '(__pk_offer config)'
complete -c pk -n '__pk_at config rm' -s y -l yes -d 'Do not ask'
complete -c pk -n '__pk_at config rm' -l force -d 'Also what is a default'

# pk config validate
complete -c pk -n '__pk_at config validate' -F

# pk prompt
complete -c pk -n '__pk_at prompt' -a add -d 'Keep a prompt, or its next version'
complete -c pk -n '__pk_at prompt' -a list -d 'List prompts'
complete -c pk -n '__pk_at prompt' -a show -d 'Show one prompt'
complete -c pk -n '__pk_at prompt' -a edit -d 'Edit the newest version'
complete -c pk -n '__pk_at prompt' -a rm -d 'Remove prompts for good'
complete -c pk -n '__pk_at prompt' -a label -d 'Give a version a label'
complete -c pk -n '__pk_at prompt' -a render -d 'Print the request that one comes to'

# pk prompt add
complete -c pk -n '__pk_at prompt add' -F
complete -c pk -n '__pk_at prompt add' -l partial -d 'A text that templates take in'

# pk prompt list
complete -c pk -n '__pk_at prompt list' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at prompt list' -l json -d 'Print JSON'
complete -c pk -n '__pk_at prompt list' -l jq -x -d 'Run the JSON through a jq filter'

# pk prompt show
complete -c pk -n '__pk_at prompt show' -a '(__pk_offer prompt)'
complete -c pk -n '__pk_at prompt show' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at prompt show' -l json -d 'Print JSON'
complete -c pk -n '__pk_at prompt show' -l jq -x -d 'Run the JSON through a jq filter'

# pk prompt edit
complete -c pk -n '__pk_at prompt edit' -a '(__pk_offer prompt)'

# pk prompt rm
complete -c pk -n '__pk_at prompt rm' -a '(__pk_offer prompt)'
complete -c pk -n '__pk_at prompt rm' -s y -l yes -d 'Do not ask'

# pk prompt label
complete -c pk -n '__pk_at prompt label' -a '(__pk_offer prompt) (__pk_offer label)'
complete -c pk -n '__pk_at prompt label' -l rm -d 'Take the label away'

# pk prompt render
complete -c pk -n '__pk_at prompt render' -a '(__pk_offer prompt)'
complete -c pk -n '__pk_at prompt render' -l var -x -d 'A variable, as a text'
complete -c pk -n '__pk_at prompt render' -l vars -r -F -d 'File with variables'
complete -c pk -n '__pk_at prompt render' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at prompt render' -l json -d 'Print JSON'
complete -c pk -n '__pk_at prompt render' -l jq -x -d 'Run the JSON through a jq filter'

# pk provider
complete -c pk -n '__pk_at provider' -a add -d 'Keep a provider and its secret'
complete -c pk -n '__pk_at provider' -a list -d 'List them'
complete -c pk -n '__pk_at provider' -a show -d 'Show one'
complete -c pk -n '__pk_at provider' -a edit -d 'Change one'
complete -c pk -n '__pk_at provider' -a rm -d 'Remove some for good'
complete -c pk -n '__pk_at provider' -a archive -d 'Put some out of use'
complete -c pk -n '__pk_at provider' -a unarchive -d 'Put some into use again'

# pk provider add
complete -c pk -n '__pk_at provider add' -l provider -x -a '(__pk_offer provider)' -d 'The provider'
complete -c pk -n '__pk_at provider add' -l custom-host -x -d 'Where it is'
complete -c pk -n '__pk_at provider add' -l secret-file -r -F -d 'File with the secret'
complete -c pk -n '__pk_at provider add' -l option -x -d 'What it needs besides'

# pk provider list
complete -c pk -n '__pk_at provider list' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at provider list' -l json -d 'Print JSON'
complete -c pk -n '__pk_at provider list' -l jq -x -d 'Run the JSON through a jq filter'

# pk provider show
complete -c pk -n '__pk_at provider show' -a '(__pk_offer virtual-key)'
complete -c pk -n '__pk_at provider show' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at provider show' -l json -d 'Print JSON'
complete -c pk -n '__pk_at provider show' -l jq -x -d 'Run the JSON through a jq filter'

# pk provider edit
complete -c pk -n '__pk_at provider edit' -a '(__pk_offer virtual-key)'
complete -c pk -n '__pk_at provider edit' -l provider -x -a '(__pk_offer provider)' -d 'The provider'
complete -c pk -n '__pk_at provider edit' -l custom-host -x -d 'Where it is'
complete -c pk -n '__pk_at provider edit' -l secret-file -r -F -d 'File with the secret'
complete -c pk -n '__pk_at provider edit' -l option -x -d 'What it needs besides'

# pk provider rm
complete -c pk -n '__pk_at provider rm' -a '(__pk_offer virtual-key)'
complete -c pk -n '__pk_at provider rm' -s y -l yes -d 'Do not ask'
complete -c pk -n '__pk_at provider rm' -l force -d 'Also what is a default'

# pk provider archive
complete -c pk -n '__pk_at provider archive' -a '(__pk_offer virtual-key)'
complete -c pk -n '__pk_at provider archive' -l force -d 'Also what is a default'

# pk provider unarchive
complete -c pk -n '__pk_at provider unarchive' -a '(__pk_offer virtual-key)'

# pk key
complete -c pk -n '__pk_at key' -a add -d 'Make a key, and print it this once'
complete -c pk -n '__pk_at key' -a list -d 'List keys'
complete -c pk -n '__pk_at key' -a show -d 'Show one'
complete -c pk -n '__pk_at key' -a rm -d 'Remove keys'

# pk key add
complete -c pk -n '__pk_at key add' -l scope -x -a 'proxy read admin' -d 'What it may do'
complete -c pk -n '__pk_at key add' -l default-config -x -a '(__pk_offer config)' -d 'For requests that name none'
complete -c pk -n '__pk_at key add' -l default-provider -x -a '(__pk_offer provider)' -d 'For requests that name none'
complete -c pk -n '__pk_at key add' -l no-debug -d 'Its requests are not tracked'

# pk key list
complete -c pk -n '__pk_at key list' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at key list' -l json -d 'Print JSON'
complete -c pk -n '__pk_at key list' -l jq -x -d 'Run the JSON through a jq filter'

# pk key show
complete -c pk -n '__pk_at key show' -a '(__pk_offer api-key)'
complete -c pk -n '__pk_at key show' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at key show' -l json -d 'Print JSON'
complete -c pk -n '__pk_at key show' -l jq -x -d 'Run the JSON through a jq filter'

# pk key rm
complete -c pk -n '__pk_at key rm' -a '(__pk_offer api-key)'
complete -c pk -n '__pk_at key rm' -s y -l yes -d 'Do not ask'

# pk cache
complete -c pk -n '__pk_at cache' -a stats -d 'How much is kept'
complete -c pk -n '__pk_at cache' -a clear -d 'Remove all of it'
complete -c pk -n '__pk_at cache' -a rm -d 'Remove what logs made'

# pk cache stats
complete -c pk -n '__pk_at cache stats' -l cache -x -a off -d 'The Redis that has it'
complete -c pk -n '__pk_at cache stats' -s o -l output -x -a "$forms" -d 'Form of the output'
complete -c pk -n '__pk_at cache stats' -l json -d 'Print JSON'
complete -c pk -n '__pk_at cache stats' -l jq -x -d 'Run the JSON through a jq filter'

# pk cache clear
complete -c pk -n '__pk_at cache clear' -l cache -x -a off -d 'The Redis that has it'
complete -c pk -n '__pk_at cache clear' -s y -l yes -d 'Do not ask'

# pk cache rm
complete -c pk -n '__pk_at cache rm' -k -a '(__pk_ids)'
complete -c pk -n '__pk_at cache rm' -l cache -x -a off -d 'The Redis that has it'

# pk completions
complete -c pk -n '__pk_at completions' -a 'bash zsh fish'
