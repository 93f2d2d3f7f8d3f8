// Which charts there are, and what each shows.
import type {ComponentChildren} from 'preact';
import type {Stats} from '../../api/types.ts';
import {cents, count, dollars, dollarTick, percent, shortCount, signed} from '../../format/number.ts';
import {duration} from '../../format/time.ts';
import {feedbackOf, valuesOn, type Axis} from './buckets.ts';
import {Chart, type Line} from './chart.tsx';

interface Props {
  axis: Axis;
  rows: Stats[];
  all: Stats;
  onRange: (fromMs: number, toMs: number) => void;
  onBucket: (fromMs: number, toMs: number) => void;
  children?: ComponentChildren;  // beside the last chart, which is feedback's
}

const money = (value: number | null) => (value !== null && value < 1 ? cents(value) : dollars(value));

export function Charts({axis, rows, all, onRange, onBucket, children}: Props) {
  const on = (of: (row: Stats) => number | null | undefined, none: number | null = 0) => valuesOn(axis, rows, (row) => String(row[axis.by]), of, none);
  const bars = (name: string, color: 1 | 2 | 3, values: (number | null)[], words: Line['words'] = count): Line => ({name, color, kind: 'bars', values, words});
  const line = (name: string, color: 1 | 2 | 3, values: (number | null)[], words: Line['words']): Line => ({name, color, kind: 'line', values, words});
  const common = {axis, onRange, onBucket};
  const feedback = feedbackOf(all);
  return (
    <div class="charts">
      <Chart {...common} title="Requests" total={`${count(all.requests)}, ${count(all.errors)} failed`} tick={shortCount}
        lines={[bars('requests', 1, on((row) => row.requests)), bars('errors', 2, on((row) => row.errors))]} />
      <Chart {...common} title="Cost" total={`${dollars(all.cost_usd)}, ${dollars(all.saved_usd)} saved`} tick={dollarTick}
        lines={[bars('cost', 1, on((row) => row.cost_usd), money), line('saved', 3, on((row) => row.saved_usd), money)]} />
      <Chart {...common} title="Tokens" total={count(all.total_tokens)} tick={shortCount}
        lines={[bars('in and out', 1, on((row) => row.total_tokens)), bars('out', 3, on((row) => row.completion_tokens))]} />
      <Chart {...common} title="Latency" total={`p50 ${duration(all.latency_p50_ms)}, p95 ${duration(all.latency_p95_ms)}`} tick={(value) => (value === 0 ? '0' : duration(value).replace(/\.?0+ s$/, ' s'))}
        lines={[line('p50', 1, on((row) => row.latency_p50_ms, null), duration), line('p95', 3, on((row) => row.latency_p95_ms, null), duration), line('p99', 2, on((row) => row.latency_p99_ms, null), duration)]} />
      <Chart {...common} title="Cache hit rate" total={`${percent(all.cache_hit_rate)}, ${dollars(all.saved_usd)} saved`} tick={(value) => `${Math.round(value * 100)} %`} range={[0, 1]}
        lines={[line('hits of look-ups', 1, on((row) => row.cache_hit_rate, null), percent)]} />
      <Chart {...common} title="Retries" total={`${count(all.retries ?? 0)}, ${count(all.rescued ?? 0)} rescued`} tick={shortCount}
        lines={[bars('retried', 1, on((row) => row.retries)), bars('rescued', 3, on((row) => row.rescued))]} />
      <Chart {...common} title="Feedback" total={feedback.count ? `${count(feedback.count)}, average ${signed(feedback.weighted_average ?? 0, 1)}` : 'none'} tick={shortCount}
        lines={[bars('count', 1, on((row) => feedbackOf(row).count)), {...line('weighted average', 3, on((row) => feedbackOf(row).weighted_average, null), (value) => (value === null ? '–' : signed(value, 1))), right: true}]} />
      {children}
    </div>
  );
}
