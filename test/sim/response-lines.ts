import type { Draft } from "./written.ts";

export interface WrittenResponse {
  readonly program: string;
  readonly user: string | null;
  readonly order: "add" | "delete";
  /** What it answers; null: nothing that it names. */
  readonly cause: Draft | null;
}

/** An alert made into a tool's word about an account. */
export function accountChange({ line, alert }: Draft, tool: string, user: string): Draft {
  const log = tool === "passwd" ? `password for '${user}' changed by 'root'` : `changed password expiry for ${user}`;
  const document = {
    ...(JSON.parse(line) as object),
    predecoder: { program_name: tool },
    full_log: `Nov 23 12:00:00 web ${tool}[1]: ${log}`,
  };
  return { line: JSON.stringify(document), fate: "wanted", alert: { ...alert!, changes: { user, tool } } };
}

/** An alert made into the line that a script of active response logs. */
export function responseLine({ line, alert }: Draft, { program, user, order, cause }: WrittenResponse): Draft {
  const nested =
    cause === null ? {} : { alert: { ...(JSON.parse(cause.line) as object), data: { dstuser: user ?? "" } } };
  const data = { command: order, parameters: { program: `active-response/bin/${program}`, ...nested } };
  const document = { ...(JSON.parse(line) as object), data, location: "/var/ossec/logs/active-responses.log" };
  const about = cause?.alert ?? null;
  const response = {
    program,
    target: user ?? "",
    order,
    cause: about === null ? null : { rule: about.rule, agent: about.agent, at: about.at },
  };
  return { line: JSON.stringify(document), fate: "wanted", alert: { ...alert!, response } };
}
