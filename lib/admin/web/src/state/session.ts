// Who is logged in, where that is needed.
import {signal} from '@preact/signals';
import {session as calls} from '../api/calls.ts';
import {noteLogin} from '../api/client.ts';
import type {Session} from '../api/types.ts';

export const session = signal<Session | null>(null);
// Who has logged out leaves nothing on screen.
export const loggedOut = signal(false);

export async function loadSession() {
  try {
    session.value = await calls.get();
  } catch {
    // The frame says that the server is gone, or the login page that a key is wanted.
  }
}

export async function logIn(key: string) {
  await calls.open(key);
  noteLogin();
  loggedOut.value = false;
  await loadSession();
}

export async function logOut() {
  await calls.close();
  session.value = null;
  loggedOut.value = true;
}

// Whether a change may be asked for; unknown counts as yes, the server decides anyway.
export function mayChange(): boolean {
  const scopes = session.value?.scopes;
  return !scopes || !session.value?.login_required || scopes.includes('admin');
}
