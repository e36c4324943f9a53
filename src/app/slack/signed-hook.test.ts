import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mallory, pressPayload, signed, type SlackCallback } from "../../../test/fakes/slack-app/person.ts";
import type { ApiRig } from "../../../test/fixtures/api-rig.ts";
import { aKeptAlert, aStretch } from "../../../test/fixtures/kept-alerts.ts";
import { placeAt, SlackHookRig } from "../../../test/fixtures/slack-hook-rig.ts";
import { MINUTE_MS } from "../../core/time.ts";

let desk: SlackHookRig;
beforeEach(async () => {
  desk = await SlackHookRig.open();
});
afterEach(() => desk.rig.close());

describe("a press", () => {
  test("is a command like any other, with its row in the audit", async () => {
    expect(await desk.send(await desk.press("Acknowledge"))).toEqual({ kind: "taken", reply: null });
    expect(await desk.rig.parts.reader.incident(1)).toMatchObject({ state: "acknowledged", acknowledgedBy: "Ana" });
    expect(await desk.send(await desk.press("Resolve"))).toEqual({ kind: "taken", reply: null });
    expect(await desk.stateOf(1)).toBe("resolved");
    expect(await desk.audit()).toEqual(["Ana resolve #1", "Ana acknowledge #1"]);
    expect(desk.sent).toEqual([]);
  });

  test("captured and sent again after one minute and after six does nothing, and is in the audit", async () => {
    const captured = await desk.press("Acknowledge");
    await desk.send(captured);
    await desk.rig.clock.advance(MINUTE_MS);

    expect(await desk.send(captured)).toMatchObject({ kind: "refused", code: "conflict" });
    await expect.poll(() => desk.audit()).toHaveLength(2);
    await desk.rig.clock.advance(5 * MINUTE_MS);
    expect(await desk.send(captured)).toMatchObject({ kind: "refused", code: "unauthorised" });

    await expect
      .poll(() => desk.audit())
      .toEqual([
        "Ana turned_away acknowledge #1: signed more than five minutes away from this machine's clock",
        "Ana turned_away acknowledge #1: the very same request was here before",
        "Ana acknowledge #1",
      ]);
    expect((await desk.rig.parts.reader.moments(1)).filter(({ kind }) => kind === "acknowledged")).toHaveLength(1);
  });

  test("sent again after a restart, when nothing is remembered, changes nothing either", async () => {
    const captured = await desk.press("Resolve");
    await desk.send(captured);
    const { openedAt } = (await desk.rig.parts.reader.incident(1))!;
    await desk.rig.clock.advance(MINUTE_MS);
    const again = desk.hookFor([placeAt("chat")]);

    await desk.send(captured, again);
    expect(await desk.audit()).toEqual(["Ana turned_away resolve #1: incident #1 is resolved", "Ana resolve #1"]);

    // It opens again, and the button is that of the opening before.
    await desk.rig.parts.door.submit(
      aStretch([aKeptAlert(9, { match: { groupKey: JSON.stringify(["5712", "001"]) } })]),
    );
    expect(await desk.rig.parts.reader.incident(1)).toMatchObject({ state: "open" });
    expect((await desk.rig.parts.reader.incident(1))?.openedAt).not.toBe(openedAt);
    await desk.send(captured, desk.hookFor([placeAt("chat")]));
    expect(await desk.stateOf(1)).toBe("open");
    expect((await desk.audit())[0]).toBe("Ana turned_away resolve #1: incident #1 was opened again since");
    expect(desk.told[0]).toBe("Nothing was done: incident #1 was opened again since.");
  });

  test("of somebody who may not is refused politely, changes nothing, and is in the audit", async () => {
    expect(await desk.send(await desk.press("Resolve", 1, mallory))).toEqual({ kind: "taken", reply: null });

    expect(await desk.stateOf(1)).toBe("open");
    expect(await desk.audit()).toEqual([
      "mallory (slack:U0666666666) turned_away resolve #1: not among the people of chat",
    ]);
    expect(desk.told).toEqual([expect.stringMatching(/^Nothing was done: you are not among those who may act here/)]);
    expect(JSON.parse(desk.sent[0]!.body!)).toMatchObject({ response_type: "ephemeral", replace_original: false });
  });

  test("of an incident that is over or gone does nothing, says so, and is in the audit", async () => {
    const [over, gone] = [await desk.press("Acknowledge"), await desk.press("Acknowledge", 77)];
    await desk.send(await desk.press("Resolve"));
    await desk.send(over);
    await desk.send(gone);
    expect((await desk.audit()).slice(0, 2)).toEqual([
      "Ana turned_away acknowledge #77: there is no incident #77",
      "Ana turned_away acknowledge #1: incident #1 is resolved",
    ]);
    expect(desk.told).toEqual([
      "Nothing was done: incident #1 is resolved.",
      "Nothing was done: there is no incident #77.",
    ]);
  });

  test("that Slack delivers twice is one command", async () => {
    const payload = pressPayload(await desk.messageOf(1), "Acknowledge", { trigger: "same" });
    await desk.send(desk.signed(payload));
    await desk.rig.clock.advance(2_000);
    // Slack signs each delivery for itself.
    await desk.send(desk.signed(payload));
    expect(await desk.audit()).toEqual(["Ana acknowledge #1"]);
  });

  test("of a destination of another app, of none, or of a button that is not ours, does nothing", async () => {
    const elsewhere = pressPayload(await desk.messageOf(1, "other"), "Resolve", { trigger: "a" });
    await desk.send(desk.signed(elsewhere));
    const places = [placeAt("chat"), placeAt("other", { signing_secret: { env: "OTHER" } })];
    await desk.send(desk.signed({ ...elsewhere, trigger_id: "b" }), desk.hookFor(places));
    const [action] = elsewhere.actions as object[];
    const forged = { ...elsewhere, trigger_id: "c", actions: [{ ...action, value: "12" }] };
    await desk.send(desk.signed(forged));

    expect(await desk.stateOf(1)).toBe("open");
    expect(await desk.audit()).toEqual([
      "Ana turned_away press: is no button of Riposte's",
      "Ana turned_away resolve #1: other takes no presses from this app",
      "Ana turned_away resolve #1: other takes no presses from this app",
    ]);
  });

  test("that the database does not take is said to have changed nothing, and the next delivery of it counts", async () => {
    let isAway = true;
    const door: Pick<ApiRig["parts"]["door"], "submit"> = {
      submit: (input) => (isAway ? Promise.reject(new Error("disk")) : desk.rig.parts.door.submit(input)),
    };
    desk.hook = desk.hookFor([placeAt("chat")], door);
    const payload = pressPayload(await desk.messageOf(1), "Acknowledge", { trigger: "x" });
    await desk.send(desk.signed(payload));
    await expect.poll(() => desk.told).toEqual([expect.stringContaining("nothing was changed")]);
    isAway = false;
    await desk.rig.clock.advance(2_000);
    await desk.send(desk.signed(payload));
    expect(await desk.stateOf(1)).toBe("acknowledged");
  });

  test("is answered within Slack's three seconds, whatever the database does, and the person hears of it later", async () => {
    const late = Promise.withResolvers<void>();
    const door: Pick<ApiRig["parts"]["door"], "submit"> = {
      submit: async (input) => {
        await late.promise;
        return desk.rig.parts.door.submit(input);
      },
    };
    desk.hook = desk.hookFor([placeAt("chat")], door);
    const before = desk.rig.clock.waiting();
    const answered = desk.send(desk.slash("ack 1"));
    await expect.poll(() => desk.rig.clock.waiting()).toBeGreaterThan(before);
    await desk.rig.clock.advance(2_500);
    expect(await answered).toEqual({ kind: "taken", reply: null });
    late.resolve();
    await expect.poll(() => desk.told).toEqual(["#1 is acknowledged by Ana."]);
  });
});

describe("what is not believed", () => {
  test.each<[string, (callback: SlackCallback) => SlackCallback]>([
    ["another secret", ({ body }) => signed(body, desk.rig.clock.now(), "another-secret-of-an-app")],
    ["a body that was changed", (callback) => ({ ...callback, body: `${callback.body}&x=1` })],
    ["a time that was changed", (of) => ({ ...of, timestamp: String(Number(of.timestamp) + 1) })],
    ["no signature", (callback) => ({ ...callback, signature: "" })],
  ])("%s: it is refused, and nobody can fill the audit with it", async (_, change) => {
    expect(await desk.send(change(await desk.press("Resolve")))).toMatchObject({
      kind: "refused",
      code: "unauthorised",
    });
    expect(await desk.stateOf(1)).toBe("open");
    expect(await desk.audit()).toEqual([]);
  });

  test("what is signed for later than five minutes from now is refused like what is old", async () => {
    const payload = pressPayload(await desk.messageOf(1), "Resolve", { trigger: "y" });
    const answer = await desk.send(desk.signed(payload, 6 * MINUTE_MS));
    expect(answer).toMatchObject({ kind: "refused", code: "unauthorised" });
    expect(await desk.stateOf(1)).toBe("open");
  });

  test("what was signed for a little later is remembered for as long as it could come again", async () => {
    const payload = pressPayload(await desk.messageOf(1), "Acknowledge", { trigger: "z" });
    const captured = desk.signed(payload, 4 * MINUTE_MS);
    await desk.send(captured);
    await desk.rig.clock.advance(8 * MINUTE_MS);
    expect(await desk.send(captured)).toMatchObject({ kind: "refused", code: "conflict" });
  });

  test("one who is refused again and again fills neither the audit nor the channel", async () => {
    for (let i = 0; i < 40; i += 1) await desk.send(await desk.press("Resolve", 1, mallory));
    expect(await desk.audit()).toHaveLength(30);
  });

  test("an answer is left with Slack alone", async () => {
    const responseUrl = "https://hooks.slack.com.evil.example/x";
    const payload = pressPayload(await desk.messageOf(1), "Resolve", { person: mallory, trigger: "w", responseUrl });
    await desk.send(desk.signed(payload));
    expect(desk.sent).toEqual([]);
  });
});
