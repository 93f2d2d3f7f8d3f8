// Every call that the page makes, by what it is for.
import {api, withQuery} from './client.ts';
import type {
  ApiKey, Config, Feedback, FeedbackStats, JsonObject, List, LogRecord, LogRow, NewShare, Plan, Prompt, Session, Share, Stats,
  VirtualKey, WholeConfig, WholePrompt, Why,
} from './types.ts';

const id = encodeURIComponent;

export const logs = {
  // The `limit` of them that stand `skip` past `after`.
  list: (query: string, {after = null, skip = 0, limit}: {after?: string | null; skip?: number; limit: number}, signal?: AbortSignal) =>
    api.get<List<LogRow>>(withQuery('/v1/logs', `limit=${limit}`, after ? `after=${id(after)}` : '', skip ? `skip=${skip}` : '', query), signal),
  count: (query: string, signal?: AbortSignal) => api.get<{count: number; exact?: boolean}>(withQuery('/v1/logs/count', query), signal),
  values: (field: string, prefix: string, signal?: AbortSignal) =>
    api.get<{data: string[]}>(`/v1/logs/values?field=${id(field)}&prefix=${id(prefix)}`, signal),
  get: (log: string, signal?: AbortSignal) => api.get<LogRecord>(`/v1/logs/${id(log)}`, signal),
  raw: (log: string, signal?: AbortSignal) => api.get<LogRecord>(`/v1/logs/${id(log)}?raw=true`, signal),
  why: (log: string, signal?: AbortSignal) => api.get<Why>(`/v1/logs/${id(log)}/why`, signal),
  neighbours: (log: string, query: string, signal?: AbortSignal) =>
    api.get<{newer: string | null; older: string | null}>(withQuery(`/v1/logs/${id(log)}/neighbours`, query), signal),
  remove: (log: string) => api.remove(`/v1/logs/${id(log)}`),
  tailUrl: (query: string) => withQuery('/v1/logs/tail', query),
  replayUrl: (log: string) => `/v1/logs/${id(log)}/replay`,
};

export const shares = {
  list: (log: string, signal?: AbortSignal) => api.get<List<Share>>(`/v1/shares?log_id=${id(log)}`, signal),
  make: (log: string, expires: string, redact: boolean) => api.post<NewShare>(`/v1/logs/${id(log)}/share`, {expires, redact}),
  revoke: (tokenOrHint: string) => api.remove(`/v1/shares/${id(tokenOrHint)}`),
};

export const feedback = {
  list: (trace: string, signal?: AbortSignal) => api.get<List<Feedback>>(`/v1/feedback?trace-id=${id(trace)}`, signal),
  add: (trace: string, value: number, comment: string) =>
    api.post<unknown>('/v1/feedback', {trace_id: trace, value, ...(comment ? {comment} : {})}),
  stats: (query: string, signal?: AbortSignal) => api.get<FeedbackStats>(withQuery('/v1/feedback/stats', query), signal),
};

export const stats = {
  all: (query: string, signal?: AbortSignal) => api.get<Stats>(withQuery('/v1/stats', query), signal),
  by: async (by: string, query: string, signal?: AbortSignal) => {
    const answer = await api.get<Stats[] | List<Stats>>(withQuery('/v1/stats', `by=${id(by)}`, query), signal);
    return Array.isArray(answer) ? answer : answer.data;
  },
  // Those groups with the most requests.
  most: (by: string, limit: number, query: string, signal?: AbortSignal) => stats.by(by, [`limit=${limit}`, query].filter(Boolean).join('&'), signal),
};

// `Listed` is what a list tells of each, `T` one of them whole.
function saved<Listed, T = Listed>(path: string) {
  return {
    list: (signal?: AbortSignal) => api.get<List<Listed>>(`${path}?limit=1000`, signal),
    get: (which: string, signal?: AbortSignal) => api.get<T>(`${path}/${id(which)}`, signal),
    versions: (which: string, signal?: AbortSignal) => api.get<List<T>>(`${path}/${id(which)}/versions`, signal),
    add: (value: unknown) => api.post<T>(path, value),
    change: (which: string, value: unknown) => api.put<T>(`${path}/${id(which)}`, value),
    remove: (which: string) => api.remove(`${path}/${id(which)}`),
  };
}

export const configs = saved<Config, WholeConfig>('/v1/configs');
export const prompts = {
  ...saved<Prompt, WholePrompt>('/v1/prompts'),
  label: (which: string, label: string, version: number) => api.post<unknown>(`/v1/prompts/${id(which)}/labels`, {label, version}),
  runUrl: (which: string, version: number) => `/v1/prompts/${id(which)}@${version}/completions`,
};
export const virtualKeys = saved<VirtualKey>('/v1/virtual-keys');
export const apiKeys = saved<ApiKey>('/v1/api-keys');

export const plan = {
  get: (signal?: AbortSignal) => api.get<Plan>('/v1/plan', signal),
  set: (name: string) => api.put<Plan>('/v1/plan', {plan: name}),
};

export const session = {
  get: () => api.get<Session>('/v1/session'),
  open: (key: string) => api.post<unknown>('/v1/session', {key}),
  close: () => api.remove('/v1/session'),
};

export type {JsonObject};
