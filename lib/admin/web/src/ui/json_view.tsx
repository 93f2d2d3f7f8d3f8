// JSON that can be folded and copied. All of it is text.
import {useState} from 'preact/hooks';
import type {Json} from '../api/types.ts';
import {visible} from '../format/bytes.ts';
import {CopyButton} from './controls.tsx';
import {Icon} from './icon.tsx';

const shownMax = 200;       // members of one array or object that are drawn before more are asked for
const textShownMax = 1200;  // characters of one text

type Members = [string, Json | undefined][];

function membersOf(value: Json): Members | null {
  if (Array.isArray(value)) return value.map((each, at) => [String(at), each]);
  return typeof value === 'object' && value !== null ? Object.entries(value) : null;
}

function summary(value: Json, members: Members): string {
  if (Array.isArray(value)) return `[ ${members.length} ]`;
  const names = members.slice(0, 4).map(([name]) => name).join(', ');
  return `{ ${names}${members.length > 4 ? ', …' : ''} }`;
}

function Leaf({value}: {value: Json}) {
  const [whole, setWhole] = useState(false);
  if (typeof value !== 'string') return <span class={`json-${value === null ? 'null' : typeof value}`}>{String(value)}</span>;
  const long = value.length > textShownMax && !whole;
  return (
    <span class="json-string">"{visible(long ? value.slice(0, textShownMax) : value)}{long && '…'}"
      {long && <> <button type="button" class="link" onClick={() => setWhole(true)}>all {value.length.toLocaleString('en-US')} characters</button></>}
    </span>
  );
}

function Node({name, value, depth, openDepth}: {name: string | null; value: Json; depth: number; openDepth: number}) {
  const members = membersOf(value);
  const [open, setOpen] = useState(depth < openDepth && (members?.length ?? 0) <= 100);
  const [shown, setShown] = useState(shownMax);
  const label = name !== null && <><span class="json-key">{visible(name)}</span>: </>;
  if (!members) return <li class="json-line">{label}<Leaf value={value} /></li>;
  if (!members.length) return <li class="json-line">{label}<span class="json-null">{Array.isArray(value) ? '[ ]' : '{ }'}</span></li>;
  return (
    <li>
      <span class="json-line json-head">
        <button type="button" class="fold" aria-expanded={open} aria-label={`${open ? 'Fold' : 'Unfold'} ${name ?? 'all'}`} onClick={() => setOpen(!open)}><Icon name={open ? 'down' : 'right'} /></button>
        {label}<span class="json-null">{open ? (Array.isArray(value) ? `[ ${members.length} ]` : '') : summary(value, members)}</span>
        <span class="json-copy"><CopyButton text={() => JSON.stringify(value, null, 2)} what={name === null ? 'JSON' : name} /></span>
      </span>
      {open && (
        <ul class="json-children">
          {members.slice(0, shown).map(([key, each]) => <Node key={key} name={key} value={each ?? null} depth={depth + 1} openDepth={openDepth} />)}
          {members.length > shown && <li><button type="button" class="link" onClick={() => setShown(shown + 1000)}>{(members.length - shown).toLocaleString('en-US')} more</button></li>}
        </ul>
      )}
    </li>
  );
}

export function JsonView({value, openDepth = 4}: {value: Json; openDepth?: number}) {
  if (typeof value === 'string') return <pre class="text-block">{visible(value)}</pre>;
  return <ul class="json mono"><Node name={null} value={value} depth={0} openDepth={openDepth} /></ul>;
}
