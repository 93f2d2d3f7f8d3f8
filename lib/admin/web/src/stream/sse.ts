// An event stream (text/event-stream) read piece by piece.

export interface ServerEvent {
  event: string;
  data: string;
}

export class EventReader {
  private rest = '';
  private event = '';
  private data: string[] = [];

  // The events that `chunk` completes.
  push(chunk: string): ServerEvent[] {
    const text = this.rest + chunk;
    // A carriage return at the end may be half of a line's end.
    const held = text.endsWith('\r') ? '\r' : '';
    const lines = text.slice(0, text.length - held.length).split(/\r\n|\n|\r/);
    this.rest = lines.pop()! + held;
    return lines.flatMap((line) => this.line(line));
  }

  // What is left at the end of the stream.
  end(): ServerEvent[] {
    const events = this.rest ? this.line(this.rest.replace(/\r$/, '')) : [];
    this.rest = '';
    return [...events, ...this.line('')];
  }

  private line(line: string): ServerEvent[] {
    if (line === '') {
      const {event, data} = this;
      this.event = '';
      this.data = [];
      return data.length ? [{event: event || 'message', data: data.join('\n')}] : [];
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.data.push(value);
    if (field === 'event') this.event = value;
    return [];
  }
}

export function readEvents(text: string): ServerEvent[] {
  const reader = new EventReader();
  return [...reader.push(text), ...reader.end()];
}
