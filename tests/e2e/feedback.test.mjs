// Feedback as portkey-ai gives it, and a shared log as others open it.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {Portkey, newPortkey, newTrace} from './support/clients.mjs';
import {Pk} from './support/pk.mjs';

let pk;
before(async () => (pk = await Pk.start()));
after(async () => pk?.stop());

const ask = (trace) => newPortkey(pk.v1, {provider: 'demo', 'trace-id': trace}).chat.completions.create({model: 'demo-1', messages: [{role: 'user', content: 'Hi ann@example.com'}]});

describe('portkey-ai', () => {
  const client = () => new Portkey({baseURL: pk.v1, apiKey: 'unused'});

  test('feedback.create, before its log and after it', async () => {
    const trace = newTrace('feedback');
    const early = await client().feedback.create({traceID: trace, value: 10, weight: 0.5, metadata: {_user: 'ann'}});
    assert.equal(early.status, 'success');
    assert.equal(early.feedback_ids.length, 1);
    await ask(trace);
    await client().feedback.create({traceID: trace, value: -5});
    const log = await pk.ofTrace(trace);
    assert.deepEqual(log.feedback, {count: 2, weighted_average: 0});
    const [newest, oldest] = JSON.parse(await pk.run('feedback', 'list', '--trace-id', trace, '--json'));
    assert.equal(newest.value, -5);
    assert.deepEqual(oldest.metadata, {_user: 'ann'});
    assert.equal(oldest.id, early.feedback_ids[0]);
  });

  test('several at once, all or none', async () => {
    const trace = newTrace('many');
    const reply = await client().feedback.create([{traceID: trace, value: 1}, {traceID: trace, value: 3}]);
    assert.equal(reply.feedback_ids.length, 2);
    await assert.rejects(client().feedback.create([{traceID: trace, value: 1}, {traceID: trace, value: 11}]), (error) => error.status === 400);
    assert.equal(JSON.parse(await pk.run('feedback', 'list', '--trace-id', trace, '--json')).length, 2);
  });

  test('feedback.update', async () => {
    const trace = newTrace('update');
    const {feedback_ids: [feedbackID]} = await client().feedback.create({traceID: trace, value: 1});
    await client().feedback.update({feedbackID, value: -7, weight: 1});
    const [only] = JSON.parse(await pk.run('feedback', 'list', '--trace-id', trace, '--json'));
    assert.equal(only.value, -7);
    await assert.rejects(client().feedback.update({feedbackID: '018e0a3c-5c00-7000-8000-000000000001', value: 1}), (error) => error.status === 404);
  });
});

describe('a shared log', () => {
  test('opens for whoever holds its link, until it is revoked', async () => {
    const trace = newTrace('shared');
    await ask(trace);
    const {id} = await pk.ofTrace(trace);
    const url = (await pk.run('logs', 'share', id)).trim();
    assert.ok(url.startsWith(`${pk.url}/s/`), url);
    const page = await fetch(url);
    assert.equal(page.status, 200);
    assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
    assert.equal(page.headers.get('set-cookie'), null);
    assert.ok(!(await page.text()).includes('<script'));
    const record = await (await fetch(url, {headers: {accept: 'application/json'}})).json();
    assert.deepEqual(record, await pk.show(id));
    await pk.run('logs', 'share', '--revoke', url);
    assert.equal((await fetch(url)).status, 404);
  });

  test('shows nothing of what it is to mask', async () => {
    const trace = newTrace('masked');
    await ask(trace);
    const {id} = await pk.ofTrace(trace);
    const made = await (await fetch(`${pk.v1}/logs/${id}/share`, {method: 'POST', body: '{"redact":true}'})).json();
    const page = await (await fetch(made.url)).text();
    assert.ok(page.includes('[email]'));
    assert.ok(!page.includes('ann@example.com'));
  });
});
