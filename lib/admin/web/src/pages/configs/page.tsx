// One config: its tree, its JSON to be edited, its versions, the logs that used it.
import {useState} from 'preact/hooks';
import {configs} from '../../api/calls.ts';
import {ApiError} from '../../api/client.ts';
import type {JsonObject, WholeConfig} from '../../api/types.ts';
import {JsonField} from '../../editor/body_editor.tsx';
import {useLoad} from '../../state/load.ts';
import {navigate, query} from '../../state/location.ts';
import {mayChange} from '../../state/session.ts';
import {useStateOf} from '../../state/state_of.ts';
import {say, sayError} from '../../state/toast.ts';
import {isObject} from '../../stream/conversation.ts';
import {Button, CopyButton, Problem} from '../../ui/controls.tsx';
import {Confirm} from '../../ui/dialog.tsx';
import {JsonDiff} from '../../ui/diff_view.tsx';
import {Icon} from '../../ui/icon.tsx';
import {FewLogs} from '../../ui/log_table.tsx';
import {VersionPicker} from '../../ui/versions.tsx';
import {ConfigTree} from './tree.tsx';

// `config` to begin with; what is saved becomes the version after `newest`.
function useEdited(config: WholeConfig, newest: WholeConfig) {
  const [{value, unreadable}, change] = useStateOf<{value: unknown; unreadable: string | null}>(
    `${config.id}@${config.version}`, {value: config.config, unreadable: null});
  const changed = JSON.stringify(value) !== JSON.stringify(newest.config);
  const why = unreadable ? 'The JSON cannot be read' : !changed ? 'This is what the newest version says' : null;
  return {
    value, changed, why,
    setValue: (now: unknown) => change((old) => ({...old, value: now})),
    setUnreadable: (now: string | null) => change((old) => ({...old, unreadable: now})),
  };
}

const mask = '*'.repeat(8);
const isMasked = (value: unknown) => JSON.stringify(value ?? null).includes(mask);
// As high as it is, within a screen or so.
const rowsOf = (config: JsonObject) => Math.min(40, Math.max(12, JSON.stringify(config, null, 2).split('\n').length + 1));

function Editor({config, versions, onSaved}: {config: WholeConfig; versions: readonly WholeConfig[]; onSaved: () => void}) {
  const wanted = Number(new URLSearchParams(query.value).get('version')) || config.version;
  const shown = versions.find((each) => each.version === wanted) ?? config;
  const edited = useEdited(shown, config);
  const [against, setAgainst] = useState<number | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [removing, setRemoving] = useState(false);
  const show = (version: number | null) => navigate(`/configs/${encodeURIComponent(config.id)}${version === null || version === config.version ? '' : `?version=${version}`}`, {replace: true});
  const save = async () => {
    try {
      const saved = await configs.change(config.id, {config: edited.value, version: config.version, edited: shown.version});
      setProblem(null);
      say(`Version ${saved.version} saved`);
      onSaved();
      show(null);
    } catch (error) {
      if (error instanceof ApiError) setProblem(error);
    }
  };
  const remove = async () => {
    try {
      await configs.remove(config.id);
      say(`${config.name} deleted`);
      navigate('/configs');
    } catch (error) {
      sayError(error);
    }
  };
  const other = versions.find((each) => each.version === against);
  return (
    <>
      <div class="top">
        <h1 class="crumbs"><a href="/configs"><Icon name="left" />Configs</a> {config.name}</h1>
        <code class="id">{config.id}</code><CopyButton text={config.id} what="Id" />
        <span class="grow" />
        {mayChange() && <><Button kind="bare" icon="trash" words="Delete this config" onClick={() => setRemoving(true)} />
          <Button kind="primary" why={edited.why} onClick={() => void save()}>Save version {config.version + 1}</Button></>}
      </div>
      <div class="content two">
        <section aria-label="Config">
          {problem && <Problem error={problem} />}
          {versions.length > 1 && <div class="line above"><VersionPicker label="Version" versions={versions} current={shown.version} onChange={show} /></div>}
          <JsonField key={shown.version} label="Config as JSON" value={edited.value} rows={rowsOf(shown.config)} readOnly={!mayChange()} onProblem={edited.setUnreadable} onChange={edited.setValue} />
          {isMasked(edited.value) && <p class="quiet">A secret that is masked, <code>{mask}</code>, stays the stored one while it is left as it is. To change it, write the new one over it.</p>}
        </section>
        <section class="sections">
          <div><h2>Tree</h2>{isObject(edited.value as JsonObject) && <ConfigTree config={edited.value as JsonObject} />}</div>
          {versions.length > 1 && (
            <div>
              <header class="section-head"><h2>Versions</h2><span class="grow" /><VersionPicker label="Compare with" none="Compare with …" versions={versions.filter((each) => each.version !== shown.version)} current={against} onChange={setAgainst} /></header>
              {other ? <JsonDiff before={other.config} after={edited.value as JsonObject} /> : <p class="quiet">{versions.length} versions are kept. Requests that name it run under the newest, {config.version}.</p>}
            </div>
          )}
          <FewLogs query={`config-id=${encodeURIComponent(config.id)}`} title="Logs that ran under it" none="None yet. A request names it in the header x-portkey-config." />
        </section>
      </div>
      {removing && <Confirm title={`Delete ${config.name}?`} words="All of its versions go, and requests that name it fail." verb="Delete" onYes={() => void remove()} onClose={() => setRemoving(false)} />}
    </>
  );
}

export function ConfigPage({id}: {id: string}) {
  const {data, error, reload} = useLoad(`config ${id}`, async (signal) => {
    const [config, versions] = await Promise.all([configs.get(id, signal), configs.versions(id, signal).catch(() => null)]);
    return {config, versions: versions?.data ?? [config]};
  }, true);
  if (error) return <div class="content"><Problem error={error}> <a href="/configs">All configs</a></Problem></div>;
  return data && <Editor config={data.config} versions={data.versions} onSaved={reload} />;
}
