import { expect, test } from "vitest";
import { connectors } from "../connectors/index.ts";
import { explainText, type Explanation } from "../app/explain.ts";
import { standingOf } from "../app/window-standing.ts";
import { loadConfig } from "../config/load.ts";
import { renderExplanation } from "./explain.ts";

const noon = Date.UTC(2026, 10, 23, 12);
const plain = (_: unknown, text: string): string => text;

function explained(window: string, of: { readonly rule?: string; readonly data?: object } = {}) {
  const { rule = "5710", data = { srcip: "198.51.100.1", dstuser: "root" } } = of;
  const loaded = loadConfig(
    `wazuh: { alerts: /a }
destinations: { chat: { type: slack, webhook: { file: /s } } }
policies: [{ name: spray, when: { rule.id: 5710 }, severity: high, window: ${window} }]`,
    "riposte.yaml",
    connectors,
  );
  if (loaded.kind === "refused") throw new Error(loaded.errors.map(({ says }) => says).join("\n"));
  const line = JSON.stringify({
    timestamp: "2026-11-23T12:00:00.000+0000",
    rule: { level: 5, description: "failed", id: rule },
    manager: { name: "m" },
    id: "1.1",
    data,
  });
  const { policies } = loaded.config;
  return { of: explainText(line, policies, 0) as Explanation, terms: policies[0]!.terms.window! };
}

function render(
  { of }: ReturnType<typeof explained>,
  standings?: Parameters<typeof renderExplanation>[0]["standings"],
) {
  const shown = renderExplanation(
    { ...of, shadow: [], digests: {}, ...(standings !== undefined && { standings }) },
    plain,
  );
  return shown
    .split("\n")
    .filter((text) => /window|it counts|it has no|it comes|so far|seen|expected|ends a/.test(text));
}

const counting = "{ count: 20, within: 5m, same: [data.srcip], distinct: { data.dstuser: 8 } }";

test("a window says what it asks for, under what the alert counts, and how full it is", () => {
  const { of, terms } = explained(counting);
  const contributions = [-400, -100, -20].map((second, i) => {
    return { at: noon + second * 1_000, level: 5, stands: i + 1, ends: false, values: ["a"] };
  });
  const row = {
    policy: "spray",
    key: "",
    n: 1,
    source: "",
    dueAt: 0,
    shape: "",
    contributions,
    bodies: [],
    last: null,
  };

  expect(render({ of, terms }, { spray: standingOf(row, terms) })).toEqual([
    "    window: opens an incident with 20 alerts within 5 min with the same data.srcip, among them 8 different data.dstuser",
    "    it counts under data.srcip 198.51.100.1",
    "    so far 5 of 20 alerts, 1 of 8 different data.dstuser, the newest at 2026-11-23 11:59:40Z",
  ]);
  expect(render({ of, terms }, { spray: standingOf(null, terms) }).at(-1)).toBe("    nothing is counted so far");
  expect(render({ of, terms }, "the database is away").at(-1)).toBe(
    "    how full the window is can't be read: the database is away",
  );
});

test("an alert without a value by which the window counts is told so", () => {
  expect(render(explained(counting, { data: { dstuser: "root" } })).at(-1)).toBe(
    "    it has no data.srcip, so it counts nowhere",
  );
});

test("a sequence says which part of it the alert is", () => {
  const sequence = "{ after: { when: { rule.id: 5503 }, count: 3 }, within: 4m, same: [data.srcip] }";

  expect(render(explained(sequence, { rule: "5503" }))).toEqual([
    "    window: opens an incident with an alert of `when` within 4 min after 3 alerts of `after` with the same data.srcip",
    "    it comes before in the sequence under data.srcip 198.51.100.1",
    "    nothing is counted so far",
  ]);
  expect(render(explained(sequence))[1]).toBe("    it ends a sequence under data.srcip 198.51.100.1");
});

test.each([
  ["{ absent: true, within: 25h }", "no further alert for 1 d 1 h"],
  [
    "{ first_seen: data.srcip, within: 30d, learn: 7d }",
    "a data.srcip that was not seen for 30 d, once the policy has learned for 7 d",
  ],
])("%s is put in words", (window, words) => {
  expect(render(explained(window))[0]).toBe(`    window: opens an incident with ${words}`);
});
