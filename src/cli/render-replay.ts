import type { DestinationReport, ReplayReport } from "../app/replay/report.ts";
import { visible } from "../core/visible.ts";
import { table, type Paint } from "./terminal.ts";
import { bytes, counted, duration, grouped, instant } from "./words.ts";

const DAYS_SHOWN = 31;
const RULES_SHOWN = 15;
const TITLE_CHARACTERS = 90;

export function renderReplay(report: ReplayReport, paint: Paint): string {
  const part = (title: string, text: string): string => (text === "" ? "" : `\n${paint("bold", title)}\n${text}`);
  return [
    ...summary(report).map((line) => `${line}\n`),
    part("By day (UTC)", days(report, paint)),
    part("Who would have been told", destinations(report, paint)),
    part("By policy", policies(report, paint)),
    part("Rules with the most alerts that a policy takes", rules(report, paint)),
    part("Lines that could not be read, the first of them", unreadable(report, paint)),
  ].join("");
}

function summary(report: ReplayReport): string[] {
  const { lines, incidents, files, firstAt, lastAt, tookMs, waiting, notDrawn, fleet } = report;
  const size = bytes(files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  const span = firstAt === null || lastAt === null ? "" : `, from ${instant(firstAt)} to ${instant(lastAt)}`;
  const perSecond = grouped(Math.round((lines.read / Math.max(1, tookMs)) * 1_000));
  const one = (count: number, text: string): string[] => (count === 0 ? [] : [`  ${text}`]);
  return [
    `${counted(lines.read, "line")} in ${counted(files.length, "file")} (${size})${span}: read in ${duration(tookMs)}, ${perSecond} a second`,
    `  ${grouped(lines.ignored)} matched no policy, ${grouped(lines.matched)} matched one`,
    ...one(lines.unreadable, `${counted(lines.unreadable, "line")} could not be read`),
    ...one(lines.duplicate, `${grouped(lines.duplicate)} of those that matched were there twice, and count once`),
    ...one(lines.passedOver, `${counted(lines.passedOver, "line")} before --from or after --to passed over`),
    ...one(
      lines.late,
      `${grouped(lines.late)} stand behind alerts that happened more than an hour later: order the files by time, or take the days below as rough`,
    ),
    `${counted(incidents.opened, "incident")} opened, ${grouped(incidents.reopened)} reopened, ${grouped(incidents.escalated)} escalated; ${grouped(incidents.unresolved)} not over at the end`,
    ...one(
      incidents.massEvents,
      `${grouped(incidents.collapsed)} of them told together, in ${counted(incidents.massEvents, "mass event")}`,
    ),
    ...one(incidents.digests, `${grouped(incidents.digested)} told in ${counted(incidents.digests, "digest")}`),
    ...one(
      incidents.repeated + incidents.unanswered,
      `since nobody acknowledges anything in a replay: told once more ${times(incidents.repeated)}, and told to others ${times(incidents.unanswered)}`,
    ),
    ...one(incidents.neverSeen, `${grouped(incidents.neverSeen)} more held back, and seen by nobody`),
    ...(fleet === undefined ? [] : [`  ${visible(fleetWords(fleet))}`]),
    ...one(waiting, `${counted(waiting, "message")} still waiting for a turn an hour after the end`),
    ...one(notDrawn, `${counted(notDrawn, "message")} could not be made: a bug in a connector, please report it`),
  ];
}

function fleetWords({ agents, lookedAt, trouble }: NonNullable<ReplayReport["fleet"]>): string {
  if (trouble !== null) return `groups and systems of agents are not known here: ${trouble}`;
  if (lookedAt === null)
    return "groups and systems of agents are not known here: no server has asked the Wazuh API yet; policies that go by them took nothing";
  return `groups and systems of ${counted(agents, "agent")} as of ${instant(lookedAt)}: what they were when the alerts came nobody has kept`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${grouped(count)} times`;
}

function days({ days: all, destinations: named }: ReplayReport, paint: Paint): string {
  if (all.length === 0) return "";
  const rows = all.map(({ day, alerts, matched, incidents, calls }) => ({
    day,
    counts: [alerts, matched, incidents, ...named.map(({ name }) => calls[name] ?? 0)],
  }));
  const average = (rows[0]?.counts ?? []).map((_, column) =>
    Math.round(rows.reduce((sum, { counts }) => sum + (counts[column] ?? 0), 0) / rows.length),
  );
  const shown = [...rows.slice(-DAYS_SHOWN), ...(rows.length > 1 ? [{ day: "average", counts: average }] : [])];
  const heads = ["DAY", "ALERTS", "MATCHED", "INCIDENTS", ...named.map(({ name }) => visible(name))];
  const cells = shown.map(({ day, counts }) => [day, ...counts.map(grouped)]);
  const earlier = rows.length - Math.min(rows.length, DAYS_SHOWN);
  const note = earlier === 0 ? "" : paint("dim", `${counted(earlier, "earlier day")}: --json\n`);
  return `${table(heads, cells, paint)}${note}`;
}

function destinations({ destinations: all }: ReplayReport, paint: Paint): string {
  const rows = all.map((one) => [
    one.name,
    one.type,
    what(one),
    one.busiestDay === null ? "-" : `${one.busiestDay.day}: ${grouped(one.busiestDay.calls)}`,
    one.longestWaitMs === 0 ? "-" : duration(one.longestWaitMs),
  ]);
  return rows.length === 0
    ? "nobody: the config has no destinations\n"
    : table(["DESTINATION", "TYPE", "WHAT", "BUSIEST DAY", "LONGEST WAIT"], rows, paint);
}

/** A connector's word for a call, as a reader says it. */
const WORDS: Readonly<Record<string, string>> = {
  post: "message",
  create: "ticket",
  comment: "comment",
  edit: "edit",
};

function what({ actions }: DestinationReport): string {
  const parts = Object.entries(actions).map(([action, count]) => counted(count, WORDS[action] ?? `call (${action})`));
  return parts.join(", ") || "nothing";
}

function policies({ policies: all }: ReplayReport, paint: Paint): string {
  const rows = all.map(({ name, alerts, incidents }) => [name, grouped(alerts), grouped(incidents)]);
  return table(["POLICY", "ALERTS", "INCIDENTS"], rows, paint);
}

function rules({ rules: all }: ReplayReport, paint: Paint): string {
  const rows = all
    .slice(0, RULES_SHOWN)
    .map(({ id, level, title, alerts, incidents }) => [
      id,
      String(level),
      grouped(alerts),
      grouped(incidents),
      title.length <= TITLE_CHARACTERS ? title : `${title.slice(0, TITLE_CHARACTERS - 1)}…`,
    ]);
  return rows.length === 0 ? "" : table(["RULE", "LEVEL", "ALERTS", "INCIDENTS", "DESCRIPTION"], rows, paint);
}

const WHY = { not_json: "not JSON", not_an_alert: "JSON, but no alert", too_long: "longer than 4 MiB" } as const;

function unreadable({ unreadable: all }: ReplayReport, paint: Paint): string {
  const rows = all.map(({ file, line, why, text }) => [`${file}:${line}`, WHY[why], text]);
  return rows.length === 0 ? "" : table(["LINE", "REASON", "TEXT"], rows, paint);
}
