// What may come next in the filter field. Pure, but for the values, which are asked for.
import {findName, names} from './names.ts';
import {quoted} from './text.ts';

export interface Suggestion {
  text: string;   // the word once this is taken
  label: string;
  help: string;
  done: boolean;  // the term is whole then
}

export interface Need {
  name: string;    // as it was written, with its operator: "model:"
  field: string;   // of /v1/logs/values
  prefix: string;
}

// The word at the end of `text`, which is what is completed; what is before it stays.
export function lastWord(text: string): string {
  const match = /(?:^|\s)((?:[^\s"]|"(?:[^"\\]|\\.)*"?)*)$/.exec(text);
  return match?.[1] ?? '';
}

export function nameSuggestions(word: string): Suggestion[] {
  const lower = word.toLowerCase();
  return names
    .filter((info) => info.name.startsWith(lower) || (lower.length > 1 && info.name.includes(lower)))
    .map((info) => {
      const op = info.kind === 'number' ? '>=' : ':';
      return {text: info.name + op, label: info.name + op, help: info.help, done: false};
    });
}

// The values a name takes by itself: slugs, yes and no, ranges.
export function fixedValues(word: string): Suggestion[] {
  const match = /^([A-Za-z_-]+)(>=|<=|[:<>])(.*)$/.exec(word);
  const info = match ? findName(match[1]!)?.info : undefined;
  if (!match || !info) return [];
  const written = match[3]!;
  const comma = info.list ? written.lastIndexOf(',') + 1 : 0;
  const prefix = written.slice(comma).toLowerCase();
  const values = info.values ?? (info.example && !written ? [info.example] : []);
  return values.filter((value) => value.startsWith(prefix) && !written.slice(0, comma).split(',').includes(value)).map((value) => ({
    text: match[1]! + match[2]! + written.slice(0, comma) + value, label: value, help: info.values ? '' : `for example: ${info.help}`, done: true,
  }));
}

// What values of the ledger would help; null where none would.
export function needOf(word: string): Need | null {
  const match = /^([A-Za-z_-]+):"?([^"]*)$/.exec(word);
  const info = match ? findName(match[1]!)?.info : undefined;
  if (!match || !info?.field) return null;
  const written = match[2]!;
  if (info.kind === 'metadata') {
    const equals = written.indexOf('=');
    if (equals < 0) return {name: `${match[1]}:`, field: 'metadata', prefix: written};
    return {name: `${match[1]}:${written.slice(0, equals)}=`, field: `metadata.${written.slice(0, equals)}`, prefix: written.slice(equals + 1)};
  }
  const comma = info.list ? written.lastIndexOf(',') + 1 : 0;
  return {name: `${match[1]}:${written.slice(0, comma)}`, field: info.field, prefix: written.slice(comma)};
}

export function valueSuggestions(need: Need, values: readonly string[]): Suggestion[] {
  const key = need.field === 'metadata';
  return values.map((value) => {
    const whole = need.name.slice(need.name.indexOf(':') + 1) + value;
    const odd = /[\s"]/.test(whole) || (!need.field.startsWith('metadata') && value.includes(','));
    const name = need.name.slice(0, need.name.indexOf(':') + 1);
    return {text: key ? `${need.name}${value}=` : odd ? name + quoted(whole) : name + whole, label: value, help: '', done: !key};
  });
}
