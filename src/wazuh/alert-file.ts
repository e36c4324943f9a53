import type { Alert } from "../core/alert.ts";
import { fieldOf } from "../core/fields.ts";
import { atoi } from "./c-number.ts";
import type { IntegrationBlock } from "./integration-block.ts";

/** What stands in the file that integratord hands to a script as its first argument. */
export function alertFile(
  block: Pick<IntegrationBlock, "alertFormat" | "maxLogBytes">,
  alert: Pick<Alert, "document" | "raw">,
): string {
  // Wazuh wrote the line with the writer that integratord uses again.
  if (block.alertFormat === "json") return `${alert.raw}\n`;
  const text = (path: string) => {
    const value = fieldOf(alert, path);
    return typeof value === "string" ? value : "";
  };
  const lines: readonly (readonly [string, string])[] = [
    ["alertdate", text("timestamp")],
    ["alertlocation", text("location")],
    ["ruleid", text("rule.id")],
    ["alertlevel", String(atoi(text("rule.level")))],
    ["ruledescription", text("rule.description")],
    ["alertlog", cut(masked(text("full_log"), LOG_MASK, " ", "z"), block.maxLogBytes)],
    ["srcip", masked(text("data.srcip"), ADDRESS_MASK, ".", "z")],
  ];
  return lines.map(([key, value]) => `${key}='${value}'`).join("\n");
}

const LOG_MASK: Readonly<Record<string, string>> = {
  "'": " ",
  "`": " ",
  '"': " ",
  "!": " ",
  $: " ",
  "\\": "/",
  ";": ",",
};
const ADDRESS_MASK: Readonly<Record<string, string>> = { "'": " ", "`": " ", "\\": " " };

/** Byte by byte: what lies outside of the range becomes a space, as many as it has bytes. */
function masked(text: string, mask: Readonly<Record<string, string>>, least: string, most: string): string {
  const bytes = Buffer.from(text).toString("latin1");
  return [...bytes].map((c) => mask[c] ?? (c < least || c > most ? " " : c)).join("");
}

/** One that is exactly as long as allowed loses its end as well. */
function cut(log: string, mostBytes: number): string {
  return log.length < mostBytes ? log : `${log.slice(0, mostBytes - 3)}...`;
}
