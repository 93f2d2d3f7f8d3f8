// A few logs, newest first, beside the thing that they used.
import {logs} from '../api/calls.ts';
import {cents, count} from '../format/number.ts';
import {ago, duration, exactTime} from '../format/time.ts';
import {useLoad} from '../state/load.ts';
import {now} from '../state/now.ts';
import {Problem} from './controls.tsx';
import {ModelName, StateMark, StatusMarks} from './log_marks.tsx';

export function FewLogs({query, title, none}: {query: string; title: string; none: string}) {
  const {data, error} = useLoad(`few ${query}`, (signal) => logs.list(query, {limit: 20}, signal));
  return (
    <section>
      <header class="section-head"><h2>{title}</h2><span class="grow" /><a href={`/?${query}`}>All of them</a></header>
      {error && <Problem error={error} />}
      {data && (data.data.length ? (
        <div class="scroll-x">
          <table class="plain">
            <thead><tr><th>Time</th><th>Model</th><th class="number">Tokens (Cost)</th><th class="number">Latency</th><th>Status</th></tr></thead>
            <tbody>
              {data.data.map((log) => (
                <tr key={log.id}>
                  <td><a href={`/logs/${log.id}?${query}`} title={exactTime(log.created_at)}>{ago(log.created_at, now.value)}</a></td><td><ModelName log={log} /></td>
                  <td class="number">{count(log.total_tokens)} <span class="quiet">({cents(log.cost_usd)})</span></td><td class="number">{duration(log.latency_ms)}</td>
                  <td><span class="cell-status"><StatusMarks log={log} /><StateMark log={log} /></span></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : <p class="quiet">{none}</p>)}
    </section>
  );
}
