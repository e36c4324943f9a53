import type { BlockState } from "../app/ossec/blocks.ts";
import type { ProbeReport } from "../app/probe.ts";
import type { UsedPack } from "../config/packs.ts";
import { formatConfigError, type ConfigError } from "../config/problem.ts";
import { type Scope, SCOPE_SAYS } from "../core/scope.ts";
import { visible } from "../core/visible.ts";
import { findConfig, noConfig } from "./config-file.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { print } from "./print.ts";
import { table, type Paint } from "./terminal.ts";
import { counted } from "./words.ts";

/** What a check found. */
export interface CheckReport {
  readonly file: string;
  readonly errors: readonly ConfigError[];
  readonly warnings: readonly ConfigError[];
  /** What the policies spare Riposte from parsing, a sentence each. */
  readonly refusal: readonly string[];
  /** The blocks of `ossec_conf` that became policies. */
  readonly blocks: readonly {
    readonly name: string;
    readonly file: string;
    readonly line: number;
    readonly state: BlockState;
  }[];
  /** What came with Riposte, by `use`. */
  readonly packs: readonly UsedPack[];
  /** Who may ask at `http.listen`, and what for. */
  readonly callers: readonly {
    readonly name: string;
    readonly knownBy: "token" | "certificate";
    readonly may: readonly Scope[];
  }[];
  readonly counts: { readonly sources: number; readonly destinations: number; readonly policies: number } | null;
  /** Null: nobody was asked. */
  readonly probes: readonly ProbeReport[] | null;
}

export async function check(
  this: CliContext,
  flags: { readonly json: boolean; readonly online: boolean; readonly strict: boolean },
  named?: string,
): Promise<void> {
  const file = findConfig(named);
  if (file === null) throw noConfig();
  const report = await checkConfig(file, flags.online);
  print(this, flags, report, renderCheck);
  if (report.errors.length > 0) {
    throw new CommandError(EXIT.config, `${counted(report.errors.length, "mistake")} in ${file}`);
  }
  if (flags.strict && report.warnings.length > 0) {
    throw new CommandError(EXIT.config, `${counted(report.warnings.length, "warning")} in ${file}, and --strict`);
  }
  const failed = report.probes?.filter((probe) => !probe.ok) ?? [];
  if (failed.length > 0) {
    throw new CommandError(EXIT.unavailable, `${counted(failed.length, "destination")} can't be used`);
  }
}

async function checkConfig(file: string, online: boolean): Promise<CheckReport> {
  const { readConfig } = await import("../app/read-config.ts");
  const { withNamedFiles } = await import("../app/named-files.ts");
  const read = await withNamedFiles(readConfig(file));
  switch (read.kind) {
    case "unreadable":
      throw new CommandError(EXIT.config, visible(read.says));
    case "refused":
      return { ...nothing(file), errors: read.errors };
    case "loaded": {
      const { config, warnings, playbookErrors = [] } = read;
      if (playbookErrors.length > 0) return { ...nothing(file), errors: playbookErrors, warnings };
      const { ACTION_LINES } = await import("../core/action.ts");
      const { explainRefusal } = await import("../core/explain-refusal.ts");
      const { policyDoubts } = await import("../config/policy-doubts.ts");
      const { sources, destinations, policies } = config;
      return {
        file,
        errors: [],
        warnings: [...warnings, ...policyDoubts(config).map(read.locate)],
        refusal: explainRefusal(policies, ACTION_LINES),
        blocks: (read.ossec?.blocks ?? []).map(({ name, file: of, line, state }) => ({ name, file: of, line, state })),
        packs: config.packs ?? [],
        callers: (config.http?.tokens ?? []).map(({ name, proof, may }) => ({
          name,
          knownBy: proof.kind === "secret" ? "token" : "certificate",
          may,
        })),
        counts: { sources: sources.length, destinations: destinations.length, policies: policies.length },
        probes: online ? await (await import("../app/probe.ts")).probeDestinations(config) : null,
      };
    }
  }
}

function nothing(file: string): CheckReport {
  return {
    file,
    errors: [],
    warnings: [],
    refusal: [],
    blocks: [],
    packs: [],
    callers: [],
    counts: null,
    probes: null,
  };
}

const STATES: Readonly<Record<BlockState, string>> = {
  live: "is taken over: Riposte sends it",
  shadow: "is shadow: integratord sends it, Riposte only shows what it would send, until riposte takeover moves it",
  handed_over: "is handed over by integratord's custom-jira: Riposte sends it",
  yields:
    "is shadow: integratord's custom-jira hands it over, and a destination of the config posts to the same address",
  twice: "is shadow: it stands in ossec.conf as well, and integratord sends it",
};

function packWords({ name, policies, skipped, changed }: UsedPack): string {
  const added = `  the ${name} pack adds ${counted(policies.length, "policy", "policies")}: ${policies.join(", ")}`;
  const notes = [
    ...(changed.length === 0 ? [] : [`changed: ${changed.join(", ")}`]),
    ...(skipped.length === 0 ? [] : [`left out: ${skipped.join(", ")}`]),
  ];
  return notes.length === 0 ? added : `${added} (${notes.join("; ")})`;
}

/** One line for each mistake, in the form that editors and CI can jump to. */
export function renderCheck(
  { file, errors, warnings, refusal, blocks, packs, callers, counts, probes }: CheckReport,
  paint: Paint,
): string {
  const lines = [
    ...errors.map((error) => paint("red", visible(formatConfigError(error)))),
    ...warnings.map((warning) => `${paint("yellow", "warning")} ${visible(formatConfigError(warning))}`),
  ];
  if (counts !== null) {
    const { sources, destinations, policies } = counts;
    const parts = [
      counted(sources, "source"),
      counted(destinations, "destination"),
      counted(policies, "policy", "policies"),
    ];
    lines.push(`${visible(file)}: ${paint("green", "ok")}, ${parts.join(", ")}`);
  }
  lines.push(
    ...blocks.map(({ name, file: of, line, state }) => `  ${visible(`${name}: ${of}:${line}`)} ${STATES[state]}`),
  );
  lines.push(...packs.map(packWords));
  lines.push(
    ...callers.map(({ name, knownBy, may }) => {
      const says = may.map((scope) => SCOPE_SAYS[scope]).join(", ");
      return `  ${name} (by ${knownBy === "token" ? "its token" : "its certificate"}) may ${says}`;
    }),
  );
  lines.push(...refusal.map((sentence) => `  ${visible(sentence)}`));
  const probed = (probes ?? []).map(({ destination, type, ok, says }) => [destination, type, ok ? "yes" : "NO", says]);
  const online = probes === null ? "" : table(["DESTINATION", "TYPE", "USABLE", "REASON"], probed, paint);
  return lines.map((line) => `${line}\n`).join("") + online;
}
