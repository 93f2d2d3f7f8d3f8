// Which page a path is.
import {useEffect, useState} from 'preact/hooks';
import {loginNeeded} from './api/client.ts';
import {useKeys} from './state/keys.ts';
import {place} from './state/location.ts';
import {loadSession} from './state/session.ts';
import {Frame, Overlays} from './ui/frame.tsx';
import {KeysHelp} from './ui/keys_help.tsx';
import {LoginPage} from './pages/login.tsx';
import {LogPage} from './pages/log/page.tsx';
import {LogsPage} from './pages/logs/page.tsx';

function NotFound() {
  return <div class="empty"><h2>There is no such page</h2><p>The logs are <a href="/">here</a>.</p></div>;
}

function Current() {
  const {path, over} = place.value;
  const log = /^\/logs\/([^/]+)$/.exec(path);
  const id = log ? decodeURIComponent(log[1]!) : null;
  useEffect(() => {
    document.title = id ? `Log ${id.slice(0, 8)} · pk` : path === '/' ? 'Logs · pk' : 'Not found · pk';
  }, [path]);
  if (path === '/' || (id && over)) return <LogsPage open={id} />;
  if (id) return <LogPage id={id} />;
  return <NotFound />;
}

export function App() {
  const [help, setHelp] = useState(false);
  useKeys({'?': () => setHelp(true)});
  useEffect(() => {
    // After the first paint: nothing on it needs to know who is logged in.
    const timer = setTimeout(() => void loadSession(), 300);
    return () => clearTimeout(timer);
  }, []);
  if (loginNeeded.value || place.value.path === '/login') return <><LoginPage /><Overlays /></>;
  return <><Frame><Current /></Frame>{help && <KeysHelp onClose={() => setHelp(false)} />}</>;
}
