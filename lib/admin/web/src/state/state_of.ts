// State that begins anew with what it is of, such as a version: there with the first look at the new one, not a
// moment later, when somebody may be writing already.
import {useState} from 'preact/hooks';

export function useStateOf<T>(of: string, fresh: T): [T, (change: (old: T) => T) => void] {
  const [state, setState] = useState({of, value: fresh});
  const change = (next: (old: T) => T) => setState((old) => ({of, value: next(old.of === of ? old.value : fresh)}));
  return [state.of === of ? state.value : fresh, change];
}
