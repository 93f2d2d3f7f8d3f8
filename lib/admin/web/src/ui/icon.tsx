// The drawings, 16 by 16, drawn with the colour of the text beside them.
import type {ComponentChildren} from 'preact';

const drawings: Record<string, ComponentChildren> = {
  bolt: <path d="M9.5 1.5 3.5 9H8l-1.5 5.5 6-7.5H8z" />,
  retry: <path d="M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3" />,
  branch: <><circle cx="4" cy="3.5" r="1.5" /><circle cx="4" cy="12.5" r="1.5" /><circle cx="12" cy="5.5" r="1.5" /><path d="M4 5v6M12 7c0 2.5-3 3-8 3.5" /></>,
  scales: <><path d="M8 2v12M5 14h6M3 4.5 8 3l5 1.5" /><path d="M3 4.5 1.2 9.3a2 2 0 0 0 3.6 0zM13 4.5l-1.8 4.8a2 2 0 0 0 3.6 0z" /></>,
  logs: <path d="M2 4h12M2 8h12M2 12h8" />,
  chart: <path d="M2 14V2M2 14h12M5 11V8M8.5 11V4.5M12 11V6.5" />,
  config: <><path d="M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6" /><circle cx="10" cy="4.5" r="2" /><circle cx="6" cy="11.5" r="2" /></>,
  prompt: <path d="M6 2.5c-2 0-1.5 2-1.5 3.3S3 8 2.5 8C3 8 4.5 8.9 4.5 10.2S4 13.5 6 13.5M10 2.5c2 0 1.5 2 1.5 3.3S13 8 13.5 8c-.5 0-2 .9-2 2.2s.5 3.3-1.5 3.3" />,
  key: <><circle cx="5" cy="11" r="3" /><path d="m7.2 8.8 6.3-6.3M11 5l2 2" /></>,
  plan: <path d="M2.2 12.5a6.5 6.5 0 1 1 11.6 0M8 9.5l3-3.5" />,
  sun: <><circle cx="8" cy="8" r="3" /><path d="M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1" /></>,
  moon: <path d="M13.5 9.8A6 6 0 0 1 6.2 2.5a6 6 0 1 0 7.3 7.3z" />,
  copy: <><rect x="5.5" y="5.5" width="8" height="8" rx="1" /><path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2" /></>,
  check: <path d="m3 8.5 3.5 3.5L13 4.5" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  search: <><circle cx="7" cy="7" r="4.5" /><path d="m10.5 10.5 3.5 3.5" /></>,
  terminal: <path d="m3 4 4 4-4 4M8.5 12.5H13" />,
  pause: <path d="M5.5 3v10M10.5 3v10" />,
  play: <path d="M4.5 2.5v11l9-5.5z" />,
  stop: <rect x="4" y="4" width="8" height="8" rx="1" />,
  share: <path d="M8 10V2M5 4.5 8 1.8l3 2.7M4.5 7.5h-2v6.5h11V7.5h-2" />,
  up: <path d="m3.5 10 4.5-4.5 4.5 4.5" />,
  down: <path d="m3.5 6 4.5 4.5L12.5 6" />,
  right: <path d="m6 3.5 4.5 4.5L6 12.5" />,
  left: <path d="M10 3.5 5.5 8l4.5 4.5" />,
  'thumb-up': <path d="M5 7v6.5H2.5V7zM5 7.5 8 2c1.3 0 1.9.9 1.6 2.2L9 6.5h3.7c.9 0 1.4.7 1.2 1.5l-1.2 4.5c-.2.6-.7 1-1.3 1H5" />,
  'thumb-down': <path d="M5 9V2.5H2.5V9zM5 8.5 8 14c1.3 0 1.9-.9 1.6-2.2L9 9.5h3.7c.9 0 1.4-.7 1.2-1.5l-1.2-4.5c-.2-.6-.7-1-1.3-1H5" />,
  hidden: <><path d="M2 8s2.2-4 6-4 6 4 6 4-2.2 4-6 4-6-4-6-4zM3 13 13 3" /></>,
  broken: <path d="M2 8h3l1.5-4M9.5 12 11 8h3M8 3.5v2M8 10.5v2" />,
  'left-early': <path d="M6.5 2.5h-4v11h4M6.5 8H14M11 5l3 3-3 3" />,
  warning: <path d="M8 2 1.5 13.5h13zM8 6.5v3.5M8 11.8v.2" />,
  plus: <path d="M8 3v10M3 8h10" />,
  edit: <path d="m3 13 .7-3L11 2.7l2.3 2.3L6 12.3z" />,
  trash: <path d="M2.5 4h11M6 4V2.5h4V4M4 4l.6 9.5h6.8L12 4M6.7 6.5v4.5M9.3 6.5v4.5" />,
  more: <path d="M3 8h.01M8 8h.01M13 8h.01" />,
  clock: <><circle cx="8" cy="8" r="6" /><path d="M8 4.5V8l2.5 1.5" /></>,
  exit: <path d="M6.5 2.5h-4v11h4M6 8h8M11 5l3 3-3 3" />,
  help: <><circle cx="8" cy="8" r="6" /><path d="M6.3 6.3a1.7 1.7 0 1 1 2.5 1.6c-.6.3-.8.7-.8 1.3M8 11.3v.1" /></>,
};

export type IconName = string;

export function Icon({name, words}: {name: IconName; words?: string}) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" role={words ? 'img' : undefined} aria-label={words} aria-hidden={words ? undefined : true}>
      {words && <title>{words}</title>}
      {drawings[name]}
    </svg>
  );
}
