import { isInNetwork, readIp, readNetwork, type IpNetwork } from "./ip-network.ts";

/** Who is called past the proxy. */
export type NoProxyRule =
  | { readonly kind: "host"; readonly host: string; readonly port: number | null }
  /** Every host below, not the name itself. */
  | { readonly kind: "suffix"; readonly suffix: string; readonly port: number | null }
  | { readonly kind: "network"; readonly network: IpNetwork };

const NAME = /^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*$/;
const EXAMPLES = "Examples: wazuh.corp.example, .corp.example, siem.example:8443, 10.0.0.0/8";

/** A rule as people write it, or what is wrong with it. */
export function readNoProxy(text: string): NoProxyRule | string {
  if (text.includes("/")) {
    const network = readNetwork(text);
    return network === null
      ? "not a network: expected its first address and the length of its prefix. Example: 10.0.0.0/8"
      : { kind: "network", network };
  }
  if (text.startsWith("*.")) return `a leading dot means every host below. Write ${shownName(text.slice(1))}`;
  const ip = readIp(text) ?? readIp(unbracketed(text));
  if (ip !== null) return { kind: "network", network: { ...ip, prefix: ip.bits } };
  const [, host = "", digits] = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const port = digits === undefined ? null : Number(digits);
  if (port !== null && (port < 1 || port > 65_535)) return "a port is a number from 1 to 65535";
  const name = inAscii(host.startsWith(".") ? host.slice(1) : unbracketed(host));
  if (!NAME.test(name) && readIp(name) === null)
    return `expected a host, a .suffix, host:port or a network. ${EXAMPLES}`;
  const plain = name.toLowerCase();
  return host.startsWith(".") ? { kind: "suffix", suffix: `.${plain}`, port } : { kind: "host", host: plain, port };
}

/**
 * Whether a call to this host goes past the proxy. Names are compared as they are written: nothing is looked up, since
 * where only the proxy gets out the machine often knows no names of the outside. This machine itself is never asked
 * for by way of a proxy, which would take "localhost" for its own.
 */
export function isPastProxy(rules: readonly NoProxyRule[], hostname: string, port: number): boolean {
  const host = unbracketed(hostname).toLowerCase().replace(/\.$/, "");
  const ip = readIp(host);
  if (isThisMachine(host)) return true;
  return rules.some((rule) => {
    switch (rule.kind) {
      case "network":
        return ip !== null && isInNetwork(rule.network, ip);
      case "host":
        return isSameHost(rule.host, host) && (rule.port ?? port) === port;
      case "suffix":
        return ip === null && host.endsWith(rule.suffix) && (rule.port ?? port) === port;
    }
  });
}

/** Whether nobody but this machine is at such an address; names are not looked up. */
export function isThisMachine(host: string): boolean {
  const ip = readIp(host);
  if (host === "localhost" || host.endsWith(".localhost")) return true;
  return ip !== null && LOOPBACK.some((network) => isInNetwork(network, ip));
}

/** An IPv6 address has many spellings. */
function isSameHost(written: string, host: string): boolean {
  if (written === host) return true;
  const [a, b] = [readIp(written), readIp(host)];
  return a !== null && b !== null && a.bits === b.bits && a.value === b.value;
}

function unbracketed(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}

/** As the address of a call has it: `größe.example` is called as `xn--gre-6ka8i.example`. */
function inAscii(name: string): string {
  const isForeign = /\P{ASCII}/u.test(name) && /^[\p{L}\p{M}\p{N}.-]+$/u.test(name);
  return isForeign ? (URL.parse(`http://${name}/`)?.hostname ?? name) : name;
}

function shownName(name: string): string {
  return NAME.test(name.slice(1)) ? name : ".corp.example";
}

const LOOPBACK = ["127.0.0.0/8", "::1/128"].flatMap((text) => readNetwork(text) ?? []);
