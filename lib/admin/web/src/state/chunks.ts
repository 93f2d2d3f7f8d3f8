// Rows of a list that may be a million long: chunks of it, in order, of which only those near what is looked
// at hold their rows. What holds none, because it was let go or was never looked at, is one gap however long;
// a part of it is asked for by the last row known before it, and how many lie between. Pure.

export const chunkRows = 100;
const keptRows = 12 * chunkRows;  // on either side of what is looked at

interface Identified {
  id: string;
}

export interface Chunk<T> {
  rows: T[] | null;       // null: a gap
  count: number;
  lastId: string | null;  // null: not known
  asked: boolean;         // its rows are on their way
}

// What to ask for: `count` rows of the chunk, which stand `skip` rows past `after`.
export interface Wanted<T> {
  chunk: Chunk<T>;
  after: string | null;
  skip: number;
}

const gap = <T>(count: number, lastId: string | null): Chunk<T> => ({rows: null, count, lastId, asked: false});

export class Chunks<T extends Identified> {
  private chunks: Chunk<T>[] = [];
  private total = 0;
  private known = new Set<string>();  // of the rows that are held

  get length() {
    return this.total;
  }

  // Of the last row; null if there is none, or its id is not known.
  get lastId(): string | null {
    return this.chunks.at(-1)?.lastId ?? null;
  }

  get firstId(): string | null {
    return this.at(0)?.id ?? null;
  }

  get endsInGap(): boolean {
    return this.chunks.at(-1)?.rows === null;
  }

  has(id: string): boolean {
    return this.known.has(id);
  }

  append(rows: readonly T[]) {
    const fresh = rows.filter((row) => !this.known.has(row.id));
    if (!fresh.length) return;
    this.chunks.push({rows: fresh, count: fresh.length, lastId: fresh.at(-1)!.id, asked: false});
    this.total += fresh.length;
    for (const row of fresh) this.known.add(row.id);
  }

  // There are so many in all: what was not loaded yet becomes a gap.
  extendTo(total: number) {
    if (total <= this.total) return;
    this.chunks.push(gap(total - this.total, null));
    this.total = total;
    this.joinGaps();
  }

  // One more row of a list that is newest first, at its place; false if that is past what is loaded.
  insert(row: T): boolean {
    if (this.known.has(row.id)) return true;
    const at = this.chunks.findIndex((chunk) => chunk.lastId === null || chunk.lastId < row.id);
    if (at < 0) return false;
    const chunk = this.chunks[at]!;
    ++this.total;
    ++chunk.count;
    if (!chunk.rows) return true;
    const place = chunk.rows.findIndex((each) => each.id < row.id);
    chunk.rows.splice(place, 0, row);
    this.known.add(row.id);
    if (chunk.count > 2 * chunkRows) this.split(at);
    return true;
  }

  private split(at: number) {
    const rows = this.chunks[at]!.rows!;
    const parts = [rows.slice(0, chunkRows), rows.slice(chunkRows)];
    this.chunks.splice(at, 1, ...parts.map((part) => ({rows: part, count: part.length, lastId: part.at(-1)!.id, asked: false})));
  }

  private find(id: string): {chunk: Chunk<T>; at: number; before: number} | null {
    let before = 0;
    for (const chunk of this.known.has(id) ? this.chunks : []) {
      const at = chunk.rows?.findIndex((row) => row.id === id) ?? -1;
      if (at >= 0) return {chunk, at, before};
      before += chunk.count;
    }
    return null;
  }

  // A newer state of a row that is there.
  replace(row: T): boolean {
    const found = this.find(row.id);
    if (found) found.chunk.rows![found.at] = row;
    return found !== null;
  }

  remove(id: string) {
    const found = this.find(id);
    if (!found) return;
    const {chunk, at} = found;
    chunk.rows!.splice(at, 1);
    this.known.delete(id);
    --chunk.count;
    --this.total;
    if (chunk.rows!.length) chunk.lastId = chunk.rows!.at(-1)!.id;
    else this.chunks.splice(this.chunks.indexOf(chunk), 1);
  }

  indexOf(id: string): number {
    const found = this.find(id);
    return found ? found.before + found.at : -1;
  }

  // Undefined where the row is in a gap, or where there is none.
  at(index: number): T | undefined {
    let before = 0;
    for (const chunk of this.chunks) {
      if (index < before + chunk.count) return index < before ? undefined : chunk.rows?.[index - before];
      before += chunk.count;
    }
    return undefined;
  }

  startOf(chunk: Chunk<T>): number {
    let start = 0;
    for (const each of this.chunks) {
      if (each === chunk) return start;
      start += each.count;
    }
    return -1;
  }

  // Cuts the gaps among rows `from` to `to` into chunks to be asked for: one, unless more is looked at than a
  // chunk has. Each is marked as asked; fill() or leave() ends that.
  want(from: number, to: number): Wanted<T>[] {
    const out: Wanted<T>[] = [];
    let start = 0;
    let after: string | null = null;
    let between = 0;
    for (let i = 0; i < this.chunks.length && start <= to; ++i) {
      const chunk = this.chunks[i]!;
      if (!chunk.rows && !chunk.asked && start + chunk.count > from) {
        const {parts, wanted, begin} = cut(chunk, from - start, to - start);
        this.chunks.splice(i, 1, ...parts);
        out.push({chunk: wanted, after, skip: between + begin});
      }
      const passed = this.chunks[i]!;
      start += passed.count;
      between = passed.lastId === null ? between + passed.count : 0;
      after = passed.lastId ?? after;
    }
    return out;
  }

  // What was asked for. Rows that were removed meanwhile make the chunk shorter; `isEnd`: nothing is behind it.
  fill(chunk: Chunk<T>, rows: readonly T[], isEnd: boolean) {
    const at = this.chunks.indexOf(chunk);
    if (at < 0 || chunk.rows) return;
    const fresh = rows.filter((row) => !this.known.has(row.id));
    for (const row of fresh) this.known.add(row.id);
    const missing = fresh.length < chunk.count;
    chunk.rows = fresh;
    chunk.asked = false;
    chunk.count = fresh.length;
    chunk.lastId = fresh.at(-1)?.id ?? null;
    if (isEnd) this.dropFrom(at + 1);
    if (!fresh.length) this.chunks.splice(at, 1);
    if (missing || isEnd) this.total = this.chunks.reduce((sum, each) => sum + each.count, 0);
  }

  private dropFrom(at: number) {
    for (const chunk of this.chunks.splice(at)) for (const row of chunk.rows ?? []) this.known.delete(row.id);
  }

  // It does not come: a gap again.
  leave(chunk: Chunk<T>) {
    chunk.asked = false;
    this.joinGaps();
  }

  // Lets go of rows far from `index`, never of the newest, which live rows join.
  letGo(index: number) {
    let start = 0;
    this.chunks.forEach((chunk, i) => {
      const end = start + chunk.count;
      if (i > 0 && chunk.rows && (end < index - keptRows || start > index + keptRows)) {
        for (const row of chunk.rows) this.known.delete(row.id);
        chunk.rows = null;
      }
      start = end;
    });
    this.joinGaps();
  }

  private joinGaps() {
    const joined: Chunk<T>[] = [];
    for (const chunk of this.chunks) {
      const last = joined.at(-1);
      if (last && isIdle(last) && isIdle(chunk)) joined[joined.length - 1] = gap(last.count + chunk.count, chunk.lastId);
      else joined.push(chunk);
    }
    this.chunks = joined;
  }
}

function isIdle<T>(chunk: Chunk<T>): boolean {
  return !chunk.rows && !chunk.asked;
}

// A gap as up to three: before what is looked at, which are its rows `from` to `to`, that with what is around
// it, and the rest.
function cut<T>(whole: Chunk<T>, from: number, to: number): {parts: Chunk<T>[]; wanted: Chunk<T>; begin: number} {
  const low = Math.max(0, from);
  const seen = Math.min(to + 1, whole.count) - low;
  const around = Math.floor(Math.max(0, chunkRows - seen) / 2);
  const begin = Math.max(0, Math.min(low - around, whole.count - chunkRows));
  const count = Math.min(chunkRows, whole.count - begin);
  const rest = whole.count - begin - count;
  const wanted: Chunk<T> = {rows: null, count, lastId: rest ? null : whole.lastId, asked: true};
  const parts = [wanted];
  if (begin) parts.unshift(gap(begin, null));
  if (rest) parts.push(gap(rest, whole.lastId));
  return {parts, wanted, begin};
}
