// A scripted upstream on 127.0.0.1: answers what a test says and remembers what it was sent.
import http from 'node:http';

export class Upstream {
  static async start() {
    const upstream = new Upstream();
    upstream.seen = [];
    upstream.server = http.createServer((request, response) => upstream.#take(request, response));
    await new Promise((resolve) => upstream.server.listen(0, '127.0.0.1', resolve));
    upstream.v1 = `http://127.0.0.1:${upstream.server.address().port}/v1`;
    upstream.answer = json(200, {});
    return upstream;
  }

  // From now on: `answer(request, response)`; forgets what was seen.
  script(answer) {
    this.answer = answer;
    this.seen = [];
  }

  async stop() {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  async #take(request, response) {
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    const left = new Promise((resolve) => response.once('close', () => resolve(!response.writableFinished)));
    this.seen.push({method: request.method, url: request.url, headers: request.headers, body, text: body.toString(), left});
    this.answer(request, response);
  }
}

// Answers.

export function json(status, value, headers = {}) {
  return (_, response) => {
    const body = JSON.stringify(value);
    response.writeHead(status, {'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers});
    response.end(body);
  };
}

export const event = (value) => `data: ${JSON.stringify(value)}\n\n`;

export function chunk(delta, finish_reason = null) {
  return {id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm-1', choices: [{index: 0, delta, finish_reason}]};
}

export function completion(content, usage = {prompt_tokens: 7, completion_tokens: 3, total_tokens: 10}) {
  return {id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'm-1',
    choices: [{index: 0, message: {role: 'assistant', content}, finish_reason: 'stop'}], usage};
}

// An event stream of these texts, then [DONE].
export function stream(...texts) {
  return (_, response) => {
    response.writeHead(200, {'content-type': 'text/event-stream'});
    for (const text of texts) response.write(text);
    response.end('data: [DONE]\n\n');
  };
}

// These events, and then nothing more until the peer leaves.
export function stall(...texts) {
  return (_, response) => {
    if (!texts.length) return;
    response.writeHead(200, {'content-type': 'text/event-stream'});
    for (const text of texts) response.write(text);
  };
}

// These events, and then the connection is reset.
export function cut(...texts) {
  return (request, response) => {
    response.writeHead(200, {'content-type': 'text/event-stream'});
    response.write(texts.join(''), () => setImmediate(() => request.socket.resetAndDestroy()));
  };
}
