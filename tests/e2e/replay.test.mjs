// Answers from the ledger, and logs sent again through the API, as the clients see them.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {clients} from './support/clients.mjs';
import {Pk} from './support/pk.mjs';
import {Upstream, chunk, completion, event, json, stream} from './support/upstream.mjs';

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

const ask = (name, more = {}) => ({model: 'm', messages: [{role: 'user', content: `hi from ${name}`}], ...more});
const live = (make) => make(pk.v1, {provider: 'openai', 'custom-host': upstream.v1});

test('what clients were told by a provider they are told again without one', async () => {
  for (const [name, make] of Object.entries(clients)) {
    upstream.script(json(200, completion(`alpha ${name}`)));
    await live(make).chat.completions.create(ask(name));
    upstream.script(stream(event(chunk({role: 'assistant', content: 'be'})), event(chunk({content: `ta ${name}`}, 'stop'))));
    for await (const part of await live(make).chat.completions.create(ask(name, {stream: true}))) assert.ok(part.id);
  }
  upstream.script(json(500, {}));
  await pk.end();
  await pk.serve(['--replay', 'provider:openai', '--replay-speed', '0']);
  for (const [name, make] of Object.entries(clients)) {
    const client = make(pk.v1, {provider: 'openai'});
    const whole = await client.chat.completions.create(ask(name));
    assert.equal(whole.choices[0].message.content, `alpha ${name}`);
    let text = '';
    for await (const part of await client.chat.completions.create(ask(name, {stream: true})))
      text += part.choices[0]?.delta?.content ?? '';
    assert.equal(text, `beta ${name}`);
    await assert.rejects(client.chat.completions.create(ask('nobody')), (error) => {
      assert.equal(error.status, 404);
      assert.match(error.message, /no logged request is the same .* the nearest is log [0-9a-f-]{36}, which differs in /);
      return true;
    });
  }
  assert.equal(upstream.seen.length, 0);
  await pk.end();
  await pk.serve();
});

describe('POST /v1/logs/{id}/replay', () => {
  const replay = (id, overrides = {}) =>
    fetch(`${pk.v1}/logs/${id}/replay`, {method: 'POST', body: JSON.stringify(overrides)});

  test('answers as the provider does, and names the new log', async () => {
    const asked = await fetch(`${pk.v1}/chat/completions`, {
      method: 'POST', headers: {'content-type': 'application/json', 'x-portkey-provider': 'demo'},
      body: JSON.stringify(ask('demo'))});
    await asked.text();
    const id = asked.headers.get('x-pk-log-id');
    const again = await replay(id, {set: {messages: [{role: 'user', content: 'bye'}]}});
    assert.equal(again.status, 200);
    assert.match((await again.json()).choices[0].message.content, /bye/);
    const log = await pk.show(again.headers.get('x-pk-log-id'));
    assert.equal(log.replay_of, id);
    const streamed = await replay(id, {stream: true});
    assert.equal(streamed.headers.get('content-type'), 'text/event-stream');
    assert.match(await streamed.text(), /data: \[DONE\]/);
  });

  test('says why not', async () => {
    const messages = await fetch(`${pk.v1}/messages`, {
      method: 'POST', headers: {'content-type': 'application/json', 'x-portkey-provider': 'demo'},
      body: JSON.stringify({model: 'm', max_tokens: 5, messages: [{role: 'user', content: 'hi'}]})});
    await messages.text();
    const refused = await replay(messages.headers.get('x-pk-log-id'));
    assert.equal(refused.status, 409);
    const body = await refused.json();
    assert.equal(body.replay_blocked_by, 'endpoint');
    assert.match(body.error.message, /cannot be replayed/);
    assert.equal((await replay('01890a5d-ac96-774b-bcce-b302099a8057')).status, 404);
    const [good] = await pk.list('--provider', 'demo', '--endpoint', 'chat-completions');
    assert.equal((await replay(good.id, {modle: 'x'})).status, 400);
  });
});
