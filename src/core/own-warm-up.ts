import type { IncidentState } from "./incident.ts";
import type { Problem } from "./own-problem.ts";
import { grouped } from "./plain-text.ts";
import { DAY_MS, HOUR_MS, type Instant } from "./time.ts";

/** What there is to say of a young install. */
export interface WarmUpFacts {
  readonly installedAt: Instant;
  readonly warmUpMs: number;
  /** Alerts that a policy wanted. */
  readonly kept: number;
  readonly incidents: Readonly<Record<IncidentState, number>>;
  /** Incidents told, over all destinations. */
  readonly told: number;
  /** Tickets that wait for the end of the warm-up. */
  readonly heldBack: number;
}

/** A summary stands for so long as news, and is over then. */
const STANDS_MS = HOUR_MS;

const SUMMARIES = [
  { at: HOUR_MS, title: "Riposte after its first hour" },
  { at: DAY_MS, title: "Riposte after its first day" },
] as const;

/** What a new install has made of the alerts, after an hour and after a day; nothing where there is no warm-up. */
export function warmUpSummary(facts: WarmUpFacts | null, now: Instant): readonly Problem[] {
  if (facts === null || facts.warmUpMs === 0) return [];
  const { installedAt, warmUpMs, kept, incidents, told, heldBack } = facts;
  const ageMs = now - installedAt;
  const summary = SUMMARIES.find(({ at }) => ageMs >= at && ageMs < at + STANDS_MS);
  if (summary === undefined) return [];
  const { open, acknowledged, pending, resolved } = incidents;
  const made = open + acknowledged + pending + resolved;
  const left = Math.ceil((warmUpMs - ageMs) / HOUR_MS);
  const tickets =
    left > 0
      ? `${grouped(heldBack)} tickets are held back; what is still true is told in some ${left} h, when the warm-up is over.`
      : "The warm-up is over, and tickets are made as the policies say.";
  const says = `${grouped(kept)} alerts were kept and made ${grouped(made)} incidents, of which ${grouped(open + acknowledged)} are open. ${grouped(told)} were told, counted at each destination. ${tickets} Is that too much? \`riposte replay\` shows what another config would make of the same alerts.`;
  return [{ kind: "warm_up", about: summary.title, destination: null, level: 7, title: summary.title, says }];
}
