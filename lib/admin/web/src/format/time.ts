// Times and durations for people.

// "0.32 ms", "341 ms", "2.41 s", "3 min 20 s".
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–';
  if (ms < 10) return `${Number(ms.toFixed(2))} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  const minutes = Math.floor(ms / 60_000);
  return `${minutes} min ${Math.round((ms - minutes * 60_000) / 1000)} s`;
}

// "now", "12 s ago", "5 min ago", "3 h ago", "2 d ago", then the day and minute, of another year the date.
export function ago(iso: string, nowMs: number): string {
  const seconds = Math.floor((nowMs - Date.parse(iso)) / 1000);
  if (seconds < -5) return dateTime(iso);
  if (seconds < 5) return 'now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  if (seconds < 7 * 86_400) return `${Math.floor(seconds / 86_400)} d ago`;
  if (new Date(iso).getFullYear() !== new Date(nowMs).getFullYear()) return date(iso);
  return dateTime(iso).slice('2026-'.length, -':00'.length);
}

const two = (value: number) => String(value).padStart(2, '0');

export function date(iso: string): string {
  const at = new Date(iso);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

export function clockTime(iso: string): string {
  const at = new Date(iso);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

// Local, to the second.
export function dateTime(iso: string): string {
  return `${date(iso)} ${clockTime(iso)}`;
}

// Local, to the millisecond, with its offset: what a hover shows.
export function exactTime(iso: string): string {
  const at = new Date(iso);
  const offset = -at.getTimezoneOffset();
  const zone = offset === 0 ? 'UTC' : `UTC${offset < 0 ? '−' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return `${dateTime(iso)}.${String(at.getMilliseconds()).padStart(3, '0')} ${zone}`;
}
