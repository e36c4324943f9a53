import type { Preview, PreviewedIncident, PreviewedRequest } from "../app/preview.ts";
import { guidanceTextLines } from "../core/guidance-text.ts";
import type { Severity } from "../core/severity.ts";
import { visible, visibleJson } from "../core/visible.ts";
import { agentNoteWords } from "./agent-words.ts";
import { configOrFail, findConfig, noConfig } from "./config-file.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { print } from "./print.ts";
import { noAlert, readAlert } from "./read-alert.ts";
import type { Paint } from "./terminal.ts";
import { collapseWords, digestWords, duration, instant, rhythmWords, windowWords } from "./words.ts";

export interface PreviewFlags {
  readonly config?: string;
  readonly json: boolean;
  readonly destination?: string;
}

export async function preview(this: CliContext, flags: PreviewFlags, file: string): Promise<void> {
  const configPath = findConfig(flags.config);
  if (configPath === null) throw noConfig();
  const config = await configOrFail(this, configPath);
  const { destination } = flags;
  const names = config.destinations.map(({ name }) => name);
  if (destination !== undefined && !names.includes(destination)) {
    const are = visible(names.join(", ")) || "none";
    throw new CommandError(EXIT.no, `the config has no destination ${visible(destination)}. There are: ${are}`);
  }
  const text = await readAlert(this, file);
  const { previewText } = await import("../app/preview.ts");
  const { readFleet } = await import("../app/fleet-known.ts");
  const previewed = previewText(text, config, Date.now(), await readFleet(config));
  if (previewed.kind === "no_alert") throw noAlert(file, previewed);

  const shown = destination === undefined ? previewed : only(destination, previewed);
  if (!shown.incidents.some(({ requests }) => requests.length > 0)) {
    throw new CommandError(EXIT.no, whyNothing(previewed, destination));
  }
  print(this, flags, shown, renderPreview);
}

function only(destination: string, { incidents, ...rest }: Preview): Preview {
  const of = incidents.map((incident) => ({
    ...incident,
    requests: incident.requests.filter((request) => request.destination === destination),
  }));
  return { ...rest, incidents: of.filter(({ requests }) => requests.length > 0) };
}

function whyNothing({ incidents, clears, isResponse }: Preview, destination: string | undefined): string {
  const told = incidents.flatMap(({ requests }) => requests.map((request) => request.destination));
  if (told.length > 0) return `nothing would be sent to ${destination}; told are ${visible(told.join(", "))}`;
  if (isResponse) return "it is the line of an active response, which joins an incident and opens none";
  const [ended] = clears;
  if (ended !== undefined) return `the alert ends an incident of ${visible(ended)} and opens none`;
  return "nothing would be sent: no policy takes the alert, or none that does tells anybody. See riposte explain";
}

export function renderPreview({ incidents }: Preview, paint: Paint): string {
  return incidents
    .flatMap((incident) => [
      renderPicture(incident, paint),
      ...incident.requests.map((request) => renderRequest(request, incident.picture.incident.severity, paint)),
    ])
    .join("\n");
}

function renderPicture({ policy, picture, holdMs, collapse, window, rhythm }: PreviewedIncident, paint: Paint): string {
  const { incident, group, first } = picture;
  const agent = [first.agentName, first.agentId, first.agentIp].filter((part) => part !== null).join(" ");
  const facts: readonly (readonly [string, string | null])[] = [
    ["policy", holdMs === null ? policy : `${policy}, held back for ${duration(holdMs)} before`],
    [
      "group",
      Object.entries(group)
        .map(([name, value]) => `${name} ${value}`)
        .join(", ") || "one for all",
    ],
    ["window", window === null ? null : `opens with ${windowWords(window)}`],
    ...rhythmWords(rhythm).map((line) => ["rhythm", line] as const),
    ["storms", collapse === null ? null : collapseWords(collapse)],
    ["rule", `${first.ruleId} (level ${first.level})`],
    ["agent", agent],
    ["known", first.agentNote === undefined ? null : agentNoteWords(first.agentNote)],
    ["time", instant(first.at)],
    ["location", first.location],
    ["user", first.user],
    ["source", first.sourceIp],
    ["mitre", first.mitre.map(({ id, technique }) => [id, technique].filter(Boolean).join(" ")).join(", ")],
  ];
  const log = (first.log ?? "").split("\n").filter((line) => line !== "");
  return [
    `${paint("bold", incident.severity)}  ${visible(incident.title)}`,
    ...facts.flatMap(([name, value]) => (value === null || value === "" ? [] : `  ${name.padEnd(9)}${visible(value)}`)),
    ...log.map((line) => `  ${paint("dim", "|")} ${visible(line)}`),
    ...(picture.guidance === undefined ? [] : guidanceTextLines(picture.guidance).map(visible)),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function renderRequest(request: PreviewedRequest, severity: Severity, paint: Paint): string {
  const {
    destination,
    type,
    action,
    way,
    places,
    adds,
    redacted,
    shadow,
    yieldsTo,
    digest,
    body,
    reads = [],
  } = request;
  const together = digest === undefined ? null : digestWords(digest, severity);
  const head = `${paint("bold", visible(destination))} (${type}), ${visible(action)}: ${way}`;
  const beside = [
    ...(shadow === true ? [shadowWords(yieldsTo)] : []),
    ...(together === null ? [] : [`not by itself: ${together}`]),
    ...Object.entries(places).map(([field, place]) => `${field}: ${place}`),
    ...adds,
    ...redacted.map(({ path, kind }) => `not shown: ${kind}, in ${path}`),
  ];
  const json = JSON.stringify(JSON.parse(body), null, 2).split("\n");
  const shown = reads.map((line) => `    ${visible(line)}`.trimEnd());
  return [head, ...beside.map((line) => paint("dim", `  ${visible(line)}`)), ...shown, ...json.map(visibleJson)]
    .map((line) => `${line}\n`)
    .join("");
}

function shadowWords(yieldsTo: string | undefined): string {
  return yieldsTo === undefined
    ? "shadow: not sent, since integratord sends it"
    : `shadow: not sent, since ${yieldsTo} posts to the same address`;
}
