// A log's request as a curl line.
import type {LogRecord} from '../../api/types.ts';

const ours = /^(host|content-length|connection|accept-encoding|transfer-encoding|user-agent|accept|cookie|origin|referer|sec-.*)$/i;
const quoted = (text: string) => `'${text.replace(/'/g, `'\\''`)}'`;

// A masked secret cannot be sent; its place is named instead.
function headerLine(name: string, value: string): string {
  if (!/\*{4,}/.test(value)) return `-H ${quoted(`${name}: ${value}`)}`;
  const scheme = /^(Bearer|Basic) /i.exec(value)?.[0] ?? '';
  const variable = name.toUpperCase().replace(/^X-/, '').replace(/[^A-Z0-9]/g, '_').replace(/^(?=\d)/, '_');
  // A caller chose the name, and backquotes may be in one: only the variable is for the shell.
  return `-H ${quoted(`${name}: ${scheme}`)}"$${variable}"`;
}

export function curlOf(log: LogRecord, origin: string): string {
  const parts = [`curl ${quoted(origin + log.path)}`];
  if (log.method !== 'POST') parts[0] += ` -X ${quoted(log.method)}`;
  for (const [name, value] of Object.entries(log.request?.headers ?? {})) if (!ours.test(name)) parts.push(headerLine(name, value));
  const body = log.request?.body;
  if (body !== null && body !== undefined && body !== '') parts.push(`-d ${quoted(typeof body === 'string' ? body : JSON.stringify(body))}`);
  return parts.join(' \\\n  ');
}
