import { isSecretTrouble, sayUnproven, type Verdict } from "./verdict.ts";
import type { Config } from "../../config/schema.ts";
import type { Destination, Io, Probe } from "../../connectors/connector.ts";
import { SECOND_MS, type Instant } from "../../core/time.ts";
import { USUAL_AWS } from "../../ports/aws-settings.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Http } from "../../ports/http.ts";
import type { Processes } from "../../ports/processes.ts";
import { keyOfSecret, placeOfSecret, type Secrets } from "../../ports/secrets.ts";
import { FILE_LOOK_MS, type SecretBook } from "../../secrets/book.ts";
import type { SecretState } from "../../secrets/entry.ts";
import { secretUses, type SecretUse } from "./fields.ts";
import { lookingAgain } from "./looking-again.ts";

export interface SecretKeeperParts {
  readonly clock: Clock;
  readonly book: SecretBook;
  readonly outside: () => { readonly http: Http; readonly processes?: Processes };
  readonly failed: (error: unknown) => void;
}

/** A secret field of the config in force, and how it is. */
export interface KeptSecret extends Omit<SecretState, "ref"> {
  readonly field: string;
  /** Of the place: fields with the same key share their secret. */
  readonly key: string;
  readonly place: string;
  readonly isFromAws: boolean;
  readonly troubledSince: Instant | null;
  readonly isAway: boolean;
  readonly destination: string | null;
}

const PROBE_WITHIN_MS = 10 * SECOND_MS;

/**
 * Follows the secrets of the config in force: looks at their places by the clock, and has a new value proven by the
 * destinations that use it before it takes the place of the one in use.
 */
export class SecretKeeper {
  readonly #parts: SecretKeeperParts;
  #uses: readonly SecretUse[] = [];
  #destinations: ReadonlyMap<string, Destination> = new Map();
  #cancel: () => void = () => {};
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: SecretKeeperParts) {
    this.#parts = parts;
  }

  /** Each as it is, but for what is done with its secrets. */
  wrap(config: Config, destinations: ReadonlyMap<string, Destination>): ReadonlyMap<string, Destination> {
    const { book, clock } = this.#parts;
    const uses = secretUses(config);
    return new Map(
      [...destinations].map(([name, destination]) => {
        const refs = uses.filter((use) => use.destination === name && !("ossec" in use.ref)).map(({ ref }) => ref);
        return [name, refs.length === 0 ? destination : lookingAgain(destination, { book, refs, clock })];
      }),
    );
  }

  /** From now on these are the secrets that matter. */
  follow(config: Config, destinations: ReadonlyMap<string, Destination>): void {
    this.#uses = secretUses(config).filter(({ ref }) => !("ossec" in ref));
    this.#destinations = destinations;
    this.#parts.book.follow(this.#uses, config.aws ?? USUAL_AWS);
  }

  get kept(): readonly KeptSecret[] {
    return this.#uses.flatMap(({ field, ref, destination }) => {
      const state = this.#parts.book.state(ref);
      if (state === null) return [];
      const { ref: _, ...rest } = state;
      return [
        { field, key: keyOfSecret(ref), place: placeOfSecret(ref), isFromAws: "aws" in ref, destination, ...rest },
      ];
    });
  }

  start(): void {
    this.#looking = this.#look().then(() => this.#lookLater());
  }

  /** Looks at all of them now, as when somebody asks for the config to be read again. */
  async lookNow(): Promise<void> {
    await this.#parts.book.look(
      this.#uses.map(({ ref }) => ref),
      true,
    );
    await this.#prove();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#looking;
  }

  #lookLater(): void {
    if (this.#stopped) return;
    this.#cancel = this.#parts.clock.after(FILE_LOOK_MS, () => {
      this.#looking = this.#look().then(() => this.#lookLater());
    });
  }

  async #look(): Promise<void> {
    try {
      await this.#parts.book.lookAtDue();
      await this.#prove();
    } catch (error) {
      this.#parts.failed(error);
    }
  }

  /** All that wait at once, since an address and its token change together; then without those that were not taken. */
  async #prove(): Promise<void> {
    const { book } = this.#parts;
    let waiting = book.unproven();
    while (waiting.length > 0) {
      const values = new Map(waiting.map(({ key, value }) => [key, value]));
      const verdicts = await this.#verdicts(values);
      const failed = waiting.filter(({ key }) => this.#usersOf(key).some((name) => verdicts.get(name)?.ok === false));
      if (failed.length === 0) {
        for (const { key, value } of waiting) {
          const asked = this.#usersOf(key).some((name) => verdicts.get(name)?.isProven === true);
          book.adopt(new Map([[key, value]]), asked ? "probe" : "unproven");
        }
        return;
      }
      for (const { key, value } of failed) {
        const bad = this.#usersOf(key).flatMap((name) => {
          const verdict = verdicts.get(name);
          return verdict === undefined || verdict.ok ? [] : [{ name, verdict }];
        });
        const isRefused = bad.some(({ verdict }) => verdict.isRefused);
        const says = bad.map(({ name, verdict }) => `${name}: ${verdict.says}`).join("; ");
        book.putOff(key, value, sayUnproven(says, isRefused), isRefused);
      }
      waiting = waiting.filter((each) => !failed.includes(each));
    }
  }

  #usersOf(key: string): readonly string[] {
    const names = this.#uses
      .filter(({ ref, mode }) => mode === "probe" && keyOfSecret(ref) === key)
      .flatMap(({ destination }) => destination ?? []);
    return [...new Set(names)];
  }

  async #verdicts(values: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, Verdict>> {
    const names = [...new Set([...values.keys()].flatMap((key) => this.#usersOf(key)))];
    return new Map(await Promise.all(names.map(async (name) => [name, await this.#verdict(name, values)] as const)));
  }

  async #verdict(name: string, values: ReadonlyMap<string, string>): Promise<Verdict> {
    const { book } = this.#parts;
    const now = await this.#probe(name, book.with(values));
    if (now.ok) return { ok: true, isProven: now.onlyForm !== true, isRefused: false, says: now.says };
    const fails = { ok: false, isProven: false, says: now.says } as const;
    if (isSecretTrouble(now.reason) === "away") return { ...fails, isRefused: false };
    const before = await this.#probe(name, book);
    if (before.ok || isSecretTrouble(now.reason) === "yes") return { ...fails, isRefused: true };
    // It gets as far as the one in use or further: what is wrong there is not the secret.
    const isNoWorse = isSecretTrouble(before.reason) === "yes" || before.says === now.says;
    return isNoWorse
      ? { ok: true, isProven: true, isRefused: false, says: now.says }
      : { ...fails, isRefused: isSecretTrouble(before.reason) !== "away" };
  }

  async #probe(name: string, secrets: Secrets): Promise<Probe> {
    const { clock, outside } = this.#parts;
    const { http, processes } = outside();
    const destination = this.#destinations.get(name);
    if (destination === undefined) return { ok: true, says: "it has left the config", onlyForm: true };
    const io: Io = {
      http,
      secrets,
      now: clock.now(),
      deadlineMs: PROBE_WITHIN_MS,
      clock,
      ...(processes && { processes }),
    };
    try {
      return await destination.probe(io);
    } catch (error) {
      // A bug of the connector's must not keep other secrets from being followed.
      this.#parts.failed(error);
      return { ok: false, says: "it could not be asked", reason: "connector_bug" };
    }
  }
}
