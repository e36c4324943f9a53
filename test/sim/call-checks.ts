import type { Snapshot } from "../../src/core/snapshot.ts";
import { hold } from "./checks.ts";
import type { DiskSpace } from "./disk-space.ts";
import { COMMIT_MOST_MS } from "./mortal-store.ts";
import type { SimCall } from "./sim-net.ts";
import { CANARIES, hostOf } from "./world.ts";

/** 5, as the network saw it: for each destination its concurrency, its pace, and what it asked for. */
export function checkCalls(calls: readonly SimCall[], snapshot: Snapshot, trouble: Trouble): void {
  for (const { name, concurrency, paceMs } of Object.values(snapshot.destinations)) {
    const theirs = calls.filter(({ host }) => host === hostOf(name));
    const tooMany = theirs.find(({ inFlight }) => inFlight > concurrency);
    hold(5, tooMany === undefined, () => `${tooMany?.inFlight} calls to ${name} at once; it takes ${concurrency}`);
    if (paceMs > 0) checkPace(name, theirs, paceMs);
    checkPatience(name, theirs, trouble);
  }
  checkNoSecretIsSent(calls);
}

/** Times at which what the engine had heard may not have been written down. */
export interface Trouble {
  readonly deathsAt: readonly number[];
  readonly space: DiskSpace;
}

/**
 * However the calls are grouped: n of them take at least n - 1 times the pace. The pace is kept from decision to
 * decision, and a call starts once its own is committed.
 */
function checkPace(name: string, calls: readonly SimCall[], paceMs: number): void {
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

function checkPatience(name: string, calls: readonly SimCall[], { deathsAt, space }: Trouble): void {
  for (const { answer } of calls) {
    if (answer === null || answer.retryAfterMs === null) continue;
    const { at, status, retryAfterMs } = answer;
    const isLost =
      deathsAt.some((death) => death >= at && death <= at + HEARD_WITHIN_MS) ||
      space.wasFull(at - OFFERED_AGAIN_MS, at + HEARD_WITHIN_MS);
    if (isLost) continue;
    const early = calls.find((call) => call.at > at + HEARD_WITHIN_MS && call.at < at + retryAfterMs);
    hold(
      5,
      early === undefined,
      () =>
        `${name} said ${status} at ${at} and asked for ${retryAfterMs} ms; it was called ${early!.at - at} ms later`,
    );
  }
}

/** 7: what is said to one destination holds no secret, its own or another's. */
function checkNoSecretIsSent(calls: readonly SimCall[]): void {
  for (const { host, request } of calls) {
    const told = CANARIES.find((canary) => request.body?.includes(canary) === true);
    hold(7, told === undefined, () => `a secret's value was sent to ${host}`);
  }
}
