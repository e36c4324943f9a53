import { describe, expect, test } from "vitest";
import type { FakeJira } from "../../../test/fakes/jira/jira.ts";
import { jsonAnswer } from "../../../test/fakes/vendor.ts";
import { jiraRigs, markAfter, receiptAfter } from "../../../test/fixtures/jira-rig.ts";
import { bruteForce, withMoments } from "../../../test/fixtures/pictures.ts";

const start = jiraRigs();
const unreadable = { kind: "later", reason: "unreadable_answer", scope: "destination" };

/** Something between answers what is asked there with JSON of its own. */
function answerOtherwise(fake: FakeJira, path: RegExp, json: unknown): () => void {
  const handle = fake.handle.bind(fake);
  fake.handle = (request, nowMs) =>
    request.method === "GET" && path.test(request.path) ? jsonAnswer(200, json) : handle(request, nowMs);
  return () => (fake.handle = handle);
}

describe.each([["nothing in a list", []] as const, ["a map of something else", { ok: true }] as const])(
  "%s, where Jira would have said more",
  (_, json) => {
    test("is not taken for a ticket without comments", async () => {
      const rig = await start({});
      const { receipt } = await rig.drive(bruteForce());
      const lost = { action: "comment", receipt, mark: markAfter(receipt), since: Date.now() - 1_000 };
      answerOtherwise(rig.fake, /\/comment/, json);
      expect(await rig.destination.find(lost, rig.io())).toMatchObject(unreadable);
    });

    test("is not taken for a ticket that can't be closed, its second copy neither", async () => {
      const rig = await start({ config: { resolve: "Done" } });
      const { receipt } = await rig.drive(bruteForce());
      const second = await rig.perform(rig.step(bruteForce(), null, true));
      const resolved = withMoments(bruteForce(), "resolved");
      const edit = rig.step(resolved, receipt);
      const edited = receiptAfter(receipt, edit, await rig.perform(edit));
      answerOtherwise(rig.fake, /\/transitions/, json);
      expect(await rig.perform(rig.step(resolved, edited))).toMatchObject(unreadable);

      const twin = second.kind === "done" ? `${second.remote.anchor}:marked` : "";
      const close = rig.step(bruteForce(), { ...receipt, twins: [twin] });
      expect(await rig.perform(close)).toMatchObject(unreadable);
    });

    test("is not taken for a project without fields, and not remembered", async () => {
      const rig = await start({ config: { fields: { "Due date": "2026-12-24" } } });
      const putBack = answerOtherwise(rig.fake, /\/createmeta/, json);
      expect(await rig.perform(rig.step(bruteForce(), null))).toMatchObject(unreadable);

      putBack();
      expect(await rig.perform(rig.step(bruteForce(), null))).toMatchObject({ evidence: "created SEC-1" });
    });
  },
);
