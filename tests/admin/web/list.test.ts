// Rows of a long list, of which only some are held, and how they are scrolled.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {Chunks, chunkRows, type Wanted} from '../../../lib/admin/web/src/state/chunks.ts';
import {heightMax, Scroller} from '../../../lib/admin/web/src/state/scroller.ts';

interface Item {
  id: string;
}

// Ids go down, as those of a list do that is newest first.
const idOf = (at: number) => String(9_000_000 - at);
const rows = (from: number, count: number): Item[] => Array.from({length: count}, (_, at) => ({id: idOf(from + at)}));

// A list of `total`, its first page loaded, and the server behind it.
function listOf(total: number) {
  const list = new Chunks<Item>();
  list.append(rows(0, Math.min(chunkRows, total)));
  list.extendTo(total);
  const answer = ({chunk, after, skip}: Wanted<Item>) => {
    const from = (after === null ? 0 : 9_000_000 - Number(after) + 1) + skip;
    list.fill(chunk, rows(from, Math.min(chunk.count, total - from)), from + chunk.count >= total);
  };
  const look = (from: number, to: number) => {
    const wanted = list.want(from, to);
    wanted.forEach(answer);
    return wanted.length;
  };
  return {list, look};
}

describe('rows', () => {
  test('are found by place and by id', () => {
    const {list} = listOf(100);
    list.append(rows(100, 50));
    assert.equal(list.length, 150);
    assert.equal(list.at(120)?.id, idOf(120));
    assert.equal(list.at(150), undefined);
    assert.equal(list.indexOf(idOf(149)), 149);
    assert.equal(list.lastId, idOf(149));
  });

  test('of the middle and the end of a million come by one request each', () => {
    const {list, look} = listOf(1_000_000);
    assert.equal(list.length, 1_000_000);
    assert.ok(list.endsInGap);
    for (const from of [500_000, 999_960, 250_000, 99, 750_007]) {
      assert.equal(look(from, from + 39), 1, `from ${from}`);
      for (let at = from; at < from + 40; ++at) assert.equal(list.at(at)?.id, idOf(at));
      assert.equal(look(from, from + 39), 0);
    }
    assert.equal(list.length, 1_000_000);
    assert.equal(list.endsInGap, false);
    assert.equal(list.indexOf(idOf(250_010)), 250_010);
  });

  test('that are scrolled through come a hundred at a time, and few are held', () => {
    const {list, look} = listOf(20_000);
    let asked = 0;
    for (let at = 0; at < 20_000; at += 20) {
      asked += look(at, Math.min(19_999, at + 39));
      list.letGo(at);
    }
    assert.equal(asked, 199);
    const held = Array.from({length: 200}, (_, at) => list.at(at * chunkRows)).filter((row) => row !== undefined).length;
    assert.ok(held < 30, `${held} chunks are held`);
    assert.equal(look(10_000, 10_039), 1);
    assert.equal(list.at(10_007)?.id, idOf(10_007));
  });

  test('that do not come are asked for again', () => {
    const {list, look} = listOf(1000);
    const [wanted] = list.want(500, 539);
    assert.equal(list.want(500, 539).length, 0);
    list.leave(wanted!.chunk);
    assert.equal(look(500, 539), 1);
    assert.equal(list.at(500)?.id, idOf(500));
  });

  test('that were removed make the list shorter, and none stands twice', () => {
    const {list} = listOf(1000);
    const [wanted] = list.want(950, 989);
    list.fill(wanted!.chunk, rows(wanted!.skip + 100, 40), true);
    assert.equal(list.length, wanted!.skip + 140);
    assert.equal(list.at(list.length - 1)?.id, idOf(wanted!.skip + 139));
    const [next] = list.want(200, 239);
    list.fill(next!.chunk, [...rows(50, 10), ...rows(210, 20)], false);
    assert.equal(list.indexOf(idOf(50)), 50);
    list.remove(idOf(50));
    assert.equal(list.indexOf(idOf(50)), -1);
    assert.equal(list.at(50)?.id, idOf(51));
  });

  test('that are new stand where their ids say, each once, and move what is loaded', () => {
    const {list, look} = listOf(1000);
    look(500, 539);
    assert.ok(list.insert({id: idOf(-2)}));
    assert.ok(list.insert({id: idOf(-1)}));
    assert.ok(list.insert({id: idOf(-1)}));
    assert.equal(list.length, 1002);
    assert.deepEqual([0, 1, 2].map((at) => list.at(at)?.id), [-2, -1, 0].map(idOf));
    assert.equal(list.at(502)?.id, idOf(500));
    assert.equal(list.insert({id: '0'}), true);
    for (let at = 0; at < 300; ++at) list.insert({id: String(9_500_000 + at)});
    assert.equal(list.at(0)?.id, '9500299');
    assert.equal(list.length, 1303);
  });
});

describe('a million rows of 32 pixels', () => {
  const view = 640;
  const height = 32_000_000;
  const start = () => {
    const scroller = new Scroller();
    scroller.resize(height, view);
    return scroller;
  };

  test('are reached by the bar from end to end, though a browser draws nothing so tall', () => {
    const scroller = start();
    assert.equal(scroller.space, heightMax);
    scroller.moved(heightMax - view);
    assert.equal(scroller.top, height - view);
    scroller.moved((heightMax - view) / 2);
    assert.equal(scroller.top, (height - view) / 2);
    scroller.moved(0);
    assert.equal(scroller.top, 0);
  });

  test('move by a wheel as far as it turns, anywhere, and the bar follows at rest', () => {
    const scroller = start();
    scroller.moved(4_000_000);
    const before = scroller.top;
    for (let turn = 1; turn <= 50; ++turn) scroller.moved(4_000_000 + 120 * turn);
    assert.equal(Math.round(scroller.top - before), 6000);
    const bar = scroller.goTo(scroller.top);
    assert.equal(Math.round(scroller.top - before), 6000);
    scroller.moved(bar);
    assert.equal(Math.round(scroller.top - before), 6000);
  });

  test('few rows are scrolled as a browser does by itself', () => {
    const scroller = new Scroller();
    scroller.resize(32_000, view);
    scroller.moved(20_000);
    assert.equal(scroller.top, 20_000);
    assert.equal(scroller.offset, 0);
    assert.equal(scroller.goTo(100_000), 32_000 - view);
  });
});
