// The time range: a few that are asked for often, and any other.
import {useState} from 'preact/hooks';
import {durationMs, ranges, type Range} from '../filter/range.ts';
import {date, dateTime} from '../format/time.ts';
import {Button} from './controls.tsx';
import {Dialog} from './dialog.tsx';

function rangeWords({since, until}: Range): string {
  const known = ranges.find((range) => range.since === since);
  if (!until && known) return known.words;
  const words = (text: string) => (Number.isNaN(Date.parse(text)) || /^\d+[a-z]+$/.test(text) ? text : dateTime(new Date(text).toISOString()));
  if (since && !until && durationMs(since) !== null) return `Last ${since}`;
  if (since && until) return `${words(since)} – ${words(until)}`;
  return since ? `Since ${words(since)}` : until ? `Until ${words(until)}` : 'All time';
}

// What <input type=datetime-local> takes.
function localValue(text: string | null): string {
  const at = text ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) return '';
  const iso = new Date(at).toISOString();
  const day = new Date(at);
  return `${date(iso)}T${String(day.getHours()).padStart(2, '0')}:${String(day.getMinutes()).padStart(2, '0')}`;
}

function Custom({range, onChange, onClose}: {range: Range; onChange: (range: Range) => void; onClose: () => void}) {
  const [since, setSince] = useState(localValue(range.since));
  const [until, setUntil] = useState(localValue(range.until));
  const iso = (text: string) => (text ? new Date(text).toISOString() : null);
  const wrong = since && until && since >= until ? 'The end is not after the start' : null;
  return (
    <Dialog title="Time range" onClose={onClose}>
      <div class="body">
        <label class="named">From<input class="field" type="datetime-local" value={since} onInput={(event) => setSince(event.currentTarget.value)} /></label>
        <label class="named">Before<input class="field" type="datetime-local" value={until} onInput={(event) => setUntil(event.currentTarget.value)} /></label>
      </div>
      <footer>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" why={wrong} onClick={() => { onChange({since: iso(since), until: iso(until)}); onClose(); }}>Show</Button>
      </footer>
    </Dialog>
  );
}

export function RangePicker({range, onChange}: {range: Range; onChange: (range: Range) => void}) {
  const [custom, setCustom] = useState(false);
  const known = !range.until && (!range.since || ranges.some((each) => each.since === range.since));
  const pick = (value: string) => {
    if (value === 'custom') setCustom(true);
    else if (value !== 'current') onChange({since: value || null, until: null});
  };
  return (
    <>
      <select class="field range" aria-label="Time range" value={known ? (range.since ?? '') : 'current'}
        onChange={(event) => { pick(event.currentTarget.value); event.currentTarget.value = known ? (range.since ?? '') : 'current'; }}>
        <option value="">All time</option>
        {ranges.map((each) => <option key={each.since} value={each.since}>{each.words}</option>)}
        {!known && <option value="current">{rangeWords(range)}</option>}
        <option value="custom">From … to …</option>
      </select>
      {custom && <Custom range={range} onChange={onChange} onClose={() => setCustom(false)} />}
    </>
  );
}
