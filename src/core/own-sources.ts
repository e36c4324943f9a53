import { PATIENCE_MS, type Problem } from "./own-problem.ts";
import { cutPlainLine } from "./plain-text.ts";
import { MINUTE_MS, type Instant } from "./time.ts";

export interface SourceFacts {
  readonly name: string;
  readonly trouble: string | null;
  /** Since when it has been in trouble; null: it is not. */
  readonly troubledSince: Instant | null;
  /** When a line came last, or when it was first looked at; null: it may be quiet for as long as it likes. */
  readonly lineAt: Instant | null;
  /** Of a sender: whether it says how far it has read, alerts or no alerts. */
  readonly sender?: { readonly beats: boolean };
}

export interface SilentNode {
  readonly name: string;
  /** Something came from it since Riposte started. */
  readonly wasHeard: boolean;
}

/** `quietSourceMs`: a source from which no line came for so long is told of; null: never. */
export function sourceProblems(source: SourceFacts, now: Instant, quietSourceMs: number | null): readonly Problem[] {
  const { name, trouble, troubledSince, lineAt } = source;
  const about = { about: name, destination: null };
  if (trouble !== null) {
    if (troubledSince === null || now - troubledSince < PATIENCE_MS) return [];
    const title = `Riposte can't read the source ${name}`;
    return [{ kind: "source_trouble", ...about, level: 13, title, says: trouble }];
  }
  if (source.sender !== undefined) return lineAt === null ? [] : silentSender(source, now - lineAt, quietSourceMs);
  if (quietSourceMs === null || lineAt === null || now - lineAt < quietSourceMs) return [];
  return [
    {
      kind: "source_quiet",
      ...about,
      level: 12,
      title: `No alert has come from the source ${name}`,
      says: `None for more than ${Math.round(quietSourceMs / MINUTE_MS)} minutes, which a working Wazuh manager is seldom silent for. See whether wazuh-analysisd runs and writes alerts.json.`,
    },
  ];
}

/** Who says that it is there whatever comes is missed sooner than who sends alerts alone. */
const BEATING_SENDER_MS = 5 * MINUTE_MS;

function silentSender(
  { name, sender }: SourceFacts,
  silentMs: number,
  quietSourceMs: number | null,
): readonly Problem[] {
  const patienceMs = sender?.beats === true ? BEATING_SENDER_MS : quietSourceMs;
  if (patienceMs === null || silentMs < patienceMs) return [];
  return [
    {
      kind: "source_quiet",
      about: name,
      destination: null,
      level: 12,
      title: `Nothing is heard of the sender ${name} any more`,
      says: `Nothing for more than ${Math.round(patienceMs / MINUTE_MS)} minutes. See whether what sends from there runs, reaches Riposte and is let in; \`riposte sources\` says when it was heard of last. What it has not sent waits there.`,
    },
  ];
}

export function silentNode({ name, wasHeard }: SilentNode): Problem {
  const since = wasHeard ? "Nothing has come from it for 5 minutes" : "Nothing has come from it yet";
  return {
    kind: "node_silent",
    about: name,
    destination: null,
    level: 12,
    title: `No alerts come from the Wazuh node ${cutPlainLine(name, 120)}`,
    says: `${since}, and Wazuh's cluster has it: its alerts reach nobody here. See whether \`riposte forward\` or another shipper runs on that node; docs/reference/ways-in.md says how to set one up. \`riposte sources\` lists who is heard.`,
  };
}
