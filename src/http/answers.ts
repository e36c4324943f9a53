// What the things in answers look like, for the description of the API. The core's own types say the same, and the
// compiler holds the two together; nothing is parsed by these when it is answered.
import { z } from "zod";
import type { Action } from "../core/action.ts";
import type { QuarantineRow, SourceRow } from "../core/change.ts";
import type { Incident, IncidentState } from "../core/incident.ts";
import type { Mass } from "../core/mass-event.ts";
import type { Moment, MomentKind } from "../core/moments.ts";
import type { Reason } from "../core/outcome.ts";
import type { Attempt, Receipt } from "../core/receipt.ts";
import type { Severity } from "../core/severity.ts";
import type { Work, WorkState } from "../core/work.ts";
import { HandlingAnswer } from "./handling-answer.ts";

/** Every word of a closed list: one that is forgotten here does not compile. */
export function words<Word extends string>(list: Readonly<Record<Word, true>>): z.ZodType<Word> {
  return z.enum(Object.keys(list) as Word[]);
}

export const InstantMs = z.number().meta({ description: "Milliseconds since 1970 (UTC)." });
export const Count = z.int().min(0);
const SeverityWord = words<Severity>({ low: true, medium: true, high: true, critical: true });
const StateWord = words<IncidentState>({ pending: true, open: true, acknowledged: true, resolved: true });
export const IncidentCounts = z.strictObject({ pending: Count, open: Count, acknowledged: Count, resolved: Count });

export const ReasonWord = words<Reason>({
  connection_refused: true,
  name_not_resolved: true,
  tls_failed: true,
  proxy_failed: true,
  connect_timeout: true,
  connection_reset: true,
  timeout: true,
  rate_limited: true,
  server_error: true,
  unreadable_answer: true,
  bad_request: true,
  unauthorized: true,
  destination_gone: true,
  gone_there: true,
  too_large: true,
  secret_unreadable: true,
  engine_died: true,
  not_found_yet: true,
  gave_up: true,
  destination_removed: true,
  dropped_by_person: true,
  over_budget: true,
  collapsed: true,
  digested: true,
  script_unusable: true,
  script_failed: true,
  shadow: true,
  silenced: true,
  inhibited: true,
  muted: true,
  quiet_hours: true,
  below_severity: true,
  warm_up: true,
  flapping: true,
  connector_bug: true,
}).meta({ id: "Reason" });

export const IncidentAnswer: z.ZodType<Incident> = z
  .strictObject({
    id: z.int().min(1),
    policy: z.string(),
    groupKey: z.string().meta({ description: "The values that its alerts share, as a JSON list." }),
    state: StateWord,
    severity: SeverityWord,
    title: z.string(),
    ruleId: z.string(),
    agentId: z.string().nullable(),
    agentName: z.string().nullable(),
    snapshot: z.string().meta({ description: "Hash of the config under which it was grouped." }),
    source: z.string(),
    count: Count.meta({ description: "Alerts that joined since it was first seen; of a mass event its incidents." }),
    firstAt: InstantMs,
    lastAt: InstantMs,
    openedAt: InstantMs.nullable(),
    resolvedAt: InstantMs.nullable(),
    resolvedBy: z.enum(["clear", "quiet", "person"]).nullable(),
    acknowledgedBy: z.string().nullable(),
    revision: Count,
    momentCount: Count,
    dueAt: InstantMs.nullable(),
    collapsedInto: z.int().min(1).exactOptional().meta({ description: "The mass event that it is told in." }),
    flaps: z
      .strictObject({ recent: z.array(InstantMs), told: z.int().nullable() })
      .exactOptional()
      .meta({ description: "It has come back: when, lately, and the moment that says that it flaps, if it does." }),
    handling: HandlingAnswer.exactOptional(),
  })
  .meta({ id: "Incident" });

export const MassAnswer: z.ZodType<Mass> = z
  .strictObject({
    incident: z.int().min(1),
    members: Count,
    unresolved: Count.meta({ description: "Of them those that people can see and that are not over." }),
    surgedAt: InstantMs.meta({ description: "When one joined last because too many opened at once." }),
  })
  .meta({ id: "MassEvent" });

export const MomentAnswer: z.ZodType<Moment> = z
  .strictObject({
    incident: z.int(),
    n: z.int().min(1),
    kind: words<MomentKind>({
      opened: true,
      escalated: true,
      reopened: true,
      repeated: true,
      unanswered: true,
      acknowledged: true,
      note: true,
      action: true,
      resolved: true,
    }),
    at: InstantMs,
    severity: SeverityWord,
    count: Count,
    by: z.string().nullable(),
    text: z.string().nullable(),
  })
  .meta({ id: "Moment" });

export const ActionAnswer: z.ZodType<Action> = z
  .strictObject({
    agentId: z.string(),
    program: z.string(),
    target: z.string(),
    beganAt: InstantMs,
    agentName: z.string().nullable(),
    targetKind: z.enum(["user", "address", "agent"]),
    state: z.enum(["awaited", "explained", "received", "failed", "overdue", "lifted", "renewed", "ours"]),
    incident: z.int().nullable(),
    causeRule: z.string().nullable(),
    source: z.string(),
    lastAt: InstantMs,
    times: Count,
    expectedEndAt: InstantMs.nullable(),
    endedAt: InstantMs.nullable(),
    dueAt: InstantMs.nullable(),
    told: z.boolean(),
    explained: z.array(z.string()),
  })
  .meta({ id: "Action" });

export const ReceiptAnswer: z.ZodType<Receipt> = z
  .strictObject({
    incident: z.int(),
    destination: z.string(),
    remote: z.strictObject({ anchor: z.string().nullable(), url: z.string().nullable() }),
    twins: z.array(z.string()),
    steps: Count,
    momentsTold: Count,
    headDigest: z.string().nullable(),
    repeats: Count,
    firstDoneAt: InstantMs,
    lastDoneAt: InstantMs,
  })
  .meta({ id: "Receipt" });

export const WorkStateWord = words<WorkState>({
  ready: true,
  sending: true,
  unknown: true,
  watched: true,
  listed: true,
  shadow: true,
  hushed: true,
  dead: true,
});

export const WorkAnswer: z.ZodType<Work> = z
  .strictObject({
    incident: z.int(),
    destination: z.string(),
    state: WorkStateWord,
    wanted: Count,
    priority: z.int(),
    dueAt: InstantMs,
    sinceAt: InstantMs,
    firstTriedAt: InstantMs.nullable(),
    tries: Count,
    looks: Count,
    reason: ReasonWord.nullable(),
    evidence: z.string().nullable(),
    attempt: z.int().nullable(),
    lostSince: InstantMs.nullable(),
    lost: Count,
    mayLandUntil: InstantMs.nullable(),
    sweeps: z.array(
      z.strictObject({
        step: z.int(),
        action: z.string(),
        attempt: z.int(),
        momentsTold: Count,
        since: InstantMs,
        arrivedAt: InstantMs,
        until: InstantMs,
        at: InstantMs,
      }),
    ),
  })
  .meta({ id: "Work" });

export const AttemptAnswer: z.ZodType<Attempt> = z
  .strictObject({
    id: z.int(),
    incident: z.int(),
    destination: z.string(),
    step: z.int(),
    action: z.string(),
    safeToRepeat: z.boolean(),
    repeat: z.boolean(),
    plan: z.strictObject({
      momentsTold: Count,
      headDigest: z.string().nullable(),
      twins: z.array(z.string()).exactOptional(),
    }),
    revision: Count,
    completes: z.boolean(),
    beganAt: InstantMs,
    endedAt: InstantMs.nullable(),
    outcome: z.enum(["done", "later", "never", "unknown", "found"]).nullable(),
    reason: z.string().nullable(),
    evidence: z.string().nullable(),
  })
  .meta({ id: "Attempt" });

export const SourceRowAnswer: z.ZodType<SourceRow> = z
  .strictObject({
    name: z.string(),
    cursor: z.string().nullable(),
    read: Count,
    ignored: Count,
    malformed: Count,
    duplicate: Count,
    kept: Count,
    collision: Count,
    watermarkAt: InstantMs.nullable(),
    seenAt: InstantMs.nullable(),
  })
  .meta({ id: "SourceRow" });

export const QuarantineWhy = words<QuarantineRow["why"]>({
  not_json: true,
  not_an_alert: true,
  too_long: true,
  not_read: true,
});
