// The shortest edit between two lists (Myers), bounded: lists that differ too much are all removed, all added.

export type Edit<T> = {kind: 'same' | 'removed' | 'added'; items: T[]};

const stepsMax = 2000;  // differing items before it gives up: time and memory grow with its square

function push<T>(edits: Edit<T>[], kind: Edit<T>['kind'], item: T) {
  const last = edits.at(-1);
  if (last?.kind === kind) last.items.push(item);
  else edits.push({kind, items: [item]});
}

// For each number of steps, how far each diagonal was reached; null if it takes too many.
function reach<T>(before: readonly T[], after: readonly T[]): Int32Array[] | null {
  const max = Math.min(before.length + after.length, stepsMax);
  const trace: Int32Array[] = [];
  let far = new Int32Array(2 * max + 3);
  const middle = max + 1;
  for (let steps = 0; steps <= max; ++steps) {
    trace.push(far.slice(middle - steps - 1, middle + steps + 2));
    for (let k = -steps; k <= steps; k += 2) {
      const down = k === -steps || (k !== steps && far[middle + k - 1]! < far[middle + k + 1]!);
      let x = down ? far[middle + k + 1]! : far[middle + k - 1]! + 1;
      let y = x - k;
      while (x < before.length && y < after.length && before[x] === after[y]) ++x, ++y;
      far[middle + k] = x;
      if (x >= before.length && y >= after.length) return trace;
    }
  }
  return null;
}

function walkBack<T>(before: readonly T[], after: readonly T[], trace: Int32Array[]): Edit<T>[] {
  const edits: Edit<T>[] = [];
  let x = before.length;
  let y = after.length;
  for (let steps = trace.length - 1; steps >= 0; --steps) {
    const far = (k: number) => trace[steps]![k + steps + 1]!;
    const k = x - y;
    const down = k === -steps || (k !== steps && far(k - 1) < far(k + 1));
    const fromK = down ? k + 1 : k - 1;
    const fromX = steps === 0 ? 0 : far(fromK);
    const fromY = steps === 0 ? 0 : fromX - fromK;
    while (x > fromX && y > fromY) push(edits, 'same', before[--x]!), --y;
    if (steps > 0) {
      if (down) push(edits, 'added', after[--y]!);
      else push(edits, 'removed', before[--x]!);
    }
  }
  for (const edit of edits) edit.items.reverse();
  return edits.reverse();
}

export function diff<T>(before: readonly T[], after: readonly T[]): Edit<T>[] {
  const trace = reach(before, after);
  if (trace) return walkBack(before, after, trace);
  return [{kind: 'removed', items: [...before]}, {kind: 'added', items: [...after]}];
}
