import type { Instant } from "../core/time.ts";

const SHOWN = "***";

/** The value of a secret. Whoever prints, serialises or inspects it by mistake sees `***`; `.value` is the only way to it. */
export class FoundSecret {
  readonly kind = "value" as const;
  readonly version: string | undefined;
  readonly madeAt: Instant | undefined;
  readonly #value: string;

  constructor(value: string, version: string | undefined, madeAt: Instant | undefined) {
    this.#value = value;
    this.version = version;
    this.madeAt = madeAt;
  }

  get value(): string {
    return this.#value;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): object {
    return { kind: this.kind, value: SHOWN };
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return SHOWN;
  }
}
