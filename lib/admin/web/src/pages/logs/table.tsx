// The list, of which only the rows in view are drawn.
import type {MutableRef} from 'preact/hooks';
import {useEffect, useLayoutEffect, useRef, useState} from 'preact/hooks';
import type {LogRow} from '../../api/types.ts';
import {count} from '../../format/number.ts';
import type {LogList} from '../../state/log_list.ts';
import {heightMax, Scroller} from '../../state/scroller.ts';
import {HeadRow, Row} from './row.tsx';

const rowHeight = 32;
const beyond = 8;      // rows drawn above and below what is seen
const restMs = 150;    // nothing is scrolled any more

// What keys do with it.
export interface TableControl {
  page: (step: number) => void;
  goTo: (index: number) => void;  // and selects it, once it is there
  first: () => number;            // the first row that is seen whole
}

interface Props {
  list: LogList;
  selected: string | null;
  urlOf: (id: string) => string;
  reverse: boolean;
  onReverse: () => void;
  onOpen: (log: LogRow) => void;
  onSelect: (id: string) => void;
  control: MutableRef<TableControl | null>;
}

// The element and its scroller move together; the state is what is drawn.
function useScrolling(list: LogList) {
  const view = useRef<HTMLDivElement>(null);
  const scroller = useRef(new Scroller()).current;
  const [drawn, setDrawn] = useState({top: 0, offset: 0, height: 800});
  const rest = useRef<ReturnType<typeof setTimeout>>();
  const height = list.rows.length * rowHeight;
  const read = () => {
    const element = view.current!;
    scroller.resize(list.rows.length * rowHeight, element.clientHeight);
    scroller.moved(element.scrollTop);
    setDrawn({top: scroller.top, offset: scroller.offset, height: element.clientHeight});
  };
  const goTo = (top: number) => {
    const element = view.current!;
    scroller.resize(list.rows.length * rowHeight, element.clientHeight);
    element.scrollTop = scroller.goTo(top);
    read();
  };
  const onScroll = () => {
    read();
    clearTimeout(rest.current);
    rest.current = setTimeout(() => { if (scroller.offset) goTo(scroller.top); }, restMs);
  };
  useLayoutEffect(() => {
    const observer = new ResizeObserver(read);
    observer.observe(view.current!);
    goTo(0);
    return () => {
      observer.disconnect();
      clearTimeout(rest.current);
    };
  }, [list]);
  useLayoutEffect(read, [height]);
  return {view, drawn, space: Math.min(height, heightMax), goTo, onScroll, top: () => scroller.top};
}

export function LogTable({list, selected, urlOf, reverse, onReverse, onOpen, onSelect, control}: Props) {
  const {view, drawn, space, goTo, onScroll, top} = useScrolling(list);
  const wanted = useRef<number | null>(null);
  void list.version.value;

  const first = Math.max(0, Math.floor(drawn.top / rowHeight) - beyond);
  const last = Math.min(list.rows.length - 1, Math.ceil((drawn.top + drawn.height) / rowHeight) + beyond);

  useEffect(() => list.view(first, last), [list, first, last, list.version.value]);
  useEffect(() => list.setAtTop(drawn.top < rowHeight / 2), [list, drawn.top]);
  useEffect(() => {
    const row = wanted.current === null ? undefined : list.rows.at(wanted.current);
    if (!row) return;
    wanted.current = null;
    onSelect(row.id);
  });
  control.current = {
    page: (step) => goTo(top() + step * (view.current!.clientHeight - rowHeight)),
    goTo: (index) => {
      wanted.current = index;
      goTo(index * rowHeight);
    },
    first: () => Math.ceil(top() / rowHeight),
  };
  // What is selected is in view: with the same look, for who presses the next key has scrolled on.
  useLayoutEffect(() => {
    const index = selected ? list.rows.indexOf(selected) : -1;
    const element = view.current!;
    if (index < 0) return;
    const place = index * rowHeight;
    if (place < top()) goTo(place);
    else if (place + rowHeight > top() + element.clientHeight) goTo(place + rowHeight - element.clientHeight);
    if (!element.contains(document.activeElement)) return;
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`#row-${selected} a`)?.focus({preventScroll: true}));
  }, [selected]);

  const open = (log: LogRow, event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    if (String(getSelection()) !== '') return;
    event.preventDefault();
    onOpen(log);
  };
  // One row can be reached by Tab: the selected one, else the first that is drawn; from there j and k go on.
  const held = selected !== null && list.rows.has(selected);
  const rows = [];
  for (let index = first; index <= last; ++index) {
    const log = list.rows.at(index);
    rows.push(
      <div key={log?.id ?? `gap-${index}`} class="row-place" role="presentation" style={{transform: `translateY(${index * rowHeight - drawn.offset}px)`}}>
        {log ? <Row log={log} index={index} url={urlOf(log.id)} selected={log.id === selected} reachable={held ? log.id === selected : index === first} fresh={list.fresh.has(log.id)} onOpen={open} />
          : <div class="row is-gap" role="row" aria-rowindex={index + 2}><span role="gridcell"><i /></span><span role="gridcell"><i /></span></div>}
      </div>,
    );
  }
  return (
    <div class="table" role="grid" aria-label="Logs" aria-rowcount={list.atEnd.value || list.counted.value?.exact ? list.rows.length + 1 : -1}>
      <div role="rowgroup" class="table-head"><HeadRow reverse={reverse} onReverse={onReverse} /></div>
      <div role="rowgroup" class="table-view" ref={view} onScroll={onScroll}
        onFocusIn={(event) => { const row = (event.target as Element).closest('[role="row"]'); if (row) onSelect(row.id.slice('row-'.length)); }}>
        <div class="table-space" role="presentation" style={{height: `${space}px`}}>{rows}</div>
      </div>
    </div>
  );
}

// How many there are, and which of them are seen.
export function ListCount({list}: {list: LogList}) {
  void list.version.value;
  const {from, to} = list.seen.value;
  const counted = list.counted.value;
  const isWhole = list.atEnd.value && !list.rows.endsInGap;
  if (!isWhole && !counted) return <span />;
  const total = isWhole || counted?.exact ? list.rows.length : Math.max(counted!.count, list.rows.length);
  const isPart = !isWhole && !counted?.exact;
  const first = from + beyond + 1;
  const last = to + 1 - (to + 1 < list.rows.length ? beyond : 0);
  return (
    <span>
      {from > 0 && <><span class="faint">{`${count(first)}–${count(last)} of`}</span> </>}
      <span>{count(total)}{isPart ? '+' : ''} {total === 1 ? 'log' : 'logs'}</span>
    </span>
  );
}
