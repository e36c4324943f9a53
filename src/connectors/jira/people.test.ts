import { describe, expect, test } from "vitest";
import { jiraRigs, markAfter, receiptAfter } from "../../../test/fixtures/jira-rig.ts";
import { classicWorkflow } from "../../../test/fakes/jira/workflow.ts";
import { bruteForce, withMoments } from "../../../test/fixtures/pictures.ts";

const start = jiraRigs();
const config = { resolve: "Done", reopen: { transition: "To Do" } };

describe.each(["Cloud", "Server"] as const)("what people do to a ticket, %s", (deployment) => {
  test("a ticket that somebody deleted stays deleted, and no other one is made", async () => {
    const { fake, drive, perform, step } = await start({ deployment, config });
    const { receipt } = await drive(bruteForce());
    fake.deleteByPerson("SEC-1", Date.now());
    for (const picture of [withMoments(bruteForce(), "escalated"), withMoments(bruteForce(), "resolved")]) {
      expect(await perform(step(picture, receipt))).toMatchObject({
        kind: "never",
        reason: "gone_there",
        evidence: expect.stringContaining("Riposte makes no other one"),
      });
    }
    expect(fake.issues).toHaveLength(1);
  });

  test("a ticket that could not be seen for a moment is not taken for deleted", async () => {
    const { fake, drive, perform, step } = await start({ deployment, config });
    const { receipt } = await drive(bruteForce());
    const granted = fake.site.project("SEC")?.granted;
    granted?.delete("BROWSE_PROJECTS");
    const handle = fake.handle.bind(fake);
    fake.handle = (request, nowMs) => {
      const answer = handle(request, nowMs);
      if (answer.status === 404) granted?.add("BROWSE_PROJECTS");
      return answer;
    };
    expect(await perform(step(withMoments(bruteForce(), "escalated"), receipt))).toMatchObject({ kind: "done" });
  });

  test("a ticket that is not to be seen because the token has expired is not taken for deleted", async () => {
    const { fake, drive, perform, step } = await start({ deployment, config, loginHabit: "anonymous" });
    const { receipt } = await drive(bruteForce());
    fake.tokens.length = 0;
    expect(await perform(step(withMoments(bruteForce(), "escalated"), receipt))).toMatchObject({
      kind: "later",
      reason: "unauthorized",
      scope: "destination",
      evidence: expect.stringContaining("it may have expired or been revoked"),
    });
  });

  test("a ticket in a project that may not be browsed any more waits for the permission", async () => {
    const { fake, drive, perform, step } = await start({ deployment, config });
    const { receipt } = await drive(bruteForce());
    fake.site.project("SEC")?.granted.delete("BROWSE_PROJECTS");
    expect(await perform(step(withMoments(bruteForce(), "escalated"), receipt))).toMatchObject({
      kind: "later",
      reason: "unauthorized",
      scope: "destination",
      evidence: expect.stringContaining('"Browse projects"'),
    });
  });

  test("a ticket that was moved goes on where it is, under its new address", async () => {
    const { fake, served, drive } = await start({ deployment, config });
    const { receipt } = await drive(bruteForce());
    fake.moveByPerson("SEC-1", "OPS", Date.now());
    const after = await drive(withMoments(bruteForce(), "resolved"), receipt);

    expect(after.receipt.remote).toEqual({ anchor: receipt.remote.anchor, url: `${served.url}/browse/OPS-1` });
    expect(fake.issue("OPS-1")).toMatchObject({ isDone: true });
    expect(fake.issues).toHaveLength(1);
  });

  test("a ticket that people closed takes text and comments, and is not closed a second time", async () => {
    const { fake, drive } = await start({ deployment, config });
    const { receipt } = await drive(bruteForce());
    fake.closeByPerson("SEC-1", "Cannot Reproduce", Date.now());
    const { outcomes, actions } = await drive(withMoments(bruteForce(), "note", "resolved"), receipt);

    expect(actions).toEqual(["edit", "resolve", "comment"]);
    expect(outcomes[1]).toMatchObject({ evidence: "SEC-1 is closed already as Cannot Reproduce" });
    expect(fake.issue("SEC-1").resolution).toBe("Cannot Reproduce");
    expect(fake.issue("SEC-1").comments).toHaveLength(1);
  });

  test.each([
    ["Won't Fix", {}, true],
    ["False Positive", {}, true],
    ["Cannot Reproduce", {}, false],
    ["Won't Fix", { respect: [] }, false],
    ["Cannot Reproduce", { respect: ["cannot reproduce"] }, true],
    ["Won't Fix", { respect: ["Won’t fix"] }, true],
  ])("what people closed as %s, with %j, stays closed: %s", async (resolution, respect, stays) => {
    const { fake, drive } = await start({ deployment, config: { ...config, ...respect } });
    const closed = await drive(withMoments(bruteForce(), "resolved"));
    fake.setStatusByPerson("SEC-1", "To Do", Date.now());
    fake.closeByPerson("SEC-1", resolution, Date.now());
    const { outcomes, actions } = await drive(withMoments(bruteForce(), "resolved", "reopened"), closed.receipt);

    expect(actions).toEqual(["edit", "reopen", "comment"]);
    expect(fake.issue("SEC-1").isDone).toBe(stays);
    if (stays) expect(outcomes[1]?.evidence).toBe(`SEC-1 stays closed: somebody closed it as ${resolution}`);
  });

  test("a priority and labels that people set stay as they are", async () => {
    const priority = { medium: "Medium", critical: "Highest" };
    const { fake, drive } = await start({ deployment, config: { ...config, priority } });
    const { receipt } = await drive(bruteForce());
    fake.editByPerson("SEC-1", { labels: ["ours", "handled"] }, Date.now());
    const issue = fake.issue("SEC-1");
    issue.values.set("priority", { kind: "named", named: { id: "5", name: "Lowest" } });

    const noted = await drive(withMoments(bruteForce(), "note"), receipt);
    expect(issue.priority).toBe("Lowest");
    await drive(withMoments(bruteForce(), "note", "escalated"), noted.receipt);
    expect(issue.priority).toBe("Highest");
    expect(issue.labels).toEqual(["ours", "handled"]);
  });

  test("a ticket that alone may not be edited waits alone; a permission that lacks makes all wait", async () => {
    const { fake, drive, perform, step } = await start({ deployment, config });
    const { receipt } = await drive(bruteForce());
    const edit = step(withMoments(bruteForce(), "escalated"), receipt);
    fake.moveByPerson("SEC-1", "OPS", Date.now());
    fake.site.project("OPS")?.granted.delete("EDIT_ISSUES");
    expect(await perform(edit)).toMatchObject({ kind: "later", reason: "bad_request", scope: "work" });
    fake.site.project("SEC")?.granted.delete("EDIT_ISSUES");
    expect(await perform(edit)).toMatchObject({ kind: "later", reason: "unauthorized", scope: "destination" });
  });

  test("an archived ticket is named with what Jira says of it", async () => {
    const { fake, drive, perform, step } = await start({ deployment, config });
    const { receipt } = await drive(bruteForce());
    fake.archiveByPerson("SEC-1");
    expect(await perform(step(withMoments(bruteForce(), "escalated"), receipt))).toMatchObject({
      kind: "never",
      reason: "bad_request",
      evidence: expect.stringContaining("archived"),
    });
  });
});

describe.each(["Cloud", "Server"] as const)("a second copy, %s", (deployment) => {
  test("of a ticket is labelled, linked, commented and closed; the older one goes on", async () => {
    const rig = await start({ deployment, config });
    const made = await rig.drive(bruteForce());
    const second = await rig.perform(rig.step(bruteForce(), null, true));
    if (second.kind !== "done") throw new Error(second.evidence);
    const twins = { ...made.receipt, twins: [second.remote.anchor ?? ""] };

    const { actions, outcomes, receipt } = await rig.drive(bruteForce(), twins);
    expect(actions).toEqual(["mark_twin", "close_twin"]);
    expect(outcomes.map(({ evidence }) => evidence)).toEqual([
      "marked SEC-2 as a second copy of SEC-1",
      "closed SEC-2, a second copy of SEC-1",
    ]);
    expect(receipt.remote.anchor).toBe(made.receipt.remote.anchor);
    const copy = rig.fake.issue("SEC-2");
    expect(copy).toMatchObject({ isDone: true, labels: ["riposte-twin"] });
    expect(copy.links).toMatchObject([{ type: { name: "Duplicate" } }]);
    expect(copy.links[0]?.inward.key === "SEC-2" ? copy.links[0]?.outward.key : copy.links[0]?.inward.key).toBe(
      "SEC-1",
    );
    expect(copy.comments).toHaveLength(1);
    const lost = { mark: markAfter(null), action: "create", receipt: null, since: Date.now() - 1_000 };
    expect(await rig.destination.find(lost, rig.io())).toMatchObject({ kind: "found", others: [] });
  });

  test("that a step which got no answer has put away already is put away once", async () => {
    const rig = await start({ deployment, config });
    const made = await rig.drive(bruteForce());
    const second = await rig.perform(rig.step(bruteForce(), null, true));
    if (second.kind !== "done") throw new Error(second.evidence);
    const twins = { ...made.receipt, twins: [`${second.remote.anchor}:marked`] };
    const step = rig.step(bruteForce(), twins);
    expect(await rig.perform(step)).toMatchObject({ kind: "done", evidence: "closed SEC-2, a second copy of SEC-1" });
    expect(await rig.perform(step)).toMatchObject({
      kind: "done",
      evidence: "SEC-2, a second copy of SEC-1, is closed",
    });
  });

  test("that somebody deleted is put away", async () => {
    const rig = await start({ deployment, config });
    const made = await rig.drive(bruteForce());
    const second = await rig.perform(rig.step(bruteForce(), null, true));
    if (second.kind !== "done") throw new Error(second.evidence);
    rig.fake.deleteByPerson("SEC-2", Date.now());
    const { outcomes } = await rig.drive(bruteForce(), {
      ...made.receipt,
      twins: [second.remote.anchor ?? ""],
    });
    expect(outcomes[0]).toMatchObject({ evidence: "a second copy of SEC-1 is gone already" });
  });

  test("of a comment is deleted", async () => {
    const rig = await start({ deployment, config });
    const made = await rig.drive(withMoments(bruteForce(), "note"));
    const noted = withMoments(bruteForce(), "note", "escalated");
    const edit = rig.step(noted, made.receipt);
    const edited = receiptAfter(made.receipt, edit, await rig.perform(edit));
    await rig.perform(rig.step(noted, edited));
    const after = await rig.drive(noted, edited);
    const [, second] = rig.fake.issue("SEC-1").comments;
    const twins = { ...after.receipt, twins: [`${after.receipt.remote.anchor}/comment/${second?.id}`] };

    const { actions } = await rig.drive(noted, twins);
    expect(actions).toEqual(["delete_twin"]);
    expect(rig.fake.issue("SEC-1").comments).toHaveLength(1);
  });
});

describe.each(["Cloud", "Server"] as const)("transitions, %s", (deployment) => {
  const projects = [{ key: "SEC", workflow: classicWorkflow }];

  test("a resolution that the screen demands is given", async () => {
    const { fake, drive } = await start({ deployment, projects, config: { resolve: "Resolve Issue" } });
    await drive(withMoments(bruteForce(), "resolved"));
    expect(fake.issue("SEC-1")).toMatchObject({ isDone: true, resolution: "Done" });
  });

  test("the one that is configured is taken, by the name of the status too", async () => {
    const resolve = { transition: "closed", resolution: "Cannot Reproduce" };
    const { fake, drive } = await start({ deployment, projects, config: { resolve, reopen: "3" } });
    const { receipt } = await drive(withMoments(bruteForce(), "resolved"));
    expect(fake.issue("SEC-1")).toMatchObject({ resolution: "Cannot Reproduce", status: { name: "Closed" } });
    await drive(withMoments(bruteForce(), "resolved", "reopened"), receipt);
    expect(fake.issue("SEC-1")).toMatchObject({ resolution: null, status: { name: "Reopened" } });
  });

  test("one that does not lead from here waits, and says which there are", async () => {
    const { drive, perform, step } = await start({ deployment, projects, config: { resolve: "Finish" } });
    const { receipt } = await drive(bruteForce());
    const resolved = withMoments(bruteForce(), "resolved");
    const edit = step(resolved, receipt);
    const edited = receiptAfter(receipt, edit, await perform(edit));
    expect(await perform(step(resolved, edited))).toMatchObject({
      kind: "later",
      reason: "bad_request",
      scope: "work",
      evidence:
        "no transition Finish leads from SEC-1's status Open (there are Start Progress, Resolve Issue, Close Issue): look at `resolve`, or move the ticket on by hand",
    });
  });

  test("a resolution that is not on the screen is left out and said", async () => {
    const workflow = {
      ...classicWorkflow,
      transitions: classicWorkflow.transitions.map((one) => ({ ...one, screen: [] })),
    };
    const resolve = { transition: "Resolve Issue", resolution: "Done" };
    const { fake, drive } = await start({ deployment, projects: [{ key: "SEC", workflow }], config: { resolve } });
    const { outcomes } = await drive(withMoments(bruteForce(), "resolved"));
    expect(fake.issue("SEC-1").isDone).toBe(true);
    expect(outcomes[1]?.evidence).toMatch(/^moved SEC-1 to Resolved without resolution \(/);
  });
});

describe.each(["Cloud", "Server"] as const)("what people did, asked for now and then, %s", (deployment) => {
  test("who takes a ticket up and who closes it is known; an untouched one and one that is gone are not answered for", async () => {
    const rig = await start({ deployment });
    const made = [];
    for (let n = 0; n < 4; n += 1) made.push(await rig.perform(rig.step(bruteForce(), null)));
    const anchors = made.map((outcome) => (outcome.kind === "done" ? (outcome.remote.anchor ?? "") : ""));
    rig.fake.setStatusByPerson("SEC-2", "In Progress", Date.now());
    rig.fake.closeByPerson("SEC-3", "Won't Fix", Date.now());
    const before = Date.now() - 1_000;
    const seen = [
      // Data Center doesn't say when it was taken up, and a change without a time may be one of before.
      ...(deployment === "Cloud" ? [{ anchor: anchors[1], state: "in_progress", says: "SEC-2 is In Progress" }] : []),
      { anchor: anchors[2], state: "closed", says: "SEC-3 was closed as Won't Fix" },
    ];
    const surveyed = async () => {
      const whole = await rig.destination.survey(anchors, rig.io());
      return "kind" in whole ? [] : whole.toSorted((one, other) => Number(one.anchor) - Number(other.anchor));
    };
    expect(await surveyed()).toMatchObject(seen);
    expect((await surveyed()).at(-1)?.since ?? 0).toBeGreaterThan(before);

    rig.fake.deleteByPerson("SEC-4", Date.now());
    expect(await surveyed()).toMatchObject(seen);
  });

  test("trouble is no answer", async () => {
    const rig = await start({ deployment, loginHabit: "anonymous" });
    rig.fake.tokens.length = 0;
    expect(await rig.destination.survey(["20001"], rig.io())).toMatchObject({ kind: "later", reason: "unauthorized" });
  });
});
