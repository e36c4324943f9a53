import { expect, test } from "vitest";
import type { SlackMessage } from "../../../test/fakes/slack-app/channel.ts";
import { labelsOf, pressPayload } from "../../../test/fakes/slack-app/person.ts";
import { parseJsonObject } from "../../../test/fakes/json.ts";
import { refusePayload } from "../../../test/fakes/slack-payload.ts";
import { bruteForce, withMoments } from "../../../test/fixtures/pictures.ts";
import type { Picture } from "../../core/picture.ts";
import { readInteraction } from "./inbound-request.ts";
import { slack } from "./slack.ts";

const config = { token: { env: "T" }, channel: "#soc", signing_secret: { env: "S" }, people: ["U0123456789"] };

function messageOf(picture: Picture, more: object = config): SlackMessage {
  const destination = slack.destination("soc", slack.schema.parse({ ...more }));
  const step = destination.next(picture, null, { mark: "rp-test-12-soc-1", repeat: false });
  const payload = parseJsonObject(step!.body)!;
  expect(refusePayload(payload)).toBeNull();
  return {
    channel: "C000000000",
    ts: "1787216414.101684",
    threadTs: null,
    isBroadcast: false,
    by: "app",
    postedAt: 0,
    payload,
    metadata: null,
    former: [],
    deletedAt: null,
  };
}

test("the message has the buttons that would change something, and none where nobody may press", () => {
  expect(labelsOf(messageOf(bruteForce()))).toEqual(["Acknowledge", "Resolve", "Take it", "False positive"]);
  const acknowledged = withMoments(bruteForce(), "acknowledged");
  expect(labelsOf(messageOf(acknowledged))).toEqual(["Resolve", "Take it", "False positive"]);
  expect(labelsOf(messageOf(bruteForce({ handling: { assignee: "Ana" } })))).toEqual([
    "Acknowledge",
    "Resolve",
    "False positive",
  ]);
  expect(labelsOf(messageOf(withMoments(acknowledged, "resolved")))).toEqual([]);
  expect(labelsOf(messageOf(bruteForce(), { token: { env: "T" }, channel: "#soc" }))).toEqual([]);
});

test("a press comes back as what the button was made for: this incident, since this opening", () => {
  const picture = bruteForce();
  const payload = pressPayload(messageOf(picture), "Resolve", { trigger: "1.2.3" });
  expect(readInteraction(payload)).toMatchObject({
    person: { id: "U0123456789", name: "ana", isGuest: false },
    press: { kind: "resolve", mark: { incident: 12, destination: "soc" }, openedAt: picture.incident.openedAt },
  });
});

test("who is of another workspace is a guest, whether Slack names the channel's workspace or the person's", () => {
  const guest = { id: "U0123456789", name: "ana", team: "T99999999" };
  const payload = pressPayload(messageOf(bruteForce()), "Resolve", { person: guest, trigger: "1.2.3" });
  expect(readInteraction(payload)).toMatchObject({ person: { isGuest: true } });
  const message = { ...(payload.message as object), team: "T00000001" };
  expect(readInteraction({ ...payload, team: { id: guest.team }, message })).toMatchObject({
    person: { isGuest: true },
  });
  const own = { ...payload, user: { ...(payload.user as object), team_id: "T00000001" }, message };
  expect(readInteraction(own)).toMatchObject({ person: { isGuest: false } });
});

test("an edit leaves the buttons with the mark of the step that posted the message", () => {
  const destination = slack.destination("soc", slack.schema.parse(config));
  const plan = destination.next(bruteForce(), null, { mark: "rp-test-12-soc-1", repeat: false })!.plan;
  const receipt = {
    incident: 12,
    destination: "soc",
    remote: { anchor: "C0123456789/1787216414.101684/1", url: null },
    twins: [],
    steps: 1,
    repeats: 0,
    firstDoneAt: 1,
    lastDoneAt: 1,
    ...plan,
  };
  const words = { mark: "rp-test-12-soc-2", repeat: false };
  // The mark alone is no reason for an edit.
  expect(destination.next(bruteForce(), receipt, words)).toBeNull();
  const edit = destination.next(withMoments(bruteForce(), "acknowledged"), receipt, words);
  expect(edit?.action).toBe("edit");
  expect(edit?.body).toContain('"value":"rp-test-12-soc-1@');
});

test.each([
  ["no payload", {}],
  ["another kind", { type: "view_submission" }],
  ["nobody", { type: "block_actions", trigger_id: "1", actions: [{}] }],
  ["no trigger", { type: "block_actions", user: { id: "U0123456789" }, actions: [{}] }],
  ["no action", { type: "block_actions", user: { id: "U0123456789" }, trigger_id: "1", actions: [] }],
])("%s is nothing that anybody did", (_, payload) => {
  expect(readInteraction(payload)).toBeNull();
});

test.each(["", "x", "rp-test-12-soc-1", "rp-test-12-soc-1@", "rp-test-0-soc-1@5", "rp-test-12-soc-1@5 or so"])(
  "a button that says %j is none of ours",
  (value) => {
    const actions = [{ action_id: "rp_resolve", value }];
    const payload = { type: "block_actions", user: { id: "U0123456789" }, trigger_id: "1", actions };
    expect(readInteraction(payload)?.press).toBeNull();
  },
);
