// The time axis that all charts share: buckets of a minute, an hour or a day, none left out. Pure.
import type {Stats} from '../../api/types.ts';

export type By = 'minute' | 'hour' | 'day';

const seconds: Record<By, number> = {minute: 60, hour: 3600, day: 86_400};

export interface Axis {
  by: By;
  step: number;      // seconds
  starts: number[];  // of each bucket, seconds
}

// As fine as gives some hundred buckets at most.
export function bucketOf(spanMs: number): By {
  if (spanMs <= 4 * 36e5) return 'minute';
  return spanMs <= 12 * 864e5 ? 'hour' : 'day';
}

const bucketsMax = 2000;

export function axisOf(by: By, fromMs: number, toMs: number): Axis {
  const step = seconds[by];
  const first = Math.floor(fromMs / 1000 / step) * step;
  const last = Math.max(first, Math.ceil(toMs / 1000 / step) * step - step);
  const starts: number[] = [];
  for (let at = Math.max(first, last - (bucketsMax - 1) * step); at <= last; at += step) starts.push(at);
  return {by, step, starts};
}

// One value a bucket; what no row speaks of is `none`.
export function valuesOn<T>(axis: Axis, rows: readonly T[], timeOf: (row: T) => string, valueOf: (row: T) => number | null | undefined, none: number | null): (number | null)[] {
  const byStart = new Map<number, number | null>();
  for (const row of rows) {
    const start = Math.floor(Date.parse(timeOf(row)) / 1000 / axis.step) * axis.step;
    byStart.set(start, valueOf(row) ?? none);
  }
  return axis.starts.map((start) => byStart.get(start) ?? none);
}

export interface FeedbackBucket {
  count: number;
  weighted_average: number | null;
}

export function feedbackOf(row: Stats): FeedbackBucket {
  return (row['feedback'] as FeedbackBucket | undefined) ?? {count: 0, weighted_average: null};
}
