// The variables that a template's texts name, in their order. Pure. What a name means is the server's matter:
// this only offers a field for each.
import type {Json} from '../../api/types.ts';

const tag = /\{\{(\{|&|#|\^|\/|!|>>?)?\s*([^}]*?)\s*\}?\}\}/g;

interface Found {
  names: string[];
  depth: string[];  // sections that one is in: names in them may be of their elements
}

function scan(text: string, found: Found) {
  for (const [, sign, name] of text.matchAll(tag)) {
    if (!name || sign === '!' || sign === '>') continue;
    if (sign === '/') {
      found.depth.pop();
      continue;
    }
    const root = name.split('.')[0]!;
    if (root !== '' && found.depth.length === 0 && !found.names.includes(root)) found.names.push(root);
    if (sign === '#' || sign === '^') {
      if (found.depth.length === 0 && root !== '' && !found.names.includes(root)) found.names.push(root);
      found.depth.push(root);
    }
  }
}

function walk(value: Json | undefined, found: Found) {
  if (typeof value === 'string') {
    found.depth = [];
    scan(value, found);
  } else if (Array.isArray(value)) value.forEach((each) => walk(each, found));
  else if (typeof value === 'object' && value !== null) for (const [key, each] of Object.entries(value)) if (key !== 'variables') walk(each, found);
}

export function variablesOf(template: Json): string[] {
  const found: Found = {names: [], depth: []};
  walk(template, found);
  return found.names;
}

// What a field says: JSON where it is an array or an object, else the text itself.
export function variableValue(text: string): Json {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
