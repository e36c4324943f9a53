import type { CliContext } from "./context.ts";

export async function openApi(this: CliContext): Promise<void> {
  const { describeApi } = await import("../app/describe-api.ts");
  this.process.stdout.write(`${JSON.stringify(describeApi(), null, 2)}\n`);
}
