// The keyboard: each part of the page registers its keys while it is there; the newest that takes a key has it.
import {useEffect, useRef} from 'preact/hooks';

export type Keys = Record<string, (event: KeyboardEvent) => void | boolean>;

const stack: {current: Keys}[] = [];

// A field takes its own letters, and Escape leaves it: what was written there is not lost to a page that closes.
function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

export function listenKeys() {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    const name = event.ctrlKey || event.metaKey ? `Ctrl+${event.key}` : event.key;
    if (isTyping(event.target) && name === 'Escape') return (event.target as HTMLElement).blur();
    if (isTyping(event.target) && !name.startsWith('Ctrl+Enter')) return;
    // Enter and Space belong to a focused control.
    if ((name === 'Enter' || name === ' ') && event.target instanceof Element && event.target.closest('a, button, summary')) return;
    for (let i = stack.length - 1; i >= 0; --i) {
      const handler = stack[i]!.current[name];
      if (!handler || handler(event) === false) continue;
      event.preventDefault();
      return;
    }
  });
}

// A handler that answers false leaves the key to those before it.
export function useKeys(keys: Keys) {
  const ref = useRef(keys);
  ref.current = keys;
  useEffect(() => {
    stack.push(ref);
    return () => void stack.splice(stack.indexOf(ref), 1);
  }, []);
}
