import type { CliContext } from "./context.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";

export interface ForwardFlags {
  readonly config?: string;
  readonly alerts?: string;
  readonly to?: string;
  readonly tokenFile?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly state?: string;
  readonly node?: string;
  readonly start?: string;
  readonly compress?: string;
  readonly tls?: string;
  readonly check: boolean;
  readonly log: "debug" | "info" | "warn" | "error";
  readonly logFormat?: "json" | "text";
}

export async function forward(this: CliContext, flags: ForwardFlags): Promise<void> {
  const { checkForward, forwardAlerts, readForwardSettings } = await import("../app/forward.ts");
  const { stdout, stderr, env } = this.process;
  const { config = null, check, log, logFormat, tokenFile, ...others } = flags;
  const read = readForwardSettings({ flags: { ...others, token_file: tokenFile }, env, config });
  if (read.kind === "wrong") throw new CommandError(EXIT.config, read.mistakes.join("\n"));
  const { settings } = read;
  if (check) {
    const { lines, failure } = await checkForward(settings);
    for (const line of lines) stdout.write(`${line}\n`);
    if (failure !== null) throw new CommandError(CODES[failure.kind], failure.says);
    return;
  }
  const failure = await forwardAlerts({
    settings,
    level: log,
    pretty: logFormat === "text" || (logFormat === undefined && stderr.isTTY === true),
    askedToStop: () => this.askedToStop(),
    tellBugsTo: (tell) => this.tellBugsTo(tell),
  });
  if (failure !== null) throw new CommandError(CODES[failure.kind], failure.says);
}

const CODES: Readonly<Record<"no_alerts" | "no_answer" | "no_state" | "not_let_in" | "config", ExitCode>> = {
  no_alerts: EXIT.noInput,
  no_answer: EXIT.unavailable,
  no_state: EXIT.cantCreate,
  not_let_in: EXIT.notPermitted,
  config: EXIT.config,
};
