import { setTimeout as sleep } from "node:timers/promises";
import type { TestAlert, TestIncident } from "../core/test-alert.ts";
import { visible } from "../core/visible.ts";
import type { IncidentDetail } from "../http/incident-routes.ts";
import { withServer, type Server, type ServerFlags } from "./ask.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { print, say } from "./print.ts";
import { receiptWords, workWords } from "./render-incidents.ts";
import type { Paint } from "./terminal.ts";
import { counted, duration } from "./words.ts";

export interface TestAlertFlags extends ServerFlags {
  readonly policy?: string;
  readonly rule?: string;
  readonly level?: string;
  readonly description?: string;
  readonly field?: readonly (readonly [name: string, value: string])[];
  readonly wait: number;
}

/** What came of a test. */
export interface TestReport {
  readonly alert: Omit<TestAlert, "incidents">;
  readonly incidents: readonly TestedIncident[];
  /** Every destination has it. */
  readonly isDelivered: boolean;
  readonly waitedMs: number;
}

interface TestedIncident extends TestIncident {
  readonly destinations: readonly TestedDestination[];
}

interface TestedDestination {
  readonly name: string;
  readonly state: "delivered" | "waiting" | "shadow" | "given_up";
  /** The receipt, or why there is none yet. */
  readonly says: string;
}

const LOOK_EVERY_MS = 200;

export async function testAlert(this: CliContext, flags: TestAlertFlags): Promise<void> {
  const { policy, rule, level, description, field = [], wait } = flags;
  const fields = {
    ...Object.fromEntries(field),
    ...(rule !== undefined && { "rule.id": rule }),
    ...(level !== undefined && { "rule.level": level }),
    ...(description !== undefined && { "rule.description": description }),
  };
  const report = await withServer(
    this,
    flags,
    async (server) => {
      const sent = await server.post<TestAlert>("/v1/test-alerts", { policy, fields });
      for (const { id, policy: of } of sent.incidents) say(this, `sent as incident #${id} by policy ${visible(of)}`);
      return followTest(server, sent, wait);
    },
    true,
  );
  print(this, flags, report, renderTest);
  const missing = report.incidents.flatMap(({ destinations }) => destinations.filter((one) => !hasIt(one)));
  if (missing.length > 0) {
    const who = counted(missing.length, "destination");
    throw new CommandError(
      EXIT.unavailable,
      `${who} did not get it within ${duration(wait)}: riposte incidents show ${report.incidents[0]?.id} goes on telling`,
    );
  }
}

async function followTest(server: Server, { incidents, ...alert }: TestAlert, waitMs: number): Promise<TestReport> {
  const beganAt = Date.now();
  for (;;) {
    const seen: TestedIncident[] = [];
    for (const incident of incidents) {
      const detail = await server.get<IncidentDetail>(`/v1/incidents/${incident.id}`);
      seen.push({ ...incident, destinations: incident.tell.map((name) => destinationIn(detail, name)) });
    }
    const all = seen.flatMap(({ destinations }) => destinations);
    const waitedMs = Date.now() - beganAt;
    if (all.every(({ state }) => state !== "waiting") || waitedMs >= waitMs) {
      return { alert, incidents: seen, isDelivered: all.every(hasIt), waitedMs };
    }
    await sleep(Math.min(LOOK_EVERY_MS, waitMs - waitedMs));
  }
}

function destinationIn({ receipts, work }: IncidentDetail, name: string): TestedDestination {
  const receipt = receipts.find(({ destination }) => destination === name);
  if (receipt !== undefined) return { name, state: "delivered", says: receiptWords(receipt, Date.now()) };
  const waiting = work.find(({ destination }) => destination === name);
  if (waiting === undefined) return { name, state: "waiting", says: `${name}: nothing is known of it yet` };
  const says = workWords(waiting, Date.now());
  if (waiting.state === "shadow") return { name, state: "shadow", says };
  return { name, state: waiting.state === "dead" ? "given_up" : "waiting", says };
}

function hasIt({ state }: TestedDestination): boolean {
  return state === "delivered";
}

const SIGN = {
  delivered: ["green", "yes"],
  waiting: ["yellow", "not yet"],
  shadow: ["yellow", "no"],
  given_up: ["red", "NO"],
} as const;

export function renderTest({ alert, incidents }: TestReport, paint: Paint): string {
  const lines = incidents.flatMap(({ id, policy, severity, destinations, holdMs }) => [
    `${paint("bold", `#${id}`)} ${severity}, policy ${visible(policy)}`,
    ...destinations.map(({ state, says }) => `  ${paint(SIGN[state][0], SIGN[state][1])}  ${visible(says)}`),
    ...(holdMs === null ? [] : [`  a real one would be held back for ${duration(holdMs)} first`]),
  ]);
  const head = `rule ${visible(alert.ruleId)} level ${alert.level}: ${visible(alert.title)}`;
  return [head, ...lines, "It ends by itself within a minute, and then those who got it are told so."]
    .map((line) => `${line}\n`)
    .join("");
}
