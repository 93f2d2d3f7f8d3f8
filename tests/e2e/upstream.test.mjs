// Each client through pk to a scripted upstream: what the upstream is sent, what errors look like, who calls how often.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {clients, newOpenAI, newPortkey, newTrace} from './support/clients.mjs';
import {Pk} from './support/pk.mjs';
import {Upstream, chunk, completion, cut, event, json, stall, stream} from './support/upstream.mjs';

const messages = [{role: 'user', content: 'hi'}];
const ask = {model: 'm', messages};
const failure = (message, type = 'server_error') => ({error: {message, type, param: null, code: 'e1'}});

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

const through = (make, trace, more = {}, options) =>
  make(pk.v1, {provider: 'openai', 'custom-host': upstream.v1, 'trace-id': trace, ...more}, options);

for (const [name, make] of Object.entries(clients)) {
  describe(name, () => {
    test('the upstream gets the body and the key, and nothing that is pk\'s', async () => {
      upstream.script(json(200, completion('hello')));
      const trace = newTrace('plain');
      const key = 'k-secret-key-of-the-client-0123456789';
      const reply = await through(make, trace, {}, {apiKey: key}).chat.completions.create({...ask, temperature: 0.7, not_known_to_pk: {deep: [1.10, null]}});
      assert.equal(reply.choices[0].message.content, 'hello');
      const [seen] = upstream.seen;
      assert.equal(upstream.seen.length, 1);
      assert.equal(seen.method, 'POST');
      assert.equal(seen.url, '/v1/chat/completions');
      assert.equal(seen.headers.authorization, `Bearer ${key}`);
      assert.deepEqual(Object.keys(seen.headers).filter((header) => /^x-(portkey|pk)-/.test(header)), []);
      assert.deepEqual(JSON.parse(seen.text), {...ask, temperature: 0.7, not_known_to_pk: {deep: [1.10, null]}});
      const log = await pk.ofTrace(trace);
      assert.equal(log.provider, 'openai');
      assert.equal(log.model, 'm-1');
      assert.equal(log.requested_model, 'm');
      assert.deepEqual([log.prompt_tokens, log.completion_tokens, log.total_tokens], [7, 3, 10]);
      assert.ok(!JSON.stringify(log).includes(key), 'the key is in the ledger');
    });

    test('a stream reaches the client as it was sent, and its usage the ledger', async () => {
      upstream.script(stream(': ping\n\n', event(chunk({role: 'assistant', content: ''})), event(chunk({content: 'al'})), event(chunk({content: 'pha'})),
        event(chunk({}, 'stop')), event({...chunk({}), choices: [], usage: {prompt_tokens: 4, completion_tokens: 2, total_tokens: 6}})));
      const trace = newTrace('stream');
      let text = '';
      for await (const part of await through(make, trace).chat.completions.create({...ask, stream: true})) text += part.choices[0]?.delta?.content ?? '';
      assert.equal(text, 'alpha');
      const log = await pk.ofTrace(trace);
      assert.equal(log.stream, true);
      assert.deepEqual([log.prompt_tokens, log.completion_tokens, log.total_tokens], [4, 2, 6]);
      assert.equal(log.response.body.choices[0].message.content, 'alpha');
    });

    for (const [status, Class] of [[400, 'BadRequestError'], [401, 'AuthenticationError'], [404, 'NotFoundError'], [429, 'RateLimitError'], [500, 'InternalServerError'], [503, 'InternalServerError']]) {
      test(`an upstream's ${status} is the client's ${Class} with its words, after one upstream call`, async () => {
        upstream.script(json(status, failure('the reason given')));
        const trace = newTrace(`status-${status}`);
        await assert.rejects(through(make, trace).chat.completions.create(ask), (error) => {
          assert.equal(error.constructor.name, Class);
          assert.equal(error.status, status);
          assert.match(JSON.stringify([error.message, error.error ?? null]), /the reason given/);
          return true;
        });
        assert.equal(upstream.seen.length, 1);
        const log = await pk.ofTrace(trace);
        assert.equal(log.http_status, status);
        assert.equal(log.ok, false);
        assert.match(log.error, /the reason given/);
      });
    }

    test('an error in answer to a streamed call is an error, not a stream', async () => {
      upstream.script(json(401, failure('no such key')));
      const trace = newTrace('stream-401');
      await assert.rejects(async () => through(make, trace).chat.completions.create({...ask, stream: true}), (error) => error.status === 401);
      const log = await pk.ofTrace(trace);
      assert.equal(log.http_status, 401);
      assert.match(log.error, /no such key/);
    });

    test('a stream that the upstream breaks off is no success', async () => {
      upstream.script(cut(event(chunk({role: 'assistant', content: 'be'}))));
      const trace = newTrace('cut');
      let text = '';
      await assert.rejects(async () => {
        for await (const part of await through(make, trace).chat.completions.create({...ask, stream: true})) text += part.choices[0]?.delta?.content ?? '';
      });
      const log = await pk.ofTrace(trace);
      assert.equal(log.state, 'complete');
      assert.equal(log.ok, false);
      assert.ok(log.error);
      assert.equal(upstream.seen.length, 1);
    });

    test('an upstream that answers too late is a 408 that names the limit', async () => {
      const called = new Promise((resolve) => upstream.script(resolve));
      const trace = newTrace('late');
      await assert.rejects(async () => through(make, trace, {'request-timeout': make === newPortkey ? 150 : '150'}).chat.completions.create(ask), (error) => {
        assert.equal(error.status, 408);
        assert.match(JSON.stringify([error.message, error.error ?? null]), /150ms/);
        return true;
      });
      await called;  // which may be read here later than the answer to its caller
      assert.equal(await upstream.seen[0].left, true);
      const log = await pk.ofTrace(trace);
      assert.equal(log.http_status, 408);
      assert.equal(log.ok, false);
    });

    test('no provider, a wrong one and a forbidden host are 400 with the reason, and have a record', async () => {
      upstream.script(json(200, completion('never')));
      for (const [headers, reason] of [
        [{}, /Either x-portkey-config or x-portkey-provider header is required/],
        [{provider: 'nobody'}, /Invalid provider passed/],
        [{provider: 'openai', 'custom-host': 'http://169.254.169.254/v1'}, /Invalid custom host/],
      ]) {
        const trace = newTrace('refused');
        await assert.rejects(async () => make(pk.v1, {...headers, 'trace-id': trace}).chat.completions.create(ask), (error) => {
          assert.equal(error.status, 400);
          assert.match(JSON.stringify([error.message, error.error ?? null]), reason);
          return true;
        });
        const log = await pk.ofTrace(trace);
        assert.equal(log.http_status, 400);
        assert.equal(log.ok, false);
        assert.match(log.error, reason);
      }
      assert.equal(upstream.seen.length, 0);
    });
  });
}

test('an upstream that is not there is a 5xx error that the client understands', async () => {
  const gone = await Upstream.start();
  await gone.stop();
  const trace = newTrace('gone');
  await assert.rejects(newOpenAI(pk.v1, {provider: 'openai', 'custom-host': gone.v1, 'trace-id': trace}).chat.completions.create(ask), (error) => {
    assert.ok(error.status >= 500, `status ${error.status}`);
    assert.ok(error.error.message.length > 0);
    assert.ok(error.headers.get('x-portkey-trace-id').length > 0);
    return true;
  });
  const log = await pk.ofTrace(trace);
  assert.equal(log.ok, false);
  assert.ok(log.error);
});

test('portkey-ai with its own retry calls an upstream that fails once, because the trace id is there', async () => {
  upstream.script(json(500, failure('down')));
  const client = newPortkey(pk.v1, {provider: 'openai', 'custom-host': upstream.v1});
  assert.ok(client.maxRetries > 0);
  await assert.rejects(async () => client.chat.completions.create(ask), (error) => {
    assert.ok(error.headers['x-portkey-trace-id'] ?? error.headers.get?.('x-portkey-trace-id'));
    return error.status === 500;
  });
  assert.equal(upstream.seen.length, 1);
});

test('openai with retries of its own makes one record for each try', async () => {
  let calls = 0;
  upstream.script((request, response) => (++calls < 2 ? json(500, failure('at first')) : json(200, completion('then')))(request, response));
  const trace = newTrace('retries');
  const reply = await through(newOpenAI, trace, {}, {maxRetries: 1}).chat.completions.create(ask);
  assert.equal(reply.choices[0].message.content, 'then');
  const rows = await pk.rowsOfTrace(trace, 2);
  assert.deepEqual(rows.map((row) => row.http_status), [200, 500]);
});

describe('a client that leaves', () => {
  test('openai: in the middle of a stream, cancels upstream and closes the record as aborted', async () => {
    upstream.script(stall(event(chunk({role: 'assistant', content: 'half of '}))));
    const trace = newTrace('abort');
    const abort = new AbortController();
    let text = '';
    try {
      for await (const part of await through(newOpenAI, trace).chat.completions.create({...ask, stream: true}, {signal: abort.signal})) {
        text += part.choices[0]?.delta?.content ?? '';
        abort.abort();
      }
    } catch (error) {
      assert.equal(error.name === 'AbortError' || error.constructor.name === 'APIUserAbortError', true, String(error));
    }
    assert.equal(text, 'half of ');
    assert.equal(await upstream.seen[0].left, true);
    const log = await pk.ofTrace(trace);
    assert.equal(log.state, 'aborted');
    assert.equal(log.ok, false);
    assert.equal(log.http_status, 200);
    assert.match(JSON.stringify(log.response.body), /half of /);
  });

  test('portkey-ai: leaves a stream in the middle of reading it', async () => {
    upstream.script(stall(event(chunk({role: 'assistant', content: 'half of '}))));
    const trace = newTrace('abort');
    for await (const part of await through(newPortkey, trace).chat.completions.create({...ask, stream: true})) {
      assert.equal(part.choices[0].delta.content, 'half of ');
      break;
    }
    assert.equal(await upstream.seen[0].left, true);
    const log = await pk.ofTrace(trace);
    assert.equal(log.state, 'aborted');
    assert.equal(log.ok, false);
  });

  test('openai: before there was an answer, has no status', async () => {
    const called = new Promise((resolve) => upstream.script(resolve));
    const trace = newTrace('abort');
    const abort = new AbortController();
    const reply = through(newOpenAI, trace).chat.completions.create(ask, {signal: abort.signal});
    await called;
    abort.abort();
    await assert.rejects(reply, (error) => error.constructor.name === 'APIUserAbortError');
    assert.equal(await upstream.seen[0].left, true);
    const log = await pk.ofTrace(trace);
    assert.equal(log.state, 'aborted');
    assert.equal(log.http_status, null);
    assert.equal(log.ok, false);
  });
});

describe('other endpoints', () => {
  test('openai: responses pass through under their own name', async () => {
    upstream.script(json(200, {id: 'resp_1', object: 'response', model: 'm-1', status: 'completed', usage: {input_tokens: 5, output_tokens: 2, total_tokens: 7},
      output: [{type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [{type: 'output_text', text: 'yes', annotations: []}]}]}));
    const trace = newTrace('responses');
    const reply = await through(newOpenAI, trace).responses.create({model: 'm', input: 'hi'});
    assert.equal(reply.output_text, 'yes');
    assert.equal(upstream.seen[0].url, '/v1/responses');
    const log = await pk.ofTrace(trace);
    assert.equal(log.endpoint, 'responses');
    assert.deepEqual([log.prompt_tokens, log.completion_tokens, log.total_tokens], [5, 2, 7]);
  });

  test('openai: a file upload arrives byte for byte', async () => {
    upstream.script(json(200, {id: 'file-1', object: 'file', bytes: 5, filename: 'a.jsonl', purpose: 'batch'}));
    const trace = newTrace('file');
    const bytes = Buffer.from([0, 13, 10, 13, 10, 255, 254, 0x2d, 0x2d, 10]);
    const {toFile} = await import('openai-4');
    const client = through(clients['openai 4'], trace, {}, {fetch: undefined});  // its own, which can send files
    const reply = await client.files.create({file: await toFile(bytes, 'a.jsonl'), purpose: 'batch'});
    assert.equal(reply.id, 'file-1');
    const [seen] = upstream.seen;
    assert.match(seen.headers['content-type'], /^multipart\/form-data; boundary=/);
    assert.ok(seen.body.includes(bytes));
    const log = await pk.ofTrace(trace);
    assert.equal(log.endpoint, 'other');
    assert.equal(log.path, '/v1/files');
  });

  test('openai: a deletion and a query pass as they are', async () => {
    upstream.script(json(200, {id: 'file-1', object: 'file', deleted: true}));
    const trace = newTrace('delete');
    const client = through(newOpenAI, trace);
    await client.delete('/files/file-1', {query: {hard: 'yes', key: 'secret-in-the-query-012345'}});
    assert.equal(upstream.seen[0].method, 'DELETE');
    assert.equal(upstream.seen[0].url, '/v1/files/file-1?hard=yes&key=secret-in-the-query-012345');
    const log = await pk.ofTrace(trace);
    assert.equal(log.path, '/v1/files/file-1');
    assert.ok(!JSON.stringify(log).includes('secret-in-the-query-012345'));
  });
});
