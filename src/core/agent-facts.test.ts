import { expect, test } from "vitest";
import {
  agentFactOf,
  knownAgent,
  STALE_AFTER_MS,
  UNUSED_AFTER_MS,
  withAgent,
  type AgentFact,
  type AgentRow,
} from "./agent-facts.ts";
import { isStale, noteOf } from "./agent-note.ts";

const NOW = 10 * UNUSED_AFTER_MS;

function aRow(of: Partial<AgentRow> = {}): AgentRow {
  return {
    id: "007",
    name: "web-07",
    groups: ["default", "web"],
    os: { name: "Ubuntu", version: "24.04", platform: "ubuntu" },
    node: "worker-1",
    labels: { site: "berlin", "aws.account": "42" },
    labelsAt: NOW,
    config: "a/b",
    unlistedSince: null,
    ...of,
  };
}

function about(
  row: AgentRow | undefined,
  { name = "web-07", lookedAt = NOW, facts = ["group", "os", "labels", "node"] as readonly AgentFact[] } = {},
) {
  return knownAgent({ row, name, lookedAt, facts: new Set(facts), now: NOW });
}

test("what was asked for of an agent is known of it, and nothing else", () => {
  expect(about(aRow())).toEqual({
    kind: "known",
    agent: {
      group: ["default", "web"],
      os: { name: "Ubuntu", version: "24.04", platform: "ubuntu" },
      node: "worker-1",
      labels: { site: "berlin", aws: { account: "42" } },
    },
    at: NOW,
    ageMs: 0,
  });
  expect(about(aRow(), { facts: ["node"] })).toMatchObject({ agent: { node: "worker-1" } });
  expect(about(aRow({ os: null, node: null, labels: null }))).toMatchObject({ agent: { group: ["default", "web"] } });
});

test.each([
  [
    "nobody ever looked",
    knownAgent({ row: aRow(), name: "web-07", lookedAt: null, facts: new Set(), now: NOW }),
    "never_asked",
  ],
  ["the API lists no such agent", about(undefined), "not_listed"],
  ["its id is another's", about(aRow({ name: "db-01" })), "other_agent"],
  [
    "the alert names it by no name",
    knownAgent({ row: aRow(), name: null, lookedAt: NOW, facts: new Set(), now: NOW }),
    "other_agent",
  ],
  ["it is a week old", about(aRow(), { lookedAt: NOW - UNUSED_AFTER_MS - 1 }), "too_old"],
  ["it was listed last a week ago", about(aRow({ unlistedSince: NOW - UNUSED_AFTER_MS - 1 })), "too_old"],
  ["the clock was set back by more than that", about(aRow(), { lookedAt: NOW + UNUSED_AFTER_MS + 1 }), "too_old"],
] as const)("nothing is known where %s", (_, answer, why) => {
  expect(answer).toEqual({ kind: "unknown", why });
});

test("what is half an hour old is stale from then on, and used for a week", () => {
  const staleAt = (ageMs: number): boolean => {
    const note = noteOf(about(aRow(), { lookedAt: NOW - ageMs }), []);
    if (note?.kind !== "known") throw new Error("it is known");
    return isStale(note);
  };

  expect(staleAt(STALE_AFTER_MS)).toBe(false);
  expect(staleAt(STALE_AFTER_MS + 1)).toBe(true);
  expect(staleAt(UNUSED_AFTER_MS)).toBe(true);
});

test("who is not listed any more is as old as the last list that had it", () => {
  expect(about(aRow({ unlistedSince: NOW - 5_000 }))).toMatchObject({ at: NOW - 5_000, ageMs: 5_000 });
});

test("labels that Wazuh wrote itself stay, and those that it did not write come beside them", () => {
  const document = {
    agent: { id: "007", name: "web-07", labels: { site: "hamburg", aws: { region: "eu" } } },
    id: "1",
  };

  expect(withAgent(document, { group: ["web"], labels: { site: "berlin", aws: { account: "42" } } })).toEqual({
    id: "1",
    agent: {
      id: "007",
      name: "web-07",
      group: ["web"],
      labels: { site: "hamburg", aws: { region: "eu", account: "42" } },
    },
  });
  expect(document.agent.labels).toEqual({ site: "hamburg", aws: { region: "eu" } });
});

test("a label is only a label, whatever it is called", () => {
  const labels = JSON.parse('{"__proto__.polluted":"yes","constructor":"x","a":"1","a.b":"2"}') as Record<
    string,
    string
  >;

  const known = about(aRow({ labels }));

  expect(JSON.stringify(known.kind === "known" && known.agent.labels)).toBe(
    '{"__proto__":{"polluted":"yes"},"constructor":"x","a":"1"}',
  );
  expect(({} as { polluted?: string }).polluted).toBeUndefined();
});

test.each([
  ["agent.group", "group"],
  ["raw.agent.os.platform", "os"],
  ["agent.labels.site", "labels"],
  ["agent.node", "node"],
  ["agent.name", null],
  ["agent.groups", null],
  ["data.agent.group", null],
])("%s is of %s", (path, fact) => {
  expect(agentFactOf(path)).toBe(fact);
});
