// Terms as query parameters, which are named like the flags, and as a command line.
import {findName, type Term} from './names.ts';
import {parseText, termText} from './text.ts';

// The parameter that says the same as `term`; null if none does, such as for cost>0.01.
function parameterOf(term: Term): [name: string, value: string] | null {
  const info = findName(term.name)?.info;
  if (!info) return null;
  if (info.kind === 'number') {
    if (term.op === '>=') return [`min-${term.name}`, term.value];
    if (term.op === '<=') return [`max-${term.name}`, term.value];
    return null;
  }
  if (info.list && term.exact && term.value.includes(',')) return null;
  return [term.name, term.value];
}

// `metadata=team=red` stays as a person would write it.
function encode(text: string): string {
  return encodeURIComponent(text).replace(/%(2C|3A|3D|2F|40|3C|3E)/g, decodeURIComponent).replace(/%20/g, '+');
}

// "status=cache-hit,cache-miss&metadata=team=red"; what has no parameter of its own goes into q.
export function termsToQuery(terms: readonly Term[]): string {
  const parts: string[] = [];
  const rest: Term[] = [];
  for (const term of terms) {
    const parameter = parameterOf(term);
    if (parameter) parts.push(`${parameter[0]}=${encode(parameter[1])}`);
    else rest.push(term);
  }
  if (rest.length) parts.push(`q=${encode(rest.map(termText).join(' '))}`);
  return parts.join('&');
}

// What of a page's query are filters; other parameters are the page's own.
export function queryToTerms(query: string): Term[] {
  const terms: Term[] = [];
  for (const [name, value] of new URLSearchParams(query)) {
    if (name === 'q') {
      terms.push(...parseText(value).terms);
      continue;
    }
    const found = findName(name);
    if (!found) continue;
    const bare = found.info.kind === 'switch' && value === '' ? 'true' : value;
    if (bare !== '') terms.push({name: found.info.name, op: found.op, value: bare});
  }
  return terms;
}

function shellQuoted(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}

// The command that lists the same.
export function termsToCommand(terms: readonly Term[], command = 'pk logs list'): string {
  const parts = terms.map((term) => {
    const parameter = parameterOf(term);
    if (!parameter) return shellQuoted(termText(term));
    const [name, value] = parameter;
    if (findName(term.name)?.info.kind === 'switch' && value === 'true') return `--${name}`;
    if (findName(term.name)?.info.kind === 'switch') return `--${name}=${value}`;
    return `--${name} ${shellQuoted(value)}`;
  });
  return [command, ...parts].join(' ');
}
