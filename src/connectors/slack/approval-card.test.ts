import { describe, expect, test } from "vitest";
import { labelsOf, pressPayload } from "../../../test/fakes/slack-app/person.ts";
import { refusePayload } from "../../../test/fakes/slack-payload.ts";
import { bruteForce } from "../../../test/fixtures/pictures.ts";
import { railsOf, ResponseRig, SOON } from "../../../test/fixtures/response-rig.ts";
import { slackRigs } from "../../../test/fixtures/slack-rig.ts";
import { askedApprovals, type AskedApproval } from "../../core/asked-approval.ts";
import type { Picture } from "../../core/picture.ts";
import type { Response } from "../../core/response.ts";
import { approvalCard } from "./approval-card.ts";
import { exactly } from "./exactly.ts";
import { readInteraction } from "./inbound-request.ts";

const config = { signing_secret: { env: "S" }, people: ["U0123456789"] };
const rails = railsOf({ mode: "approve", approvers: { slack: { U0123456789: "ana" }, people: ["ben"] } });

function waiting(of: Partial<Response> = {}): AskedApproval {
  const rig = new ResponseRig({ rails });
  rig.alert(1);
  rig.pass(SOON);
  return askedApprovals([{ ...rig.response(1), ...of }], rails)[0]!;
}

const asking = (...asked: readonly AskedApproval[]): Picture => ({ ...bruteForce(), asked });
const decided = (asked: AskedApproval): AskedApproval => ({
  ...asked,
  response: { ...asked.response, state: "allowed", approvals: [{ who: "ana", at: Date.UTC(2026, 10, 24) }] },
});

describe("what waits for approval", () => {
  const start = slackRigs();

  test("is asked in the thread once, and edited when it is decided, its buttons gone", async () => {
    const { fake, drive, messages } = await start({ config });
    const asked = await drive(asking(waiting()));
    expect(asked.actions).toEqual(["post", "ask"]);
    const [card] = fake.repliesTo(messages()[0]!);
    expect(labelsOf(card!)).toEqual(["Approve", "Refuse"]);
    expect(readInteraction(pressPayload(card!, "Approve", { trigger: "1" }))).toMatchObject({
      press: null,
      decision: { kind: "approve", response: 1, digest: waiting().response.digest, mark: { incident: 12 } },
    });

    const after = await drive(asking(decided(waiting())), asked.receipt);
    expect(after.actions).toEqual(["edit", "edit_card"]);
    expect(labelsOf(card!)).toEqual([]);
    expect(fake.textOf(card!)).toContain("*Approved* by ana");
    expect(fake.repliesTo(messages()[0]!)).toHaveLength(1);
    expect((await drive(asking(decided(waiting())), after.receipt)).actions).toEqual([]);
  });

  test("whose answer was lost is found again, and not asked twice", async () => {
    const { fake, destination, drive, step, perform, io, messages } = await start({ config });
    const { receipt } = await drive(bruteForce());
    const edited = { ...receipt, ...step(asking(waiting()), receipt).plan };
    const ask = step(asking(waiting()), edited);
    expect(ask.action).toBe("ask");
    await perform(ask);
    const look = await destination.find({ mark: ask.mark, action: "ask", receipt: edited, since: Date.now() }, io());
    if (look.kind !== "found") throw new Error(look.kind);
    const found = { ...edited, remote: look.remote, steps: edited.steps + 1, headDigest: null };

    const { actions } = await drive(asking(waiting()), found);
    expect(actions).toEqual(["edit", "edit_card"]);
    expect(fake.repliesTo(messages()[0]!)).toHaveLength(1);

    // A copy that landed late is put away, and the one that is known stays.
    await perform(ask);
    const swept = await destination.find({ mark: ask.mark, action: "ask", receipt: found, since: Date.now() }, io());
    expect(swept).toMatchObject({ kind: "found", remote: look.remote, others: [expect.stringMatching(/^C/)] });
  });

  test("and whose call was lost is asked again before anything else, also if it was decided meanwhile", async () => {
    const { drive, step } = await start({ config });
    const { receipt } = await drive(bruteForce());
    expect(step(asking(waiting()), receipt, true).action).toBe("ask");
    expect(step(asking(decided(waiting())), receipt, true).action).toBe("ask");
    expect((await drive(asking(decided(waiting())), receipt)).actions).toEqual([]);
  });

  test("is written once more where a late edit may have changed it", async () => {
    const { drive } = await start({ config });
    const { receipt } = await drive(asking(waiting(), waiting({ id: 2 })));
    const again = await drive(asking(waiting(), waiting({ id: 2 })), { ...receipt, headDigest: null });
    expect(again.actions).toEqual(["edit", "edit_card", "edit_card"]);
    expect(again.receipt.headDigest).toBe(receipt.headDigest);
  });

  test("is asked anew where somebody deleted the question, and not once it is decided", async () => {
    const { fake, drive, messages } = await start({ config });
    const asked = await drive(asking(waiting()));
    fake.deleteByPerson(fake.repliesTo(messages()[0]!)[0]!, Date.now());
    const unsure = { ...asked.receipt, headDigest: null };
    expect((await drive(asking(waiting()), unsure)).actions).toEqual(["edit", "edit_card", "ask"]);
    expect((await drive(asking(decided(waiting())), unsure)).actions).toEqual(["edit", "edit_card"]);
  });

  test("is not asked where nobody may press", async () => {
    const { drive } = await start();
    expect((await drive(asking(waiting()))).actions).toEqual(["post"]);
  });
});

const cardOf = (asked: AskedApproval): string => {
  const card = approvalCard(asked, "rp-test-12-soc-2", true) as Parameters<typeof refusePayload>[0];
  expect(refusePayload({ channel: "C0123456789", ...card })).toBeNull();
  return JSON.stringify(card);
};
const named = (name: string) => waiting({ target: { kind: "user", name } });

test("a name that only looks like another shows its code points", () => {
  expect(cardOf(named("d\u0435ploy"))).toContain("*Target* user `d\\\\u{435}ploy` *(not ASCII: U+0435)*");
  expect(exactly("a\u202eb c`&")).toEqual({
    shown: String.raw`a\u{202e}b\u{20}c\u{60}\u{26}`,
    warns: "not ASCII: U+202E, U+0020, U+0060, U+0026",
  });
  expect(exactly("CORP\\alice@corp.example")).toEqual({ shown: "CORP\\alice@corp.example", warns: null });
});

test.each([
  ["a name that is too long", named("x".repeat(257)), "a name is too long to be shown whole"],
  ["what is left out there", { ...waiting(), isWhole: false }, "a part of it is left out here"],
  ["evidence that is too long", waiting({ because: "x".repeat(1_001) }), "its evidence is too long"],
])("%s has no buttons, and says where all of it is shown", (_, asked, why) => {
  expect(cardOf(asked)).toContain(why);
  expect(cardOf(asked)).toContain("riposte responses approve 1");
  expect(cardOf(asked)).not.toContain("rp_approve");
});

test("the longest names of all fit into it, with their buttons", () => {
  const name = "x".repeat(256);
  const { agent } = waiting().response;
  const asked = waiting({ target: { kind: "user", name }, agent: { ...agent, name }, because: "y".repeat(1_000) });
  expect(cardOf(asked)).toContain(name);
  expect(cardOf(asked)).toContain("rp_approve");
});

test("who refused, or that nobody answered, is said with its time", () => {
  const at = Date.UTC(2026, 10, 24, 9);
  const over = waiting({ state: "refused", endedAt: at, says: "nobody approved it in time" });
  expect(cardOf(over)).toMatch(/R1 is not done.*\*Not done\* nobody approved it in time · <!date\^\d+/);
  expect(cardOf(over)).not.toContain("rp_approve");
});

test.each(["", "rp-test-12-soc-1@R1", "rp-test-12-soc-1@R0.0123456789abcdef", "rp-test-12-soc-1@R1.0123456789ABCDEF"])(
  "a button that says %j decides nothing",
  (value) => {
    const actions = [{ action_id: "rp_approve", value }];
    const payload = { type: "block_actions", user: { id: "U0123456789" }, trigger_id: "1", actions };
    expect(readInteraction(payload)).toMatchObject({ press: null, decision: null });
  },
);
