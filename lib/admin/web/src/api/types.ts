// What the HTTP API says, as pk-api(7) has it.

export type Json = null | boolean | number | string | Json[] | {[key: string]: Json | undefined};
export type JsonObject = {[key: string]: Json | undefined};

export type Cache = 'disabled' | 'miss' | 'refreshed' | 'hit' | 'semantic-hit';
export type Retry = 'not-triggered' | 'success' | 'failed';
export type Active = 'disabled' | 'active';

export interface Attempt {
  option: string;
  provider: string | null;
  model: string | null;
  http_status: number | null;
  error: string | null;
  latency_ms: number;
  wait_ms: number;
}

export interface Content {
  headers: Record<string, string>;
  body: Json;
}

// A record as lists give it.
export interface LogRow {
  id: string;
  created_at: string;
  trace_id: string;
  span_id: string | null;
  parent_span_id: string | null;
  span_name: string | null;
  method: string;
  path: string;
  endpoint: string;
  state: 'complete' | 'interrupted' | 'aborted';
  http_status: number | null;
  ok: boolean;
  error: string | null;
  provider: string | null;
  model: string | null;
  requested_model: string | null;
  virtual_key: string | null;
  api_key: string | null;
  user: string | null;
  cache: Cache;
  retry: Retry;
  retry_attempts: number;
  fallback: Active;
  loadbalance: Active;
  last_used_option: string;
  status: string[];
  stream: boolean;
  prompt_tokens: number | null;
  completion_tokens: number | null;
  total_tokens: number | null;
  cached_tokens: number | null;
  reasoning_tokens: number | null;
  cost_usd: number | null;
  saved_usd: number | null;
  latency_ms: number;
  ttft_ms: number | null;
  upstream_ms: number;
  gateway_ms: number;
  config_id: string | null;
  config_version: number | null;
  prompt_id: string | null;
  prompt_version: number | null;
  metadata: Record<string, string>;
  tracked: boolean;
  replayable: boolean;
  replay_blocked_by: string | null;
  replay_of: string | null;
  feedback: {count: number; weighted_average: number | null};
}

// A record whole.
export interface LogRecord extends LogRow {
  attempts: Attempt[];
  request: Content | null;
  response: Content | null;
}

export interface List<T> {
  object: 'list';
  data: T[];
  next: string | null;
}

export interface Why {
  config: string;
  config_id: string | null;
  config_version: number | null;
  missing: string | null;
  decisions: {option: string; decision: string}[];
}

export interface Stats {
  requests: number;
  errors: number;
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  cost_usd: number | null;
  saved_usd: number | null;
  latency_p50_ms: number | null;
  latency_p95_ms: number | null;
  latency_p99_ms: number | null;
  cache_hit_rate: number | null;
  retries?: number;
  rescued?: number;
  [group: string]: unknown;
}

export interface Feedback {
  id: string;
  trace_id: string;
  value: number;
  weight: number;
  metadata: Record<string, string>;
  comment: string | null;
  created_at: string;
}

export interface FeedbackStats {
  count: number;
  weighted_average: number | null;
  by_value: {value: number; count: number}[];
  by_model: {model: string | null; count: number; weighted_average: number | null}[];
  over_time: {time: string; count: number; weighted_average: number | null}[];
}

export interface Share {
  log_id: string;
  created_at: string;
  expires_at: string | null;
  redact: boolean;
  hint: string;
}

export interface NewShare {
  url: string;
  token: string;
  log_id: string;
  expires_at: string | null;
}

export interface Config {
  id: string;
  name: string;
  version: number;
  created_at: string;
  updated_at: string;
}

// One of them, whole.
export interface WholeConfig extends Config {
  config: JsonObject;
}

export interface Prompt {
  id: string;
  name: string;
  version: number;
  published: number;
  labels: Record<string, number>;
  partial: boolean;
  created_at: string;
  updated_at: string;
}

// One version of it, whole: a template, or the text of a partial.
export interface WholePrompt extends Prompt {
  template?: JsonObject;
  text?: string;
}

export interface VirtualKey {
  id: string;
  name: string;
  provider: string;
  custom_host: string | null;
  archived: boolean;
  created_at: string;
  updated_at: string;
}

export interface ApiKey {
  id: string;
  name: string;
  scopes: string[];
  created_at: string;
  key?: string;  // once, when it is made
}

export interface Plan {
  plan: string;
  used: number;
  allowance: number | null;
  overage: number;
  overage_usd: number;
  retention_days: number | null;
  statistics_days: number | null;
}

export interface Session {
  login_required: boolean;
  scopes: string[];
  version: string;
}
