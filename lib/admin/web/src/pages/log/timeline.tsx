// The time bar: pk's own time, each attempt with its wait, the first token.
import type {LogRow, Attempt} from '../../api/types.ts';
import {duration} from '../../format/time.ts';
import {visible} from '../../format/bytes.ts';
import {timelineOf, type Lane, type Span} from './spans.ts';

const words = {gateway: 'Gateway', wait: 'Waited', provider: 'Provider', cache: 'Answered from the cache'} as const;

function Bar({span, total}: {span: Span; total: number}) {
  const left = (span.start / total) * 100;
  const width = (span.length / total) * 100;
  return <i class={`bar bar-${span.kind}`} style={{left: `min(${left}%, 100% - 2px)`, width: `max(2px, ${width}%)`}} title={`${words[span.kind]}: ${duration(span.length)}`} />;
}

function laneTime(lane: Lane): string {
  const wait = lane.spans.find((span) => span.kind === 'wait');
  const own = lane.spans.find((span) => span.kind !== 'wait');
  if (!own) return '';
  return wait ? `${duration(wait.length)} + ${duration(own.length)}` : duration(own.length);
}

function Outcome({attempt}: {attempt: Attempt}) {
  const good = attempt.http_status !== null && attempt.http_status < 400 && !attempt.error;
  const text = attempt.http_status ?? 'no answer';
  return <span class={good ? 'tag good' : 'tag bad'} title={attempt.error ? visible(attempt.error) : undefined}>{text}</span>;
}

export function TimeBar({log, attempts}: {log: LogRow; attempts: readonly Attempt[]}) {
  const {lanes, total, own, waits, firstToken} = timelineOf(log, attempts);
  return (
    <figure class="timeline" aria-label={`Time: ${duration(log.latency_ms)}${attempts.length ? `, ${attempts.length} ${attempts.length === 1 ? 'attempt' : 'attempts'}` : ''}`}>
      {lanes.map((lane, at) => (
        <div class="lane" key={at}>
          <span class="lane-label clip" title={lane.option} style={{paddingLeft: `${lane.depth * 12}px`}}>
            {lane.depth > 0 && <span class="faint" aria-hidden="true">└ </span>}<span class="mono">{lane.label}</span>
          </span>
          <span class="lane-what clip">
            {lane.attempt && <><Outcome attempt={lane.attempt} /> <span title={lane.attempt.model ?? ''}>{lane.attempt.provider}{lane.attempt.model ? ` · ${lane.attempt.model}` : ''}</span></>}
          </span>
          <span class="lane-bar">
            {lane.spans.map((span, each) => <Bar key={each} span={span} total={total} />)}
            {firstToken !== null && <i class="first-token" style={{left: `${Math.min(100, (firstToken / total) * 100)}%`}} title={`First token after ${duration(firstToken)}`} />}
          </span>
          <span class="lane-time number quiet">{laneTime(lane)}</span>
          {lane.attempt?.error && <span class="lane-error bad">{visible(lane.attempt.error)}</span>}
        </div>
      ))}
      <figcaption class="timeline-foot quiet">
        <span>{duration(log.latency_ms)} in all</span>
        <span>gateway {duration(own)}</span>
        {waits > 0 && <span>waits {duration(waits)}</span>}
        <span>provider {duration(log.upstream_ms)}</span>
        {firstToken !== null && <span>first token {duration(firstToken)}</span>}
      </figcaption>
    </figure>
  );
}
