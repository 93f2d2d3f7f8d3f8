// Two texts by word.
import {diff} from './sequence.ts';

export interface Piece {
  kind: 'same' | 'removed' | 'added';
  text: string;
}

const wordsOf = (text: string) => text.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];

export function diffWords(before: string, after: string): Piece[] {
  return diff(wordsOf(before), wordsOf(after)).map(({kind, items}) => ({kind, text: items.join('')}));
}
