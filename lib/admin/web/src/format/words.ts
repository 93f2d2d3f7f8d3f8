// What the record's slugs are called.
import type {LogRow} from '../api/types.ts';

const paths: Record<string, string> = {
  'chat-completions': 'Chat Completion',
  completions: 'Completion',
  embeddings: 'Embedding',
  messages: 'Message',
  responses: 'Response',
};

// "Chat Completion"; a path that pk only passes on is named by itself.
export function pathWords(log: Pick<LogRow, 'endpoint' | 'method' | 'path'>): string {
  return paths[log.endpoint] ?? `${log.method} ${log.path}`;
}

const cacheWords = {
  disabled: 'Cache Disabled', miss: 'Cache Miss', refreshed: 'Cache Refreshed', hit: 'Cache Hit',
  'semantic-hit': 'Cache Semantic Hit',
} as const;

export type Tone = 'off' | 'plain' | 'good' | 'warn' | 'bad' | 'accent';

export interface StatusMark {
  kind: 'cache' | 'retry' | 'fallback' | 'loadbalance';
  words: string;
  tone: Tone;
  count: number | null;  // tries, where there were any
}

function retryMark(log: LogRow): StatusMark {
  if (log.retry === 'not-triggered') return {kind: 'retry', words: 'Retry Not Triggered', tone: 'off', count: null};
  const tries = log.retry_attempts;
  if (log.retry === 'failed') return {kind: 'retry', words: 'Retry Failed', tone: 'bad', count: tries || null};
  return {kind: 'retry', words: `Retry Success on ${tries} ${tries === 1 ? 'Try' : 'Tries'}`, tone: 'warn', count: tries};
}

// The four icons of a log, in their places.
export function statusMarks(log: LogRow): StatusMark[] {
  const cacheTone: Tone = log.cache === 'disabled' ? 'off' : log.cache === 'hit' || log.cache === 'semantic-hit' ? 'good' : 'plain';
  return [
    {kind: 'cache', words: cacheWords[log.cache], tone: cacheTone, count: null},
    retryMark(log),
    {kind: 'fallback', words: log.fallback === 'active' ? 'Fallback Active' : 'Fallback Disabled',
      tone: log.fallback === 'active' ? 'accent' : 'off', count: null},
    {kind: 'loadbalance', words: log.loadbalance === 'active' ? 'Loadbalancer Active' : 'Loadbalancer Disabled',
      tone: log.loadbalance === 'active' ? 'accent' : 'off', count: null},
  ];
}

// Why a log cannot be replayed, in words; null if it can.
export function replayBlockWords(log: Pick<LogRow, 'replayable' | 'replay_blocked_by' | 'tracked' | 'state'>): string | null {
  if (log.replayable) return null;
  switch (log.replay_blocked_by) {
    case 'endpoint': return 'Only chat, completion, embedding, message and response calls can be replayed.';
    case 'provider-archived': return 'Its virtual key is archived or gone.';
    case 'prompt-in-target': return 'Its prompt was called from inside a config target.';
    case 'not-tracked': return 'Nothing of its content was kept: it asked not to be tracked.';
    case 'no-content': return 'Its content is no longer there, or was never whole.';
    default: return 'It cannot be replayed.';
  }
}

// How it ended, where that is not the usual.
export function stateWords(log: Pick<LogRow, 'state' | 'ok' | 'http_status'>): string {
  if (log.state === 'interrupted') return 'Interrupted: pk ended before the answer was whole';
  if (log.state === 'aborted') return 'Aborted: the client left before the answer was whole';
  if (!log.ok) return log.http_status && log.http_status < 400 ? 'Failed while it was sent' : 'Failed';
  return 'Complete';
}
