import { z } from "zod";
import { ActionAnswer, Count, IncidentCounts, InstantMs, ReasonWord, SourceRowAnswer } from "./answers.ts";
import { SecretAnswer } from "./secret-report.ts";
import type { LiveSource, SourceReport } from "./source-report.ts";
import type { ConfigReport, DestinationReport, LaneReport, Status, TicketReport, Waiting } from "./status.ts";
import { ResponseStateWord } from "./response-answer.ts";
import type { ResponseReport } from "./responses.ts";

const SenderAnswer: z.ZodType<NonNullable<LiveSource["sender"]>> = z.strictObject({
  heardAt: InstantMs.nullable(),
  lastBatch: z.strictObject({ at: InstantMs, read: Count, kept: Count }).nullable(),
  beats: z.boolean().meta({ description: "It says how far it has read, alerts or no alerts." }),
  refused: z.strictObject({ since: InstantMs, says: z.string() }).nullable(),
});

const LiveAnswer: z.ZodType<LiveSource> = z.strictObject({
  state: z.enum(["starting", "reading", "at_end", "missing", "unreadable", "stopped"]),
  trouble: z.string().nullable(),
  behindBytes: z.number().nullable(),
  sender: SenderAnswer.exactOptional(),
  waitsFor: z.string().exactOptional().meta({ description: "What one that is starting waits for, as it should." }),
});

export const SourceAnswer: z.ZodType<SourceReport> = z
  .strictObject({
    name: z.string(),
    row: SourceRowAnswer.nullable(),
    addsUp: z.boolean().meta({ description: "Whether read = ignored + malformed + duplicate + kept." }),
    live: LiveAnswer.nullable(),
  })
  .meta({ id: "Source" });

const WaitingAnswer: z.ZodType<Waiting> = z
  .strictObject({
    count: Count,
    oldestAt: InstantMs.nullable(),
    why: z.array(z.strictObject({ reason: ReasonWord.nullable(), count: Count, evidence: z.string().nullable() })),
  })
  .meta({ id: "Waiting" });

const LaneAnswer: z.ZodType<LaneReport> = z.strictObject({
  state: z.enum(["open", "held", "careful"]),
  until: InstantMs.nullable(),
  failures: Count,
  reason: ReasonWord.nullable(),
  evidence: z.string().nullable(),
});

const DestinationAnswer: z.ZodType<DestinationReport> = z
  .strictObject({
    name: z.string(),
    type: z.string().nullable(),
    edits: z.boolean(),
    finds: z.boolean(),
    lastDoneAt: InstantMs.nullable(),
    incidentsShown: Count,
    repeats: Count,
    waiting: WaitingAnswer,
    unknown: WaitingAnswer,
    listed: WaitingAnswer,
    hushed: WaitingAnswer,
    shadow: WaitingAnswer,
    isShadow: z.boolean(),
    yieldsTo: z
      .string()
      .exactOptional()
      .meta({ description: "Who posts to its address, so that it is shadow; absent: integratord does, if it is." }),
    dead: WaitingAnswer,
    lane: LaneAnswer,
  })
  .meta({ id: "Destination" });

const TicketsAnswer: z.ZodType<TicketReport> = z.strictObject({
  destination: z.string(),
  type: z.string(),
  verdict: z.enum(["one_each", "received", "possible_repeats", "unknown"]),
  canBeAsked: z.boolean(),
  incidentsWithReceipt: Count,
  incidentsWithRepeats: Count,
  unknown: Count,
});

const ResponsesAnswer: z.ZodType<ResponseReport> = z.strictObject({
  counts: z.strictObject({ received: Count, failed: Count, overdue: Count, lifted: Count, renewed: Count }),
  inForce: z.array(ActionAnswer),
  own: z.partialRecord(ResponseStateWord, Count) as z.ZodType<ResponseReport["own"]>,
});

const ConfigAnswer: z.ZodType<ConfigReport> = z.strictObject({
  path: z.string(),
  appliedAt: InstantMs,
  refused: z.array(z.string()),
  waitsForRestart: z.array(z.string()),
  playbooks: z.array(z.string()).exactOptional(),
  ossec: z.array(z.string()).exactOptional(),
});

export const StatusAnswer: z.ZodType<Status> = z
  .strictObject({
    version: z.string(),
    at: InstantMs,
    startedAt: InstantMs.nullable(),
    config: z.string().meta({ description: "Hash of the config in force." }),
    configFile: ConfigAnswer.nullable(),
    sent: z.strictObject({
      verdict: z.enum(["everything", "not_yet", "unknown", "given_up"]),
      destinations: z.array(DestinationAnswer),
    }),
    tickets: z.array(TicketsAnswer),
    responses: ResponsesAnswer,
    incidents: IncidentCounts,
    sources: z.array(SourceAnswer),
    kept: z
      .strictObject({ from: z.int(), isCutShort: z.boolean(), incidentsGone: z.int(), alertsGone: z.int() })
      .nullable()
      .meta({ description: "How far back the ledger goes, and what went; null: it goes back to its beginning." }),
    audit: z
      .strictObject({ segment: z.int(), sealedAt: InstantMs, hash: z.string() })
      .nullable()
      .meta({ description: "The last seal of the audit, to be kept elsewhere; null: nothing was sealed yet." }),
    secrets: z.array(SecretAnswer).exactOptional(),
  })
  .meta({ id: "Status" });
