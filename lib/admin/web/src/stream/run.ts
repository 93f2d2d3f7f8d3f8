// Sends a request and follows its answer, whether that streams or not.
import {send} from '../api/client.ts';
import type {Json, JsonObject} from '../api/types.ts';
import {plainText, responseTurns} from './conversation.ts';
import {Joiner, type Joined} from './join.ts';
import {EventReader} from './sse.ts';

export interface Run {
  logId: string | null;  // of the new log, as soon as the answer begins
  status: number;
  text: string;
  tools: Joined['tools'];
  reasoning: string;
  error: string | null;
  body: Json;            // of an answer that did not stream; null else
  streamed: boolean;
}

type Update = (run: Run) => void;

function ofBody(run: Run, text: string): Run {
  let body: Json = text;
  try {
    body = JSON.parse(text) as Json;
  } catch {
    // Then it is shown as it came.
  }
  return {...run, body, text: plainText(responseTurns(body))};
}

async function followStream(response: Response, run: Run, update: Update): Promise<Run> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const events = new EventReader();
  const joiner = new Joiner();
  let current = run;
  for (;;) {
    const {value, done} = await reader.read();
    for (const event of done ? events.end() : events.push(value)) joiner.push(event);
    const {text, tools, reasoning, error} = joiner.joined;
    current = {...run, text, reasoning, error, tools: [...tools]};
    update(current);
    if (done) return current;
  }
}

// `update` is called as the answer grows; the answer is the last state. Throws what send() throws.
export async function runRequest(url: string, body: JsonObject, update: Update, signal: AbortSignal): Promise<Run> {
  const response = await send('POST', url, body, {signal, headers: {accept: 'application/json, text/event-stream'}});
  const streamed = (response.headers.get('content-type') ?? '').startsWith('text/event-stream');
  const run: Run = {logId: response.headers.get('x-pk-log-id'), status: response.status, text: '', tools: [], reasoning: '', error: null, body: null, streamed};
  if (streamed && response.body) return followStream(response, run, update);
  const whole = ofBody(run, await response.text());
  update(whole);
  return whole;
}
