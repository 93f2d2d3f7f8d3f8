// The rail on the left and what lies over every page.
import type {ComponentChildren} from 'preact';
import {serverGone, waiting} from '../api/client.ts';
import {path} from '../state/location.ts';
import {logOut, session} from '../state/session.ts';
import {switchTheme, theme} from '../state/theme.ts';
import {toast} from '../state/toast.ts';
import {Icon} from './icon.tsx';
import {Button} from './controls.tsx';

const places = [
  {url: '/', icon: 'logs', words: 'Logs', of: /^\/(logs|replay|$)/},
  {url: '/analytics', icon: 'chart', words: 'Analytics', of: /^\/analytics/},
  {url: '/configs', icon: 'config', words: 'Configs', of: /^\/configs/},
  {url: '/prompts', icon: 'prompt', words: 'Prompts', of: /^\/prompts/},
  {url: '/keys', icon: 'key', words: 'Keys', of: /^\/keys/},
  {url: '/plan', icon: 'plan', words: 'Plan', of: /^\/plan/},
];

export function Frame({children}: {children: ComponentChildren}) {
  const other = theme.value === 'dark' ? 'light' : 'dark';
  return (
    <div class="frame">
      <a class="skip" href="#main">Skip to the content</a>
      <nav class="rail" aria-label="Pages">
        <a class="brand" href="/" aria-label="pk, to the logs">pk</a>
        {places.map(({url, icon, words, of}) => (
          <a key={url} class="place" href={url} aria-current={of.test(path.value) ? 'page' : undefined}><Icon name={icon} />{words}</a>
        ))}
        <div class="foot">
          {session.value?.login_required && <Button kind="bare" icon="exit" words="Log out" onClick={() => void logOut()} />}
          <Button kind="bare" icon={theme.value === 'dark' ? 'sun' : 'moon'} words={`Switch to ${other}`} onClick={switchTheme} />
          {session.value && <span class="version">{session.value.version}</span>}
        </div>
      </nav>
      <main id="main" class="page" tabIndex={-1} aria-busy={waiting.value}>{children}</main>
      {waiting.value && <i class="waiting-bar" aria-hidden="true" />}
      <Overlays />
    </div>
  );
}

export function Overlays() {
  return (
    <>
      {serverGone.value && <div class="gone" role="status">pk serve does not answer. Trying again; what is on screen stays.</div>}
      <div role="status" aria-live="polite">
        {toast.value && <div class={`toast ${toast.value.bad ? 'is-bad' : ''}`}><Icon name={toast.value.bad ? 'warning' : 'check'} />{toast.value.text}</div>}
      </div>
    </>
  );
}
