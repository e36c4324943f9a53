import { describe, expect, test } from "vitest";
import { jiraRigs, markAfter, receiptAfter, type JiraRig } from "../../../test/fixtures/jira-rig.ts";
import { bruteForce, withMoments } from "../../../test/fixtures/pictures.ts";
import type { Look } from "../../core/outcome.ts";
import { HOUR_MS, MINUTE_MS } from "../../core/time.ts";
import type { Lost } from "../connector.ts";
import { serveCuttingJira } from "../../../test/fakes/jira-cutting.ts";
import { JiraDestination } from "./destination.ts";
import { jira } from "./jira.ts";

const start = jiraRigs();
const mark = markAfter(null);

function look({ destination, io }: JiraRig, given: Partial<Lost> = {}): Promise<Look> {
  return destination.find({ mark, action: "create", receipt: null, since: Date.now() - 1_000, ...given }, io());
}

/** Makes the ticket and forgets that it did. */
async function lose(rig: JiraRig, repeat = false): Promise<string> {
  const outcome = await rig.perform(rig.step(bruteForce(), null, repeat));
  if (outcome.kind !== "done" || outcome.remote.anchor === null) throw new Error(outcome.evidence);
  return outcome.remote.anchor;
}

describe.each(["Cloud", "Server"] as const)("a lost ticket, %s", (deployment) => {
  test("is found as the first one of its project", async () => {
    const rig = await start({ deployment });
    const id = await lose(rig);
    expect(await look(rig)).toEqual({
      kind: "found",
      remote: { anchor: id, url: `${rig.served.url}/browse/SEC-1` },
      others: [],
      evidence: "found SEC-1",
    });
  });

  test("that never arrived is not found, in an empty project and among other people's issues", async () => {
    const rig = await start({ deployment });
    expect(await look(rig)).toMatchObject({ kind: "absent" });
    for (let n = 0; n < 5; n += 1) rig.fake.createByPerson("SEC", { summary: "x", labels: [`${mark}2`] }, Date.now());
    expect(await look(rig)).toMatchObject({ kind: "absent" });
  });

  test("is found twice, the older one as ours, and what was put away is passed by", async () => {
    const rig = await start({ deployment });
    const first = await lose(rig);
    const second = await lose(rig, true);
    const third = await lose(rig, true);
    expect(await look(rig)).toMatchObject({ kind: "found", remote: { anchor: first }, others: [second, third] });

    rig.fake.editByPerson(second, { labels: ["riposte-twin"] }, Date.now());
    expect(await look(rig)).toMatchObject({ kind: "found", remote: { anchor: first }, others: [third] });
  });

  test("is found after it was moved to another project", async () => {
    const rig = await start({ deployment });
    const id = await lose(rig);
    rig.fake.moveByPerson("SEC-1", "OPS", Date.now());
    expect(await look(rig)).toMatchObject({ kind: "found", remote: { anchor: id } });
  });

  test("without labels on its screen is found by its property or its text", async () => {
    const fields = [{ id: "description", name: "Description", type: "rich-text" as const }];
    const issueTypes = [{ id: "10001", name: "Task", fields }];
    const rig = await start({ deployment, projects: [{ key: "SEC", issueTypes }] });
    const id = await lose(rig);
    expect(rig.fake.issue("SEC-1").labels).toEqual([]);
    expect(await look(rig)).toMatchObject({ kind: "found", remote: { anchor: id } });
    expect(await look(rig, { mark: `${mark}2` })).toMatchObject({ kind: "absent" });
  });

  test("is not taken for absent where the token sees nothing any more", async () => {
    const rig = await start({ deployment, loginHabit: "anonymous" });
    await lose(rig);
    rig.fake.tokens.length = 0;
    expect(await look(rig)).toMatchObject({ kind: "later", reason: "unauthorized", scope: "destination" });
  });

  test("is not taken for absent where the account may not browse", async () => {
    const rig = await start({ deployment });
    await lose(rig);
    rig.fake.site.project("SEC")?.granted.delete("BROWSE_PROJECTS");
    expect(await look(rig)).toMatchObject({ kind: "later", reason: "unauthorized", scope: "destination" });
  });

  test("is not taken for absent where the answer can't be read", async () => {
    const rig = await start({ deployment });
    await lose(rig);
    const page = { status: 200, headers: { "content-type": "text/html" }, body: "<html>Log in</html>" };
    rig.fake.outage = { answer: page, done: false };
    expect(await look(rig)).toMatchObject({ kind: "later", reason: "unreadable_answer" });
  });

  test("comment is found by what nobody sees of it, with its second copy", async () => {
    const rig = await start({ deployment });
    const { receipt } = await rig.drive(bruteForce());
    const noted = withMoments(bruteForce(), "note");
    const edit = rig.step(noted, receipt);
    const edited = receiptAfter(receipt, edit, await rig.perform(edit));
    const lost = { action: "comment", receipt: edited, mark: markAfter(edited) };
    expect(await look(rig, lost)).toMatchObject({ kind: "absent" });

    rig.fake.commentByPerson("SEC-1", "mine", Date.now());
    await rig.perform(rig.step(noted, edited));
    await rig.perform(rig.step(noted, edited, true));
    const [, one, two] = rig.fake.issue("SEC-1").comments;
    expect(await look(rig, lost)).toMatchObject({
      kind: "found",
      remote: edited.remote,
      others: [`${edited.remote.anchor}/comment/${two?.id}`],
      evidence: `found comment ${one?.id}, and 1 more of it`,
    });
  });
});

describe("a lost ticket on Cloud, whose search lags by half a day", () => {
  const lag = { indexLagMs: 12 * HOUR_MS };

  test("is found among other people's issues and gaps, although the search knows none of them", async () => {
    const rig = await start({ ...lag, projects: [{ key: "SEC", lastNumber: 40 }] });
    rig.fake.createByPerson("SEC", { summary: "long known" }, Date.now() - 24 * HOUR_MS);
    people(rig, 150);
    for (let n = 60; n < 100; n += 1) rig.fake.deleteByPerson(`SEC-${n}`, Date.now());
    const id = await lose(rig);
    people(rig, 120);
    // It was this process that made it, which would make it easy: another one looks.
    expect(await look(await onAnotherDay(rig))).toMatchObject({ kind: "found", remote: { anchor: id } });
  });

  test("is found beyond a gap of more than a batch", async () => {
    const rig = await start({ ...lag, projects: [{ key: "SEC" }] });
    rig.fake.createByPerson("SEC", { summary: "long known" }, Date.now() - 24 * HOUR_MS);
    people(rig, 140);
    for (let n = 2; n < 142; n += 1) rig.fake.deleteByPerson(`SEC-${n}`, Date.now());
    const id = await lose(rig);
    expect(await look(await onAnotherDay(rig))).toMatchObject({ kind: "found", remote: { anchor: id } });
  });

  test("is found below issues that are old and were moved here since", async () => {
    const rig = await start({ ...lag, projects: [{ key: "SEC" }, { key: "OPS" }] });
    const id = await lose(rig);
    for (let n = 0; n < 30; n += 1) {
      const { key } = rig.fake.createByPerson("OPS", { summary: "old" }, Date.now() - 48 * HOUR_MS);
      rig.fake.moveByPerson(key, "SEC", Date.now());
    }
    expect(await look(await onAnotherDay(rig))).toMatchObject({ kind: "found", remote: { anchor: id } });
  });

  test("that commits after the first look is found by the next", async () => {
    const rig = await start({
      ...lag,
      config: { deployment: "cloud" },
      serve: { faults: (_, { method, path }) => (method === "POST" && path.endsWith("/issue") ? late : null) },
    });
    const outcome = await rig.perform(rig.step(bruteForce(), null), { deadlineMs: 300 });
    expect(outcome).toMatchObject({ kind: "unknown", reason: "timeout" });
    expect(await look(rig)).toMatchObject({ kind: "absent" });
    await rig.served.drain();
    expect(await look(rig)).toMatchObject({ kind: "found", evidence: "found SEC-1" });
  });

  const late = { kind: "late-commit", delayMs: 1_200 } as const;

  test("that is older than the other issues of a batch is not passed by, and much older ones are not read", async () => {
    const rig = await start(lag);
    for (let n = 0; n < 400; n += 1) rig.fake.createByPerson("SEC", { summary: "old" }, Date.now() - 2 * HOUR_MS);
    const id = await lose(rig);
    people(rig, 10);
    expect(await look(rig, { since: Date.now() - 10 * MINUTE_MS })).toMatchObject({
      kind: "found",
      remote: { anchor: id },
    });
    const batches = rig.fake.requests.filter(({ path }) => path.endsWith("/bulkfetch"));
    // Three upwards, of which the last two are empty, and two downwards.
    expect(batches.length).toBeLessThanOrEqual(6);
  });

  test("behind more issues than one look reads is found by the one after it", async () => {
    const rig = await start(lag);
    const id = await lose(rig);
    people(rig, 6_500);
    const first = await look(rig);
    expect(first).toMatchObject({ kind: "later", reason: "not_found_yet", scope: "work" });
    expect(await look(rig)).toMatchObject({ kind: "found", remote: { anchor: id } });
  });

  test("is found where Jira slows the look down again and again", async () => {
    let batches = 0;
    const rig = await start({ ...lag, serve: { faults: (_, { path }) => (slows(path) ? tooMany : null) } });
    const slows = (path: string): boolean => path.endsWith("/bulkfetch") && (batches += 1) % 6 === 0;
    const id = await lose(rig);
    people(rig, 900);
    const looks: Look[] = [];
    while (looks.at(-1)?.kind !== "found" && looks.length < 6) looks.push(await look(rig));
    expect(looks[0]).toMatchObject({ kind: "later", reason: "rate_limited", retryAfterMs: 1_000 });
    expect(looks.at(-1)).toMatchObject({ kind: "found", remote: { anchor: id } });
  });

  test("that lands while a look is interrupted is not passed by when it goes on", async () => {
    const rig = await start({ indexLagMs: 0 });
    people(rig, 6_500);
    expect(await look(rig)).toMatchObject({ kind: "later", reason: "not_found_yet" });
    const id = await lose(rig);
    rig.fake.lagIndex(id, 12 * HOUR_MS);
    people(rig, 150);
    expect(await look(rig)).toMatchObject({ kind: "found", remote: { anchor: id } });
  });

  test("behind a project that fills up while a look pauses is found without reading the same keys again", async () => {
    const rig = await start(lag);
    const id = await lose(rig);
    people(rig, 6_500);
    await look(rig);
    people(rig, 6_500);
    await look(rig);
    const before = batchesOf(rig);

    expect(await look(rig)).toMatchObject({ kind: "found", remote: { anchor: id } });

    // Some of what came meanwhile, and the last few of what was there before; never the thousands between.
    expect(batchesOf(rig) - before).toBeLessThan(25);
  });

  test("is not looked for key by key again because the search was slowed down", async () => {
    let searches = 0;
    const rig = await start({ ...lag, serve: { faults: (_, { path }) => (isSecond(path) ? tooMany : null) } });
    const isSecond = (path: string): boolean => path.endsWith("/search/jql") && (searches += 1) === 2;
    people(rig, 900);
    expect(await look(rig)).toMatchObject({ kind: "later", reason: "rate_limited" });
    const before = batchesOf(rig);

    expect(await look(rig)).toMatchObject({ kind: "absent" });

    // The two that show where the keys end.
    expect(batchesOf(rig) - before).toBe(2);
  });

  const tooMany = { kind: "status-429", retryAfterSeconds: 1 } as const;
});

function batchesOf({ fake }: JiraRig): number {
  return fake.requests.filter(({ path }) => path.endsWith("/bulkfetch")).length;
}

test("a Jira that does everything and hangs up on every first call has one ticket in the end", async () => {
  const cutting = await serveCuttingJira();
  const rig = await start();
  const config = { url: cutting.url, email: "a@example.com", token: { env: "TOKEN" }, project: "SEC" };
  const destination = new JiraDestination(jira.schema.parse(config));
  const step = rig.step(bruteForce(), null);
  expect(await destination.perform(step, rig.io())).toMatchObject({ kind: "unknown" });
  const looks: Look[] = [];
  while (looks.at(-1)?.kind !== "found" && looks.length < 20) {
    looks.push(await destination.find({ mark, action: "create", receipt: null, since: Date.now() }, rig.io()));
    expect(looks.at(-1)?.kind).not.toBe("absent");
  }
  cutting.close();
  expect(looks.at(-1)).toMatchObject({ kind: "found", evidence: "found SEC-1" });
  expect(cutting.issues).toHaveLength(1);
});

function people({ fake }: JiraRig, count: number): void {
  for (let n = 0; n < count; n += 1) fake.createByPerson("SEC", { summary: "somebody's own" }, Date.now());
}

/** The same Jira, asked by a process that remembers nothing. */
async function onAnotherDay(rig: JiraRig): Promise<JiraRig> {
  const config = { url: rig.served.url, email: "riposte@example.com", token: { env: "TOKEN" }, project: "SEC" };
  return { ...rig, destination: new JiraDestination(jira.schema.parse(config)) };
}
