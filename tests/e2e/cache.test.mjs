// Answers that are given again, as the clients see them.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {clients, newTrace} from './support/clients.mjs';
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

const usage = {prompt_tokens: 4, completion_tokens: 2, total_tokens: 6};
const config = JSON.stringify({cache: {mode: 'simple'}});

for (const [name, make] of Object.entries(clients)) {
  describe(name, () => {
    const client = (trace, more = {}) => make(pk.v1, {provider: 'openai', 'custom-host': upstream.v1, config, 'trace-id': trace, ...more});
    const ask = {model: 'm', messages: [{role: 'user', content: `hi from ${name}`}]};
    const whole = async (trace, more) => (await client(trace, more).chat.completions.create(ask)).choices[0].message.content;
    const streamed = async (trace, options = {}) => {
      let text = '';
      let counted = null;
      for await (const part of await client(trace).chat.completions.create({...ask, stream: true, ...options})) {
        text += part.choices[0]?.delta?.content ?? '';
        counted = part.usage ?? counted;
      }
      return [text, counted];
    };
    const cacheOf = async (trace) => (await pk.ofTrace(trace)).cache;

    test('the same call twice is one call upstream', async () => {
      upstream.script(json(200, completion('alpha')));
      const [first, second] = [newTrace(`${name}-miss`), newTrace(`${name}-hit`)];
      assert.equal(await whole(first), 'alpha');
      upstream.answer = json(200, completion('beta'));
      assert.equal(await whole(second), 'alpha');
      assert.equal(upstream.seen.length, 1);
      assert.equal(await cacheOf(first), 'miss');
      const hit = await pk.ofTrace(second);
      assert.equal(hit.cache, 'hit');
      assert.equal(hit.cost_usd, 0);
      assert.deepEqual(hit.attempts, []);
      assert.equal(hit.total_tokens, 10);
    });

    test('a whole answer is given as a stream, with the usage to who asks for it', async () => {
      assert.deepEqual(await streamed(newTrace(`${name}-stream`)), ['alpha', null]);
      assert.deepEqual(await streamed(newTrace(`${name}-usage`), {stream_options: {include_usage: true}}), ['alpha', completion('').usage]);
      assert.equal(upstream.seen.length, 1);
    });

    test('a refresh replaces it, and a stream is given again as it was or whole', async () => {
      upstream.script(stream(event(chunk({role: 'assistant', content: ''})), event(chunk({content: 'ga'})), event(chunk({content: 'mma'})),
        event(chunk({}, 'stop')), event({...chunk({}), choices: [], usage})));
      const refresh = make(pk.v1, {provider: 'openai', 'custom-host': upstream.v1, config, 'cache-force-refresh': 'true'});
      for await (const part of await refresh.chat.completions.create({...ask, stream: true, stream_options: {include_usage: true}})) assert.ok(part);
      const [again, plain] = [newTrace(`${name}-again`), newTrace(`${name}-whole`)];
      assert.deepEqual(await streamed(again, {stream_options: {include_usage: true}}), ['gamma', usage]);
      assert.equal(await whole(plain), 'gamma');
      assert.equal(upstream.seen.length, 1);
      assert.equal(await cacheOf(again), 'hit');
      assert.equal((await pk.ofTrace(plain)).total_tokens, 6);
    });
  });
}
