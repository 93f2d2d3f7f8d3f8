// Rows of a list that may be a million long: chunks of it, in order, of which only those near what is looked
// at keep their rows. A chunk that let its rows go is asked for again by what stands before it. Pure.

export const chunkRows = 100;
const keptChunks = 12;  // on either side of what is looked at

interface Identified {
  id: string;
}

export interface Chunk<T> {
  rows: T[] | null;  // null: let go
  count: number;
  lastId: string;
}

export class Chunks<T extends Identified> {
  private chunks: Chunk<T>[] = [];
  private total = 0;
  private known = new Set<string>();  // of the rows that are held

  get length() {
    return this.total;
  }

  get lastId(): string | null {
    return this.chunks.at(-1)?.lastId ?? null;
  }

  get firstId(): string | null {
    return this.at(0)?.id ?? null;
  }

  has(id: string): boolean {
    return this.known.has(id);
  }

  append(rows: readonly T[]) {
    if (!rows.length) return;
    this.chunks.push({rows: [...rows], count: rows.length, lastId: rows.at(-1)!.id});
    this.total += rows.length;
    for (const row of rows) this.known.add(row.id);
  }

  // Before all others; those that are there already are passed over. How many were new.
  prepend(rows: readonly T[]): number {
    const fresh = rows.filter((row) => !this.known.has(row.id));
    if (!fresh.length) return 0;
    for (const row of fresh) this.known.add(row.id);
    this.total += fresh.length;
    const head = this.chunks[0];
    if (head?.rows && head.count + fresh.length <= chunkRows) {
      head.rows.unshift(...fresh);
      head.count = head.rows.length;
    } else {
      this.chunks.unshift({rows: [...fresh], count: fresh.length, lastId: fresh.at(-1)!.id});
    }
    return fresh.length;
  }

  // A newer state of a row that is there.
  replace(row: T): boolean {
    for (const chunk of this.chunks) {
      const at = chunk.rows?.findIndex((each) => each.id === row.id) ?? -1;
      if (at < 0) continue;
      chunk.rows![at] = row;
      return true;
    }
    return false;
  }

  private locate(index: number): {chunk: number; offset: number} | null {
    if (index < 0 || index >= this.total) return null;
    let offset = index;
    for (let i = 0; i < this.chunks.length; ++i) {
      if (offset < this.chunks[i]!.count) return {chunk: i, offset};
      offset -= this.chunks[i]!.count;
    }
    return null;
  }

  // Undefined where the row is let go, or where there is none.
  at(index: number): T | undefined {
    const found = this.locate(index);
    return found ? this.chunks[found.chunk]!.rows?.[found.offset] : undefined;
  }

  indexOf(id: string): number {
    let before = 0;
    for (const chunk of this.chunks) {
      const at = chunk.rows?.findIndex((row) => row.id === id) ?? -1;
      if (at >= 0) return before + at;
      before += chunk.count;
    }
    return -1;
  }

  // The chunks among rows `from` to `to` whose rows are let go, each with what stands before it.
  missing(from: number, to: number): {chunk: Chunk<T>; after: string | null}[] {
    const first = this.locate(Math.max(0, from))?.chunk ?? 0;
    const last = this.locate(Math.min(this.total - 1, to))?.chunk ?? -1;
    const out = [];
    for (let i = first; i <= last; ++i)
      if (!this.chunks[i]!.rows) out.push({chunk: this.chunks[i]!, after: this.chunks[i - 1]?.lastId ?? null});
    return out;
  }

  // What was asked for again; rows that were removed meanwhile make the chunk shorter.
  refill(chunk: Chunk<T>, rows: readonly T[]) {
    if (!this.chunks.includes(chunk) || chunk.rows) return;
    this.total += rows.length - chunk.count;
    chunk.count = rows.length;
    chunk.rows = [...rows];
    for (const row of rows) this.known.add(row.id);
    if (!rows.length) this.chunks.splice(this.chunks.indexOf(chunk), 1);
  }

  // Lets go of rows far from `index`, never of the newest, which live rows join.
  letGo(index: number) {
    const middle = this.locate(Math.min(Math.max(0, index), Math.max(0, this.total - 1)))?.chunk ?? 0;
    this.chunks.forEach((chunk, i) => {
      if (i === 0 || Math.abs(i - middle) <= keptChunks || !chunk.rows) return;
      for (const row of chunk.rows) this.known.delete(row.id);
      chunk.rows = null;
    });
  }
}
