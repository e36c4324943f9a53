import type { Instant } from "../core/time.ts";

/** Where a secret's value is to be had. The value itself is in no config, row or snapshot. */
export type SecretRef =
  | { readonly file: string }
  | { readonly env: string }
  | AwsSecret
  | { readonly ossec: OssecSecret };

/** One of AWS Secrets Manager, or a field of the JSON that it holds. */
export interface AwsSecret {
  /** Its name or its ARN. */
  readonly aws: string;
  readonly key?: string | undefined;
  /** The staging label of the version; AWSCURRENT if not said. */
  readonly stage?: string | undefined;
}

/** What stands in a tag of an `<integration>` block. No config says this: it comes of reading the file. */
export interface OssecSecret {
  readonly file: string;
  /** The block's `<name>`. */
  readonly block: string;
  /** Which of the blocks of that name that integratord would run, from 1. */
  readonly nth: number;
  /** Of all that mattered of the block when the file was read: by that it is known again where others came or went. */
  readonly digest: string;
  /** Of the other blocks of that name. */
  readonly others: readonly string[];
  readonly tag: "hook_url" | "api_key" | "options";
}

/** The place for people; the tag and the file, never what stands there. */
export function placeOfSecret(ref: SecretRef): string {
  if ("file" in ref) return `the file ${ref.file}`;
  if ("env" in ref) return `the environment variable ${ref.env}`;
  if ("aws" in ref) return placeInAws(ref);
  const { file, block, nth, tag } = ref.ossec;
  return `<${tag}> of ${nth === 1 ? "the" : `the ${nth}.`} block ${block} in ${file}`;
}

function placeInAws({ aws, key, stage }: AwsSecret): string {
  const of = stage === undefined ? "" : ` (${stage})`;
  const secret = `the secret ${aws}${of} in AWS Secrets Manager`;
  return key === undefined ? secret : `the key ${key} of ${secret}`;
}

/** Equal only for what is to be had in the same place. */
export function keyOfSecret(ref: SecretRef): string {
  if ("file" in ref) return `file ${ref.file}`;
  if ("env" in ref) return `env ${ref.env}`;
  if ("aws" in ref) return `aws ${JSON.stringify([ref.aws, ref.key ?? null, ref.stage ?? null])}`;
  return `ossec ${JSON.stringify(ref.ossec)}`;
}

/** Of what a strict schema left: a map with nothing but the keys of a place is one. */
export function isSecretRef(value: unknown): value is SecretRef {
  if (typeof value !== "object" || value === null) return false;
  const given = Object.entries(value).filter(([, of]) => of !== undefined);
  const [first] = given;
  if (first === undefined) return false;
  if (given.length === 1 && first[0] === "ossec") return typeof first[1] === "object" && first[1] !== null;
  if (given.length === 1 && (first[0] === "file" || first[0] === "env")) return typeof first[1] === "string";
  const isAws = given.some(([name]) => name === "aws");
  return isAws && given.every(([name, of]) => ["aws", "key", "stage"].includes(name) && typeof of === "string");
}

export type SecretValue =
  | {
      readonly kind: "value";
      readonly value: string;
      /** What its keeper calls this version of it. */
      readonly version?: string | undefined;
      /** Since when it is what it is, where the place knows. */
      readonly madeAt?: Instant | undefined;
    }
  /** `why` names the place, never the value. */
  | {
      readonly kind: "unreadable";
      readonly why: string;
      /** The place could not be asked, so that nothing is known of what is there. */
      readonly isAway?: true;
    };

/** A value that printing, JSON and inspection show as `***`. */
export function secretValue(
  value: string,
  about: { readonly version?: string | undefined; readonly madeAt?: Instant | undefined } = {},
): SecretValue {
  return new FoundSecret(value, about.version, about.madeAt);
}

const SHOWN = "***";

/** The value of a secret. Whoever prints, serialises or inspects it by mistake sees `***`; `.value` is the only way to it. */
class FoundSecret {
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

/** Looks secrets up when they are used, and follows them when they rotate. */
export interface Secrets {
  read(ref: SecretRef): Promise<SecretValue>;
  /**
   * What the other side thought of a value that was used there. One that is refused is looked at again at once, and
   * one that a newer had replaced may come back. Absent where nothing is remembered.
   */
  judged?(ref: SecretRef, value: string, verdict: "taken" | "refused"): void;
}
