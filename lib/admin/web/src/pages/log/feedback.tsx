// Feedback of a log's trace: what was given, and one more.
import {useState} from 'preact/hooks';
import {feedback} from '../../api/calls.ts';
import type {LogRow} from '../../api/types.ts';
import {visible} from '../../format/bytes.ts';
import {signed} from '../../format/number.ts';
import {ago, exactTime} from '../../format/time.ts';
import {useLoad} from '../../state/load.ts';
import {now} from '../../state/now.ts';
import {say, sayError} from '../../state/toast.ts';
import {Button, Problem} from '../../ui/controls.tsx';

const tone = (value: number) => (value > 0 ? 'good' : value < 0 ? 'bad' : '');

export function FeedbackTab({log, onGiven}: {log: LogRow; onGiven: () => void}) {
  const {data, error, reload} = useLoad(`feedback ${log.trace_id}`, (signal) => feedback.list(log.trace_id, signal), true);
  const [value, setValue] = useState(5);
  const [comment, setComment] = useState('');
  const give = async (given: number) => {
    try {
      await feedback.add(log.trace_id, given, comment.trim());
      setComment('');
      say(`Feedback ${signed(given)} given`);
      reload();
      onGiven();
    } catch (problem) {
      sayError(problem);
    }
  };
  return (
    <div class="feedback">
      <form onSubmit={(event) => { event.preventDefault(); void give(value); }}>
        <label class="named">Comment
          <textarea class="field" rows={2} value={comment} placeholder="What was good or bad; may stay empty" onInput={(event) => setComment(event.currentTarget.value)} />
        </label>
        <div class="feedback-line">
          <Button icon="thumb-up" words="Good: 10" onClick={() => void give(10)} />
          <Button icon="thumb-down" words="Bad: minus 10" onClick={() => void give(-10)} />
          <span class="quiet">or</span>
          <input class="grow" type="range" min={-10} max={10} step={1} value={value} aria-label="Value, from minus 10 to 10" onInput={(event) => setValue(Number(event.currentTarget.value))} />
          <output class={`feedback-value ${tone(value)}`}>{signed(value)}</output>
          <Button type="submit">Give</Button>
        </div>
      </form>
      {error && <Problem error={error} />}
      {data && (data.data.length ? (
        <ul class="feedback-list">
          {data.data.map((each) => (
            <li key={each.id}>
              <b class={tone(each.value)}>{signed(each.value)}</b>
              <span class="grow">{each.comment ? <span class="text-block">{visible(each.comment)}</span> : <span class="faint">no comment</span>}
                {each.weight !== 1 && <span class="quiet"> weight {each.weight}</span>}
                {Object.entries(each.metadata ?? {}).map(([key, word]) => <span class="tag" key={key}>{visible(key)}={visible(word)}</span>)}
              </span>
              <time class="quiet" dateTime={each.created_at} title={exactTime(each.created_at)}>{ago(each.created_at, now.value)}</time>
            </li>
          ))}
        </ul>
      ) : <p class="quiet">No feedback on this trace yet.</p>)}
    </div>
  );
}
