import { resolve } from "node:path";
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
  say(
    this,
    `no --config, so this is the sandbox: stand-ins for Slack and Jira, and sample alerts in ${sandbox.alertsPath}`,
  );
  try {
    await servePath(this, flags, sandbox.configPath, ({ httpAddress }) => {
      say(this, `ready. Look at the channel and the tickets: ${sandbox.pageUrl}`);
      say(
        this,
        `its config: ${sandbox.configPath} (copy it to begin your own, then: npm start -- --config riposte.yaml)`,
      );
      say(this, `ask it:     npx riposte status --config ${sandbox.configPath}`);
      say(this, `numbers:    http://${httpAddress ?? ""}/metrics   end it: Ctrl-C`);
    });
  } finally {
    await sandbox.stop();
  }
}
