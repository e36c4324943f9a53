import { didYouMean } from "../config/nearest.ts";
import { readStart, startTrouble, type StartConfig } from "../config/start-text.ts";

export interface ForwardSettings {
  /** The short name that Wazuh moves from file to file. */
  readonly alerts: string;
  /** Without a slash at its end. */
  readonly to: string;
  readonly tokenFile: string | null;
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  readonly state: string;
  /** `<cluster>/<node>`, as the node's alerts have it; null: the server does not watch over this node. */
  readonly node: string | null;
  readonly start: StartConfig;
  readonly compress: Compression;
}

export type Compression = "zstd" | "gzip" | "off";

/** As they stand in a file. A flag has hyphens, a variable capitals and `RIPOSTE_FORWARD_` before it. */
export const FORWARD_KEYS = [
  "alerts",
  "to",
  "token_file",
  "ca",
  "cert",
  "key",
  "state",
  "node",
  "start",
  "compress",
  "tls",
] as const;
export type ForwardKey = (typeof FORWARD_KEYS)[number];

/** What was said of a key, and where, for whoever has to put it right. */
export interface Said {
  readonly value: string;
  readonly where: string;
}

export type SaidOf = Readonly<Partial<Record<ForwardKey, Said>>>;

export const DEFAULTS = {
  alerts: "/var/ossec/logs/alerts/alerts.json",
  state: "/var/lib/riposte-forward",
  start: "end",
  compress: "zstd",
} as const;

export const ENV_PREFIX = "RIPOSTE_FORWARD_";

export type ReadSettings =
  | { readonly kind: "settings"; readonly settings: ForwardSettings }
  | { readonly kind: "wrong"; readonly mistakes: readonly string[] };

/** The first of those that say something about a key counts. */
export function settingsOf(...told: readonly SaidOf[]): ReadSettings {
  const mistakes: string[] = [];
  const said = (key: ForwardKey): Said | null => told.find((each) => each[key] !== undefined)?.[key] ?? null;
  const take = <Value>(key: ForwardKey, fallback: Value, read: (text: string) => Value | Mistake): Value => {
    const found = said(key);
    if (found === null) return fallback;
    const value = read(found.value);
    if (!(value instanceof Mistake)) return value;
    mistakes.push(`${found.where}: ${value.says}`);
    return fallback;
  };
  const path = (key: ForwardKey, fallback: string | null) => take<string | null>(key, fallback, absolutePath);

  const tlsOff = take("tls", false, (text) => (text === "off" ? true : new Mistake("expected off, or nothing")));
  const settings = {
    alerts: path("alerts", DEFAULTS.alerts) ?? DEFAULTS.alerts,
    to: take("to", "", (text) => serverUrl(text, tlsOff)),
    tokenFile: path("token_file", null),
    ca: path("ca", null),
    cert: path("cert", null),
    key: path("key", null),
    state: path("state", DEFAULTS.state) ?? DEFAULTS.state,
    node: take<string | null>("node", null, nodeName),
    start: take<StartConfig>("start", DEFAULTS.start, start),
    compress: take<Compression>("compress", DEFAULTS.compress, compression),
  };
  mistakes.push(...together(settings, said));
  return mistakes.length > 0 ? { kind: "wrong", mistakes } : { kind: "settings", settings };
}

/** What the environment says; an unknown name with the prefix is a mistake, as a misspelt key is. */
export function saidByEnvironment(env: Readonly<Partial<Record<string, string>>>): {
  readonly said: SaidOf;
  readonly mistakes: readonly string[];
} {
  const said: Partial<Record<ForwardKey, Said>> = {};
  const mistakes: string[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(ENV_PREFIX) || value === undefined || name === CONFIG_VARIABLE) continue;
    const key = keyNamed(name.slice(ENV_PREFIX.length).toLowerCase());
    if (key === null) mistakes.push(`${name}: unknown variable${didYouMean(name, FORWARD_KEYS.map(variableOf))}`);
    else said[key] = { value, where: name };
  }
  return { said, mistakes };
}

export const CONFIG_VARIABLE = `${ENV_PREFIX}CONFIG`;

export function keyNamed(name: string): ForwardKey | null {
  return FORWARD_KEYS.find((key) => key === name) ?? null;
}

function variableOf(key: ForwardKey): string {
  return `${ENV_PREFIX}${key.toUpperCase()}`;
}

class Mistake {
  readonly says: string;

  constructor(says: string) {
    this.says = says;
  }
}

/** What is wrong with the keys taken together. */
function together(settings: ForwardSettings, said: (key: ForwardKey) => Said | null): readonly string[] {
  const { tokenFile, cert, key } = settings;
  const mistakes: string[] = [];
  if (said("to") === null)
    mistakes.push("to: is missing: where does Riposte listen? Example: --to https://riposte.example.net:8443");
  if (said("token_file") === null && said("cert") === null)
    mistakes.push(
      "token_file: is missing: which file holds the token that Riposte knows this sender by? Example: --token-file /etc/riposte/token (or a client certificate: --cert and --key)",
    );
  if ((cert === null) !== (key === null)) {
    const [there, missing] = cert === null ? (["key", "cert"] as const) : (["cert", "key"] as const);
    mistakes.push(`${said(there)?.where ?? there}: needs ${missing} beside it`);
  }
  if (tokenFile !== null && tokenFile === key) mistakes.push("token_file: is the same file as key");
  return mistakes;
}

function absolutePath(text: string): string | Mistake {
  return text.startsWith("/") && !text.includes("\0") ? text : new Mistake("expected an absolute path");
}

function serverUrl(text: string, tlsOff: boolean): string | Mistake {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    return new Mistake("not a URL. Example: https://riposte.example.net:8443");
  if (url.username !== "" || url.password !== "")
    return new Mistake("a login does not belong here: the token goes in token_file");
  if (url.search !== "" || url.hash !== "")
    return new Mistake("nothing may follow the path. Example: https://riposte:8443");
  if (url.protocol === "http:" && !isLoopback(url.hostname) && !tlsOff)
    return new Mistake(
      "http: would show the token and the alerts to everybody on the way. Use https:, or say tls: off if something else encrypts",
    );
  return url.href.replace(/\/+$/, "");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function nodeName(text: string): string | Mistake {
  // It travels in a header.
  return /^[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?$/.test(text)
    ? text
    : new Mistake("expected a name in ASCII of at most 200 characters. Example: wazuh/worker-1");
}

function start(text: string): StartConfig | Mistake {
  const trouble = startTrouble(text);
  return trouble === null ? readStart(text) : new Mistake(trouble);
}

const COMPRESSIONS = ["zstd", "gzip", "off"] as const satisfies readonly Compression[];

function compression(text: string): Compression | Mistake {
  const known = COMPRESSIONS.find((each) => each === text);
  return known ?? new Mistake(`expected one of ${COMPRESSIONS.join(", ")}${didYouMean(text, COMPRESSIONS)}`);
}
