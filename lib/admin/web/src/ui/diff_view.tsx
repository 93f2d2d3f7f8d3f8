// Two texts or JSON values, with what differs marked.
import {useMemo} from 'preact/hooks';
import type {Json} from '../api/types.ts';
import {diffJson} from '../diff/json.ts';
import {diffWords, type Piece} from '../diff/words.ts';
import {visible} from '../format/bytes.ts';

function Pieces({pieces, side}: {pieces: readonly Piece[]; side: 'removed' | 'added'}) {
  return (
    <div class="text-block">
      {pieces.filter((piece) => piece.kind === 'same' || piece.kind === side).map((piece, at) =>
        piece.kind === 'same' ? <span key={at}>{visible(piece.text)}</span> : side === 'removed' ? <del key={at}>{visible(piece.text)}</del> : <ins key={at}>{visible(piece.text)}</ins>)}
    </div>
  );
}

export function useWordDiff(before: string, after: string): Piece[] {
  return useMemo(() => diffWords(before, after), [before, after]);
}

export function DiffSide({pieces, side}: {pieces: readonly Piece[]; side: 'removed' | 'added'}) {
  return <Pieces pieces={pieces} side={side} />;
}

const shown = (value: Json | undefined) => (value === undefined ? '' : JSON.stringify(value, null, 1) ?? '');

export function JsonDiff({before, after}: {before: Json; after: Json}) {
  const changes = useMemo(() => diffJson(before, after), [before, after]);
  if (!changes.length) return <p class="quiet">No difference.</p>;
  return (
    <div class="scroll-x">
      <table class="plain json-diff">
        <thead><tr><th>Member</th><th>Before</th><th>After</th></tr></thead>
        <tbody>
          {changes.slice(0, 300).map((change) => (
            <tr key={change.path}>
              <td class="mono">{visible(change.path) || '(all)'}</td>
              <td class="mono">{change.before === undefined ? <span class="faint">–</span> : <del>{visible(shown(change.before))}</del>}</td>
              <td class="mono">{change.after === undefined ? <span class="faint">–</span> : <ins>{visible(shown(change.after))}</ins>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
