import type { Batch, Intake, Taken } from "../../src/ports/intake.ts";
import { MINUTE_MS, SECOND_MS } from "../../src/core/time.ts";
import { between, type Chance } from "./chance.ts";
import type { SimTime } from "./sim-time.ts";

/** A rule that nothing but the sender brings: wanted, and too mild for anybody to be told. */
export const SENT_RULE = "87106";
/** Nobody wants these. */
const UNWANTED_RULE = "87107";

const ANSWER_WITHIN_MS = 30 * SECOND_MS;

/**
 * Follows a file on a node of its own and sends what it reads, in order, a batch at a time: a batch goes again until it
 * is answered as taken, also where it was taken and the answer was lost.
 */
export class SimSender {
  /** By its identity: each alert that is wanted. */
  readonly written = new Set<string>();
  /** Lines of requests that were answered as taken. */
  answered = 0;
  lines = 0;
  readonly #time: SimTime;
  readonly #chance: Chance;
  readonly #reach: (what: string) => void;
  /** Where it can be sent to now; null: nobody listens. */
  readonly #intake: () => Intake | null;
  #waiting: string[] = [];
  #endAt = 0;
  #count = 0;

  constructor(parts: {
    readonly time: SimTime;
    readonly chance: Chance;
    readonly reach: (what: string) => void;
    readonly intake: () => Intake | null;
  }) {
    this.#time = parts.time;
    this.#chance = parts.chance;
    this.#reach = parts.reach;
    this.#intake = parts.intake;
  }

  /** Lines that have not been answered for. */
  get left(): number {
    return this.#waiting.length;
  }

  /** Alerts arise until then; what is left is sent beyond that. */
  run(endAt: number): void {
    this.#endAt = endAt;
    const arise = (): void => {
      if (this.#time.now >= endAt) return;
      const count = this.#chance() < 0.1 ? between(this.#chance, 20, 400) : between(this.#chance, 1, 4);
      for (let n = 0; n < count; n += 1) this.#waiting.push(this.#line());
      this.#time.after(between(this.#chance, 1_000, 2 * MINUTE_MS), arise);
    };
    this.#time.after(between(this.#chance, 10, MINUTE_MS), arise);
    this.#time.after(between(this.#chance, 10, MINUTE_MS), () => this.#send());
  }

  #line(): string {
    this.#count += 1;
    this.lines += 1;
    const stamp = new Date(this.#time.now).toISOString().replace("Z", "+0000");
    const id = `${Math.floor(this.#time.now / 1_000)}.${this.#count}`;
    const isWanted = this.#chance() < 0.6;
    if (isWanted) this.written.add(`${id} ${stamp}`);
    return JSON.stringify({
      timestamp: stamp,
      rule: { level: 3, description: "Sent by a forwarder", id: isWanted ? SENT_RULE : UNWANTED_RULE },
      agent: { id: "001", name: "web-01" },
      manager: { name: "wazuh-worker" },
      id,
      cluster: { name: "wazuh", node: "worker-1" },
      location: "journald",
    });
  }

  #send(): void {
    const lines = this.#waiting.slice(0, between(this.#chance, 1, 120));
    const isAtEnd = lines.length === this.#waiting.length;
    if (isAtEnd && lines.length === 0 && this.#time.now >= this.#endAt) return;
    const again = (): void => void this.#time.after(between(this.#chance, 100, 10 * SECOND_MS), () => this.#send());
    const intake = this.#intake();
    if (intake === null) return again();
    const batch: Batch = {
      body: Buffer.from(lines.map((line) => `${line}\n`).join("")),
      framing: "lines",
      node: "wazuh/worker-1",
      readTo: isAtEnd ? this.#time.now - 2 * SECOND_MS : null,
      ignored: 0,
      malformed: 0,
    };
    // Whoever took it may have died, or the answer be lost: nobody says anything then.
    let isOver = false;
    const hear = (taken: Taken | null): void => {
      if (isOver) return;
      isOver = true;
      cancel();
      if (taken?.kind === "taken") this.#answered(lines.length, taken.read);
      else this.#reach(`sent ${taken?.kind ?? "and not answered"}`);
      again();
    };
    const cancel = this.#time.after(ANSWER_WITHIN_MS, () => hear(null));
    const isLost = this.#chance() < 0.05;
    const backMs = between(this.#chance, 0, 200);
    intake.take(batch).then(
      (taken) => {
        if (!isLost) this.#time.after(backMs, () => hear(taken));
      },
      (bug: unknown) => {
        throw bug;
      },
    );
  }

  #answered(lines: number, read: number): void {
    if (read !== lines) throw new Error(`${lines} lines were sent, and ${read} were answered for`);
    this.#waiting = this.#waiting.slice(lines);
    this.answered += lines;
    this.#reach("sent taken");
  }
}
