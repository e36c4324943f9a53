/** An address as one number, with its family: IPv4 in IPv6 clothes (`::ffff:10.0.0.1`) is IPv4. */
export interface IpAddress {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

export interface IpNetwork extends IpAddress {
  readonly prefix: number;
}

export function readIp(text: string): IpAddress | null {
  if (!text.includes(":")) {
    const value = readIpv4(text);
    return value === null ? null : { bits: 32, value };
  }
  const value = readIpv6(text);
  if (value === null) return null;
  return value >> 32n === 0xffffn ? { bits: 32, value: value & 0xffff_ffffn } : { bits: 128, value };
}

/** `10.0.0.0/8`, `fd00::/8`; null where it is no network, or its address says more than its prefix. */
export function readNetwork(text: string): IpNetwork | null {
  const [, address = "", digits = ""] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const ip = readIp(address);
  // An IPv4 address in IPv6 clothes counts its prefix from the front of the longer form.
  const prefix = Number(digits) - (ip?.bits === 32 && address.includes(":") ? 96 : 0);
  if (ip === null || prefix < 0 || prefix > ip.bits) return null;
  const free = BigInt(ip.bits - prefix);
  return (ip.value >> free) << free === ip.value ? { ...ip, prefix } : null;
}

export function isInNetwork(network: IpNetwork, { bits, value }: IpAddress): boolean {
  if (bits !== network.bits) return false;
  const free = BigInt(bits - network.prefix);
  return value >> free === network.value >> free;
}

/** Only the form that everybody reads alike: to some, a leading zero makes a part octal. */
function readIpv4(text: string): bigint | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) return null;
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function readIpv6(text: string): bigint | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [before, after] = halves.map((half, i) => groupsOf(half, i === halves.length - 1));
  if (before === undefined || before === null || after === null) return null;
  const missing = 8 - before.length - (after?.length ?? 0);
  // Without `::` nothing may be missing; with it, at least one group is.
  if (after === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...before, ...Array.from({ length: missing }, () => 0), ...(after ?? [])];
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

/** The 16-bit groups of a half; its end may be written as an IPv4 address. */
function groupsOf(half: string, mayEndInIpv4: boolean): readonly number[] | null {
  if (half === "") return [];
  const parts = half.split(":");
  const groups: number[] = [];
  for (const [i, part] of parts.entries()) {
    if (/^[0-9A-Fa-f]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else {
      const ipv4 = mayEndInIpv4 && i === parts.length - 1 ? readIpv4(part) : null;
      if (ipv4 === null) return null;
      groups.push(Number(ipv4 >> 16n), Number(ipv4 & 0xffffn));
    }
  }
  return groups;
}
