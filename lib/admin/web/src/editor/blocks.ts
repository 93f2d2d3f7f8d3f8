// A request body as blocks that can be edited: its system text, its messages part by part, its prompt or input.
// Pure: each change is a new body.
import type {Json, JsonObject} from '../api/types.ts';
import {isObject} from '../stream/conversation.ts';

type Path = (string | number)[];

export interface Block {
  path: Path;            // of the value that is edited
  name: string;          // "system", "prompt", "item"
  message: Path | null;  // of the message that it is the first part of: it has a role, and is removed whole
  role: string | null;
  text: string;
  isText: boolean;       // else `text` is JSON
  note: string;          // what else the message says
}

const hasText = (part: Json): part is JsonObject => isObject(part) && typeof part['text'] === 'string' && typeof part['type'] === 'string';

function valueBlock(path: Path, name: string, value: Json | undefined): Block {
  const isText = typeof value === 'string';
  return {path, name, message: null, role: null, isText, text: isText ? value : JSON.stringify(value ?? null, null, 2), note: ''};
}

// A message's text, or its parts: texts by themselves, everything else as its JSON.
function messageBlocks(path: Path, message: Json): Block[] {
  if (!isObject(message) || typeof message['role'] !== 'string') return [{...valueBlock(path, 'item', message), message: path}];
  const {role, content, ...more} = message;
  const note = Object.entries(more).map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`).join(', ');
  const head = {message: path, role, note};
  if (typeof content === 'string') return [{...valueBlock([...path, 'content'], role, content), ...head}];
  if (!Array.isArray(content) || !content.length) return [{...valueBlock(path, role, message), message: path}];
  return content.map((part, at) => {
    const block = hasText(part) ? valueBlock([...path, 'content', at, 'text'], role, part['text']) : valueBlock([...path, 'content', at], role, part);
    return at === 0 ? {...block, ...head} : block;
  });
}

export function blocksOf(body: JsonObject): Block[] {
  const blocks: Block[] = [];
  for (const name of ['system', 'instructions', 'prompt']) if (body[name] !== undefined) blocks.push({...valueBlock([name], name, body[name]), message: [name]});
  for (const name of ['messages', 'input']) {
    const value = body[name];
    if (Array.isArray(value) && (name === 'messages' || value.some(isObject))) value.forEach((each, at) => blocks.push(...messageBlocks([name, at], each)));
    else if (value !== undefined) blocks.push({...valueBlock([name], name, value), message: [name]});
  }
  return blocks;
}

// The body with `value` at `path`; without what is there where it is undefined.
function withValue(body: Json | undefined, path: Path, value: Json | undefined): Json {
  const [key, ...rest] = path;
  if (Array.isArray(body)) {
    if (rest.length === 0 && value === undefined) return body.filter((_, at) => at !== key);
    return body.map((each, at) => (at === key ? (rest.length ? withValue(each, rest, value) : value!) : each));
  }
  const object = isObject(body) ? body : {};
  if (rest.length) return {...object, [key!]: withValue(object[key!], rest, value)};
  const {[key!]: _, ...others} = object;
  return value === undefined ? others : {...object, [key!]: value};
}

const put = (body: JsonObject, path: Path, value: Json | undefined) => withValue(body, path, value) as JsonObject;

export function setText(body: JsonObject, block: Block, text: string): JsonObject {
  if (block.isText) return put(body, block.path, text);
  return put(body, block.path, JSON.parse(text) as Json);
}

export function setRole(body: JsonObject, block: Block, role: string): JsonObject {
  return block.message ? put(body, [...block.message, 'role'], role) : body;
}

// The whole message of a first part, a later part alone.
export function removeBlock(body: JsonObject, block: Block): JsonObject {
  if (block.message) return put(body, block.message, undefined);
  const part = block.path.at(-1) === 'text' ? block.path.slice(0, -1) : block.path;
  return put(body, part, undefined);
}

// To where a new message goes; null where the body has none.
export function messageList(body: JsonObject): 'messages' | 'input' | null {
  if (Array.isArray(body['messages'])) return 'messages';
  return Array.isArray(body['input']) && body['input'].some(isObject) ? 'input' : null;
}

export function addMessage(body: JsonObject): JsonObject {
  const where = messageList(body);
  if (!where) return body;
  const list = body[where] as Json[];
  const last = list.at(-1);
  const role = isObject(last) && last['role'] === 'user' ? 'assistant' : 'user';
  return {...body, [where]: [...list, {role, content: ''}]};
}

const notParameters = new Set(['model', 'messages', 'prompt', 'input', 'system', 'instructions', 'tools', 'functions', 'stream', 'provider', 'virtual_key', 'config', 'variables']);

// What is left: the parameters that are one value each.
export function parametersOf(body: JsonObject): [string, Json][] {
  return Object.entries(body).filter(([name, value]) => !notParameters.has(name) && value !== undefined && !isObject(value) && !Array.isArray(value)) as [string, Json][];
}

// "0.7" is a number, "true" a truth, everything else a text.
export function parameterValue(text: string): Json {
  if (text.trim() !== '' && !Number.isNaN(Number(text))) return Number(text);
  return text === 'true' ? true : text === 'false' ? false : text === 'null' ? null : text;
}
