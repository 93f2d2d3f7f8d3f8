// The list of logs that is shown: loaded where it was looked at, followed while it is live.
import {signal} from '@preact/signals';
import {logs} from '../api/calls.ts';
import {ApiError} from '../api/client.ts';
import type {List, LogRow} from '../api/types.ts';
import {Chunks, chunkRows, type Chunk, type Wanted} from './chunks.ts';
import {follow} from './tail.ts';

const pendingMax = 500;     // new rows held back; with more the list is simply loaded anew
const near = 20;            // rows beyond those that are seen that are loaded with them
const settleMs = 80;        // a bar that is being dragged asks for nothing before it rests so long
const entranceMs = 400;

export class LogList {
  // Bumped with every change of rows: what is drawn reads this.
  readonly version = signal(0);
  readonly atEnd = signal(false);
  readonly error = signal<ApiError | null>(null);
  readonly loaded = signal(false);
  readonly pendingCount = signal(0);
  // How many there are in all, once that was asked; not exact where counting took too long.
  readonly counted = signal<{count: number; exact: boolean} | null>(null);
  readonly seen = signal({from: 0, to: 0});
  // Rows that came just now, for their entrance.
  readonly fresh = new Set<string>();

  rows = new Chunks<LogRow>();
  private pending: LogRow[] = [];
  private missed = false;  // more came than is held back
  private stop: (() => void) | null = null;
  private abort = new AbortController();
  private loading = false;
  private onWay = new Map<Chunk<LogRow>, AbortController>();
  private settling: ReturnType<typeof setTimeout> | undefined;
  private isAtTop = true;

  constructor(readonly query: string) {}

  private changed() {
    ++this.version.value;
  }

  private failed(error: unknown) {
    this.error.value = error instanceof ApiError ? error : new ApiError(0, String(error));
  }

  // One page at a time from where the list begins or ends; an older call changes nothing after a newer begin().
  private async page(after: string | null, take: (page: List<LogRow>) => void) {
    const {signal: current} = this.abort;
    this.loading = true;
    try {
      const page = await logs.list(this.query, {after, limit: chunkRows}, current);
      if (current.aborted) return;
      take(page);
      this.error.value = null;
      this.atEnd.value = page.next === null;
      this.loaded.value = true;
      this.changed();
    } catch (error) {
      if (!current.aborted) this.failed(error);
    } finally {
      if (!current.aborted) this.loading = false;
    }
  }

  // From the start; what is on screen stays until the new is there.
  async begin() {
    this.cancel();
    await this.page(null, (page) => {
      this.rows = new Chunks<LogRow>();
      this.rows.append(page.data);
      this.pending = [];
      this.missed = false;
      this.pendingCount.value = 0;
      this.counted.value = null;
    });
    if (this.loaded.value && !this.atEnd.value && !this.error.value) await this.count();
  }

  // What is not loaded yet is given its room, so that the bar leads there.
  private async count() {
    try {
      const {count, exact} = await logs.count(this.query, this.abort.signal);
      this.counted.value = {count, exact: exact !== false};
      if (exact !== false) this.rows.extendTo(count);
      this.changed();
    } catch {
      // Then the list grows as it is read.
    }
  }

  private loadMore() {
    if (!this.loading && !this.atEnd.value && this.loaded.value) void this.page(this.rows.lastId, (page) => this.rows.append(page.data));
  }

  // What is looked at: its rows are asked for where they are not there, far ones are let go.
  view(from: number, to: number) {
    const {seen} = this;
    const jumped = from > seen.value.to || to < seen.value.from;
    if (from !== seen.value.from || to !== seen.value.to) seen.value = {from, to};
    if (!jumped && this.settling === undefined) return this.ask();
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.ask(), settleMs);
  }

  private ask() {
    clearTimeout(this.settling);
    this.settling = undefined;
    const {from, to} = this.seen.value;
    this.forget(from - chunkRows, to + chunkRows);
    this.rows.letGo(Math.floor((from + to) / 2));
    if (this.error.value || !this.loaded.value) return;
    let wanted = this.rows.want(from, to);
    if (!wanted.length) wanted = this.rows.want(from - near, to + near);
    for (const each of wanted) void this.fetch(each);
    if (to >= this.rows.length - 2 * near && !this.rows.endsInGap) this.loadMore();
  }

  // What is on its way and no longer looked at.
  private forget(from: number, to: number) {
    for (const [chunk, abort] of this.onWay) {
      const start = this.rows.startOf(chunk);
      if (start + chunk.count < from || start > to) abort.abort();
    }
  }

  private async fetch({chunk, after, skip}: Wanted<LogRow>) {
    const abort = new AbortController();
    const {rows} = this;
    this.onWay.set(chunk, abort);
    try {
      const page = await logs.list(this.query, {after, skip, limit: chunk.count}, abort.signal);
      rows.fill(chunk, page.data, page.next === null);
      if (page.next === null && rows === this.rows) this.atEnd.value = true;
    } catch (error) {
      rows.leave(chunk);
      if (!abort.signal.aborted) this.failed(error);
    } finally {
      this.onWay.delete(chunk);
      this.changed();
    }
  }

  startFollowing() {
    this.stop ??= follow(this.query, {onOpen: () => void this.catchUp(), onLog: (row) => this.arrive(row), onGap: () => this.missedSome()});
  }

  stopFollowing() {
    this.stop?.();
    this.stop = null;
  }

  // What was written between the list and its tail, or while there was no tail.
  private async catchUp() {
    if (!this.loaded.value) return;
    try {
      const newest = this.rows.firstId;
      const page = await logs.list(this.query, {after: null, limit: chunkRows}, this.abort.signal);
      const missed = page.data.filter((row) => !newest || row.id > newest);
      if (newest && missed.length === chunkRows) return this.missedSome();
      for (const row of missed.reverse()) this.arrive(row);
    } catch {
      // The next connection asks again.
    }
  }

  private missedSome() {
    this.missed = true;
    this.pending = [];
    if (this.isAtTop) void this.begin();
    else this.pendingCount.value = pendingMax + 1;
  }

  private arrive(row: LogRow) {
    if (this.rows.replace(row)) return this.changed();
    if (this.missed) return;
    const known = this.pending.findIndex((each) => each.id === row.id);
    if (known >= 0) this.pending[known] = row;
    else this.pending.unshift(row);
    if (this.isAtTop) this.showPending();
    else if (this.pending.length > pendingMax) this.missedSome();
    else this.pendingCount.value = this.pending.length;
  }

  setAtTop(isAtTop: boolean) {
    this.isAtTop = isAtTop;
    if (isAtTop && (this.pending.length || this.missed)) this.showPending();
  }

  showPending() {
    if (this.missed) return void this.begin();
    for (const row of this.pending) this.enter(row);
    this.pending = [];
    this.pendingCount.value = 0;
    this.loaded.value = true;
    this.changed();
  }

  private enter(row: LogRow) {
    if (!this.rows.insert(row) && this.atEnd.value) this.rows.append([row]);
    this.fresh.add(row.id);
    setTimeout(() => this.fresh.delete(row.id), entranceMs);
  }

  remove(id: string) {
    this.rows.remove(id);
    this.changed();
  }

  // Goes on after an error.
  retry() {
    this.error.value = null;
    if (this.loaded.value) this.changed();
    else void this.begin();
  }

  private cancel() {
    this.abort.abort();
    this.abort = new AbortController();
    for (const abort of this.onWay.values()) abort.abort();
    clearTimeout(this.settling);
    this.settling = undefined;
  }

  // After it no call changes anything.
  close() {
    this.stopFollowing();
    this.cancel();
  }
}
