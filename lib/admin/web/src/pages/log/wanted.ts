// What a key in the list asked of the log that it opens.
import {signal} from '@preact/signals';

export type Wanted = 'feedback' | 'share';
export const wanted = signal<Wanted | null>(null);
