// The time range of a filter: its since and until.
import type {Term} from './names.ts';

export const ranges = [
  {since: '15m', words: 'Last 15 minutes', short: '15 min'},
  {since: '1h', words: 'Last hour', short: '1 hour'},
  {since: '24h', words: 'Last 24 hours', short: '24 hours'},
  {since: '7d', words: 'Last 7 days', short: '7 days'},
  {since: '30d', words: 'Last 30 days', short: '30 days'},
] as const;

export interface Range {
  since: string | null;
  until: string | null;
}

const isTime = (term: Term) => term.name === 'since' || term.name === 'until';

export function rangeOf(terms: readonly Term[]): Range {
  const last = (name: string) => terms.filter((term) => term.name === name).at(-1)?.value ?? null;
  return {since: last('since'), until: last('until')};
}

export function withoutRange(terms: readonly Term[]): Term[] {
  return terms.filter((term) => !isTime(term));
}

export function withRange(terms: readonly Term[], range: Range): Term[] {
  const times: Term[] = [];
  if (range.since) times.push({name: 'since', op: ':', value: range.since});
  if (range.until) times.push({name: 'until', op: ':', value: range.until});
  return [...withoutRange(terms), ...times];
}

const unitMs: Record<string, number> = {ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5};

// "2h" in ms; null if it is no duration.
export function durationMs(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(text);
  return match ? Number(match[1]) * unitMs[match[2]!]! : null;
}

// A time as filters have it, in ms; null if it is none.
export function timeMs(text: string, nowMs: number): number | null {
  const ago = durationMs(text);
  if (ago !== null) return nowMs - ago;
  if (text === 'yesterday' || text === 'today') {
    const day = new Date(nowMs);
    day.setHours(0, 0, 0, 0);
    return day.getTime() - (text === 'yesterday' ? 864e5 : 0);
  }
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}
