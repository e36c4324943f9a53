import type { KeptAlert } from "../core/alert.ts";
import { cutPlainLine } from "../core/plain-text.ts";
import type { Instant } from "../core/time.ts";
import { SHUTDOWN_RECEIVED, type WazuhAgent } from "../wazuh/api/agent.ts";
import type { AgentWord } from "./agents-compare.ts";
import type { LineJudge } from "./line-judge.ts";

/** Says in the document where it comes from: no such alert is in alerts.json. */
export const API_LOCATION = "wazuh-api";

/** Origin of these alerts, beside the nodes whose own alerts have numbers of their own. */
const ORIGIN = "wazuh-api";
const LEVEL = 3;
const NAMED_MOST = 100;
const GROUPS = ["ossec"];
const MITRE = { id: ["T1562.001"], tactic: ["Defense Evasion"], technique: ["Disable or Modify Tools"] };

/** The word as an alert with the rule that Wazuh itself would have raised; null: no policy wants it. */
export function alertOfWord(word: AgentWord, judge: LineJudge, now: Instant): KeptAlert | null {
  const { ruleId, identity } = told(word);
  const judged = judge.judge(lineOf(word, ruleId), now);
  const kept = judged.kind === "kept" ? judged.alert : null;
  const matches = word.kind === "removed" ? endings(word, judge, kept, now) : (kept?.matches ?? []);
  if (matches.length === 0) return null;
  const alert = kept ?? keptAnyway(word, ruleId);
  const since = "since" in word ? { since: word.since } : {};
  return { ...alert, identity: { origin: ORIGIN, ...identity, ruleId }, at: word.at, matches, ...since };
}

/** Who was removed is as little lost as who is back: what ends an incident for the one ends it for the other. */
function endings(
  word: Extract<AgentWord, { kind: "back" | "removed" }>,
  judge: LineJudge,
  kept: KeptAlert | null,
  now: Instant,
): KeptAlert["matches"] {
  const asBack = judge.judge(lineOf(word, BACK), now);
  const ends = asBack.kind === "kept" ? asBack.alert.matches.filter(({ clears }) => clears) : [];
  const own = kept?.matches ?? [];
  return [...own, ...ends.filter(({ policy }) => own.every((match) => match.policy !== policy))];
}

function keptAnyway(word: AgentWord, ruleId: string): KeptAlert {
  const about = "id" in word ? { agentId: word.id, agentName: word.name } : { agentId: null, agentName: null };
  const identity = { origin: ORIGIN, nativeId: "", stamp: "", ruleId };
  return {
    identity,
    at: word.at,
    level: LEVEL,
    title: titleOf(word),
    ...about,
    raw: lineOf(word, ruleId),
    matches: [],
  };
}

const LOST = "504";
const STOPPED = "506";
const BACK = "503";
const REMOVED = "505";

/** The same whoever asks and however often: said twice, it is known as a duplicate. */
function told(word: AgentWord): { readonly ruleId: string; readonly identity: { nativeId: string; stamp: string } } {
  switch (word.kind) {
    case "lost": {
      const again = word.again ? `/${word.at}` : "";
      const identity = { nativeId: `lost/${word.agent.id}/${word.lostAt}${again}`, stamp: stampOf(word.lostAt) };
      return { ruleId: ruleOfLoss(word.agent), identity };
    }
    case "lost_before":
      return { ruleId: LOST, identity: { nativeId: `lost-before/${word.at}`, stamp: stampOf(word.at) } };
    case "back":
    case "removed": {
      const identity = { nativeId: `${word.kind}/${word.id}/${word.at}`, stamp: stampOf(word.at) };
      return { ruleId: word.kind === "back" ? BACK : REMOVED, identity };
    }
  }
}

function ruleOfLoss({ statusCode }: WazuhAgent): string {
  return statusCode === SHUTDOWN_RECEIVED ? STOPPED : LOST;
}

function titleOf(word: AgentWord): string {
  switch (word.kind) {
    case "lost":
      return ruleOfLoss(word.agent) === STOPPED ? "Wazuh agent stopped." : "Wazuh agent disconnected.";
    case "lost_before":
      return `${word.agents.length} Wazuh agents were disconnected before Riposte first asked.`;
    case "back":
      return "Wazuh agent started.";
    case "removed":
      return "Wazuh agent removed.";
  }
}

/** As Wazuh would have written it, so that policies, previews and people read it like any other. */
function lineOf(word: AgentWord, ruleId: string): string {
  const { nativeId } = told(word).identity;
  const isLoss = ruleId === LOST || ruleId === STOPPED;
  return JSON.stringify({
    timestamp: stampOf(word.at),
    rule: { level: LEVEL, description: titleOf(word), id: ruleId, ...(isLoss && { mitre: MITRE }), groups: GROUPS },
    ...agentOfLine(word),
    manager: { name: managerOf(word) },
    id: nativeId,
    full_log: logOf(word),
    decoder: { name: "ossec" },
    location: API_LOCATION,
  });
}

function agentOfLine(word: AgentWord): object {
  switch (word.kind) {
    case "lost": {
      const { id, name, ip } = word.agent;
      return { agent: { id, name, ...(ip !== null && { ip }) } };
    }
    // Many are no one.
    case "lost_before":
      return {};
    case "back":
    case "removed":
      return { agent: { id: word.id, name: word.name ?? word.id } };
  }
}

function managerOf(word: AgentWord): string {
  return (word.kind === "lost" ? word.agent.manager : null) ?? ORIGIN;
}

function logOf(word: AgentWord): string {
  switch (word.kind) {
    case "lost": {
      const { id, name, keepAliveAt, statusCode } = word.agent;
      const heard = keepAliveAt === null ? "no keepalive is known" : `last keepalive ${stampOf(keepAliveAt)}`;
      const how = word.again ? "is still disconnected" : "is disconnected";
      return `The Wazuh API says: agent ${id} '${name}' ${how} since ${stampOf(word.lostAt)}, ${heard} (${sayCode(statusCode)}).`;
    }
    case "lost_before": {
      const named = word.agents.slice(0, NAMED_MOST).map(({ id, name }) => `${id} ${cutPlainLine(name, 60)}`);
      const more = word.agents.length > NAMED_MOST ? `, and ${word.agents.length - NAMED_MOST} more` : "";
      return `The Wazuh API says that these were disconnected before Riposte first asked; each is told of by itself when it is lost again: ${named.join(", ")}${more}.`;
    }
    case "back":
      return `The Wazuh API says: agent ${word.id} '${word.name ?? word.id}' is active again.`;
    case "removed":
      return `The Wazuh API says: there is no agent ${word.id} '${word.name ?? word.id}' any more; it was removed.`;
  }
}

function sayCode(statusCode: number | null): string {
  const words = ["", "its version is not accepted", "its version can't be read", "it said that it stops"];
  const later = ["no keepalive came", "the manager has not heard of it since it began anew"];
  return [...words, ...later][statusCode ?? -1] || "no reason is given";
}

/** As in alerts.json. */
function stampOf(at: Instant): string {
  return new Date(at).toISOString().replace("Z", "+0000");
}
