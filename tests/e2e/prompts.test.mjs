// Prompts as portkey-ai calls them.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {after, before, describe, test} from 'node:test';
import {Portkey, newTrace} from './support/clients.mjs';
import {Pk} from './support/pk.mjs';
import {knownPrompt} from './support/seed.mjs';
import {Upstream, completion, json} from './support/upstream.mjs';

let pk;
let upstream;
let promptID;
before(async () => {
  pk = await Pk.start();
  upstream = await Upstream.start();
  await keep(['provider', 'add', 'work', '--provider', 'openai', '--custom-host', upstream.v1], 'sk-kept-by-pk-0123456789');
  await keep(['prompt', 'add', 'short', '--partial'], 'In {{count}} words.');
  promptID = await keep(['prompt', 'add', 'greet'], template('Greet {{name}}. {{>short}}'));
  await knownPrompt(pk, promptID);
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

const template = (content) => JSON.stringify({model: 'gpt-x', virtual_key: 'work', temperature: 0.5, messages: [{role: 'user', content}], variables: {count: '3'}});

describe('portkey-ai', () => {
  const portkey = (options) => new Portkey({baseURL: pk.v1, apiKey: 'unused', ...options});
  const sent = () => JSON.parse(upstream.seen[0].text);

  test('a prompt with its variables, and a parameter of the call', async () => {
    upstream.script(json(200, completion('alpha')));
    const trace = newTrace('call');
    const reply = await portkey({traceID: trace}).prompts.completions.create({promptID, variables: {name: 'A "B" <c>'}, temperature: 0.9});
    assert.equal(reply.choices[0].message.content, 'alpha');
    assert.equal(upstream.seen[0].headers.authorization, 'Bearer sk-kept-by-pk-0123456789');
    assert.deepEqual(sent().messages, [{role: 'user', content: 'Greet A "B" <c>. In 3 words.'}]);
    assert.equal(sent().temperature, 0.9);
    const log = await pk.ofTrace(trace);
    assert.equal(log.prompt_id, promptID);
    assert.equal(log.prompt_version, 1);
    assert.equal(log.endpoint, 'chat-completions');
    assert.equal(log.replayable, true);
  });

  test('a stream', async () => {
    const name = await keep(['prompt', 'add', 'demo'], JSON.stringify({model: 'demo-1', provider: 'demo', messages: [{role: 'user', content: 'Hi {{name}}'}]}));
    await knownPrompt(pk, name);
    const stream = await portkey({}).prompts.completions.create({promptID: name, variables: {name: 'Ann'}, stream: true});
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
    assert.ok(text.length > 0);
  });

  test('rendered, and not sent', async () => {
    upstream.script(json(200, completion('alpha')));
    const reply = await portkey({}).prompts.render({promptID: `${promptID}@1`, variables: {name: 'Ann', count: '7'}});
    assert.equal(reply.success, true);
    assert.deepEqual(reply.data, {model: 'gpt-x', temperature: 0.5, messages: [{role: 'user', content: 'Greet Ann. In 7 words.'}]});
    assert.equal(upstream.seen.length, 0);
  });

  test('what is missing is told', async () => {
    await assert.rejects(portkey({}).prompts.completions.create({promptID, variables: {}}), (error) => error.status === 400 && JSON.stringify(error.error ?? error.message).includes('name'));
    await assert.rejects(portkey({}).prompts.completions.create({promptID: 'pp-none', variables: {}}), (error) => error.status === 404);
  });
});
