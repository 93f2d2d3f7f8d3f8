// One log: what it is, when what happened, what was said, and what can be done with it.
import {useEffect, useState} from 'preact/hooks';
import {logs} from '../../api/calls.ts';
import type {LogRecord, LogRow} from '../../api/types.ts';
import {replayBlockWords} from '../../format/words.ts';
import {useKeys} from '../../state/keys.ts';
import {useLoad} from '../../state/load.ts';
import {navigate} from '../../state/location.ts';
import {sayError, say} from '../../state/toast.ts';
import {mayChange} from '../../state/session.ts';
import {Button, CopyButton, Problem, TabPanel, Tabs} from '../../ui/controls.tsx';
import {Confirm} from '../../ui/dialog.tsx';
import {curlOf} from './curl.ts';
import {FeedbackTab} from './feedback.tsx';
import {Facts, Figures, Title} from './head.tsx';
import {hasContent, NoContent} from './no_content.tsx';
import {ShareDialog} from './share.tsx';
import {Conversation, Headers, RequestBody, ResponseBody, WhyTab} from './tabs.tsx';
import {TimeBar} from './timeline.tsx';
import {wanted} from './wanted.ts';

interface Props {
  id: string;
  row?: LogRow | undefined;  // what the list knows of it already
  query: string;             // the filters of the list that it lies over
  onClose?: (() => void) | undefined;
  onMove: (step: number) => void;
  onRemoved: () => void;
}

function Actions({log, onShare, onClose, onMove, onRemoved}: {log: LogRow & Partial<LogRecord>; onShare: () => void; onClose: (() => void) | undefined; onMove: (step: number) => void; onRemoved: () => void}) {
  const [asking, setAsking] = useState(false);
  const blocked = replayBlockWords(log);
  const remove = async () => {
    try {
      await logs.remove(log.id);
      say('Log deleted');
      onRemoved();
    } catch (error) {
      sayError(error);
    }
  };
  const whole = log.request ? (log as LogRecord) : null;
  return (
    <div class="log-actions">
      <Button icon="play" why={blocked} onClick={() => navigate(`/replay/${log.id}`)}>Replay</Button>
      <Button icon="share" onClick={onShare}>Share</Button>
      {whole && <CopyButton kind="" text={() => curlOf(whole, location.origin)} what="curl line">curl</CopyButton>}
      <CopyButton kind="" text={log.id} what="Id">Id</CopyButton>
      {mayChange() && <Button kind="bare" icon="trash" words="Delete this log" onClick={() => setAsking(true)} />}
      <span class="grow" />
      <Button kind="bare" icon="up" words="Newer log" onClick={() => onMove(-1)} />
      <Button kind="bare" icon="down" words="Older log" onClick={() => onMove(1)} />
      {onClose && <Button kind="bare" icon="close" words="Close" onClick={onClose} />}
      {asking && <Confirm title="Delete this log?" words="It goes for good, with its content and its numbers." verb="Delete" onYes={() => void remove()} onClose={() => setAsking(false)} />}
    </div>
  );
}

function Content({log, tab, setTab, onGiven}: {log: LogRecord; tab: string; setTab: (tab: string) => void; onGiven: () => void}) {
  const content = hasContent(log);
  const tabs = [
    ...(content ? [{id: 'conversation', words: 'Conversation'}, {id: 'request', words: 'Request'}, {id: 'response', words: 'Response'}, {id: 'headers', words: 'Headers'}] : [{id: 'content', words: 'Content'}]),
    {id: 'why', words: 'Why'},
    {id: 'feedback', words: 'Feedback', count: log.feedback.count},
  ];
  const current = tabs.some((each) => each.id === tab) ? tab : tabs[0]!.id;
  return (
    <>
      <Tabs tabs={tabs} current={current} onChange={setTab} label="Parts of the log" />
      <TabPanel id={current}>
        {current === 'content' && <NoContent log={log} />}
        {current === 'conversation' && <Conversation log={log} />}
        {current === 'request' && <RequestBody log={log} />}
        {current === 'response' && <ResponseBody log={log} />}
        {current === 'headers' && <Headers log={log} />}
        {current === 'why' && <WhyTab log={log} />}
        {current === 'feedback' && <FeedbackTab log={log} onGiven={onGiven} />}
      </TabPanel>
    </>
  );
}

// The tab stays when one walks from log to log.
let lastTab = 'conversation';

export function LogView({id, row, query, onClose, onMove, onRemoved}: Props) {
  const {data, error, reload} = useLoad(`log ${id}`, (signal) => logs.get(id, signal), true);
  const [tab, setTabState] = useState(lastTab);
  const [sharing, setSharing] = useState(false);
  const setTab = (next: string) => {
    lastTab = next;
    setTabState(next);
  };
  const log = data ?? row;
  const blocked = log ? replayBlockWords(log) : null;
  useEffect(() => {
    if (!wanted.value) return;
    if (wanted.value === 'share') setSharing(true);
    else setTab('feedback');
    wanted.value = null;
  }, [wanted.value]);
  useKeys({
    r: () => (log && !blocked ? navigate(`/replay/${log.id}`) : say(blocked ?? 'Not loaded yet', true)),
    s: () => setSharing(true), f: () => setTab('feedback'),
  });
  if (!log) return <div class="log">{error && <Problem error={error}><p>{error.status === 404 ? <>It may have been pruned or deleted. <a href={query ? `/?${query}` : '/'}>All logs</a></> : <Button onClick={reload}>Try again</Button>}</p></Problem>}</div>;
  return (
    <article class="log" aria-label={`Log ${log.id}`}>
      <Actions log={log} onShare={() => setSharing(true)} onClose={onClose} onMove={onMove} onRemoved={onRemoved} />
      <div class="log-scroll">
        <Title log={log} />
        <Figures log={log} />
        {blocked && <p class="blocked quiet">Replay is off: {blocked}</p>}
        <TimeBar log={log} attempts={data?.attempts ?? []} />
        <Facts log={log} />
        {error && <Problem error={error} />}
        {data && <Content log={data} tab={tab} setTab={setTab} onGiven={reload} />}
      </div>
      {sharing && <ShareDialog id={log.id} onClose={() => setSharing(false)} />}
    </article>
  );
}
