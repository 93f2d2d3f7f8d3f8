// What is asked for a new key. Secrets only ever go in.
import {useState} from 'preact/hooks';
import {apiKeys, virtualKeys} from '../../api/calls.ts';
import {ApiError} from '../../api/client.ts';
import type {VirtualKey} from '../../api/types.ts';
import {loadSession, logIn, session} from '../../state/session.ts';
import {showOnce} from '../../state/shown_once.ts';
import {say, sayError} from '../../state/toast.ts';
import {Button, Problem} from '../../ui/controls.tsx';
import {Dialog} from '../../ui/dialog.tsx';

interface FieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  placeholder?: string;
  secret?: boolean;
  list?: string;
}

function Field({label, value, onInput, placeholder, secret, list}: FieldProps) {
  return (
    <label class="named">{label}
      <input class={`field ${secret ? 'mono' : ''}`} type={secret ? 'password' : 'text'} autocomplete={secret ? 'new-password' : 'off'} value={value} placeholder={placeholder} list={list} onInput={(event) => onInput(event.currentTarget.value)} />
    </label>
  );
}

function FormDialog({title, verb, work, onClose, children, why}: {title: string; verb: string; work: () => Promise<void>; onClose: () => void; children: preact.ComponentChildren; why: string | null}) {
  const [problem, setProblem] = useState<ApiError | null>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (why) return;
    try {
      await work();
    } catch (error) {
      setProblem(error instanceof ApiError ? error : new ApiError(0, String(error)));
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <div class="body">{children}{problem && <Problem error={problem} />}</div>
        <footer><Button onClick={onClose}>Cancel</Button><Button kind="primary" type="submit" why={why}>{verb}</Button></footer>
      </form>
    </Dialog>
  );
}

const providers = ['openai', 'anthropic', 'azure-openai', 'google', 'bedrock', 'cohere', 'mistral-ai', 'groq', 'together-ai', 'openrouter', 'deepseek', 'ollama', 'demo'];

export function AddVirtualKey({onClose, onAdded}: {onClose: () => void; onAdded: () => void}) {
  const [name, setName] = useState('');
  const [provider, setProvider] = useState('');
  const [secret, setSecret] = useState('');
  const [host, setHost] = useState('');
  const work = async () => {
    const made = await virtualKeys.add({name: name.trim(), provider: provider.trim(), secret, ...(host.trim() ? {custom_host: host.trim()} : {})});
    say(`${made.id} made`);
    onAdded();
    onClose();
  };
  return (
    <FormDialog title="New virtual key" verb="Save" work={work} onClose={onClose} why={!name.trim() ? 'It wants a name' : !provider.trim() ? 'It wants a provider' : null}>
      <Field label="Name" value={name} onInput={setName} placeholder="main" />
      <Field label="Provider" value={provider} onInput={setProvider} placeholder="openai" list="providers" />
      <datalist id="providers">{providers.map((each) => <option key={each} value={each} />)}</datalist>
      <Field label="Secret" value={secret} onInput={setSecret} secret placeholder="sk-…" />
      <Field label="Custom host (may stay empty)" value={host} onInput={setHost} placeholder="https://proxy.example.com/v1" />
    </FormDialog>
  );
}

export function NewSecret({virtualKey, onClose}: {virtualKey: VirtualKey; onClose: () => void}) {
  const [secret, setSecret] = useState('');
  const work = async () => {
    await virtualKeys.change(virtualKey.id, {secret});
    say(`${virtualKey.name} has its new secret`);
    onClose();
  };
  return (
    <FormDialog title={`New secret of ${virtualKey.name}`} verb="Save" work={work} onClose={onClose} why={secret ? null : 'It wants a secret'}>
      <Field label="Secret" value={secret} onInput={setSecret} secret placeholder="sk-…" />
    </FormDialog>
  );
}

const scopes: [string, string, string][] = [
  ['proxy', 'proxy', 'calls to providers, feedback, inserting logs'],
  ['read', 'read', 'logs, statistics and these pages'],
  ['admin', 'admin', 'everything, these pages’ changes too'],
];

// The first key makes login needed, within two seconds: who makes it here is logged in with it, where it may see
// pages.
async function enter(key: string, chosen: readonly string[]) {
  if (!chosen.includes('admin') && !chosen.includes('read')) return loadSession();
  for (let tries = 0; tries < 50 && !session.value?.login_required; ++tries) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    await loadSession();
  }
  await logIn(key);
}

export function AddApiKey({first, onClose, onAdded}: {first: boolean; onClose: () => void; onAdded: () => void}) {
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string[]>([first ? 'admin' : 'proxy']);
  const toggle = (scope: string) => setChosen(chosen.includes(scope) ? chosen.filter((each) => each !== scope) : [...chosen, scope]);
  const work = async () => {
    const key = await apiKeys.add({name: name.trim(), scope: chosen.join(',')});
    showOnce({title: 'New API key', words: 'This is shown once. Only its hash is kept.', what: 'Key', text: key.key ?? ''});
    onClose();
    if (first && key.key) void enter(key.key, chosen).then(onAdded, sayError);
    else onAdded();
  };
  return (
    <FormDialog title="New API key" verb="Make key" work={work} onClose={onClose} why={!name.trim() ? 'It wants a name' : chosen.length ? null : 'It wants a scope'}>
      {first && <p class="note">This is the first key. From now on every call and every page wants one; give this one the scope admin, or make the next on the command line.</p>}
      <Field label="Name" value={name} onInput={setName} placeholder="ci" />
      <fieldset class="scopes"><legend>Scopes</legend>
        {scopes.map(([scope, words, help]) => <label class="check" key={scope}><input type="checkbox" checked={chosen.includes(scope)} onChange={() => toggle(scope)} /> <b>{words}</b> <span class="quiet">{help}</span></label>)}
      </fieldset>
    </FormDialog>
  );
}
