import type { Jira } from "./deployment.ts";

/** Keys that were read in vain: from the top one down to and without the low one. */
interface ReadKeys {
  readonly top: number;
  readonly low: number;
}

const MOST_MARKS = 1_000;

/** What this process knows of a project's keys, and how far looks got that took too long for one. */
export class KnownKeys {
  readonly #highest = new Map<string, number>();
  /** By mark, the highest first; none touches another. What is made later has a higher key than all of them. */
  readonly #read = new Map<string, readonly ReadKeys[]>();

  highest(jira: Jira, project: string): number {
    return this.#highest.get(`${jira.base} ${project.toUpperCase()}`) ?? 0;
  }

  saw(jira: Jira, key: string): void {
    const [, project = "", number = ""] = /^(.+)-(\d{1,15})$/.exec(key) ?? [];
    const name = `${jira.base} ${project.toUpperCase()}`;
    if (Number(number) > (this.#highest.get(name) ?? 0)) this.#highest.set(name, Number(number));
  }

  /** This key, or the first below it that unfinished looks for this mark have not read. */
  unread(mark: string, key: number): number {
    const read = this.#read.get(mark)?.find(({ top, low }) => low < key && key <= top);
    return read?.low ?? key;
  }

  /** An unfinished look for this mark has read these. */
  noteRead(mark: string, top: number, low: number): void {
    if (low >= top) return;
    const all = [...(this.#read.get(mark) ?? []), { top, low }].toSorted((one, other) => other.top - one.top);
    this.#read.delete(mark);
    this.#read.set(mark, all.reduce(joined, []));
    const [oldest] = this.#read.keys();
    if (this.#read.size > MOST_MARKS && oldest !== undefined) this.#read.delete(oldest);
  }

  /** A look came to its end: the next one begins anew. */
  forget(mark: string): void {
    this.#read.delete(mark);
  }
}

function joined(before: readonly ReadKeys[], next: ReadKeys): readonly ReadKeys[] {
  const last = before.at(-1);
  if (last === undefined || next.top < last.low) return [...before, next];
  return [...before.slice(0, -1), { top: last.top, low: Math.min(last.low, next.low) }];
}
