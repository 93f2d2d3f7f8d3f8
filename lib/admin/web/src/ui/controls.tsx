// Small controls that every page uses.
import type {ComponentChildren} from 'preact';
import {useRef, useState} from 'preact/hooks';
import {copyText} from '../state/toast.ts';
import {Icon, type IconName} from './icon.tsx';

interface ButtonProps {
  onClick?: (() => void) | undefined;
  icon?: IconName;
  children?: ComponentChildren;
  kind?: 'primary' | 'bare' | '';
  words?: string;             // its name, where it shows an icon alone
  why?: string | null;        // why it cannot be used; then it stays in reach, so that the reason can be read
  pressed?: boolean;
  type?: 'button' | 'submit';
}

export function Button({onClick, icon, children, kind = '', words, why, pressed, type = 'button'}: ButtonProps) {
  const only = children === undefined;
  return (
    <button type={type} class={`button ${kind} ${only ? 'icon-only' : ''}`} title={why ?? words} aria-label={only ? words : undefined}
      aria-disabled={why ? true : undefined} aria-pressed={pressed} onClick={why ? undefined : onClick}>
      {icon && <Icon name={icon} />}
      {children !== undefined && <span>{children}</span>}
    </button>
  );
}

// A tick shows that it was done.
export function CopyButton({text, what, children, kind = 'bare'}: {text: string | (() => string | Promise<string>); what: string; children?: ComponentChildren; kind?: 'bare' | ''}) {
  const [done, setDone] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const copy = async () => {
    await copyText(typeof text === 'string' ? text : await text(), what);
    setDone(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setDone(false), 1500);
  };
  return <Button kind={kind} icon={done ? 'check' : 'copy'} words={`Copy ${what.toLowerCase()}`} onClick={() => void copy()}>{children}</Button>;
}

export function Switch({on, onChange, children}: {on: boolean; onChange: (on: boolean) => void; children: ComponentChildren}) {
  return (
    <button type="button" class="switch" role="switch" aria-checked={on} onClick={() => onChange(!on)}>
      <i /><span>{children}</span>
    </button>
  );
}

export interface Tab {
  id: string;
  words: string;
  count?: number | undefined;
}

// Arrow keys go from tab to tab; the panel is labelled by its tab.
export function Tabs({tabs, current, onChange, label}: {tabs: readonly Tab[]; current: string; onChange: (id: string) => void; label: string}) {
  const go = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const at = tabs.findIndex((tab) => tab.id === current);
    const next = tabs[(at + step + tabs.length) % tabs.length]!;
    onChange(next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={go}>
      {tabs.map((tab) => (
        <button key={tab.id} id={`tab-${tab.id}`} type="button" class="tab" role="tab" aria-selected={tab.id === current}
          aria-controls={tab.id === current ? `panel-${tab.id}` : undefined} tabIndex={tab.id === current ? 0 : -1} onClick={() => onChange(tab.id)}>
          {tab.words}{tab.count ? <span class="faint"> {tab.count}</span> : null}
        </button>
      ))}
    </div>
  );
}

export function TabPanel({id, children}: {id: string; children: ComponentChildren}) {
  return <div id={`panel-${id}`} role="tabpanel" aria-labelledby={`tab-${id}`} class="panel">{children}</div>;
}

export function Command({text, what = 'Command'}: {text: string; what?: string}) {
  return <div class="command"><pre>{text}</pre><CopyButton text={text} what={what} /></div>;
}

export function Problem({error, children}: {error: Error; children?: ComponentChildren}) {
  return <div class="note bad" role="alert">{error.message}{children}</div>;
}
