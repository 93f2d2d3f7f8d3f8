// The text language of filters: `status:cache-hit cost>=0.01 "words to search"`.
import {findName, type Op, type Term} from './names.ts';

export interface Parsed {
  terms: Term[];
  problem: string | null;  // what is wrong with the rest, in words
}

const space = /[ \t\r\n]/;

// Takes a quoted text off `text` at `at`, which is at the opening quote.
function takeQuoted(text: string, at: number): {value: string; end: number} | null {
  let value = '';
  for (let i = at + 1; i < text.length; ++i) {
    if (text[i] === '"') return {value, end: i + 1};
    if (text[i] === '\\' && (text[i + 1] === '"' || text[i + 1] === '\\')) ++i;
    value += text[i];
  }
  return null;
}

function wordEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && !space.test(text[end]!)) ++end;
  return end;
}

interface Taken {
  term: Term;
  end: number;
}

function takeValue(text: string, at: number, name: string, op: Op): Taken | string {
  if (text[at] === '"') {
    const quoted = takeQuoted(text, at);
    return quoted ? {term: {name, op, value: quoted.value, exact: true}, end: quoted.end} : 'a quote is not closed';
  }
  const end = wordEnd(text, at);
  if (end === at) return `${name} wants a value`;
  return {term: {name, op, value: text.slice(at, end)}, end};
}

function takeTerm(text: string, at: number): Taken | string {
  if (text[at] === '"') return takeValue(text, at, 'search', ':');
  const end = wordEnd(text, at);
  const word = text.slice(at, end);
  const named = /^([A-Za-z_-]+)(>=|<=|[:=<>])/.exec(word);
  if (!named) return {term: {name: 'search', op: ':', value: word}, end};
  const found = findName(named[1]!);
  if (!found) return `there is no filter '${named[1]}'; quote it to search for it`;
  const op: Op = named[2] === '=' ? ':' : (named[2] as Op);
  if (op !== ':' && (found.info.kind !== 'number' || found.op !== ':'))
    return `${named[1]} is compared with ':' only, ${named[1]}:value`;
  return takeValue(text, at + named[0].length, found.info.name, op === ':' ? found.op : op);
}

// The terms that `text` begins with, as far as it can be read.
export function parseText(text: string): Parsed {
  const terms: Term[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && space.test(text[at]!)) ++at;
    if (at >= text.length) return {terms, problem: null};
    const taken = takeTerm(text, at);
    if (typeof taken === 'string') return {terms, problem: taken};
    terms.push(taken.term);
    at = taken.end;
  }
}

export function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

// One term in the text language; reads back as the same term.
export function termText(term: Term): string {
  if (term.name === 'search') return quoted(term.value);
  const list = findName(term.name)?.info.list;
  const odd = /[ \t\r\n"]/.test(term.value) || term.value === '' || (term.exact && list && term.value.includes(','));
  return `${term.name}${term.op}${odd ? quoted(term.value) : term.value}`;
}

export function termsText(terms: readonly Term[]): string {
  return terms.map(termText).join(' ');
}
