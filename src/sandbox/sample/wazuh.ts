// What Wazuh itself reports about its agents: their coming and going, and files that changed.
import type { Happening } from "./alert-line.ts";
import type { Agent } from "./fleet.ts";
import { between, hex } from "./random.ts";
import { RULES } from "./rules.ts";

/** The alert names the agent that is gone, though the manager's own monitor raises it. */
export function agentDisconnected(agent: Agent): Happening {
  return {
    rule: RULES.agentDisconnected,
    agent,
    fullLog: `ossec: Agent disconnected: '${agent.name}-any'.`,
    decoder: { name: "ossec" },
    location: "wazuh-monitord",
  };
}

export function agentStarted(agent: Agent): Happening {
  return {
    rule: RULES.agentStarted,
    agent,
    fullLog: `ossec: Agent started: '${agent.name}->any'.`,
    decoder: { parent: "ossec", name: "ossec" },
    data: { extra_data: `${agent.name}->any` },
    location: "wazuh-agent",
  };
}

export interface FileChange {
  readonly at: number;
  readonly agent: Agent;
  readonly path: string;
  readonly random: () => number;
}

export function fileChanged({ at, agent, path, random }: FileChange): Happening {
  const sizeBefore = between(random, 400, 4_000);
  const sizeAfter = sizeBefore + between(random, 1, 90);
  const sums = { md5: 32, sha1: 40, sha256: 64 };
  const before = Object.entries(sums).map(([name, digits]) => ({ name, sum: hex(random, digits) }));
  const after = before.map(({ name, sum }) => ({ name, sum: hex(random, sum.length) }));
  const mtimeBefore = wholeSeconds(at - between(random, 86_400_000, 864_000_000));
  const mtimeAfter = wholeSeconds(at);
  const changed = ["size", "mtime", ...Object.keys(sums)];
  const sumLines = before.map(
    ({ name, sum }, index) => `Old ${name}sum was: '${sum}'\nNew ${name}sum is : '${after[index]?.sum ?? ""}'\n`,
  );
  return {
    rule: RULES.fileChanged,
    agent,
    fullLog:
      `File '${path}' modified\nMode: realtime\nChanged attributes: ${changed.join(",")}\n` +
      `Size changed from '${sizeBefore}' to '${sizeAfter}'\n${sumLines.join("")}`,
    syscheck: {
      path,
      mode: "realtime",
      size_before: String(sizeBefore),
      size_after: String(sizeAfter),
      perm_after: "rw-r--r--",
      uid_after: "0",
      gid_after: "0",
      ...Object.fromEntries(
        before.flatMap(({ name, sum }, index) => [
          [`${name}_before`, sum],
          [`${name}_after`, after[index]?.sum ?? ""],
        ]),
      ),
      uname_after: "root",
      gname_after: "root",
      mtime_before: mtimeBefore,
      mtime_after: mtimeAfter,
      inode_after: between(random, 100_000, 900_000),
      changed_attributes: changed,
      event: "modified",
    },
    decoder: { name: "syscheck_integrity_changed" },
    location: "syscheck",
  };
}

/** The file's own time, which Wazuh writes without a zone. */
function wholeSeconds(at: number): string {
  return new Date(at).toISOString().slice(0, 19);
}
