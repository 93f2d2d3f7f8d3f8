// A list with nothing in it says what to do.
import {useEffect, useState} from 'preact/hooks';
import {logs} from '../../api/calls.ts';
import type {Term} from '../../filter/names.ts';
import {termsToQuery} from '../../filter/query.ts';
import {termText} from '../../filter/text.ts';
import {count} from '../../format/number.ts';
import {Button, Command} from '../../ui/controls.tsx';

export function EmptyLedger({arrived}: {arrived: boolean}) {
  const line = `curl ${location.origin}/v1/chat/completions \\\n  -H 'x-portkey-provider: demo' -H 'content-type: application/json' \\\n  -d '{"model":"demo-1","messages":[{"role":"user","content":"Say hello"}]}'`;
  return (
    <div class="empty">
      <h2>No logs yet</h2>
      <p>Every call that passes through here is listed on this page. The built-in provider <code>demo</code> answers without a key or a network:</p>
      <Command text={line} />
      <p class="waiting" role="status"><i class={`dot ${arrived ? 'is-on' : ''}`} />{arrived ? 'The first call arrived' : 'Waiting for the first call'}</p>
      <p class="faint">A program that speaks to OpenAI does the same with <code>{location.origin}/v1</code> as its base URL and the header <code>x-portkey-provider</code>.</p>
    </div>
  );
}

interface Without {
  term: Term;
  index: number;
  count: number;
}

// For each term, how many there would be without it.
async function countWithout(terms: readonly Term[], signal: AbortSignal): Promise<Without[]> {
  const found = await Promise.all(terms.slice(0, 8).map(async (term, index) => {
    const others = terms.filter((_, at) => at !== index);
    return {term, index, count: (await logs.count(termsToQuery(others), signal)).count};
  }));
  return found.filter((each) => each.count > 0).sort((a, b) => b.count - a.count);
}

export function NothingMatches({terms, onDrop, onClear}: {terms: readonly Term[]; onDrop: (index: number) => void; onClear: () => void}) {
  const [without, setWithout] = useState<Without[] | null>(null);
  const key = termsToQuery(terms);
  useEffect(() => {
    const abort = new AbortController();
    setWithout(null);
    countWithout(terms, abort.signal).then(setWithout, () => {});
    return () => abort.abort();
  }, [key]);
  return (
    <div class="empty">
      <h2>Nothing matches</h2>
      {without && without.length > 0 && (
        <>
          <p>Of these filters, this one takes away the most:</p>
          <ul class="without">
            {without.map((each, at) => (
              <li key={each.index} class={at ? 'quiet' : ''}>
                <Button onClick={() => onDrop(each.index)} icon="close" words={`Drop ${termText(each.term)}`}><span class="mono">{termText(each.term)}</span></Button>
                <span>{count(each.count)} {each.count === 1 ? 'log' : 'logs'} without it</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {without && without.length === 0 && terms.length > 1 && <p>Dropping any one of the filters does not help; together they leave nothing.</p>}
      <Button onClick={onClear}>Drop all filters</Button>
    </div>
  );
}
