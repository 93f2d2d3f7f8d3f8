// Virtual keys, which hold providers' secrets, and API keys, which let programs in here.
import {useState} from 'preact/hooks';
import {apiKeys, virtualKeys} from '../../api/calls.ts';
import type {ApiKey, VirtualKey} from '../../api/types.ts';
import {date} from '../../format/time.ts';
import {useLoad} from '../../state/load.ts';
import {mayChange} from '../../state/session.ts';
import {say, sayError} from '../../state/toast.ts';
import {Button, Command, Problem} from '../../ui/controls.tsx';
import {Confirm} from '../../ui/dialog.tsx';
import {AddApiKey, AddVirtualKey, NewSecret} from './forms.tsx';

async function attempt(work: Promise<unknown>, done: string, then: () => void) {
  try {
    await work;
    say(done);
    then();
  } catch (error) {
    sayError(error);
  }
}

function VirtualKeys() {
  const {data, error, reload} = useLoad('virtual-keys', virtualKeys.list, true);
  const [adding, setAdding] = useState(false);
  const [renewing, setRenewing] = useState<VirtualKey | null>(null);
  const [removing, setRemoving] = useState<VirtualKey | null>(null);
  const archive = (key: VirtualKey) => attempt(virtualKeys.change(key.id, {archived: !key.archived}), key.archived ? `${key.name} is in use again` : `${key.name} archived`, reload);
  return (
    <section aria-labelledby="virtual-keys">
      <header class="section-head"><h2 id="virtual-keys">Virtual keys</h2><span class="grow" />{mayChange() && <Button icon="plus" onClick={() => setAdding(true)}>Virtual key</Button>}</header>
      {error && <Problem error={error} />}
      {data && (data.data.length ? (
        <div class="scroll-x">
          <table class="plain">
            <thead><tr><th>Name</th><th>Id</th><th>Provider</th><th>Host</th><th>Made</th><th>State</th><th><span class="visually-hidden">Actions</span></th></tr></thead>
            <tbody>
              {data.data.map((key) => (
                <tr key={key.id}>
                  <td><a href={`/?virtual-key=${encodeURIComponent(key.id)}`} title="The logs that used it">{key.name}</a></td><td class="mono">{key.id}</td><td>{key.provider}</td>
                  <td>{key.custom_host || <span class="faint">the provider's</span>}</td><td>{date(key.created_at)}</td>
                  <td>{key.archived ? <span class="tag warn" title="No longer used; replays of its logs are off">archived</span> : 'in use'}</td>
                  <td class="row-actions">{mayChange() && <div>
                    <Button kind="bare" onClick={() => setRenewing(key)}>New secret</Button>
                    <Button kind="bare" onClick={() => void archive(key)}>{key.archived ? 'Use again' : 'Archive'}</Button>
                    <Button kind="bare" icon="trash" words={`Delete ${key.name}`} onClick={() => setRemoving(key)} />
                  </div>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : <div class="teach"><p class="quiet">A virtual key holds a provider's secret, encrypted, so that programs name the key and never see the secret.</p><Command text={`printf %s "$OPENAI_API_KEY" | pk provider add main --provider openai`} /></div>)}
      {adding && <AddVirtualKey onClose={() => setAdding(false)} onAdded={reload} />}
      {renewing && <NewSecret virtualKey={renewing} onClose={() => setRenewing(null)} />}
      {removing && <Confirm title={`Delete ${removing.name}?`} words="Its secret is gone for good, and requests that name it fail. Archive it to keep the name." verb="Delete"
        onYes={() => void attempt(virtualKeys.remove(removing.id), `${removing.name} deleted`, reload)} onClose={() => setRemoving(null)} />}
    </section>
  );
}

function ApiKeys() {
  const {data, error, reload} = useLoad('api-keys', apiKeys.list, true);
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<ApiKey | null>(null);
  return (
    <section aria-labelledby="api-keys">
      <header class="section-head"><h2 id="api-keys">API keys</h2><span class="grow" />{mayChange() && <Button icon="plus" onClick={() => setAdding(true)}>API key</Button>}</header>
      {error && (error.status === 403 ? <p class="quiet">API keys are shown to keys with the scope admin.</p> : <Problem error={error} />)}
      {data && (data.data.length ? (
        <div class="scroll-x">
          <table class="plain">
            <thead><tr><th>Name</th><th>Id</th><th>Scopes</th><th>Made</th><th><span class="visually-hidden">Actions</span></th></tr></thead>
            <tbody>
              {data.data.map((key) => (
                <tr key={key.id}>
                  <td>{key.name}</td><td class="mono">{key.id}</td><td>{key.scopes.map((scope) => <span class="tag" key={scope}>{scope}</span>)}</td><td>{date(key.created_at)}</td>
                  <td class="row-actions">{mayChange() && <div><Button kind="bare" icon="trash" words={`Delete ${key.name}`} onClick={() => setRemoving(key)} /></div>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : <p class="quiet teach">There is none: who reaches this address may do everything. Once a key exists every call and every page wants one.</p>)}
      {adding && <AddApiKey first={data?.data.length === 0} onClose={() => setAdding(false)} onAdded={reload} />}
      {removing && <Confirm title={`Delete ${removing.name}?`} words="Programs that use this key are refused from now on." verb="Delete"
        onYes={() => void attempt(apiKeys.remove(removing.id), `${removing.name} deleted`, reload)} onClose={() => setRemoving(null)} />}
    </section>
  );
}

export function KeysPage() {
  return (
    <>
      <div class="top"><h1>Keys</h1></div>
      <div class="content sections"><VirtualKeys /><ApiKeys /></div>
    </>
  );
}
