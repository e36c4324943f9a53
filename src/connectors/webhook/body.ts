import { isStale } from "../../core/agent-note.ts";
import type { Guidance } from "../../core/guidance.ts";
import type { Moment } from "../../core/moments.ts";
import type { MassMembers } from "../../core/mass-event.ts";
import type { Picture } from "../../core/picture.ts";
import { PLACES } from "../../core/playbook.ts";
import type { StepWords } from "../connector.ts";
import { plainRuns } from "../guidance-lines.ts";
import { isoText } from "../telling.ts";
import { isSoundJson, jsonWithin, type Json } from "../json-within.ts";

// Together under 1 MiB, where many receivers stop reading (nginx's `client_max_body_size` among them).
const ENVELOPE_CHARS = 131_072;
const DOCUMENT_CHARS = 262_144;

/** What a receiver gets. Alerts are as Wazuh wrote them, but for what no JSON reader could take. */
export function webhookBody(picture: Picture, untold: readonly Moment[], words: StepWords): string {
  const envelope = jsonWithin(envelopeOf(picture, untold, words), ENVELOPE_CHARS);
  const first = alertWithin(picture, "first");
  // The common incident has one alert: written once, sent twice.
  const isSame = picture.lines !== undefined && picture.lines.newest === picture.lines.first;
  const newest = isSame ? first : alertWithin(picture, "newest");
  const shortened = [
    ...(envelope.shortened ? ["incident"] : []),
    ...(first.shortened ? ["first"] : []),
    ...(newest.shortened ? ["newest"] : []),
  ];
  const alerts = `{"first":${first.text},"newest":${newest.text}}`;
  return `${envelope.text.slice(0, -1)},"alerts":${alerts},"shortened":${JSON.stringify(shortened)}}`;
}

function alertWithin(picture: Picture, which: "first" | "newest"): Json {
  const line = picture.lines?.[which];
  if (line !== undefined && isSoundJson(line, DOCUMENT_CHARS)) return { text: line, shortened: false };
  return jsonWithin(picture[which].document, DOCUMENT_CHARS);
}

function envelopeOf(
  { incident, group, guidance, mass, agentNote }: Picture,
  untold: readonly Moment[],
  words: StepWords,
): object {
  return {
    type: "incident",
    version: 1,
    mark: words.mark,
    possible_repeat: words.repeat,
    incident: {
      id: incident.id,
      policy: incident.policy,
      state: incident.state,
      severity: incident.severity,
      title: incident.title,
      group,
      rule_id: incident.ruleId,
      agent_id: incident.agentId,
      agent_name: incident.agentName,
      count: incident.count,
      first_at: isoText(incident.firstAt),
      last_at: isoText(incident.lastAt),
      opened_at: isoOrNone(incident.openedAt),
      resolved_at: isoOrNone(incident.resolvedAt),
      resolved_by: incident.resolvedBy,
      acknowledged_by: incident.acknowledgedBy,
      revision: incident.revision,
    },
    moments: untold.map(({ n, kind, at, severity, count, by, text }) => {
      return { n, kind, at: isoText(at), severity, count, by, text };
    }),
    ...(agentNote?.kind === "known" && {
      agent: { ...agentNote.agent, as_of: isoText(agentNote.at), stale: isStale(agentNote) },
    }),
    ...(mass !== undefined && { mass_event: massOf(mass) }),
    ...(guidance !== undefined && { playbook: playbookOf(guidance) }),
  };
}

function massOf({ members, unresolved, shown }: MassMembers): object {
  const first = shown.map(({ id, severity, title, agentId, agentName }) => {
    return { id, severity, title, agent_id: agentId, agent_name: agentName };
  });
  return { incidents: members, unresolved, shown: first };
}

/** A command is as it should be run, or null with the reason why there is none. */
function playbookOf(guidance: Guidance): object {
  if (guidance.kind === "unreadable") return { name: guidance.name, unreadable: guidance.says };
  return {
    name: guidance.name,
    title: guidance.title,
    before: guidance.before.map(({ runs }) => plainRuns(runs)),
    steps: guidance.steps.map(({ parts, tick }, i) => ({
      n: i + 1,
      ...(tick?.isDone === true && { done: { by: tick.by, at: isoText(tick.at) } }),
      parts: parts.map((part) => {
        switch (part.kind) {
          case "text":
            return { text: plainRuns(part.runs) };
          case "command":
            return { where: part.place, shell: PLACES[part.place].shell, command: part.command };
          case "withheld":
            return { where: part.place, shell: PLACES[part.place].shell, command: null, why: part.why };
        }
      }),
    })),
  };
}

function isoOrNone(at: number | null): string | null {
  return at === null ? null : isoText(at);
}
