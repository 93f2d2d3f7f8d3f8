// When what happened within a log: one lane each for pk itself and for every attempt, as a tree by option.
import type {Attempt, LogRow} from '../../api/types.ts';

export interface Span {
  kind: 'gateway' | 'wait' | 'provider' | 'cache';
  start: number;  // ms from the start
  length: number;
}

export interface Lane {
  label: string;  // "targets[1]"
  option: string; // "config.targets[1]"
  depth: number;
  attempt: Attempt | null;
  spans: Span[];
}

// "config.targets[0].targets[1]" is the second leaf of a branch of the first.
function stepsOf(option: string): string[] {
  return option.split('.');
}

function attemptLanes(attempts: readonly Attempt[], start: number): Lane[] {
  const lanes: Lane[] = [];
  const named = new Set<string>();
  let at = start;
  for (const attempt of attempts) {
    const steps = stepsOf(attempt.option);
    // Branches above it, where they were not named yet.
    for (let depth = 1; depth < steps.length; ++depth) {
      const option = steps.slice(0, depth).join('.');
      if (named.has(option)) continue;
      named.add(option);
      lanes.push({label: steps[depth - 1]!, option, depth: depth - 1, attempt: null, spans: []});
    }
    const wait: Span = {kind: 'wait', start: at, length: attempt.wait_ms};
    const call: Span = {kind: 'provider', start: at + attempt.wait_ms, length: attempt.latency_ms};
    lanes.push({label: steps.at(-1)!, option: attempt.option, depth: steps.length - 1, attempt, spans: attempt.wait_ms > 0 ? [wait, call] : [call]});
    at += attempt.wait_ms + attempt.latency_ms;
  }
  return lanes;
}

export interface Timeline {
  lanes: Lane[];
  total: number;       // ms that the whole width stands for
  own: number;         // ms that pk itself took: the waits before attempts are not in it
  waits: number;
  firstToken: number | null;
}

export function timelineOf(log: Pick<LogRow, 'gateway_ms' | 'latency_ms' | 'ttft_ms' | 'cache'>, attempts: readonly Attempt[]): Timeline {
  const waits = attempts.reduce((sum, attempt) => sum + attempt.wait_ms, 0);
  const gateway = Math.max(0, log.gateway_ms - waits);
  const isHit = log.cache === 'hit' || log.cache === 'semantic-hit';
  const own: Lane = {label: isHit ? 'cache' : 'gateway', option: '', depth: 0, attempt: null,
    spans: [{kind: isHit ? 'cache' : 'gateway', start: 0, length: isHit ? log.latency_ms : gateway}]};
  const lanes = [own, ...attemptLanes(attempts, isHit ? 0 : gateway)];
  const end = Math.max(0, ...lanes.flatMap((lane) => lane.spans.map((span) => span.start + span.length)));
  return {lanes, total: Math.max(log.latency_ms, end, 0.001), own: gateway, waits, firstToken: log.ttft_ms};
}
