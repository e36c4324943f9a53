import type { IncidentState } from "../core/incident.ts";
import type { Severity } from "../core/severity.ts";

export interface IncidentFilter {
  readonly state?: IncidentState | "unresolved" | "all" | undefined;
  readonly policy?: string | undefined;
  readonly policyPrefix?: string | undefined;
  readonly severity?: Severity | undefined;
  /** Told in this mass event. */
  readonly toldIn?: number | undefined;
  /** Told in this digest. */
  readonly inDigest?: number | undefined;
  /** Opened by one of these rules. */
  readonly ruleIds?: readonly string[] | undefined;
  /** Only those with a smaller id. */
  readonly before?: number | undefined;
  readonly limit: number;
}
