import type { AlertRow } from "../core/change.ts";
import type { AlertPage } from "../http/alert-answers.ts";
import { dispositionWords } from "./disposition-words.ts";
import { table, type Paint } from "./terminal.ts";
import { counted, instant } from "./words.ts";

export function renderAlertPage({ alerts, more, lookedAt, isWhole, keptFrom }: AlertPage, paint: Paint): string {
  const heads = ["AT", "ID", "RULE", "LEVEL", "AGENT", "INCIDENTS", "DISPOSITION", "REASON"];
  const rows = alerts.map((alert) => [
    instant(alert.at),
    alert.identity.nativeId,
    alert.identity.ruleId,
    String(alert.level),
    alert.agentId ?? "-",
    alert.incidents.map((id) => `#${id}`).join(" ") || "-",
    alert.disposition,
    reasonOf(alert),
  ]);
  const notes = [
    ...(more ? ["there are older ones: --limit"] : []),
    ...(isWhole ? [] : [`only ${counted(lookedAt, "alert")} were looked at: others may belong here`]),
    ...(!more && isWhole && keptFrom !== null
      ? [`what came before ${instant(keptFrom)} and is over was taken away: keep in the config`]
      : []),
  ];
  return `${alerts.length === 0 ? "" : table(heads, rows, paint)}${notes.map((note) => paint("dim", `${note}\n`)).join("")}`;
}

function reasonOf({ disposition, endings = [], windows = [] }: AlertRow): string {
  const policies = [
    ...endings.filter((ending) => ending.disposition === disposition).map(({ policy }) => policy),
    ...(disposition === "in_window" ? windows.map(({ policy, n }) => `${policy}, window ${n}`) : []),
  ];
  return `${dispositionWords(disposition)}${policies.length === 0 ? "" : ` (${policies.join("; ")})`}`;
}
