import { scan, type Span } from "./redact-span.ts";
import { isNoSecret, valueAt } from "./secret-value.ts";

/** Options of one letter mean something else to each program. */
interface Tool {
  readonly programs: RegExp;
  /** Those whose value stands behind a blank, and those to which it is glued. */
  readonly spaced: readonly string[];
  readonly glued: readonly string[];
}

const TOOLS: readonly Tool[] = [
  tool("mysql\\w*|mariadb[\\w-]*|mycli|xtrabackup|innobackupex", ["-p"], ["-p"]),
  tool("sshpass", ["-p"], ["-p"]),
  tool("ldap(?:search|add|modify|delete|passwd|whoami|compare|modrdn)", ["-w"], ["-w"]),
  tool("sqlcmd|bcp|osql|isql|tsql|unzip|zip|ipmitool|mosquitto_(?:pub|sub)|sqsh", ["-P"], ["-P"]),
  tool("redis-cli|keydb-cli|valkey-cli", ["-a"], []),
  tool("snmp\\w+", ["-A", "-X", "-c"], []),
  tool("7z[ar]?|7zz|rar|unrar|winrar", [], ["-p", "-hp"]),
  tool("(?:x|w)freerdp\\d?|mstsc", [], ["/p:"]),
  tool("schtasks|tasklist|taskkill|systeminfo|wmic|getmac", ["/p", "/rp"], []),
  tool("useradd|usermod|adduser|htpasswd|rdesktop|psexec\\w*|paexec|winexe|mongo\\w*|evil-winrm", ["-p"], ["-p"]),
  tool("crackmapexec|cme|nxc|netexec|hydra|medusa|impacket-\\w+|bloodhound\\S*|smbmap|certipy", ["-p"], []),
  tool("docker|podman|nerdctl|buildah|skopeo|helm|oras|az|oc|cf", ["-p"], [], /\blogin\b/),
];

/** What means another thing by -p, though it may stand beside a user's name. */
const OTHERS = /\b(?:ssh|scp|sftp|mkdir|cp|install|rsync|ps|kill|tar|nmap|nc|ncat|iptables|tcpdump|journalctl|perl)\b/;
const NAMES_A_USER = /\s(?:-[ul]|-U|--user(?:name)?|--login|-L)[ =]?\S/;

/** Where an option may begin, in a text of any form. */
export const OPTION_HINT = /(?<=^|[^\w./-]|\\[nrtbf])(?:-(?:[pwaxcu]|hp|-user|-proxy-user)|\/r?p)/i;

/** In small letters, one of these stands in all else that is looked for here. */
export const COMMAND_STEMS: readonly string[] = [
  "chpasswd",
  "--stdin",
  "sudo",
  "net user",
  "net1 user",
  "net use",
  "net.exe",
  "net1.exe",
];
export const COMMAND_HINT = "chpasswd|--stdin|\\|[^|]{0,60}sudo\\s{1,4}-S|net1?(?:\\.exe)?[\\\\\"']{0,3} {1,4}use";

/** A command is looked back upon no further than this. */
const BACK_CHARS = 300;

/** Passwords that only the program before them makes known as such. */
export function* optionSecrets(text: string): Generator<Span | null> {
  yield* scan(text, OPTION, (option, index) => optionAt(text, index, option));
  yield* scan(text, LOGIN, (option, index) => loginAt(text, index, index + option.length));
  yield* scan(text, PIPED, (_, index) => pipedInto(text, index));
  yield* scan(text, NET_USER, (found, index) => {
    const value = valueAt(text, index + found.length);
    return value === null ? null : { ...value, kind: "the value of an option" };
  });
}

const OPTION = /(?<![\w./-])(?:-(?:pw?|P|w|a|A|X|c|hp)|\/r?p:?)/g;
const LOGIN = /(?<![\w./-])(?:-[uU]|--(?:proxy-)?user)(?=[\s="']|\w)/g;
const PIPED = /\|\s{0,4}(?:sudo\s{1,4})?(?:\S{0,40}\/)?(?:chpasswd|passwd\s[^|]{0,40}--stdin|sudo\s{1,4}-S)/g;
const NET_USER = /\bnet1?(?:\.exe)?["']? {1,4}(?:user|use) {1,4}\S{1,200} {1,4}(?=[^/\s])/gi;

function optionAt(text: string, index: number, option: string): Span | null {
  const end = index + option.length;
  const next = text[end];
  if (next === undefined) return null;
  const command = commandBefore(text, index);
  const between = /[\s="']/.test(next)
    ? (/^(?:["'],?\s{1,2}(?:a\d{1,2}=)?|\s{1,4}|=)/.exec(text.slice(end, end + 10))?.[0] ?? "")
    : null;
  const takes = TOOLS.some(
    ({ programs, spaced, glued }) =>
      (between !== null && between !== "" ? spaced : glued).includes(option) && programs.test(command),
  );
  const value = valueAt(text, end + (between?.length ?? 0));
  if (value === null || text.startsWith("-", value.from)) return null;
  if (!takes && !isLikely(text.slice(value.from, value.to), option, between, command)) return null;
  return { ...value, kind: "the value of an option" };
}

/** A program that nobody has heard of: beside a user's name -p is his password, unless it is plainly something else. */
function isLikely(value: string, option: string, between: string | null, command: string): boolean {
  if (option === "-pw") return between !== null && between !== "";
  if (option !== "-p" || between === null || between === "") return false;
  if (/^(?:[\d:,./-]{1,24}|tcp|udp|icmp|[/.~].{0,400})$/s.test(value)) return false;
  return NAMES_A_USER.test(command) && !OTHERS.test(command);
}

/** `-u user:password`, and `-U user%password` as Samba's programs have it. */
function loginAt(text: string, index: number, end: number): Span | null {
  const between = /^(?:["'],?\s{1,2}(?:a\d{1,2}=)?|\s{1,4}|=)?/.exec(text.slice(end, end + 10))?.[0] ?? "";
  if (between === "" && !/\bcurl\b/.test(commandBefore(text, index))) return null;
  const value = valueAt(text, end + between.length);
  if (value === null) return null;
  const login = text.slice(value.from, value.to);
  const at = login.search(/[:%]/);
  const secret = login.slice(at + 1);
  if (at < 1 || isNoSecret(secret) || secret.startsWith("//") || /^[\d:]+$/.test(login) || /^[A-Za-z]:\\/.test(login))
    return null;
  return { from: value.from + at + 1, to: value.to, kind: "the value of an option" };
}

/** `echo user:password | chpasswd`. */
function pipedInto(text: string, pipe: number): Span | null {
  const before = text.slice(Math.max(0, pipe - BACK_CHARS), pipe);
  const said = before.lastIndexOf("echo ");
  const printed = before.lastIndexOf("printf ");
  const from = Math.max(said === -1 ? -1 : said + 5, printed === -1 ? -1 : printed + 7);
  if (from === -1) return null;
  return { from: pipe - before.length + from, to: pipe, kind: "a password that is piped" };
}

/** The words of the same command that stand before. */
function commandBefore(text: string, index: number): string {
  const before = text.slice(Math.max(0, index - BACK_CHARS), index);
  return before.slice(Math.max(...["|", ";", "&", "\n"].map((sign) => before.lastIndexOf(sign))) + 1);
}

function tool(programs: string, spaced: readonly string[], glued: readonly string[], also?: RegExp): Tool {
  const named = `(?:^|[\\s/\\\\"'=:(])(?:${programs})(?:\\.exe)?(?:["'\\s]|$)`;
  return { programs: new RegExp(also === undefined ? named : `${named}.*${also.source}`, "i"), spaced, glued };
}
