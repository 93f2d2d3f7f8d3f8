// One log in the list.
import type {LogRow} from '../../api/types.ts';
import {cents, count} from '../../format/number.ts';
import {ago, exactTime} from '../../format/time.ts';
import {pathWords} from '../../format/words.ts';
import {now} from '../../state/now.ts';
import {ModelName, StateMark, StatusMarks} from '../../ui/log_marks.tsx';

interface Props {
  log: LogRow;
  index: number;
  url: string;
  selected: boolean;
  reachable: boolean;
  fresh: boolean;
  onOpen: (log: LogRow, event: MouseEvent) => void;
}

function Tokens({log}: {log: LogRow}) {
  if (log.total_tokens === null && log.cost_usd === null) return <span class="faint">–</span>;
  return <>{count(log.total_tokens)} <span class="quiet">({cents(log.cost_usd)})</span></>;
}

export function Row({log, index, url, selected, reachable, fresh, onOpen}: Props) {
  return (
    <div class={`row ${selected ? 'is-selected' : ''} ${fresh ? 'is-fresh' : ''}`} role="row" id={`row-${log.id}`} aria-rowindex={index + 2} aria-selected={selected}
      onClick={(event) => onOpen(log, event)}>
      <span role="gridcell" class="cell-time"><a href={url} tabIndex={reachable ? 0 : -1} title={exactTime(log.created_at)}>{ago(log.created_at, now.value)}</a></span>
      <span role="gridcell" class="cell-model"><ModelName log={log} /></span>
      <span role="gridcell" class="cell-path clip" title={`${log.method} ${log.path}`}>{pathWords(log)}</span>
      <span role="gridcell" class="cell-user clip" title={log.user ?? ''}>{log.user ?? <span class="faint">–</span>}</span>
      <span role="gridcell" class="cell-tokens number"><Tokens log={log} /></span>
      <span role="gridcell" class="cell-status"><StatusMarks log={log} /><StateMark log={log} /></span>
    </div>
  );
}

export function HeadRow({reverse, onReverse}: {reverse: boolean; onReverse: () => void}) {
  return (
    <div class="row head" role="row" aria-rowindex={1}>
      <span role="columnheader" class="cell-time" aria-sort={reverse ? 'ascending' : 'descending'}>
        <button type="button" class="sort" title={reverse ? 'Oldest first; show the newest first' : 'Newest first; show the oldest first'} onClick={onReverse}>Time {reverse ? '↑' : '↓'}</button>
      </span>
      <span role="columnheader" class="cell-model">Model</span>
      <span role="columnheader" class="cell-path">Path</span>
      <span role="columnheader" class="cell-user">User</span>
      <span role="columnheader" class="cell-tokens number">Tokens (Cost)</span>
      <span role="columnheader" class="cell-status">Status</span>
    </div>
  );
}
