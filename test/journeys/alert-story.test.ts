// From the rows of a real database, over the API, to the words that a person reads.
import { expect, onTestFinished, test } from "vitest";
import { lineWithNote } from "../../src/core/agent-note.ts";
import type { AlertRow, Change } from "../../src/core/change.ts";
import type { Policy } from "../../src/core/policy.ts";
import { DAY_MS, HOUR_MS, SECOND_MS } from "../../src/core/time.ts";
import { renderAlertPage } from "../../src/cli/render-alerts.ts";
import { renderStory } from "../../src/cli/render-story.ts";
import type { AlertDetail, AlertPage } from "../../src/http/alert-answers.ts";
import {
  anAction,
  anAlert,
  anIdentity,
  anIncident,
  aReceipt,
  aToldIn,
  aWork,
  noon,
} from "../conformance/store-rows.ts";
import { aResponse } from "../conformance/store-responses.ts";
import { openApiRig, type ApiRig } from "../fixtures/api-rig.ts";
import { aDestination, aPolicy, aSnapshot } from "../fixtures/kept-alerts.ts";

const NAMES = ["archive", "chat", "pager", "tickets"];
const tell = { low: [], medium: NAMES, high: NAMES, critical: NAMES };
const snapshot = aSnapshot(
  [aPolicy({ name: "ssh", tell }), aPolicy({ name: "web" })],
  NAMES.map((name) => aDestination({ name })),
);
const policies = [takes("web", "31100"), takes("ssh", "5712"), takes("rest", "5712"), takes("never", "1")];
const production = takes("production", "production", "agent.group");
const hostile = "\u001b[2J<!channel>\n\u202e";
const FIRST = "1795435200.1";

function takes(name: string, value: string, path = "rule.id"): Policy {
  const when = { kind: "field", path, test: { kind: "one_of", values: [value] } } as const;
  return { terms: aPolicy({ name }), when, clear: null, continues: false };
}

/** The line of the alert as Wazuh would have written it. */
function lineOf(nativeId: string): string {
  const { stamp, ruleId } = anIdentity();
  const rule = { id: ruleId, level: 10, description: hostile };
  const cluster = { name: "wazuh", node: "node01" };
  return JSON.stringify({ timestamp: stamp, rule, agent: { id: "003" }, cluster, id: nativeId });
}

function alerts(...rows: readonly Partial<AlertRow>[]): Change[] {
  return rows.map((row) => ({ table: "alert", row: anAlert(row) }));
}

function named(n: number, of: Partial<AlertRow> = {}): Partial<AlertRow> {
  return { identity: anIdentity({ nativeId: `${1_795_435_200 + n}.${n}` }), at: noon + n * SECOND_MS, ...of };
}

async function rigWith(changes: readonly Change[], asked = policies): Promise<ApiRig> {
  const rig = await openApiRig(snapshot, asked);
  onTestFinished(() => rig.close());
  rig.write(changes);
  return rig;
}

async function storyOf(rig: ApiRig, id = FIRST): Promise<string> {
  const { status, body } = await rig.get<AlertDetail>(`/v1/alerts/${encodeURIComponent(id)}`);
  expect(status).toBe(200);
  const shown = { keptFrom: body.keptFrom, now: noon + HOUR_MS };
  return body.alerts.map((story) => renderStory(story, shown, (_, text) => text)).join("\n");
}

async function listed(rig: ApiRig, query = ""): Promise<AlertPage> {
  const { status, body } = await rig.get<AlertPage>(`/v1/alerts${query}`);
  expect(status).toBe(200);
  return body;
}

const ids = ({ alerts: found }: AlertPage): string[] => found.map(({ identity }) => identity.nativeId.split(".")[1]!);

test("the story of an alert says who took it, where it went, who was told how, and what was done", async () => {
  const rig = await rigWith([
    ...alerts({}),
    { table: "incident", row: anIncident(1, { title: hostile, severity: "high" }) },
    { table: "body", row: { incident: 1, slot: 0, ordinal: 1, raw: lineOf(FIRST) } },
    { table: "receipt", row: aReceipt(1) },
    { table: "incident", row: anIncident(9, { policy: "riposte:digest:tickets" }) },
    { table: "told_in", row: aToldIn(1, { destination: "tickets" }) },
    { table: "work", row: aWork(1, { destination: "tickets", state: "listed", reason: "digested" }) },
    { table: "receipt", row: aReceipt(9, { destination: "tickets", remote: { anchor: "SEC-7", url: null } }) },
    {
      table: "work",
      row: aWork(1, {
        destination: "pager",
        state: "hushed",
        reason: "quiet_hours",
        evidence: "quiet hours in UTC",
        dueAt: noon + 2 * HOUR_MS,
      }),
    },
    { table: "action", row: anAction() },
    { table: "response", row: aResponse(1, { incident: 1, state: "verified" }) },
  ]);

  const story = await storyOf(rig);

  const inOrder = [
    "1795435200.1  rule 5712 level 10, 2026-11-23 12:00:00Z",
    "came    from alerts, by wazuh/node01, 2026-11-23T12:00:00.000+0000",
    "ended   opened: it opened an incident",
    "Which policies took it",
    "ssh: #1",
    "- web: does not match",
    "no  rule.id is 31100: it is 5712",
    "- ssh: matches",
    "- 2 more: not asked, an earlier policy took it",
    "Where it went",
    "#1 high, policy ssh: \\x1b[2J<!channel>\\x0a\\u202e; open",
    "Who was told of #1",
    "archive: not told, and nothing waits to be told",
    "chat: 59 min 59 s ago, 1 step, https://chat.example/archives/C1/p1",
    "pager: not told, since 1 h ago, until 2026-11-23 14:00:00Z: in quiet hours (quiet hours in UTC)",
    "tickets: told in #9, a digest",
    "tickets: 59 min 59 s ago, 1 step, SEC-7",
    "What was done about #1",
    "disable-account",
    "R1 seen on the agent:",
    "Its line",
  ];
  const places = inOrder.map((words) => story.indexOf(words));
  expect(inOrder.filter((_, i) => places[i]! < 0)).toEqual([]);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(story).toContain("by the config in force now, which is another than then:");
  expect(story).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
});

test("the story of an alert goes by what was known of its agent then, and shows the line without it", async () => {
  const note = { kind: "known", agent: { group: ["production"] }, at: noon, ageMs: 0 } as const;
  const raw = lineWithNote(lineOf(FIRST), note);
  const body = { incident: 1, slot: 0, ordinal: 1, raw };
  const incident = anIncident(1, { policy: "production" });
  const rig = await rigWith(
    [...alerts({}), { table: "incident", row: incident }, { table: "body", row: body }],
    [production],
  );

  const { body: told } = await rig.get<AlertDetail>(`/v1/alerts/${FIRST}`);

  expect(told.alerts).toMatchObject([
    { line: lineOf(FIRST), judged: { policies: [{ policy: "production", outcome: "matches" }] } },
  ]);
});

test("what is told in a mass event says what the destination has of that", async () => {
  const rig = await rigWith([
    ...alerts({ disposition: "joined" }),
    { table: "incident", row: anIncident(1, { collapsedInto: 7 }) },
    { table: "work", row: aWork(1, { state: "listed", reason: "collapsed" }) },
    { table: "incident", row: anIncident(7, { policy: "riposte:mass:ssh" }) },
    { table: "work", row: aWork(7, { state: "ready", reason: "rate_limited", dueAt: noon + 2 * HOUR_MS }) },
  ]);

  const story = await storyOf(rig);

  expect(story).toContain("chat: told in #7, a mass event");
  expect(story).toContain("    chat: waiting since 1 h ago, again at 2026-11-23 14:00:00Z: the other side asked");
  expect(story).toContain("its line is not kept");
});

test("an alert that went into no incident says which policy took it and why nobody hears of it", async () => {
  const rig = await rigWith(
    alerts({
      disposition: "ledger_only",
      incidents: [],
      endings: [
        { policy: "web", disposition: "ledger_only" },
        { policy: "spray", disposition: "window_key_missing" },
      ],
    }),
  );

  const story = await storyOf(rig);

  expect(story).toContain("ended   ledger_only: it is of a policy that tells nobody of what is as mild as that");
  expect(story).toContain("web: it is of a policy that tells nobody of what is as mild as that");
  expect(story).toContain("spray: it lacks a value by which the window counts");
  expect(story).toContain("into no incident");
  expect(story).not.toContain("Who was told");
});

test.each([
  ["has filled nothing", 0, [], "into no incident: window 4 of ssh has filled nothing"],
  ["filled with it", -1, [1], "into #1, which window 4 of ssh filled"],
  ["filled with newer ones", 1, [], "into no incident: window 4 of ssh filled #1 with newer ones"],
])("an alert counts in a window that %s, and its story says so", async (_, fromAt, incidents, says) => {
  const windows = [{ policy: "ssh", n: 4 }];
  const filled = { policy: "ssh", n: 4, incident: 1, fromAt: noon + fromAt };
  const rig = await rigWith([
    ...alerts({ disposition: "in_window", incidents: [], windows }),
    { table: "incident", row: anIncident(1) },
    ...(fromAt === 0 ? [] : [{ table: "window_filled", row: filled } as const]),
  ]);

  const story = await storyOf(rig);

  expect(story).toContain("ssh: counted in its window 4");
  expect(story).toContain(says);
  expect(story.includes("Who was told of #1")).toBe(incidents.length > 0);
  expect(ids(await listed(rig, "?incident=1"))).toEqual(incidents.map(String));
});

test("what retention has taken away is said, of an incident and of an alert that is not there", async () => {
  const keptFrom = noon - 30 * DAY_MS;
  const row = { at: noon, keptFrom, keepMs: 30 * DAY_MS, incidents: 1, alerts: 1 };
  const rig = await rigWith([...alerts({}), { table: "retention", row }]);

  const away = "what came before 2026-10-24 12:00:00Z and is over";
  expect(await storyOf(rig)).toContain(`#1 was taken away: ${away} is not kept`);
  expect(await rig.get("/v1/alerts/1.9")).toMatchObject({
    status: 404,
    body: { detail: expect.stringContaining("what came before 2026-10-24T12:00:00Z and is over was taken away") },
  });
  expect(renderAlertPage(await listed(rig), (_, text) => text)).toContain(`${away} was taken away`);
});

test("an id that two nodes gave is two stories, and one of them by its node", async () => {
  const rig = await rigWith(alerts({}, { identity: anIdentity({ origin: "wazuh/node02" }), level: 3 }));

  const both = await rig.get<AlertDetail>(`/v1/alerts/${FIRST}`);
  const one = await rig.get<AlertDetail>(`/v1/alerts/${FIRST}?origin=${encodeURIComponent("wazuh/node02")}`);

  expect(both.body.alerts.map(({ alert }) => alert.identity.origin)).toEqual(["wazuh/node01", "wazuh/node02"]);
  expect(one.body.alerts.map(({ alert }) => alert.level)).toEqual([3]);
});

test("the ledger is listed newest first across nodes, by what is asked for, and says when there is more", async () => {
  const node02 = anIdentity({ origin: "wazuh/node02", nativeId: "1795435202.2", ruleId: "31100" });
  const rig = await rigWith([
    ...alerts(
      named(1, { incidents: [1] }),
      named(2, { identity: node02, agentId: "007", incidents: [2] }),
      named(3, { disposition: "joined", incidents: [1, 2] }),
      named(4, { disposition: "ledger_only", incidents: [], endings: [{ policy: "web", disposition: "ledger_only" }] }),
    ),
    { table: "incident", row: anIncident(1) },
    { table: "incident", row: anIncident(2) },
  ]);
  const by = async (query: string): Promise<string[]> => ids(await listed(rig, query));

  expect(await by("")).toEqual(["4", "3", "2", "1"]);
  expect(await by("?incident=2")).toEqual(["3", "2"]);
  expect(await by("?rule=31100")).toEqual(["2"]);
  expect(await by("?agent=007")).toEqual(["2"]);
  expect(await by("?disposition=joined")).toEqual(["3"]);
  expect(await by(`?since=${noon + 3 * SECOND_MS}`)).toEqual(["4", "3"]);
  const page = await listed(rig, "?limit=2");
  expect([ids(page), page.more]).toEqual([["4", "3"], true]);
  expect(renderAlertPage(page, (_, text) => text)).toContain("as mild as that (web)");
  expect(await rig.get("/v1/alerts?incident=9")).toMatchObject({ status: 404 });
  expect(await rig.get("/v1/alerts?disposition=forgotten")).toMatchObject({ status: 400 });
});
