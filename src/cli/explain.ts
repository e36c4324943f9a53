import { openSync, readSync, closeSync } from "node:fs";
import type { Explanation, NoAlert, PolicyReport } from "../app/explain.ts";
import { visible } from "../core/visible.ts";
import { configOrFail, findConfig, noConfig } from "./config-file.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { print } from "./print.ts";
import type { Paint } from "./terminal.ts";
import { duration } from "./words.ts";

/** What the tail takes as one line, and room for one that was laid out for a reader. */
const MOST_BYTES = 8 * 1024 * 1024;

export async function explain(
  this: CliContext,
  flags: { readonly config?: string; readonly json: boolean },
  file: string,
): Promise<void> {
  const configPath = findConfig(flags.config);
  if (configPath === null) throw noConfig();
  const config = await configOrFail(this, configPath);
  const text = await readAlert(this, file);
  const { explainText } = await import("../app/explain.ts");
  const explained = explainText(text, config.policies, Date.now());
  if (explained.kind === "no_alert") {
    throw new CommandError(EXIT.badData, `${file}: ${NO_ALERT[explained.why]}`);
  }
  print(this, flags, explained, renderExplanation);
  if (!explained.policies.some(isTaken)) throw new CommandError(EXIT.no, "no policy takes this alert");
}

const NO_ALERT: Readonly<Record<NoAlert["why"], string>> = {
  empty: "is empty. Give it one alert, as a line of alerts.json",
  not_json: "is not JSON. Give it one alert, as a line of alerts.json",
  not_an_alert: "is JSON, but no Wazuh alert: it has no `rule`",
  several: "has more than one alert. Give it one: head -n 1 alerts.json | riposte explain -",
};

export function renderExplanation({ alert, refused, policies }: Explanation, paint: Paint): string {
  const agent = [alert.agentName, alert.agentId].filter((part) => part !== null).join(" ");
  const lines = [
    `${paint("bold", `rule ${visible(alert.ruleId)}`)} level ${alert.level}: ${visible(alert.title)}`,
    `  id ${visible(alert.id)} of ${visible(alert.origin)}, ${visible(alert.stamp)}${agent === "" ? "" : `, agent ${visible(agent)}`}`,
    refused
      ? "  its first bytes say that no policy wants it: it is counted as ignored and not parsed"
      : "  its first bytes do not rule it out: it is parsed, and the policies are asked in order",
    ...policies.flatMap((policy) => policyLines(policy, paint)),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function policyLines(report: PolicyReport, paint: Paint): readonly string[] {
  const name = visible(report.policy);
  const because = report.because.map(({ path, wanted, found, passed }) => {
    const has = found === null ? "it has none" : `it is ${found}`;
    return `    ${passed ? paint("green", "yes") : paint("red", "no ")} ${visible(path)} ${visible(wanted)}: ${has}`;
  });
  switch (report.outcome) {
    case "not_asked":
      return [paint("dim", `- ${name}: not asked, an earlier policy took it`)];
    case "no_match":
      return [`- ${name}: ${paint("yellow", "does not match")}`, ...because];
    case "clears":
      return [`- ${name}: ${paint("green", "ends its incident")}`, ...because, `    group: ${groupWords(report)}`];
    case "matches":
      return [
        `- ${name}: ${paint("green", "matches")}`,
        ...because,
        `    group: ${groupWords(report)}`,
        `    severity ${report.severity}: ${tellWords(report)}`,
      ];
  }
}

function groupWords({ group }: PolicyReport): string {
  const fields = Object.entries(group ?? {}).map(([name, value]) => `${name} ${value ?? "(none)"}`);
  return fields.length === 0 ? "one for all" : visible(fields.join(", "));
}

function tellWords({ tell, holdMs }: PolicyReport): string {
  if (tell.length === 0) return "nobody is told; it is only counted";
  const held = holdMs === null ? "at once" : `after ${duration(holdMs)}, unless an alert clears it before`;
  return `tells ${tell.map(visible).join(", ")} ${held}`;
}

function isTaken({ outcome }: PolicyReport): boolean {
  return outcome === "matches" || outcome === "clears";
}

async function readAlert(context: CliContext, file: string): Promise<string> {
  const bytes = file === "-" ? await context.readStdin(MOST_BYTES) : readSome(file);
  if (bytes === null) throw new CommandError(EXIT.badData, `${file}: is larger than any alert. Give it one: head -n 1`);
  return bytes.toString("utf8");
}

function readSome(file: string): Buffer | null {
  try {
    const open = openSync(file, "r");
    try {
      const bytes = Buffer.alloc(MOST_BYTES + 1);
      let size = 0;
      for (let got = -1; got !== 0 && size < bytes.length; size += got)
        got = readSync(open, bytes, size, bytes.length - size, null);
      return size > MOST_BYTES ? null : bytes.subarray(0, size);
    } finally {
      closeSync(open);
    }
  } catch (error) {
    const { code = "failed" } = error as NodeJS.ErrnoException;
    const permitted = code !== "EACCES" && code !== "EPERM";
    throw new CommandError(permitted ? EXIT.noInput : EXIT.notPermitted, `${file}: can't be read (${code})`, {
      cause: error,
    });
  }
}
