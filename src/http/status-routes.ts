import { z } from "zod";
import type { Seal } from "../core/audit-seal.ts";
import type { AuditRow, RetentionRow } from "../core/change.ts";
import type { Snapshot } from "../core/snapshot.ts";
import { AuditAnswer } from "./audit-answer.ts";
import type { ApiParts } from "./parts.ts";
import { Id, Limit } from "./query.ts";
import { reportResponses, RESPONSES_SHOWN } from "./responses.ts";
import { route } from "./route.ts";
import { reportSecrets } from "./secret-report.ts";
import { reportSources, type SourceReport } from "./source-report.ts";
import { SourceAnswer, StatusAnswer } from "./status-answer.ts";
import { buildStatus, type AuditReport, type KeptReport, type Status } from "./status.ts";

export interface SourceList {
  readonly sources: readonly SourceReport[];
}

export interface AuditPage {
  /** Newest first. */
  readonly audit: readonly AuditRow[];
  readonly next: number | null;
}

const SourceListAnswer: z.ZodType<SourceList> = z.strictObject({ sources: z.array(SourceAnswer) });
const AuditPageAnswer: z.ZodType<AuditPage> = z.strictObject({
  audit: z.array(AuditAnswer),
  next: z.int().nullable().meta({ description: "For `before`, where there are older ones." }),
});
const AuditQuery = z.strictObject({ limit: Limit.default(50), before: Id.optional() });

const status = route({
  method: "GET",
  path: "/v1/status",
  needs: "read",
  summary: "Did the message go out, is this the only ticket, did the block take effect, will it be lifted",
  answer: StatusAnswer,
  handle: (_, parts) => readStatus(parts),
});

const sources = route({
  method: "GET",
  path: "/v1/sources",
  needs: "read",
  summary: "How far each source was read, and what became of every line",
  answer: SourceListAnswer,
  handle: async (_, parts) => ({ sources: reportSources(await parts.reader.sources(), parts.sources()) }),
});

const audit = route({
  method: "GET",
  path: "/v1/audit",
  needs: "read",
  summary: "What people did and what was decided of responses, newest first",
  query: AuditQuery,
  answer: AuditPageAnswer,
  async handle({ query: { limit, before } }, { reader }) {
    const found = await reader.audit({ limit: limit + 1, ...(before !== undefined && { before }) });
    const page = found.slice(0, limit);
    return { audit: page, next: found.length > limit ? (page.at(-1)?.id ?? null) : null };
  },
});

export const statusRoutes = [status, sources, audit];

async function readStatus(parts: ApiParts): Promise<Status> {
  const { version, startedAt, clock, reader } = parts;
  const { hash, destinations } = parts.snapshot();
  return buildStatus({
    version,
    startedAt,
    now: clock.now(),
    config: hash,
    configFile: parts.config(),
    destinations: Object.values(destinations),
    lanes: await reader.lanes(),
    work: await reader.workTallies(),
    receipts: await reader.receiptTallies(),
    responses: reportResponses(
      await reader.actionCounts(),
      await reader.actionsIn("overdue", RESPONSES_SHOWN),
      await reader.actionsIn("received", RESPONSES_SHOWN),
      await reader.responding.counts(),
    ),
    incidents: await reader.incidentCounts(),
    sources: reportSources(await reader.sources(), parts.sources()),
    kept: keptOf(await reader.retention(), parts.snapshot()),
    audit: sealedOf(await reader.auditing.lastSeal()),
    ...(parts.secrets !== undefined && { secrets: reportSecrets(parts.secrets()) }),
  });
}

function sealedOf(seal: Seal | null): AuditReport | null {
  return seal === null ? null : { segment: seal.segment, sealedAt: seal.sealedAt, hash: seal.hash };
}

function keptOf(row: RetentionRow | null, { keep }: Snapshot): KeptReport | null {
  if (row === null) return null;
  const { keptFrom, keepMs, incidents, alerts } = row;
  const isCutShort = keep !== undefined && keepMs < keep.ms;
  return { from: keptFrom, isCutShort, incidentsGone: incidents, alertsGone: alerts };
}
