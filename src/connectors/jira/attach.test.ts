import { describe, expect, test } from "vitest";
import { jiraRigs, markAfter, receiptAfter } from "../../../test/fixtures/jira-rig.ts";
import { bruteForce, factsOf, pictureOf, withMoments } from "../../../test/fixtures/pictures.ts";
import { attachmentOf } from "./attachment.ts";

const start = jiraRigs();
const NAME = "incident-12-alerts.jsonl";

describe.each(["Cloud", "Server"] as const)("the file of alerts, %s", (deployment) => {
  const attaching = { deployment, config: { attach: true, resolve: "Done" } } as const;

  test("goes beside the ticket once all else is told, and only once", async () => {
    const rig = await start(attaching);
    const made = await rig.drive(bruteForce());
    expect(made.actions).toEqual(["create", "attach"]);
    expect(made.outcomes.at(-1)?.evidence).toBe(`attached ${NAME} to SEC-1`);
    expect(rig.fake.issue("SEC-1").attachments).toMatchObject([
      { filename: NAME, mimeType: "application/x-ndjson", content: attachmentOf(bruteForce()).text },
    ]);

    const later = await rig.drive(withMoments(bruteForce(), "escalated", "resolved"), made.receipt);
    expect(later.actions).toEqual(["edit", "resolve", "comment"]);
    expect(rig.fake.issue("SEC-1").attachments).toHaveLength(1);
  });

  test("holds whole what the ticket cuts, and the ticket says so", async () => {
    const log = `${"ü".repeat(50_000)}the end`;
    const rig = await start(attaching);
    await rig.drive(pictureOf(factsOf({ log, document: { full_log: log } })));
    const { description, attachments } = rig.fake.issue("SEC-1");
    expect(description).toContain("50,007 characters in all");
    expect(description).toMatch(/all of it goes into the attachment \S*incident\S*12\S*alerts/);
    expect(attachments[0]?.content).toContain(log);
  });

  test("is not sent twice where the head is not known any more", async () => {
    const rig = await start(attaching);
    const { receipt } = await rig.drive(bruteForce());
    const again = await rig.drive(bruteForce(), { ...receipt, headDigest: null });
    expect(again.actions).toContain("attach");
    expect(again.outcomes.at(-1)?.evidence).toBe(`${NAME} is attached to SEC-1`);
    expect(rig.fake.issue("SEC-1").attachments).toHaveLength(1);
  });

  test("whose answer was lost is found by its name, and a second copy of it goes", async () => {
    const rig = await start({ ...attaching, serve: { faults: (_, { path }) => (loses(path) ? cut : null) } });
    let cuts = 1;
    const loses = (path: string): boolean => path.endsWith("/attachments") && (cuts -= 1) >= 0;
    const create = rig.step(bruteForce(), null);
    const created = receiptAfter(null, create, await rig.perform(create));
    const attach = rig.step(bruteForce(), created);
    const lost = { mark: markAfter(created), action: "attach", receipt: created, since: Date.now() };
    expect(await rig.destination.find(lost, rig.io())).toMatchObject({ kind: "absent" });
    expect(await rig.perform(attach)).toMatchObject({ kind: "unknown" });
    expect(await rig.destination.find(lost, rig.io())).toMatchObject({
      kind: "found",
      remote: created.remote,
      others: [],
      evidence: `found ${NAME} attached to SEC-1`,
    });

    const issue = rig.fake.issue("SEC-1");
    const [first] = issue.attachments;
    issue.attachments.push({ ...first!, id: "99999", createdAt: first!.createdAt + 1 });
    const look = await rig.destination.find(lost, rig.io());
    expect(look).toMatchObject({ kind: "found", others: [`${created.remote.anchor}/attachment/99999`] });
    const twins = look.kind === "found" ? look.others : [];
    const { actions } = await rig.drive(bruteForce(), { ...created, headDigest: attach.plan.headDigest, twins });
    expect(actions).toEqual(["delete_twin"]);
    expect(issue.attachments.map(({ id }) => id)).toEqual([first!.id]);
  });

  test("that is done again as a possible repeat is the same step, however the ticket moved on", async () => {
    const rig = await start(attaching);
    const create = rig.step(bruteForce(), null);
    const created = receiptAfter(null, create, await rig.perform(create));
    const escalated = { ...bruteForce({ severity: "critical" }) };
    expect(rig.step(escalated, created, true).action).toBe("attach");
  });

  test("larger than Jira takes costs the file and not the ticket", async () => {
    const rig = await start({ ...attaching, maxAttachmentBytes: 20 });
    const { actions, outcomes } = await rig.drive(bruteForce());
    expect(actions).toEqual(["create", "attach"]);
    expect(outcomes.at(-1)?.evidence).toMatch(
      /^SEC-1 goes without its file of alerts: it has \d+ bytes, and Jira takes 20$/,
    );
    expect(rig.fake.issue("SEC-1").isLive).toBe(true);
    expect(rig.served.requests.some(({ path }) => path.endsWith("/attachments"))).toBe(false);
  });

  test("is left out where the account may not attach, and the evidence says why", async () => {
    const rig = await start(attaching);
    rig.fake.site.project("SEC")?.granted.delete("CREATE_ATTACHMENTS");
    const { outcomes } = await rig.drive(bruteForce());
    expect(outcomes.at(-1)?.evidence).toMatch(/^SEC-1 goes without its file of alerts: 403: .*permission to attach/);
  });

  test("waits where Jira asks to slow down", async () => {
    const rig = await start({
      ...attaching,
      serve: { faults: (_, { path }) => (path.endsWith("/attachments") ? slow : null) },
    });
    const create = rig.step(bruteForce(), null);
    const created = receiptAfter(null, create, await rig.perform(create));
    expect(await rig.perform(rig.step(bruteForce(), created))).toMatchObject({
      kind: "later",
      reason: "rate_limited",
      retryAfterMs: 7_000,
    });
  });

  test("stays away with `attach: false`", async () => {
    const rig = await start({ deployment, config: { attach: false } });
    expect((await rig.drive(bruteForce())).actions).toEqual(["create"]);
    expect(rig.fake.issue("SEC-1").description).not.toContain("attachment");
  });
});

const cut = { kind: "reset-after-commit" } as const;
const slow = { kind: "status-429", retryAfterSeconds: 7 } as const;
