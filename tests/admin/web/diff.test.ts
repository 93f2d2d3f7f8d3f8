// Differences by word and by member.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {diffJson} from '../../../lib/admin/web/src/diff/json.ts';
import {diff} from '../../../lib/admin/web/src/diff/sequence.ts';
import {diffWords} from '../../../lib/admin/web/src/diff/words.ts';

test('Words that stay, go and come', () => {
  assert.deepEqual(diffWords('a lighthouse at dusk.', 'a lighthouse at dawn.'), [
    {kind: 'same', text: 'a lighthouse at '}, {kind: 'removed', text: 'dusk'}, {kind: 'added', text: 'dawn'}, {kind: 'same', text: '.'}]);
  assert.deepEqual(diffWords('', ''), []);
  assert.deepEqual(diffWords('', 'new'), [{kind: 'added', text: 'new'}]);
  assert.deepEqual(diffWords('same', 'same'), [{kind: 'same', text: 'same'}]);
});

test('Both texts can be read out of any difference', () => {
  const alphabet = ['a', 'b', 'c'];
  let seed = 1;
  const next = (bound: number) => (seed = (seed * 48271) % 2147483647) % bound;
  for (let round = 0; round < 500; ++round) {
    const make = () => Array.from({length: next(12)}, () => alphabet[next(3)]!);
    const before = make();
    const after = make();
    const edits = diff(before, after);
    assert.deepEqual(edits.filter((edit) => edit.kind !== 'added').flatMap((edit) => edit.items), before);
    assert.deepEqual(edits.filter((edit) => edit.kind !== 'removed').flatMap((edit) => edit.items), after);
  }
});

test('Long texts with nothing in common end soon, as all removed, all added', () => {
  const before = Array.from({length: 20_000}, (_, at) => `a${at}`);
  const after = Array.from({length: 20_000}, (_, at) => `b${at}`);
  assert.deepEqual(diff(before, after).map((edit) => [edit.kind, edit.items.length]), [['removed', 20_000], ['added', 20_000]]);
});

test('Members by their path', () => {
  assert.deepEqual(diffJson({a: {b: [1, 2]}, same: 1, 'odd key': 1}, {a: {b: [1, 3, 4]}, same: 1, 'odd key': 2}), [
    {path: 'a.b[1]', before: 2, after: 3}, {path: 'a.b[2]', before: undefined, after: 4}, {path: '["odd key"]', before: 1, after: 2}]);
  assert.deepEqual(diffJson(1, 1), []);
  assert.deepEqual(diffJson({a: 1}, [1]), [{path: '', before: {a: 1}, after: [1]}]);
});

test('A member named like one that every object has is a member as any other', () => {
  assert.deepEqual(diffJson({}, JSON.parse('{"constructor":1}')), [{path: 'constructor', before: undefined, after: 1}]);
});
