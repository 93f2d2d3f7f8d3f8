// The list of logs that is shown: loaded as far as it was looked at, followed while it is live.
import {signal} from '@preact/signals';
import {logs} from '../api/calls.ts';
import {ApiError} from '../api/client.ts';
import type {LogRow} from '../api/types.ts';
import {Chunks, chunkRows, type Chunk} from './chunks.ts';
import {follow} from './tail.ts';

const pendingMax = 500;  // new rows held back; with more the list is simply loaded anew

export class LogList {
  // Bumped with every change of rows: what is drawn reads this.
  readonly version = signal(0);
  readonly loading = signal(false);
  readonly atEnd = signal(false);
  readonly error = signal<ApiError | null>(null);
  readonly loaded = signal(false);
  readonly pendingCount = signal(0);
  readonly following = signal(false);
  // Rows that came just now, for their entrance.
  readonly fresh = new Set<string>();

  rows = new Chunks<LogRow>();
  private pending: LogRow[] = [];
  private stop: (() => void) | null = null;
  private refilling = new Set<Chunk<LogRow>>();
  private abort = new AbortController();
  private isAtTop = true;

  constructor(readonly query: string) {}

  private changed() {
    ++this.version.value;
  }

  async loadMore() {
    if (this.loading.value || this.atEnd.value) return;
    this.loading.value = true;
    try {
      const page = await logs.list(this.query, this.rows.lastId, chunkRows, this.abort.signal);
      this.rows.append(page.data.filter((row) => !this.rows.has(row.id)));
      this.atEnd.value = page.next === null;
      this.error.value = null;
      this.loaded.value = true;
      this.changed();
    } catch (error) {
      if (error instanceof ApiError) this.error.value = error;
      else if (!this.abort.signal.aborted) this.error.value = new ApiError(0, String(error));
    } finally {
      this.loading.value = false;
    }
  }

  // What is looked at: rows that were let go come back, more is loaded near the end, far rows are let go.
  view(from: number, to: number) {
    for (const {chunk, after} of this.rows.missing(from, to)) void this.refill(chunk, after);
    if (to >= this.rows.length - 40 && !this.error.value) void this.loadMore();
    this.rows.letGo(Math.floor((from + to) / 2));
  }

  private async refill(chunk: Chunk<LogRow>, after: string | null) {
    if (this.refilling.has(chunk)) return;
    this.refilling.add(chunk);
    try {
      this.rows.refill(chunk, (await logs.list(this.query, after, chunk.count, this.abort.signal)).data);
      this.changed();
    } catch {
      // Asked again with the next look.
    } finally {
      this.refilling.delete(chunk);
    }
  }

  startFollowing() {
    if (this.stop) return;
    this.following.value = true;
    this.stop = follow(this.query, {onOpen: () => void this.catchUp(), onLog: (row) => this.arrive(row)});
  }

  stopFollowing() {
    this.stop?.();
    this.stop = null;
    this.following.value = false;
  }

  // What was written between the list and its tail, or while there was no tail.
  private async catchUp() {
    if (!this.loaded.value) return;
    try {
      const newest = this.rows.firstId;
      const page = await logs.list(this.query, null, chunkRows, this.abort.signal);
      const missed = page.data.filter((row) => !newest || row.id > newest);
      for (const row of missed.reverse()) this.arrive(row);
    } catch {
      // The next connection asks again.
    }
  }

  private arrive(row: LogRow) {
    if (this.rows.replace(row)) return this.changed();
    if (this.pending.some((each) => each.id === row.id)) return;
    this.pending.unshift(row);
    if (this.isAtTop) this.showPending();
    else this.pendingCount.value = this.pending.length;
  }

  setAtTop(isAtTop: boolean) {
    this.isAtTop = isAtTop;
    if (isAtTop && this.pending.length) this.showPending();
  }

  showPending() {
    if (this.pending.length > pendingMax) return this.reload();
    for (const row of this.pending) this.fresh.add(row.id);
    this.rows.prepend(this.pending);
    this.pending = [];
    this.pendingCount.value = 0;
    this.loaded.value = true;
    this.changed();
  }

  // Goes on after an error.
  retry() {
    this.error.value = null;
    void this.loadMore();
  }

  // From the start, without what is on screen being lost before the new is there.
  reload() {
    this.abort.abort();
    this.abort = new AbortController();
    this.rows = new Chunks<LogRow>();
    this.pending = [];
    this.pendingCount.value = 0;
    this.atEnd.value = false;
    this.loading.value = false;
    this.error.value = null;
    void this.loadMore();
  }

  // After it no call changes anything.
  close() {
    this.stopFollowing();
    this.abort.abort();
  }
}
