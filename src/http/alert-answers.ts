// What of the ledger is answered, for the description of the API.
import { z } from "zod";
import type { Action } from "../core/action.ts";
import type { AlertRow, Disposition, Ending } from "../core/change.ts";
import type { PolicyExplanation } from "../core/explain-match.ts";
import type { Incident } from "../core/incident.ts";
import type { Receipt } from "../core/receipt.ts";
import type { Response } from "../core/response.ts";
import type { Instant } from "../core/time.ts";
import type { Work } from "../core/work.ts";
import { ActionAnswer, Count, IncidentAnswer, InstantMs, ReceiptAnswer, WorkAnswer, words } from "./answers.ts";
import { ResponseAnswer } from "./response-answer.ts";

export interface AlertPage {
  /** Newest first, by event time. */
  readonly alerts: readonly AlertRow[];
  readonly more: boolean;
  /** How many rows were looked at, and whether these were all: a ledger of millions is not read through. */
  readonly lookedAt: number;
  readonly isWhole: boolean;
  /** Whatever came since then is still there, also what is over; null: nothing was ever taken away. */
  readonly keptFrom: Instant | null;
}

/** More than one where nodes, or samples, have given the same id twice. */
export interface AlertDetail {
  readonly alerts: readonly AlertStory[];
  readonly keptFrom: Instant | null;
}

/** What became of one alert, as far as rows tell it. */
export interface AlertStory {
  readonly alert: AlertRow;
  /** As it was read; null: it is not among the lines that are kept. A long one is cut, and says so. */
  readonly line: string | null;
  /** What the config in force makes of the line; null: there is none, or nobody here can say. */
  readonly judged: { readonly policies: readonly PolicyExplanation[]; readonly configChanged: boolean } | null;
  readonly windows: readonly StoryWindow[];
  readonly incidents: readonly StoryIncident[];
  /** Incidents that it belonged to and that were taken away since. */
  readonly gone: readonly number[];
}

/** A window in which it counted, and what that filled. */
export interface StoryWindow {
  readonly policy: string;
  readonly n: number;
  /** Null: it has filled nothing. */
  readonly incident: number | null;
  /** It filled, with alerts that are newer: this one belongs to no incident. */
  readonly cameBefore: boolean;
}

export interface StoryIncident {
  readonly incident: Incident;
  /** By destination. */
  readonly told: readonly StoryTold[];
  /** What Wazuh's own responses did about it, and what Riposte did. */
  readonly actions: readonly Action[];
  readonly responses: readonly Response[];
}

/** What one destination has heard of the incident, or why nothing. */
export interface StoryTold {
  readonly destination: string;
  readonly receipt: Receipt | null;
  /** It has the message and has not said yet what became of it. */
  readonly isAwaited: boolean;
  readonly work: Work | null;
  /** It is told in another incident there: with what the destination has of that one. */
  readonly within: {
    readonly kind: "digest" | "mass_event";
    readonly incident: number;
    readonly receipt: Receipt | null;
    readonly work: Work | null;
  } | null;
}

export const DispositionWord = words<Disposition>({
  opened: true,
  joined: true,
  reopened: true,
  cleared: true,
  nothing_to_clear: true,
  ledger_only: true,
  action_noted: true,
  action_alone: true,
  explained_by_action: true,
  in_window: true,
  sequence_not_met: true,
  value_learned: true,
  value_known: true,
  expected: true,
  window_key_missing: true,
  window_too_late: true,
  window_refused: true,
  login_noted: true,
});

const EndingAnswer: z.ZodType<Ending> = z.strictObject({ policy: z.string(), disposition: DispositionWord });

const RowAnswer: z.ZodType<AlertRow> = z
  .strictObject({
    identity: z.strictObject({
      origin: z.string().meta({ description: "`cluster/node`, or the manager's name." }),
      nativeId: z.string().meta({ description: "Wazuh's `id`." }),
      stamp: z.string().meta({ description: "The timestamp as written." }),
      ruleId: z.string(),
    }),
    source: z.string(),
    at: InstantMs,
    level: z.int(),
    agentId: z.string().nullable(),
    disposition: DispositionWord,
    incidents: z.array(z.int()),
    windows: z.array(z.strictObject({ policy: z.string(), n: z.int() })).exactOptional(),
    endings: z
      .array(EndingAnswer)
      .exactOptional()
      .meta({ description: "How it ended with policies of which no incident and no window tells." }),
  })
  .meta({ id: "Alert" });

const FindingAnswer = z.strictObject({
  path: z.string(),
  wanted: z.string(),
  found: z.string().nullable(),
  passed: z.boolean(),
});

const ExplanationAnswer: z.ZodType<PolicyExplanation> = z
  .strictObject({
    policy: z.string(),
    outcome: z.enum(["matches", "clears", "no_match", "not_asked"]),
    groupKey: z.string().nullable(),
    comesBefore: z.literal(true).exactOptional(),
    because: z.array(FindingAnswer),
  })
  .meta({ id: "PolicyExplanation" });

const ToldAnswer: z.ZodType<StoryTold> = z.strictObject({
  destination: z.string(),
  receipt: ReceiptAnswer.nullable(),
  isAwaited: z.boolean(),
  work: WorkAnswer.nullable(),
  within: z
    .strictObject({
      kind: z.enum(["digest", "mass_event"]),
      incident: z.int(),
      receipt: ReceiptAnswer.nullable(),
      work: WorkAnswer.nullable(),
    })
    .nullable(),
});

const StoryAnswer: z.ZodType<AlertStory> = z
  .strictObject({
    alert: RowAnswer,
    line: z.string().nullable(),
    judged: z.strictObject({ policies: z.array(ExplanationAnswer), configChanged: z.boolean() }).nullable(),
    windows: z.array(
      z.strictObject({ policy: z.string(), n: z.int(), incident: z.int().nullable(), cameBefore: z.boolean() }),
    ),
    incidents: z.array(
      z.strictObject({
        incident: IncidentAnswer,
        told: z.array(ToldAnswer),
        actions: z.array(ActionAnswer),
        responses: z.array(ResponseAnswer),
      }),
    ),
    gone: z.array(z.int()),
  })
  .meta({ id: "AlertStory", description: "What became of one alert, as far as rows tell it." });

const KeptFrom = InstantMs.nullable().meta({ description: "Whatever came since then is still there." });

export const AlertPageAnswer: z.ZodType<AlertPage> = z.strictObject({
  alerts: z.array(RowAnswer),
  more: z.boolean(),
  lookedAt: Count,
  isWhole: z
    .boolean()
    .meta({ description: "False: not all rows were looked at among which others may be that belong here." }),
  keptFrom: KeptFrom,
});

export const AlertDetailAnswer: z.ZodType<AlertDetail> = z.strictObject({
  alerts: z.array(StoryAnswer),
  keptFrom: KeptFrom,
});
