// The one way to the server: JSON over fetch, errors as ApiError. Whether the server answers at all is a
// signal that the frame shows.
import {signal} from '@preact/signals';
import type {JsonObject} from './types.ts';

export class ApiError extends Error {
  constructor(readonly status: number, message: string, readonly body: JsonObject | null = null, readonly logId: string | null = null) {
    super(message);
  }
}

// The server did not answer; it is asked again until it does.
export const serverGone = signal(false);
// Something that was asked for did not come for 200 ms.
export const waiting = signal(false);
// It wants a key: the login lies over the page.
export const loginNeeded = signal(false);

let logins = 0;

export function noteLogin() {
  ++logins;
  loginNeeded.value = false;
}

// Until somebody has logged in; throws what fetch throws where that is waited for no longer.
async function loggedIn(abort: AbortSignal | undefined) {
  let stop = () => {};
  try {
    await new Promise<void>((resolve, reject) => {
      stop = loginNeeded.subscribe((needed) => void (needed || resolve()));
      abort?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')), {once: true});
    });
  } finally {
    stop();
  }
}

function messageOf(body: unknown, status: number): string {
  if (typeof body === 'object' && body !== null) {
    const {error, message} = body as {error?: unknown; message?: unknown};
    if (typeof error === 'object' && error !== null && typeof (error as {message?: unknown}).message === 'string')
      return (error as {message: string}).message;
    if (typeof error === 'string') return error;
    if (typeof message === 'string') return message;
  }
  return `the server answered ${status}`;
}

async function errorOf(response: Response): Promise<ApiError> {
  let body: unknown = null;
  try {
    body = await response.json();
  } catch {
    // Not JSON; the status says enough.
  }
  return new ApiError(response.status, messageOf(body, response.status), body as JsonObject | null, response.headers.get('x-pk-log-id'));
}

let polling = false;

async function awaitServer() {
  if (polling) return;
  polling = true;
  while (serverGone.value) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    try {
      await fetch('/health', {cache: 'no-store'});
      serverGone.value = false;
    } catch {
      // Still gone.
    }
  }
  polling = false;
}

// Asks whether it is there at all, where something else says that it may not be.
export async function lookForServer() {
  try {
    await fetch('/health', {cache: 'no-store'});
  } catch {
    noteGone();
  }
}

function noteGone() {
  serverGone.value = true;
  void awaitServer();
}

declare global {
  interface Window {
    pkEarly?: {path: string; response: Promise<Response>} | undefined;
  }
}

// What early.js asked for already, once.
function early(method: string, path: string): Promise<Response> | null {
  const asked = window.pkEarly;
  if (method !== 'GET' || asked?.path !== path) return null;
  window.pkEarly = undefined;
  return asked.response;
}

interface More {
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

async function sendOnce(method: string, path: string, body: unknown, more: More): Promise<Response> {
  const headers: Record<string, string> = {accept: 'application/json', ...more.headers};
  if (body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await (early(method, path) ?? fetch(path, {method, headers, body: body === undefined ? null : JSON.stringify(body), signal: more.signal ?? null, cache: 'no-store'}));
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    noteGone();
    throw new ApiError(0, 'the server does not answer');
  }
  serverGone.value = false;
  return response;
}

// A key that is refused at the login says nothing of the page behind it, nor does one that a provider refused.
const wantsLogin = (response: Response, path: string) => response.status === 401 && path !== '/v1/session' && !response.headers.has('x-portkey-provider');

// The response as it is, its body unread. Throws ApiError for a status over 299, and with status 0 where no
// server answered; an aborted call throws what fetch throws. Where a session is over the login is shown. What
// only reads waits for it and is asked for again, so that a page goes on where it was; what changes something is
// refused, for another may log in.
export async function send(method: string, path: string, body?: unknown, more: More = {}): Promise<Response> {
  for (;;) {
    const asked = logins;
    const response = await sendOnce(method, path, body, more);
    if (response.ok) return response;
    const error = await errorOf(response);
    if (!wantsLogin(response, path)) throw error;
    if (asked === logins) loginNeeded.value = true;
    if (method !== 'GET') throw new ApiError(401, 'the session was over, and nothing was done: once more, please', error.body);
    await loggedIn(more.signal);
  }
}

const slow = new Set<ReturnType<typeof setTimeout>>();

async function json<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const timer = setTimeout(() => {
    slow.add(timer);
    waiting.value = true;
  }, 200);
  try {
    const response = await send(method, path, body, signal ? {signal} : {});
    const text = await response.text();
    return (text ? JSON.parse(text) : null) as T;
  } finally {
    clearTimeout(timer);
    slow.delete(timer);
    waiting.value = slow.size > 0;
  }
}

export const api = {
  get: <T>(path: string, signal?: AbortSignal) => json<T>('GET', path, undefined, signal),
  post: <T>(path: string, body: unknown) => json<T>('POST', path, body),
  put: <T>(path: string, body: unknown) => json<T>('PUT', path, body),
  remove: (path: string) => json<unknown>('DELETE', path),
};

// "/v1/logs?limit=50&status=…"
export function withQuery(path: string, ...queries: string[]): string {
  const query = queries.filter(Boolean).join('&');
  return query ? `${path}?${query}` : path;
}
