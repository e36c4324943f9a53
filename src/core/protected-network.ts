import type { Protected } from "./guardrails.ts";
import { readProtectedNetwork } from "./guardrails.ts";
import { isInNetwork, readIp, readNetwork, type IpAddress, type IpNetwork } from "./ip-network.ts";

/** Nobody's to block: what is on the machine itself, in the house, or one for many. */
const NEVER: readonly (readonly [network: string, says: string])[] = [
  ["0.0.0.0/8", "no address of anybody's"],
  ["127.0.0.0/8", "the machine itself"],
  ["::1/128", "the machine itself"],
  ["::/128", "no address of anybody's"],
  ["10.0.0.0/8", "a private network"],
  ["172.16.0.0/12", "a private network"],
  ["192.168.0.0/16", "a private network"],
  ["fc00::/7", "a private network"],
  ["100.64.0.0/10", "an address that a provider shares among many"],
  ["169.254.0.0/16", "an address of the link"],
  ["fe80::/10", "an address of the link"],
  ["224.0.0.0/4", "a multicast address"],
  ["ff00::/8", "a multicast address"],
  ["240.0.0.0/4", "a reserved address"],
  ["2001::/32", "a tunnel that hides whom it leads to"],
  ["64:ff9b:1::/48", "a translator's, which hides whom it leads to"],
];

/** Forms of IPv6 that carry an IPv4 address, and where in it: who is blocked by them is blocked as that one. */
const CARRIERS: readonly (readonly [network: string, bitsBehind: bigint])[] = [
  ["64:ff9b::/96", 0n],
  ["2002::/16", 80n],
];

const never = NEVER.map(([network, says]) => [networkOf(network), says] as const);
const carriers = CARRIERS.map(([network, behind]) => [networkOf(network), behind] as const);

function networkOf(text: string): IpNetwork {
  const network = readNetwork(text);
  if (network === null) throw new Error(`${text} is no network`);
  return network;
}

/** Null: it is one address, as everybody reads it. */
export function unfitAddress(text: string): string | null {
  if (text === "") return "the alert names no address";
  return readIp(text) === null ? "it is not one IPv4 or IPv6 address" : null;
}

/** Why the address must not be blocked; null: nothing known protects it. `own` are those of Wazuh and of Riposte. */
export function protectedAddress(text: string, { networks }: Protected, own: readonly string[]): string | null {
  const address = readIp(text);
  if (address === null) return "it is not one IPv4 or IPv6 address";
  const all = [address, ...carried(address)];
  for (const [network, says] of never) if (all.some((one) => isInNetwork(network, one))) return `it is ${says}`;
  for (const pattern of networks) {
    const network = readProtectedNetwork(pattern);
    if (network !== null && all.some((one) => isInNetwork(network, one))) return `guardrails protect ${pattern}`;
  }
  for (const one of own) {
    const network = readProtectedNetwork(one);
    if (network !== null && all.some((of) => isInNetwork(network, of))) {
      return "it is an address of Wazuh's or Riposte's own, or of the way there";
    }
  }
  return null;
}

function carried(address: IpAddress): readonly IpAddress[] {
  return carriers.flatMap(([network, behind]) =>
    isInNetwork(network, address) ? [{ bits: 32 as const, value: (address.value >> behind) & 0xffff_ffffn }] : [],
  );
}

/** One way to write an address: what is compared and stored. */
export function plainAddress(text: string): string {
  const address = readIp(text);
  if (address === null) return text;
  if (address.bits === 32) {
    return [24n, 16n, 8n, 0n].map((shift) => String((address.value >> shift) & 0xffn)).join(".");
  }
  return Array.from({ length: 8 }, (_, i) => ((address.value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(
    ":",
  );
}
