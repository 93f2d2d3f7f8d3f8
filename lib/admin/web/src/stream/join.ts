// The answer that a stream makes, event by event: its text as it grows, its tool calls, its usage. For the
// forms of chat completions, completions, messages and responses.
import type {Json, JsonObject} from '../api/types.ts';
import type {ServerEvent} from './sse.ts';

export interface ToolCall {
  name: string;
  arguments: string;
}

export interface Joined {
  text: string;
  reasoning: string;
  tools: ToolCall[];
  error: string | null;
}

const object = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const index = (value: Json | undefined): number => (typeof value === 'number' && value >= 0 && value < 1000 ? value : 0);

export class Joiner {
  readonly joined: Joined = {text: '', reasoning: '', tools: [], error: null};

  push({event, data}: ServerEvent) {
    if (data === '[DONE]') return;
    let value: Json;
    try {
      value = JSON.parse(data) as Json;
    } catch {
      return;  // a stream may say what is not for us
    }
    const body = object(value);
    if (body['error'] || event === 'error') this.fail(body);
    else if (Array.isArray(body['choices'])) this.choices(body['choices']);
    else this.typed(text(body['type']) || event, body);
  }

  private fail(body: JsonObject) {
    const error = body['error'];
    this.joined.error = typeof error === 'string' ? error : text(object(error)['message']) || text(body['message']) || 'the stream ended with an error';
  }

  private tool(at: number): ToolCall {
    while (this.joined.tools.length <= at) this.joined.tools.push({name: '', arguments: ''});
    return this.joined.tools[at]!;
  }

  // Chat completions and completions.
  private choices(choices: Json[]) {
    const choice = object(choices.find((each) => index(object(each)['index']) === 0));
    const delta = object(choice['delta']);
    this.joined.text += text(delta['content']) + text(choice['text']);
    this.joined.reasoning += text(delta['reasoning_content']);
    for (const each of list(delta['tool_calls'])) {
      const call = object(each);
      const tool = this.tool(index(call['index']));
      tool.name += text(object(call['function'])['name']);
      tool.arguments += text(object(call['function'])['arguments']);
    }
  }

  // Messages and responses name the kind of each event.
  private typed(type: string, body: JsonObject) {
    const delta = object(body['delta']);
    switch (type) {
      case 'content_block_start': {
        const block = object(body['content_block']);
        if (block['type'] === 'tool_use') this.joined.tools.push({name: text(block['name']), arguments: ''});
        else this.joined.text += text(block['text']);
        break;
      }
      case 'content_block_delta':
        this.joined.text += text(delta['text']);
        this.joined.reasoning += text(delta['thinking']);
        if (delta['type'] === 'input_json_delta') this.tool(Math.max(0, this.joined.tools.length - 1)).arguments += text(delta['partial_json']);
        break;
      case 'response.output_text.delta': this.joined.text += text(body['delta']); break;
      case 'response.reasoning_summary_text.delta': this.joined.reasoning += text(body['delta']); break;
      case 'response.output_item.added': {
        const item = object(body['item']);
        if (item['type'] === 'function_call') this.joined.tools.push({name: text(item['name']), arguments: ''});
        break;
      }
      case 'response.function_call_arguments.delta':
        this.tool(Math.max(0, this.joined.tools.length - 1)).arguments += text(body['delta']);
        break;
      case 'response.failed': this.fail(object(body['response'])); break;
    }
  }
}

export function joinEvents(events: readonly ServerEvent[]): Joined {
  const joiner = new Joiner();
  for (const event of events) joiner.push(event);
  return joiner.joined;
}
