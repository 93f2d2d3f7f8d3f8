// Asks for an API key, once one exists.
import {useState} from 'preact/hooks';
import {navigate, place} from '../state/location.ts';
import {logIn, session} from '../state/session.ts';
import {Button} from '../ui/controls.tsx';
import {Dialog} from '../ui/dialog.tsx';
import {Overlays} from '../ui/frame.tsx';

function LoginForm() {
  const [key, setKey] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      await logIn(key.trim());
      if (place.value.path === '/login') navigate('/', {replace: true});
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <form class="login-form body" onSubmit={(event) => void submit(event)}>
      <p class="quiet">This server has API keys, so its pages want one with the scope <code>read</code> or <code>admin</code>.</p>
      <label class="named">API key
        <input class="field mono" type="password" name="key" autocomplete="current-password" autofocus required placeholder="pk-…" value={key}
          aria-describedby={problem ? 'login-problem' : undefined} onInput={(event) => { setKey(event.currentTarget.value); setProblem(null); }} />
      </label>
      {problem && <p class="bad" id="login-problem" role="alert">{problem}</p>}
      <Button type="submit" kind="primary">Log in</Button>
      <p class="faint">No key at hand? On the machine: <code>pk key add me --scope read</code></p>
    </form>
  );
}

export function LoginPage() {
  return <main class="login"><div><h1>pk</h1><LoginForm /></div></main>;
}

// Over the page whose session is over: what was written there is still there behind it.
export function LoginOver() {
  return (
    <Dialog title="Log in to pk" look="cover">
      {Boolean(session.value?.scopes.length) && <p class="login-note">What you were at is behind this, and stays as it is.</p>}
      <LoginForm />
      <Overlays />
    </Dialog>
  );
}
