import { describe, expect, test } from "vitest";
import { slackMark, slackRigs } from "../../../test/fixtures/slack-rig.ts";
import { bruteForce, withMoments } from "../../../test/fixtures/pictures.ts";

describe("slack, the app: what got no answer", () => {
  const start = slackRigs();

  test("a first message whose answer was lost is found by its mark, by a channel's name", async () => {
    const { fake, destination, step, perform, io } = await start({
      serve: { faults: (n) => (n === 1 ? { kind: "reset-after-commit" } : null) },
    });
    expect(await perform(step(bruteForce(), null))).toMatchObject({ kind: "unknown" });
    for (let n = 0; n < 250; n += 1) fake.postByPerson("security-alerts", "talk", Date.now());

    const lost = { mark: slackMark(1), action: "post", receipt: null, since: Date.now() - 1_000 };
    const { channel, ts } = fake.live[0]!;
    expect(await destination.find(lost, io())).toEqual({
      kind: "found",
      remote: {
        anchor: `${channel}/${ts}/1`,
        url: `https://fake-soc.slack.com/archives/${channel}/p${ts.replace(".", "")}`,
      },
      others: [],
      evidence: `found the message ${ts}`,
    });
    expect(await destination.find({ ...lost, mark: slackMark(11) }, io())).toMatchObject({ kind: "absent" });
  });

  test("of two copies the older one stays, and the other is deleted", async () => {
    const { fake, destination, step, perform, io, after, messages } = await start();
    const post = step(bruteForce(), null);
    await perform(post);
    const outcome = await perform(post);
    const receipt = after(null, post, outcome);
    const lost = { mark: slackMark(1), action: "post", receipt: null, since: Date.now() - 1_000 };
    const look = await destination.find(lost, io());
    if (look.kind !== "found") throw new Error("not found");
    expect(look.others).toEqual([receipt.remote.anchor]);

    const known = { ...receipt, remote: look.remote, twins: look.others };
    const tidy = step(bruteForce(), known);
    expect(tidy.action).toBe("delete_twin");
    expect(await perform(tidy)).toMatchObject({ kind: "done" });
    expect(messages()).toHaveLength(1);
    expect(await perform(tidy)).toMatchObject({ kind: "done", evidence: "a second copy is gone already" });
    expect(fake.live[0]!.ts < receipt.remote.anchor!.split("/")[1]!).toBe(true);
  });

  test("a second copy that may not be deleted says what it is, and is not found again", async () => {
    const { fake, destination, step, perform, io, after, messages } = await start();
    const post = step(bruteForce(), null);
    await perform(post);
    const receipt = after(null, post, await perform(post));
    fake.scripted.set("chat.delete", ["cant_delete_message"]);
    const known = { ...receipt, twins: [`${messages()[1]!.channel}/${messages()[1]!.ts}/1`] };
    expect(await perform(step(bruteForce(), known))).toMatchObject({ kind: "done" });
    expect(fake.textOf(messages()[1]!)).toContain("second copy");
    const lost = { mark: slackMark(1), action: "post", receipt: null, since: Date.now() - 1_000 };
    expect(await destination.find(lost, io())).toMatchObject({ kind: "found", others: [] });
  });

  test("a lost reply is looked for in its thread, and made again before anything else", async () => {
    const { fake, destination, step, perform, io, after, drive } = await start();
    const { receipt } = await drive(bruteForce());
    const picture = withMoments(bruteForce(), "escalated");
    const edit = step(picture, receipt);
    const edited = after(receipt, edit, await perform(edit));
    const lost = { mark: slackMark(3), action: "reply", receipt: edited, since: Date.now() - 1_000 };
    expect(await destination.find(lost, io())).toEqual({
      kind: "absent",
      evidence: "not among the 1 replies of the thread",
    });

    const grown = withMoments(picture, "acknowledged");
    const again = step(grown, edited, true);
    expect(again).toMatchObject({ action: "reply", mark: slackMark(3) });
    await perform(again);
    await perform(again);
    expect(fake.textOf(fake.live[1]!)).toContain("Possible repeat");
    const look = await destination.find(lost, io());
    expect(look).toMatchObject({ kind: "found", remote: receipt.remote, others: [expect.stringMatching(/\/3$/)] });
  });

  test("who may not read looks later, and goes on posting", async () => {
    const scopes = ["chat:write", "channels:read"];
    const { destination, io, drive } = await start({ scopes });
    const lost = { mark: slackMark(1), action: "post", receipt: null, since: 0 };
    expect(await destination.find(lost, io())).toMatchObject({
      kind: "later",
      scope: "action",
      reason: "unauthorized",
      evidence: expect.stringContaining("channels:history"),
    });
    expect((await drive(bruteForce())).actions).toEqual(["post"]);
  });

  test("a look that is slowed down, or can't see the channel, finds nothing out", async () => {
    const lost = { mark: slackMark(1), action: "post", receipt: null, since: 0 };
    const slow = await start({ aMinute: { "conversations.history": 0 } });
    expect(await slow.destination.find(lost, slow.io())).toMatchObject({ kind: "later", reason: "rate_limited" });
    const blind = await start({ config: { channel: "renamed" } });
    expect(await blind.destination.find(lost, blind.io())).toMatchObject({
      kind: "later",
      scope: "action",
      evidence: expect.stringContaining("#renamed: there is none of that name"),
    });
  });
});
