// What a log is, at a glance.
import type {LogRow} from '../../api/types.ts';
import {visible} from '../../format/bytes.ts';
import {cents, count, signed} from '../../format/number.ts';
import {ago, duration, exactTime} from '../../format/time.ts';
import {pathWords, stateWords} from '../../format/words.ts';
import {now} from '../../state/now.ts';
import {Icon} from '../../ui/icon.tsx';
import {ModelName, StateMark, StatusMarks} from '../../ui/log_marks.tsx';

function Tokens({log}: {log: LogRow}) {
  if (log.total_tokens === null) return <span class="faint">unknown</span>;
  const parts = [`${count(log.prompt_tokens)} in`, `${count(log.completion_tokens)} out`];
  if (log.cached_tokens) parts.push(`${count(log.cached_tokens)} cached`);
  if (log.reasoning_tokens) parts.push(`${count(log.reasoning_tokens)} reasoning`);
  return <>{count(log.total_tokens)} <span class="quiet">{parts.join(', ')}</span></>;
}

export function Figures({log}: {log: LogRow}) {
  return (
    <dl class="figures">
      <div><dt>Tokens</dt><dd><Tokens log={log} /></dd></div>
      <div><dt>Cost</dt><dd>{log.cost_usd === null ? <span class="faint">no price</span> : cents(log.cost_usd)}{log.saved_usd ? <span class="quiet"> saved {cents(log.saved_usd)}</span> : null}</dd></div>
      <div><dt>Latency</dt><dd>{duration(log.latency_ms)}</dd></div>
      {log.feedback.count > 0 && <div><dt>Feedback</dt><dd>{signed(log.feedback.weighted_average ?? 0, 1)} <span class="quiet">of {log.feedback.count}</span></dd></div>}
    </dl>
  );
}

export function Title({log}: {log: LogRow}) {
  return (
    <div class="log-title">
      <h1><ModelName log={log} /></h1>
      <span class="quiet">{pathWords(log)}</span>
      <time class="quiet" dateTime={log.created_at} title={exactTime(log.created_at)}>{ago(log.created_at, now.value)}</time>
      <StateMark log={log} />
    </div>
  );
}

const filterLink = (name: string, value: string) => `/?${name}=${encodeURIComponent(value)}`;

// Ids lead to what they name, everything else to the logs that share it.
export function Facts({log}: {log: LogRow}) {
  const metadata = Object.entries(log.metadata ?? {});
  return (
    <dl class="facts log-facts">
      <dt>Status</dt><dd><StatusMarks log={log} words /></dd>
      {(log.state !== 'complete' || !log.ok) && <><dt>State</dt><dd class={log.ok ? '' : 'bad'}>{stateWords(log)}{log.error ? `: ${visible(log.error)}` : ''}</dd></>}
      <dt>Id</dt><dd class="mono">{log.id}</dd>
      <dt>Trace</dt><dd><a class="mono" href={filterLink('trace-id', log.trace_id)}>{visible(log.trace_id)}</a>{log.span_name && <span class="quiet"> span {visible(log.span_name)}</span>}</dd>
      {log.user && <><dt>User</dt><dd><a href={filterLink('user', log.user)}>{visible(log.user)}</a></dd></>}
      {log.requested_model && log.requested_model !== log.model && <><dt>Asked for</dt><dd>{visible(log.requested_model)}</dd></>}
      {log.config_id && <><dt>Config</dt><dd><a class="mono" href={`/configs/${encodeURIComponent(log.config_id)}${log.config_version ? `?version=${log.config_version}` : ''}`}>{log.config_id}{log.config_version ? `@${log.config_version}` : ''}</a> <span class="quiet">answered: {log.last_used_option}</span></dd></>}
      {log.prompt_id && <><dt>Prompt</dt><dd><a class="mono" href={`/prompts/${encodeURIComponent(log.prompt_id)}${log.prompt_version ? `?version=${log.prompt_version}` : ''}`}>{log.prompt_id}{log.prompt_version ? `@${log.prompt_version}` : ''}</a></dd></>}
      {log.virtual_key && <><dt>Virtual key</dt><dd><a class="mono" href="/keys">{log.virtual_key}</a></dd></>}
      {log.api_key && <><dt>API key</dt><dd class="mono">{log.api_key}</dd></>}
      {log.replay_of && <><dt>Replay of</dt><dd><a class="mono" href={`/logs/${log.replay_of}`}>{log.replay_of}</a></dd></>}
      {metadata.length > 0 && <><dt>Metadata</dt><dd class="tags">{metadata.map(([key, value]) => (
        <a class="tag" key={key} href={filterLink('metadata', `${key}=${value}`)}>{visible(key)}={visible(value)}</a>
      ))}</dd></>}
      {!log.tracked && <><dt>Tracking</dt><dd class="with-icon"><Icon name="hidden" />not tracked</dd></>}
    </dl>
  );
}
