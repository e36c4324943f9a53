import type { Snapshot } from "../../src/core/snapshot.ts";
import { DAY_MS, HOUR_MS } from "../../src/core/time.ts";
import { Retention } from "../../src/engine/retention.ts";
import type { Store } from "../../src/store/store.ts";
import { hold } from "./checks.ts";
import type { IncidentRow, Rows, WorkRow } from "./rows.ts";

/** Long after all is quiet, and longer than people's deeds are kept. */
const LATER_MS = 500 * DAY_MS;
/** What holds another is gone by then: as many as things can be told in each other, and one in which nothing goes. */
const PASSES = 6;
const STEPS_A_PASS = 200;

interface ActionRow {
  readonly incident: number | null;
  readonly state: string;
  readonly program: string;
  readonly due_at: number | null;
}

/** 12: years later all is gone that is over, and nothing else; nothing hangs in the air, and all counters stand. */
export async function checkRetention(store: Store, rows: Rows, snapshot: Snapshot, now: number): Promise<void> {
  const stays = whatStays(rows);
  const counters = countersOf(rows);
  const seals = rows.count("SELECT count(*) AS n FROM seal");
  const live = rows.count("SELECT count(*) AS n FROM incident WHERE state <> 'resolved'");
  const retention = new Retention(store, { now: () => 0, after: () => () => {} });
  const terms = { ...snapshot, keep: { ms: 30 * DAY_MS, bytes: null } };
  for (let pass = 1; pass <= PASSES; pass += 1) {
    const at = now + LATER_MS + pass * 2 * HOUR_MS;
    for (let step = 0; step < STEPS_A_PASS; step += 1)
      await retention.step({ kind: "tick", now: at, watermarks: {} }, terms);
  }
  const left = rows.all<{ id: number }>("SELECT id FROM incident ORDER BY id").map(({ id }) => id);
  hold(12, left.join() === stays.join(), () => `left are ${left.join()}, and to stay were ${stays.join()}`);
  hold(
    12,
    live === rows.count("SELECT count(*) AS n FROM incident WHERE state <> 'resolved'"),
    () => "a live one went",
  );
  for (const table of [
    "moment",
    "body",
    "work",
    "receipt",
    "attempt",
    "told_in",
    "mass",
    "response",
    "window_filled",
  ]) {
    const lost = `SELECT count(*) AS n FROM ${table} WHERE incident NOT IN (SELECT id FROM incident)`;
    hold(12, rows.count(lost) === 0, () => `${table} has rows of incidents that are gone`);
  }
  const bare =
    "SELECT count(*) AS n FROM incident WHERE moment_count > (SELECT count(*) FROM moment WHERE incident = id)";
  hold(12, rows.count(bare) === 0, () => "an incident that stayed lost some of its story");
  const audited = rows.count("SELECT count(*) AS n FROM audit");
  hold(12, audited === 0, () => `${audited} rows of the audit stay beyond their time`);
  hold(12, seals === rows.count("SELECT count(*) AS n FROM seal"), () => "a seal went");
  hold(12, countersOf(rows) === counters, () => `counters were ${counters} and are ${countersOf(rows)}`);
}

/** Numbers, calls and lines are counted for ever. */
function countersOf(rows: Rows): string {
  const meta = rows.all("SELECT incident, attempt, audit FROM meta");
  const sources = rows.all("SELECT name, read, ignored, malformed, duplicate, kept FROM source ORDER BY name");
  const tallies = rows.all("SELECT destination, outcome, count FROM tally ORDER BY destination, outcome");
  return JSON.stringify([meta, sources, tallies]);
}

function whatStays(rows: Rows): readonly number[] {
  const incidents = rows.all<IncidentRow>("SELECT * FROM incident ORDER BY id");
  const works = rows.all<WorkRow>("SELECT * FROM work");
  const told = rows.all<{ incident: number; digest: number }>("SELECT incident, digest FROM told_in");
  const waiting = works.filter(
    ({ state, reason }) =>
      ["ready", "sending", "unknown", "watched"].includes(state) ||
      (state === "dead" && reason !== "dropped_by_person"),
  );
  const inForce = rows
    .all<ActionRow>("SELECT incident, state, program, due_at FROM action WHERE incident IS NOT NULL")
    .filter(
      ({ state, program, due_at: dueAt }) =>
        dueAt !== null ||
        state === "awaited" ||
        (["received", "overdue"].includes(state) && program !== "restart-wazuh"),
    );
  const needed = new Set<number>([
    ...incidents.filter(({ state }) => state !== "resolved").map(({ id }) => id),
    ...waiting.map(({ incident }) => incident),
    ...rows.all<{ incident: number }>("SELECT incident FROM reminder").map(({ incident }) => incident),
    ...rows
      .all<{ incident: number; state: string }>("SELECT incident, state FROM response")
      .filter(({ state }) => !["advised", "refused", "failed", "lifted"].includes(state))
      .map(({ incident }) => incident),
    ...rows.all<{ incident: number }>("SELECT incident FROM digest").map(({ incident }) => incident),
    ...inForce.map(({ incident }) => incident ?? 0),
  ]);
  const busy = new Set([
    ...incidents.filter(({ state }) => state !== "resolved").map(({ id }) => id),
    ...waiting.filter(({ state }) => state !== "dead").map(({ incident }) => incident),
  ]);
  const carriers = [
    ...incidents.map(({ id, collapsed_into: carrier }) => ({ id, carrier })),
    ...told.map(({ incident, digest }) => ({ id: incident, carrier: digest })),
  ].filter(({ carrier }) => carrier > 0);
  for (const { id, carrier } of carriers) if (busy.has(carrier)) needed.add(id);
  for (let before = -1; before !== needed.size;) {
    before = needed.size;
    for (const { id, carrier } of carriers) if (needed.has(id)) needed.add(carrier);
  }
  return incidents.map(({ id }) => id).filter((id) => needed.has(id));
}
