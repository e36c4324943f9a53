import type { Mutant } from "./mutant.ts";

/** Bugs between a decision and the agents: what is looked at before, how a call's end is read, what is believed after. */
export const ORDERING: readonly Mutant[] = [
  {
    name: "an order names no agent, which means all of them",
    invariants: [4],
    file: "src/wazuh/api/client.ts",
    find: `new URLSearchParams({ agents_list: ids.join(",") });
    const called`,
    replace: `new URLSearchParams();
    const called`,
  },
  {
    name: "whatever is answered with 200 was passed on",
    invariants: [4],
    file: "src/wazuh/api/order-outcome.ts",
    find: "if (list.items.includes(id))",
    replace: "if (list.items.length >= 0)",
  },
  {
    name: "a manager that has trouble of its own has passed on nothing",
    invariants: [4],
    file: "src/wazuh/api/order-outcome.ts",
    find: `answer.status === 408) return { kind: "unknown"`,
    replace: `answer.status === 408) return { kind: "later"`,
  },
  {
    name: "a call that broke off has passed on nothing",
    invariants: [4],
    file: "src/wazuh/api/order-outcome.ts",
    find: `called.answer.written ? "unknown" : "later"`,
    replace: `called.answer.written ? "later" : "later"`,
  },
  {
    name: "an order amid which Riposte ended is made once more",
    invariants: [4],
    file: "src/core/respond.ts",
    find: `    return notHeardOf(
      view,
      { ...response, order: { ...order, endedAt: now } },`,
    replace: `    put(view, { ...response, state: "allowed", order: { ...order, endedAt: now }, dueAt: now }, context);
    if (now > 0) return null;
    return notHeardOf(
      view,
      { ...response, order: { ...order, endedAt: now } },`,
  },
  {
    name: "an account that no inventory knows is one like others",
    invariants: [4],
    file: "src/wazuh/responder.ts",
    find: `return { kind: "absent" };`,
    replace: `return { kind: "known", user: { uid: "1001", groups: ["users"] } };`,
  },
  {
    name: "what an account is a member of is not told",
    invariants: [4],
    file: "src/wazuh/responder.ts",
    find: `return { kind: "known", user: { uid, groups } };`,
    replace: `return { kind: "known", user: { uid, groups: groups.slice(9) } };`,
  },
  {
    name: "the addresses of managers and agents are anybody's",
    invariants: [4],
    file: "src/wazuh/responder.ts",
    find: "ownAddresses: [...ownAddresses(), ...nodeAddresses, ...(ip === null ? [] : [ip])],",
    replace: "ownAddresses: ownAddresses(),",
  },
  {
    name: "two that wait for one agent are each other's reason to go there",
    invariants: [4],
    file: "src/core/response-limit.ts",
    find: "other.agent.id === response.agent.id && !isBeforeSending(other)",
    replace: "other.agent.id === response.agent.id",
  },
  {
    name: "limits are not asked just before sending",
    invariants: [4],
    file: "src/core/guardrail.ts",
    find: `    case "beyond":
      return no("limit", answer.says);`,
    replace: `    case "beyond":
      return facts === null ? no("limit", answer.says) : null;`,
  },
  {
    name: "what was not done so far is taken for what never will be",
    invariants: [4],
    file: "src/core/observe-response.ts",
    find: `if (verb !== "undo") return neverDoneSoFar(response, now);`,
    replace: "",
  },
  {
    name: "a companion that never heard of it has lifted it",
    invariants: [4],
    file: "src/core/observe-response.ts",
    find: "if (response.seenAt === null) {",
    replace: `if (response.seenAt !== null) return { response: { ...seen, state: "lifted", endedAt: now, dueAt: null }, says: null };
        if (response.seenAt === null) {`,
    // Its machine must be another's amid a call: no two hundred seeds are sure to meet that.
    tests: "src/core/respond-end.test.ts",
  },
  {
    name: "what somebody took back by hand may still be on its way",
    invariants: [4],
    file: "src/core/approval.ts",
    find: `(state === "sent" || state === "unknown") && context.now`,
    replace: `(state === "sent" || state === "unknown") && context.now < 0 && context.now`,
  },
  {
    name: "Wazuh's own scripts are told no end",
    invariants: [4],
    file: "src/core/response-order.ts",
    find: `const seconds = terms.by === "companion" || liftAfterMs === null ? 0 :`,
    replace: `const seconds = terms.by !== null || liftAfterMs === null ? 0 :`,
  },
  {
    name: "an end that the agent does not answer to is ordered once",
    invariants: [4],
    file: "src/core/settle-order.ts",
    find: `response.state === "lifting" ? MINUTE_MS : WORD_WITHIN_MS`,
    replace: `response.state === "lifting" ? 999 * WORD_WITHIN_MS : WORD_WITHIN_MS`,
  },
  {
    name: "the mode of the config in force is not asked",
    invariants: [4],
    file: "src/core/decide-response.ts",
    find: `const now = stricter(mode, rails?.modes[terms.do] ?? "observe");`,
    replace: `const now = rails === undefined ? stricter(mode, "observe") : mode;`,
  },
  {
    name: "quiet hours are hours like others",
    invariants: [4],
    file: "src/core/guardrail.ts",
    find: `return quiet?.does === "refuse" ? no("quiet_hours", quiet.says) : null;`,
    replace: `return quiet?.does === "refuse" && quiet.says === "" ? no("quiet_hours", quiet.says) : null;`,
  },
  {
    name: "nobody is asked in quiet hours",
    invariants: [4],
    file: "src/core/decide-response.ts",
    find: "=== true || quiet !== null;",
    replace: "=== true;",
  },
  {
    name: "two eyes are four",
    invariants: [4],
    file: "src/core/asked-approval.ts",
    find: "includes(terms.do) === true ? 2 : 1",
    replace: "includes(terms.do) === true ? 1 : 1",
  },
];
