// Do not track, and masking, as both clients ask for them: what must not be in the ledger is not there, and the same
// words of a tracked call are, so that looking for them means something.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {newOpenAI, newPortkey, newTrace} from './support/clients.mjs';
import {Pk} from './support/pk.mjs';
import {Upstream, chunk, completion, event, json, stall, stream} from './support/upstream.mjs';

let pk;
let upstream;
before(async () => {
  pk = await Pk.start();
  upstream = await Upstream.start();
});
after(async () => {
  await upstream?.stop();
  await pk?.stop();
});

// A word that stands nowhere else.
let count = 0;
const newMarker = () => `Zq${++count}Wx${process.pid}Marker`;

const forms = {
  'portkey-ai': (trace, debug) => newPortkey(pk.v1, {provider: 'openai', 'custom-host': upstream.v1, 'trace-id': trace, ...(debug === false ? {debug: false} : {})}),
  openai: (trace, debug) => newOpenAI(pk.v1, {provider: 'openai', 'custom-host': upstream.v1, 'trace-id': trace, ...(debug === false ? {debug: 'false'} : {})}),
};

const drain = async (events) => { for await (const part of await events) void part; };
const talk = (marker) => ({model: 'm', user: `u-${marker}`, messages: [{role: 'user', content: `tell ${marker}`}]});

for (const [name, make] of Object.entries(forms)) {
  describe(`${name}, debug: false`, () => {
    test('a tracked call has its words in the ledger', async () => {
      const marker = newMarker();
      upstream.script(json(200, completion(`heard ${marker}`)));
      const trace = newTrace('tracked');
      await make(trace, true).chat.completions.create(talk(marker));
      const log = await pk.ofTrace(trace);
      assert.ok(JSON.stringify(log.request).includes(marker));
      assert.ok(JSON.stringify(log.response).includes(marker));
      assert.deepEqual((await pk.list('--search', marker)).map((row) => row.id), [log.id]);
    });

    const cases = {
      'a plain call': {answer: (m) => json(200, completion(`heard ${m}`), {'x-upstream-note': m}), call: (client, m) => client.chat.completions.create(talk(m)), status: 200, tokens: 10},
      'a streamed call': {
        answer: (m) => stream(event(chunk({content: `heard ${m}`})), event({...chunk({}), choices: [], usage: {prompt_tokens: 7, completion_tokens: 3, total_tokens: 10}})),
        call: (client, m) => drain(client.chat.completions.create({...talk(m), stream: true})), status: 200, tokens: 10},
      'an upstream\'s error': {answer: (m) => json(500, {error: {message: `broke on ${m}`, type: 'server_error'}}),
        call: (client, m) => assert.rejects(async () => client.chat.completions.create(talk(m)), (error) => error.status === 500), status: 500, tokens: null},
    };
    for (const [title, {answer, call, status, tokens}] of Object.entries(cases)) {
      test(`${title} leaves numbers and no words`, async () => {
        const marker = newMarker();
        upstream.script(answer(marker));
        const trace = newTrace('untracked');
        await call(make(trace, false), marker);
        assert.ok(upstream.seen[0].text.includes(marker));
        const log = await pk.ofTrace(trace);
        assert.equal(log.tracked, false);
        assert.equal(log.request, null);
        assert.equal(log.response, null);
        assert.equal(log.http_status, status);
        assert.equal(log.total_tokens, tokens);
        assert.equal(log.user, null);
        assert.equal(log.replayable, false);
        assert.equal(log.replay_blocked_by, 'not-tracked');
        assert.ok(!JSON.stringify(log).includes(marker));
        assert.equal(await pk.dataHolds(marker), false);
        assert.deepEqual(await pk.list('--search', marker), []);
        assert.ok((await pk.list('--untracked')).some((row) => row.id === log.id));
      });
    }
  });
}

test('a client that leaves in the middle of an untracked stream leaves no words', async () => {
  const marker = newMarker();
  upstream.script(stall(event(chunk({content: `heard ${marker}`}))));
  const trace = newTrace('untracked');
  for await (const part of await forms['portkey-ai'](trace, false).chat.completions.create({...talk(marker), stream: true})) {
    assert.ok(part.choices[0].delta.content.includes(marker));
    break;
  }
  const log = await pk.ofTrace(trace);
  assert.equal(log.state, 'aborted');
  assert.equal(log.tracked, false);
  assert.equal(log.response, null);
  assert.equal(await pk.dataHolds(marker), false);
});

test('metadata of an untracked call stays, and names its user', async () => {
  upstream.script(json(200, completion('ok')));
  const trace = newTrace('untracked');
  const client = newPortkey(pk.v1, {provider: 'openai', 'custom-host': upstream.v1, 'trace-id': trace, debug: false, metadata: {_user: 'cy', team: 'green'}});
  await client.chat.completions.create(talk('x'));
  const log = await pk.ofTrace(trace);
  assert.deepEqual(log.metadata, {_user: 'cy', team: 'green'});
  assert.equal(log.user, 'cy');
});

test('keys and headers that are named sensitive are masked before they are stored', async () => {
  upstream.script(json(401, {error: {message: 'Incorrect API key provided: sk-live-0123456789abcdef-tail', type: 'invalid_request_error'}}));
  const trace = newTrace('masked');
  const client = newOpenAI(pk.v1, {provider: 'openai', 'custom-host': upstream.v1, 'trace-id': trace, 'sensitive-headers': 'x-session-note'}, {apiKey: 'sk-live-0123456789abcdef-tail'});
  await assert.rejects(client.chat.completions.create(talk('x'), {headers: {'x-session-note': 'a-note-of-the-session-0123456789'}}), (error) => error.status === 401);
  const log = await pk.ofTrace(trace);
  const text = JSON.stringify(log);
  assert.ok(!text.includes('sk-live-0123456789abcdef-tail'));
  assert.ok(!text.includes('a-note-of-the-session-0123456789'));
  const headers = Object.fromEntries(Object.entries(log.request.headers).map(([key, value]) => [key.toLowerCase(), value]));
  assert.match(headers.authorization, /\*{8}/);
  assert.match(headers['x-session-note'], /\*{8}/);
  assert.equal(await pk.dataHolds('sk-live-0123456789abcdef-tail'), false);
});
