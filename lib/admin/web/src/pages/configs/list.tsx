// All configs, and a new one.
import {useState} from 'preact/hooks';
import {configs} from '../../api/calls.ts';
import {ApiError} from '../../api/client.ts';
import type {JsonObject} from '../../api/types.ts';
import {JsonField} from '../../editor/body_editor.tsx';
import {ago, date} from '../../format/time.ts';
import {useLoad} from '../../state/load.ts';
import {navigate} from '../../state/location.ts';
import {now} from '../../state/now.ts';
import {mayChange} from '../../state/session.ts';
import {Button, Command, Problem} from '../../ui/controls.tsx';
import {Dialog} from '../../ui/dialog.tsx';

const example: JsonObject = {strategy: {mode: 'fallback'}, targets: [{provider: 'demo'}, {provider: 'demo'}], retry: {attempts: 2}};

function AddConfig({onClose}: {onClose: () => void}) {
  const [name, setName] = useState('');
  const [value, setValue] = useState<unknown>(example);
  const [unreadable, setUnreadable] = useState<string | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const why = !name.trim() ? 'It wants a name' : unreadable;
  const add = async () => {
    try {
      const made = await configs.add({name: name.trim(), config: value});
      navigate(`/configs/${encodeURIComponent(made.id)}`);
    } catch (error) {
      if (error instanceof ApiError) setProblem(error);
    }
  };
  return (
    <Dialog title="New config" onClose={onClose} look="wide">
      <div class="body">
        <label class="named">Name<input class="field" value={name} placeholder="main" onInput={(event) => setName(event.currentTarget.value)} /></label>
        <JsonField label="Config as JSON" value={value} rows={16} onProblem={setUnreadable} onChange={setValue} />
        {problem && <Problem error={problem} />}
      </div>
      <footer><Button onClick={onClose}>Cancel</Button><Button kind="primary" why={why} onClick={() => void add()}>Save</Button></footer>
    </Dialog>
  );
}

export function ConfigsPage() {
  const {data, error} = useLoad('configs', (signal) => configs.list(signal));
  const [adding, setAdding] = useState(false);
  return (
    <>
      <div class="top"><h1>Configs</h1><span class="grow" />{mayChange() && <Button icon="plus" onClick={() => setAdding(true)}>Config</Button>}</div>
      <div class="content">
        {error && <Problem error={error} />}
        {data && (data.data.length ? (
          <div class="scroll-x">
            <table class="plain">
              <thead><tr><th>Name</th><th>Id</th><th class="number">Version</th><th>Changed</th><th>Made</th></tr></thead>
              <tbody>
                {data.data.map((config) => (
                  <tr key={config.id}>
                    <td><a href={`/configs/${encodeURIComponent(config.id)}`}>{config.name}</a></td><td class="mono">{config.id}</td>
                    <td class="number">{config.version}</td><td class="quiet">{ago(config.updated_at, now.value)}</td><td class="quiet">{date(config.created_at)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ) : (
          <div class="empty">
            <h2>No configs yet</h2>
            <p>A config says where a request may go: targets in a tree of fallbacks, weights and conditions, with retries and a cache. A program names it in the header <code>x-portkey-config</code>.</p>
            <Command text={`echo '${JSON.stringify(example)}' | pk config add main`} />
          </div>
        ))}
      </div>
      {adding && <AddConfig onClose={() => setAdding(false)} />}
    </>
  );
}
