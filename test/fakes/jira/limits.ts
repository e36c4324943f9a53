import { jsonAnswer, type VendorAnswer } from "../vendor.ts";

/** Null is none. Those of Cloud come all three at once, each with its own reason; a node of Data Center has none to tell. */
export interface LimitOptions {
  /** Calls a second for each endpoint and method, and how many may come at once. */
  readonly burst?: Readonly<Record<Method, Rate>> | null;
  /** For single endpoints instead: `POST /issue`. */
  readonly burstOf?: Readonly<Record<string, Rate>>;
  readonly perIssueWrite?: readonly Window[] | null;
  /** Of the whole site: every call costs a point. */
  readonly quota?: Window | null;
  readonly node?: Rate | null;
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

export interface Rate {
  readonly perSecond: number;
  readonly atOnce: number;
}

export interface Window {
  readonly windowMs: number;
  readonly max: number;
}

// developer.atlassian.com/cloud/jira/platform/rate-limiting, for API tokens: the quota is for apps only.
export const cloudLimits: LimitOptions = {
  burst: {
    GET: { perSecond: 100, atOnce: 100 },
    POST: { perSecond: 100, atOnce: 100 },
    PUT: { perSecond: 50, atOnce: 50 },
    DELETE: { perSecond: 50, atOnce: 50 },
  },
  perIssueWrite: [
    { windowMs: 2_000, max: 20 },
    { windowMs: 30_000, max: 100 },
  ],
};

export interface Limited {
  readonly method: Method;
  /** With the names of its places, not with what stands there. */
  readonly endpoint: string;
  /** Null where no one issue is written to. */
  readonly writtenIssueId: string | null;
}

export class Limits {
  options: LimitOptions;
  readonly #restedAt = new Map<string, number>();
  readonly #taken = new Map<string, number[]>();

  constructor(options: LimitOptions) {
    this.options = options;
  }

  /** The refusal of a call that comes too early; null lets it pass and counts it. */
  refuse({ method, endpoint, writtenIssueId }: Limited, nowMs: number): VendorAnswer | null {
    const { burst, burstOf, perIssueWrite, quota, node } = this.options;
    const rate = burstOf?.[`${method} ${endpoint}`] ?? burst?.[method];
    const waits = [
      node && { reason: null, waitMs: this.#bucketWait("node", node, nowMs) },
      rate && {
        reason: "jira-burst-based",
        waitMs: this.#bucketWait(`${method} ${endpoint}`, rate, nowMs),
      },
      quota && { reason: "jira-quota-tenant-based", waitMs: this.#windowWait("quota", [quota], nowMs) },
      writtenIssueId !== null &&
        perIssueWrite && {
          reason: "jira-per-issue-on-write",
          waitMs: this.#windowWait(`issue ${writtenIssueId}`, perIssueWrite, nowMs),
        },
    ];
    for (const each of waits) if (each && each.waitMs > 0) return tooMany(each.reason, each.waitMs, nowMs);

    if (node) this.#takeFromBucket("node", node, nowMs);
    if (rate) this.#takeFromBucket(`${method} ${endpoint}`, rate, nowMs);
    if (quota) this.#taken.get("quota")?.push(nowMs);
    if (writtenIssueId !== null && perIssueWrite) this.#taken.get(`issue ${writtenIssueId}`)?.push(nowMs);
    return null;
  }

  #bucketWait(name: string, { perSecond, atOnce }: Rate, nowMs: number): number {
    const restedAt = this.#restedAt.get(name) ?? 0;
    return restedAt - ((atOnce - 1) * 1_000) / perSecond - nowMs;
  }

  #takeFromBucket(name: string, { perSecond }: Rate, nowMs: number): void {
    this.#restedAt.set(name, Math.max(this.#restedAt.get(name) ?? 0, nowMs) + 1_000 / perSecond);
  }

  #windowWait(name: string, windows: readonly Window[], nowMs: number): number {
    const longest = Math.max(...windows.map(({ windowMs }) => windowMs));
    const taken = (this.#taken.get(name) ?? []).filter((at) => at > nowMs - longest);
    this.#taken.set(name, taken);
    const waits = windows.map(({ windowMs, max }) => {
      const first = taken.filter((at) => at > nowMs - windowMs).at(-max);
      return first === undefined ? 0 : first + windowMs - nowMs;
    });
    return Math.max(0, ...waits);
  }
}

export function tooMany(reason: string | null, waitMs: number, nowMs: number): VendorAnswer {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  return jsonAnswer(
    429,
    { errorMessages: ["Rate limit exceeded."], errors: {} },
    {
      "retry-after": String(seconds),
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": new Date(nowMs + seconds * 1_000).toISOString(),
      ...(reason !== null && { "ratelimit-reason": reason }),
    },
  );
}
