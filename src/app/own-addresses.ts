import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";

/** Of this machine, its resolvers and its gateways: who blocks one of them on an agent may cut off more than he meant. */
export function ownAddresses(): readonly string[] {
  const own = Object.values(networkInterfaces()).flatMap((of = []) => of.map(({ address }) => address));
  return [...own, ...resolversIn(read("/etc/resolv.conf")), ...gatewaysIn(read("/proc/net/route"))];
}

export function resolversIn(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => /^\s*nameserver\s+([0-9A-Fa-f.:]+)/.exec(line)?.[1] ?? []);
}

/** The kernel writes them as numbers whose last byte comes first. */
export function gatewaysIn(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => {
    const [, , gateway = ""] = line.split("\t");
    if (!/^[0-9A-F]{8}$/.test(gateway) || gateway === "00000000") return [];
    return [[6, 4, 2, 0].map((at) => Number.parseInt(gateway.slice(at, at + 2), 16)).join(".")];
  });
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Other systems have no such file.
    return "";
  }
}
