// Two JSON values by member: what changed, by path.
import type {Json} from '../api/types.ts';

export interface Change {
  path: string;  // "usage.total_tokens", "choices[0].message"
  before: Json | undefined;
  after: Json | undefined;
}

const isObject = (value: Json | undefined): value is {[key: string]: Json} =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function keyPath(path: string, key: string): string {
  if (/^[A-Za-z_][\w-]*$/.test(key)) return path ? `${path}.${key}` : key;
  return `${path}[${JSON.stringify(key)}]`;
}

function walk(path: string, before: Json | undefined, after: Json | undefined, out: Change[]) {
  if (Array.isArray(before) && Array.isArray(after)) {
    for (let i = 0; i < Math.max(before.length, after.length); ++i) walk(`${path}[${i}]`, before[i], after[i], out);
  } else if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      walk(keyPath(path, key), own(before, key), own(after, key), out);
  } else if (before !== after) {
    out.push({path, before, after});
  }
}

function own(value: {[key: string]: Json}, key: string): Json | undefined {
  return Object.prototype.hasOwnProperty.call(value, key) ? value[key] : undefined;
}

// Members that no longer are have `after` undefined, new ones `before`.
export function diffJson(before: Json, after: Json): Change[] {
  const out: Change[] = [];
  walk('', before, after, out);
  return out;
}
