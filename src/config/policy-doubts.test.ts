import { expect, test } from "vitest";
import { testConnectors } from "../../test/fixtures/config/connectors.ts";
import { loadConfig } from "./load.ts";
import { policyDoubts } from "./policy-doubts.ts";
import { formatConfigError } from "./problem.ts";

function doubtsOf(rest: string): readonly string[] {
  const chat = "destinations: { chat: { type: slack, webhook: { file: /etc/riposte/slack } } }";
  const read = loadConfig(`wazuh: { alerts: /a/alerts.json }\n${chat}\n${rest}`, "riposte.yaml", testConnectors);
  if (read.kind === "refused") throw new Error(read.errors.map(formatConfigError).join("\n"));
  return policyDoubts(read.config).map((problem) => formatConfigError(read.locate(problem)));
}

test.each([
  [
    "a policy that an earlier one leaves nothing to",
    `policies:
  - { name: high, when: { rule.level: ">= 10" } }
  - { name: higher, when: { rule.level: 12, agent.name: "web-*" } }`,
    [
      "riposte.yaml:5:21 policies.higher.when: is never asked: high takes all that it would. Put it before, or leave it out",
    ],
  ],
  [
    "one that two earlier ones leave nothing to",
    `policies:
  - { name: a, when: { rule.id: 504 }, clear: { rule.id: 503 }, group_by: [agent.id] }
  - { name: b, when: { rule.id: 506 } }
  - { name: c, when: { rule.id: [503, 504, 506] } }`,
    [
      "riposte.yaml:6:16 policies.c.when: is never asked: a and b take all that it would. Put it before, or leave it out",
    ],
  ],
  [
    "tests that contradict each other",
    'policies: [{ name: a, when: { all: [{ rule.id: 504 }, { rule.id: 506 }] } }, { name: b, when: { rule.level: ">= 17" } }]',
    [
      "riposte.yaml:3:23 policies.a.when: no alert can pass it: its tests of one field contradict each other",
      "riposte.yaml:3:89 policies.b.when: no alert can pass it: its tests of one field contradict each other",
    ],
  ],
  [
    "a clear that somebody else takes",
    `policies:
  - { name: starts, when: { rule.id: [501, 503] } }
  - { name: lost, when: { rule.id: 504 }, clear: { rule.id: 503 }, group_by: [agent.id] }`,
    [
      "riposte.yaml:5:43 policies.lost.clear: never ends an incident: starts takes those alerts before. Put this policy before, or give starts continue: true",
    ],
  ],
  [
    "a clear that takes what should open",
    "policies: [{ name: a, when: { rule.id: 504 }, clear: { rule.id: [503, 504] }, group_by: [agent.id] }]",
    [
      "riposte.yaml:3:47 policies.a.clear: passes every alert of when, and is asked before it: the policy never opens an incident",
    ],
  ],
  [
    "a sequence whose beginning somebody else takes",
    `policies:
  - { name: failures, when: { rule.groups: authentication_failed } }
  - { name: got-in, when: { rule.id: 5715 }, window: { after: { when: { rule.groups: authentication_failed, rule.id: 5760 } }, within: 5m }, severity: high }`,
    [
      "riposte.yaml:5:46 policies.got-in.window: what comes before in the sequence never does: failures takes those alerts, and the window can't fill. Put this policy before, or give failures continue: true",
    ],
  ],
  [
    "policies of a pack that one's own leave nothing to",
    'policies: [{ name: all-else, when: { rule.level: ">= 12" } }, { name: ssh, when: { rule.id: [5712, 5763, 5720, 5551, 2502, 40111] } }]\nuse: [starter]',
    [
      "riposte.yaml:4:7 use[0]: of this pack brute-force is never asked: ssh takes all that it would. Skip it, or narrow ssh",
      "riposte.yaml:4:7 use[0]: of this pack rest is never asked: all-else takes all that it would. Skip it, or narrow all-else",
    ],
  ],
])("%s is told with what to do", (_name, rest, says) => {
  expect(doubtsOf(rest)).toEqual(says);
});

test.each([
  [
    "one that goes on to the next",
    "policies: [{ name: a, when: {}, continue: true }, { name: b, when: { rule.id: 1 } }]",
  ],
  [
    "the narrow before the wide",
    'policies: [{ name: a, when: { rule.id: 1 } }, { name: b, when: { rule.level: ">= 1" } }]',
  ],
  ["the starter pack", "use: [starter]"],
])("%s is no reason for doubt", (_name, rest) => {
  expect(doubtsOf(rest)).toEqual([]);
});
