// Each client against the built-in provider `demo`: what the client gets, and what the ledger says of it.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {clients, newOpenAI, newPortkey, newTrace} from './support/clients.mjs';
import {Pk} from './support/pk.mjs';

const messages = [{role: 'system', content: 'Be short.'}, {role: 'user', content: 'Tell me of the tides.'}];
const weather = {type: 'function', function: {name: 'get_weather', description: 'The weather of a town',
  parameters: {type: 'object', properties: {town: {type: 'string'}}, required: ['town']}}};

let pk;
before(async () => { pk = await Pk.start(); });
after(() => pk?.stop());

const demo = (make, trace, more = {}) => make(pk.v1, {provider: 'demo', 'trace-id': trace, ...more});

for (const [name, make] of Object.entries(clients)) {
  describe(name, () => {
    test('a chat comes back whole and is in the ledger with its content and tokens', async () => {
      const trace = newTrace('chat');
      const reply = await demo(make, trace).chat.completions.create({model: 'demo-1', messages});
      assert.match(reply.choices[0].message.content, /tides/);
      const log = await pk.ofTrace(trace);
      assert.equal(log.provider, 'demo');
      assert.equal(log.model, 'demo-1');
      assert.equal(log.requested_model, 'demo-1');
      assert.equal(log.method, 'POST');
      assert.equal(log.path, '/v1/chat/completions');
      assert.equal(log.endpoint, 'chat-completions');
      assert.equal(log.state, 'complete');
      assert.equal(log.http_status, 200);
      assert.equal(log.ok, true);
      assert.equal(log.error, null);
      assert.equal(log.stream, false);
      assert.equal(log.ttft_ms, null);
      assert.equal(log.tracked, true);
      assert.deepEqual(log.status, ['cache-disabled', 'retry-not-triggered', 'fallback-disabled', 'loadbalance-disabled']);
      assert.equal(log.last_used_option, 'config');
      assert.equal(log.prompt_tokens, reply.usage.prompt_tokens);
      assert.equal(log.completion_tokens, reply.usage.completion_tokens);
      assert.equal(log.total_tokens, reply.usage.total_tokens);
      assert.ok(log.total_tokens > 0);
      assert.ok(log.latency_ms > 0);
      assert.deepEqual(log.request.body.messages, messages);
      assert.deepEqual(log.response.body.choices, reply.choices);
      assert.equal(log.attempts.length, 1);
      assert.equal(log.attempts[0].provider, 'demo');
      assert.equal(log.attempts[0].http_status, 200);
    });

    test('a streamed chat comes in pieces and is shown joined', async () => {
      const trace = newTrace('stream');
      const events = await demo(make, trace).chat.completions.create({model: 'demo-1', messages, stream: true, stream_options: {include_usage: true}});
      let text = '';
      let pieces = 0;
      let usage;
      for await (const part of events) {
        const piece = part.choices[0]?.delta?.content;
        if (piece) { text += piece; ++pieces; }
        usage = part.usage ?? usage;
      }
      assert.match(text, /tides/);
      assert.ok(pieces > 1);
      const log = await pk.ofTrace(trace);
      assert.equal(log.stream, true);
      assert.equal(log.state, 'complete');
      assert.equal(log.ok, true);
      assert.ok(log.ttft_ms > 0 && log.ttft_ms <= log.latency_ms);
      assert.equal(log.total_tokens, usage.total_tokens);
      assert.equal(log.response.body.choices[0].message.content, text);
      const raw = await pk.run('logs', 'show', '--raw', '--json', log.id);
      assert.match(raw, /\[DONE\]/);
    });

    test('a tool call comes back with its name and arguments', async () => {
      const trace = newTrace('tools');
      const reply = await demo(make, trace).chat.completions.create({model: 'demo-1', tools: [weather],
        messages: [{role: 'user', content: 'Use the tool: what is the weather in Kiel?'}]});
      const [call] = reply.choices[0].message.tool_calls;
      assert.equal(reply.choices[0].finish_reason, 'tool_calls');
      assert.equal(call.function.name, 'get_weather');
      assert.equal(typeof JSON.parse(call.function.arguments), 'object');
      const log = await pk.ofTrace(trace);
      assert.deepEqual(log.request.body.tools, [weather]);
      assert.deepEqual(log.response.body.choices[0].message.tool_calls, reply.choices[0].message.tool_calls);
    });

    test('embeddings are numbers, one list for each input, the same for the same text', async () => {
      const trace = newTrace('embed');
      const reply = await demo(make, trace).embeddings.create({model: 'demo-embed', input: ['sea', 'land', 'sea']});
      assert.equal(reply.data.length, 3);
      const [sea, land, again] = reply.data.map((row) => row.embedding);
      assert.equal(sea.length, 256);
      assert.ok(sea.every((x) => Number.isFinite(x)));
      assert.deepEqual(sea, again);
      assert.notDeepEqual(sea, land);
      const log = await pk.ofTrace(trace);
      assert.equal(log.endpoint, 'embeddings');
      assert.equal(log.model, 'demo-embed');
      assert.equal(log.prompt_tokens, reply.usage.prompt_tokens);
    });

    test('a completion of the old form works', async () => {
      const trace = newTrace('completion');
      const reply = await demo(make, trace).completions.create({model: 'demo-1', prompt: 'Say harbour.'});
      assert.match(reply.choices[0].text, /harbour/);
      const log = await pk.ofTrace(trace);
      assert.equal(log.endpoint, 'completions');
      assert.equal(log.path, '/v1/completions');
      assert.deepEqual(log.response.body.choices, reply.choices);
    });

    test('the models are listed', async () => {
      const trace = newTrace('models');
      const reply = await demo(make, trace).models.list();
      assert.ok(reply.data.some((model) => model.id === 'demo-1'));
      const log = await pk.ofTrace(trace);
      assert.equal(log.method, 'GET');
      assert.equal(log.path, '/v1/models');
      assert.equal(log.endpoint, 'other');
    });

    test('an error of the provider reaches the client with its status and words', async () => {
      const trace = newTrace('error');
      await assert.rejects(demo(make, trace).chat.completions.create({model: 'demo-error-429', messages}), (error) => {
        assert.equal(error.status, 429);
        assert.equal(error.constructor.name, 'RateLimitError');
        assert.match(error.message, /demo error: /);
        return true;
      });
      const log = await pk.ofTrace(trace);
      assert.equal(log.http_status, 429);
      assert.equal(log.ok, false);
      assert.ok(log.error.length > 0);
      assert.equal(log.state, 'complete');
    });
  });
}

test('openai: a loop of tool calls runs to its answer, one record for each turn', async () => {
  const trace = newTrace('loop');
  const towns = [];
  const runner = demo(newOpenAI, trace).chat.completions.runTools({model: 'demo-1', stream: true,
    messages: [{role: 'user', content: 'Call get_weather for Kiel.'}],
    tools: [{type: 'function', function: {...weather.function, parse: JSON.parse, function: (args) => { towns.push(args); return 'rain'; }}}]});
  assert.ok((await runner.finalContent()).length > 0);
  assert.equal(towns.length, 1);
  const rows = await pk.rowsOfTrace(trace, 2);
  const [second, first] = await Promise.all(rows.map((row) => pk.show(row.id)));
  assert.equal(first.response.body.choices[0].message.tool_calls[0].function.name, 'get_weather');
  assert.ok(second.request.body.messages.some((message) => message.role === 'tool' && message.content === 'rain'));
});

test('openai: the reply carries the trace id, the provider and the id of its record', async () => {
  const {response} = await newOpenAI(pk.v1, {provider: 'demo'}).chat.completions.create({model: 'demo-1', messages}).withResponse();
  const trace = response.headers.get('x-portkey-trace-id');
  assert.ok(trace.length > 0);
  assert.equal(response.headers.get('x-portkey-provider'), 'demo');
  assert.equal(response.headers.get('x-portkey-cache-status'), 'DISABLED');
  assert.equal(response.headers.get('x-portkey-retry-attempt-count'), '0');
  assert.equal(response.headers.get('x-portkey-last-used-option-index'), 'config');
  const log = await pk.show(response.headers.get('x-pk-log-id'));
  assert.equal(log.trace_id, trace);
});

test('portkey-ai: metadata and trace id are in the ledger, and found by filters', async () => {
  const trace = newTrace('meta');
  const client = newPortkey(pk.v1, {provider: 'demo', 'trace-id': trace, metadata: {_user: 'ana', team: 'red'}});
  const reply = await client.chat.completions.create({model: 'demo-1', messages});
  assert.equal(reply.getHeaders()['trace-id'], trace);
  const log = await pk.ofTrace(trace);
  assert.deepEqual(log.metadata, {_user: 'ana', team: 'red'});
  assert.equal(log.user, 'ana');
  const found = await pk.list('--metadata', 'team=red', '--user', 'ana');
  assert.deepEqual(found.map((row) => row.id), [log.id]);
  assert.deepEqual(await pk.list('--metadata', 'team=blue'), []);
});

test('the body\'s user is the record\'s, where metadata names none', async () => {
  const trace = newTrace('user');
  await demo(newOpenAI, trace).chat.completions.create({model: 'demo-1', messages, user: 'bo'});
  assert.equal((await pk.ofTrace(trace)).user, 'bo');
});

test('forty calls at once have forty records, each with its own words', async () => {
  const words = Array.from({length: 40}, (_, i) => `word-${i}-end`);
  const client = newOpenAI(pk.v1, {provider: 'demo'});
  const replies = await Promise.all(words.map((word, i) => client.chat.completions.create(
    {model: 'demo-1', messages: [{role: 'user', content: word}]}, {headers: {'x-portkey-trace-id': `many-${i}`}})));
  for (const [i, word] of words.entries()) {
    assert.ok(replies[i].choices[0].message.content.includes(word));
    const log = await pk.ofTrace(`many-${i}`);
    assert.equal(log.request.body.messages[0].content, word);
    assert.deepEqual(log.response.body.choices, replies[i].choices);
  }
});

test('what was served is there after the server was ended and started again', async () => {
  const trace = newTrace('again');
  await demo(newOpenAI, trace).chat.completions.create({model: 'demo-1', messages});
  await pk.end();
  await pk.serve();
  assert.equal((await pk.ofTrace(trace)).state, 'complete');
  await demo(newOpenAI, newTrace('again')).chat.completions.create({model: 'demo-1', messages});
});
