import { z } from "zod";
import { RESPONSE_ACTIONS, type RespondTerms, type ResponseAction } from "../core/response.ts";
import { CATALOGUE } from "../core/response-catalogue.ts";
import { DAY_MS, SECOND_MS } from "../core/time.ts";
import { fieldTrouble } from "./alert-fields.ts";
import { durationField } from "./duration.ts";
import { isMap, type Path, type Problem } from "./problem.ts";

const EXAMPLE = "{ do: disable-account, user: data.dstuser, lift_after: 1h, only_if: account_taken }";
const RULE = `expected what to do. Example: ${EXAMPLE}`;
const ONLY_IF_RULE =
  "expected account_taken (only where the account is seen to be the attacker's) or always (whoever was attacked is locked out)";
const COMMAND_RULE = "expected the name of a command in ar.conf without its time. Example: isolate";
const MOST = 5;

const lift = durationField({ leastMs: 10 * SECOND_MS, example: "1h" }).refine((ms) => ms <= 30 * DAY_MS, {
  error: "too long: at most 30d",
});

/** One answer of a policy. Which keys go with which `do` is told by `respondProblems`. */
const One = z.strictObject({
  do: z.enum(RESPONSE_ACTIONS as [ResponseAction, ...ResponseAction[]]),
  by: z.enum(["wazuh", "companion"]).default("wazuh"),
  user: z.string().optional(),
  address: z.string().optional(),
  lift_after: z
    .union([lift, z.array(lift).min(1).max(MOST)], {
      error: ({ input }) =>
        Array.isArray(input) || typeof input === "string"
          ? undefined
          : "expected a duration, or a list of such. Example: 1h",
    })
    .optional(),
  only_if: z.enum(["account_taken", "always"], { error: ONLY_IF_RULE }).optional(),
  command: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/, { error: COMMAND_RULE })
    .optional(),
});
type One = z.infer<typeof One>;

export const Respond = z.union([One, z.array(One).min(1).max(MOST)], {
  error: ({ input }) => (isMap(input) || Array.isArray(input) ? undefined : RULE),
});

export type RespondShape = z.infer<typeof Respond>;

/** What goes with what: told with all other mistakes, whatever else is wrong. */
export function respondProblems(policy: Readonly<Record<string, unknown>>, path: Path): readonly Problem[] {
  const { respond } = policy;
  if (respond === undefined) return [];
  const list: readonly (readonly [unknown, Path])[] = Array.isArray(respond)
    ? respond.map((one: unknown, i) => [one, [...path, "respond", i]] as const)
    : [[respond, [...path, "respond"]]];
  const beside = (key: string, says: string): readonly Problem[] =>
    policy[key] === undefined || policy[key] === false
      ? []
      : [{ path: [...path, key], at: "key", says: `${says}. Leave out one of the two` }];
  return [
    ...list.flatMap(([one, at]) => oneProblems(one, at)),
    ...repeated(list),
    ...beside("expect_action", "with respond it is Riposte that answers, and knows what it did"),
    ...beside("hold", "with respond the incident is answered at once, and hold waits whether it is one"),
    ...beside("one_per_alert", "with one_per_alert each alert would be answered by itself, however many there are"),
  ];
}

function oneProblems(one: unknown, path: Path): readonly Problem[] {
  if (!isMap(one) || typeof one["do"] !== "string" || !Object.hasOwn(CATALOGUE, one["do"])) return [];
  const action = one["do"] as ResponseAction;
  const { target, by, liftAfterMs } = CATALOGUE[action];
  const problems: Problem[] = [];
  const wrong = (key: string, says: string, at: "key" | "value" = "key"): void => {
    problems.push({ path: [...path, key], at, says });
  };
  for (const [key, kind] of [
    ["user", "user"],
    ["address", "address"],
  ] as const) {
    const field = one[key];
    if (field === undefined) continue;
    if (target !== kind)
      wrong(
        key,
        `not for ${action}, which is done to ${target === "agent" ? "the agent" : `a${target === "address" ? "n address" : " user"}`}`,
      );
    else if (typeof field === "string") {
      const trouble = fieldTrouble(field);
      if (trouble !== null) wrong(key, trouble, "value");
    }
  }
  if (typeof one["by"] === "string" && !(by as readonly string[]).includes(one["by"])) {
    wrong("by", `${action} is done by ${by.join(" or ")} only`, "value");
  }
  if (one["only_if"] !== undefined && action !== "disable-account")
    wrong("only_if", `not for ${action}: only an account can be taken`);
  if (one["lift_after"] !== undefined && action === "restart-agent")
    wrong("lift_after", "a restart has nothing to lift");
  const isByCompanion = one["by"] === "companion";
  const needsCommand = (action === "isolate-host" && !isByCompanion) || action === "run-command";
  if (needsCommand && one["command"] === undefined) {
    problems.push({
      path: [...path, "command"],
      at: "value",
      says:
        action === "isolate-host"
          ? "is missing: by Wazuh it runs a command of your own (example: isolate); by: companion has its own"
          : `is missing: ${action} runs a command of your own. Example: isolate`,
    });
  }
  if (!needsCommand && one["command"] !== undefined)
    wrong(
      "command",
      isByCompanion && action === "isolate-host"
        ? "not with by: companion, which has its own. Leave out one of the two"
        : `not for ${action}, which has its own. Use run-command`,
    );
  if (liftAfterMs === null && action === "run-command" && Array.isArray(one["lift_after"]))
    wrong("lift_after", "one time only for run-command", "value");
  return problems;
}

/** Two of one action would stand in each other's way. */
function repeated(list: readonly (readonly [unknown, Path])[]): readonly Problem[] {
  const seen = new Set<string>();
  return list.flatMap(([one, path]): readonly Problem[] => {
    if (!isMap(one)) return [];
    const key = JSON.stringify([one["do"], one["command"]]);
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [{ path: [...path, "do"], at: "value", says: "stands in the list twice. Leave out one of the two" }];
  });
}

export function respondTermsOf({
  do: action,
  by,
  user,
  address,
  lift_after: lifted,
  only_if: onlyIf,
  command,
}: One): RespondTerms {
  const { field, liftAfterMs } = CATALOGUE[action];
  return {
    do: action,
    by,
    target: user ?? address ?? field,
    liftAfterMs: lifted === undefined ? liftAfterMs : Array.isArray(lifted) ? lifted : [lifted],
    onlyIf: action === "disable-account" ? (onlyIf ?? "account_taken") : null,
    command: command ?? null,
  };
}
