// What comes over Socket Mode, from a stand-in of Slack's end to the audit.
import { afterEach, beforeEach, expect, test } from "vitest";
import { secretsOf } from "../../../test/conformance/secrets.ts";
import { serveVendor, type ServedVendor } from "../../../test/fakes/serve.ts";
import { pressPayload, slashFields } from "../../../test/fakes/slack-app/person.ts";
import { FakeSlackApp } from "../../../test/fakes/slack-app/slack-app.ts";
import { FakeSocketMode, usualAppToken } from "../../../test/fakes/slack-app/socket-mode.ts";
import { aKeptAlert, aStretch } from "../../../test/fixtures/kept-alerts.ts";
import { placeAt, SlackHookRig } from "../../../test/fixtures/slack-hook-rig.ts";
import { MINUTE_MS } from "../../core/time.ts";
import { STRAIGHT_OUT } from "../../ports/way-out-settings.ts";
import { SlackDesk, type DeskParts } from "./desk.ts";
import { SlackSockets } from "./sockets.ts";

const SOON = { timeout: 10_000, interval: 5 };
let desk: SlackHookRig;
let slack: FakeSocketMode;
let served: ServedVendor;
let sockets: SlackSockets;
beforeEach(async () => {
  desk = await SlackHookRig.open();
  slack = await FakeSocketMode.open();
  served = await serveVendor(new FakeSlackApp({ socketMode: slack }));
});
afterEach(async () => {
  await sockets.stop();
  await served.close();
  await slack.close();
  await desk.rig.close();
});

/** A life of Riposte: nothing is remembered of those before. */
async function connect(door: DeskParts["door"] = desk.rig.parts.door): Promise<void> {
  const { clock, parts } = desk.rig;
  const place = placeAt("chat", { app_token: { env: "A" }, api: `${served.url}/api` });
  sockets = new SlackSockets({
    clock,
    http: desk.http,
    log: parts.log,
    desk: new SlackDesk({ clock, door, reader: parts.reader, log: parts.log }),
    secrets: secretsOf({ A: usualAppToken }),
    places: () => [place],
    wayOut: () => STRAIGHT_OUT,
    wayOutTroubled: () => {},
  });
  const before = slack.connections;
  sockets.follow();
  await expect.poll(() => slack.connections, SOON).toBe(before + 1);
}

const acknowledged = () => slack.acknowledged.map(({ envelope }) => envelope);

test("nothing is acknowledged before it is committed, however long that takes; the person hears of it later", async () => {
  const late = Promise.withResolvers<void>();
  let asked = 0;
  await connect({
    submit: async (input) => {
      asked += 1;
      await late.promise;
      return desk.rig.parts.door.submit(input);
    },
  });
  slack.deliver("e1", "interactive", pressPayload(await desk.messageOf(1), "Acknowledge", { trigger: "1" }));
  slack.deliver("e2", "slash_commands", slashFields("ack 2", { trigger: "2" }));
  slack.deliver("e3", "slash_commands", slashFields("help", { trigger: "3" }));
  await expect.poll(() => asked, SOON).toBe(2);
  await desk.rig.clock.advance(2_500);
  await expect.poll(acknowledged, SOON).toEqual(["e3"]);

  late.resolve();
  await expect.poll(acknowledged, SOON).toEqual(expect.arrayContaining(["e1", "e2"]));
  expect([await desk.stateOf(1), await desk.stateOf(2)]).toEqual(["acknowledged", "acknowledged"]);
  await expect.poll(() => desk.told, SOON).toEqual(["#2 is acknowledged by Ana."]);
});

test("a command that Slack delivers again after a restart does nothing to what opened since", async () => {
  const fields = slashFields("resolve 1", { trigger: "1" });
  await connect();
  slack.deliver("e1", "slash_commands", fields);
  await expect.poll(acknowledged, SOON).toEqual(["e1"]);
  await sockets.stop();
  await desk.rig.clock.advance(MINUTE_MS);
  await desk.rig.parts.door.submit(aStretch([aKeptAlert(9, { match: { groupKey: '["5712","001"]' } })]));

  await connect();
  slack.deliver("e1", "slash_commands", fields);
  await expect.poll(acknowledged, SOON).toEqual(["e1", "e1"]);
  expect(await desk.stateOf(1)).toBe("open");
  expect((await desk.audit())[0]).toBe("Ana turned_away resolve #1: incident #1 was opened again since");

  // Who says it later means what is open now.
  await desk.rig.clock.advance(6 * MINUTE_MS);
  slack.deliver("e2", "slash_commands", slashFields("resolve 1", { trigger: "2" }));
  await expect.poll(() => desk.stateOf(1), SOON).toBe("resolved");
});
