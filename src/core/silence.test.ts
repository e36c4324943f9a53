import { expect, test } from "vitest";
import type { Condition } from "./policy.ts";
import { documentOf, SilenceIndex, type Silence } from "./silence.ts";

const NOW = 1_000;

function silence(id: number, condition: Condition, of: Partial<Silence> = {}): Silence {
  return {
    id,
    who: "ana",
    comment: null,
    createdAt: 0,
    endsAt: NOW + id,
    incident: null,
    condition,
    written: "{}",
    ...of,
  };
}

function is(path: string, ...values: string[]): Condition {
  return { kind: "field", path, test: { kind: "one_of", values } };
}

function indexOf(...silences: readonly Silence[]): { readonly index: SilenceIndex; readonly asked: () => number } {
  let asked = 0;
  const index = new SilenceIndex({
    compile: (pattern) => (text) => {
      asked += 1;
      return text.includes(pattern);
    },
  });
  for (const one of silences) index.put(one);
  return { index, asked: () => asked };
}

test("what is not known of an agent hides nothing, also where it is said what it must not be", () => {
  const notInTest: Condition = { kind: "not", of: is("agent.group", "test") };
  const { index } = indexOf(
    silence(1, notInTest),
    silence(2, { kind: "not", of: { kind: "not", of: is("agent.group", "web") } }),
  );
  const hiding = (agent: object): number | undefined =>
    index.hiding({ id: 4, openedAt: 500 }, () => ({ agent }), NOW, false)?.id;

  expect(hiding({ id: "003" })).toBeUndefined();
  expect(hiding({ id: "003", group: ["test"] })).toBeUndefined();
  expect(hiding({ id: "003", group: ["db"] })).toBe(1);
  expect(hiding({ id: "003", group: ["web"] })).toBe(2);
});

const incident = { id: 4, policy: "agent-lost", severity: "high", openedAt: 500 } as const;
const alert = { agent: { id: "003", name: "web-01" }, rule: { groups: ["ossec", "agent"] } };
const document = () => documentOf(incident, alert);

test.each([
  ["a value of the alert", is("agent.id", "001", "003"), true],
  ["another value", is("agent.id", "001"), false],
  ["one of a list", is("rule.groups", "agent"), true],
  ["the policy", is("policy", "agent-lost"), true],
  ["the severity", is("severity", "low", "high"), true],
  ["the number", is("incident", "4"), true],
  ["all of several", { kind: "all", of: [is("policy", "agent-lost"), is("agent.id", "001")] }, false],
  ["any of several", { kind: "any", of: [is("policy", "other"), is("agent.id", "003")] }, true],
  ["what is not so", { kind: "not", of: is("agent.id", "003") }, false],
  ["everything", { kind: "always" }, true],
] as const)("a silence is found by %s", (_, condition, hides) => {
  const { index } = indexOf(silence(1, condition as Condition));

  expect(index.hiding(incident, document, NOW, false) !== null).toBe(hides);
});

test("the one that lasts longest is named, and none that is over", () => {
  const every: Condition = { kind: "always" };
  const { index } = indexOf(
    silence(1, every),
    silence(3, every),
    silence(2, every),
    silence(9, every, { endsAt: NOW }),
  );

  expect(index.hiding(incident, document, NOW, false)?.id).toBe(3);
  index.remove(3);
  expect(index.hiding(incident, document, NOW, false)?.id).toBe(2);
  index.put(silence(2, is("agent.id", "999")));
  expect(index.hiding(incident, document, NOW, false)?.id).toBe(1);
});

test("what Riposte says of itself is hidden by its number alone", () => {
  const ofOne = silence(2, is("incident", "4"), { incident: { id: 4, openedAt: 500 } });
  const { index } = indexOf(silence(1, { kind: "always" }));
  expect(index.hiding(incident, document, NOW, true)).toBeNull();

  index.put(ofOne);

  expect(index.hiding(incident, document, NOW, true)?.id).toBe(2);
  expect(index.hiding({ ...incident, openedAt: 501 }, document, NOW, true)).toBeNull();
});

test("of ten thousand silences only those are asked that name what the incident has", () => {
  const named = Array.from({ length: 10_000 }, (_, i) =>
    silence(i + 1, {
      kind: "all",
      of: [
        { kind: "field", path: "agent.name", test: { kind: "regex", pattern: "web" } },
        is("agent.id", String(i).padStart(3, "0")),
      ],
    }),
  );
  const { index, asked } = indexOf(...named);

  expect(index.hiding(incident, document, NOW, false)?.id).toBe(4);
  expect(asked()).toBe(1);
});
