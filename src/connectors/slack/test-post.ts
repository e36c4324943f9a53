// A message that asks nobody for anything, to see which channel a webhook posts to: Slack itself tells that to nobody.
import { postJson } from "../call.ts";
import type { Io, Probe } from "../connector.ts";
import { slackOutcome } from "./answer.ts";
import { readHook } from "./hook-address.ts";
import type { WebhookConfig } from "./kind.ts";

export interface TestPost {
  /** Tells it from other such messages. */
  readonly code: string;
  /** Destinations that post by this webhook. */
  readonly destinations: readonly string[];
}

export function testMessage({ code, destinations }: TestPost): string {
  const names = destinations.join(", ");
  return `Test message ${code} of Riposte: this is where ${names} ${destinations.length === 1 ? "posts" : "post"}. Nobody has to do anything.`;
}

/** What came of it. A post without a clear answer may have arrived all the same. */
export async function postTest(config: WebhookConfig, test: TestPost, io: Io): Promise<Probe> {
  const address = await readHook(config.webhook, io);
  if (address.kind === "later") return { ok: false, says: address.evidence };
  const outcome = slackOutcome(await postJson(io, address.url, JSON.stringify({ text: testMessage(test) })));
  return { ok: outcome.kind === "done", says: outcome.evidence };
}
