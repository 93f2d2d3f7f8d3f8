// Asks for an API key, once one exists.
import {useState} from 'preact/hooks';
import {navigate, place} from '../state/location.ts';
import {logIn} from '../state/session.ts';
import {Button} from '../ui/controls.tsx';

export function LoginPage() {
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
    <main class="login">
      <form onSubmit={(event) => void submit(event)}>
        <h1>pk</h1>
        <p class="quiet">This server has API keys, so its pages want one with the scope <code>read</code> or <code>admin</code>.</p>
        <label class="named">API key
          <input class="field mono" type="password" name="key" autocomplete="current-password" autofocus required placeholder="pk-…" value={key}
            aria-describedby={problem ? 'login-problem' : undefined} onInput={(event) => { setKey(event.currentTarget.value); setProblem(null); }} />
        </label>
        {problem && <p class="bad" id="login-problem" role="alert">{problem}</p>}
        <Button type="submit" kind="primary">Log in</Button>
        <p class="faint">No key at hand? On the machine: <code>pk key add me --scope read</code></p>
      </form>
    </main>
  );
}
