import type { Finding } from "../../core/check-up.ts";
import { MINUTE_MS, SECOND_MS, type Instant } from "../../core/time.ts";
import type { Indexer } from "./client.ts";
import type { IndexerFailure, ViewLost } from "./indexer-failure.ts";

/** Timers go by our clock and by the managers': a minute apart, and every hold is a minute wrong. */
const CLOCKS_APART_MS = MINUTE_MS;
/** Longer, and a system that is at work would have had an alert. */
const QUIET_MS = 60 * MINUTE_MS;

/** Whether an indexer can be read as a source would. Changes nothing there. */
export async function examineIndexer(
  indexer: Indexer,
  index: string,
  clock: { now(): Instant },
): Promise<readonly Finding[]> {
  const surveyed = await indexer.survey({ from: 0 });
  if (surveyed.kind === "failed") return [bad("search", surveyed)];
  const roles = await indexer.roles();
  const login = roles.kind === "failed" ? [] : [good("login", `roles: ${roles.roles.join(", ") || "none"}`)];
  const { isThere, indices, newestAt } = surveyed;
  if (!isThere) {
    const says = `no index is called ${index}, or the user may see none: a new Wazuh has none until its first alert; else look at the index and the user's role`;
    return [...login, { check: "index", ok: false, says }];
  }
  const [newest] = indices.toSorted().toReversed();
  if (newest === undefined) {
    return [
      ...login,
      { check: "index", ok: true, doubtful: true, says: `indices called ${index} are there, all empty` },
    ];
  }
  const found = [
    ...login,
    good("index", `${indices.length} ${indices.length === 1 ? "index" : "indices"}, ${newest} the last by name`),
  ];
  const beganAt = clock.now();
  const view = await indexer.openView([newest]);
  if (view.kind === "failed") return [...found, bad("point in time", view)];
  const ours = (beganAt + clock.now()) / 2;
  const page = await indexer.page({ view: view.id, from: 0, after: null, size: 1 });
  await indexer.closeView(view.id);
  return [
    ...found,
    page.kind === "page" || page.kind === "too_large"
      ? good("point in time", "opened, read and closed")
      : bad("point in time", page),
    ...(newestAt === null ? [] : [age(ours - newestAt)]),
    ...(view.openedAt === null ? [] : [clocks(ours, view.openedAt)]),
  ];
}

function age(ms: number): Finding {
  if (ms < -CLOCKS_APART_MS) {
    const says = `the newest document is of a time ${spell(-ms)} from now: the clock of a manager is ahead`;
    return { check: "newest", ok: true, doubtful: true, says };
  }
  const says = `the newest document is ${spell(Math.max(0, ms))} old`;
  if (ms < QUIET_MS) return good("newest", says);
  const why = `${says}: if alerts came since, look at Filebeat on the managers (filebeat test output)`;
  return { check: "newest", ok: true, doubtful: true, says: why };
}

function clocks(ours: Instant, theirs: Instant): Finding {
  const apartMs = Math.abs(ours - theirs);
  const says = `this machine's clock and the indexer's are ${apartMs < 2 * SECOND_MS ? "less than two seconds" : spell(apartMs)} apart`;
  if (apartMs < CLOCKS_APART_MS) return good("clock", says);
  return { check: "clock", ok: false, says: `${says}: set both by NTP, or holds are too long or too short by that` };
}

function spell(ms: number): string {
  if (ms < 2 * MINUTE_MS) return `${Math.round(ms / SECOND_MS)} s`;
  return ms < 2 * 60 * MINUTE_MS ? `${Math.round(ms / MINUTE_MS)} min` : `${Math.round(ms / (60 * MINUTE_MS))} h`;
}

function good(check: string, says: string): Finding {
  return { check, ok: true, says };
}

function bad(check: string, failure: IndexerFailure | ViewLost): Finding {
  return {
    check,
    ok: false,
    says: failure.kind === "lost" ? "the point in time was lost as soon as it was open" : failure.says,
  };
}
