import type { Explanation, PolicyReport, WindowReport } from "../app/explain.ts";
import type { Standing } from "../app/window-standing.ts";
import type { Config } from "../config/schema.ts";
import type { DigestTerms } from "../core/digest-event.ts";
import type { PolicyExplanation } from "../core/explain-match.ts";
import { visible } from "../core/visible.ts";
import { agentNoteWords } from "./agent-words.ts";
import { configOrFail, findConfig, noConfig } from "./config-file.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { print } from "./print.ts";
import { noAlert, readAlert } from "./read-alert.ts";
import type { Paint } from "./terminal.ts";
import { collapseWords, counted, digestWords, duration, grouped, instant, rhythmWords, windowWords } from "./words.ts";

export async function explain(
  this: CliContext,
  flags: { readonly config?: string; readonly json: boolean },
  file: string,
): Promise<void> {
  const configPath = findConfig(flags.config);
  if (configPath === null) throw noConfig();
  const config = await configOrFail(this, configPath);
  const text = await readAlert(this, file);
  const { digestsIn, explainText } = await import("../app/explain.ts");
  const { readFleet } = await import("../app/fleet-known.ts");
  const explained = explainText(text, config.policies, Date.now(), config.guardrails, await readFleet(config));
  if (explained.kind === "no_alert") throw noAlert(file, explained);
  const { readStandings } = await import("../app/window-standing.ts");
  const standings = await readStandings(explained, config);
  const shown = {
    ...explained,
    ...toldElsewhere(config),
    digests: digestsIn(config),
    ...(standings !== null && { standings }),
  };
  print(this, flags, shown, renderExplanation);
  if (explained.response === null && !explained.policies.some(isTaken))
    throw new CommandError(EXIT.no, "no policy takes this alert");
}

export function toldElsewhere({ destinations }: Pick<Config, "destinations">): Pick<Shown, "shadow" | "yields"> {
  const hidden = destinations.filter((of) => of.shadow === true);
  const yields = hidden.flatMap(({ name, yieldsTo = null }) => (yieldsTo === null ? [] : [[name, yieldsTo] as const]));
  return { shadow: hidden.map(({ name }) => name), yields: Object.fromEntries(yields) };
}

/** Of those who would be told, `shadow` are told by somebody else instead: by whom `yields` says, or else by integratord. */
type Shown = Explanation & {
  readonly shadow: readonly string[];
  readonly yields?: Readonly<Record<string, string>>;
  /** How full the windows are, by policy; a sentence why nobody knows; absent: there is nothing to know. */
  readonly standings?: Readonly<Record<string, Standing>> | string;
  readonly digests: Readonly<Record<string, DigestTerms>>;
};

export function renderExplanation(explained: Shown, paint: Paint): string {
  const { alert, refused, policies } = explained;
  const agent = [alert.agentName, alert.agentId].filter((part) => part !== null).join(" ");
  const lines = [
    `${paint("bold", `rule ${visible(alert.ruleId)}`)} level ${alert.level}: ${visible(alert.title)}`,
    `  id ${visible(alert.id)} of ${visible(alert.origin)}, ${visible(alert.stamp)}${agent === "" ? "" : `, agent ${visible(agent)}`}`,
    refused
      ? "  its first bytes say that no policy wants it: it is counted as ignored and not parsed"
      : "  its first bytes do not rule it out: it is parsed, and the policies are asked in order",
    ...agentLines(explained),
    ...responseLines(explained),
    ...policies.flatMap((policy) => policyLines(policy, explained, paint)),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function agentLines({ agentNote }: Explanation): readonly string[] {
  if (agentNote === undefined) return [];
  const { note, trouble } = agentNote;
  if (trouble !== null) return [`  what is known of its agent can't be read: ${visible(trouble)}`];
  return note === null ? [] : [`  ${visible(agentNoteWords(note))}`];
}

function responseLines({ response, echoMs, unguarded }: Explanation): readonly string[] {
  const blocks = unguarded.map(visible).join(", ");
  if (echoMs !== null) {
    const but = blocks === "" ? "" : `, but not that of ${blocks}, as integratord holds nothing back`;
    return [
      `  an active response may have done it: an incident that it opens is held back ${duration(echoMs)} to see${but}`,
    ];
  }
  if (response === null) return [];
  const joins = response.joins.map(({ policy, groupKey }) => `${visible(policy)} ${visible(groupKey)}`);
  const what = response.order === "add" ? "does" : "is to lift";
  const opens = blocks === "" ? "opens no incident," : `opens one of ${blocks}, as integratord would tell of it,`;
  return [
    `  it is the line of an active response, which ${what}: ${visible(response.name)}`,
    `  it ${opens} and joins ${joins.length === 0 ? "none: no policy takes the alert that caused it" : `the one of ${joins.join(", or of ")}`}`,
  ];
}

/** Whether a policy takes the alert, and the parts of its condition that decided it. */
export function policyVerdict({ policy, outcome, because }: PolicyExplanation, paint: Paint): readonly string[] {
  const name = visible(policy);
  const findings = because.map(({ path, wanted, found, passed }) => {
    const has = found === null ? "it has none" : `it is ${found}`;
    return `    ${passed ? paint("green", "yes") : paint("red", "no ")} ${visible(path)} ${visible(wanted)}: ${has}`;
  });
  switch (outcome) {
    case "not_asked":
      return [paint("dim", `- ${name}: not asked, an earlier policy took it`)];
    case "no_match":
      return [`- ${name}: ${paint("yellow", "does not match")}`, ...findings];
    case "clears":
      return [`- ${name}: ${paint("green", "ends its incident")}`, ...findings];
    case "matches":
      return [`- ${name}: ${paint("green", "matches")}`, ...findings];
  }
}

function policyLines(
  report: PolicyReport,
  { shadow, yields, digests, standings }: Shown,
  paint: Paint,
): readonly string[] {
  const verdict = policyVerdict(report, paint);
  switch (report.outcome) {
    case "not_asked":
    case "no_match":
      return verdict;
    case "clears":
      return [...verdict, `    group: ${groupWords(report)}`];
    case "matches":
      return [
        ...verdict,
        `    group: ${groupWords(report)}`,
        ...(report.window === null ? [] : windowLines(report, report.window, standings)),
        `    severity ${report.severity}: ${tellWords(report, { shadow, ...(yields !== undefined && { yields }) })}`,
        ...(report.tell.length === 0 ? [] : rhythmLines(report, digests)),
        ...(report.respond ?? []).map((says) => `    respond: ${visible(says)}`),
        ...(report.tell.length === 0 || report.collapse === null ? [] : [`    ${collapseWords(report.collapse)}`]),
      ];
  }
}

function windowLines(
  { policy, comesBefore }: PolicyReport,
  { terms, key, values }: WindowReport,
  standings: Shown["standings"],
): readonly string[] {
  const lacking = Object.keys(values).filter((field) => (values[field] ?? "") === "");
  const lines = [`    window: opens an incident with ${visible(windowWords(terms))}`];
  if (key === null) return [...lines, `    it has no ${visible(lacking.join(" and no "))}, so it counts nowhere`];
  const under = Object.entries(values).map(([field, value]) => `${field} ${value}`);
  const part =
    comesBefore === true ? "comes before in the sequence" : terms.kind === "sequence" ? "ends a sequence" : "counts";
  lines.push(`    it ${part}${under.length === 0 ? "" : ` under ${visible(under.join(", "))}`}`);
  if (typeof standings === "string")
    return [...lines, `    how full the window is can't be read: ${visible(standings)}`];
  const standing = standings?.[policy];
  return [...lines, `    ${standing === undefined ? "nothing is counted so far" : standingWords(terms, standing)}`];
}

function standingWords(terms: WindowReport["terms"], { alerts, different, newestAt }: Standing): string {
  if (newestAt === null) return "nothing is counted so far";
  const last = `the newest at ${instant(newestAt)}`;
  switch (terms.kind) {
    case "count":
    case "sequence": {
      const values = terms.distinct.map(
        ({ field, least }) => `${different[field] ?? 0} of ${grouped(least)} different ${field}`,
      );
      return `so far ${[`${grouped(alerts)} of ${counted(terms.count, "alert")}`, ...values].join(", ")}, ${last}`;
    }
    case "absence":
      return `expected again: ${last}`;
    case "first_seen":
      return `seen before: ${last}`;
  }
}

function rhythmLines({ tell, rhythm, severity }: PolicyReport, digests: Shown["digests"]): readonly string[] {
  const together = tell.flatMap((name) => {
    const digest = digests[name];
    const words = digest === undefined ? null : digestWords(digest, severity);
    return words === null ? [] : [`${name}: ${words}`];
  });
  return [...together, ...rhythmWords(rhythm)].map((line) => `    ${visible(line)}`);
}

function groupWords({ group }: PolicyReport): string {
  const fields = Object.entries(group ?? {}).map(([name, value]) => `${name} ${value ?? "(none)"}`);
  return fields.length === 0 ? "one for all" : visible(fields.join(", "));
}

function tellWords({ tell, holdMs }: PolicyReport, { shadow, yields = {} }: Pick<Shown, "shadow" | "yields">): string {
  if (tell.length === 0) return "nobody is told; it is only counted";
  const held = holdMs === null ? "at once" : `after ${duration(holdMs)}, unless an alert clears it before`;
  const names = tell.map((name) => {
    const by = yields[name] === undefined ? "integratord does" : `${yields[name]} posts to the same address`;
    return visible(shadow.includes(name) ? `${name} (shadow: ${by})` : name);
  });
  return `tells ${names.join(", ")} ${held}`;
}

function isTaken({ outcome }: PolicyReport): boolean {
  return outcome === "matches" || outcome === "clears";
}
