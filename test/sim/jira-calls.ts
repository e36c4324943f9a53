import type { HttpRequest } from "../../src/ports/http.ts";
import { MINUTE_MS, HOUR_MS } from "../../src/core/time.ts";
import type { FakeJira } from "../fakes/jira/jira.ts";
import type { Vendor } from "../fakes/vendor.ts";
import { between, type Chance } from "./chance.ts";
import type { KindOfCall } from "./sim-net.ts";

/** What Jira calls the limits that it keeps; null: it names none. */
export const JIRA_LIMITS = [
  "jira-burst-based",
  "jira-per-issue-on-write",
  "jira-quota-global-based",
  "jira-quota-tenant-based",
  null,
] as const;

export function kindOfJiraCall({ method, url }: HttpRequest): KindOfCall {
  const { pathname } = new URL(url);
  if (method === "GET" || /\/(?:bulkfetch|search|search\/jql)$/.test(pathname)) return "asks";
  return /\/(?:issue|comment)$/.test(pathname) ? "adds" : "changes";
}

const LAGGING = 0.5;

/** The search comes to know of some issues only after hours. */
export function withLag(jira: FakeJira, chance: Chance): Vendor {
  return {
    handle(request, nowMs) {
      const known = jira.issues.length;
      const answer = jira.handle(request, nowMs);
      for (const { id } of jira.issues.slice(known)) {
        if (chance() < LAGGING) jira.lagIndex(id, between(chance, MINUTE_MS, 12 * HOUR_MS));
      }
      return answer;
    },
  };
}
