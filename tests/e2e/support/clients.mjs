// The clients under test, unmodified: two generations of openai's (their own way to fetch each) and portkey-ai's.
import {createRequire} from 'node:module';
import OpenAI from 'openai';
import OpenAI4 from 'openai-4';

const require = createRequire(import.meta.url);
const {Portkey} = require('portkey-ai');

// `headers` are x-portkey names without their prefix: {provider: 'demo', 'trace-id': 't'}.
const prefixed = (headers) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [`x-portkey-${name}`, value]));
const camel = {'cache-force-refresh': 'cacheForceRefresh', 'trace-id': 'traceID', 'custom-host': 'customHost', 'request-timeout': 'requestTimeout'};

function openai(Class, always = {}) {
  return (v1, headers, {apiKey = 'k-openai-client-key-0123456789', ...options} = {}) =>
    new Class({baseURL: v1, apiKey, maxRetries: 0, defaultHeaders: prefixed(headers), ...always, ...options});
}

// node-fetch, which openai 4 brings, takes a chunked answer in one packet for a broken one on Node 18, whoever sends it.
const fetch = Number(process.versions.node.split('.')[0]) < 20 ? globalThis.fetch : undefined;

function portkey(v1, headers, {apiKey} = {}) {
  const options = Object.fromEntries(Object.entries(headers).map(([name, value]) => [camel[name] ?? name, value]));
  return new Portkey({baseURL: v1, apiKey: 'unused', Authorization: `Bearer ${apiKey ?? 'k-portkey-client-key-0123456789'}`, ...options});
}

export const clients = {'openai 6': openai(OpenAI), 'openai 4': openai(OpenAI4, {fetch}), 'portkey-ai': portkey};
export {OpenAI, Portkey};
export const newOpenAI = clients['openai 6'];
export const newPortkey = portkey;

let count = 0;
// A trace id that no other test of the file has.
export const newTrace = (name) => `${name}-${++count}`;
