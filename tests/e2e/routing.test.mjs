// Configs, kept things and retries as clients use them.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {after, before, describe, test} from 'node:test';
import {OpenAI, Portkey, newOpenAI, newTrace} from './support/clients.mjs';
import {Pk} from './support/pk.mjs';
import {until} from './support/until.mjs';
import {Upstream, completion, json} from './support/upstream.mjs';

const ask = {model: 'gpt-x', messages: [{role: 'user', content: 'hi'}]};
const secret = 'sk-kept-by-pk-0123456789';

let pk;
let upstream;
let configId;
let keyId;
before(async () => {
  pk = await Pk.start();
  upstream = await Upstream.start();
  keyId = await keep(['provider', 'add', 'work', '--provider', 'openai', '--custom-host', upstream.v1], secret);
  configId = await keep(['config', 'add', 'main'], JSON.stringify(fallback()));
  await until('what was kept counts', async () => (await fetch(`${pk.v1}/chat/completions`, {method: 'POST',
    headers: {'content-type': 'application/json', 'x-portkey-config': configId}, body: JSON.stringify(ask)})).status !== 400);
});
after(async () => {
  await upstream?.stop();
  await pk?.stop();
});

// Runs pk with this on its stdin; the line it printed.
const keep = (args, input) => new Promise((resolve, reject) => {
  const child = execFile(process.env.PK_E2E_BINARY, ['--data', pk.data, ...args], (error, stdout) => (error ? reject(error) : resolve(stdout.trim())));
  child.stdin.end(input);
});

const fallback = () => ({strategy: {mode: 'fallback'}, targets: [
  {provider: 'openai', api_key: 'k-1', custom_host: `${upstream.v1}/down`}, {virtual_key: 'work', override_params: {temperature: 0.5}}]});
// Only the second target is up.
const oneIsDown = (request, response) => (request.url.includes('/down') ? json(500, {error: {message: 'down'}}) : json(200, completion('alpha')))(request, response);

describe('portkey-ai', () => {
  const portkey = (options) => new Portkey({baseURL: pk.v1, apiKey: 'unused', ...options});

  test('a config as an object', async () => {
    upstream.script(oneIsDown);
    const trace = newTrace('object');
    const reply = await portkey({config: fallback(), traceID: trace}).chat.completions.create(ask);
    assert.equal(reply.choices[0].message.content, 'alpha');
    assert.equal(reply.getHeaders()['last-used-option-index'], 'config.targets[1]');
    assert.equal(upstream.seen[1].headers.authorization, `Bearer ${secret}`);
    const log = await pk.ofTrace(trace);
    assert.equal(log.config_id, null);
    assert.equal(log.virtual_key, keyId);
    assert.ok(log.status.includes('fallback-active'));
    assert.ok(!JSON.stringify(log).includes('sk-kept-by-pk'));
  });

  test('a config by its id', async () => {
    upstream.script(oneIsDown);
    const trace = newTrace('id');
    const reply = await portkey({config: configId, traceID: trace}).chat.completions.create(ask);
    assert.equal(reply.choices[0].message.content, 'alpha');
    const log = await pk.ofTrace(trace);
    assert.equal(log.config_id, configId);
    assert.equal(log.config_version, 1);
  });

  test('a virtual key, and its name as the provider', async () => {
    for (const options of [{virtualKey: keyId}, {virtualKey: 'work'}, {provider: '@work'}]) {
      upstream.script(json(200, completion('alpha')));
      const trace = newTrace('key');
      await portkey({...options, traceID: trace}).chat.completions.create(ask);
      assert.equal(upstream.seen[0].headers.authorization, `Bearer ${secret}`);
      assert.equal((await pk.ofTrace(trace)).virtual_key, keyId);
    }
  });

  test('the name before the model', async () => {
    upstream.script(json(200, completion('alpha')));
    await portkey({}).chat.completions.create({...ask, model: '@work/gpt-y'});
    assert.equal(JSON.parse(upstream.seen[0].text).model, 'gpt-y');
    assert.equal(upstream.seen[0].headers.authorization, `Bearer ${secret}`);
  });

  test('a retry of the config is one call for the client', async () => {
    let calls = 0;
    upstream.script((request, response) => (++calls < 3 ? json(429, {error: {message: 'busy'}}, {'retry-after-ms': '5'}) : json(200, completion('alpha')))(request, response));
    const trace = newTrace('retry');
    const config = {virtual_key: 'work', retry: {attempts: 3, use_retry_after_headers: true}};
    const reply = await portkey({config, traceID: trace}).chat.completions.create(ask);
    assert.equal(reply.getHeaders()['retry-attempt-count'], '2');
    assert.equal(calls, 3);
    const log = await pk.ofTrace(trace);
    assert.equal(log.retry, 'success');
    assert.equal(log.retry_attempts, 2);
    assert.equal(log.attempts.length, 3);
  });
});

describe('a provider that fails', () => {
  const rows = async (trace) => (await pk.list('--trace-id', trace)).length;

  test('portkey-ai calls once, with its retries as they come: the trace id tells it that the gateway answered', async () => {
    upstream.script(json(500, {error: {message: 'down'}}));
    const trace = newTrace('once');
    const client = new Portkey({baseURL: pk.v1, apiKey: 'unused', provider: '@work', traceID: trace});
    assert.ok(client.maxRetries > 0);
    await assert.rejects(async () => client.chat.completions.create(ask), (error) => error.status === 500);
    assert.equal(await rows(trace), 1);
    assert.equal(upstream.seen.length, 1);
  });

  test('openai calls once without retries of its own, and with them each try is a call of its own', async () => {
    upstream.script(json(500, {error: {message: 'down'}}));
    const [once, thrice] = [newTrace('once'), newTrace('default')];
    const call = (trace, options) => newOpenAI(pk.v1, {provider: '@work', 'trace-id': trace}, options).chat.completions.create(ask);
    await assert.rejects(call(once, {maxRetries: 0}), OpenAI.InternalServerError);
    assert.equal(await rows(once), 1);
    // That client knows nothing of trace ids: what it repeats by default are calls like any other, under one trace.
    await assert.rejects(call(thrice, {maxRetries: 2}), OpenAI.InternalServerError);
    assert.equal(await rows(thrice), 3);
  });
});
