// A secret that is shown once. It lies over every page, the login page too, until who made it says that it is
// kept: whatever happens to the page that it was made on.
import {signal} from '@preact/signals';

export interface ShownOnce {
  title: string;
  words: string;
  what: string;
  text: string;
}

export const shownOnce = signal<ShownOnce | null>(null);

function warn(event: BeforeUnloadEvent) {
  event.preventDefault();
}

export function showOnce(secret: ShownOnce) {
  shownOnce.value = secret;
  addEventListener('beforeunload', warn);
}

export function forgetShown() {
  shownOnce.value = null;
  removeEventListener('beforeunload', warn);
}
