// Light, dark, or as the system has it.
import {signal} from '@preact/signals';
import {remember, remembered} from './storage.ts';

export type Theme = 'light' | 'dark';
const system = matchMedia('(prefers-color-scheme: dark)');

function current(): Theme {
  const chosen = remembered('pk-theme');
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return system.matches ? 'dark' : 'light';
}

export const theme = signal<Theme>(current());
system.addEventListener('change', () => (theme.value = current()));

// The other one; what the system has is not remembered, so that it is followed again.
export function switchTheme() {
  const next: Theme = theme.value === 'dark' ? 'light' : 'dark';
  const isSystems = next === (system.matches ? 'dark' : 'light');
  remember('pk-theme', isSystems ? null : next);
  if (isSystems) delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = next;
  theme.value = next;
}
