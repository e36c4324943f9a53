import { afterEach, beforeEach, expect, test } from "vitest";
import { openApiRig, type ApiRig } from "../../test/fixtures/api-rig.ts";
import { aKeptAlert, aStretch } from "../../test/fixtures/kept-alerts.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { connectors } from "../connectors/index.ts";
import { exclusionFor, type Exclusion, type ExclusionParts } from "./exclusion.ts";

let rig: ApiRig;
beforeEach(async () => {
  rig = await openApiRig();
});
afterEach(() => rig.close());

function configOf(text = "policies: [{ name: any, when: { rule.groups: sshd }, tell: [chat] }]"): Config {
  const loaded = loadConfig(
    `wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }\ndestinations: { chat: { type: webhook, url: "https://x.example", unsigned: true } }\n${text}`,
    "riposte.yaml",
    connectors,
  );
  if (loaded.kind === "refused") throw new Error(JSON.stringify(loaded.errors));
  return loaded.config;
}

/** One alert of the incident with this number, with these fields beside the usual ones. */
async function alert(n: number, incident: number, data: object, level = 10): Promise<void> {
  const kept = aKeptAlert(n, { level, match: { groupKey: JSON.stringify(["5712", `${incident}`]) } });
  const document = { ...(JSON.parse(kept.raw) as object), data, agent: { id: "003", name: `web-${incident}` } };
  await rig.parts.door.submit(aStretch([{ ...kept, raw: JSON.stringify(document) }]));
}

async function proposed(more: Partial<ExclusionParts> = {}): Promise<Exclusion | null> {
  const { clock, reader } = rig.parts;
  const incident = await reader.incident(1);
  return exclusionFor(incident!, { clock, reader, config: configOf(), shown: (line) => line, ...more });
}

test("what all its alerts have in common is left out for its rule, with what else of the last incidents that hits", async () => {
  await alert(1, 1, { srcip: "203.0.113.7", dstuser: "ana" });
  await alert(2, 1, { srcip: "203.0.113.7", dstuser: "ben" });
  await alert(3, 2, { srcip: "203.0.113.7" }, 15);
  await alert(4, 3, { srcip: "203.0.113.7" });
  await alert(5, 4, { srcip: "198.51.100.1" });
  await rig.parts.door.submit({ kind: "command", who: "ana", command: { kind: "acknowledge", incident: 3 } });

  expect(await proposed()).toEqual({
    policy: "any",
    pack: null,
    line: 'not: { rule.id: "5712", data.srcip: "203.0.113.7" }',
    lookedAt: 4,
    leftOut: 3,
    acknowledged: 1,
    severe: 1,
    isWhole: true,
  });
});

test("what differs among its alerts is passed over, and so is what would mean more than itself", async () => {
  await alert(1, 1, { srcip: "203.0.113.7", srcuser: "a*", command: "/x/", dstuser: ">= 10", url: "u\u0007" });
  await alert(2, 1, { srcip: "203.0.113.8", srcuser: "a*", command: "/x/", dstuser: ">= 10", url: "u\u0007" });
  expect((await proposed())?.line).toBe('not: { rule.id: "5712", agent.name: "web-1" }');
});

test("what is not shown there is not proposed there", async () => {
  await alert(1, 1, { srcip: "203.0.113.7" });
  const shown = (line: string): string => line.replaceAll("203.0.113.7", "[redacted]");
  expect((await proposed({ shown }))?.line).toContain("agent.name");
});

test("a value of the alert stays a value, whatever is in it", async () => {
  await alert(1, 1, { srcuser: 'x" }, rule.level: ">= 0' });
  expect((await proposed())?.line).toBe('not: { rule.id: "5712", data.srcuser: "x\\" }, rule.level: \\">= 0" }');
});

test("looking ends in time, and says that it did not see all", async () => {
  for (const n of [1, 2, 3]) await alert(n, n, { srcip: "203.0.113.7" });
  const { reader } = rig.parts;
  const slow: ExclusionParts["reader"] = {
    bodies: (id) => reader.bodies(id),
    incidents: (filter) => reader.incidents(filter),
    firstLine: async (id) => {
      await rig.clock.advance(600);
      return reader.firstLine(id);
    },
  };
  expect(await proposed({ reader: slow })).toMatchObject({ lookedAt: 2, isWhole: false });
});

test("of what nobody writes a policy for nothing is proposed", async () => {
  await alert(1, 1, { srcip: "203.0.113.7" });
  const config = configOf("policies: [{ name: other, when: { rule.groups: sshd }, tell: [chat] }]");
  expect(await proposed({ config })).toBeNull();
});
