// A request body, or a template of one, to be edited: as a form, or as its JSON.
import {useEffect, useRef, useState} from 'preact/hooks';
import {logs} from '../api/calls.ts';
import type {Json, JsonObject} from '../api/types.ts';
import {isObject} from '../stream/conversation.ts';
import {Button, TabPanel, Tabs} from '../ui/controls.tsx';
import {addMessage, blocksOf, messageList, parametersOf, parameterValue, removeBlock, setRole, setText, type Block} from './blocks.ts';

interface Props {
  body: JsonObject;
  onChange: (body: JsonObject) => void;
  onProblem: (problem: string | null) => void;  // of JSON that cannot be read yet
  readOnly?: boolean;
}

const roles = ['system', 'developer', 'user', 'assistant', 'tool'];

function rowsOf(text: string): number {
  const lines = text.split('\n').reduce((sum, line) => sum + 1 + Math.floor(line.length / 70), 0);
  return Math.min(18, Math.max(2, lines));
}

function BlockHead({block, body, onChange, readOnly}: {block: Block; readOnly: boolean} & Pick<Props, 'body' | 'onChange'>) {
  return (
    <div class="block-head">
      {block.role !== null ? (
        <select class="field role" aria-label="Role" value={block.role} disabled={readOnly} onChange={(event) => onChange(setRole(body, block, event.currentTarget.value))}>
          {[...new Set([...roles, block.role])].map((role) => <option key={role}>{role}</option>)}
        </select>
      ) : block.message && <b class="role-name">{block.name}</b>}
      {block.note && <span class="faint mono clip" title={block.note}>{block.note}</span>}
      <span class="grow" />
      {!readOnly && <Button kind="bare" icon="close" words={block.message ? `Remove this ${block.name} message` : 'Remove this part'} onClick={() => onChange(removeBlock(body, block))} />}
    </div>
  );
}

// What is no text is a folded piece of JSON: an image in it may be a megabyte.
function BlockView({block, body, onChange, problemOf, readOnly}: {block: Block; readOnly: boolean; problemOf: ProblemOf} & Pick<Props, 'body' | 'onChange'>) {
  const label = `Text of ${block.name}`;
  return (
    <div class={`block ${block.message ? '' : 'is-part'}`}>
      <BlockHead block={block} body={body} onChange={onChange} readOnly={readOnly} />
      {block.isText ? (
        <textarea class="field" aria-label={label} rows={rowsOf(block.text)} value={block.text} readOnly={readOnly} spellcheck={false}
          onInput={(event) => onChange(setText(body, block, event.currentTarget.value))} />
      ) : (
        <details class="folded"><summary><span class="tag">JSON</span> <span class="mono clip">{block.text.replace(/\s+/g, ' ').slice(0, 90)}</span></summary>
          <JsonField label={label} value={JSON.parse(block.text)} rows={8} readOnly={readOnly} onProblem={problemOf(block.path.join('.'))} onChange={(value) => onChange(setText(body, block, JSON.stringify(value)))} />
        </details>
      )}
    </div>
  );
}

function ModelField({body, onChange, readOnly}: Pick<Props, 'body' | 'onChange'> & {readOnly: boolean}) {
  const [models, setModels] = useState<string[]>([]);
  const suggest = () => void (models.length || logs.values('model', '').then(({data}) => setModels(data), () => {}));
  return (
    <label class="named grow">Model
      <input class="field" list="models" value={String(body['model'] ?? '')} readOnly={readOnly} onFocus={suggest} onInput={(event) => onChange({...body, model: event.currentTarget.value})} />
      <datalist id="models">{models.map((model) => <option key={model} value={model} />)}</datalist>
    </label>
  );
}

function Parameters({body, onChange, readOnly}: Pick<Props, 'body' | 'onChange'> & {readOnly: boolean}) {
  const [name, setName] = useState('');
  const drop = (key: string) => {
    const {[key]: _, ...rest} = body;
    onChange(rest);
  };
  return (
    <div class="parameters">
      {parametersOf(body).map(([key, value]) => (
        <label class="named" key={key}>{key}
          <span class="parameter">
            <input class="field" value={String(value)} readOnly={readOnly} onChange={(event) => onChange({...body, [key]: parameterValue(event.currentTarget.value)})} />
            {!readOnly && <Button kind="bare" icon="close" words={`Remove ${key}`} onClick={() => drop(key)} />}
          </span>
        </label>
      ))}
      {!readOnly && (
        <form class="add-parameter" onSubmit={(event) => { event.preventDefault(); if (name.trim()) onChange({...body, [name.trim()]: ''}); setName(''); }}>
          <label class="named">Add a parameter
            <input class="field" list="parameter-names" value={name} placeholder="temperature" onInput={(event) => setName(event.currentTarget.value)} />
          </label>
          <datalist id="parameter-names">{['temperature', 'max_tokens', 'max_completion_tokens', 'top_p', 'seed', 'n', 'presence_penalty', 'frequency_penalty', 'reasoning_effort', 'user'].map((each) => <option key={each} value={each} />)}</datalist>
        </form>
      )}
    </div>
  );
}

// JSON that is being written: taken as soon as it can be read. What cannot be read goes with the field.
export function JsonField({value, onChange, onProblem, label, rows, readOnly, wanted}: {value: unknown; onChange: (value: unknown) => void; onProblem: (problem: string | null) => void; label: string; rows: number; readOnly?: boolean | undefined; wanted?: (value: Json) => boolean}) {
  const [text, setText_] = useState(JSON.stringify(value, null, 2));
  const [problem, setProblem] = useState<string | null>(null);
  const known = JSON.stringify(value);
  const report = useRef(onProblem);
  report.current = onProblem;
  useEffect(() => () => report.current(null), []);
  useEffect(() => {
    try {
      if (JSON.stringify(JSON.parse(text)) === known) return;
    } catch {
      // What cannot be read changes no value: this is another one, such as the next where a part was removed.
      setProblem(null);
      report.current(null);
    }
    setText_(JSON.stringify(value, null, 2));
  }, [known]);
  const write = (next: string) => {
    setText_(next);
    try {
      const read = JSON.parse(next) as Json;
      if (wanted && !wanted(read)) throw new Error('a JSON object is wanted');
      onChange(read);
      setProblem(null);
      onProblem(null);
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      setProblem(words);
      onProblem(words);
    }
  };
  return (
    <>
      <textarea class="field mono" aria-label={label} rows={rows} value={text} readOnly={readOnly} spellcheck={false} aria-invalid={problem ? true : undefined} onInput={(event) => write(event.currentTarget.value)} />
      {problem && <p class="bad" role="alert">{problem}</p>}
    </>
  );
}

// Takes the problem of one of several fields.
type ProblemOf = (field: string) => (problem: string | null) => void;

function Form({body, onChange, problemOf, readOnly}: Pick<Props, 'body' | 'onChange'> & {readOnly: boolean; problemOf: ProblemOf}) {
  const tools = body['tools'];
  return (
    <>
      <div class="line"><ModelField body={body} onChange={onChange} readOnly={readOnly} />
        <label class="check"><input type="checkbox" checked={body['stream'] === true} disabled={readOnly} onChange={(event) => onChange({...body, stream: event.currentTarget.checked})} /> Stream</label>
      </div>
      {blocksOf(body).map((block) => <BlockView key={block.path.join('.')} block={block} body={body} onChange={onChange} problemOf={problemOf} readOnly={readOnly} />)}
      {!readOnly && messageList(body) && <div><Button icon="plus" onClick={() => onChange(addMessage(body))}>Message</Button></div>}
      <h2>Parameters</h2>
      <Parameters body={body} onChange={onChange} readOnly={readOnly} />
      {Array.isArray(tools) ? (
        <details class="folded"><summary><span class="tag">Tools</span> {tools.length}</summary>
          <JsonField label="Tools" value={tools} rows={12} readOnly={readOnly} onProblem={problemOf('tools')} onChange={(value) => onChange({...body, tools: value as JsonObject['tools']})} />
        </details>
      ) : !readOnly && messageList(body) && <div><Button kind="bare" icon="plus" onClick={() => onChange({...body, tools: []})}>Tools</Button></div>}
    </>
  );
}

export function BodyEditor(props: Props) {
  const [tab, setTab] = useState('form');
  const {body, onChange, onProblem, readOnly = false} = props;
  const problems = useRef(new Map<string, string>()).current;
  const problemOf: ProblemOf = (field) => (problem) => {
    if (problem) problems.set(field, problem);
    else problems.delete(field);
    onProblem([...problems.values()][0] ?? null);
  };
  return (
    <div class="editor">
      <Tabs label="Edit as" tabs={[{id: 'form', words: 'Form'}, {id: 'json', words: 'JSON'}]} current={tab} onChange={setTab} />
      <TabPanel id={tab}>
        {tab === 'form' ? <Form body={body} onChange={onChange} problemOf={problemOf} readOnly={readOnly} />
          : <JsonField label="Request as JSON" value={body} rows={28} readOnly={readOnly} onProblem={problemOf('json')} onChange={(value) => onChange(value as JsonObject)} wanted={isObject} />}
      </TabPanel>
    </div>
  );
}
