// All prompts and partials, and a new one.
import {useState} from 'preact/hooks';
import {prompts} from '../../api/calls.ts';
import {ApiError} from '../../api/client.ts';
import type {Json} from '../../api/types.ts';
import {ago} from '../../format/time.ts';
import {visible} from '../../format/bytes.ts';
import {useLoad} from '../../state/load.ts';
import {navigate} from '../../state/location.ts';
import {now} from '../../state/now.ts';
import {mayChange} from '../../state/session.ts';
import {Button, Command, Problem} from '../../ui/controls.tsx';
import {Dialog} from '../../ui/dialog.tsx';

const example: Json = {provider: 'demo', model: 'demo-1', messages: [{role: 'user', content: 'Greet {{name}} in one sentence.'}]};

function AddPrompt({onClose}: {onClose: () => void}) {
  const [name, setName] = useState('');
  const [partial, setPartial] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const add = async () => {
    try {
      const made = await prompts.add({name: name.trim(), ...(partial ? {text: 'Answer in one sentence.'} : {template: example})});
      navigate(`/prompts/${encodeURIComponent(made.id)}`);
    } catch (error) {
      if (error instanceof ApiError) setProblem(error);
    }
  };
  return (
    <Dialog title="New prompt" onClose={onClose}>
      <div class="body">
        <label class="named">Name<input class="field" value={name} placeholder="greet" onInput={(event) => setName(event.currentTarget.value)} /></label>
        <label class="check"><input type="checkbox" checked={partial} onChange={(event) => setPartial(event.currentTarget.checked)} /> A partial: a text that prompts take in</label>
        <p class="quiet">It begins with an example, which you change on its page.</p>
        {problem && <Problem error={problem} />}
      </div>
      <footer><Button onClick={onClose}>Cancel</Button><Button kind="primary" why={name.trim() ? null : 'It wants a name'} onClick={() => void add()}>Save</Button></footer>
    </Dialog>
  );
}

export function PromptsPage() {
  const {data, error} = useLoad('prompts', (signal) => prompts.list(signal));
  const [adding, setAdding] = useState(false);
  return (
    <>
      <div class="top"><h1>Prompts</h1><span class="grow" />{mayChange() && <Button icon="plus" onClick={() => setAdding(true)}>Prompt</Button>}</div>
      <div class="content">
        {error && <Problem error={error} />}
        {data && (data.data.length ? (
          <div class="scroll-x">
            <table class="plain">
              <thead><tr><th>Name</th><th>Id</th><th>Kind</th><th class="number">Version</th><th class="number">Published</th><th>Labels</th><th>Changed</th></tr></thead>
              <tbody>
                {data.data.map((prompt) => (
                  <tr key={prompt.id}>
                    <td><a href={`/prompts/${encodeURIComponent(prompt.id)}`}>{visible(prompt.name)}</a></td><td class="mono">{prompt.id}</td>
                    <td>{prompt.partial ? 'partial' : 'prompt'}</td><td class="number">{prompt.version}</td><td class="number">{prompt.published}</td>
                    <td>{Object.entries(prompt.labels ?? {}).map(([label, version]) => <span class="tag" key={label}>{label} @{version}</span>)}</td>
                    <td class="quiet">{ago(prompt.updated_at, now.value)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ) : (
          <div class="empty">
            <h2>No prompts yet</h2>
            <p>A prompt is a request with gaps. Programs call it by its id with values for the gaps; what is asked, of which model and of whom can change without them.</p>
            <Command text={`echo '${JSON.stringify(example)}' | pk prompt add greet`} />
          </div>
        ))}
      </div>
      {adding && <AddPrompt onClose={() => setAdding(false)} />}
    </>
  );
}
