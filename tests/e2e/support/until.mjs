// What comes about in a moment, on a machine that may be busy with other things: looked at again and again, with an end
// that says what was missing.
import assert from 'node:assert/strict';
import {setTimeout as pause} from 'node:timers/promises';
import {isDeepStrictEqual} from 'node:util';

export const patienceMs = 60_000;

// The first answer of `ask` that is one.
export async function until(what, ask) {
  for (const end = Date.now() + patienceMs; Date.now() < end; await pause(50)) {
    const answer = await ask();
    if (answer) return answer;
  }
  assert.fail(`waited in vain until ${what}`);
}

// What `read` gives comes to be `expected`.
export async function becomes(read, expected) {
  let last;
  for (const end = Date.now() + patienceMs; Date.now() < end; await pause(20)) {
    last = await read();
    if (isDeepStrictEqual(last, expected)) return;
  }
  assert.deepEqual(last, expected);
}
