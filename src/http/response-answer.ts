import { z } from "zod";
import {
  RESPONSE_ACTIONS,
  type RespondTerms,
  type Response,
  type ResponseAction,
  type ResponseState,
  type Stop,
} from "../core/response.ts";
import { InstantMs, words } from "./answers.ts";

export const ResponseStateWord = words<ResponseState>({
  planned: true,
  advised: true,
  refused: true,
  held: true,
  allowed: true,
  sending: true,
  sent: true,
  received: true,
  received_unprovable: true,
  verified: true,
  failed: true,
  unknown: true,
  lifting: true,
  lifted: true,
  dead: true,
});

const TermsAnswer: z.ZodType<RespondTerms> = z.strictObject({
  do: z.enum(RESPONSE_ACTIONS as [ResponseAction, ...ResponseAction[]]),
  by: z.enum(["wazuh", "companion"]),
  target: z.string().nullable(),
  liftAfterMs: z.array(z.number()).nullable(),
  onlyIf: z.enum(["account_taken", "always"]).nullable(),
  command: z.string().nullable(),
});

export const StopAnswer: z.ZodType<Stop> = z.strictObject({
  at: InstantMs,
  who: z.string(),
  why: z.string().nullable(),
});

export const ResponseAnswer: z.ZodType<Response> = z
  .strictObject({
    id: z.int().min(1),
    token: z.string().meta({ description: "Goes to the agent and comes back from it." }),
    incident: z.int().min(1),
    policy: z.string(),
    terms: TermsAnswer,
    mode: z.enum(["observe", "approve", "enforce"]),
    state: ResponseStateWord,
    agent: z.strictObject({
      id: z.string(),
      name: z.string().nullable(),
      registeredAt: InstantMs.nullable(),
      platform: z.enum(["linux", "windows", "macos", "other"]).nullable(),
    }),
    target: z.strictObject({ kind: z.enum(["user", "address", "agent"]), name: z.string() }),
    from: z.string().nullable(),
    labels: z.record(z.string(), z.string()),
    plannedAt: InstantMs,
    at: InstantMs,
    requestedBy: z.string().nullable(),
    because: z.string().nullable().meta({ description: "What speaks for it." }),
    refusal: words<NonNullable<Response["refusal"]>>({
      not_listed: true,
      stopped: true,
      no_target: true,
      unfit_target: true,
      protected_user: true,
      protected_agent: true,
      protected_network: true,
      shared_address: true,
      no_evidence: true,
      in_force: true,
      limit: true,
      quiet_hours: true,
      unknown_fleet: true,
      unresolvable: true,
      unsupported: true,
      drifted: true,
      expired: true,
      refused_by_person: true,
      too_late: true,
      restored: true,
    }).nullable(),
    says: z.string().nullable(),
    digest: z.string().nullable().meta({ description: "Of exactly what is to be done: an approval names it." }),
    approvals: z.array(z.strictObject({ who: z.string(), at: InstantMs })),
    expiresAt: InstantMs.nullable(),
    liftAfterMs: z.number().nullable(),
    countedAt: InstantMs.nullable(),
    order: z
      .strictObject({
        n: z.int(),
        verb: z.enum(["add", "check", "undo"]),
        beganAt: InstantMs,
        endedAt: InstantMs.nullable(),
      })
      .nullable(),
    tries: z.int(),
    sentAt: InstantMs.nullable(),
    endsAt: InstantMs.nullable(),
    endedAt: InstantMs.nullable(),
    seenAt: InstantMs.nullable(),
    isLateTold: z.boolean(),
    dueAt: InstantMs.nullable(),
  })
  .meta({ id: "Response" });
