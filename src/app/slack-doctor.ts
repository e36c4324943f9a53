// Which channel does a webhook post to? Only who reads the channel can tell, so a marked message is posted and a person is asked.
import { hash, randomInt } from "node:crypto";
import type { Config, DestinationConfig } from "../config/schema.ts";
import type { Io } from "../connectors/connector.ts";
import { isWebhook, type WebhookConfig } from "../connectors/slack/kind.ts";
import type { SlackConfig } from "../connectors/slack/config.ts";
import { postTest, testMessage } from "../connectors/slack/test-post.ts";
import type { Finding } from "../core/check-up.ts";
import { SECOND_MS } from "../core/time.ts";
import { systemClock } from "../ports/clock.ts";
import { openUndiciHttp } from "../ports/undici-http.ts";
import { openOwnSecrets } from "./secrets/own-secrets.ts";
import type { DoctorReport } from "./jira-doctor.ts";

/** One webhook, and what became of the question. */
export interface SlackReport extends DoctorReport {
  /** Others that post by the same webhook. */
  readonly others: readonly string[];
  readonly expected: ExpectedChannel | null;
  /** In the message, so that two messages can be told apart; null: none was posted. */
  readonly code: string | null;
  /** Which channel somebody says it arrived in; null: nobody has said. */
  readonly arrivedIn: string | null;
}

/** A destination's name is only a hint; the other two were written down to be right. */
export interface ExpectedChannel {
  readonly channel: string;
  readonly by: "channel" | "options" | "name";
}

const POST_WITHIN_MS = 10 * SECOND_MS;
/** Letters and digits that nobody mixes up. */
const CODE_LETTERS = "ACDEFGHJKLMNPQRTUVWXY34679";
const CODE_LENGTH = 5;

/** What would be posted, one message for each webhook; null: no destination of that name posts by one. */
export async function planSlackTests(config: Config, named: string | null): Promise<readonly SlackReport[] | null> {
  const meant = config.destinations.filter(
    (each) => each.type === "slack" && isWebhook(each.config as SlackConfig) && (named === null || each.name === named),
  );
  if (meant.length === 0) return null;
  const secrets = openOwnSecrets(systemClock, config.aws);
  const addressed = await Promise.all(
    meant.map(async (destination) => {
      const secret = await secrets.read(settingsOf(destination).webhook);
      return { destination, secret: secret.kind === "value" ? hash("sha256", secret.value.trim()) : null, why: secret };
    }),
  );
  const isAsked = ({ destination }: (typeof addressed)[number]): boolean => destination.shadow !== true;
  const first = addressed.filter(
    (one, i) =>
      one.secret === null ||
      addressed.findIndex((of) => of.secret === one.secret && isAsked(of) === isAsked(one)) === i,
  );
  return first.map((one): SlackReport => {
    const { destination, secret, why } = one;
    const alike = addressed.filter((of) => of !== one && of.secret === secret && secret !== null && isAsked(of));
    const others = isAsked(one) ? alike.map((of) => of.destination.name) : [];
    const base = {
      destination: destination.name,
      others,
      expected: expectedOf(destination),
      code: null,
      arrivedIn: null,
    };
    if (!isAsked(one)) return { ...base, findings: [finding("shadow: integratord posts there, and Riposte does not")] };
    if (why.kind === "unreadable") return { ...base, findings: [{ ...finding(`webhook: ${why.why}`), ok: false }] };
    const words = testMessage({ code: "CODE", destinations: [destination.name, ...others] });
    return { ...base, findings: [finding(`would be posted with --yes: ${words}`)] };
  });
}

function finding(says: string): Finding {
  return { check: "post", ok: true, says };
}

/** Posts one message by each webhook that can be used. */
export async function postSlackTests(config: Config, planned: readonly SlackReport[]): Promise<readonly SlackReport[]> {
  const clock = systemClock;
  const secrets = openOwnSecrets(clock, config.aws);
  const wayOut = { settings: config.httpClient, secrets, troubled: () => {} };
  const http = openUndiciHttp({ connectionsPerOrigin: 4, clock, wayOut });
  const io = (): Io => ({ http, secrets, now: clock.now(), deadlineMs: POST_WITHIN_MS });
  try {
    const reports: SlackReport[] = [];
    for (const report of planned) {
      const destination = config.destinations.find(({ name }) => name === report.destination);
      const isUsable = destination?.shadow !== true && report.findings.every(({ ok }) => ok);
      if (destination === undefined || !isUsable) {
        reports.push(report);
        continue;
      }
      const code = newCode();
      const destinations = [report.destination, ...report.others];
      const { ok, says } = await postTest(settingsOf(destination), { code, destinations }, io());
      const posted: Finding = { check: "post", ok, says: ok ? `test message ${code}: ${says}` : says };
      reports.push({ ...report, code: ok ? code : null, findings: [posted] });
    }
    return reports;
  } finally {
    await http.close(0);
  }
}

/** With what somebody says of the channel; the empty text: it arrived nowhere. */
export function withAnswer(report: SlackReport, answer: string): SlackReport {
  const arrivedIn = answer.trim();
  const compared = compare(report, arrivedIn);
  return { ...report, arrivedIn, findings: [...report.findings, { check: "channel", ...compared }] };
}

function compare({ destination, expected }: SlackReport, arrivedIn: string): Omit<Finding, "check"> {
  if (arrivedIn === "")
    return {
      ok: false,
      says: `the message is said to be in no channel. Make a new incoming webhook for the right one and put its address where ${destination} has it`,
    };
  const isIt = expected !== null && plain(expected.channel) === plain(arrivedIn);
  if (isIt) return { ok: true, says: `posts to ${arrivedIn}, as expected` };
  if (expected === null) return { ok: true, says: `posts to ${arrivedIn}` };
  const mend = `Make an incoming webhook for the right channel and put its address where ${destination} has it`;
  switch (expected.by) {
    case "name":
      return {
        ok: true,
        doubtful: true,
        says: `posts to ${arrivedIn}, and is called ${expected.channel}. Where that is right, say so with channel: "${arrivedIn}"; else: ${mend}`,
      };
    case "channel":
    case "options":
      return { ok: false, says: `posts to ${arrivedIn}, and the config says ${expected.channel}. ${mend}` };
  }
}

function plain(channel: string): string {
  return channel.trim().replace(/^#/, "").toLowerCase();
}

/** Of a block of ossec.conf the name says nothing of a channel. */
function expectedOf(destination: DestinationConfig): ExpectedChannel | null {
  const { channel, options } = settingsOf(destination);
  if (channel !== undefined) return { channel, by: "channel" };
  const { channel: ofOptions } = options ?? {};
  if (typeof ofOptions === "string" && ofOptions !== "") return { channel: ofOptions, by: "options" };
  return destination.name.startsWith("ossec-") ? null : { channel: destination.name, by: "name" };
}

function settingsOf({ config }: DestinationConfig): WebhookConfig {
  return config as WebhookConfig;
}

function newCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]).join("");
}
