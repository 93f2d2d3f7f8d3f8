// The Logs page: filter, list, and the log that lies over it.
import {useEffect, useMemo, useRef, useState} from 'preact/hooks';
import {logs} from '../../api/calls.ts';
import {serverGone} from '../../api/client.ts';
import type {LogRow} from '../../api/types.ts';
import type {Term} from '../../filter/names.ts';
import {queryToTerms, termsToQuery} from '../../filter/query.ts';
import {rangeOf, withRange} from '../../filter/range.ts';
import {useKeys} from '../../state/keys.ts';
import {navigate, query} from '../../state/location.ts';
import {LogList} from '../../state/log_list.ts';
import {remember, remembered} from '../../state/storage.ts';
import {say, sayError} from '../../state/toast.ts';
import {Button, Problem, Switch} from '../../ui/controls.tsx';
import {FilterField} from '../../ui/filter_field.tsx';
import {Icon} from '../../ui/icon.tsx';
import {RangePicker} from '../../ui/range_picker.tsx';
import {wanted, type Wanted} from '../log/wanted.ts';
import {LogView} from '../log/view.tsx';
import {EmptyLedger, NothingMatches} from './empty.tsx';
import {ListCount, LogTable, type TableControl} from './table.tsx';

// The filters and the order, which are what the server is asked.
function useFilter() {
  const terms = queryToTerms(query.value);
  const reverse = new URLSearchParams(query.value).get('reverse') === 'true';
  const set = (next: readonly Term[], order = reverse) => {
    const text = [termsToQuery(next), order ? 'reverse=true' : ''].filter(Boolean).join('&');
    navigate(text ? `/?${text}` : '/');
  };
  return {terms, reverse, set, asked: [termsToQuery(terms), reverse ? 'reverse=true' : ''].filter(Boolean).join('&')};
}

function useList(asked: string, live: boolean): LogList {
  // It begins before the first paint: an effect would come after it.
  const list = useMemo(() => {
    const made = new LogList(asked);
    void made.begin();
    return made;
  }, [asked]);
  useEffect(() => () => list.close(), [list]);
  const loaded = list.loaded.value;
  useEffect(() => {
    if (live && loaded) list.startFollowing();
    else list.stopFollowing();
  }, [list, live, loaded]);
  const gone = serverGone.value;
  useEffect(() => {
    if (!gone && list.error.value?.status === 0) list.retry();
  }, [list, gone]);
  return list;
}

export function LogsPage({open}: {open: string | null}) {
  const {terms, reverse, set, asked} = useFilter();
  const [live, setLive] = useState(remembered('pk-live') !== 'off');
  const range = rangeOf(terms);
  const canFollow = !reverse && !range.until;
  const list = useList(asked, live && canFollow);
  const table = useRef<TableControl | null>(null);
  const [selected, setSelected] = useState<string | null>(open);
  const [wasEmpty, setWasEmpty] = useState(false);
  void list.version.value;

  useEffect(() => void (open && setSelected(open)), [open]);
  const empty = list.loaded.value && list.rows.length === 0 && list.atEnd.value;
  useEffect(() => {
    if (empty && !terms.length) setWasEmpty(true);
    else if (wasEmpty && list.rows.length) {
      const timer = setTimeout(() => setWasEmpty(false), 1200);
      return () => clearTimeout(timer);
    }
    return undefined;
  }, [empty, wasEmpty, list.version.value]);
  useEffect(() => setWasEmpty(false), [asked]);

  const suffix = asked ? `?${asked}` : '';
  const urlOf = (id: string) => `/logs/${id}${suffix}`;
  const openLog = (id: string) => {
    setSelected(id);
    navigate(urlOf(id), {over: true, replace: open !== null});
  };
  const close = () => navigate(asked ? `/?${asked}` : '/');
  // From a log that the list does not hold the server knows the next.
  const moveFrom = async (id: string, step: number) => {
    try {
      const {newer, older} = await logs.neighbours(id, termsToQuery(terms));
      const next = (step < 0) === reverse ? older : newer;
      if (next) openLog(next);
      else say(step < 0 ? 'This is the first' : 'This is the last');
    } catch (error) {
      sayError(error);
    }
  };
  const move = (step: number) => {
    const at = selected ? list.rows.indexOf(selected) : -1;
    const next = list.rows.at(at < 0 ? (table.current?.first() ?? 0) : at + step);
    if (open && (at < 0 || !next)) return void moveFrom(open, step);
    if (!next) return;
    if (open) openLog(next.id);
    else setSelected(next.id);
  };
  const inList = (work: () => void) => () => {
    if (open) return false;
    work();
    return undefined;
  };
  const act = (what: Wanted) => {
    if (!selected) return false;
    wanted.value = what;
    openLog(selected);
    return undefined;
  };
  useKeys({
    j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1),
    Enter: () => (selected ? openLog(selected) : false),
    Escape: () => (open ? close() : false),
    Home: inList(() => table.current?.goTo(0)), End: inList(() => table.current?.goTo(list.rows.length - 1)),
    PageDown: inList(() => table.current?.page(1)), PageUp: inList(() => table.current?.page(-1)),
    f: () => act('feedback'), s: () => act('share'),
    r: () => (selected ? navigate(`/replay/${selected}`) : false),
  });

  const changeLive = (on: boolean) => {
    setLive(on);
    remember('pk-live', on ? null : 'off');
  };
  const error = list.error.value;
  return (
    <>
      <h1 class="visually-hidden">Logs</h1>
      <div class="top">
        <FilterField terms={terms} onChange={(next) => set(next)} command={reverse ? 'pk logs list --reverse' : 'pk logs list'} />
        <RangePicker range={range} onChange={(next) => set(withRange(terms, next))} />
        <Switch on={live && canFollow} onChange={changeLive}>Live</Switch>
      </div>
      <div class={`logs ${open ? 'has-panel' : ''}`}>
        <section class="list" aria-label="List of logs">
          {error && error.status !== 0 && <div class="list-note"><Problem error={error}> {error.status === 400 ? 'See the filters above.' : <Button onClick={() => list.retry()}>Try again</Button>}</Problem></div>}
          {empty && terms.length > 0 ? <NothingMatches terms={terms} onDrop={(index) => set(terms.filter((_, at) => at !== index))} onClear={() => set([])} />
            : empty || wasEmpty ? <EmptyLedger arrived={!empty} />
              : <LogTable key={asked} list={list} selected={selected} urlOf={urlOf} reverse={reverse} control={table}
                  onReverse={() => set(terms, !reverse)} onOpen={(log: LogRow) => openLog(log.id)} onSelect={setSelected} />}
          {list.pendingCount.value > 0 && (
            <button type="button" class="pill" onClick={() => { list.showPending(); table.current?.goTo(0); }}>
              <Icon name="up" />{list.pendingCount.value > 500 ? '500+' : list.pendingCount.value} new
            </button>
          )}
          {!empty && <footer class="list-foot">
            <ListCount list={list} />
            <span class="hints"><kbd>j</kbd> <kbd>k</kbd> move <kbd>Enter</kbd> open <kbd>/</kbd> filter <kbd>?</kbd> keys</span>
          </footer>}
        </section>
        {open && (
          <aside class="log-panel" aria-label="Log">
            <LogView key={open} id={open} row={rowOf(list, open)} query={asked} onClose={close}
              onMove={(step) => move(step)} onRemoved={() => { close(); list.remove(open); }} />
          </aside>
        )}
      </div>
    </>
  );
}

function rowOf(list: LogList, id: string): LogRow | undefined {
  const at = list.rows.indexOf(id);
  return at < 0 ? undefined : list.rows.at(at);
}
