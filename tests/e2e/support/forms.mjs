// Upstreams that speak a provider's own form: chat, its stream and a tool call, as the providers document them.
import {crc32} from './crc32.mjs';

const body = (response, type, bytes) => {
  response.writeHead(200, {'content-type': type, 'content-length': bytes.length});
  response.end(bytes);
};
const asJson = (value) => (_, response) => body(response, 'application/json', Buffer.from(JSON.stringify(value)));
// Events in several writes, each cut in the middle.
const asEvents = (pieces, type = 'text/event-stream') => async (_, response) => {
  response.writeHead(200, {'content-type': type});
  for (const piece of pieces.map((one) => Buffer.from(one))) {
    response.write(piece.subarray(0, piece.length >> 1));
    await new Promise(setImmediate);
    response.write(piece.subarray(piece.length >> 1));
  }
  response.end();
};
const named = (type, value = {}) => `event: ${type}\ndata: ${JSON.stringify({type, ...value})}\n\n`;
const data = (value) => `data: ${JSON.stringify(value)}\n\n`;

// application/vnd.amazon.eventstream
function frame(type, value) {
  const header = (name, text) => {
    const [n, t] = [Buffer.from(name), Buffer.from(text)];
    const lengths = Buffer.from([7, t.length >> 8, t.length & 255]);
    return Buffer.concat([Buffer.from([n.length]), n, lengths, t]);
  };
  const headers = Buffer.concat([header(':event-type', type), header(':content-type', 'application/json'), header(':message-type', 'event')]);
  const payload = Buffer.from(JSON.stringify(value));
  const prelude = Buffer.alloc(8);
  prelude.writeUInt32BE(16 + headers.length + payload.length, 0);
  prelude.writeUInt32BE(headers.length, 4);
  const sum = (bytes) => { const out = Buffer.alloc(4); out.writeUInt32BE(crc32(bytes)); return out; };
  const start = Buffer.concat([prelude, sum(prelude), headers, payload]);
  return Buffer.concat([start, sum(start)]);
}

const anthropic = {
  path: '/v1', options: {}, model: 'claude-x', words: ['end_turn', 'tool_use'], url: '/v1/messages', streamUrl: '/v1/messages',
  key: (headers) => headers['x-api-key'],
  asked: (sent) => sent.messages.at(-1).content,
  tools: (sent) => sent.tools.map((tool) => tool.name),
  result: (sent) => sent.messages.at(-1).content[0].content,
  text: asJson({id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-x', content: [{type: 'text', text: 'alpha'}], stop_reason: 'end_turn',
    stop_sequence: null, usage: {input_tokens: 7, output_tokens: 3}}),
  stream: asEvents([named('message_start', {message: {id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-x', content: [], stop_reason: null, stop_sequence: null, usage: {input_tokens: 7, output_tokens: 1}}}),
    named('content_block_start', {index: 0, content_block: {type: 'text', text: ''}}), named('ping'),
    named('content_block_delta', {index: 0, delta: {type: 'text_delta', text: 'al'}}), named('content_block_delta', {index: 0, delta: {type: 'text_delta', text: 'pha'}}),
    named('content_block_stop', {index: 0}), named('message_delta', {delta: {stop_reason: 'end_turn', stop_sequence: null}, usage: {output_tokens: 3}}), named('message_stop')]),
  call: asJson({id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-x', content: [{type: 'tool_use', id: 'call_1', name: 'get_weather', input: {town: 'Kiel'}}],
    stop_reason: 'tool_use', stop_sequence: null, usage: {input_tokens: 7, output_tokens: 3}}),
  error: [400, {type: 'error', error: {type: 'invalid_request_error', message: 'the reason given'}}],
};

const google = {
  path: '', options: {}, model: 'gemini-x', words: ['STOP', 'STOP'], url: '/v1beta/models/gemini-x:generateContent', streamUrl: '/v1beta/models/gemini-x:streamGenerateContent?alt=sse',
  key: (headers) => headers['x-goog-api-key'],
  asked: (sent) => sent.contents.at(-1).parts[0].text,
  tools: (sent) => sent.tools[0].functionDeclarations.map((tool) => tool.name),
  result: (sent) => Object.values(sent.contents.at(-1).parts[0].functionResponse.response)[0],
  text: asJson({candidates: [{content: {role: 'model', parts: [{text: 'alpha'}]}, finishReason: 'STOP'}], modelVersion: 'gemini-x', responseId: 'r1',
    usageMetadata: {promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10}}),
  stream: asEvents([data({candidates: [{content: {role: 'model', parts: [{text: 'al'}]}}], responseId: 'r1'}),
    data({candidates: [{content: {role: 'model', parts: [{text: 'pha'}]}, finishReason: 'STOP'}], usageMetadata: {promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10}})]),
  call: asJson({candidates: [{content: {role: 'model', parts: [{functionCall: {name: 'get_weather', args: {town: 'Kiel'}}}]}, finishReason: 'STOP'}],
    usageMetadata: {promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10}}),
  error: [400, {error: {code: 400, message: 'the reason given', status: 'INVALID_ARGUMENT'}}],
};

const cohere = {
  path: '', options: {}, model: 'command-x', words: ['COMPLETE', 'TOOL_CALL'], url: '/v2/chat', streamUrl: '/v2/chat',
  key: (headers) => headers.authorization.replace('Bearer ', ''),
  asked: (sent) => sent.messages.at(-1).content,
  tools: (sent) => sent.tools.map((tool) => tool.function.name),
  result: (sent) => sent.messages.at(-1).content,
  text: asJson({id: 'c1', finish_reason: 'COMPLETE', message: {role: 'assistant', content: [{type: 'text', text: 'alpha'}]}, usage: {tokens: {input_tokens: 7, output_tokens: 3}}}),
  stream: asEvents([named('message-start', {id: 'c1', delta: {message: {role: 'assistant'}}}), named('content-start', {index: 0, delta: {message: {content: {type: 'text', text: ''}}}}),
    named('content-delta', {index: 0, delta: {message: {content: {text: 'al'}}}}), named('content-delta', {index: 0, delta: {message: {content: {text: 'pha'}}}}),
    named('content-end', {index: 0}), named('message-end', {delta: {finish_reason: 'COMPLETE', usage: {tokens: {input_tokens: 7, output_tokens: 3}}}})]),
  call: asJson({id: 'c1', finish_reason: 'TOOL_CALL', message: {role: 'assistant', tool_plan: 'I look', tool_calls: [{id: 'call_1', type: 'function', function: {name: 'get_weather', arguments: '{"town":"Kiel"}'}}]},
    usage: {tokens: {input_tokens: 7, output_tokens: 3}}}),
  error: [400, {id: 'e1', message: 'the reason given'}],
};

const bedrock = {
  path: '', options: {'aws-region': 'us-east-1'}, model: 'amazon.nova-x:0', words: ['end_turn', 'tool_use'], url: '/model/amazon.nova-x%3A0/converse', streamUrl: '/model/amazon.nova-x%3A0/converse-stream',
  key: (headers) => headers.authorization.replace('Bearer ', ''),
  asked: (sent) => sent.messages.at(-1).content[0].text,
  tools: (sent) => sent.toolConfig.tools.map((tool) => tool.toolSpec.name),
  result: (sent) => sent.messages.at(-1).content[0].toolResult.content[0].text,
  text: asJson({output: {message: {role: 'assistant', content: [{text: 'alpha'}]}}, stopReason: 'end_turn', usage: {inputTokens: 7, outputTokens: 3, totalTokens: 10}}),
  stream: asEvents([frame('messageStart', {role: 'assistant'}), frame('contentBlockDelta', {contentBlockIndex: 0, delta: {text: 'al'}}),
    frame('contentBlockDelta', {contentBlockIndex: 0, delta: {text: 'pha'}}), frame('contentBlockStop', {contentBlockIndex: 0}), frame('messageStop', {stopReason: 'end_turn'}),
    frame('metadata', {usage: {inputTokens: 7, outputTokens: 3, totalTokens: 10}})], 'application/vnd.amazon.eventstream'),
  call: asJson({output: {message: {role: 'assistant', content: [{toolUse: {toolUseId: 'call_1', name: 'get_weather', input: {town: 'Kiel'}}}]}}, stopReason: 'tool_use', usage: {inputTokens: 7, outputTokens: 3, totalTokens: 10}}),
  error: [400, {message: 'the reason given'}],
};

export const forms = {anthropic, google, cohere, bedrock};
