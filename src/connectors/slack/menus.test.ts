// The menus of a message, and what it says of what was chosen in them.
import { describe, expect, test } from "vitest";
import { refusePayload } from "../../../test/fakes/slack-payload.ts";
import { parseJsonObject } from "../../../test/fakes/json.ts";
import { choicesOf, labelsOf, pressPayload } from "../../../test/fakes/slack-app/person.ts";
import type { SlackMessage } from "../../../test/fakes/slack-app/channel.ts";
import { shownMessage } from "../../../test/fakes/slack-text.ts";
import { bruteForce, firstAt, withMoments } from "../../../test/fixtures/pictures.ts";
import { guided, playbookFrom } from "../../../test/fixtures/playbooks.ts";
import type { Handling, Tick } from "../../core/handling.ts";
import { printOf } from "../../core/handling.ts";
import type { Picture } from "../../core/picture.ts";
import { HOUR_MS } from "../../core/time.ts";
import { readInteraction } from "./inbound-request.ts";
import { slack } from "./slack.ts";

// As long as a destination's name may be.
const SOC = "s".repeat(40);
const destination = slack.destination(
  SOC,
  slack.schema.parse({ token: { env: "T" }, channel: "#soc", signing_secret: { env: "S" }, people: ["U0123456789"] }),
);
const playbook = playbookFrom(`---
title: Guessing
---

1. Ask {{ data.dstuser }}.
2. Lock the account, and do not forget all the others that they may have got to by now.
`);
const prints = playbook.kind === "playbook" ? playbook.steps.map(printOf) : [];

function messageOf(picture: Picture): SlackMessage {
  const step = destination.next(picture, null, { mark: `rp-testtest-12-${SOC}-1`, repeat: false });
  const payload = parseJsonObject(step!.body)!;
  expect(refusePayload(payload)).toBeNull();
  const where = { channel: "C000000000", ts: "1787216414.101684", threadTs: null, isBroadcast: false } as const;
  return { ...where, by: "app", postedAt: 0, payload, metadata: null, former: [], deletedAt: null };
}

/** As it is sent. */
function saidIn({ payload }: SlackMessage): string {
  return shownMessage(payload)
    .flatMap((shown) => ("text" in shown ? [shown.text] : []))
    .join("\n");
}

function pressIn(message: SlackMessage, label: string): object | null | undefined {
  return readInteraction(pressPayload(message, label, { trigger: "1.2.3" }))?.press;
}

function handled(handling: Handling): Picture {
  return guided(bruteForce({ handling }), playbook);
}

const tick = (step: number, of: Partial<Tick> = {}): Tick => {
  return { step, print: prints[step - 1]!, isDone: true, changes: 1, by: "Ana", at: firstAt, ...of };
};

describe("silence", () => {
  test("is a menu of four times, and a press comes back with the time and what was known then", () => {
    const message = messageOf(bruteForce({ handling: { silenceChanges: 3 } }));
    expect(choicesOf(message)).toEqual([
      "Silence for 1 hour",
      "Silence for 4 hours",
      "Silence for 24 hours",
      "Silence until resolved",
    ]);
    expect(pressIn(message, "Silence for 4 hours")).toMatchObject({
      kind: "silence",
      span: "4h",
      seen: 3,
      mark: { incident: 12, destination: SOC },
    });
  });

  test("is shown with until when and by whom, and can be lifted", () => {
    const message = messageOf({ ...bruteForce(), silenced: { id: 41, who: "<!here> Ana", until: firstAt + HOUR_MS } });
    expect(saidIn(message)).toContain("*Silenced* until <!date^1787220014^");
    expect(saidIn(message)).toContain("by &lt;!here&gt; Ana: news of it is not told before then");
    expect(pressIn(message, "Lift the silence")).toMatchObject({ kind: "lift_silence", seen: 0 });
    const endless = messageOf({ ...bruteForce(), silenced: { id: 41, who: "Ana", until: null } });
    expect(saidIn(endless)).toContain("*Silenced* until it is resolved by Ana");
  });

  test("is offered for what people have heard of and what is not over", () => {
    expect(choicesOf(messageOf(withMoments(bruteForce(), "resolved")))).toEqual([]);
    expect(choicesOf(messageOf(bruteForce({ state: "pending" })))).toEqual([]);
  });
});

describe("the playbook", () => {
  test("has each step to tick off, and what is ticked off to take back; the message says how far it is and who was last", () => {
    const none = messageOf(handled({}));
    expect(choicesOf(none).slice(4)).toEqual([
      "Tick off 1. Ask deploy.",
      expect.stringMatching(/^Tick off 2\. Lock the a/),
    ]);
    expect(pressIn(none, "Tick off 1. Ask deploy.")).toMatchObject({
      kind: "tick",
      step: 1,
      isDone: true,
      print: prints[0],
      seen: 0,
    });
    expect(saidIn(none)).not.toContain("*Playbook*");

    const done = messageOf(handled({ ticks: [tick(1, { changes: 3 })] }));
    expect(saidIn(done)).toContain("✓ 1. Ask deploy.\n2. Lock");
    expect(saidIn(done)).toMatch(/\*Playbook\* 1 of 2 done, step 1 by Ana · <!date\^/);
    expect(pressIn(done, "Take back 1. Ask deploy.")).toMatchObject({ kind: "tick", step: 1, isDone: false, seen: 3 });
  });

  test("a step that says something else since is not ticked off", () => {
    const message = messageOf(handled({ ticks: [tick(1, { print: "00000000" }), tick(2, { isDone: false })] }));
    expect(saidIn(message)).not.toContain("✓");
    expect(choicesOf(message).filter((label) => label.startsWith("Take back"))).toEqual([]);
  });

  test("the menu has another name after each change, so that Slack does not show what was chosen last", () => {
    const names = [{}, { ticks: [tick(1)] }, { ticks: [tick(1, { isDone: false, changes: 2 })] }].map((handling) =>
      /"action_id":"(rp_tick:[^"]+)"/.exec(JSON.stringify(messageOf(handled(handling)).payload))?.at(1),
    );
    expect(new Set(names).size).toBe(3);
  });

  test.each([
    "",
    "1",
    "0:done:00000000:0",
    "1:drop:00000000:0",
    "1:done:xyz:0",
    "1:done:00000000:0:9",
    "100:done:00000000:0",
  ])("a choice that says %j is none of ours", (value) => {
    const message = messageOf(handled({}));
    const payload = pressPayload(message, "Tick off 1. Ask deploy.", { trigger: "1" });
    const [action] = payload.actions as object[];
    const forged = { ...payload, actions: [{ ...action, selected_option: { value } }] };
    expect(readInteraction(forged)).toMatchObject({ press: null });
  });
});

test("who has it is said, and a press that takes it comes back with what was known then", () => {
  const message = messageOf(bruteForce({ handling: { assigneeChanges: 2 } }));
  expect(labelsOf(message)).toContain("Take it");
  expect(pressIn(message, "Take it")).toMatchObject({ kind: "take", seen: 2 });
  const taken = messageOf(bruteForce({ handling: { assignee: "Ana *<@U1>*", assigneeChanges: 3 } }));
  expect(saidIn(taken)).toContain("Incident #12 · open · Ana");
  expect(saidIn(taken)).toContain("has it · policy");
  expect(saidIn(taken)).not.toContain("<@U1>");
});
