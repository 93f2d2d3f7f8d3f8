// What a run came to.
import type {LogRecord, LogRow} from '../api/types.ts';
import {cents, change, count} from '../format/number.ts';
import {duration} from '../format/time.ts';
import {Problem} from '../ui/controls.tsx';
import {TurnView} from '../ui/conversation.tsx';
import type {Turn} from '../stream/conversation.ts';
import {parsedArguments, responseTurns} from '../stream/conversation.ts';
import type {Run} from '../stream/run.ts';
import type {Runner} from './runner.ts';

// As the original's answer is shown: a whole body by its own form, a stream by what was joined of it.
export function turnsOfRun(run: Run): Turn[] {
  const whole = run.streamed ? [] : responseTurns(run.body);
  if (whole.length > 0) return whole;
  return [{role: 'assistant', parts: [
    ...(run.reasoning ? [{kind: 'reasoning' as const, text: run.reasoning}] : []),
    ...(run.text ? [{kind: 'text' as const, text: run.text}] : []),
    ...run.tools.map((tool) => ({kind: 'call' as const, name: tool.name, value: parsedArguments(tool.arguments), id: ''})),
  ]}];
}

export function RunTurns({run, live}: {run: Run; live: boolean}) {
  return <>{turnsOfRun(run).map((turn, at) => <TurnView key={at} turn={turn} live={live} />)}</>;
}

// Tools and text as one, for a comparison by word.
export function textOfRun(run: Run): string {
  return [run.text, ...run.tools.map((tool) => `${tool.name}(${JSON.stringify(parsedArguments(tool.arguments))})`)].filter(Boolean).join('\n');
}

export function RunState({runner}: {runner: Runner}) {
  const {run, error, running} = runner;
  return (
    <>
      {error && <Problem error={error} />}
      {run?.error && <p class="note bad" role="alert">{run.error}</p>}
      {running && !run && <p class="quiet" role="status">Asking …</p>}
    </>
  );
}

export function RunAnswer({runner}: {runner: Runner}) {
  return <><RunState runner={runner} />{runner.run && <RunTurns run={runner.run} live={runner.running} />}</>;
}

type Compared = Pick<LogRow, 'total_tokens' | 'completion_tokens' | 'cost_usd' | 'latency_ms' | 'ttft_ms'>;

const lines: [string, (log: Compared) => number | null, (value: number | null) => string][] = [
  ['Tokens', (log) => log.total_tokens, count],
  ['Of these, out', (log) => log.completion_tokens, count],
  ['Cost', (log) => log.cost_usd, cents],
  ['Latency', (log) => log.latency_ms, duration],
  ['First token', (log) => log.ttft_ms, duration],
];

// More of any of these is worse.
function ChangeCell({now, before}: {now: number | null; before: number | null}) {
  const words = change(now, before);
  const tone = words.startsWith('+') ? 'warn' : words.startsWith('−') ? 'good' : 'faint';
  return <td class={`number ${tone}`}>{words}</td>;
}

export function Comparison({before, after, names = ['Original', 'New']}: {before: Compared; after: LogRecord | null; names?: [string, string]}) {
  return (
    <table class="plain comparison">
      <thead><tr><th><span class="visually-hidden">Figure</span></th><th class="number">{names[0]}</th><th class="number">{names[1]}</th><th class="number">Change</th></tr></thead>
      <tbody>
        {lines.map(([name, of, words]) => (
          <tr key={name}>
            <td class="quiet">{name}</td>
            <td class="number">{words(of(before))}</td>
            <td class="number">{after ? words(of(after)) : ''}</td>
            {after ? <ChangeCell now={of(after)} before={of(before)} /> : <td />}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
