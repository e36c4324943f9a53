import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isPastProxy, readNoProxy, type NoProxyRule } from "./no-proxy.ts";

function rule(text: string): NoProxyRule {
  const read = readNoProxy(text);
  if (typeof read === "string") throw new Error(read);
  return read;
}

/** As `URL` gives it. */
function isPast(rules: readonly string[], address: string): boolean {
  const { hostname, port, protocol } = new URL(address);
  return isPastProxy(rules.map(rule), hostname, Number(port) || (protocol === "https:" ? 443 : 80));
}

const cases: readonly [rule: string, address: string, past: boolean][] = [
  ["siem.example", "https://siem.example/x", true],
  ["siem.example", "https://SIEM.example./x", true],
  ["siem.example", "https://siem.example:8443/", true],
  ["siem.example", "https://a.siem.example/", false],
  ["siem.example", "https://notsiem.example/", false],
  [".corp.example", "https://siem.corp.example/", true],
  [".corp.example", "https://a.b.corp.example/", true],
  [".corp.example", "https://corp.example/", false],
  [".corp.example", "https://evilcorp.example/", false],
  [".corp.example:8443", "https://a.corp.example:8443/", true],
  [".corp.example:8443", "https://a.corp.example/", false],
  ["siem.example:8443", "https://siem.example:8443/", true],
  ["siem.example:8443", "https://siem.example/", false],
  ["siem.example:443", "https://siem.example/", true],
  ["siem.example:80", "http://siem.example/", true],
  ["10.0.0.0/8", "https://10.255.0.1/", true],
  ["10.0.0.0/8", "https://11.0.0.1/", false],
  ["10.0.0.0/8", "https://10.example/", false],
  ["10.0.0.0/8", "https://[::ffff:10.1.2.3]/", true],
  ["10.1.2.3", "https://10.1.2.3:9/", true],
  ["10.1.2.3:9", "https://10.1.2.3:9/", true],
  ["10.1.2.3:9", "https://10.1.2.3/", false],
  ["fd00::/8", "https://[fd12::1]/", true],
  ["[fd00::1]", "https://[fd00:0::1]/", true],
  ["fd00::1", "https://[fd00::1]:8443/", true],
  ["[fd00::1]:8443", "https://[fd00:0:0::1]:8443/", true],
  ["[fd00::1]:8443", "https://[fd00::1]/", false],
  [".1", "https://10.0.0.1/", false],
  ["größe.example", "https://GRÖSSE.example/", false],
  ["größe.example", "https://Größe.example/", true],
  [".größe.example:8443", "https://a.xn--gre-6ka8i.example:8443/", true],
];

test.each(cases)("%s: %s goes past the proxy: %s", (text, address, past) => {
  expect(isPast([text], address)).toBe(past);
});

test.each(["http://localhost:9/", "http://127.0.0.1/", "http://127.8.8.8/", "http://[::1]/", "http://a.localhost/"])(
  "%s is this machine and is called past any proxy",
  (address) => {
    expect(isPast([], address)).toBe(true);
  },
);

test("whoever matches no rule goes through the proxy", () => {
  fc.assert(fc.property(fc.domain(), (host) => !isPast([".corp.example", "10.0.0.0/8"], `https://${host}/`)));
});

test("a name that is written as a rule is its own exception, however it is spelled", () => {
  fc.assert(fc.property(fc.domain(), (host) => isPast([host.toUpperCase()], `https://${host}/`)));
});

describe("what is no rule", () => {
  test.each([
    ["*.corp.example", "Write .corp.example"],
    ["*.a b", "Write .corp.example"],
    ["*", "expected a host"],
    ["", "expected a host"],
    [".", "expected a host"],
    ["a..b", "expected a host"],
    ["http://a", "not a network"],
    ["10.0.0.0/33", "not a network"],
    ["a:0", "from 1 to 65535"],
    ["a:65536", "from 1 to 65535"],
    ["a:b", "expected a host"],
    ["fd00::1:", "expected a host"],
    ["größe example", "expected a host"],
  ])("%j is told with what is one", (text, says) => {
    expect(readNoProxy(text)).toContain(says);
  });
});
