import type { Moment } from "../../core/moments.ts";
import type { Picture } from "../../core/picture.ts";
import type { Severity } from "../../core/severity.ts";
import { whoIs } from "./who.ts";
import type { AppConfig } from "./kind.ts";

/** More would be read by nobody, and be the message's only content. */
const MENTIONED = 10;

/**
 * Who is called by these moments, as Slack's markup; only what opens or escalates calls anybody. All of it comes out
 * of the config, where it was checked: no word of an alert does.
 */
export function mentionsOf(config: AppConfig, { incident }: Picture, moments: readonly Moment[]): string {
  const severities = moments
    .filter(({ kind }) => kind === "opened" || kind === "escalated")
    .map((each) => each.severity);
  const names = severities.flatMap((severity) => calledFor(config, incident.policy, severity));
  const ids = names.flatMap((name) => whoIs(name, config.on_call ?? {}) ?? []);
  return [...new Set(ids)].slice(0, MENTIONED).map(markupOf).join(" ");
}

function calledFor({ mention }: AppConfig, policy: string, severity: Severity): readonly string[] {
  const { policy: byPolicy = {}, severity: bySeverity = {} } = mention ?? {};
  if (Object.hasOwn(byPolicy, policy)) return byPolicy[policy] ?? [];
  return bySeverity[severity] ?? [];
}

function markupOf(id: string): string {
  if (id === "here" || id === "channel") return `<!${id}>`;
  return id.startsWith("S") ? `<!subteam^${id}>` : `<@${id}>`;
}
