import type { Snapshot } from "../../src/core/snapshot.ts";
import type { FakeBoard } from "../fakes/board.ts";
import type { FakeJiraAutomation } from "../fakes/jira-automation.ts";
import type { FakeSlackWebhooks } from "../fakes/slack-webhook.ts";
import type { FakeWebhookReceiver } from "../fakes/webhook-receiver.ts";
import { hold } from "./checks.ts";
import { REFUSED_PAYLOAD, type SimCall } from "./sim-net.ts";
import type { IncidentRow, ReceiptRow, Rows, SourceCounts, WorkRow } from "./rows.ts";
import type { Written } from "./workload.ts";
import { hostOf } from "./world.ts";

export interface Vendors {
  readonly board: FakeBoard;
  readonly slack: FakeSlackWebhooks;
  readonly tickets: FakeJiraAutomation;
  readonly hook: FakeWebhookReceiver;
}

/** 1, against the truth: what the manager wrote is what was read, and each wanted line was kept once. */
export function checkAgainstWritten(rows: Rows, written: readonly Written[]): void {
  const [source] = rows.all<SourceCounts>("SELECT * FROM source");
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
    "SELECT incident, count(*) AS n FROM body GROUP BY incident HAVING count(*) <> (SELECT min(count, 40) FROM incident WHERE id = incident)",
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
    const other = dead.find(({ reason }) => reason !== "dropped_by_person" && reason !== "bad_request");
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

/** 2 and 6: who was told of an incident was told all of it, to the end, unless that is a dead letter. */
export function checkEveryMomentTold(rows: Rows, snapshot: Snapshot): void {
  const short = rows.all<ReceiptRow & { moment_count: number }>(
    `SELECT receipt.*, moment_count FROM receipt JOIN incident ON id = incident WHERE moments_told <> moment_count
       AND NOT EXISTS (SELECT 1 FROM work WHERE work.incident = id AND work.destination = receipt.destination)`,
  );
  const first = short.find(({ destination }) => snapshot.destinations[destination]?.type !== "jira-automation");
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

/** 3 and 6 where things can be found and edited: one item, saying what the store says, each moment told once. */
export function checkBoard(rows: Rows, snapshot: Snapshot, board: FakeBoard): void {
  const receipts = receiptsAt(rows, snapshot, "board");
  for (const receipt of receipts) {
    const prefix = new RegExp(`^rp-[a-z0-9]+-${receipt.incident}-board-1$`);
    const items = board.liveItems().filter((item) => prefix.test(item.mark));
    hold(3, items.length === 1, () => `#${receipt.incident} has ${items.length} live items on the board`);
    if (isDead(rows, receipt.incident, receipt.destination)) continue;
    const item = items[0]!;
    const [incident] = rows.all<IncidentRow>("SELECT * FROM incident WHERE id = ?", receipt.incident);
    const head = `${incident?.state} ${incident?.severity} x${incident?.count}`;
    hold(6, item.body === head, () => `#${receipt.incident} is "${head}", and the board says "${item.body}"`);
    const marks = item.comments.map(({ mark }) => mark);
    hold(3, new Set(marks).size === marks.length, () => `#${receipt.incident} has a comment twice: ${marks.join(" ")}`);
    const told = [item.title, ...item.comments.map(({ text }) => text)].map(rangeOf);
    let next = 1;
    for (const [from, to] of told) {
      hold(6, from === next, () => `#${receipt.incident} tells from moment ${from}, where ${next} comes next`);
      next = to + 1;
    }
    hold(
      6,
      next === (incident?.moment_count ?? 0) + 1,
      () => `#${receipt.incident} has moments that the board never heard`,
    );
  }
  const orphans = board
    .liveItems()
    .filter((item) => !receipts.some(({ incident }) => item.mark.includes(`-${incident}-board-`)));
  const known = orphans.filter((item) => !isDead(rows, Number(/-(\d+)-board-/.exec(item.mark)?.[1]), "board"));
  hold(
    6,
    known.length === 0,
    () => `the board has ${known[0]?.key} (${known[0]?.mark}), and the store knows nothing of it`,
  );
}

/** 6, before everything is quiet: what was told so long ago that nothing of it can still be on its way is right. */
export function checkBoardSoFar(rows: Rows, board: FakeBoard, now: number, longestWayMs: number): void {
  const settled = rows.all<IncidentRow & { destination: string }>(
    `SELECT incident.* FROM incident JOIN receipt ON receipt.incident = incident.id
     WHERE receipt.destination = 'board' AND receipt.last_done_at < ? AND incident.state <> 'pending'
       AND NOT EXISTS (SELECT 1 FROM work WHERE work.incident = incident.id AND work.destination = 'board')`,
    now - longestWayMs,
  );
  for (const incident of settled) {
    const head = `${incident.state} ${incident.severity} x${incident.count}`;
    const item = board.liveItems().find(({ mark }) => mark.endsWith(`-${incident.id}-board-1`));
    hold(6, item?.body === head, () => `#${incident.id} has long been "${head}", and the board says "${item?.body}"`);
  }
}

/** 3 where nothing can be found: every step arrived, and whatever arrived twice says that it may be a repeat. */
export function checkRepeatsAreMarked(rows: Rows, snapshot: Snapshot, vendors: Vendors): void {
  const hookCalls = vendors.hook.deliveries.map(({ id, body }) => ({
    mark: id ?? "",
    repeat: (JSON.parse(body) as { possible_repeat?: boolean }).possible_repeat === true,
  }));
  const unverified = vendors.hook.deliveries.filter(({ verified }) => !verified);
  hold(6, unverified.length === 0, () => `a delivery was not believed: ${unverified[0]?.doubt}`);
  const jiraCalls = vendors.tickets.received.map(({ body }) => {
    const text = JSON.stringify(body);
    return {
      mark: /rp-[a-z0-9]+-\d+-tickets-\d+/.exec(text)?.[0] ?? "",
      repeat: text.includes('"possible_repeat":true'),
    };
  });
  for (const [destination, calls] of [
    ["hook", hookCalls],
    ["tickets", jiraCalls],
  ] as const) {
    for (const { incident, steps } of receiptsAt(rows, snapshot, destination)) {
      for (let step = 1; step <= steps; step += 1) {
        const ours = calls.filter(({ mark }) => mark.endsWith(`-${incident}-${destination}-${step}`));
        hold(6, ours.length > 0, () => `step ${step} of #${incident} never came to ${destination}`);
        const firsts = ours.filter(({ repeat }) => !repeat).length;
        hold(3, firsts <= 1, () => `step ${step} of #${incident} came to ${destination} ${firsts} times, unmarked`);
      }
    }
  }
  for (const { incident, steps, destination } of receiptsAt(rows, snapshot, "slack")) {
    const posts = vendors.slack.posted.filter(({ text }) => new RegExp(`#${incident}\\b`).test(text));
    const firsts = posts.filter(({ text }) => !/possible repeat|may be a repeat/i.test(text)).length;
    hold(
      6,
      posts.length >= steps,
      () => `#${incident} was told in ${posts.length} messages, and in ${steps} by our count`,
    );
    const most = steps + (isDead(rows, incident, destination) ? 1 : 0);
    hold(
      3,
      firsts <= most,
      () => `#${incident} has ${firsts} messages without the mark of a repeat, for ${steps} steps`,
    );
  }
  const failed = vendors.tickets.failedRuns[0];
  hold(6, failed === undefined, () => `Jira's rule failed: ${failed?.why}`);
}

function receiptsAt(rows: Rows, snapshot: Snapshot, destination: string): readonly ReceiptRow[] {
  if (snapshot.destinations[destination] === undefined) throw new Error(`no destination ${destination} in this world`);
  return rows.all<ReceiptRow>("SELECT * FROM receipt WHERE destination = ?", destination);
}

function isDead(rows: Rows, incident: number, destination: string): boolean {
  return (
    rows.count(
      "SELECT count(*) AS n FROM work WHERE incident = ? AND destination = ? AND state = 'dead'",
      incident,
      destination,
    ) > 0
  );
}

function rangeOf(text: string): readonly [number, number] {
  const [, from, to] = /told (\d+)\.\.(\d+)/.exec(text) ?? [];
  return [Number(from), Number(to)];
}
