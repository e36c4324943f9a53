import type { Finding } from "../../core/check-up.ts";
import type { Io } from "../connector.ts";
import { openAccess } from "./access.ts";
import { readAnchor } from "./anchor.ts";
import { MARK_EVENT } from "./app-mark.ts";
import { channelsOf } from "./app-next.ts";
import type { AppConfig } from "./kind.ts";
import { bad, good } from "./diagnose.ts";
import { SlackApp } from "./slack-app.ts";

/**
 * One message in each channel by the very steps that incidents go through: posted, found again by its mark, edited,
 * and taken away. It says what it is.
 */
export async function tryMessages(config: AppConfig, io: () => Io): Promise<readonly Finding[]> {
  const access = await openAccess(config, io());
  if (access.kind === "later") return [bad("test message", access)];
  const findings: Finding[] = [];
  for (const [at, channel] of channelsOf(config).entries()) findings.push(await tryMessage(config, channel, at, io));
  return findings;
}

async function tryMessage(config: AppConfig, channel: string, at: number, io: () => Io): Promise<Finding> {
  const check = `test message in ${channel}`;
  const app = new SlackApp(config);
  const { now } = io();
  const mark = `rp-doctor-${now.toString(36)}-${at + 1}`;
  const text = "Test message of Riposte. Nobody has to do anything: it goes away by itself.";
  const metadata = { event_type: MARK_EVENT, event_payload: { mark } };
  const step = (action: string, anchor: string | null, body: object) => {
    const plan = { momentsTold: 0, headDigest: null };
    return { action, safeToRepeat: false, plan, anchor, mark, body: JSON.stringify(body) };
  };
  const posted = await app.perform(step("post", null, { channel, text, metadata }), io());
  if (posted.kind !== "done") return bad(check, posted);
  const { anchor } = posted.remote;
  const message = readAnchor(anchor);
  if (message === null) return bad(check, { evidence: "Slack did not say which message it made" });
  const { channel: id, ts } = message;
  const look = await app.find({ mark, action: "post", receipt: null, since: now }, io());
  const edited = await app.perform(step("edit", anchor, { channel: id, ts, text: `${text} Edited.`, metadata }), io());
  const deleted = await app.perform(step("delete_twin", anchor, { channel: id, ts }), io());
  if (look.kind !== "found")
    return bad(check, {
      evidence: `posted, and not found again, so that nothing could be made sure of: ${look.evidence}`,
    });
  for (const outcome of [edited, deleted]) if (outcome.kind !== "done") return bad(check, outcome);
  return good(check, "posted, found again by its mark, edited, and deleted");
}
