import type { AskedApproval } from "../core/asked-approval.ts";
import type { Incident } from "../core/incident.ts";
import type { MassMembers } from "../core/mass-event.ts";
import type { Moment } from "../core/moments.ts";
import { createRedactor, USUAL_REDACTION, type RedactedLine, type Redactor, type RedactTerms } from "../core/redact.ts";
import { REDACTED } from "../core/redact-span.ts";
import type { DestinationTerms } from "../core/snapshot.ts";

/** By the terms of a snapshot, which stay the same object for as long as it is in force. */
const made = new WeakMap<RedactTerms, Redactor>();

/** What takes out of a picture what the destination is not to be shown; null: it is shown all. */
export function redactorOf({ redact = USUAL_REDACTION }: Pick<DestinationTerms, "redact">): Redactor | null {
  if (redact === "off") return null;
  const known = made.get(redact);
  if (known !== undefined) return known;
  const redactor = createRedactor(redact);
  made.set(redact, redactor);
  return redactor;
}

/** The rows of an incident beside its alerts' own lines, as far as alerts or people wrote them. */
export interface Told {
  readonly incident: Incident;
  readonly group: Readonly<Record<string, string>>;
  readonly moments: readonly Moment[];
  readonly mass?: MassMembers | undefined;
}

/** The same rows as they may be shown; those in the store stay as they are. */
export function redactTold(told: Told, redactor: Redactor, lines: readonly RedactedLine[]): Told {
  const { incident, moments, mass } = told;
  const values = [...new Set(lines.flatMap((line) => line.values))];
  const show = (text: string): string => redactor.text(text, values);
  const field = (path: string, text: string): string => redactor.field(path, text, values);
  const agent = <Of extends Pick<Incident, "agentId" | "agentName">>(of: Of): Of => ({
    ...of,
    agentId: of.agentId === null ? null : field("agent.id", of.agentId),
    agentName: of.agentName === null ? null : field("agent.name", of.agentName),
  });
  const areFieldsLeftOut = redactor.terms.fields.length > 0;
  const group = Object.fromEntries(Object.entries(told.group).map(([path, text]) => [path, field(path, text)]));
  return {
    incident: {
      ...agent(incident),
      // Of a value that was cut with the title its beginning would be left.
      title: areFieldsLeftOut && incident.title.endsWith("…") ? REDACTED : show(incident.title),
      groupKey: JSON.stringify(Object.values(group)),
    },
    group,
    moments: moments.map((moment) => (moment.text === null ? moment : { ...moment, text: show(moment.text) })),
    mass: mass && {
      ...mass,
      // Of a member only its title is known, and not which words of it are values of those fields.
      shown: mass.shown.map((of) => ({ ...agent(of), title: areFieldsLeftOut ? REDACTED : show(of.title) })),
    },
  };
}

/** The same of what is asked; where anything of it is left out it is not shown whole. */
export function redactAsked(
  asked: readonly AskedApproval[],
  redactor: Redactor,
  lines: readonly RedactedLine[],
): readonly AskedApproval[] {
  const values = [...new Set(lines.flatMap((line) => line.values))];
  const text = <Text extends string | null>(of: Text, path = ""): Text =>
    (of === null ? null : path === "" ? redactor.text(of, values) : redactor.field(path, of, values)) as Text;
  // Of the alerts between the first and the newest nobody knows here which words of a sentence are values of such fields.
  const areFieldsLeftOut = redactor.terms.fields.length > 0;
  const sentence = (of: string | null): string | null => (of !== null && areFieldsLeftOut ? REDACTED : text(of));
  return asked.map((one) => {
    const { agent, target, because, says, terms } = one.response;
    const response = {
      ...one.response,
      agent: { ...agent, id: text(agent.id, "agent.id"), name: text(agent.name, "agent.name") },
      target: { ...target, name: text(target.name, terms.target ?? "") },
      because: sentence(because),
      says: sentence(says),
    };
    const isWhole =
      response.agent.id === agent.id &&
      response.agent.name === agent.name &&
      response.target.name === target.name &&
      response.because === because;
    return { ...one, response, isWhole };
  });
}
