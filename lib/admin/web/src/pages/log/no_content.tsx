// Where the content would be, what was kept of this log and why the rest is not there.
import type {LogRecord} from '../../api/types.ts';

export function hasContent(log: LogRecord): boolean {
  return log.request !== null || log.response !== null;
}

export function NoContent({log}: {log: LogRecord}) {
  if (!log.tracked) return (
    <div class="note kept">
      <p><b>This call asked not to be tracked</b> with the header <code>x-portkey-debug: false</code>, or the settings or its API key did with <code>debug = false</code>.</p>
      <p>Kept: ids, times, model, tokens, cost, status and metadata. Not kept: headers, bodies and the text of errors. The cache was neither read nor written, and it cannot be replayed.</p>
    </div>
  );
  if (log.state === 'interrupted') return (
    <div class="note kept"><p><b>pk ended before this call was whole.</b> What is known was written when the call began; the rest was lost with the process.</p></div>
  );
  return (
    <div class="note kept">
      <p><b>Only the statistics of this log are left.</b> Its headers and bodies were removed by <code>pk prune</code>, or never stored because the month's allowance was used up. See <a href="/plan">the plan</a>.</p>
      <p>Kept: ids, times, model, tokens, cost, status and metadata. Without its request it cannot be replayed.</p>
    </div>
  );
}
