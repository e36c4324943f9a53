import type { Instant } from "../core/time.ts";

/** More nodes than a cluster has: whoever makes up names must not fill the memory. */
const NAMES_MOST = 200;
const NAME_CHARS = 255;
/** What comes before a node's names stands in the first kilobytes of a line. */
const SEARCHED_BYTES = 16 * 1_024;
const BEFORE_MANAGER = Buffer.from('"manager":{"name":"');
const CLUSTER = /"cluster":\{"name":"[^"\\]*","node":"([^"\\]+)"/;
const QUOTE = 0x22;

/** Of which of Wazuh's nodes something came, and when it did last. */
export class NodesHeard {
  readonly #at = new Map<string, Instant>();

  get at(): ReadonlyMap<string, Instant> {
    return this.#at;
  }

  note(name: string, now: Instant): void {
    if (name === "" || name.length > NAME_CHARS) return;
    if (!this.#at.has(name) && this.#at.size >= NAMES_MOST) this.#at.delete(this.#at.keys().next().value!);
    this.#at.set(name, now);
  }

  /** `cluster/node`, or a manager's name. */
  noteOrigin(origin: string, now: Instant): void {
    this.note(origin.slice(origin.lastIndexOf("/") + 1), now);
  }

  /** Reads the names where Wazuh writes them, without parsing the line. */
  noteLine(bytes: Buffer, start: number, end: number, now: Instant): void {
    const line = bytes.subarray(start, Math.min(end, start + SEARCHED_BYTES));
    const managerAt = line.indexOf(BEFORE_MANAGER);
    if (managerAt === -1) return;
    const nameAt = managerAt + BEFORE_MANAGER.length;
    const nameEnd = line.indexOf(QUOTE, nameAt);
    if (nameEnd !== -1) this.note(line.toString("utf8", nameAt, nameEnd), now);
    // The cluster comes right behind the manager and the id.
    const node = CLUSTER.exec(line.toString("utf8", nameAt, nameAt + 1_024))?.[1];
    if (node !== undefined) this.note(node, now);
  }
}
