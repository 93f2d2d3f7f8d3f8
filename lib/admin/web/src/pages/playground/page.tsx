// A log's request, to be changed and run again beside the original.
import {useEffect, useState} from 'preact/hooks';
import {configs, logs} from '../../api/calls.ts';
import type {JsonObject, LogRecord} from '../../api/types.ts';
import {BodyEditor} from '../../editor/body_editor.tsx';
import {Comparison, RunState, RunTurns, textOfRun} from '../../editor/result.tsx';
import {useRunner, type Runner} from '../../editor/runner.ts';
import {pathWords, replayBlockWords} from '../../format/words.ts';
import {useKeys} from '../../state/keys.ts';
import {useLoad} from '../../state/load.ts';
import {navigate} from '../../state/location.ts';
import {isObject, plainText, responseTurns} from '../../stream/conversation.ts';
import {Button, Problem} from '../../ui/controls.tsx';
import {TurnView} from '../../ui/conversation.tsx';
import {DiffSide, JsonDiff, useWordDiff} from '../../ui/diff_view.tsx';
import {Icon} from '../../ui/icon.tsx';
import {ModelName} from '../../ui/log_marks.tsx';

interface Options {
  config: string;    // "": the logged one
  useCache: boolean;
}

function OptionFields({log, options, onChange}: {log: LogRecord; options: Options; onChange: (options: Options) => void}) {
  const {data} = useLoad('configs', (signal) => configs.list(signal));
  const logged = log.config_id ? `As logged: ${log.config_id}${log.config_version ? `@${log.config_version}` : ''}` : 'As logged';
  return (
    <div class="line run-options">
      <label class="named grow">Config
        <select class="field" value={options.config} onChange={(event) => onChange({...options, config: event.currentTarget.value})}>
          <option value="">{logged}</option>
          {data?.data.map((config) => <option key={config.id} value={config.id}>{config.name} ({config.id})</option>)}
        </select>
      </label>
      <label class="check"><input type="checkbox" checked={options.useCache} onChange={(event) => onChange({...options, useCache: event.currentTarget.checked})} /> Use the cache</label>
    </div>
  );
}

type View = 'text' | 'words' | 'json';

function SideBySide({log, runner}: {log: LogRecord; runner: Runner}) {
  const [view, setView] = useState<View>('text');
  const {run} = runner;
  const originalTurns = responseTurns(log.response?.body);
  const original = plainText(originalTurns);
  const finished = run !== null && !runner.running;
  const pieces = useWordDiff(original, finished && view === 'words' ? textOfRun(run) : original);
  const views: [View, string][] = [['text', 'Answer'], ['words', 'By word'], ['json', 'As JSON']];
  return (
    <>
      <div class="choice" role="group" aria-label="Show">
        {views.map(([id, words]) => <Button key={id} pressed={view === id} why={id !== 'text' && !finished ? 'Run first: then there is something to compare' : null} onClick={() => setView(id)}>{words}</Button>)}
      </div>
      {view === 'json' && finished ? (
        <JsonDiff before={log.response?.body ?? null} after={runner.log?.response?.body ?? run.body} />
      ) : (
        <div class="sides">
          <section aria-label="Original"><h2>Original</h2>
            {view === 'words' && finished ? <DiffSide pieces={pieces} side="removed" /> : originalTurns.map((turn, at) => <TurnView key={at} turn={turn} />)}
          </section>
          <section aria-label="New"><h2>New {runner.log && <a class="mono" href={`/logs/${runner.log.id}`}>{runner.log.id.slice(-12)}</a>}</h2>
            <RunState runner={runner} />
            {run && (view === 'words' && finished ? <DiffSide pieces={pieces} side="added" /> : <RunTurns run={run} live={runner.running} />)}
            {!run && !runner.running && !runner.error && <p class="quiet">Run it, with <kbd>Ctrl</kbd> <kbd>Enter</kbd>.</p>}
          </section>
        </div>
      )}
      <Comparison before={log} after={runner.log} />
    </>
  );
}

function Playground({log}: {log: LogRecord}) {
  const original = log.request?.body;
  const [body, setBody] = useState<JsonObject>(isObject(original) ? original : {});
  const [problem, setProblem] = useState<string | null>(null);
  const [options, setOptions] = useState<Options>({config: '', useCache: false});
  const runner = useRunner();
  const blocked = replayBlockWords(log);
  const why = blocked ?? (problem ? `The JSON cannot be read: ${problem}` : null);
  const run = () => {
    if (why || runner.running) return;
    void runner.start(logs.replayUrl(log.id), {body, ...(options.config ? {config: options.config} : {}), ...(options.useCache ? {use_cache: true} : {})});
  };
  const changed = JSON.stringify(body) !== JSON.stringify(original ?? {});
  // What was written is not left by a key that is pressed once too often.
  useKeys({'Ctrl+Enter': run, Escape: () => (changed ? false : navigate(`/logs/${log.id}`))});
  return (
    <>
      <div class="top">
        <h1 class="crumbs"><a href={`/logs/${log.id}`}><Icon name="left" />Log</a> <ModelName log={log} /> <span class="quiet">{pathWords(log)}</span></h1>
        <span class="grow" />
        {changed && <Button onClick={() => setBody(isObject(original) ? original : {})}>Back to the original</Button>}
        {runner.running ? <Button icon="stop" onClick={runner.stop}>Stop</Button> : <Button kind="primary" icon="play" why={why} onClick={run}>Run</Button>}
      </div>
      <div class="content playground">
        <section class="left" aria-label="Request">
          {blocked && <p class="note" role="status"><b>This log cannot be replayed.</b> {blocked}</p>}
          {isObject(original) && <>
            {!blocked && <OptionFields log={log} options={options} onChange={setOptions} />}
            <BodyEditor body={body} onChange={setBody} onProblem={setProblem} readOnly={blocked !== null} />
          </>}
        </section>
        <section class="right" aria-label="Answers">{log.response || !blocked ? <SideBySide log={log} runner={runner} /> : <p class="quiet">There is no answer to compare with.</p>}</section>
      </div>
    </>
  );
}

export function PlaygroundPage({id}: {id: string}) {
  const {data, error, reload} = useLoad(`log ${id}`, (signal) => logs.get(id, signal));
  useEffect(() => void (document.title = `Replay ${id.slice(0, 8)} · pk`), [id]);
  if (error) return <div class="content"><Problem error={error}> <Button onClick={reload}>Try again</Button></Problem></div>;
  return data && <Playground key={data.id} log={data} />;
}
