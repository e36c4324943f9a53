import { expect } from "vitest";
import type { Connector, Destination, Step } from "../../src/connectors/connector.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import type { Picture } from "../../src/core/picture.ts";
import { markOf, type Receipt } from "../../src/core/receipt.ts";
import type { VendorAnswer } from "../fakes/vendor.ts";
import { bruteForce } from "../fixtures/pictures.ts";

/** A connector as its config makes one, wherever it leads. */
export interface AnyCase<Config> {
  readonly connector: Connector<Config>;
  /** As a user would write it, with every secret as `{ env: NAME }`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What those names hold. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What of it nobody may ever see: at least 8 characters each, and found in nothing else. */
  readonly canaries: readonly string[];
  /** Keys of the config that may also hold the value itself, since not every such value is a secret. */
  readonly openFields?: readonly string[];
  /** The longest body that a step may have. */
  readonly maxBodyChars: number;
  /** Throws if the vendor would refuse the body, or show something in it as more than text. */
  readonly inspect?: (body: string, picture: Picture) => void;
}

/** One that speaks HTTP. */
export interface ConnectorCase<Config> extends AnyCase<Config> {
  /** What the vendor says when all is well. */
  readonly ok: VendorAnswer;
  /** What a 2xx means whose body is cut, huge, or no text: not every vendor says anything in it. */
  readonly unreadable: "done" | "unknown";
  /** Where this vendor's status means something else than everybody's; null: it doesn't. */
  readonly statusMeans?: (status: number) => Outcome["kind"] | null;
}

/** What has to hold for the body of every step. */
export function inspect<Config>(made: AnyCase<Config>, step: Step, picture: Picture): void {
  expect(step.body.length).toBeLessThanOrEqual(made.maxBodyChars);
  expect(step.body.isWellFormed()).toBe(true);
  expect(wellFormedWithin(JSON.parse(step.body))).toBe(true);
  made.inspect?.(step.body, picture);
}

function wellFormedWithin(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([name, inner]) => name.isWellFormed() && wellFormedWithin(inner));
}

/** Hands the value on, once it is sure that it shows no secret. */
export function noLeak<Value>({ canaries }: AnyCase<never> | AnyCase<unknown>, value: Value): Value {
  const text = JSON.stringify(value).toLowerCase();
  const leaked = canaries.filter((canary) => text.includes(canary.toLowerCase()));
  if (leaked.length > 0) throw new Error(`a secret is to be seen in ${text}`);
  return value;
}

export function isSecretRef(value: unknown): value is { readonly env: string } {
  return typeof value === "object" && value !== null && "env" in value;
}

export function configOf<Config>({ connector, config }: AnyCase<Config>): Config {
  return connector.schema.parse(config);
}

export function destinationOf<Config>(made: AnyCase<Config>): Destination {
  return made.connector.destination("under-test", configOf(made));
}

export function firstStep<Config>(made: AnyCase<Config>): Step {
  return stepOf(destinationOf(made), bruteForce());
}

export function stepOf(destination: Destination, picture: Picture): Step {
  const step = destination.next(picture, null, words(1));
  if (step === null) throw new Error("nothing to do for an incident that was never shown");
  return step;
}

export function words(step: number): { mark: string; repeat: boolean } {
  return { mark: markOf("test", 12, "under-test", step), repeat: false };
}

export function receiptAfter({ plan }: Step, before: Receipt | null = null): Receipt {
  return {
    incident: 12,
    destination: "under-test",
    remote: { anchor: null, url: null },
    twins: before?.twins ?? [],
    steps: (before?.steps ?? 0) + 1,
    repeats: 0,
    firstDoneAt: 1,
    lastDoneAt: 1,
    ...plan,
  };
}
