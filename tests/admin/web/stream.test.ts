// Event streams, split anywhere, and the answers and conversations that they make.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {plainText, requestTurns, responseTurns} from '../../../lib/admin/web/src/stream/conversation.ts';
import {joinEvents} from '../../../lib/admin/web/src/stream/join.ts';
import {EventReader, readEvents, type ServerEvent} from '../../../lib/admin/web/src/stream/sse.ts';

const stream = ': ping\r\n\r\nevent: a\r\ndata: one\r\ndata: two\r\n\r\ndata:three\n\nid: 4\rdata: four\r\rdata: cut';

test('A stream reads the same however it is cut', () => {
  const whole = readEvents(stream);
  assert.deepEqual(whole, [{event: 'a', data: 'one\ntwo'}, {event: 'message', data: 'three'}, {event: 'message', data: 'four'}, {event: 'message', data: 'cut'}]);
  for (let at = 0; at <= stream.length; ++at) {
    const reader = new EventReader();
    const events: ServerEvent[] = [...reader.push(stream.slice(0, at)), ...reader.push(stream.slice(at)), ...reader.end()];
    assert.deepEqual(events, whole, `cut at ${at}`);
  }
});

const events = (...data: unknown[]): ServerEvent[] => data.map((each) => ({event: 'message', data: typeof each === 'string' ? each : JSON.stringify(each)}));

test('Chat chunks make text and tool calls; usage alone and [DONE] say nothing', () => {
  const delta = (value: object) => ({choices: [{index: 0, delta: value}]});
  const joined = joinEvents(events(delta({role: 'assistant', content: ''}), delta({content: 'Hel'}), delta({content: 'lo'}),
    delta({tool_calls: [{index: 0, function: {name: 'f', arguments: '{"a"'}}]}), delta({tool_calls: [{index: 0, function: {arguments: ':1}'}}]}),
    {choices: [], usage: {total_tokens: 3}}, '[DONE]'));
  assert.deepEqual(joined, {text: 'Hello', reasoning: '', tools: [{name: 'f', arguments: '{"a":1}'}], error: null});
});

test('Events of messages make text, thinking and tool calls', () => {
  const joined = joinEvents(events({type: 'message_start', message: {}}, {type: 'content_block_start', index: 0, content_block: {type: 'text', text: ''}},
    {type: 'content_block_delta', delta: {type: 'thinking_delta', thinking: 'hm'}}, {type: 'content_block_delta', delta: {type: 'text_delta', text: 'Hi'}},
    {type: 'content_block_start', index: 1, content_block: {type: 'tool_use', name: 'g'}}, {type: 'content_block_delta', delta: {type: 'input_json_delta', partial_json: '{}'}}));
  assert.deepEqual(joined, {text: 'Hi', reasoning: 'hm', tools: [{name: 'g', arguments: '{}'}], error: null});
});

test('Events of responses make text and tool calls', () => {
  const joined = joinEvents(events({type: 'response.output_text.delta', delta: 'A'}, {type: 'response.output_item.added', item: {type: 'function_call', name: 'h'}},
    {type: 'response.function_call_arguments.delta', delta: '{"x":2}'}));
  assert.deepEqual([joined.text, joined.tools], ['A', [{name: 'h', arguments: '{"x":2}'}]]);
});

test('An error in a stream is told, and what is no JSON is passed over', () => {
  assert.equal(joinEvents(events('not json', {error: {message: 'overloaded'}})).error, 'overloaded');
  assert.equal(joinEvents([{event: 'error', data: '{"message":"gone"}'}]).error, 'gone');
});

test('Hostile indexes of tool calls do not make it allocate', () => {
  const joined = joinEvents(events({choices: [{index: 0, delta: {tool_calls: [{index: 1e9, function: {name: 'x'}}]}}]}));
  assert.equal(joined.tools.length, 1);
});

test('A chat with parts, tools and an image', () => {
  const turns = requestTurns({messages: [{role: 'system', content: 'S'}, {role: 'user', content: [{type: 'text', text: 'T'}, {type: 'image_url', image_url: {url: 'data:image/png;base64,AAAA'}}]},
    {role: 'assistant', content: null, tool_calls: [{id: 'c', function: {name: 'f', arguments: '{"a":1}'}}]}, {role: 'tool', tool_call_id: 'c', content: 'R'}]});
  assert.deepEqual(turns.map((turn) => turn.role), ['system', 'user', 'assistant', 'tool']);
  assert.deepEqual(turns[1]!.parts[1], {kind: 'media', what: 'Image', detail: 'image/png, 1 kB'});
  assert.deepEqual(turns[2]!.parts[0], {kind: 'call', name: 'f', value: {a: 1}, id: 'c'});
  assert.deepEqual(turns[3]!.parts[0], {kind: 'result', id: 'c', value: 'R'});
});

test('Other forms: messages, responses, completions, embeddings', () => {
  assert.deepEqual(requestTurns({system: 'S', messages: [{role: 'user', content: 'U'}]}).map((turn) => turn.role), ['system', 'user']);
  assert.deepEqual(requestTurns({instructions: 'I', input: 'Q'}).map((turn) => turn.role), ['system', 'input']);
  assert.equal(plainText(requestTurns({prompt: 'P'})), 'P');
  assert.equal(plainText(responseTurns({choices: [{text: 'C'}]})), 'C');
  assert.equal(plainText(responseTurns({type: 'message', role: 'assistant', content: [{type: 'text', text: 'M'}]})), 'M');
  assert.equal(plainText(responseTurns({output: [{type: 'message', role: 'assistant', content: [{type: 'output_text', text: 'R'}]}]})), 'R');
  assert.match(plainText(responseTurns({object: 'list', data: [{embedding: [1, 2, 3]}]})), /1 embedding of 3 numbers/);
  assert.deepEqual(responseTurns({error: {message: 'E'}})[0], {role: 'error', parts: [{kind: 'text', text: 'E'}]});
});

test('Bodies of no known form are shown, never thrown at', () => {
  for (const body of [null, 3, 'text', [], {}, {messages: [null, 3, {content: {}}]}, {choices: [null]}, {output: [null]}]) {
    requestTurns(body as never);
    responseTurns(body as never);
  }
});
