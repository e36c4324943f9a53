import { SECOND_MS } from "../../core/time.ts";
import { later } from "../../core/outcome.ts";
import type { MomentKind } from "../../core/moments.ts";
import type { AlertFacts, Picture } from "../../core/picture.ts";
import type { Receipt } from "../../core/receipt.ts";
import { alertFile } from "../../wazuh/alert-file.ts";
import type { Destination, Step, StepWords } from "../connector.ts";
import { jsonWithin } from "../json-within.ts";
import { untoldMoments } from "../telling.ts";
import { ARGV0, argumentsOf } from "./arguments.ts";
import type { IntegrationScriptConfig } from "./config.ts";
import { readGiven } from "./given.ts";
import { hiddenIn } from "./hidden.ts";
import { judgeRun } from "./judge-run.ts";
import { timeLimitMs } from "./time-limit.ts";

/** Beyond its time: for being ended, and for what it wrote. */
const ENDING_MS = 5 * SECOND_MS;
/** Where the line itself is not known. Wazuh's own are far below it. */
const DOCUMENT_CHARS = 512 * 1_024;

export function scriptDestination(config: IntegrationScriptConfig): Destination {
  const program = { folder: config.wazuh_home, path: `integrations/${config.script}` };
  return {
    deadlineMs: timeLimitMs(config) + ENDING_MS,
    next: (picture, receipt, words) => nextRun(config, picture, receipt, words),
    async perform(step, io) {
      if (io.processes === undefined) return later("script_unusable", "destination", null, NO_PROCESSES);
      const given = await readGiven(config, io);
      if (given.kind === "later") return given;
      const { alert, possible_repeat: isRepeat } = JSON.parse(step.body) as Body;
      const end = await io.processes.run({
        ...program,
        argv0: ARGV0,
        args: argumentsOf(config, given, alert),
        environment: { RIPOSTE_MARK: step.mark, RIPOSTE_POSSIBLE_REPEAT: String(isRepeat) },
        deadlineMs: Math.min(timeLimitMs(config), io.deadlineMs),
        hide: hiddenIn(given),
      });
      return judgeRun(config.script, end);
    },
    async probe(io) {
      const why = io.processes === undefined ? NO_PROCESSES : await io.processes.whyNot(program);
      if (why !== null) return { ok: false, says: why };
      const given = await readGiven(config, io);
      if (given.kind === "later") return { ok: false, says: given.evidence, reason: given.reason };
      return { ok: true, says: "the script may be executed; it is run with alerts only", onlyForm: true };
    },
  };
}

const NO_PROCESSES = "no programs are run here";

interface Body {
  readonly possible_repeat: boolean;
  /** What stands in the file. */
  readonly alert: string;
}

/** A script knows alerts and nothing else: what people do is not told, and what an alert brought is told by that. */
function nextRun(
  config: IntegrationScriptConfig,
  picture: Picture,
  receipt: Receipt | null,
  words: StepWords,
): Step | null {
  const untold = untoldMoments(picture, receipt);
  const last = untold.at(-1);
  const brought = untold.filter(({ kind }) => BROUGHT_BY_ALERT.has(kind));
  if (last === undefined || brought.length === 0) return null;
  const alert = brought.every(({ kind }) => kind === "opened") ? picture.first : picture.newest;
  const body: Body = { possible_repeat: words.repeat, alert: fileOf(config, alert) };
  return {
    action: "run",
    safeToRepeat: false,
    plan: { momentsTold: last.n, headDigest: null },
    anchor: null,
    mark: words.mark,
    body: JSON.stringify(body),
  };
}

const BROUGHT_BY_ALERT: ReadonlySet<MomentKind> = new Set(["opened", "escalated", "reopened"]);

function fileOf(
  { alert_format: alertFormat, max_log: maxLogBytes }: IntegrationScriptConfig,
  alert: AlertFacts,
): string {
  const { document, raw } = alert;
  const line = alertFormat === "json" ? (raw ?? jsonWithin(document, DOCUMENT_CHARS).text) : "";
  return alertFile({ alertFormat, maxLogBytes }, { document, raw: line }).toWellFormed();
}
