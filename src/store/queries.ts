import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import type { AlertRow, AuditRow, BodyRow, QuarantineRow, SourceRow } from "../core/change.ts";
import type { Incident, IncidentState } from "../core/incident.ts";
import type { Lane } from "../core/lane.ts";
import type { Moment } from "../core/moments.ts";
import type { Attempt, Receipt } from "../core/receipt.ts";
import type { Severity } from "../core/severity.ts";
import type { Work, WorkState } from "../core/work.ts";
