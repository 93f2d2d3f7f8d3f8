// One prompt: its template to be edited, its variables, a run of it, its versions side by side.
import {useState} from 'preact/hooks';
import {prompts} from '../../api/calls.ts';
import type {JsonObject, WholePrompt} from '../../api/types.ts';
import {BodyEditor} from '../../editor/body_editor.tsx';
import {RunAnswer} from '../../editor/result.tsx';
import {useRunner} from '../../editor/runner.ts';
import {visible} from '../../format/bytes.ts';
import {cents, count} from '../../format/number.ts';
import {duration} from '../../format/time.ts';
import {useKeys} from '../../state/keys.ts';
import {useLoad} from '../../state/load.ts';
import {navigate, query} from '../../state/location.ts';
import {mayChange} from '../../state/session.ts';
import {useStateOf} from '../../state/state_of.ts';
import {say, sayError} from '../../state/toast.ts';
import {Button, CopyButton, Problem} from '../../ui/controls.tsx';
import {Confirm} from '../../ui/dialog.tsx';
import {Icon} from '../../ui/icon.tsx';
import {FewLogs} from '../../ui/log_table.tsx';
import {VersionPicker} from '../../ui/versions.tsx';
import {Compare, runBoth} from './compare.tsx';
import {variablesOf, variableValue} from './variables.ts';

function Variables({names, defaults, values, onChange}: {names: readonly string[]; defaults: JsonObject; values: Record<string, string>; onChange: (values: Record<string, string>) => void}) {
  if (!names.length) return <p class="quiet">This version names no variables.</p>;
  return (
    <div class="variables">
      {names.map((name) => (
        <label class="named" key={name}><span class="mono">{visible(name)}</span>
          <textarea class="field" rows={1} value={values[name] ?? ''} placeholder={defaults[name] === undefined ? '' : String(defaults[name])} onInput={(event) => onChange({...values, [name]: event.currentTarget.value})} />
        </label>
      ))}
    </div>
  );
}

// Saved so lately that the gateway may not know it yet.
const isFresh = (prompt: WholePrompt) => Date.now() - Date.parse(prompt.updated_at) < 5000;

// A template, or the text of a partial.
const saidBy = (prompt: WholePrompt): JsonObject | string => prompt.template ?? prompt.text ?? '';

function given(names: readonly string[], values: Record<string, string>, defaults: JsonObject): JsonObject {
  const out: JsonObject = {};
  for (const name of names) {
    const text = values[name] ?? '';
    if (text !== '' || defaults[name] === undefined) out[name] = variableValue(text);
  }
  return out;
}

function Labels({prompt, shown, onChanged}: {prompt: WholePrompt; shown: WholePrompt; onChanged: () => void}) {
  const [name, setName] = useState('published');
  const here = Object.entries(prompt.labels ?? {}).filter(([, version]) => version === shown.version);
  const put = async () => {
    try {
      await prompts.label(prompt.id, name.trim(), shown.version);
      say(`Version ${shown.version} is ${name.trim()}`);
      onChanged();
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <form class="line middle" onSubmit={(event) => { event.preventDefault(); void put(); }}>
      {here.map(([label]) => <span class="tag" key={label}>{label}</span>)}
      {mayChange() && <>
        <input class="field label" aria-label="Label" list="label-names" value={name} onInput={(event) => setName(event.currentTarget.value)} />
        <datalist id="label-names"><option value="published" /><option value="staging" /></datalist>
        <Button type="submit" why={name.trim() ? null : 'It wants a label'}>Label version {shown.version}</Button>
      </>}
    </form>
  );
}

function Template({template, onChange, onProblem}: {template: JsonObject | string; onChange: (template: JsonObject | string) => void; onProblem: (problem: string | null) => void}) {
  if (typeof template === 'string') return <textarea class="field mono" aria-label="Text of the partial" rows={18} value={template} readOnly={!mayChange()} onInput={(event) => onChange(event.currentTarget.value)} />;
  return <BodyEditor body={template} onChange={onChange} onProblem={onProblem} readOnly={!mayChange()} />;
}

function Editor({prompt, versions, onChanged}: {prompt: WholePrompt; versions: readonly WholePrompt[]; onChanged: () => void}) {
  const wanted = Number(new URLSearchParams(query.value).get('version')) || prompt.version;
  const shown = versions.find((each) => each.version === wanted) ?? prompt;
  const [template, changeTemplate] = useStateOf<JsonObject | string>(`${shown.id}@${shown.version}`, saidBy(shown));
  const [problem, setProblem] = useState<string | null>(null);
  const [values, setValues] = useState<Record<string, string>>({});
  const [against, setAgainst] = useState<number | null>(null);
  const [removing, setRemoving] = useState(false);
  const runner = useRunner();
  const second = useRunner();

  const changed = JSON.stringify(template) !== JSON.stringify(saidBy(shown));
  const other = versions.find((each) => each.version === against && each.version !== shown.version) ?? null;
  const names = [...new Set([...variablesOf(template), ...(other ? variablesOf(saidBy(other)) : [])])];
  const defaults = typeof template === 'object' && typeof template['variables'] === 'object' && template['variables'] !== null ? (template['variables'] as JsonObject) : {};
  const show = (version: number) => navigate(`/prompts/${encodeURIComponent(prompt.id)}${version === prompt.version ? '' : `?version=${version}`}`, {replace: true});

  const save = async (): Promise<WholePrompt | null> => {
    try {
      const saved = await prompts.change(prompt.id, typeof template === 'string' ? {text: template} : {template});
      say(`Version ${saved.version} saved`);
      onChanged();
      show(saved.version);
      return saved;
    } catch (error) {
      sayError(error);
      return null;
    }
  };
  const run = async () => {
    if (problem || runner.running || shown.partial) return;
    const variables = given(names, values, defaults);
    const target = changed ? await save() : shown;
    if (!target) return;
    if (other) runBoth(other, target, [runner, second], variables);
    else void runner.start(prompts.runUrl(target.id, target.version), {variables, stream: true}, isFresh(target));
  };
  const remove = async () => {
    try {
      await prompts.remove(prompt.id);
      say(`${prompt.name} deleted`);
      navigate('/prompts');
    } catch (error) {
      sayError(error);
    }
  };
  useKeys({'Ctrl+Enter': () => void run()});
  const why = problem ? `The JSON cannot be read: ${problem}` : null;
  const log = runner.log;
  return (
    <>
      <div class="top">
        <h1 class="crumbs"><a href="/prompts"><Icon name="left" />Prompts</a> {visible(prompt.name)}</h1>
        <code class="id">{prompt.id}</code><CopyButton text={`${prompt.id}@${shown.version}`} what="Id" />
        <span class="grow" />
        {mayChange() && <Button kind="bare" icon="trash" words="Delete this prompt" onClick={() => setRemoving(true)} />}
        {mayChange() && <Button why={why ?? (changed ? null : 'Nothing was changed')} onClick={() => void save()}>Save version {prompt.version + 1}</Button>}
        {!prompt.partial && <Button kind="primary" icon="play" why={why ?? (changed && !mayChange() ? 'Only what is saved can be run' : null)} onClick={() => void run()}>{changed ? 'Save and Run' : 'Run'}</Button>}
      </div>
      <div class="content playground">
        <section class="left" aria-label="Template">
          <div class="line">
            <VersionPicker label="Version" versions={versions} labels={prompt.labels} current={shown.version} onChange={(version) => version && show(version)} />
            {versions.length > 1 && <VersionPicker label="Compare with" none="Compare with …" versions={versions.filter((each) => each.version !== shown.version)} labels={prompt.labels} current={against} onChange={setAgainst} />}
          </div>
          <Labels prompt={prompt} shown={shown} onChanged={onChanged} />
          <Template template={template} onChange={(now) => changeTemplate(() => now)} onProblem={setProblem} />
        </section>
        <section class="right sections">
          {!prompt.partial && <div><h2>Variables</h2><Variables names={names} defaults={defaults} values={values} onChange={setValues} /></div>}
          {other ? <Compare before={other} after={changed ? {...shown, ...(typeof template === 'string' ? {text: template} : {template})} : shown} runners={[runner, second]} /> : !prompt.partial && (
            <div><h2>Answer {log && <a class="mono" href={`/logs/${log.id}`}>{log.id.slice(-12)}</a>}</h2>
              <RunAnswer runner={runner} />
              {!runner.run && !runner.running && !runner.error && <p class="quiet">Run it, with <kbd>Ctrl</kbd> <kbd>Enter</kbd>.</p>}
              {log && <p class="quiet">{count(log.total_tokens)} tokens, {cents(log.cost_usd)}, {duration(log.latency_ms)}</p>}
            </div>
          )}
          {!prompt.partial && <FewLogs key={log?.id} query={`prompt-id=${encodeURIComponent(prompt.id)}`} title="Calls of it" none={`None yet. Programs call POST /v1/prompts/${prompt.id}/completions.`} />}
        </section>
      </div>
      {removing && <Confirm title={`Delete ${prompt.name}?`} words="All of its versions go, and calls of it fail." verb="Delete" onYes={() => void remove()} onClose={() => setRemoving(false)} />}
    </>
  );
}

export function PromptPage({id}: {id: string}) {
  const {data, error, reload} = useLoad(`prompt ${id}`, async (signal) => {
    const [prompt, versions] = await Promise.all([prompts.get(id, signal), prompts.versions(id, signal).catch(() => null)]);
    return {prompt, versions: versions?.data ?? [prompt]};
  }, true);
  if (error) return <div class="content"><Problem error={error}> <a href="/prompts">All prompts</a></Problem></div>;
  return data && <Editor prompt={data.prompt} versions={data.versions} onChanged={reload} />;
}
