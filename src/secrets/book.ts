import { SECOND_MS } from "../core/time.ts";
import type { AwsSettings } from "../ports/aws-settings.ts";
import type { Clock } from "../ports/clock.ts";
import { keyOfSecret, type SecretRef, type Secrets, type SecretValue } from "../ports/secrets.ts";
import { openAwsSecrets, type AwsSecrets } from "./aws.ts";
import { Entry, type Found, type Mode, type SecretState } from "./entry.ts";
import { readEnvSecret } from "./env.ts";
import { readFileSecret } from "./file.ts";
import { openSecrets } from "./read.ts";

export interface BookOptions {
  readonly clock: Pick<Clock, "now">;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly aws: AwsSettings;
  /** Hears of each value before anybody can use it. */
  readonly learn?: (value: string) => void;
  readonly tell?: BookTeller;
}

/** Told of what became of secrets, never of a value. */
export interface BookTeller {
  changed(ref: SecretRef, about: { readonly version: string | undefined; readonly how: Change }): void;
  refused(ref: SecretRef, says: string): void;
  /** Null: it can be read again. */
  trouble(ref: SecretRef, why: string | null): void;
}

/** How a new value came into use: its destination's probe took it, a call did, or there was nothing to ask. */
export type Change = "probe" | "delivery" | "unproven" | "back";

/** Often enough for a file: a link that Kubernetes turns is told of by no watch. */
export const FILE_LOOK_MS = 2 * SECOND_MS;
/** Between two looks at AWS, whoever asks for them. */
const AWS_APART_MS = SECOND_MS;
const FIRST_AGAIN_MS = 5 * SECOND_MS;

/**
 * The secrets of a running Riposte. What was read stays in use, whatever becomes of the place it came from, until
 * something else was found there and, where a destination can be asked, has been proven; `follow` says which those are.
 */
export class SecretBook implements Secrets {
  readonly #options: BookOptions;
  readonly #entries = new Map<string, Entry>();
  /** Blocks of an ossec.conf are followed with the config that is made of them. */
  readonly #plain: Secrets;
  #settings: AwsSettings;
  #aws: AwsSecrets;

  constructor(options: BookOptions) {
    this.#options = options;
    this.#plain = openSecrets(options.clock, options.env, options.aws);
    this.#settings = options.aws;
    this.#aws = openAwsSecrets(options.aws, this);
  }

  /** What the config in force names; the rest is forgotten. Where AWS is reached otherwise now, it is asked anew. */
  follow(refs: readonly { readonly ref: SecretRef; readonly mode: Mode }[], aws: AwsSettings): void {
    if (JSON.stringify(aws) !== JSON.stringify(this.#settings)) {
      this.#settings = aws;
      this.#aws = openAwsSecrets(aws, this);
      for (const entry of this.#entries.values()) if ("aws" in entry.ref) entry.nextAt = this.#options.clock.now();
    }
    const followed = new Set<string>();
    for (const { ref, mode } of refs) {
      if ("ossec" in ref) continue;
      const entry = this.#entryOf(ref);
      // One that a destination can prove is proven, whatever else it is for.
      if (!followed.has(entry.key) || mode === "probe") entry.mode = mode;
      followed.add(entry.key);
    }
    for (const key of this.#entries.keys()) if (!followed.has(key)) this.#entries.delete(key);
  }

  async read(ref: SecretRef): Promise<SecretValue> {
    if ("ossec" in ref) {
      const found = await this.#plain.read(ref);
      if (found.kind === "value") this.#options.learn?.(found.value);
      return found;
    }
    const entry = this.#entryOf(ref);
    if (entry.inUse === null && this.#mayLook(entry)) await this.#look(entry);
    return entry.answer();
  }

  judged(ref: SecretRef, value: string, verdict: "taken" | "refused"): void {
    const entry = this.#entries.get(keyOfSecret(ref));
    if (entry === undefined || entry.inUse?.value !== value) return;
    if (verdict === "taken") {
      entry.proveByUse();
      return;
    }
    // Another value that is known may be the right one: what is refused now can't be worse off with it.
    const other = entry.takeOther(this.#options.clock.now());
    if (other !== null) {
      this.#tellChanged(entry, "back");
      this.#tellRefused(entry);
    }
    entry.nextAt = this.#options.clock.now();
  }

  /** Looks at these now; unless a person asks for it, not more often than is good for the place. */
  async look(refs: readonly SecretRef[], isAsked = false): Promise<void> {
    const entries = refs.flatMap((ref) => ("ossec" in ref ? [] : [this.#entryOf(ref)]));
    await Promise.all(entries.filter((entry) => isAsked || this.#mayAsk(entry)).map((entry) => this.#look(entry)));
  }

  /** Looks at whatever is due. */
  async lookAtDue(): Promise<void> {
    const now = this.#options.clock.now();
    const due = [...this.#entries.values()].filter((entry) => entry.isDue(now));
    await Promise.all(due.map((entry) => this.#look(entry)));
  }

  /** New values that wait to be proven, or to be tried once more. */
  unproven(): readonly { readonly ref: SecretRef; readonly key: string; readonly value: string }[] {
    const now = this.#options.clock.now();
    return [...this.#entries.values()].flatMap(({ ref, key, other }) =>
      other === null || other.why === "before" || other.byUse || other.proveAt > now
        ? []
        : [{ ref, key, value: other.value }],
    );
  }

  /** Of these, each that has another value than the one in use: a newer, or the one before. */
  others(refs: readonly SecretRef[]): ReadonlyMap<string, string> {
    return new Map(
      refs.flatMap((ref): [string, string][] => {
        const key = keyOfSecret(ref);
        const value = this.#entries.get(key)?.other?.value;
        return value === undefined ? [] : [[key, value]];
      }),
    );
  }

  /** The same secrets with other values for some of them. */
  with(values: ReadonlyMap<string, string>): Secrets {
    return {
      read: async (ref) => {
        const found = await this.read(ref);
        const value = values.get(keyOfSecret(ref));
        return value === undefined ? found : { kind: "value", value };
      },
    };
  }

  /** It was taken: from now on it is the one in use, and the one before is kept until a call went through with it. */
  adopt(values: ReadonlyMap<string, string>, how: Change): void {
    for (const [key, value] of values) {
      const entry = this.#entries.get(key);
      if (entry === undefined || entry.other?.value !== value) continue;
      const isBack = entry.other.why === "before";
      entry.takeOther(this.#options.clock.now());
      if (how === "delivery") entry.proveByUse();
      this.#tellChanged(entry, isBack ? "back" : how);
      if (isBack) this.#tellRefused(entry);
    }
  }

  /** It was not taken, or nobody could say: what is in use stays, and this is tried again later. */
  putOff(key: string, value: string, says: string, isRefused: boolean): void {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.other?.value !== value) return;
    const isNews = entry.putOffOther(this.#options.clock.now(), says, isRefused);
    if (isNews) this.#options.tell?.refused(entry.ref, says);
  }

  states(): readonly SecretState[] {
    return [...this.#entries.values()].map((entry) => entry.state());
  }

  state(ref: SecretRef): SecretState | null {
    return this.#entries.get(keyOfSecret(ref))?.state() ?? null;
  }

  #entryOf(ref: SecretRef): Entry {
    const key = keyOfSecret(ref);
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry = new Entry(ref, key, this.#options.clock.now());
    this.#entries.set(key, entry);
    return entry;
  }

  /** What was never read: a file or variable may be there by now, AWS is not asked in a loop. */
  #mayLook(entry: Entry): boolean {
    return !("aws" in entry.ref) || entry.looking !== null || entry.isDue(this.#options.clock.now());
  }

  #mayAsk(entry: Entry): boolean {
    if (!("aws" in entry.ref) || entry.lookedAt === null) return true;
    return Math.abs(this.#options.clock.now() - entry.lookedAt) >= AWS_APART_MS;
  }

  #look(entry: Entry): Promise<void> {
    entry.looking ??= this.#lookOnce(entry).finally(() => {
      entry.looking = null;
    });
    return entry.looking;
  }

  async #lookOnce(entry: Entry): Promise<void> {
    const { clock, learn, tell } = this.#options;
    const found = await this.#readPlace(entry.ref);
    const now = clock.now();
    entry.lookedAt = now;
    if (found.kind === "unreadable") {
      const isNews = entry.trouble === null;
      entry.troubled(found.why, found.isAway === true, now);
      entry.nextAt = now + this.#againMs(entry);
      if (isNews) tell?.trouble(entry.ref, found.why);
      return;
    }
    learn?.(found.value);
    if (entry.trouble !== null) tell?.trouble(entry.ref, null);
    entry.nextAt = now + this.#everyMs(entry.ref);
    if (entry.take(found satisfies Found, now)) this.#tellChanged(entry, "unproven");
  }

  async #readPlace(ref: SecretRef): Promise<SecretValue> {
    if ("env" in ref) return readEnvSecret(ref.env, this.#options.env);
    if ("file" in ref) return readFileSecret(ref.file);
    if ("aws" in ref) return this.#aws.read(ref);
    return this.#plain.read(ref);
  }

  #everyMs(ref: SecretRef): number {
    return "aws" in ref ? this.#settings.refreshMs : FILE_LOOK_MS;
  }

  #againMs({ ref, failures }: Entry): number {
    return Math.min(this.#everyMs(ref), FIRST_AGAIN_MS * 2 ** Math.min(failures - 1, 10));
  }

  #tellRefused({ ref, other }: Entry): void {
    const says = other?.says ?? null;
    if (says !== null) this.#options.tell?.refused(ref, says);
  }

  #tellChanged({ ref, inUse }: Entry, how: Change): void {
    this.#options.tell?.changed(ref, { version: inUse?.version, how });
  }
}
