// Logs as they are written, by server-sent events. The browser connects again by itself where the server
// only went away; `onOpen` is told each time, for what was missed meanwhile.
import type {LogRow} from '../api/types.ts';
import {logs} from '../api/calls.ts';
import {lookForServer, serverGone} from '../api/client.ts';

export interface TailListener {
  onOpen: () => void;
  onLog: (row: LogRow) => void;
  onGap: () => void;  // the server left something out
}

// A browser has six connections to a server, for all of its tabs: one that nobody looks at gives its own back.
const hiddenMs = 10_000;

// Follows until the answer is called.
export function follow(query: string, {onOpen, onLog, onGap}: TailListener): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const disconnect = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const connect = () => {
    disconnect();
    const opened = new EventSource(logs.tailUrl(query));
    source = opened;
    opened.onopen = onOpen;
    opened.addEventListener('log', (event) => onLog(JSON.parse((event as MessageEvent<string>).data) as LogRow));
    opened.addEventListener('gap', onGap);
    opened.onerror = () => {
      void lookForServer();
      if (opened.readyState !== EventSource.CLOSED || source !== opened) return;
      // Refused, or gone for good: a new connection, but not in a hurry. Where a key is wanted by now, an
      // ordinary call says so, and waits for it.
      logs.list('', {limit: 1}).catch(() => {}).finally(() => {
        if (source === opened) timer = setTimeout(connect, serverGone.value ? 2000 : 5000);
      });
    };
  };
  const onVisibility = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(disconnect, hiddenMs);
    else if (!source || source.readyState === EventSource.CLOSED) connect();
  };
  document.addEventListener('visibilitychange', onVisibility);
  connect();
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    disconnect();
  };
}
