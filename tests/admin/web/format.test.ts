// How numbers, times and slugs are said.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {LogRow} from '../../../lib/admin/web/src/api/types.ts';
import {visible} from '../../../lib/admin/web/src/format/bytes.ts';
import {cents, change, count, dollars, dollarTick, percent, shortCount, signed} from '../../../lib/admin/web/src/format/number.ts';
import {ago, duration} from '../../../lib/admin/web/src/format/time.ts';
import {pathWords, replayBlockWords, statusMarks} from '../../../lib/admin/web/src/format/words.ts';

test('Numbers', () => {
  assert.equal(count(1204332), '1,204,332');
  assert.equal(count(null), '–');
  assert.equal(shortCount(1200), '1.2 k');
  assert.deepEqual([0, 0.05, 0.1, 20, 1500].map(dollarTick), ['0', '$0.05', '$0.1', '$20', '$1.5 k']);
  assert.equal(shortCount(25_000_000), '25 M');
  assert.equal(signed(-3), '−3');
  assert.equal(signed(4.26, 1), '+4.3');
  assert.equal(percent(0.304), '30 %');
  assert.equal(percent(0.0123), '1.2 %');
  assert.equal(percent(null), '–');
});

test('Money: cents for one call, dollars for many, nothing only for nothing', () => {
  assert.equal(cents(0.0031), '0.31 ¢');
  assert.equal(cents(0), '0 ¢');
  assert.equal(cents(0.00002), '0.002 ¢');
  assert.equal(cents(null), '–');
  assert.equal(dollars(1234.5), '$1,234.50');
  assert.equal(dollars(0.0012), '$0.0012');
});

test('Changes against what was', () => {
  assert.equal(change(112, 100), '+12 %');
  assert.equal(change(50, 100), '−50 %');
  assert.equal(change(100, 100), 'same');
  assert.equal(change(1, 0), '');
  assert.equal(change(null, 3), '');
});

test('Times', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  const before = (seconds: number) => new Date(now - seconds * 1000).toISOString();
  assert.equal(ago(before(1), now), 'now');
  assert.equal(ago(before(59), now), '59 s ago');
  assert.equal(ago(before(3599), now), '59 min ago');
  assert.equal(ago(before(86_399), now), '23 h ago');
  assert.equal(ago(before(6 * 86_400), now), '6 d ago');
  assert.match(ago(before(30 * 86_400), now), /^01-\d\d \d\d:\d\d$/);
  assert.match(ago(before(300 * 86_400), now), /^2025-\d\d-\d\d$/);
  assert.equal(duration(0.317), '0.32 ms');
  assert.equal(duration(341.4), '341 ms');
  assert.equal(duration(2414), '2.41 s');
  assert.equal(duration(200_000), '3 min 20 s');
  assert.equal(duration(null), '–');
});

const row = {cache: 'semantic-hit', retry: 'success', retry_attempts: 2, fallback: 'active', loadbalance: 'disabled'} as LogRow;

test('The four marks of status, in their words', () => {
  assert.deepEqual(statusMarks(row).map((mark) => mark.words), ['Cache Semantic Hit', 'Retry Success on 2 Tries', 'Fallback Active', 'Loadbalancer Disabled']);
  assert.deepEqual(statusMarks({...row, retry_attempts: 1})[1]!.words, 'Retry Success on 1 Try');
  assert.deepEqual(statusMarks({...row, cache: 'miss', retry: 'failed'} as LogRow).map((mark) => mark.words).slice(0, 2), ['Cache Miss', 'Retry Failed']);
  assert.deepEqual(statusMarks({...row, retry: 'not-triggered'} as LogRow)[1]!.words, 'Retry Not Triggered');
});

test('Paths, and why there is no replay', () => {
  assert.equal(pathWords({endpoint: 'chat-completions', method: 'POST', path: '/v1/chat/completions'}), 'Chat Completion');
  assert.equal(pathWords({endpoint: 'other', method: 'GET', path: '/v1/files'}), 'GET /v1/files');
  assert.equal(replayBlockWords({replayable: true, replay_blocked_by: null, tracked: true, state: 'complete'}), null);
  assert.match(replayBlockWords({replayable: false, replay_blocked_by: 'not-tracked', tracked: false, state: 'complete'}) ?? '', /not to be tracked/);
});

test('What would not be seen is made visible', () => {
  assert.equal(visible('a\u001b[31mb\u0000'), 'a\u241b[31mb\u2400');
  assert.equal(visible('x\u202etxt'), 'x\\u202etxt');
  assert.equal(visible('tab\tand\nline'), 'tab\tand\nline');
});
