import { createHmac, timingSafeEqual } from "node:crypto";
import { pathWithoutQuery, textAnswer, type Vendor, type VendorAnswer, type VendorRequest } from "./vendor.ts";

// https://www.standardwebhooks.com recommends five minutes, either way.
const toleranceMs = 5 * 60_000;

/** Somebody's own endpoint, which believes a delivery only when its Standard Webhooks signature holds. */
export class FakeWebhookReceiver implements Vendor {
  readonly deliveries: Delivery[] = [];
  /** Answers to give to the next calls instead of looking at them, first in first out. */
  readonly scripted: VendorAnswer[] = [];
  readonly path: string;
  #secret: string;

  constructor(options: { readonly secret: string; readonly path?: string }) {
    this.#secret = options.secret;
    this.path = options.path ?? "/hook";
  }

  handle(request: VendorRequest, nowMs: number): VendorAnswer {
    if (pathWithoutQuery(request.path) !== this.path) return textAnswer(404, "");
    if (request.method !== "POST") return textAnswer(405, "");
    const scripted = this.scripted.shift();
    if (scripted !== undefined) return scripted;

    const doubt = doubtAbout(request, this.#secret, nowMs);
    const id = request.headers["webhook-id"] ?? null;
    this.deliveries.push({ id, at: nowMs, body: request.body, verified: doubt === null, doubt });
    return doubt === null ? textAnswer(204, "") : textAnswer(401, doubt);
  }

  /** As when the other side rotates: what is signed with the old one alone is refused from now on. */
  changeSecret(secret: string): void {
    this.#secret = secret;
  }

  /** Verified deliveries by id, in the order of their first coming; more than one is a repeat. */
  timesById(): ReadonlyMap<string, number> {
    const times = new Map<string, number>();
    for (const { id, verified } of this.deliveries) {
      if (verified && id !== null) times.set(id, (times.get(id) ?? 0) + 1);
    }
    return times;
  }

  /** How many verified deliveries came beyond the first of their id. */
  repeats(): number {
    const times = [...this.timesById().values()];
    return times.reduce((sum, count) => sum + count - 1, 0);
  }
}

export interface Delivery {
  readonly id: string | null;
  readonly at: number;
  readonly body: string;
  readonly verified: boolean;
  /** Why it was not believed. */
  readonly doubt: string | null;
}

function doubtAbout(request: VendorRequest, secret: string, nowMs: number): string | null {
  const id = request.headers["webhook-id"];
  const timestamp = request.headers["webhook-timestamp"];
  const signatures = request.headers["webhook-signature"];
  if (!id || !timestamp || !signatures) return "a webhook- header is missing";
  if (!/^\d+$/.test(timestamp)) return "webhook-timestamp is not whole seconds";
  if (Math.abs(nowMs - Number(timestamp) * 1_000) > toleranceMs) return "webhook-timestamp is too far from now";

  const expected = createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.${request.body}`).digest();
  return signatures.split(" ").some((signature) => matches(signature, expected)) ? null : "no signature matches";
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.replace(/^whsec_/, ""), "base64");
}

function matches(signature: string, expected: Buffer): boolean {
  if (!signature.startsWith("v1,")) return false;
  const given = Buffer.from(signature.slice(3), "base64");
  return given.length === expected.length && timingSafeEqual(given, expected);
}
