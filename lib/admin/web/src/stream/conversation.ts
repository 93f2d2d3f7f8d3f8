// What was said, whatever the form of the request and the answer: chat completions, completions, messages,
// responses, embeddings.
import type {Json, JsonObject} from '../api/types.ts';

export type Part =
  | {kind: 'text'; text: string}
  | {kind: 'reasoning'; text: string}
  | {kind: 'call'; name: string; value: Json; id: string}
  | {kind: 'result'; id: string; value: Json}
  | {kind: 'media'; what: string; detail: string}
  | {kind: 'json'; value: Json};

export interface Turn {
  role: string;
  parts: Part[];
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

// Arguments come as a text that is JSON, mostly.
export function parsedArguments(value: Json | undefined): Json {
  if (typeof value !== 'string') return value ?? null;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

// "image/png, 12 kB" of a data URL; a plain address is only named, never fetched.
function mediaDetail(url: string): string {
  const data = /^data:([^;,]*)[^,]*,/.exec(url);
  if (!data) return url;
  return `${data[1] || 'data'}, ${Math.max(1, Math.round(((url.length - data[0].length) * 3) / 4 / 1024))} kB`;
}

function mediaOf(part: JsonObject): Part | null {
  const source = isObject(part['source']) ? part['source'] : {};
  switch (part['type']) {
    case 'image_url': {
      const image = part['image_url'];
      return {kind: 'media', what: 'Image', detail: mediaDetail(isObject(image) ? text(image['url']) : text(image))};
    }
    case 'input_image': return {kind: 'media', what: 'Image', detail: mediaDetail(text(part['image_url']) || text(part['file_id']))};
    case 'image': case 'document':
      return {kind: 'media', what: part['type'] === 'image' ? 'Image' : 'Document', detail: text(source['media_type']) || text(source['url'])};
    case 'input_audio': case 'audio': return {kind: 'media', what: 'Audio', detail: isObject(part['input_audio']) ? text(part['input_audio']['format']) : ''};
    case 'file': case 'input_file': return {kind: 'media', what: 'File', detail: text(part['filename']) || text(part['file_id'])};
    default: return null;
  }
}

function partOf(part: Json): Part {
  if (typeof part === 'string') return {kind: 'text', text: part};
  if (!isObject(part)) return {kind: 'json', value: part};
  const media = mediaOf(part);
  if (media) return media;
  switch (part['type']) {
    case 'text': case 'input_text': case 'output_text': return {kind: 'text', text: text(part['text'])};
    case 'refusal': return {kind: 'text', text: text(part['refusal'])};
    case 'thinking': return {kind: 'reasoning', text: text(part['thinking'])};
    case 'tool_use': return {kind: 'call', name: text(part['name']), value: part['input'] ?? null, id: text(part['id'])};
    case 'tool_result': return {kind: 'result', id: text(part['tool_use_id']), value: part['content'] ?? null};
    default: return {kind: 'json', value: part};
  }
}

function partsOf(content: Json | undefined): Part[] {
  if (content === undefined || content === null || content === '') return [];
  return Array.isArray(content) ? content.map(partOf) : [partOf(content)];
}

function callOf(call: Json): Part {
  const fn = isObject(call) && isObject(call['function']) ? call['function'] : {};
  return {kind: 'call', name: text(fn['name']), value: parsedArguments(fn['arguments']), id: isObject(call) ? text(call['id']) : ''};
}

export function turnOf(message: Json): Turn {
  if (!isObject(message)) return {role: 'input', parts: partsOf(message)};
  const role = text(message['role']) || text(message['type']) || 'input';
  switch (message['type']) {
    case 'function_call':
      return {role: 'assistant', parts: [{kind: 'call', name: text(message['name']), value: parsedArguments(message['arguments']), id: text(message['call_id'])}]};
    case 'function_call_output': return {role: 'tool', parts: [{kind: 'result', id: text(message['call_id']), value: message['output'] ?? null}]};
    case 'reasoning': return {role: 'assistant', parts: partsOf(message['summary']).map((part) => (part.kind === 'text' ? {...part, kind: 'reasoning'} : part))};
  }
  if (role === 'tool') return {role, parts: [{kind: 'result', id: text(message['tool_call_id']), value: message['content'] ?? null}]};
  const parts = partsOf(message['content']);
  if (text(message['reasoning_content'])) parts.unshift({kind: 'reasoning', text: text(message['reasoning_content'])});
  if (text(message['refusal'])) parts.push({kind: 'text', text: text(message['refusal'])});
  if (Array.isArray(message['tool_calls'])) parts.push(...message['tool_calls'].map(callOf));
  return {role, parts};
}

export function requestTurns(body: Json | undefined): Turn[] {
  if (!isObject(body)) return [];
  const system = body['system'] ?? body['instructions'];
  const turns: Turn[] = system ? [{role: 'system', parts: partsOf(system)}] : [];
  if (Array.isArray(body['messages'])) turns.push(...body['messages'].map(turnOf));
  else if (body['prompt'] !== undefined) turns.push({role: 'prompt', parts: partsOf(body['prompt'])});
  else if (Array.isArray(body['input']) && body['input'].some(isObject)) turns.push(...body['input'].map(turnOf));
  else if (body['input'] !== undefined) turns.push({role: 'input', parts: partsOf(body['input'])});
  return turns;
}

function choiceTurn(choice: Json): Turn {
  if (!isObject(choice)) return {role: 'assistant', parts: []};
  if (choice['message'] !== undefined) return turnOf(choice['message']);
  return {role: 'assistant', parts: partsOf(choice['text'])};
}

function embeddingTurn(data: Json[]): Turn {
  const first = data.find((each) => isObject(each) && Array.isArray(each['embedding']));
  const size = isObject(first) && Array.isArray(first['embedding']) ? first['embedding'].length : null;
  const words = `${data.length} ${data.length === 1 ? 'embedding' : 'embeddings'}${size ? ` of ${size} numbers` : ''}`;
  return {role: 'answer', parts: [{kind: 'media', what: 'Vectors', detail: words}]};
}

// The answer; an error is a turn too.
export function responseTurns(body: Json | undefined): Turn[] {
  if (typeof body === 'string') return [{role: 'answer', parts: partsOf(body)}];
  if (!isObject(body)) return [];
  if (Array.isArray(body['choices'])) return body['choices'].map(choiceTurn);
  if (Array.isArray(body['output'])) return body['output'].map(turnOf);
  if (body['type'] === 'message' && body['content'] !== undefined) return [turnOf(body)];
  if (body['error']) {
    const message = isObject(body['error']) ? text(body['error']['message']) : text(body['error']);
    return [{role: 'error', parts: [message ? {kind: 'text', text: message} : {kind: 'json', value: body['error']}]}];
  }
  if (Array.isArray(body['data']) && body['object'] === 'list') return [embeddingTurn(body['data'])];
  return [{role: 'answer', parts: [{kind: 'json', value: body}]}];
}

// All text of turns, for diffs.
export function plainText(turns: readonly Turn[]): string {
  const of = (part: Part): string => {
    switch (part.kind) {
      case 'text': case 'reasoning': return part.text;
      case 'call': return `${part.name}(${JSON.stringify(part.value)})`;
      case 'result': case 'json': return JSON.stringify(part.value);
      case 'media': return `[${part.what}${part.detail ? `: ${part.detail}` : ''}]`;
    }
  };
  return turns.map((turn) => turn.parts.map(of).join('\n')).join('\n\n');
}
