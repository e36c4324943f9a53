import type { Instant } from "../../core/time.ts";

interface Entry {
  readonly at: Instant;
  readonly id: string;
}

/** When the timers of incidents and actions are due, soonest first: a heap with one entry for each, put right when its turn comes. */
export class DueTimes {
  readonly #heap: Entry[] = [];
  /** By what it is of: when it is due, and the soonest place that it has in the heap. */
  readonly #due = new Map<string, { dueAt: Instant; entryAt: Instant }>();

  /** Null: not any more. */
  set(id: string, dueAt: Instant | null): void {
    if (dueAt === null) {
      this.#due.delete(id);
      return;
    }
    const known = this.#due.get(id);
    // Nearly every change puts the timer off, and then its place is found too soon, which costs one more look.
    if (known !== undefined && known.entryAt <= dueAt) {
      known.dueAt = dueAt;
      return;
    }
    this.#due.set(id, { dueAt, entryAt: dueAt });
    this.#push({ at: dueAt, id });
  }

  /** When the soonest is due; null: none is. */
  next(): Instant | null {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      const known = this.#due.get(first.id);
      if (known?.entryAt === first.at && known.dueAt === first.at) return first.at;
      this.#pop();
      if (known?.entryAt !== first.at) continue;
      known.entryAt = known.dueAt;
      this.#push({ at: known.dueAt, id: first.id });
    }
    return null;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (heap[parent]!.at <= entry.at) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      if (left >= heap.length) break;
      const child = left + 1 < heap.length && heap[left + 1]!.at < heap[left]!.at ? left + 1 : left;
      if (heap[child]!.at >= last.at) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }
}
