import { readIp } from "./ip-network.ts";
import type { Platform, Response, Verb } from "./response.ts";
import { SECOND_MS } from "./time.ts";
import { shellWord } from "./shell-word.ts";

/** One call to the Wazuh API, for one agent. */
export interface Order {
  readonly response: number;
  readonly n: number;
  readonly verb: Verb;
  readonly agentId: string;
  readonly what:
    | {
        readonly kind: "command";
        /** As in `ar.conf`, with the time behind it. */
        readonly command: string;
        readonly alert: { readonly data: Readonly<Record<string, unknown>> };
      }
    | { readonly kind: "restart" };
}

/** Scripts of Wazuh's that drop an address, by what the agent runs on. */
const BLOCKERS: Readonly<Record<Platform, string | null>> = {
  linux: "firewall-drop",
  windows: "netsh",
  macos: "pf",
  other: null,
};

/** The command without its time; null: there is none for this agent. */
export function commandOf({ terms, agent }: Pick<Response, "terms" | "agent">): string | null {
  if (terms.command !== null) return terms.command;
  // A name in ar.conf has one executable, and Windows starts only what ends in .cmd.
  const win = agent.platform === "windows" ? "-win" : "";
  switch (terms.do) {
    case "disable-account":
      return terms.by === "companion" ? `riposte-disable-account${win}` : "disable-account";
    case "block-ip":
      return terms.by === "companion" ? `riposte-block-ip${win}` : BLOCKERS[agent.platform ?? "linux"];
    case "isolate-host":
      return terms.by === "companion" ? "riposte-isolate-host" : null;
    case "restart-agent":
    case "run-command":
      return null;
  }
}

/** Why it can't be done on this agent; null: it can. */
export function unsupported(response: Response): string | null {
  const { terms, agent, target } = response;
  if (terms.do === "restart-agent") return null;
  if (terms.by === "companion") {
    if (terms.do === "isolate-host" && agent.platform !== "linux" && agent.platform !== null)
      return "the companion isolates machines with Linux only";
    return agent.platform === "other" ? "the companion does not know this system" : null;
  }
  if (commandOf(response) === null) return "Wazuh has no command for it on this system";
  if (terms.do === "disable-account" && agent.platform === "windows") {
    return "Wazuh's own script locks no account of Windows: the companion does";
  }
  if (terms.do === "block-ip" && agent.platform === "windows" && readIp(target.name)?.bits === 128) {
    return "Wazuh's own script for Windows blocks IPv4 only: the companion does both";
  }
  return null;
}

/**
 * The name as it stands in `ar.conf`: with the time after which Wazuh lifts it, and only so is it lifted. The companion
 * keeps its own time, since execd forgets its timers when the agent stops.
 */
export function aliasOf(response: Pick<Response, "terms" | "agent" | "liftAfterMs">): string | null {
  const command = commandOf(response);
  if (command === null) return null;
  const { terms, liftAfterMs } = response;
  const seconds = terms.by === "companion" || liftAfterMs === null ? 0 : Math.round(liftAfterMs / SECOND_MS);
  return `${command}${seconds}`;
}

/** Small on purpose: an order of more than 64 KiB is cut on its way. Null: there is no such order. */
export function orderOf(response: Response, n: number, verb: Verb): Order | null {
  const { id, terms, agent, target, token, liftAfterMs } = response;
  const about = { response: id, n, verb, agentId: agent.id };
  if (terms.do === "restart-agent") return { ...about, what: { kind: "restart" } };
  const command = aliasOf(response);
  if (command === null) return null;
  const seconds =
    verb === "add" && terms.by === "companion" && liftAfterMs !== null
      ? { seconds: Math.round(liftAfterMs / SECOND_MS) }
      : {};
  const data = {
    ...(target.kind === "user" && { dstuser: target.name }),
    ...(target.kind === "address" && { srcip: target.name }),
    riposte: { v: 1, token, verb, ...seconds },
  };
  return { ...about, what: { kind: "command", command, alert: { data } } };
}

/** What a person types on the agent to take it back; a sentence where that is no command. */
export function byHand({ terms, agent, target, token }: Response): string {
  const shell = agent.platform === "windows" ? "powershell" : "sh";
  const word = shellWord(target.name, shell, true);
  const name = word.kind === "word" ? word.text : "NAME";
  if (terms.command !== null) return `undo what ${terms.command} does, on the agent`;
  switch (terms.do) {
    case "disable-account":
      if (agent.platform === "windows") return `net user ${name} /active:yes`;
      if (agent.platform === "macos") return `pwpolicy -u ${name} -enableuser`;
      return terms.by === "companion"
        ? `passwd -u ${name} && chage -E -1 ${name}, and put its authorized_keys back (riposte-disable-account, ${token})`
        : `passwd -u ${name}`;
    case "block-ip":
      if (agent.platform === "windows")
        return `netsh advfirewall firewall delete rule name=all remoteip=${word.kind === "word" ? target.name : "ADDRESS"}`;
      if (agent.platform === "macos") return `pfctl -t wazuh_fwtable -T delete ${name}`;
      return readIp(target.name)?.bits === 128
        ? `ip6tables -D INPUT -s ${name} -j DROP; ip6tables -D FORWARD -s ${name} -j DROP`
        : `iptables -D INPUT -s ${name} -j DROP; iptables -D FORWARD -s ${name} -j DROP`;
    case "isolate-host":
      return "at its console: nft delete table inet riposte_isolation, or iptables -D INPUT -j RIPOSTE_ALONE_IN; iptables -D OUTPUT -j RIPOSTE_ALONE_OUT; iptables -D FORWARD -j RIPOSTE_ALONE_OUT, and the same with ip6tables";
    case "restart-agent":
    case "run-command":
      return "look on the agent";
  }
}

/** Whether the agent says by itself that it is so, and can be asked. */
export function isProvable({ terms }: Pick<Response, "terms">): boolean {
  return terms.by === "companion";
}
