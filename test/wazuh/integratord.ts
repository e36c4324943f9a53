// What wazuh-integratord does with an ossec.conf and an alert, written a second time from what is known of it, to hold
// src/wazuh against. It shares nothing with that, and is for files that somebody might write: no NULs, no depths.

/** One answer for each block in the order of the file; "ends" where integratord would not start. */
export type Answer = "ends" | readonly boolean[];

export interface Node {
  readonly tag: string;
  text: string;
  readonly inside: Node[];
}

export function integratordWould(conf: string, alert: unknown): Answer {
  const roots = parse(conf);
  if (roots === null) return "ends";
  const blocks = roots
    .filter(({ tag }) => tag === "ossec_config")
    .flatMap(({ inside }) => inside.filter(({ tag }) => tag === "integration"));
  if (blocks.some(refuses)) return "ends";
  return blocks.map((block) => calls(block, alert));
}

/** Null: not what Wazuh can read. */
export function parse(conf: string): Node[] | null {
  const bare = conf
    .replaceAll(/<![^]*?(?:-->|!>)/g, "")
    // What is left of a backslash and a bracket is two signs of a text.
    .replaceAll(/(?<!\\)((?:\\\\)*)\\</g, "$1\\\u0001");
  const top: Node = { tag: "", text: "", inside: [] };
  const path = [top];
  let end = 0;
  for (const match of bare.matchAll(/<(\/?)([^\s>/]*)((?:\s+\w+="[^">]*")*)(\s*\/?)>/g)) {
    const before = bare.slice(end, match.index);
    end = match.index + match[0].length;
    if (before.includes("<")) return null;
    const here = path.at(-1)!;
    const [, slash, tag = "", , close = ""] = match;
    here.text = before;
    if (slash === "/") {
      if (path.length === 1 || here.tag !== tag || match[0] !== `</${tag}>`) return null;
      here.text = before.replaceAll("\u0001", "<");
      path.pop();
      continue;
    }
    const node: Node = { tag, text: "", inside: [] };
    here.inside.push(node);
    if (!close.endsWith("/")) path.push(node);
  }
  return path.length === 1 && !bare.slice(end).includes("<") ? top.inside : null;
}

const KNOWN =
  "name hook_url api_key level group rule_id event_location alert_format max_log options timeout retries".split(" ");

function refuses({ inside }: Node): boolean {
  if (!inside.some(({ tag }) => tag === "name")) return true;
  return inside.some(({ tag, text }) => {
    if (!KNOWN.includes(tag)) return true;
    if (!["level", "max_log", "timeout", "retries"].includes(tag)) return false;
    if ([...text].some((c) => c < "0" || c > "9")) return true;
    return tag === "max_log" && (Number(text) < 165 || Number(text) > 1024);
  });
}

function calls({ inside }: Node, alert: unknown): boolean {
  const of = (tag: string) => inside.filter((node) => node.tag === tag).at(-1)?.text;
  const name = of("name")!;
  const needsHook = ["slack", "shuffle", "maltiverse"].includes(name);
  const needsKey = ["pagerduty", "virustotal", "maltiverse"].includes(name);
  if (!needsHook && !needsKey && !name.startsWith("custom-")) return false;
  if ((needsHook && of("hook_url") === undefined) || (needsKey && of("api_key") === undefined)) return false;

  const { rule, location } = alert as {
    rule?: { level?: number; id?: string; groups?: string[] };
    location?: string;
  };
  if (rule === undefined) return false;
  const pattern = of("event_location");
  if (pattern !== undefined && (location === undefined || !sregex(pattern, location))) return false;
  const level = Number(of("level") ?? "");
  if (level > 0 && !(rule.level !== undefined && rule.level >= level)) return false;
  const group = of("group") ?? "";
  if (group !== "" && !(rule.groups ?? []).some((one) => `,${group.replace(/,$/, "")},`.includes(`,${one},`)))
    return false;
  const ids = inside.filter(({ tag }) => tag === "rule_id").flatMap(({ text }) => numbersIn(text));
  return ids.length === 0 || (rule.id !== undefined && ids.some((id) => id !== 0 && id === parseInt(rule.id!, 10)));
}

function numbersIn(list: string): number[] {
  const found: number[] = [];
  for (let i = 0; i < list.length;) {
    const c = list.charAt(i);
    if (c === " " || c === ",") i += 1;
    else if (/[0-9]/.test(c)) {
      found.push(parseInt(list.slice(i), 10));
      while (i < list.length && list.charAt(i) !== ",") i += 1;
    } else break;
  }
  return found;
}

function sregex(pattern: string, text: string): boolean {
  if (pattern.startsWith("!")) return !anyOf(pattern.substring(1), text);
  return anyOf(pattern, text);
}

function anyOf(pattern: string, text: string): boolean {
  const subject = `\u0002${fold(text)}\u0003`;
  return pattern.split("|").some((one) => {
    // The ends of the text are made signs of their own, and then it is a plain search.
    const wanted = fold(one).replace(/^\^/, "\u0002").replace(/\$$/, "\u0003");
    return subject.includes(wanted);
  });
}

function fold(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => String.fromCharCode(byte >= 65 && byte <= 90 ? byte + 32 : byte))
    .join("");
}
