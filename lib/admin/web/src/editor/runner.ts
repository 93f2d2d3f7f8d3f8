// One run at a time, and what came of it: the answer as it grows, then the new log.
import {useEffect, useRef, useState} from 'preact/hooks';
import {logs} from '../api/calls.ts';
import {ApiError} from '../api/client.ts';
import type {JsonObject, LogRecord} from '../api/types.ts';
import {runRequest, type Run} from '../stream/run.ts';

export interface Runner {
  run: Run | null;
  log: LogRecord | null;  // once it is written
  error: ApiError | null;
  running: boolean;
  start: (url: string, body: JsonObject, justSaved?: boolean) => Promise<void>;
  stop: () => void;
}

// What was saved a moment ago is known to the gateway within two seconds, on a busy machine a little later.
const patienceMs = 10_000;
const pauseMs = 400;

async function runPatiently(...[url, body, update, signal]: Parameters<typeof runRequest>): Promise<Run> {
  for (let tries = 0; ; ++tries) {
    try {
      return await runRequest(url, body, update, signal);
    } catch (error) {
      if (tries * pauseMs >= patienceMs || !(error instanceof ApiError && error.status === 404)) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

// The record is written when its answer has ended; with relaxed durability a moment later.
async function whenWritten(id: string): Promise<LogRecord | null> {
  for (const pause of [0, 100, 300, 1000, 2000]) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      return await logs.get(id);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) return null;
    }
  }
  return null;
}

export function useRunner(): Runner {
  const [run, setRun] = useState<Run | null>(null);
  const [log, setLog] = useState<LogRecord | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [running, setRunning] = useState(false);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const start = async (url: string, body: JsonObject, justSaved = false) => {
    abort.current?.abort();
    const mine = new AbortController();
    abort.current = mine;
    const current = <T,>(set: (value: T) => void) => (value: T) => void (abort.current === mine && set(value));
    setRun(null);
    setLog(null);
    setError(null);
    setRunning(true);
    try {
      const done = await (justSaved ? runPatiently : runRequest)(url, body, current(setRun), mine.signal);
      if (done.logId) current(setLog)(await whenWritten(done.logId));
    } catch (failed) {
      if (failed instanceof ApiError) {
        current(setError)(failed);
        if (failed.logId) current(setLog)(await whenWritten(failed.logId));
      } else if (!mine.signal.aborted) current(setError)(new ApiError(0, 'the answer broke off'));
    } finally {
      current(setRunning)(false);
    }
  };
  const stop = () => {
    abort.current?.abort();
    setRunning(false);
  };
  return {run, log, error, running, start, stop};
}
