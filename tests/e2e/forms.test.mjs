// OpenAI's and Portkey's clients through pk to providers with a form of their own.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {clients, newTrace} from './support/clients.mjs';
import {forms} from './support/forms.mjs';
import {Pk} from './support/pk.mjs';
import {Upstream, json} from './support/upstream.mjs';

const weather = {type: 'function', function: {name: 'get_weather', description: 'The weather of a town',
  parameters: {type: 'object', properties: {town: {type: 'string'}}, required: ['town']}}};
const key = 'k-of-the-provider-0123456789';

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

for (const [name, make] of Object.entries(clients)) {
  for (const [provider, form] of Object.entries(forms)) {
    describe(`${name} and ${provider}`, () => {
      const through = (trace) => make(pk.v1, {provider, 'custom-host': upstream.v1.replace('/v1', form.path), 'trace-id': trace, ...form.options}, {apiKey: key});
      const ask = {model: form.model, max_tokens: 50, messages: [{role: 'user', content: 'hi'}]};
      // Portkey's client asks for the provider's own finish reasons unless it is told otherwise.
      const words = name === 'portkey-ai' ? form.words : ['stop', 'tool_calls'];
      const sent = () => JSON.parse(upstream.seen.at(-1).text);

      test('a chat', async () => {
        upstream.script(form.text);
        const trace = newTrace('chat');
        const reply = await through(trace).chat.completions.create(ask);
        assert.equal(reply.object, 'chat.completion');
        assert.equal(reply.choices[0].message.content, 'alpha');
        assert.equal(reply.choices[0].finish_reason, words[0]);
        assert.deepEqual([reply.usage.prompt_tokens, reply.usage.completion_tokens, reply.usage.total_tokens], [7, 3, 10]);
        assert.equal(upstream.seen[0].url, form.url);
        assert.equal(form.key(upstream.seen[0].headers), key);
        assert.equal(form.asked(sent()), 'hi');
        const log = await pk.ofTrace(trace);
        assert.equal(log.provider, provider);
        assert.equal(log.endpoint, 'chat-completions');
        assert.equal(log.ok, true);
        assert.deepEqual([log.prompt_tokens, log.completion_tokens, log.total_tokens], [7, 3, 10]);
        assert.equal(log.response.body.choices[0].message.content, 'alpha');
        assert.ok(!JSON.stringify(log).includes(key), 'the key is in the ledger');
      });

      test('a stream', async () => {
        upstream.script(form.stream);
        const trace = newTrace('stream');
        let text = '';
        let pieces = 0;
        let finish;
        let usage;
        for await (const part of await through(trace).chat.completions.create({...ask, stream: true, stream_options: {include_usage: true}})) {
          const [choice] = part.choices;
          if (choice?.delta?.content) { text += choice.delta.content; ++pieces; }
          finish = choice?.finish_reason ?? finish;
          usage = part.usage ?? usage;
        }
        assert.equal(text, 'alpha');
        assert.equal(pieces, 2);
        assert.equal(finish, words[0]);
        assert.equal(usage.total_tokens, 10);
        assert.equal(upstream.seen[0].url, form.streamUrl);
        const log = await pk.ofTrace(trace);
        assert.equal(log.stream, true);
        assert.equal(log.ok, true);
        assert.equal(log.total_tokens, 10);
        assert.equal(log.response.body.choices[0].message.content, 'alpha');
      });

      test('a tool is called, and its result goes back', async () => {
        upstream.script(form.call);
        const client = through(newTrace('tools'));
        const reply = await client.chat.completions.create({...ask, tools: [weather], tool_choice: 'auto'});
        const [choice] = reply.choices;
        const [call] = choice.message.tool_calls;
        assert.equal(choice.finish_reason, words[1]);
        assert.equal(call.function.name, 'get_weather');
        assert.deepEqual(JSON.parse(call.function.arguments), {town: 'Kiel'});
        assert.deepEqual(form.tools(sent()), ['get_weather']);
        upstream.script(form.text);
        const then = await client.chat.completions.create({...ask, tools: [weather],
          messages: [...ask.messages, choice.message, {role: 'tool', tool_call_id: call.id, content: 'rain'}]});
        assert.equal(then.choices[0].message.content, 'alpha');
        assert.match(JSON.stringify(form.result(sent())), /rain/);
      });

      test('an error keeps its status and its words', async () => {
        upstream.script(json(...form.error));
        const trace = newTrace('error');
        await assert.rejects(async () => through(trace).chat.completions.create(ask), (error) => {
          assert.equal(error.status, 400);
          assert.match(JSON.stringify([error.message, error.error ?? null]), /the reason given/);
          return true;
        });
        assert.equal(upstream.seen.length, 1);
        assert.match((await pk.ofTrace(trace)).error, /the reason given/);
      });
    });
  }
}
