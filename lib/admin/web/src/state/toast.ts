// One line at the bottom that says what was done, or why not.
import {signal} from '@preact/signals';

export interface Toast {
  text: string;
  bad: boolean;
}

export const toast = signal<Toast | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

export function say(text: string, bad = false) {
  toast.value = {text, bad};
  clearTimeout(timer);
  timer = setTimeout(() => (toast.value = null), bad ? 8000 : 3000);
}

export function sayError(error: unknown) {
  say(error instanceof Error ? error.message : String(error), true);
}

// Where the page is not from a trustworthy address there is no clipboard, only the old way.
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}

export async function copyText(text: string, what: string) {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} copied`);
  } catch {
    if (copyBySelection(text)) say(`${what} copied`);
    else say('This browser lets no page copy; select the text instead', true);
  }
}
