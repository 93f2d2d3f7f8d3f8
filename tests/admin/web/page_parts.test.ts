// Parts of single pages that need no browser: blocks of a body, variables of a template, spans of a log, buckets
// of time, curl lines.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {JsonObject, LogRecord} from '../../../lib/admin/web/src/api/types.ts';
import {addMessage, blocksOf, parametersOf, parameterValue, removeBlock, setRole, setText} from '../../../lib/admin/web/src/editor/blocks.ts';
import {axisOf, bucketOf, valuesOn} from '../../../lib/admin/web/src/pages/analytics/buckets.ts';
import {curlOf} from '../../../lib/admin/web/src/pages/log/curl.ts';
import {timelineOf} from '../../../lib/admin/web/src/pages/log/spans.ts';
import {variablesOf, variableValue} from '../../../lib/admin/web/src/pages/prompts/variables.ts';

const body: JsonObject = {model: 'm', temperature: 0.7, stop: ['x'], messages: [{role: 'system', content: 'S'},
  {role: 'user', content: [{type: 'text', text: 'T'}, {type: 'image_url', image_url: {url: 'u'}}]}, {role: 'tool', tool_call_id: 'c', content: 'R'}]};

test('A body as blocks: texts, parts, and what else a message says', () => {
  const blocks = blocksOf(body);
  assert.deepEqual(blocks.map((block) => [block.role, block.isText, block.text.slice(0, 1)]), [['system', true, 'S'], ['user', true, 'T'], [null, false, '{'], ['tool', true, 'R']]);
  assert.equal(blocks[3]!.note, 'tool_call_id: c');
});

test('Changing a block changes that and nothing else', () => {
  const [system, user, image, tool] = blocksOf(body);
  assert.deepEqual(setText(body, system!, 'new')['messages'], [{role: 'system', content: 'new'}, ...(body['messages'] as object[]).slice(1)]);
  assert.equal((setText(body, user!, 'hi') as any).messages[1].content[0].text, 'hi');
  assert.deepEqual((setText(body, image!, '{"type":"x"}') as any).messages[1].content[1], {type: 'x'});
  assert.deepEqual((setRole(body, tool!, 'user') as any).messages[2], {role: 'user', tool_call_id: 'c', content: 'R'});
  assert.equal((removeBlock(body, image!) as any).messages[1].content.length, 1);
  assert.equal((removeBlock(body, user!) as any).messages.length, 2);
  assert.equal((addMessage(body) as any).messages.length, 4);
  assert.equal((body['messages'] as unknown[]).length, 3);
});

test('Parameters are what is one value; what is written is read as JSON would be', () => {
  assert.deepEqual(parametersOf(body), [['temperature', 0.7]]);
  assert.deepEqual(['0.5', 'true', 'null', 'high', ''].map(parameterValue), [0.5, true, null, 'high', '']);
});

test('Variables of a template, not those of partials, comments and inner sections', () => {
  assert.deepEqual(variablesOf({model: '{{m}}', messages: [{role: 'user', content: '{{>short}} {{! no }} {{{raw}}} {{&amp}} {{user.name}} {{#items}}{{title}}{{/items}} {{^none}}{{x}}{{/none}} {{m}}'}], variables: {unused: '{{y}}'}}),
    ['m', 'raw', 'amp', 'user', 'items', 'none']);
  assert.deepEqual(variableValue('[1,2]'), [1, 2]);
  assert.equal(variableValue('[1,'), '[1,');
});

test('Spans follow one another, waits before their attempts, under their branches', () => {
  const attempt = (option: string, latency_ms: number, wait_ms: number) => ({option, provider: 'p', model: null, http_status: 200, error: null, latency_ms, wait_ms});
  const {lanes, total} = timelineOf({gateway_ms: 11, latency_ms: 100, ttft_ms: null, cache: 'miss'},
    [attempt('config.targets[0]', 30, 0), attempt('config.targets[0]', 20, 10), attempt('config.targets[1].targets[0]', 40, 0)]);
  assert.deepEqual(lanes.map((lane) => [lane.label, lane.depth]), [['gateway', 0], ['config', 0], ['targets[0]', 1], ['targets[0]', 1], ['targets[1]', 1], ['targets[0]', 2]]);
  assert.deepEqual(lanes[3]!.spans, [{kind: 'wait', start: 31, length: 10}, {kind: 'provider', start: 41, length: 20}]);
  assert.equal(total, 101);
});

test('A cache hit is one span, and nothing divides by no time', () => {
  const {lanes, total} = timelineOf({gateway_ms: 0, latency_ms: 0, ttft_ms: null, cache: 'hit'}, []);
  assert.deepEqual(lanes.map((lane) => lane.label), ['cache']);
  assert.ok(total > 0);
});

test('Buckets are as fine as the span lets them, and none is left out', () => {
  assert.deepEqual([36e5, 2 * 864e5, 60 * 864e5].map(bucketOf), ['minute', 'hour', 'day']);
  const axis = axisOf('hour', Date.UTC(2026, 0, 1, 10, 30), Date.UTC(2026, 0, 1, 13, 0));
  assert.equal(axis.starts.length, 3);
  const rows = [{hour: '2026-01-01T11:00:00Z', requests: 5}];
  assert.deepEqual(valuesOn(axis, rows, (row) => row.hour, (row) => row.requests, 0), [0, 5, 0]);
  assert.ok(axisOf('minute', 0, 1e12).starts.length <= 2000);
});

test('A curl line quotes what it is given and names masked secrets', () => {
  const log = {method: 'POST', path: '/v1/chat/completions', request: {headers: {Host: 'h', authorization: 'Bearer sk********789', 'x-a': "it's"}, body: {q: "don't"}}} as unknown as LogRecord;
  assert.equal(curlOf(log, 'http://x'), `curl 'http://x/v1/chat/completions' \\\n  -H 'authorization: Bearer '"$AUTHORIZATION" \\\n  -H 'x-a: it'\\''s' \\\n  -d '{"q":"don'\\''t"}'`);
});

test('A curl line runs nothing that a caller put into the name of a header or a method', () => {
  const log = {method: 'GET`id`', path: '/v1/x', request: {headers: {'x-`id`-$(id)-key': '********'}, body: null}} as unknown as LogRecord;
  assert.equal(curlOf(log, 'http://x'), "curl 'http://x/v1/x' -X 'GET`id`' \\\n  -H 'x-`id`-$(id)-key: '\"$_ID____ID__KEY\"");
});
