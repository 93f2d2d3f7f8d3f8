// Makes, copies and revokes links that show this one log to whoever holds them.
import {useState} from 'preact/hooks';
import {shares} from '../../api/calls.ts';
import {ApiError} from '../../api/client.ts';
import type {NewShare} from '../../api/types.ts';
import {ago, dateTime} from '../../format/time.ts';
import {useLoad} from '../../state/load.ts';
import {now} from '../../state/now.ts';
import {say, sayError} from '../../state/toast.ts';
import {Button, CopyButton, Problem} from '../../ui/controls.tsx';
import {Dialog} from '../../ui/dialog.tsx';

const expiries: [string, string][] = [['1d', '1 day'], ['7d', '7 days'], ['30d', '30 days'], ['never', 'Never']];

export function ShareDialog({id, onClose}: {id: string; onClose: () => void}) {
  const {data, error, reload} = useLoad(`shares ${id}`, (signal) => shares.list(id, signal), true);
  const [expires, setExpires] = useState('7d');
  const [redact, setRedact] = useState(false);
  const [made, setMade] = useState<NewShare | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const make = async () => {
    try {
      setMade(await shares.make(id, expires, redact));
      setProblem(null);
      reload();
    } catch (failed) {
      if (failed instanceof ApiError) setProblem(failed);
    }
  };
  const revoke = async (which: string) => {
    try {
      await shares.revoke(which);
      say('Link revoked');
      setMade(null);
      reload();
    } catch (failed) {
      sayError(failed);
    }
  };
  return (
    <Dialog title="Share this log" onClose={onClose}>
      <div class="body">
        <p class="quiet">A link shows this one log to whoever holds it, and nothing else.</p>
        <div class="line">
          <label class="named">Expires after
            <select class="field" value={expires} onChange={(event) => setExpires(event.currentTarget.value)}>
              {expiries.map(([value, words]) => <option key={value} value={value}>{words}</option>)}
            </select>
          </label>
          <label class="check"><input type="checkbox" checked={redact} onChange={(event) => setRedact(event.currentTarget.checked)} /> Redact personal data</label>
          <span class="grow" />
          <Button kind="primary" icon="share" onClick={() => void make()}>Make link</Button>
        </div>
        {problem && <Problem error={problem} />}
        {made && (
          <div class="command"><pre class="share-url"><a href={made.url} target="_blank" rel="noreferrer">{made.url}</a></pre><CopyButton text={made.url} what="Link" /></div>
        )}
        {error && error.status !== 404 && <Problem error={error} />}
        {data && data.data.length > 0 && (
          <ul class="shares">
            {data.data.map((share) => (
              <li key={share.hint}>
                <code>{share.hint}…</code>
                <span class="grow quiet">made {ago(share.created_at, now.value)}, {share.expires_at ? `until ${dateTime(share.expires_at)}` : 'for ever'}{share.redact ? ', redacted' : ''}</span>
                <Button onClick={() => void revoke(share.hint)}>Revoke</Button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  );
}
