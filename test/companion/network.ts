// Two machines with a cable between them: network namespaces of this test alone, which end with it.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { mayChangeMachine } from "./needed.ts";

/** Root of a container may not be let. */
export function canMakeNetworks(): boolean {
  const what = "tests of the companion's blocks";
  if (!mayChangeMachine(what, ["ip", "nft", "iptables", "ip6tables", "nsenter", "unshare", "bash"])) return false;
  try {
    output(["unshare", "-n", "nft", "list", "tables"]);
    return true;
  } catch {
    console.warn(`${what} are left out: this machine lets nobody make a network`);
    return false;
  }
}

export interface Network {
  /** Runs a command on this agent's machine. */
  readonly onAgent: readonly string[];
  /** Whether the other machine gets an answer from the agent's. */
  reaches(address: string): boolean;
  rules(): string;
  nft(...args: readonly string[]): void;
  stop(): void;
}

export const AGENT = { v4: "192.0.2.1", v6: "2001:db8:0:0:0:0:0:1" };
export const OTHER = { v4: "192.0.2.7", v6: "2001:db8:0:0:0:0:0:7" };
export const GATEWAY = "192.0.2.254";

export async function aNetwork(): Promise<Network> {
  const [agent, other] = await Promise.all([aMachine(), aMachine()]);
  const onAgent = ["nsenter", "-t", String(agent.pid), "-n"];
  const onOther = ["nsenter", "-t", String(other.pid), "-n"];
  const ip = (on: readonly string[], ...args: readonly string[]): string => output([...on, "ip", ...args]);
  ip(onAgent, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", String(other.pid));
  for (const [on, { v4, v6 }] of [
    [onAgent, AGENT],
    [onOther, OTHER],
  ] as const) {
    ip(on, "addr", "add", `${v4}/24`, "dev", "cable");
    ip(on, "addr", "add", `${v6}/64`, "dev", "cable", "nodad");
    ip(on, "link", "set", "cable", "up");
  }
  ip(onAgent, "route", "add", "default", "via", GATEWAY);
  const server = spawn("nsenter", [...onAgent.slice(1), process.execPath, "-e", SERVER], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  await firstLine(server);

  return {
    onAgent,
    reaches: (address) => {
      try {
        // What is dropped never answers: a second is the whole test, and nobody waits for it where it does.
        return output([...onOther, "timeout", "1", "bash", "-c", `cat </dev/tcp/${address}/7000`]) === "here";
      } catch {
        return false;
      }
    },
    nft: (...args) => output([...onAgent, "nft", ...args]),
    rules: () => output([...onAgent, "nft", "list", "ruleset"]),
    stop() {
      for (const each of [server, agent, other]) each.kill("SIGKILL");
    },
  };
}

const SERVER = `require("net").createServer((s) => s.end("here")).listen(7000, "::", () => console.log("up"))`;

async function aMachine(): Promise<ChildProcess> {
  const machine = spawn("unshare", ["-n", "sh", "-c", "ip link set lo up; echo up; exec cat"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  await firstLine(machine);
  return machine;
}

function firstLine(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error("it ended before it had begun")));
    if (child.stdout !== null) createInterface({ input: child.stdout }).once("line", () => resolve());
  });
}

function output([file = "", ...args]: readonly string[]): string {
  return execFileSync(file, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}
