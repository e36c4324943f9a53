import { expect, test } from "vitest";
import { documentOf, ship } from "../../../test/fakes/opensearch/filebeat.ts";
import { errorAnswer, usualIndexerPassword } from "../../../test/fakes/opensearch/opensearch.ts";
import { openIndexerRig } from "../../../test/fixtures/indexer-rig.ts";
import { alertAt } from "../../../test/fixtures/indexer-watch.ts";
import type { Page } from "./client.ts";
import { examineIndexer } from "./examine.ts";

const at = Date.parse("2026-11-23T09:00:00Z");
const INDEX = "wazuh-alerts-4.x-2026.11.23";

test("with the role that ships everything can be done that a source does, and no more", async () => {
  const { fake, indexer } = await openIndexerRig();
  for (let i = 0; i < 5; i += 1) ship(JSON.stringify(alertAt(at + i, `1.${i}`)), fake, at);
  const client = indexer();

  expect(await client.survey({ from: at + 1, before: at + 3 })).toEqual({
    kind: "surveyed",
    isThere: true,
    indices: [INDEX],
    oldestAt: at + 1,
    newestAt: at + 2,
  });
  const view = await client.openView([INDEX]);
  if (view.kind === "failed") throw new Error(view.says);
  ship(JSON.stringify(alertAt(at + 2, "1.9")), fake, at);
  const first = (await client.page({ view: view.id, from: at, after: null, size: 3 })) as Page;
  const second = (await client.page({ view: view.id, from: at, after: first.after, size: 3 })) as Page;
  expect([...first.hits, ...second.hits].map((hit) => hit.at)).toEqual([0, 1, 2, 3, 4].map((i) => at + i));
  expect(await client.counts(view.id, { from: at }, 300_000)).toEqual({ kind: "counts", byStart: new Map([[at, 5]]) });
  await client.closeView(view.id);
  expect(fake.openPits).toBe(0);
  expect(await client.roles()).toMatchObject({ roles: ["own_index", "riposte"] });

  const other = await indexer({ index: "wazuh-monitoring-*" }).survey({ from: 0 });
  expect(other).toMatchObject({ kind: "failed", reason: "unauthorized" });
});

test("more indices than an address has room for are meant by their pattern", async () => {
  const { fake, indexer, served } = await openIndexerRig();
  const names = Array.from({ length: 150 }, (_, i) => `wazuh-alerts-4.x-2026.11.23-of-customer-${i}`);
  for (const name of names) fake.put(name, documentOf(JSON.stringify(alertAt(at, name)))!, at);
  fake.createIndex("wazuh-alerts-4.x-2026.11.22");

  // A view of all of them is more than a node of this stand-in allows, and says so.
  expect(await indexer().openView(names)).toMatchObject({ kind: "failed", reason: "rate_limited" });
  expect(served.requests.at(-1)?.path).toMatch(/^\/wazuh-alerts-4\.x-\*\/_search\/point_in_time/);
});

test("a view that was lost, in a restart or by its age, is told from other trouble", async () => {
  let now = at;
  const { fake, indexer } = await openIndexerRig({ now: () => now });
  ship(JSON.stringify(alertAt(at, "1.1")), fake, at);
  const client = indexer();
  const open = async (): Promise<string> => {
    const view = await client.openView([INDEX]);
    return view.kind === "view" ? view.id : "";
  };

  const lost = await open();
  fake.restart();
  expect(await client.page({ view: lost, from: 0, after: null, size: 1 })).toEqual({ kind: "lost" });
  const old = await open();
  now += 121_000;
  expect(await client.counts(old, { from: 0 }, 300_000)).toEqual({ kind: "lost" });
});

test.each([
  ["a wrong password", { password: "wrong" }, /does not take the login; look whether user and password of the source/],
  ["another's certificate", { proof: { ca: null, fingerprint: null } }, /is not trusted: .* ca of the source/],
  [
    "another's fingerprint",
    { proof: { ca: null, fingerprint: "AB:".repeat(31) + "AB" } },
    /not that of wazuh\.alerts\.fingerprint/,
  ],
] as const)("%s is said with what to do, and without the password", async (_, options, words) => {
  const { indexer } = await openIndexerRig();

  const answer = await indexer(options).survey({ from: 0 });

  expect(answer.kind === "failed" && answer.says).toMatch(words);
  expect(JSON.stringify(answer)).not.toContain(usualIndexerPassword);
});

test("its own certificate is proof enough by its fingerprint", async () => {
  const { indexer, fingerprint } = await openIndexerRig();

  expect(await indexer({ proof: { ca: null, fingerprint } }).survey({ from: 0 })).toMatchObject({ isThere: false });
});

test.each([
  ["429", errorAnswer(429, "circuit_breaking_exception", "Data too large"), "rate_limited", /too busy and refuses/],
  ["503", errorAnswer(503, "cluster_block_exception", "not recovered"), "server_error", /trouble of its own/],
  ["a page of a proxy", { status: 200, headers: {}, body: "<html>" }, "unreadable_answer", /is no Wazuh indexer/],
  [
    "a redirect",
    { status: 302, headers: { location: "https://sso.example" }, body: "" },
    "destination_gone",
    /redirect/,
  ],
  [
    "indices without Wazuh's template",
    errorAnswer(400, "illegal_argument_exception", "Text fields are not optimised for operations that require sorting"),
    "bad_request",
    /look whether Wazuh's index template/,
  ],
  [
    "findings that can't be sorted",
    errorAnswer(400, "illegal_argument_exception", "Fielddata access on the _id field is disallowed"),
    "bad_request",
    /set indices\.id_field_data\.enabled to true/,
  ],
] as const)("%s has a reason of its own", async (_, refusal, reason, words) => {
  const { fake, indexer } = await openIndexerRig();
  fake.refusals.push(refusal);

  const answer = await indexer().survey({ from: 0 });

  expect(answer).toMatchObject({ kind: "failed", reason });
  expect(answer.kind === "failed" && answer.says).toMatch(words);
});

test("what echoes the password is not repeated", async () => {
  const { fake, indexer } = await openIndexerRig();
  fake.refusals.push(errorAnswer(400, "parsing_exception", `bad header ${usualIndexerPassword}`));

  expect(JSON.stringify(await indexer().survey({ from: 0 }))).not.toContain(usualIndexerPassword);
});

test("an answer that is cut off or never comes is a failure like others", async () => {
  const { indexer } = await openIndexerRig({ faults: (n) => (n === 1 ? { kind: "reset-after-commit" } : null) });

  expect(await indexer().survey({ from: 0 })).toMatchObject({ kind: "failed", reason: "connection_reset" });
});

test("the stand-in's Filebeat drops what the real pipeline drops", () => {
  expect([
    documentOf("{ no json"),
    documentOf("[]"),
    documentOf("{}"),
    documentOf('{"timestamp":"yesterday"}'),
  ]).toEqual([null, null, null, null]);
});

test("the doctor finds nothing wrong with an indexer that is well, and says how old its newest document is", async () => {
  const { fake, indexer } = await openIndexerRig({ now: () => at });
  ship(JSON.stringify(alertAt(at - 90_000, "1.1")), fake, at);

  const findings = await examineIndexer(indexer(), "wazuh-alerts-4.x-*", { now: () => at });

  expect(findings.map(({ check, ok }) => `${check} ${ok}`)).toEqual([
    "login true",
    "index true",
    "point in time true",
    "newest true",
    "clock true",
  ]);
  expect(findings[3]?.says).toBe("the newest document is 90 s old");
  expect(fake.openPits).toBe(0);
});

test.each([
  ["clocks that are apart", at + 300_000, [], /clock .*5 min apart: set both by NTP/],
  [
    "a role without points in time",
    at,
    ["indices:data/read/search"],
    /point in time .*give the user the role of deploy/,
  ],
] as const)("the doctor finds %s", async (_, now, actions, words) => {
  const { fake, indexer } = await openIndexerRig({ now: () => at });
  ship(JSON.stringify(alertAt(at, "1.1")), fake, at);
  if (actions.length > 0)
    fake.role = { ...fake.role, index_permissions: [{ index_patterns: ["*"], allowed_actions: actions }] };

  const findings = await examineIndexer(indexer(), "wazuh-alerts-4.x-*", { now: () => now });

  const failed = findings.filter(({ ok }) => !ok).map(({ check, says }) => `${check} ${says}`);
  expect(failed).toHaveLength(1);
  expect(failed[0]).toMatch(words);
});
