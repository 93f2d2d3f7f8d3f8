// What a log's tabs show.
import {useState} from 'preact/hooks';
import {logs} from '../../api/calls.ts';
import type {Content, LogRecord} from '../../api/types.ts';
import {visible} from '../../format/bytes.ts';
import {count} from '../../format/number.ts';
import {useLoad} from '../../state/load.ts';
import {requestTurns, responseTurns} from '../../stream/conversation.ts';
import {readEvents} from '../../stream/sse.ts';
import {Button, CopyButton, Problem} from '../../ui/controls.tsx';
import {TurnView} from '../../ui/conversation.tsx';
import {JsonView} from '../../ui/json_view.tsx';

const eventsShown = 1000;  // of a stream, before the rest is asked for
const earlierShown = 12;  // turns of a long conversation that are drawn before the rest is asked for

export function Conversation({log}: {log: LogRecord}) {
  const [all, setAll] = useState(false);
  const asked = requestTurns(log.request?.body);
  const answered = responseTurns(log.response?.body);
  const hidden = all ? 0 : Math.max(0, asked.length - earlierShown);
  return (
    <div class="conversation">
      {hidden > 0 && <Button kind="bare" icon="up" onClick={() => setAll(true)}>{hidden} earlier messages</Button>}
      {asked.slice(hidden).map((turn, at) => <TurnView key={hidden + at} turn={turn} />)}
      {answered.map((turn, at) => <TurnView key={`answer-${at}`} turn={turn} />)}
      {!answered.length && <p class="quiet">{log.error ? visible(log.error) : 'There was no answer.'}</p>}
    </div>
  );
}

// `kept`: which of its forms this is. A record has each body once, as the client knows it.
function BodyHead({content, what, kept, children}: {content: Content; what: string; kept: string; children?: preact.ComponentChildren}) {
  const text = () => (typeof content.body === 'string' ? content.body : JSON.stringify(content.body, null, 2));
  return <div class="body-head">{children}<span class="grow quiet">{kept}</span><CopyButton kind="" text={text} what={what}>Copy</CopyButton></div>;
}

function keptRequest(log: LogRecord): string {
  if (log.prompt_id) return 'As the prompt was rendered.';
  if (!log.attempts.length) return 'As the client sent it.';
  return 'As the client sent it. What a config or the form of the provider made of it is not kept.';
}

function keptResponse(log: LogRecord): string {
  if (log.cache === 'hit' || log.cache === 'semantic-hit') return 'As the client got it, from the cache.';
  if (!log.attempts.length) return 'As the client got it, from pk itself.';
  return 'As the client got it. Where that was translated, what the provider sent is not kept.';
}

export function RequestBody({log}: {log: LogRecord}) {
  if (!log.request) return null;
  return <><BodyHead content={log.request} what="Request" kept={keptRequest(log)} /><JsonView value={log.request.body} /></>;
}

function Events({log}: {log: LogRecord}) {
  const [shown, setShown] = useState(eventsShown);
  const {data, error} = useLoad(`raw ${log.id}`, (signal) => logs.raw(log.id, signal));
  if (error) return <Problem error={error} />;
  if (!data) return null;
  const body = data.response?.body;
  const events = readEvents(typeof body === 'string' ? body : '');
  if (!events.length) return <JsonView value={body ?? null} />;
  return (
    <ol class="events mono">
      {events.slice(0, shown).map((event, at) => (
        <li key={at}><span class="faint number">{at + 1}</span><span class="grow">{event.event !== 'message' && <b>{visible(event.event)} </b>}{visible(event.data)}</span></li>
      ))}
      {events.length > shown && <li><button type="button" class="link" onClick={() => setShown(shown + 10 * eventsShown)}>{count(events.length - shown)} more</button></li>}
    </ol>
  );
}

export function ResponseBody({log}: {log: LogRecord}) {
  const [events, setEvents] = useState(false);
  if (!log.response) return null;
  return (
    <>
      <BodyHead content={log.response} what="Response" kept={keptResponse(log)}>
        {log.stream && <span class="choice" role="group" aria-label="Show the stream as">
          <Button pressed={!events} onClick={() => setEvents(false)}>Message</Button>
          <Button pressed={events} onClick={() => setEvents(true)}>Events</Button>
        </span>}
      </BodyHead>
      {events ? <Events log={log} /> : <JsonView value={log.response.body} />}
    </>
  );
}

function HeaderTable({title, headers}: {title: string; headers: Record<string, string>}) {
  const entries = Object.entries(headers);
  return (
    <section class="headers">
      <header><h2>{title}</h2><CopyButton text={entries.map(([name, value]) => `${name}: ${value}`).join('\n')} what={`${title} headers`} /></header>
      <dl class="facts mono">
        {entries.map(([name, value]) => <><dt>{visible(name)}</dt><dd>{visible(value)}</dd></>)}
      </dl>
      {!entries.length && <p class="quiet">None</p>}
    </section>
  );
}

export function Headers({log}: {log: LogRecord}) {
  return (
    <>
      <HeaderTable title="Request" headers={log.request?.headers ?? {}} />
      <HeaderTable title="Response" headers={log.response?.headers ?? {}} />
    </>
  );
}

export function WhyTab({log}: {log: LogRecord}) {
  const {data, error} = useLoad(`why ${log.id}`, (signal) => logs.why(log.id, signal));
  if (error) return <Problem error={error} />;
  if (!data) return null;
  return (
    <>
      {data.missing && <p class="note">Only the attempts are known: {visible(data.missing)}</p>}
      <ol class="decisions">
        {data.decisions.map((each, at) => (
          <li key={at}>
            <span class="mono quiet clip" title={each.option}>{at > 0 && data.decisions[at - 1]!.option === each.option ? '' : each.option}</span>
            <span>{visible(each.decision)}</span>
          </li>
        ))}
      </ol>
    </>
  );
}
