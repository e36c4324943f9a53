import type { Snapshot } from "../../src/core/snapshot.ts";
import { hold } from "./checks.ts";
import { REFUSED_PAYLOAD, type SimCall } from "./sim-net.ts";
import type { ReceiptRow, Rows, SourceCounts, WorkRow } from "./rows.ts";
import type { Written } from "./written.ts";
import { hostOf } from "./world.ts";

/** 1, against the truth: what the manager wrote is what was read, and each wanted line was kept once. */
export function checkAgainstWritten(rows: Rows, written: readonly Written[]): void {
  const [source] = rows.all<SourceCounts>("SELECT * FROM source WHERE name = 'alerts'");
  const wanted = written.filter(({ fate }) => fate === "wanted");
  const identities = new Set(wanted.map(({ alert }) => alert?.identity));
  const truth: SourceCounts = {
    read: written.length,
    ignored: written.filter(({ fate }) => fate === "ignored").length,
    malformed: written.filter(({ fate }) => fate === "malformed").length,
    kept: identities.size,
    duplicate: wanted.length - identities.size,
  };
  for (const key of ["read", "ignored", "malformed", "kept", "duplicate"] as const) {
    hold(1, source?.[key] === truth[key], () => `${key} is ${source?.[key]}, and ${truth[key]} were written`);
  }
  const overgrown = rows.all<{ incident: number; n: number }>(
    "SELECT incident, count(*) AS n FROM body GROUP BY incident HAVING count(*) <> (SELECT CASE WHEN count < 40 THEN count ELSE 40 END FROM incident WHERE id = incident) AND incident NOT IN (SELECT incident FROM mass) AND incident NOT IN (SELECT incident FROM window_filled) AND incident NOT IN (SELECT id FROM incident WHERE policy LIKE 'riposte:digest:%')",
  );
  hold(1, overgrown.length === 0, () => `incident #${overgrown[0]?.incident} keeps ${overgrown[0]?.n} bodies`);
}

const QUARANTINE_ROWS = 100;

/** 1: of the lines that could not be read the last hundred are kept, the nth in slot n modulo a hundred. */
export function checkQuarantine(rows: Rows, written: readonly Written[]): void {
  const malformed = written.filter(({ fate }) => fate === "malformed");
  const slots = rows.all<{ slot: number; raw: string }>("SELECT slot, raw FROM quarantine ORDER BY slot");
  const most = Math.min(malformed.length, QUARANTINE_ROWS);
  hold(1, slots.length === most, () => `${slots.length} lines are in quarantine, and ${most} should be`);
  for (const [n, { line }] of malformed.entries()) {
    if (n < malformed.length - QUARANTINE_ROWS) continue;
    const slot = n % QUARANTINE_ROWS;
    hold(1, slots[slot]?.slot === slot && slots[slot].raw === line, () => `slot ${slot} does not hold "${line}"`);
  }
}

/** 2: what was given up is what a person dropped, or what a vendor said that it will never take. */
export function checkDeadLetters(rows: Rows, snapshot: Snapshot, calls: readonly SimCall[]): void {
  for (const destination of Object.keys(snapshot.destinations)) {
    const dead = rows.all<WorkRow>("SELECT * FROM work WHERE destination = ? AND state = 'dead'", destination);
    const { callsMost } = snapshot.destinations[destination] ?? {};
    const other = dead.find(
      ({ reason, lost }) =>
        !["dropped_by_person", "bad_request", "gone_there"].includes(reason ?? "") &&
        // Who says himself how often he may be called is called no more often.
        (reason !== "gave_up" || callsMost === undefined || lost < callsMost),
    );
    hold(2, other === undefined, () => `#${other?.incident} was given up at ${destination}: ${other?.reason}`);
    const refused = dead.filter(({ reason }) => reason === "bad_request").length;
    const refusals = calls.filter(({ host, fault }) => host === hostOf(destination) && fault === REFUSED_PAYLOAD);
    hold(
      2,
      refused <= refusals.length,
      () => `${destination} refused ${refusals.length} payloads, and ${refused} are dead letters for that`,
    );
  }
}

/** An automation rule and a script are told what an alert brought, and have checks of their own. */
const HEAR_PART: ReadonlySet<string> = new Set(["jira-automation", "integration-script"]);

/** 2 and 6: who was told of an incident was told all of it, to the end, unless that is a dead letter. */
export function checkEveryMomentTold(rows: Rows, snapshot: Snapshot): void {
  const short = rows.all<ReceiptRow & { moment_count: number }>(
    `SELECT receipt.*, moment_count FROM receipt JOIN incident ON id = incident WHERE moments_told <> moment_count
       AND collapsed_into = 0
       AND NOT EXISTS (SELECT 1 FROM work WHERE work.incident = id AND work.destination = receipt.destination)`,
  );
  const first = short.find(({ destination }) => !HEAR_PART.has(snapshot.destinations[destination]?.type ?? ""));
  hold(
    2,
    first === undefined,
    () =>
      `${first?.destination} was told ${first?.moments_told} of ${first?.moment_count} moments of #${first?.incident}`,
  );
}

/** Nothing is left to do: what remains is dead letters, which people see. */
export function checkAtRest(rows: Rows): void {
  const live = rows.all<WorkRow>("SELECT * FROM work WHERE state <> 'dead'");
  const [first] = live;
  hold(6, first === undefined, () => `#${first?.incident} at ${first?.destination} is still ${first?.state}`);
  const open = rows.count("SELECT count(*) AS n FROM attempt WHERE ended_at IS NULL");
  hold(6, open === 0, () => `${open} attempts never ended`);
  const due = rows.count("SELECT count(*) AS n FROM incident WHERE state = 'resolved' AND due_at IS NOT NULL");
  hold(6, due === 0, () => "a resolved incident still has a timer");
}
