// Turns of a conversation; tool calls fold, media are named boxes and never fetched.
import type {Json} from '../api/types.ts';
import {visible} from '../format/bytes.ts';
import type {Part, Turn} from '../stream/conversation.ts';
import {CopyButton} from './controls.tsx';
import {JsonView} from './json_view.tsx';

const asText = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));

function Folded({title, detail, value, open}: {title: string; detail: string; value: Json; open?: boolean}) {
  return (
    <details class="folded" open={open}>
      <summary><span class="tag">{title}</span> <span class="mono clip">{visible(detail)}</span></summary>
      <div class="folded-body"><JsonView value={value} openDepth={3} /></div>
    </details>
  );
}

function PartView({part}: {part: Part}) {
  switch (part.kind) {
    case 'text': return <div class="text-block">{visible(part.text)}</div>;
    case 'reasoning': return <Folded title="Reasoning" detail={part.text.slice(0, 80)} value={part.text} />;
    case 'call': return <Folded title="Tool call" detail={`${part.name}(${asText(part.value).replace(/\s+/g, ' ').slice(0, 80)})`} value={part.value} />;
    case 'result': return <Folded title="Tool result" detail={asText(part.value).replace(/\s+/g, ' ').slice(0, 80)} value={part.value} />;
    case 'media': return <span class="media"><b>{part.what}</b>{part.detail && <span class="quiet clip">{visible(part.detail.slice(0, 200))}</span>}</span>;
    case 'json': return <div class="code-block"><JsonView value={part.value} openDepth={3} /></div>;
  }
}

function turnText(turn: Turn): string {
  return turn.parts.map((part) => (part.kind === 'text' || part.kind === 'reasoning' ? part.text : part.kind === 'media' ? part.what : asText(part.value))).join('\n');
}

export function TurnView({turn, live}: {turn: Turn; live?: boolean}) {
  return (
    <section class={`turn role-${/^[a-z]+$/.test(turn.role) ? turn.role : 'other'}`} aria-busy={live ? true : undefined}>
      <header><b class="role-name">{visible(turn.role)}</b><CopyButton text={turnText(turn)} what="Text" /></header>
      {turn.parts.length ? turn.parts.map((part, at) => <PartView key={at} part={part} />) : <span class="faint">{live ? '…' : 'empty'}</span>}
    </section>
  );
}
