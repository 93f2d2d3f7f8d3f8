// Anthropic's client through pk: to Anthropic as it is, to a provider of OpenAI's form, to the demo, and from one to another.
import Anthropic from '@anthropic-ai/sdk';
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {newTrace} from './support/clients.mjs';
import {forms} from './support/forms.mjs';
import {Pk} from './support/pk.mjs';
import {Upstream, chunk, completion, event, json, stream} from './support/upstream.mjs';

const key = 'k-anthropic-client-key-0123456789';
const ask = {model: 'claude-x', max_tokens: 50, messages: [{role: 'user', content: 'Use the word harbour.'}]};
const weather = {name: 'get_weather', description: 'The weather of a town', input_schema: {type: 'object', properties: {town: {type: 'string'}}, required: ['town']}};
const toolCall = {id: 'call_1', type: 'function', function: {name: 'get_weather', arguments: '{"town":"Kiel"}'}};
const openaiCall = {...completion(null), choices: [{index: 0, message: {role: 'assistant', content: null, tool_calls: [toolCall]}, finish_reason: 'tool_calls'}]};
const openaiStream = stream(event(chunk({role: 'assistant', content: ''})), event(chunk({content: 'al'})), event(chunk({content: 'pha'})), event(chunk({}, 'stop')),
  event({...chunk({}), choices: [], usage: {prompt_tokens: 7, completion_tokens: 3, total_tokens: 10}}));

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

const prefixed = (headers) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [`x-portkey-${name}`, value]));
const newClient = (headers, options = {}) => new Anthropic({baseURL: pk.url, apiKey: key, maxRetries: 0, defaultHeaders: prefixed(headers), ...options});

const kinds = {
  anthropic: {headers: () => ({provider: 'anthropic', 'custom-host': upstream.v1}), path: '/v1/messages', text: forms.anthropic.text, stream: forms.anthropic.stream, call: forms.anthropic.call,
    key: (headers) => headers['x-api-key'], error: json(429, {type: 'error', error: {type: 'rate_limit_error', message: 'slow down'}})},
  openai: {headers: () => ({provider: 'openai', 'custom-host': upstream.v1}), path: '/v1/chat/completions', text: json(200, completion('alpha')), stream: openaiStream, call: json(200, openaiCall),
    key: (headers) => headers.authorization.replace('Bearer ', ''), error: json(429, {error: {message: 'slow down', type: 'requests', param: null, code: null}})},
};

for (const [provider, kind] of Object.entries(kinds)) {
  describe(`the client of Anthropic and ${provider}`, () => {
    const through = (trace) => newClient({...kind.headers(), 'trace-id': trace});

    test('a message', async () => {
      upstream.script(kind.text);
      const trace = newTrace('message');
      const reply = await through(trace).messages.create({...ask, system: 'Be short.'});
      assert.equal(reply.type, 'message');
      assert.equal(reply.role, 'assistant');
      assert.deepEqual(reply.content.map((block) => [block.type, block.text]), [['text', 'alpha']]);
      assert.equal(reply.stop_reason, 'end_turn');
      assert.deepEqual([reply.usage.input_tokens, reply.usage.output_tokens], [7, 3]);
      assert.equal(upstream.seen[0].url, kind.path);
      assert.equal(kind.key(upstream.seen[0].headers), key);
      const log = await pk.ofTrace(trace);
      assert.equal(log.endpoint, 'messages');
      assert.equal(log.provider, provider);
      assert.deepEqual([log.prompt_tokens, log.completion_tokens, log.total_tokens], [7, 3, 10]);
      assert.deepEqual(log.request.body.messages, ask.messages);
      assert.equal(log.response.body.content[0].text, 'alpha');
    });

    test('a stream', async () => {
      upstream.script(kind.stream);
      const trace = newTrace('stream');
      const events = through(trace).messages.stream(ask);
      const pieces = [];
      events.on('text', (piece) => pieces.push(piece));
      const message = await events.finalMessage();
      assert.deepEqual(pieces, ['al', 'pha']);
      assert.equal(message.content[0].text, 'alpha');
      assert.equal(message.stop_reason, 'end_turn');
      assert.equal(message.usage.output_tokens, 3);
      const log = await pk.ofTrace(trace);
      assert.equal(log.stream, true);
      assert.equal(log.ok, true);
      assert.equal(log.total_tokens, 10);
      assert.equal(log.response.body.content[0].text, 'alpha');
    });

    test('a tool is called, and its result goes back', async () => {
      upstream.script(kind.call);
      const client = through(newTrace('tools'));
      const reply = await client.messages.create({...ask, tools: [weather]});
      assert.equal(reply.stop_reason, 'tool_use');
      const call = reply.content.find((block) => block.type === 'tool_use');
      assert.equal(call.name, 'get_weather');
      assert.deepEqual(call.input, {town: 'Kiel'});
      upstream.script(kind.text);
      const then = await client.messages.create({...ask, tools: [weather],
        messages: [...ask.messages, {role: 'assistant', content: reply.content}, {role: 'user', content: [{type: 'tool_result', tool_use_id: call.id, content: 'rain'}]}]});
      assert.equal(then.content[0].text, 'alpha');
      assert.match(upstream.seen[0].text, /rain/);
      assert.match(upstream.seen[0].text, new RegExp(call.id));
    });

    test('an error is Anthropic\'s, after one upstream call', async () => {
      for (const more of [{}, {stream: true}]) {
        upstream.script(kind.error);
        const trace = newTrace('error');
        await assert.rejects(async () => through(trace).messages.create({...ask, ...more}), (error) => {
          assert.ok(error instanceof Anthropic.RateLimitError);
          assert.equal(error.error.type, 'error');
          assert.equal(error.error.error.type, 'rate_limit_error');
          assert.match(error.message, /slow down/);
          return true;
        });
        assert.equal(upstream.seen.length, 1);
        assert.equal((await pk.ofTrace(trace)).http_status, 429);
      }
    });

    test('a stream that ends before its answer does is no success', async () => {
      const [head] = provider === 'openai' ? [event(chunk({role: 'assistant', content: 'be'}))]
        : ['event: message_start\ndata: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"x","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}\n\n'];
      upstream.script((_, response) => {
        response.writeHead(200, {'content-type': 'text/event-stream'});
        response.end(head);
      });
      await assert.rejects(async () => through(newTrace('early')).messages.stream(ask).finalMessage());
    });
  });
}

describe('the client of Anthropic and the demo', () => {
  test('a message, a stream and a tool call', async () => {
    const client = newClient({provider: 'demo', 'trace-id': newTrace('demo')});
    const reply = await client.messages.create({...ask, model: 'demo-1'});
    assert.match(reply.content[0].text, /harbour/);
    const message = await client.messages.stream({...ask, model: 'demo-1'}).finalMessage();
    assert.match(message.content[0].text, /harbour/);
    assert.ok(message.usage.output_tokens > 0);
    const called = await client.messages.create({...ask, model: 'demo-1', tools: [weather], messages: [{role: 'user', content: 'Use the tool: what is the weather in Kiel?'}]});
    assert.equal(called.stop_reason, 'tool_use');
    assert.equal(called.content.find((block) => block.type === 'tool_use').name, 'get_weather');
  });

  test('an error', async () => {
    const client = newClient({provider: 'demo', 'trace-id': newTrace('demo')});
    await assert.rejects(client.messages.create({...ask, model: 'demo-error-429'}), (error) => {
      assert.ok(error instanceof Anthropic.RateLimitError);
      assert.match(error.message, /demo error: /);
      return true;
    });
  });
});

describe('a fallback from Anthropic to a provider of OpenAI\'s form', () => {
  let other;
  before(async () => { other = await Upstream.start(); });
  after(() => other?.stop());
  const config = () => JSON.stringify({strategy: {mode: 'fallback'}, targets: [
    {provider: 'anthropic', api_key: 'k-a', custom_host: upstream.v1}, {provider: 'openai', api_key: 'k-o', custom_host: other.v1, override_params: {model: 'gpt-x'}}]});
  const overloaded = json(529, {type: 'error', error: {type: 'overloaded_error', message: 'Overloaded'}});

  test('answers a message', async () => {
    upstream.script(overloaded);
    other.script(json(200, completion('from the other')));
    const trace = newTrace('fallback');
    const reply = await newClient({config: config(), 'trace-id': trace}).messages.create(ask);
    assert.equal(reply.content[0].text, 'from the other');
    assert.equal(JSON.parse(other.seen[0].text).model, 'gpt-x');
    const log = await pk.ofTrace(trace);
    assert.equal(log.fallback, 'active');
    assert.equal(log.last_used_option, 'config.targets[1]');
    assert.deepEqual(log.attempts.map((attempt) => [attempt.provider, attempt.http_status]), [['anthropic', 529], ['openai', 200]]);
  });

  test('answers a stream', async () => {
    upstream.script(overloaded);
    other.script(openaiStream);
    const message = await newClient({config: config()}).messages.stream(ask).finalMessage();
    assert.equal(message.content[0].text, 'alpha');
  });
});

test('a wrong config is an error that the client can show', async () => {
  await assert.rejects(newClient({config: '{"strategy":{"mode":"x"},"targets":[]}'}).messages.create(ask), (error) => {
    assert.equal(error.status, 400);
    assert.match(error.message, /Invalid config passed/);
    return true;
  });
});
