// What stands for a log in a row: its provider, its model, its four status icons, its state.
import type {LogRow} from '../api/types.ts';
import {stateWords, statusMarks} from '../format/words.ts';
import {Icon} from './icon.tsx';

export function ProviderGlyph({provider}: {provider: string | null}) {
  const words = provider ?? 'No provider';
  return <span class="glyph" title={words} aria-hidden="true">{(provider ?? '?').replace(/^@/, '').slice(0, 1).toUpperCase()}</span>;
}

export function ModelName({log}: {log: Pick<LogRow, 'provider' | 'model' | 'requested_model' | 'stream'>}) {
  const model = log.model ?? log.requested_model;
  return (
    <span class="model">
      <ProviderGlyph provider={log.provider} />
      <span class="clip" title={`${model ?? 'No model'}${log.provider ? ` · ${log.provider}` : ''}`}>{model ?? <span class="faint">no model</span>}</span>
      {log.stream && <span class="streamed" title="Streamed"><Icon name="bolt" words="Streamed" /></span>}
    </span>
  );
}

const icons = {cache: 'bolt', retry: 'retry', fallback: 'branch', loadbalance: 'scales'} as const;

export function StatusMarks({log, words = false}: {log: LogRow; words?: boolean}) {
  return (
    <span class={`marks ${words ? 'with-words' : ''}`}>
      {statusMarks(log).map((mark) => (
        <span key={mark.kind} class={`mark tone-${mark.tone}`} title={mark.words}>
          <Icon name={icons[mark.kind]} {...(words ? {} : {words: mark.words})} />
          {words ? <span>{mark.words}</span> : mark.count !== null && <span class="mark-count" aria-hidden="true">{mark.count}</span>}
        </span>
      ))}
    </span>
  );
}

// Only what is not the usual: an HTTP status that is not 2xx, and how it ended.
export function StateMark({log}: {log: LogRow}) {
  const status = log.http_status;
  return (
    <>
      {status !== null && (status < 200 || status > 299) && <span class="http-status" title={log.error ?? `HTTP ${status}`}>{status}</span>}
      {!log.ok && log.state === 'complete' && (status === null || (status >= 200 && status < 300)) && <span class="state bad"><Icon name="warning" words={stateWords(log)} /></span>}
      {log.state === 'interrupted' && <span class="state"><Icon name="broken" words={stateWords(log)} /></span>}
      {log.state === 'aborted' && <span class="state"><Icon name="left-early" words={stateWords(log)} /></span>}
      {!log.tracked && <span class="state"><Icon name="hidden" words="Not tracked: its content was not kept" /></span>}
    </>
  );
}
