// Which page a path is.
import type {ComponentType} from 'preact';
import {useEffect, useState} from 'preact/hooks';
import {loginNeeded} from './api/client.ts';
import {useKeys} from './state/keys.ts';
import {place} from './state/location.ts';
import {loadSession, loggedOut} from './state/session.ts';
import {Frame, Overlays} from './ui/frame.tsx';
import {Button} from './ui/controls.tsx';
import {KeysHelp} from './ui/keys_help.tsx';
import {ShownOnceDialog} from './ui/shown_once.tsx';
import {LoginOver, LoginPage} from './pages/login.tsx';
import {LogPage} from './pages/log/page.tsx';
import {LogsPage} from './pages/logs/page.tsx';

type Props = {id: string};
type Page = ComponentType<Props>;

// Pages that are fetched when they are first asked for: the list is there sooner.
const later: [RegExp, string, () => Promise<Page>][] = [
  [/^\/replay\/([^/]+)$/, 'Replay', async () => (await import('./pages/playground/page.tsx')).PlaygroundPage],
  [/^\/analytics()$/, 'Analytics', async () => (await import('./pages/analytics/page.tsx')).AnalyticsPage],
  [/^\/configs()$/, 'Configs', async () => (await import('./pages/configs/list.tsx')).ConfigsPage],
  [/^\/configs\/([^/]+)$/, 'Config', async () => (await import('./pages/configs/page.tsx')).ConfigPage],
  [/^\/prompts()$/, 'Prompts', async () => (await import('./pages/prompts/list.tsx')).PromptsPage],
  [/^\/prompts\/([^/]+)$/, 'Prompt', async () => (await import('./pages/prompts/page.tsx')).PromptPage],
  [/^\/keys()$/, 'Keys', async () => (await import('./pages/keys/page.tsx')).KeysPage],
  [/^\/plan()$/, 'Plan', async () => (await import('./pages/plan/page.tsx')).PlanPage],
];

function Later({load, id}: {load: () => Promise<Page>; id: string}) {
  const [page, setPage] = useState<{load: unknown; page: Page | null} | null>(null);
  useEffect(() => {
    let wanted = true;
    load().then((loaded) => wanted && setPage({load, page: loaded}), () => wanted && setPage({load, page: null}));
    return () => void (wanted = false);
  }, [load]);
  if (page?.load !== load) return null;
  // Another pk may be there by now, with other files.
  if (!page.page) return <div class="empty"><h2>This page could not be loaded</h2><p>The server is away, or it is a newer one.</p><Button onClick={() => location.reload()}>Load it again</Button></div>;
  return <page.page key={id} id={id} />;
}

function NotFound() {
  return <div class="empty"><h2>There is no such page</h2><p>The logs are <a href="/">here</a>.</p></div>;
}

function Current() {
  const {path, over} = place.value;
  const log = /^\/logs\/([^/]+)$/.exec(path);
  const id = log ? decodeURIComponent(log[1]!) : null;
  const found = later.find(([pattern]) => pattern.test(path));
  useEffect(() => {
    document.title = id ? `Log ${id.slice(0, 8)} · pk` : path === '/' ? 'Logs · pk' : `${found?.[1] ?? 'Not found'} · pk`;
  }, [path]);
  if (path === '/' || (id && over)) return <LogsPage open={id} />;
  if (id) return <LogPage id={id} />;
  if (!found) return <NotFound />;
  return <Later load={found[2]} id={decodeURIComponent(found[0].exec(path)![1]!)} />;
}

export function App() {
  const [help, setHelp] = useState(false);
  useKeys({'?': () => setHelp(true)});
  useEffect(() => {
    // After the first paint: nothing on it needs to know who is logged in.
    const timer = setTimeout(() => void loadSession(), 300);
    return () => clearTimeout(timer);
  }, []);
  const isLogin = loggedOut.value || place.value.path === '/login';
  const isOver = loginNeeded.value && !isLogin;
  return (
    <>
      {isLogin ? <><LoginPage /><Overlays /></> : <><Frame><Current /></Frame>{help && <KeysHelp onClose={() => setHelp(false)} />}</>}
      {isOver && <LoginOver />}
      <ShownOnceDialog key={String(isOver)} />
    </>
  );
}
