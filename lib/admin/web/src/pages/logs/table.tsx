// The list, of which only the rows in view are drawn.
import {useEffect, useLayoutEffect, useRef, useState} from 'preact/hooks';
import type {LogRow} from '../../api/types.ts';
import type {LogList} from '../../state/log_list.ts';
import {HeadRow, Row} from './row.tsx';

const rowHeight = 32;
const beyond = 8;  // rows drawn above and below what is seen

interface Props {
  list: LogList;
  total: number | null;
  selected: string | null;
  urlOf: (id: string) => string;
  reverse: boolean;
  onReverse: () => void;
  onOpen: (log: LogRow) => void;
  onSelect: (id: string) => void;
}

export function LogTable({list, total, selected, urlOf, reverse, onReverse, onOpen, onSelect}: Props) {
  const view = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState({top: 0, height: 800});
  void list.version.value;

  const first = Math.max(0, Math.floor(scroll.top / rowHeight) - beyond);
  const last = Math.min(list.rows.length - 1, Math.ceil((scroll.top + scroll.height) / rowHeight) + beyond);

  useLayoutEffect(() => {
    const element = view.current!;
    const read = () => setScroll({top: element.scrollTop, height: element.clientHeight});
    const observer = new ResizeObserver(read);
    observer.observe(element);
    element.scrollTop = 0;
    read();
    return () => observer.disconnect();
  }, [list]);
  useEffect(() => list.view(first, last), [list, first, last, list.version.value]);
  useEffect(() => list.setAtTop(scroll.top < rowHeight / 2), [list, scroll.top]);
  // What is selected is in view.
  useEffect(() => {
    const index = selected ? list.rows.indexOf(selected) : -1;
    const element = view.current!;
    if (index < 0) return;
    const top = index * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight > element.scrollTop + element.clientHeight) element.scrollTop = top + rowHeight - element.clientHeight;
    if (!element.contains(document.activeElement)) return;
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`#row-${selected} a`)?.focus({preventScroll: true}));
  }, [selected]);

  const open = (log: LogRow, event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    if (String(getSelection()) !== '') return;
    event.preventDefault();
    onOpen(log);
  };
  // One row can be reached by Tab: the selected one, else the first; from there j and k go on.
  const reachable = selected && list.rows.indexOf(selected) >= 0 ? selected : list.rows.at(0)?.id;
  const rows = [];
  for (let index = first; index <= last; ++index) {
    const log = list.rows.at(index);
    rows.push(
      <div key={log?.id ?? `gap-${index}`} class="row-place" role="presentation" style={{transform: `translateY(${index * rowHeight}px)`}}>
        {log ? <Row log={log} index={index} url={urlOf(log.id)} selected={log.id === selected} reachable={log.id === reachable} fresh={list.fresh.has(log.id)} onOpen={open} /> : <div class="row" role="row" aria-rowindex={index + 2}><span role="gridcell" class="faint">…</span></div>}
      </div>,
    );
  }
  return (
    <div class="table" role="grid" aria-label="Logs" aria-rowcount={total !== null ? total + 1 : list.atEnd.value ? list.rows.length + 1 : -1}>
      <div role="rowgroup" class="table-head"><HeadRow reverse={reverse} onReverse={onReverse} /></div>
      <div role="rowgroup" class="table-view" ref={view}
        onScroll={(event) => setScroll({top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight})}
        onFocusIn={(event) => { const row = (event.target as Element).closest('[role="row"]'); if (row) onSelect(row.id.slice('row-'.length)); }}>
        <div class="table-space" role="presentation" style={{height: `${list.rows.length * rowHeight}px`}}>{rows}</div>
      </div>
    </div>
  );
}
