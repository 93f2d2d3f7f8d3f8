// By model, by user, and what feedback says; each line leads to its logs.
import type {FeedbackStats, Stats} from '../../api/types.ts';
import {visible} from '../../format/bytes.ts';
import {count, dollars, percent, signed} from '../../format/number.ts';
import {duration} from '../../format/time.ts';

export const groupsShown = 50;

interface Props {
  title: string;
  by: 'model' | 'user';
  rows: Stats[];
  urlOf: (value: string) => string;
}

export function GroupTable({title, by, rows, urlOf}: Props) {
  const sorted = [...rows].sort((a, b) => b.requests - a.requests);
  const most = Math.max(1, ...sorted.map((row) => row.requests));
  return (
    <section>
      <h2>{title}</h2>
      <div class="scroll-x">
        <table class="plain groups">
          <thead><tr><th>{by === 'model' ? 'Model' : 'User'}</th><th class="number">Requests</th><th class="number">Errors</th><th class="number">Tokens</th><th class="number">Cost</th><th class="number">p95</th><th class="number">Cache hits</th></tr></thead>
          <tbody>
            {sorted.slice(0, groupsShown).map((row) => {
              const value = row[by] as string | null;
              return (
                <tr key={value}>
                  <td class="group-name"><i class="share" style={{width: `${(row.requests / most) * 100}%`}} />{value ? <a href={urlOf(value)}>{visible(value)}</a> : <span class="faint">none</span>}</td>
                  <td class="number">{count(row.requests)}</td>
                  <td class={`number ${row.errors ? 'bad' : 'faint'}`}>{count(row.errors)}</td>
                  <td class="number">{count(row.total_tokens)}</td><td class="number">{dollars(row.cost_usd)}</td>
                  <td class="number">{duration(row.latency_p95_ms)}</td><td class="number">{percent(row.cache_hit_rate)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {sorted.length > groupsShown && <p class="quiet">And others, with fewer requests.</p>}
    </section>
  );
}

export function FeedbackTables({stats}: {stats: FeedbackStats}) {
  const most = Math.max(1, ...stats.by_value.map((each) => each.count));
  const values = [...stats.by_value].sort((a, b) => b.value - a.value);
  return (
    <>
      <section>
        <h2>Feedback by value</h2>
        <table class="plain values">
          <thead><tr><th class="number">Value</th><th><span class="visually-hidden">Share</span></th><th class="number">Count</th></tr></thead>
          <tbody>{values.map((each) => (
            <tr key={each.value}><td class={`number ${each.value > 0 ? 'good' : each.value < 0 ? 'bad' : ''}`}>{signed(each.value)}</td>
              <td class="grow"><i class={`meter-bar ${each.value < 0 ? 'is-bad' : ''}`} style={{width: `${(each.count / most) * 100}%`}} /></td><td class="number">{count(each.count)}</td></tr>
          ))}</tbody>
        </table>
      </section>
      <section>
        <h2>Feedback by model</h2>
        <table class="plain">
          <thead><tr><th>Model</th><th class="number">Weighted average</th><th class="number">Count</th></tr></thead>
          <tbody>{stats.by_model.map((each) => (
            <tr key={each.model}><td>{each.model ? visible(each.model) : <span class="faint">none</span>}</td><td class="number">{each.weighted_average === null ? '–' : signed(each.weighted_average, 1)}</td><td class="number">{count(each.count)}</td></tr>
          ))}</tbody>
        </table>
      </section>
    </>
  );
}
