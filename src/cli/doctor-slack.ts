import { createInterface } from "node:readline/promises";
import type { SlackReport } from "../app/slack-doctor.ts";
import { visible } from "../core/visible.ts";
import { configOrFail, findConfig, noConfig } from "./config-file.ts";
import { confirm } from "./confirm.ts";
import type { CliContext } from "./context.ts";
import { renderFindings } from "./doctor.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { print, say } from "./print.ts";
import { counted } from "./words.ts";

export interface DoctorSlackFlags {
  readonly config?: string;
  readonly json: boolean;
  readonly yes: boolean;
  readonly arrived?: readonly (readonly [name: string, channel: string])[];
}

export async function doctorSlack(this: CliContext, flags: DoctorSlackFlags, destination?: string): Promise<void> {
  const path = findConfig(flags.config);
  if (path === null) throw noConfig();
  const config = await configOrFail(this, path);
  const { planSlackTests, postSlackTests, withAnswer } = await import("../app/slack-doctor.ts");
  const { examineSlackApps } = await import("../app/slack-app-doctor.ts");
  const webhooks = await planSlackTests(config, destination ?? null);
  const apps = flags.arrived === undefined ? await examineSlackApps(config, destination ?? null, flags.yes) : null;
  const planned = webhooks ?? [];
  if (webhooks === null && apps === null) {
    const which = destination === undefined ? "no destination" : `no destination ${visible(destination)}`;
    throw new CommandError(EXIT.no, `the config has ${which} of type slack`);
  }
  const answer = (report: SlackReport, channel: string): SlackReport => withAnswer(report, channel);
  const reports = await (async () => {
    if (flags.arrived !== undefined) return answered(planned, flags.arrived, answer);
    const isAsking = !flags.json && process.stdin.isTTY;
    if (planned.length === 0) return [];
    const may =
      flags.yes || (isAsking && (await confirm(`post a test message by ${counted(planned.length, "webhook")}?`)));
    if (!may) return planned;
    const posted = await postSlackTests(config, planned);
    if (isAsking) return askChannels(posted, answer);
    if (!flags.json) say(this, "look into the channels, then: riposte doctor slack --arrived NAME=CHANNEL");
    return posted;
  })();
  const all = [...(apps ?? []), ...reports];
  print(this, flags, all, renderFindings);
  const failed = all.flatMap(({ findings }) => findings.filter(({ ok }) => !ok));
  if (failed.length > 0) throw new CommandError(EXIT.unavailable, `${counted(failed.length, "thing")} to mend`);
}

type Answer = (report: SlackReport, channel: string) => SlackReport;

/** What somebody saw of messages that were posted before; nothing is posted. */
function answered(
  planned: readonly SlackReport[],
  arrived: NonNullable<DoctorSlackFlags["arrived"]>,
  answer: Answer,
): readonly SlackReport[] {
  const of = (name: string) => planned.find((report) => [report.destination, ...report.others].includes(name));
  return arrived.map(([name, channel]) => {
    const report = of(name);
    if (report === undefined)
      throw new CommandError(
        EXIT.usage,
        `--arrived ${visible(name)}: the config has no such destination of type slack`,
      );
    return answer({ ...report, findings: [] }, channel);
  });
}

async function askChannels(posted: readonly SlackReport[], answer: Answer): Promise<readonly SlackReport[]> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const reports: SlackReport[] = [];
    for (const report of posted) {
      const { code, destination } = report;
      const question = `riposte: which channel has the test message ${code} of ${destination}? (Enter: none) `;
      reports.push(code === null ? report : answer(report, await lines.question(question)));
    }
    return reports;
  } finally {
    lines.close();
  }
}
