import { shownAgentFacts } from "../../core/agent-facts-shown.ts";
import type { Incident } from "../../core/incident.ts";
import type { AlertFacts, Picture } from "../../core/picture.ts";
import { cutPlainLine, grouped } from "../../core/plain-text.ts";
import { asOfWords, capital, countedIn, utcText } from "../telling.ts";
import { link, text, type Fact, type Inline } from "./document.ts";

/** The table at the top of a ticket. Counts and times of the newest alert are in it, since it is edited in place. */
export function factsOf(picture: Picture): readonly Fact[] {
  const { incident, first } = picture;
  const many = incident.count > 1;
  return [
    fact("Incident", `#${incident.id}`),
    fact("State", stateOf(picture)),
    fact("Severity", capital(incident.severity)),
    fact("Policy", shown(incident.policy)),
    fact("Rule", `${shown(first.ruleId)} (level ${first.level}) ${shown(first.description)}`),
    fact("Agent", agentOf(first)),
    fact("User", shownOrNone(first.user)),
    fact("Source address", shownOrNone(first.sourceIp)),
    fact("Agent's address", shownOrNone(first.agentIp)),
    ...agentFacts(first),
    fact("Location", shownOrNone(first.location)),
    fact("Manager", shownOrNone(first.manager)),
    first.mitre.length === 0 ? null : { label: "MITRE ATT&CK", value: techniquesOf(first.mitre) },
    fact("Rule groups", listed(first.groups)),
    fact(countedIn(picture), grouped(incident.count)),
    fact(many ? "First alert" : "Alert", `${utcText(incident.firstAt)}, Wazuh's id ${shown(first.id)}`),
    many ? fact("Newest alert", utcText(incident.lastAt)) : null,
  ].filter((row) => row !== null);
}

const FACT_CHARS = 500;
const PERSON_CHARS = 100;
const LISTED = 20;
const LISTED_CHARS = 100;

/** The line is fit to be shown, and short enough. */
function fact(label: string, line: string | null): Fact | null {
  return line === null || line === "" ? null : { label, value: [text(line)] };
}

function stateOf({ incident, moments }: Picture): string {
  switch (incident.state) {
    case "pending":
      return "Held back";
    case "open":
      return "Open";
    case "acknowledged":
      return `Acknowledged by ${shown(incident.acknowledgedBy ?? "somebody", PERSON_CHARS)}`;
    case "resolved": {
      const by = shown(moments.findLast(({ kind }) => kind === "resolved")?.by ?? "somebody", PERSON_CHARS);
      return incident.resolvedAt === null
        ? resolvedHow(incident, by)
        : `${resolvedHow(incident, by)}, ${utcText(incident.resolvedAt)}`;
    }
  }
}

function resolvedHow({ resolvedBy }: Incident, person: string): string {
  switch (resolvedBy) {
    case "clear":
      return "Resolved: an alert came that ends it";
    case "quiet":
      return "Resolved: no further alert came";
    case "person":
      return `Resolved by ${person}`;
    case null:
      return "Resolved";
  }
}

function agentOf({ agentName, agentId }: AlertFacts): string | null {
  if (agentName === null || agentId === null) return shownOrNone(agentName ?? agentId);
  return `${shown(agentName)} (${shown(agentId)})`;
}

function agentFacts({ agentNote }: AlertFacts): readonly (Fact | null)[] {
  const facts = shownAgentFacts(agentNote);
  if (facts === null) return [];
  const { groups, system, node, asOf } = facts;
  const dated = (value: string | null): string | null => (value === null ? null : `${shown(value)}${asOfWords(asOf)}`);
  return [
    fact("Agent's group", dated(groups)),
    fact("Agent's system", dated(system)),
    fact("Agent's node", dated(node)),
  ];
}

function techniquesOf(mitre: AlertFacts["mitre"]): readonly Inline[] {
  const named = mitre.slice(0, LISTED).flatMap(({ id, technique }, index) => {
    const words = technique === null ? "" : ` ${shown(technique, LISTED_CHARS)}`;
    return [text(index === 0 ? "" : ", "), techniqueLink(id), text(words)];
  });
  return mitre.length > LISTED ? [...named, text(`, ${mitre.length - LISTED} more`)] : named;
}

/** Only what has the shape of MITRE's own ids becomes an address. */
function techniqueLink(id: string): Inline {
  const words = shown(id, LISTED_CHARS);
  const [, technique, part] = /^(T\d{4})(?:\.(\d{3}))?$/.exec(id) ?? [];
  if (technique === undefined) return text(words);
  return link(words, `https://attack.mitre.org/techniques/${technique}/${part === undefined ? "" : `${part}/`}`);
}

function listed(values: readonly string[]): string | null {
  if (values.length === 0) return null;
  const some = values.slice(0, LISTED).map((value) => shown(value, LISTED_CHARS));
  return [...some, ...(values.length > LISTED ? [`${values.length - LISTED} more`] : [])].join(", ");
}

function shownOrNone(value: string | null): string | null {
  return value === null ? null : shown(value);
}

function shown(value: string, most: number = FACT_CHARS): string {
  return cutPlainLine(value, most);
}
