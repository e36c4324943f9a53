/** What goes to an agent with an order, under `alert.data`. */
export interface SentData {
  readonly dstuser?: string;
  readonly srcip?: string;
  readonly riposte: {
    readonly v: number;
    readonly token: string;
    readonly verb: "add" | "check" | "undo";
    readonly seconds?: number;
  };
}

/** A line of an agent's `active-responses.log` that Wazuh reads. */
export type AgentLine =
  | {
      readonly kind: "stock";
      readonly program: string;
      readonly order: "add" | "delete";
      readonly data: SentData;
    }
  | {
      readonly kind: "companion";
      readonly program: string;
      readonly token: string;
      readonly target: string;
      readonly verb: "add" | "check" | "undo" | "lift";
      readonly effect: "yes" | "already" | "no" | "undone" | "refused";
      readonly why: string;
      readonly others: number;
    };

export function tokenOf(line: AgentLine): string {
  return line.kind === "stock" ? line.data.riposte.token : line.token;
}

export function targetOf({ dstuser, srcip }: SentData): string {
  return dstuser ?? srcip ?? "";
}

/** The alert that Wazuh's own rules, and the companion's, make of it; its decoder makes text of every number. */
export function alertOf(line: AgentLine): { readonly rule: string; readonly data: object } {
  if (line.kind === "stock") {
    const { program, order, data } = line;
    const parameters = { extra_args: [], alert: { data: asText(data) }, program: `active-response/bin/${program}` };
    const rule = program === "firewall-drop" ? (order === "add" ? "651" : "652") : "657";
    return { rule, data: { version: "1", command: order, parameters } };
  }
  const { program, token, target, verb, effect, why, others } = line;
  const found = program.includes("block-ip") ? { rule: "in_place" } : { password: "locked" };
  const action = program.replace(/^riposte-/, "");
  const said = { v: "1", token, action, verb, target, effect, why, others: `${others}`, until: "0", found };
  return { rule: RULES[effect], data: { riposte: said } };
}

const RULES = { yes: "110651", already: "110651", undone: "110652", refused: "110653", no: "110654" } as const;

function asText(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return String(value);
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, asText(of)]));
}
