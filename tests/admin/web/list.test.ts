// Rows of a long list, of which only some are held.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {Chunks, chunkRows} from '../../../lib/admin/web/src/state/chunks.ts';

const rows = (from: number, count: number) => Array.from({length: count}, (_, at) => ({id: String(from + at)}));

test('Rows are found by place and by id', () => {
  const list = new Chunks<{id: string}>();
  list.append(rows(0, 100));
  list.append(rows(100, 50));
  assert.equal(list.length, 150);
  assert.equal(list.at(120)?.id, '120');
  assert.equal(list.at(150), undefined);
  assert.equal(list.indexOf('149'), 149);
  assert.equal(list.lastId, '149');
});

test('New rows stand before all others, each once', () => {
  const list = new Chunks<{id: string}>();
  list.append(rows(10, 100));
  assert.equal(list.prepend([{id: '9'}, {id: '10'}]), 1);
  assert.equal(list.length, 101);
  assert.equal(list.at(0)?.id, '9');
  assert.equal(list.at(1)?.id, '10');
});

test('A million rows: far ones are let go and come back by what stands before them', () => {
  const list = new Chunks<{id: string}>();
  for (let at = 0; at < 1_000_000; at += chunkRows) {
    list.append(rows(at, chunkRows));
    list.letGo(at);
  }
  assert.equal(list.length, 1_000_000);
  const held = Array.from({length: 10_000}, (_, at) => list.at(at * chunkRows)).filter((row) => row !== undefined).length;
  assert.ok(held < 40, `${held} chunks are held`);
  assert.equal(list.at(500_000), undefined);
  const [gap] = list.missing(500_000, 500_010);
  assert.equal(gap!.after, '499999');
  list.refill(gap!.chunk, rows(500_000, chunkRows));
  assert.equal(list.at(500_007)?.id, '500007');
});

test('A chunk that comes back shorter, for rows were removed, makes the list shorter', () => {
  const list = new Chunks<{id: string}>();
  for (let at = 0; at < 4000; at += chunkRows) list.append(rows(at, chunkRows));
  list.letGo(0);
  const [gap] = list.missing(3900, 3900);
  list.refill(gap!.chunk, rows(3900, 40));
  assert.equal(list.length, 3940);
  assert.equal(list.at(3939)?.id, '3939');
});
