// The time that relative times are told from, to five seconds; one timer for all of them.
import {signal} from '@preact/signals';

export const now = signal(Date.now());
setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 5000);
document.addEventListener('visibilitychange', () => (now.value = Date.now()));
