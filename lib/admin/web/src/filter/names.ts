// The filters by name, as pk-filter(7) has them: what a term may say, and how its values are found.

export type Kind =
  | 'values'    // one of a few words
  | 'text'      // free text; lists with commas where `list`
  | 'number'    // compared: cost>=0.01
  | 'time'
  | 'switch'
  | 'metadata'  // key=value
  | 'search';

export interface NameInfo {
  name: string;
  kind: Kind;
  help: string;
  list?: boolean;      // a value may be several, with commas
  values?: readonly string[];
  field?: string;      // of /v1/logs/values
  example?: string;
}

export const statusSlugs = [
  'cache-hit', 'cache-semantic-hit', 'cache-miss', 'cache-refreshed', 'cache-disabled',
  'retry-success', 'retry-failed', 'retry-not-triggered',
  'fallback-active', 'fallback-disabled', 'loadbalance-active', 'loadbalance-disabled',
] as const;

const yesNo = ['true', 'false'] as const;

export const names: readonly NameInfo[] = [
  {name: 'status', kind: 'values', list: true, values: statusSlugs, help: 'Cache, retry, fallback and load balance'},
  {name: 'model', kind: 'text', list: true, field: 'model', help: 'Answered, or was asked for; * for any text'},
  {name: 'provider', kind: 'text', list: true, field: 'provider', help: 'Who answered'},
  {name: 'user', kind: 'text', field: 'user', help: 'Metadata _user, or the user of the body'},
  {name: 'metadata', kind: 'metadata', field: 'metadata', help: 'A key and its value', example: 'team=red'},
  {name: 'errors', kind: 'switch', values: yesNo, help: 'Those that failed'},
  {name: 'http-status', kind: 'text', list: true, values: ['2xx', '4xx', '5xx', '429', '400-499'], help: 'A status, a class or a range'},
  {name: 'endpoint', kind: 'values', list: true, help: 'What was called',
    values: ['chat-completions', 'completions', 'embeddings', 'messages', 'responses', 'other']},
  {name: 'cost', kind: 'number', help: 'US dollars', example: '0.01'},
  {name: 'tokens', kind: 'number', help: 'Tokens in all', example: '1000'},
  {name: 'latency', kind: 'number', help: 'A duration, or milliseconds', example: '2s'},
  {name: 'feedback', kind: 'number', help: 'The weighted average, −10 to 10', example: '0'},
  {name: 'since', kind: 'time', help: 'From then on', values: ['15m', '1h', '24h', '7d', '30d', 'yesterday', 'today']},
  {name: 'until', kind: 'time', help: 'Before then', values: ['15m', '1h', '24h', '7d', 'yesterday', 'today']},
  {name: 'stream', kind: 'switch', values: yesNo, help: 'Streamed ones'},
  {name: 'state', kind: 'values', list: true, values: ['complete', 'aborted', 'interrupted'], help: 'How it ended'},
  {name: 'untracked', kind: 'switch', values: yesNo, help: 'Those that asked not to be tracked'},
  {name: 'trace-id', kind: 'text', help: 'All of one trace'},
  {name: 'config-id', kind: 'text', list: true, field: 'config_id', help: 'Ran under this config'},
  {name: 'prompt-id', kind: 'text', list: true, field: 'prompt_id', help: 'Calls of this prompt'},
  {name: 'virtual-key', kind: 'text', list: true, field: 'virtual_key', help: 'Used this virtual key'},
  {name: 'replay-of', kind: 'text', help: 'Replays of this log'},
  {name: 'search', kind: 'search', help: 'Text in the request or the response'},
];

const byName = new Map(names.map((info) => [info.name, info]));

export type Op = ':' | '>=' | '<=' | '>' | '<';

// One condition.
export interface Term {
  name: string;
  op: Op;
  value: string;
  exact?: boolean;  // was in quotes: its commas are its own
}

// `name` in any case and with _ for -; min-cost and its like come back as the comparison that they are.
export function findName(written: string): {info: NameInfo; op: Op} | undefined {
  const name = written.toLowerCase().replace(/_/g, '-');
  const plain = byName.get(name);
  if (plain) return {info: plain, op: ':'};
  const bound = /^(min|max)-(cost|tokens|latency|feedback)$/.exec(name);
  const info = bound && byName.get(bound[2]!);
  return info ? {info, op: bound![1] === 'min' ? '>=' : '<='} : undefined;
}
