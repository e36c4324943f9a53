// What redaction costs a delivery: `node bench/redaction.ts`. Printed, and not one of the goals: the machine decides.
import { webhookDestination } from "../src/connectors/webhook/destination.ts";
import type { Incident } from "../src/core/incident.ts";
import { createRedactor, USUAL_REDACTION, type Redactor } from "../src/core/redact.ts";
import { paint } from "../src/engine/paint.ts";
import { readStoredLine } from "../src/sources/stored-line.ts";
import { alertLines } from "./generate.ts";

const LINES = 2_000;
const source = alertLines(7);
const usual = Array.from({ length: LINES }, () => source.next().value.line);
const secret = usual.map((line) =>
  line.replace(/"location":/, '"data2":{"command":"x --password=hunter2"},"location":'),
);
const redactor = createRedactor(USUAL_REDACTION);
const fields = createRedactor({ ...USUAL_REDACTION, fields: ["data.srcuser", "agent.name"] });
const destination = webhookDestination({ url: "https://siem.example/hook", unsigned: true, concurrency: 1 });
const incident = {
  id: 1,
  policy: "any",
  groupKey: "[]",
  state: "open",
  severity: "high",
  title: "Something happened",
  ruleId: "1",
  agentId: "003",
  agentName: "web-01",
  snapshot: "",
  source: "alerts",
  count: 1,
  firstAt: 0,
  lastAt: 0,
  openedAt: 0,
  resolvedAt: null,
  resolvedBy: null,
  acknowledgedBy: null,
  revision: 1,
  momentCount: 1,
  dueAt: null,
} as const satisfies Incident;
const moment = { incident: 1, n: 1, kind: "opened", at: 0, severity: "high", count: 1, by: null, text: null } as const;

const touched = usual.filter((line) => redactor.line(line).line !== line).length;
const mean = Math.round(usual.reduce((sum, line) => sum + line.length, 0) / LINES);
console.log(`${LINES} alerts of ${mean} characters in the mean, ${touched} of them with something to leave out`);
say("a line in which nothing is", usual, (line) => redactor.line(line));
say("a line with a password in it", secret, (line) => redactor.line(line));
say("a line with fields to leave out", usual, (line) => fields.line(line));
say("a webhook's body, nothing left out", usual, body(null));
say("a webhook's body, redacted", usual, body(redactor));
say("a megabyte that is nothing but beginnings", ['password=\\"'.repeat(100_000)], (text) => redactor.text(text, []));

function body(by: Redactor | null): (line: string) => unknown {
  return (firstRaw) =>
    destination.next(
      paint({ incident, moments: [moment], firstRaw, newestRaw: null }, undefined, readStoredLine, { redactor: by }),
      null,
      { mark: "rp-0a1b2c3d-1-x-1", repeat: false },
    );
}

/** The median of seven passes, the first of which is for the compiler. */
function say(what: string, texts: readonly string[], work: (text: string) => unknown): void {
  const passes = Array.from({ length: 7 }, () => {
    const startedAt = performance.now();
    for (const text of texts) work(text);
    return ((performance.now() - startedAt) * 1_000) / texts.length;
  });
  const [, ...warm] = passes;
  console.log(`${what}: ${(warm.toSorted((a, b) => a - b)[3] ?? 0).toFixed(1)} µs`);
}
