import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeWithSharedData } from "../../test/shared-data.ts";
import { aPolicy } from "../../test/fixtures/kept-alerts.ts";
import { bruteForce, withMoments } from "../../test/fixtures/pictures.ts";
import { FULL_OF_VALUES, playbookFrom } from "../../test/fixtures/playbooks.ts";
import { railsOf, ResponseRig, SOON } from "../../test/fixtures/response-rig.ts";
import { receiptAfter } from "../../test/conformance/connector-case.ts";
import { connectorOfType } from "../connectors/index.ts";
import type { Destination } from "../connectors/connector.ts";
import { askedApprovals } from "../core/asked-approval.ts";
import { createRedactor, USUAL_REDACTION, type Redactor } from "../core/redact.ts";
import type { Picture } from "../core/picture.ts";
import type { Playbook } from "../core/playbook.ts";
import type { Receipt } from "../core/receipt.ts";
import { readStoredLine } from "../sources/stored-line.ts";
import { paint } from "./paint.ts";
import { redactAsked } from "./redacted.ts";

const destinations: readonly (readonly [string, Destination])[] = [
  open("slack", { webhook: { env: "S" } }),
  open("slack", { token: { env: "S" }, channel: "#soc" }),
  open("slack", { webhook: { env: "S" }, style: "legacy" }),
  open("jira", { url: "https://x.atlassian.net", email: "a@x.example", token: { env: "S" }, project: "SEC" }),
  open("jira", {
    url: "https://jira.example",
    token: { env: "S" },
    project: "SEC",
    fields: { Command: "{{ data.command }}" },
  }),
  open("jira-automation", { secret: { env: "S" } }),
  open("webhook", { url: "https://x.example/hook", unsigned: true }),
  open("integration-script", { script: "custom-x" }),
];

function open(type: string, config: object): readonly [string, Destination] {
  const connector = connectorOfType(type);
  if (connector === undefined) throw new Error(`no connector ${type}`);
  return [`${type} ${JSON.stringify(config)}`, connector.destination("x", connector.schema.parse(config))];
}

/** All that a destination would be sent of the picture, one step after the other. */
function bodies(destination: Destination, picture: Picture): readonly string[] {
  const sent: string[] = [];
  let receipt: Receipt | null = null;
  while (sent.length < 8) {
    const step = destination.next(picture, receipt, { mark: `rp-0a1b2c3d-12-x-${sent.length + 1}`, repeat: false });
    if (step === null) break;
    sent.push(step.body);
    receipt = { ...receiptAfter(step, receipt), remote: { anchor: "10001", url: null } };
  }
  return sent;
}

function painted(
  document: object,
  redactor: Redactor | null,
  title: string,
  note: string,
  groupBy: readonly string[] = [],
  playbook: Playbook | null = FULL_OF_VALUES,
): Picture {
  const { incident, moments } = withMoments(bruteForce({ title }), "note");
  const line = JSON.stringify(document);
  const values = groupBy.map((path) =>
    String(
      path.split(".").reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document),
    ),
  );
  const claimed = {
    incident: { ...incident, groupKey: JSON.stringify(values) },
    moments: moments.map((moment) => (moment.kind === "note" ? { ...moment, text: note } : moment)),
    firstRaw: line,
    newestRaw: line,
  };
  return paint(claimed, aPolicy({ groupBy: [...groupBy] }), readStoredLine, { playbook, redactor });
}

function alertWith(more: object): object {
  return {
    timestamp: "2026-11-23T09:00:00.000+0000",
    rule: { id: "80792", level: 10, description: "Audit: command", groups: ["audit"] },
    agent: { id: "003", name: "web-01", ip: "192.0.2.21" },
    manager: { name: "m" },
    id: "1.1",
    location: "journald",
    ...more,
  };
}

const SECRET_FORMS: readonly ((secret: string) => string)[] = [
  (s) => `mysql -u root -p${s} shop`,
  (s) => `tool --password=${s} run`,
  (s) => `tool --password '${s}' run`,
  (s) => `PGPASSWORD=${s} psql`,
  (s) => `curl -u bob:${s} https://x.example`,
  (s) => `curl -H "Authorization: Bearer ${s}" x`,
  (s) => `https://bob:${s}@x.example/a`,
  (s) => `GET /a?page=1&token=${s}&x=2`,
  (s) => `GET /a?sig=${s}`,
  (s) => `{"client_secret":"${s}","x":1}`,
  (s) => String.raw`{\"password\": \"${s}\"}`,
  (s) => `sshpass -p ${s} ssh bob@x`,
  (s) => `net user bob ${s} /add`,
  (s) => `-----BEGIN RSA PRIVATE KEY-----\n${s}\n-----END RSA PRIVATE KEY-----`,
  (s) => `AWS_SECRET_ACCESS_KEY=${s}`,
  (s) => `xoxb-1234567890-${s}`,
  (s) => `eyJhbGciOi.eyJ${s}.abc`,
];

const secrets = fc.integer({ min: 0, max: 36 ** 6 - 1 }).map((n) => `cAnArY${n.toString(36)}9zQ`);
const around = fc.constantFrom("", "ran ", "x; ", "a | ", '"', "\n", "user=bob ", "é ");
const places: readonly ((text: string) => object)[] = [
  (text) => ({ full_log: text }),
  (text) => ({ data: { command: text, srcip: "192.0.2.7" } }),
  (text) => ({ data: { win: { eventdata: { commandLine: text }, system: { message: text } } }, full_log: text }),
  (text) => ({
    rule: { id: "1", level: 12, description: text, groups: [text], mitre: { id: [text], technique: [text] } },
  }),
  (text) => ({ data: { list: [{ deep: [text] }] }, location: text }),
  (text) => ({ data: { [text]: 1, srcuser: text, dstuser: text }, agent: { id: "003", name: text, ip: text } }),
];

test("nothing that is planted in any of 5,000 alerts leaves by any destination", () => {
  const redactor = createRedactor(USUAL_REDACTION);
  const any = fc.record({
    secret: secrets,
    form: fc.constantFrom(...SECRET_FORMS),
    place: fc.constantFrom(...places),
    to: fc.constantFrom(...destinations),
    playbook: fc.constantFrom(null, null, null, FULL_OF_VALUES),
    before: around,
    after: around,
  });
  fc.assert(
    fc.property(any, ({ secret, form, place, to: [name, destination], playbook, before, after }) => {
      const text = `${before}${form(secret)} ${after}`;
      const picture = painted(alertWith(place(text)), redactor, text, text, ["data.command", "full_log"], playbook);
      for (const body of bodies(destination, picture))
        expect(body.includes(secret), `${name}: ${text}\n${body}`).toBe(false);
    }),
    { numRuns: 5_000 },
  );
});

test("each destination would send it, were it not taken out", () => {
  const text = "mysql --password=cAnArY123 shop";
  const picture = painted(alertWith({ data: { command: text }, full_log: text }), null, text, text);
  const silent = destinations.filter(([, each]) => !bodies(each, picture).join("\n").includes("cAnArY123"));
  expect(silent.map(([name]) => name)).toEqual([]);
});

test("no value of a field that redact names leaves by any destination", () => {
  const redactor = createRedactor({ secrets: true, names: [], fields: ["data.dstuser", "agent.name", "agent.id"] });
  const document = alertWith({
    agent: { id: "74653", name: "laptop-of-mila", ip: "192.0.2.21" },
    data: { dstuser: "Mila.K", note: "MILA.K logged on" },
    full_log: "login of mila.k on laptop-of-mila (74653)",
  });
  const picture = painted(document, redactor, "Login of Mila.K on laptop-of-mila", "asked mila.k", [
    "data.dstuser",
    "agent.id",
  ]);
  for (const [, destination] of destinations) {
    for (const body of bodies(destination, picture)) expect(body.toLowerCase()).not.toMatch(/mila|74653/);
  }
});

test("what is asked shows no sentence where fields are left out, and so has no buttons", () => {
  const rig = new ResponseRig({ rails: railsOf({ mode: "approve", approvers: { people: ["ana"] } }) });
  rig.alert(1);
  rig.pass(SOON);
  const response = { ...rig.response(1), because: "from 192.0.2.9 and later 192.0.2.77", says: "as 192.0.2.77" };
  const [one] = askedApprovals([response], rig.snapshot.guardrails);
  const shown = (fields: readonly string[]) =>
    redactAsked([one!], createRedactor({ ...USUAL_REDACTION, fields }), [])[0];

  // Of the lines between the first and the newest no value is known here.
  const left = shown(["data.srcip"]);
  expect(left).toMatchObject({ isWhole: false, response: { because: "[redacted]", says: "[redacted]" } });
  expect(JSON.stringify(left)).not.toContain("192.0.2.77");
  expect(shown([])).toEqual(one);
});

describe("a picture without secrets", () => {
  const document = alertWith({ data: { command: "mysql -phunter2!", dstuser: "bob" }, full_log: "x" });
  const redactor = createRedactor(USUAL_REDACTION);

  test("says so in texts of a playbook, and has no command where a value is not shown", () => {
    const playbook = playbookFrom(`---
title: Look
---
1. It ran {{ data.command }}.

   \`\`\`sh agent
   grep {{ data.command | upper }} /var/log/audit
   \`\`\`

   \`\`\`sh agent
   id {{ data.dstuser }}
   \`\`\`
`);
    const { incident, moments } = bruteForce();
    const line = JSON.stringify(document);
    const claimed = { incident, moments, firstRaw: line, newestRaw: null };
    const { guidance } = paint(claimed, undefined, readStoredLine, { playbook, redactor });
    expect(JSON.stringify(guidance)).not.toContain("hunter2");
    expect(guidance).toMatchObject({
      steps: [
        {
          parts: [
            { kind: "text", runs: [{ text: "It ran mysql -p[redacted]." }] },
            { kind: "withheld", why: "data.command is not shown here", wouldBe: "grep ‹data.command› /var/log/audit" },
            { kind: "command", command: "id 'bob'" },
          ],
        },
      ],
    });
  });

  test("is made of rows that stay as they are", () => {
    const { incident, moments } = bruteForce({ title: "password=hunter2" });
    const line = JSON.stringify(document);
    const claimed = { incident, moments, firstRaw: line, newestRaw: null };
    const before = structuredClone(claimed);
    expect(paint(claimed, undefined, readStoredLine, { redactor }).incident.title).toBe("password=[redacted]");
    expect(claimed).toEqual(before);
  });

  test("lists the members of a mass event without theirs", () => {
    const { incident, moments } = bruteForce();
    const shown = [{ id: 7, severity: "high", title: "token=hunter2", agentId: "003", agentName: "bob" } as const];
    const mass = { members: 1, unresolved: 1, shown };
    const claimed = { incident, moments, firstRaw: JSON.stringify(document), newestRaw: null, mass };
    const usual = paint(claimed, undefined, readStoredLine, { redactor });
    expect(usual.mass?.shown).toEqual([{ ...shown[0], title: "token=[redacted]" }]);
    expect(usual.first.log).not.toContain("hunter2");
    const fields = createRedactor({ ...USUAL_REDACTION, fields: ["agent.name"] });
    expect(paint(claimed, undefined, readStoredLine, { redactor: fields }).mass?.shown).toEqual([
      { ...shown[0], title: "[redacted]", agentName: "[redacted]" },
    ]);
  });
});

describeWithSharedData("alerts of real rules", (fileNamed) => {
  test.each([
    // What is left out of the first: the name of a vulnerability that has "token=" in it.
    ["alerts-generated-dashboard-4.14.7.jsonl", 2],
    ["alerts-small-gpl2.jsonl", 0],
    ["alerts-small-permissive.jsonl", 0],
    ["alerts-small-synthetic-mit.jsonl", 0],
    ["alerts-synthetic-scenarios.jsonl", 0],
    // Tokens, keys of AWS and cookies that really stand there are 20 of its 2,055.
    ["rawlogs-ruleset-tests-4.14.7.jsonl", 25],
  ])("few lines of %s are touched", (file, most) => {
    const redactor = createRedactor(USUAL_REDACTION);
    const lines = readFileSync(fileNamed(file), "utf8")
      .split("\n")
      .filter((line) => line !== "");
    const touched = lines.filter((line) => redactor.line(line).line !== line);
    expect(touched.length).toBeLessThanOrEqual(most);
    for (const line of touched) expect(() => JSON.parse(redactor.line(line).line) as unknown).not.toThrow();
  });
});
