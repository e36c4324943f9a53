import { afterEach, expect, test } from "vitest";
import { ana } from "../../../test/fakes/slack-app/person.ts";
import { railsOf, ResponseRig, SOON } from "../../../test/fixtures/response-rig.ts";
import { placeAt, SlackHookRig } from "../../../test/fixtures/slack-hook-rig.ts";
import { SECOND_MS } from "../../core/time.ts";
import { SlackDesk, type Reply } from "./desk.ts";

const rigs: SlackHookRig[] = [];
afterEach(async () => {
  for (const { rig } of rigs.splice(0)) await rig.close();
});

test("approvals that don't hold are in the audit up to the limit of one person, and one that holds is never held up", async () => {
  const hook = await SlackHookRig.open();
  rigs.push(hook);
  const responses = new ResponseRig({ rails: railsOf({ mode: "approve", approvers: { slack: { [ana.id]: "ana" } } }) });
  responses.alert(1);
  responses.pass(SOON);
  const { clock, parts } = hook.rig;
  const door = { submit: async (input: Parameters<ResponseRig["decide"]>[0]) => responses.decide(input) };
  const desk = new SlackDesk({ clock, door, reader: parts.reader, log: parts.log });
  const places = [{ ...placeAt("chat"), approvers: { [ana.id]: "ana" } }];
  let presses = 0;
  const approve = (digest: string): Promise<Reply> => {
    const mark = { install: "abcdefgh", incident: 1, destination: "chat", step: 1 };
    const decision = { kind: "approve", mark, response: 1, digest } as const;
    const id = `press ${(presses += 1)}`;
    return desk.take(
      { kind: "press", press: null, decision, person: { ...ana, isGuest: false }, id, responseUrl: null },
      { places, sentAt: null },
    );
  };
  const refused = (): number => responses.rows.audit.filter(({ what }) => what === "approval_refused").length;

  const replies = await Promise.all(Array.from({ length: 200 }, () => approve("0123456789abcdef")));
  const atOnce = refused();
  await clock.advance(10 * SECOND_MS);
  await approve("0123456789abcdef");
  await approve("0123456789abcdef");

  expect([atOnce, refused()]).toEqual([30, 31]);
  for (const reply of replies) expect(JSON.stringify(reply)).toContain("R1 is not what was shown any more");
  expect(await approve(responses.response(1).digest ?? "")).toBeNull();
  expect(responses.states).toEqual(["allowed"]);
});
