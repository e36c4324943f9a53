import { relative, resolve } from "node:path";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { say } from "./print.ts";
import { serve, servePath, type ServeFlags } from "./serve.ts";

const DIRECTORY = ".riposte";

/** With a config the same as serve; without one, serve against the built-in sandbox. */
export async function start(this: CliContext, flags: ServeFlags): Promise<void> {
  if (flags.config !== undefined) return serve.call(this, flags);
  const directory = resolve(DIRECTORY);
  const { startTryOut } = await import("../app/try-out.ts");
  const sandbox = await startTryOut(directory);
  if (sandbox === null) {
    throw new CommandError(EXIT.tryAgain, `another riposte start is running on ${directory}: stop that one first`);
  }
  const [config, alerts] = [relative("", sandbox.configPath), relative("", sandbox.alertsPath)];
  const byNpm = this.process.env["npm_lifecycle_event"] !== undefined;
  say(this, "no --config, so this is the sandbox: stand-ins for Slack and Jira on this machine, and sample alerts");
  say(this, `appended to ${alerts}. Incidents become messages and tickets as they come`);
  try {
    await servePath(this, flags, sandbox.configPath, ({ httpAddress }) => {
      say(this, `ready. The channel and the tickets: ${sandbox.pageUrl}`);
      say(this, `  ask it    ${byNpm ? "npm run -s riposte -- " : "riposte "}status --config ${config}`);
      say(this, `  numbers   http://${httpAddress ?? ""}/metrics`);
      say(
        this,
        `  for real  ${byNpm ? "npm start --" : "riposte serve"} --config riposte.yaml (${config} is an example)`,
      );
      say(this, "  end it    Ctrl-C");
    });
  } finally {
    await sandbox.stop();
  }
}
