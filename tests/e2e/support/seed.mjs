// A ledger to look at: logs inserted through the API, spread over three days, and real calls of the demo provider
// for what only a call can be.
import assert from 'node:assert/strict';
import {until} from './until.mjs';

const models = [['openai', 'gpt-4o'], ['openai', 'gpt-4o-mini'], ['anthropic', 'claude-sonnet-4-5'], ['google', 'gemini-2.5-flash']];
const users = ['ada', 'grace.hopper@example.com', 'linus', null];
const questions = ['Why is the sea salty?', 'Write a haiku about the tides.', 'What is the capital of Norway?', 'Summarize the report in three points.'];

// What would run, were it ever taken for markup.
export const payload = '<img src=x onerror="alert(1)"><script>alert(2)</script>{{constructor.constructor("alert(3)")()}}';

export async function call(pk, method, path, body, headers = {}) {
  const response = await fetch(pk.url + path, {method, headers: {'content-type': 'application/json', ...headers}, body: body === undefined ? undefined : JSON.stringify(body)});
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return {status: response.status, headers: response.headers, text, json: () => JSON.parse(text)};
}

function logAt(at, now) {
  const [provider, model] = models[at % models.length];
  const user = users[at % 3 === 0 ? 0 : at % users.length];
  const failed = at % 17 === 0;
  const prompt_tokens = 40 + (at * 37) % 1900;
  const completion_tokens = failed ? 0 : 10 + (at * 53) % 700;
  const content = `${questions[at % questions.length]} (${at})`;
  return {
    created_at: new Date(now - 60_000 - at * 51_000).toISOString(), provider, model,
    request: {url: 'https://api.example.com/v1/chat/completions', method: 'post', provider, headers: {'x-team': at % 2 ? 'red' : 'blue'}, body: {model, messages: [{role: 'user', content}]}},
    response: failed ? {status: 429, response_time: 30 + at % 90, body: {error: {message: 'Rate limit reached', type: 'rate_limit_error'}}}
      : {status: 200, response_time: 150 + (at * 97) % 4000, body: {id: `c-${at}`, object: 'chat.completion', created: 1, model,
        choices: [{index: 0, message: {role: 'assistant', content: `An answer to: ${content}`}, finish_reason: 'stop'}],
        usage: {prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens}}},
    metadata: {team: at % 2 ? 'red' : 'blue', ...(user ? {_user: user} : {})},
  };
}

// `count` of them, newest first.
export async function insertLogs(pk, count, now = Date.now()) {
  for (let at = 0; at < count; at += 500)
    await call(pk, 'POST', '/v1/logs', Array.from({length: Math.min(500, count - at)}, (_, i) => logAt(at + i, now)));
}

// A call of the demo provider; the id of its log. A running server follows what was saved within two seconds: a call
// under a config that it does not know yet is made again.
export function demoCall(pk, how = {}) {
  return until(`the gateway knows ${how.config}`, async () => {
    const {status, id} = await demoCallOnce(pk, how);
    return (status !== 400 || typeof how.config !== 'string') && id;
  });
}

// For a prompt the page itself has less patience.
export function knownPrompt(pk, id) {
  return until(`the gateway knows ${id}`, async () => (await fetch(`${pk.v1}/prompts/${id}/render`, {method: 'POST',
    headers: {'content-type': 'application/json'}, body: '{"variables":{}}'})).status !== 404);
}

async function demoCallOnce(pk, {content = 'Say hello', headers = {}, body = {}, config} = {}) {
  const response = await fetch(`${pk.v1}/chat/completions`, {method: 'POST',
    headers: {'content-type': 'application/json', ...(config ? {'x-portkey-config': typeof config === 'string' ? config : JSON.stringify(config)} : {'x-portkey-provider': 'demo'}), ...headers},
    body: JSON.stringify({model: 'demo-1', messages: [{role: 'system', content: 'Be short.'}, {role: 'user', content}], ...body})});
  await response.text();
  return {status: response.status, id: response.headers.get('x-pk-log-id')};
}

const tools = [{type: 'function', function: {name: 'get_weather', description: 'The weather of a town', parameters: {type: 'object', properties: {town: {type: 'string'}}}}}];

// One of each kind that the page tells apart; their ids by name.
export async function insertKinds(pk) {
  const cached = {provider: 'demo', cache: {mode: 'simple', max_age: 3600}};
  const fallback = {strategy: {mode: 'fallback'}, targets: [{provider: 'demo', override_params: {model: 'demo-error-503'}, retry: {attempts: 1, on_status_codes: [503]}}, {provider: 'demo'}]};
  const balanced = {strategy: {mode: 'loadbalance'}, targets: [{provider: 'demo', weight: 0.7}, {provider: 'demo', weight: 0.3}]};
  return {
    plain: await demoCall(pk, {headers: {'x-portkey-metadata': '{"_user":"ada","team":"red"}'}}),
    miss: await demoCall(pk, {config: cached, content: 'Cache this'}),
    hit: await demoCall(pk, {config: cached, content: 'Cache this'}),
    fallback: await demoCall(pk, {config: fallback}),
    balanced: await demoCall(pk, {config: balanced}),
    failed: await demoCall(pk, {body: {model: 'demo-error-500'}}),
    streamed: await demoCall(pk, {body: {stream: true, stream_options: {include_usage: true}}, content: 'Tell me of the tides'}),
    tools: await demoCall(pk, {body: {tools}, content: 'How is the weather in Oslo?'}),
    untracked: await demoCall(pk, {headers: {'x-portkey-debug': 'false'}, content: 'A secret'}),
    hostile: await demoCall(pk, {content: payload, headers: {'x-portkey-metadata': JSON.stringify({_user: payload.slice(0, 100), [payload.slice(0, 40)]: payload.slice(0, 100)}), 'x-note': payload}}),
  };
}
