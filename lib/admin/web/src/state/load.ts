// Loading what a component shows: again when its key changes, the last call only, with no spinner under
// 200 ms.
import {useCallback, useEffect, useState} from 'preact/hooks';
import {ApiError, serverGone} from '../api/client.ts';

export interface Loaded<T> {
  data: T | null;
  error: ApiError | null;
  slow: boolean;  // nothing came for 200 ms
  reload: () => void;
}

interface State<T> {
  key: string;
  data: T | null;
  error: ApiError | null;
  slow: boolean;
}

// `keep`: while the next loads, what was there stays.
export function useLoad<T>(key: string, load: (signal: AbortSignal) => Promise<T>, keep = false): Loaded<T> {
  const [state, setState] = useState<State<T>>({key, data: null, error: null, slow: false});
  const [turn, setTurn] = useState(0);
  const gone = serverGone.value;
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => setState((old) => ({...old, slow: true})), 200);
    if (!keep) setState((old) => (old.key === key ? old : {key, data: null, error: null, slow: false}));
    load(abort.signal).then(
      (data) => !abort.signal.aborted && setState({key, data, error: null, slow: false}),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const known = error instanceof ApiError ? error : new ApiError(0, String(error));
        setState((old) => ({key, data: known.status === 0 ? old.data : null, error: known, slow: false}));
      },
    ).finally(() => clearTimeout(timer));
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [key, turn]);
  // What failed because the server was gone is asked for again when it is back.
  useEffect(() => {
    if (!gone && state.error?.status === 0) setTurn((old) => old + 1);
  }, [gone]);
  const current = keep || state.key === key ? state : {key, data: null, error: null, slow: false};
  const reload = useCallback(() => setTurn((old) => old + 1), []);
  return {data: current.data, error: current.error, slow: current.slow, reload};
}
