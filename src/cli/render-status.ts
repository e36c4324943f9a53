import { visible } from "../core/visible.ts";
import type { DestinationReport, LaneReport, Status, TicketReport, Waiting } from "../http/status.ts";
import { reasonWords, whatToDo } from "./reason-words.ts";
import { effectAnswer, liftAnswer, renderInForce } from "./render-responses.ts";
import { renderSources } from "./render-sources.ts";
import { table, type Paint } from "./terminal.ts";
import { ago, counted, duration, grouped } from "./words.ts";

/** The four questions on one screen, each with the evidence for its answer. */
export function renderStatus(status: Status, paint: Paint): string {
  const { version, at, startedAt, config, incidents } = status;
  const up = startedAt === null ? "no server is running" : `up ${duration(at - startedAt)}`;
  const counts = `${grouped(incidents.open)} open, ${grouped(incidents.acknowledged)} acknowledged, ${grouped(incidents.pending)} held back, ${grouped(incidents.resolved)} resolved`;
  return [
    `riposte ${version} · ${up} · config ${config.slice(0, 12)}\n`,
    ...renderConfigFile(status, paint),
    `Incidents: ${counts}\n`,
    "\n",
    question("Did the message go out?", sentAnswer(status, paint), paint),
    ...renderSent(status, paint),
    "\n",
    ...renderTickets(status, paint),
    "\n",
    question("Did the block take effect?", effectAnswer(status.responses, paint), paint),
    question("Will it be lifted?", liftAnswer(status.responses, paint), paint),
    ...renderInForce(status.responses, at, paint),
    ...renderSecretTrouble(status, paint),
    "\n",
    question("Was every line accounted for?", sourcesAnswer(status, paint), paint),
    renderSources(status.sources, paint),
    ...renderKept(status, paint),
    ...renderAudit(status),
  ].join("");
}

/** More than this is for `riposte check`. */
const OSSEC_LINES = 5;

/** Only once something was sealed. */
function renderAudit({ audit }: Status): readonly string[] {
  if (audit === null) return [];
  const { segment, sealedAt, hash } = audit;
  return [`The audit is sealed up to segment ${segment} (${new Date(sealedAt).toISOString()}): ${hash}\n`];
}

/** Only once something went. */
function renderKept({ kept }: Status, paint: Paint): readonly string[] {
  if (kept === null) return [];
  const { from, isCutShort, incidentsGone, alertsGone } = kept;
  const gone = `${counted(alertsGone, "alert")} and ${counted(incidentsGone, "incident")} that were over have gone`;
  const why = "keep.size is reached, so less is kept than keep.for says";
  return [
    `Kept is everything since ${new Date(from).toISOString()}; ${gone}.\n`,
    ...(isCutShort ? [paint("yellow", `${why}.\n`)] : []),
  ];
}

/** Only where there is something to know about it. */
function renderConfigFile({ configFile }: Status, paint: Paint): readonly string[] {
  if (configFile === null) return [];
  const { path, refused, waitsForRestart, playbooks = [], ossec = [] } = configFile;
  const mistakes = refused.map((line) => `  ${visible(line)}\n`);
  const waits = `The keys ${waitsForRestart.join(", ")} of ${visible(path)} take effect at the next start only.\n`;
  return [
    ...(refused.length === 0 ? [] : [paint("red", `${visible(path)} is wrong and was not applied:\n`), ...mistakes]),
    ...(waitsForRestart.length === 0 ? [] : [paint("yellow", waits)]),
    ...(playbooks.length === 0 ? [] : [paint("red", "Playbooks that can't be read:\n")]),
    ...playbooks.map((line) => `  ${visible(line)}\n`),
    ...ossec.slice(0, OSSEC_LINES).map((line) => paint("yellow", `${visible(line)}\n`)),
    ...(ossec.length <= OSSEC_LINES ? [] : [`and ${ossec.length - OSSEC_LINES} more: riposte check\n`]),
  ];
}

/** Only where one is not as it should be; all of them are in --json. */
function renderSecretTrouble({ secrets = [] }: Status, paint: Paint): readonly string[] {
  const told = secrets.filter(({ trouble, refused }) => trouble !== null || refused !== null);
  if (told.length === 0) return [];
  const lines = told.map(({ field, isReadable, trouble, refused }) => {
    const kept = isReadable ? "; the one before stays in use" : "";
    return `  ${visible(field)}: ${visible((refused ?? trouble ?? "").replace(/\.$/, ""))}${kept}\n`;
  });
  return ["\n", paint("red", `${counted(told.length, "secret")} can't be renewed or read:\n`), ...lines];
}

function question(asks: string, answer: string, paint: Paint): string {
  return `${paint("bold", asks)} ${answer}\n`;
}

function sentAnswer({ sent }: Status, paint: Paint): string {
  const sum = (of: (report: DestinationReport) => Waiting): number =>
    sent.destinations.reduce((total, report) => total + of(report).count, 0);
  if (sent.destinations.length === 0) return "There is no destination, so nobody is told.";
  const parts = [
    [sum((report) => report.dead), "given up", "red"],
    [sum((report) => report.unknown), "not known", "yellow"],
    [sum((report) => report.waiting), "not yet", "yellow"],
  ] as const;
  const told = parts
    .filter(([count]) => count > 0)
    .map(([count, word, colour]) => paint(colour, `${word} for ${grouped(count)}`));
  const shadow = sum((report) => report.shadow);
  const yielding = sent.destinations.reduce(
    (n, { yieldsTo, shadow: { count } }) => n + (yieldsTo === undefined ? 0 : count),
    0,
  );
  const hushed = sum((report) => report.hushed);
  const more = [
    ...(shadow === yielding ? [] : [` ${grouped(shadow - yielding)} more only shown: integratord sends those.`]),
    ...(yielding === 0 ? [] : [` ${grouped(yielding)} more only shown: others post to the same addresses.`]),
    ...(hushed === 0 ? [] : [` ${grouped(hushed)} more not told now, for a reason that is named below.`]),
  ].join("");
  if (told.length === 0) return `${paint("green", "Yes, everything that was to be told was told.")}${more}`;
  const text = told.join(", ");
  return `Not all of it: ${text}.${more}`;
}

function renderSent({ sent, at }: Status, paint: Paint): readonly string[] {
  if (sent.destinations.length === 0) return [];
  const rows = sent.destinations.map((report) => [
    report.name,
    report.type ?? "(gone)",
    grouped(report.incidentsShown),
    report.lastDoneAt === null ? "never" : ago(report.lastDoneAt, at),
    waitingCell(report.waiting, at),
    waitingCell(report.unknown, at),
    grouped(report.dead.count),
    grouped(report.repeats),
    report.isShadow ? shadowWords(report) : laneWords(report.lane, at),
  ]);
  const heads = ["DESTINATION", "TYPE", "INCIDENTS", "LAST DELIVERY", "WAITING", "UNKNOWN", "DEAD", "REPEATS", "LANE"];
  return [indent(table(heads, rows, paint)), ...sent.destinations.flatMap((report) => whys(report, paint))];
}

function shadowWords({ yieldsTo }: DestinationReport): string {
  return yieldsTo === undefined
    ? "shadow: integratord sends it"
    : `shadow: ${visible(yieldsTo)} posts to the same address`;
}

function waitingCell({ count, oldestAt }: Waiting, at: number): string {
  return oldestAt === null ? "0" : `${grouped(count)} (${duration(at - oldestAt)})`;
}

/** How the lane of a destination is doing, as a sentence goes on. */
export function laneWords({ state, until, failures, reason, evidence }: LaneReport, at: number): string {
  const why = `${reasonWords(reason)}${evidence === null ? "" : ` (${evidence})`}`;
  switch (state) {
    case "held":
      return `held for ${duration((until ?? at) - at)}: ${why}`;
    case "careful":
      return `one call at a time after ${counted(failures, "failure")} in a row: ${why}`;
    case "open":
      return failures === 0 ? "open" : `open after ${counted(failures, "failure")}: ${why}`;
  }
}

function whys(report: DestinationReport, paint: Paint): readonly string[] {
  const name = visible(report.name);
  const lines = [
    ...because("waiting", "yellow", report.waiting),
    ...because("unknown", "yellow", report.unknown),
    ...because("listed", "yellow", report.listed),
    ...because("not told", "yellow", report.hushed),
    ...because("shadow", "yellow", report.shadow),
    ...because("dead", "red", report.dead),
  ];
  if (report.dead.count > 0) {
    lines.push(`    look:  riposte work list --destination ${name} --state dead`);
    if (report.type !== null) lines.push(`    retry: riposte work retry --dead ${name}`);
  }
  return lines.length === 0 ? [] : lines.map((line) => `${line}\n`);

  function because(state: string, colour: "yellow" | "red", waiting: Waiting): string[] {
    return waiting.why
      .filter(({ reason }) => reason !== null)
      .map(({ reason, count, evidence }) => {
        const next = whatToDo(reason);
        const seen = evidence === null ? "" : ` (${visible(evidence)})`;
        return `  ${name}: ${paint(colour, `${grouped(count)} ${state}`)}: ${reasonWords(reason)}${seen}${next === null ? "" : `; ${next}`}`;
      });
  }
}

function renderTickets({ tickets }: Status, paint: Paint): readonly string[] {
  const asks = "Is this the only ticket?";
  if (tickets.length === 0) return [question(asks, "No destination makes tickets.", paint)];
  if (tickets.length === 1) return [question(asks, ticketWords(tickets[0]!, paint), paint)];
  return [
    `${paint("bold", asks)}\n`,
    ...tickets.map((report) => `  ${visible(report.destination)}: ${ticketWords(report, paint)}\n`),
  ];
}

export function ticketWords(report: TicketReport, paint: Paint): string {
  const { destination, incidentsWithReceipt, incidentsWithRepeats, unknown } = report;
  const received = `${counted(incidentsWithReceipt, "incident")} with one receipt each`;
  const name = visible(destination);
  const cantAsk = `${name} answers "received" and can't be asked what became of it`;
  switch (report.verdict) {
    case "one_each":
      return `${paint("green", "Yes")}: ${received}, and ${name} can be asked.`;
    case "received":
      return `${paint("green", "As far as can be known")}: ${received}, nothing was sent twice; ${cantAsk}.`;
    case "possible_repeats":
      return `${paint("yellow", "Perhaps not")}: ${received}; ${grouped(incidentsWithRepeats)} of them may have a second one, marked as a possible repeat; ${cantAsk}.`;
    case "unknown": {
      const next = report.canBeAsked
        ? "it is being looked for"
        : `${cantAsk}, so it is sent again and marked as a possible repeat`;
      return `${paint("yellow", `Not known for ${grouped(unknown)}`)}: ${next}. Else ${received}.`;
    }
  }
}

function sourcesAnswer({ sources }: Status, paint: Paint): string {
  if (sources.length === 0) return "No source has been read yet.";
  if (sources.some(({ addsUp }) => !addsUp)) return paint("red", "No: the sums below do not agree. Please report it.");
  const troubled = sources.filter(({ live }) => live !== null && live.trouble !== null).length;
  if (troubled > 0) return paint("red", `Of those read yes, but ${counted(troubled, "source")} can't be read.`);
  return paint("green", "Yes.");
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
