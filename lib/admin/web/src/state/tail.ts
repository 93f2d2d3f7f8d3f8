// Logs as they are written, by server-sent events. The browser connects again by itself where the server
// only went away; `onOpen` is told each time, for what was missed meanwhile.
import type {LogRow} from '../api/types.ts';
import {logs} from '../api/calls.ts';
import {lookForServer, serverGone} from '../api/client.ts';

export interface TailListener {
  onOpen: () => void;
  onLog: (row: LogRow) => void;
}

// Follows until the answer is called.
export function follow(query: string, {onOpen, onLog}: TailListener): () => void {
  let source: EventSource | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;
  const connect = () => {
    source = new EventSource(logs.tailUrl(query));
    source.onopen = onOpen;
    source.addEventListener('log', (event) => onLog(JSON.parse((event as MessageEvent<string>).data) as LogRow));
    source.onerror = () => {
      void lookForServer();
      if (source?.readyState !== EventSource.CLOSED) return;
      // Refused, or gone for good: a new connection, but not in a hurry.
      again = setTimeout(connect, serverGone.value ? 2000 : 5000);
    };
  };
  connect();
  return () => {
    clearTimeout(again);
    source?.close();
  };
}
