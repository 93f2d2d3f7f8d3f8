// What passed, over time: small charts on one time axis, and who and what caused it.
import {feedback, logs, stats} from '../../api/calls.ts';
import type {Term} from '../../filter/names.ts';
import {queryToTerms, termsToQuery} from '../../filter/query.ts';
import {rangeOf, timeMs, withRange} from '../../filter/range.ts';
import {count, dollars, percent} from '../../format/number.ts';
import {duration} from '../../format/time.ts';
import type {Stats} from '../../api/types.ts';
import {useLoad} from '../../state/load.ts';
import {navigate, query} from '../../state/location.ts';
import {Button, Problem} from '../../ui/controls.tsx';
import {FilterField} from '../../ui/filter_field.tsx';
import {RangePicker} from '../../ui/range_picker.tsx';
import {axisOf, bucketOf} from './buckets.ts';
import {Charts} from './charts.tsx';
import {FeedbackTables, GroupTable, groupsShown} from './tables.tsx';

// Where time begins: the range says it, or else the oldest log.
async function startOf(asked: string, since: string | null, nowMs: number, signal: AbortSignal): Promise<number | null> {
  const given = since ? timeMs(since, nowMs) : null;
  if (given !== null) return given;
  const oldest = (await logs.list([asked, 'reverse=true'].filter(Boolean).join('&'), {limit: 1}, signal)).data[0];
  return oldest ? Date.parse(oldest.created_at) : null;
}

async function load(terms: readonly Term[], signal: AbortSignal) {
  const asked = termsToQuery(terms);
  const range = rangeOf(terms);
  const nowMs = Date.now();
  const start = await startOf(asked, range.since, nowMs, signal);
  if (start === null) return 'nothing' as const;
  const end = (range.until && timeMs(range.until, nowMs)) || nowMs;
  const by = bucketOf(end - start);
  const [all, rows, given] = await Promise.all([
    stats.all(asked, signal), stats.by(by, asked, signal), feedback.stats(asked, signal).catch(() => null),
  ]);
  return {axis: axisOf(by, start, end), all, rows, feedback: given};
}

// Of many users they come later than the charts, which do not wait for them.
function GroupTables({asked, listOf}: {asked: string; listOf: (name: string, value: string) => string}) {
  const models = useLoad(`by model ${asked}`, (signal) => stats.most('model', groupsShown + 1, asked, signal), true);
  const users = useLoad(`by user ${asked}`, (signal) => stats.most('user', groupsShown + 1, asked, signal), true);
  const error = models.error ?? users.error;
  return (
    <div class="groups-grid">
      {error && error.status !== 0 && <Problem error={error} />}
      {models.data && <GroupTable title="By model" by="model" rows={models.data} urlOf={(value) => listOf('model', value)} />}
      {users.data && <GroupTable title="By user" by="user" rows={users.data} urlOf={(value) => listOf('user', value)} />}
    </div>
  );
}

function Summary({all}: {all: Stats}) {
  const figures: [string, string, string?][] = [
    ['Requests', count(all.requests)],
    ['Errors', percent(all.requests ? all.errors / all.requests : null), `${count(all.errors)} failed`],
    ['Cost', dollars(all.cost_usd), `${dollars(all.saved_usd)} saved`],
    ['Tokens', count(all.total_tokens)],
    ['Latency p95', duration(all.latency_p95_ms), `p50 ${duration(all.latency_p50_ms)}`],
    ['Cache hits', percent(all.cache_hit_rate)],
  ];
  return <dl class="figures summary">{figures.map(([name, value, more]) => <div key={name}><dt>{name}</dt><dd>{value}{more && <span class="quiet"> {more}</span>}</dd></div>)}</dl>;
}

export function AnalyticsPage() {
  const terms = queryToTerms(query.value);
  const asked = termsToQuery(terms);
  const {data, error, slow, reload} = useLoad(`analytics ${asked}`, (signal) => load(terms, signal), true);
  const set = (next: readonly Term[]) => {
    const text = termsToQuery(next);
    navigate(text ? `/analytics?${text}` : '/analytics');
  };
  const iso = (ms: number) => new Date(Math.round(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z');
  const between = (fromMs: number, toMs: number) => withRange(terms, {since: iso(fromMs), until: iso(toMs)});
  const listOf = (name: string, value: string) => `/?${termsToQuery([...terms.filter((term) => term.name !== name), {name, op: ':', value, exact: true}])}`;
  return (
    <>
      <h1 class="visually-hidden">Analytics</h1>
      <div class="top">
        <FilterField terms={terms} onChange={set} command="pk stats" />
        <RangePicker range={rangeOf(terms)} onChange={(range) => set(withRange(terms, range))} />
      </div>
      <div class="content analytics" aria-busy={slow}>
        {error && error.status !== 0 && <Problem error={error}> <Button onClick={reload}>Try again</Button></Problem>}
        {data === 'nothing' ? <Nothing terms={terms} /> : data && (
          <>
            <Summary all={data.all} />
            <Charts axis={data.axis} rows={data.rows} all={data.all} onRange={(from, to) => set(between(from, to))}
              onBucket={(from, to) => navigate(`/?${termsToQuery(between(from, to))}`)}>
              {data.feedback && data.feedback.count > 0 && <FeedbackTables stats={data.feedback} />}
            </Charts>
            <GroupTables asked={asked} listOf={listOf} />
          </>
        )}
      </div>
    </>
  );
}

function Nothing({terms}: {terms: readonly Term[]}) {
  return (
    <div class="empty">
      <h2>{terms.length ? 'Nothing matches' : 'Nothing to count yet'}</h2>
      <p>{terms.length ? 'No log is left by these filters. Drop one above, or choose another range of time.' : <>Charts appear with the first logs. The page of the <a href="/">logs</a> says how to make one.</>}</p>
    </div>
  );
}
