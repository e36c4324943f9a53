import type { Snapshot } from "../../src/core/snapshot.ts";
import { isOfOneMethod } from "./chat-calls.ts";
import { hold } from "./checks.ts";
import type { DiskSpace } from "./disk-space.ts";
import { COMMIT_MOST_MS } from "./mortal-store.ts";
import type { SimCall } from "./sim-net.ts";
import type { Visit } from "./visits.ts";
import { CANARIES, hostOf } from "./world.ts";

/** 5, as the network saw it: for each destination its concurrency, its pace, and what it asked for. */
export function checkCalls(
  calls: readonly SimCall[],
  visits: readonly Visit[],
  snapshot: Snapshot,
  trouble: Trouble,
): void {
  for (const { name, concurrency, paceMs } of Object.values(snapshot.destinations)) {
    const theirs = calls.filter(({ host, by }) => host === hostOf(name) && by === "worker");
    const several = visits.filter(({ destination }) => destination === name);
    // Where a step makes several calls, it is the steps that keep the pace.
    const starts: readonly Start[] = several.length > 0 ? several : theirs;
    const tooMany = starts.find(({ inFlight }) => inFlight > concurrency);
    hold(5, tooMany === undefined, () => `${tooMany?.inFlight} calls to ${name} at once; it takes ${concurrency}`);
    if (paceMs > 0) checkPace(name, starts, paceMs);
    checkPatience(name, theirs, starts, trouble);
  }
  checkNoSecretIsSent(calls);
}

type Start = Pick<SimCall, "at" | "inFlight">;

/** Times at which what the engine had heard may not have been written down. */
export interface Trouble {
  readonly deathsAt: readonly number[];
  readonly space: DiskSpace;
}

/**
 * However the calls are grouped: n of them take at least n - 1 times the pace. The pace is kept from decision to
 * decision, and a call starts once its own is committed.
 */
function checkPace(name: string, calls: readonly Start[], paceMs: number): void {
  let earliestAt = 0;
  for (const { at } of calls) {
    const tooEarlyMs = earliestAt - at;
    hold(5, tooEarlyMs <= COMMIT_MOST_MS, () => `a call to ${name} came ${tooEarlyMs} ms before its pace allows`);
    earliestAt = Math.max(earliestAt, at) + paceMs;
  }
}

/** An answer is known to the lane within a turn, and what was begun before that goes out. */
const HEARD_WITHIN_MS = 250;
/** A worker that could not write down an outcome offers it again after this long. */
const OFFERED_AGAIN_MS = 1_500;

function checkPatience(
  name: string,
  calls: readonly SimCall[],
  starts: readonly Start[],
  { deathsAt, space }: Trouble,
): void {
  for (const { answer, limit, request } of calls) {
    if (answer === null || answer.retryAfterMs === null || isOfPart(limit)) continue;
    // What only a link hangs on is left be by itself; the step that it belongs to had gone well.
    if (request.url.endsWith("/auth.test")) continue;
    if (answer.status === 429 && isOfOneMethod(request.url)) {
      checkMethodPatience(calls, request.url, answer.at, answer.retryAfterMs, { deathsAt, space });
      continue;
    }
    const { at, status, retryAfterMs } = answer;
    const isLost =
      deathsAt.some((death) => death >= at && death <= at + HEARD_WITHIN_MS) ||
      space.wasFull(at - OFFERED_AGAIN_MS, at + HEARD_WITHIN_MS);
    if (isLost) continue;
    const early = starts.find((call) => call.at > at + HEARD_WITHIN_MS && call.at < at + retryAfterMs);
    hold(
      5,
      early === undefined,
      () =>
        `${name} said ${status} at ${at} and asked for ${retryAfterMs} ms; it was called ${early!.at - at} ms later`,
    );
  }
}

/** Of the methods that Slack slows down by themselves nobody calls the one again too early; a look reads by two. */
function checkMethodPatience(
  calls: readonly SimCall[],
  url: string,
  at: number,
  retryAfterMs: number,
  { deathsAt, space }: Trouble,
): void {
  const { pathname } = new URL(url);
  if (!pathname.endsWith("/chat.update")) return;
  if (deathsAt.some((death) => death >= at && death <= at + HEARD_WITHIN_MS)) return;
  if (space.wasFull(at - OFFERED_AGAIN_MS, at + HEARD_WITHIN_MS)) return;
  const early = calls.find(({ request, at: began }) => {
    if (began <= at + HEARD_WITHIN_MS || began >= at + retryAfterMs) return false;
    // A second copy that may not be deleted is edited by another step.
    return new URL(request.url).pathname === pathname && request.body?.includes("second copy") !== true;
  });
  hold(
    5,
    early === undefined,
    () => `${pathname} asked for ${retryAfterMs} ms and was called ${early!.at - at} ms later`,
  );
}

/** Which kind of call, or which ticket, has to wait; the others go on. */
function isOfPart(limit: string | null | undefined): boolean {
  return limit === "jira-burst-based" || limit === "jira-per-issue-on-write";
}

/** 7: what is said to one destination holds no secret, its own or another's. */
function checkNoSecretIsSent(calls: readonly SimCall[]): void {
  for (const { host, request } of calls) {
    const told = CANARIES.find((canary) => request.body?.includes(canary) === true);
    hold(7, told === undefined, () => `a secret's value was sent to ${host}`);
  }
}
