import { BlockList, isIP } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isInNetwork, readIp, readNetwork } from "./ip-network.ts";

const ipv4 = fc.ipV4();
const ipv6 = fc.ipV6();
const address = fc.oneof(ipv4, ipv6);
/** Near one another, so that some are in the network. */
const nearIpv4 = fc.tuple(fc.constantFrom("10.0", "10.1", "11.0"), fc.nat(255), fc.nat(255)).map((p) => p.join("."));

test("an address is read if and only if Node takes it for one", () => {
  const parts = fc.array(fc.constantFrom("0", "1", "00", "255", "256", "ffff", "g", ":", "::", ".", "%1"), {
    maxLength: 9,
  });
  const text = fc.oneof(
    address,
    fc.string(),
    parts.map((each) => each.join("")),
  );

  fc.assert(fc.property(text, (some) => (readIp(some) !== null) === (isIP(some) !== 0 && !some.includes("%"))));
});

test("a network holds the addresses that Node's block list finds in it", () => {
  const cases = fc.oneof(
    fc.tuple(nearIpv4, fc.nat(32), nearIpv4),
    fc.tuple(ipv4, fc.nat(32), ipv4),
    fc.tuple(ipv6, fc.nat(128), ipv6),
  );

  fc.assert(
    fc.property(cases, ([base, prefix, other]) => {
      const network = networkAround(base, prefix);
      const oracle = new BlockList();
      oracle.addSubnet(base, prefix, base.includes(":") ? "ipv6" : "ipv4");
      const ip = readIp(other);
      if (network === null || ip === null) throw new Error("these are addresses");
      fc.pre(isPlain(base) && isPlain(other));
      return isInNetwork(network, ip) === oracle.check(other, other.includes(":") ? "ipv6" : "ipv4");
    }),
    { numRuns: 1_000 },
  );
});

test("an address of one family is in no network of the other", () => {
  fc.assert(
    fc.property(ipv4, ipv6, (four, six) => {
      fc.pre(isPlain(six));
      const [a, b] = [networkAround(four, 0), networkAround(six, 0)];
      const [of4, of6] = [readIp(four), readIp(six)];
      if (a === null || b === null || of4 === null || of6 === null) throw new Error("these are addresses");
      return !isInNetwork(a, of6) && !isInNetwork(b, of4);
    }),
  );
});

test("every address is in the networks that begin as it does, and in no other of the same length", () => {
  fc.assert(
    fc.property(address, fc.nat(128), (text, length) => {
      const ip = readIp(text);
      if (ip === null) throw new Error("this is an address");
      const prefix = length % (ip.bits + 1);
      const network = { ...ip, prefix };
      const flipped = prefix === 0 ? null : { ...ip, value: ip.value ^ (1n << BigInt(ip.bits - prefix)) };
      return isInNetwork(network, ip) && (flipped === null || !isInNetwork(network, flipped));
    }),
  );
});

test.each(["10.0.0.0/8", "0.0.0.0/0", "192.168.1.7/32", "fd00::/8", "::/0", "::1/128", "::ffff:10.0.0.0/104"])(
  "%s is a network",
  (text) => {
    expect(readNetwork(text)).not.toBeNull();
  },
);

test.each([
  "10.0.0.1/8",
  "10.0.0.0/33",
  "10.0.0.0/",
  "10.0.0.0",
  "/8",
  "10.0.0/8",
  "fd00::1/8",
  "::/129",
  "a/8",
  "1/1/1",
])("%s is none", (text) => {
  expect(readNetwork(text)).toBeNull();
});

test("IPv4 in IPv6 clothes is IPv4", () => {
  expect(readIp("::ffff:10.0.0.1")).toEqual(readIp("10.0.0.1"));
  expect(readIp("::ffff:a00:1")).toEqual(readIp("10.0.0.1"));
  expect(readNetwork("::ffff:10.0.0.0/104")).toEqual(readNetwork("10.0.0.0/8"));
});

/** The network of this length that the address is in. */
function networkAround(text: string, prefix: number) {
  const ip = readIp(text);
  if (ip === null) return null;
  const free = BigInt(ip.bits - Math.min(prefix, ip.bits));
  return { ...ip, value: (ip.value >> free) << free, prefix: Math.min(prefix, ip.bits) };
}

/** The two differ on purpose about IPv4 that is written as IPv6: Node has it in `::/0`. */
function isPlain(text: string): boolean {
  return text.includes(":") === (readIp(text)?.bits === 128);
}
