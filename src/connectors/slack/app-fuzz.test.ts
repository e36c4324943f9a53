import fc from "fast-check";
import { test } from "vitest";
import { parseJsonObject } from "../../../test/fakes/json.ts";
import { refusePayload } from "../../../test/fakes/slack-payload.ts";
import { liveMarkup } from "../../../test/fakes/slack-markup.ts";
import { hostileTexts } from "../../../test/fixtures/hostile.ts";
import { factsOf, pictureOf, withMoments } from "../../../test/fixtures/pictures.ts";
import { FULL_OF_VALUES, guided } from "../../../test/fixtures/playbooks.ts";
import { printOf, type Handling } from "../../core/handling.ts";
import type { MomentKind } from "../../core/moments.ts";
import type { Picture } from "../../core/picture.ts";
import { markOf, type Receipt } from "../../core/receipt.ts";
import { slack } from "./slack.ts";

const config = {
  token: { env: "T" },
  channel: "#soc",
  signing_secret: { env: "S" },
  people: "everyone",
  mention: { severity: { high: ["here"], critical: ["U0123456789"] } },
  wazuh_dashboard: "https://wazuh.example",
  console: "https://riposte.example",
};
const app = slack.destination("soc", slack.schema.parse(config));
const webhook = slack.destination("soc", slack.schema.parse({ webhook: { env: "W" } }));

const { long: _, longest: __, ...short } = hostileTexts;
const text = fc.oneof(
  fc.constantFrom(...Object.values(short)),
  fc.string({ unit: "binary", maxLength: 80 }),
  fc.string({
    unit: fc.constantFrom("<", ">", "&", "!", "@", "|", "`", "*", "^", "\n", "a", "é", "\u202e", "\ud83d", "{", "}"),
    maxLength: 400,
  }),
  fc.string({ maxLength: 4_000 }),
);
const maybe = fc.option(text);
const kinds = fc.array(
  fc.constantFrom<MomentKind>("escalated", "acknowledged", "note", "action", "resolved", "reopened"),
  { maxLength: 8 },
);

const pictures = fc
  .record({
    facts: fc.record({
      id: text,
      ruleId: text,
      level: fc.integer({ min: 0, max: 16 }),
      description: text,
      agentId: maybe,
      agentName: maybe,
      agentIp: maybe,
      location: maybe,
      user: maybe,
      sourceIp: maybe,
      log: maybe,
      mitre: fc.array(fc.record({ id: text, technique: maybe }), { maxLength: 3 }),
    }),
    family: fc.constantFrom("syscheck.path", "data.command", "data.url", "data.vulnerability.cve"),
    value: text,
    said: text,
    kinds,
    isGuided: fc.boolean(),
    isHandled: fc.boolean(),
  })
  .map(({ facts, family, value, said, kinds: happened, isGuided, isHandled }): Picture => {
    const first = { ...factsOf(facts), document: documentOf(family, value) };
    const plain = withMoments(pictureOf(first, { policy: said }, { "agent.name": said }), ...happened);
    const picture = { ...plain, moments: plain.moments.map((moment) => ({ ...moment, by: said, text: value })) };
    const silenced = { id: 41, who: said, until: facts.level * 1e12 };
    const handled = isHandled
      ? { ...picture, silenced, incident: { ...picture.incident, handling: byOne(said) } }
      : picture;
    return isGuided ? guided(handled, FULL_OF_VALUES) : handled;
  });

const STEPS = FULL_OF_VALUES.kind === "playbook" ? FULL_OF_VALUES.steps.map(printOf) : [];

/** Of the steps every other one is ticked off. */
function byOne(by: string): Handling {
  const ticks = STEPS.map((print, i) => ({ step: i + 1, print, isDone: i % 2 === 0, changes: i, by, at: i * 1e12 }));
  return { assignee: by, assigneeChanges: 999_999_999, silenceChanges: 999_999_999, ticks };
}

function documentOf(path: string, value: string): Record<string, unknown> {
  const inner = path.split(".").reduceRight<unknown>((made, name) => ({ [name]: made }), value);
  return inner as Record<string, unknown>;
}

const OUR_HOSTS: ReadonlySet<string | null> = new Set(["wazuh.example", "riposte.example"]);
const OURS = /^<(?:!here|@U0123456789)>$|^<!date\^\d+\^\{date_short_pretty\} \{time_secs\}\|[^<>|^]*>$/;

/** Why Slack would not take it, or what of it is live that we did not put there; null: neither. */
function faultOf(body: string): string | null {
  const payload = parseJsonObject(body);
  if (payload === null) return "no JSON";
  const refusal = refusePayload(payload);
  if (refusal !== null) return `${refusal.error}: ${refusal.why}`;
  const live = liveMarkup(payload).find((each) =>
    each.kind === "link" ? !OUR_HOSTS.has(each.host) : !OURS.test(each.markup),
  );
  return live === undefined ? null : JSON.stringify(live);
}

const told: Receipt = {
  incident: 12,
  destination: "soc",
  remote: { anchor: "C0123456789/1787216414.101684/1", url: null },
  twins: [],
  steps: 1,
  momentsTold: 1,
  headDigest: null,
  repeats: 0,
  firstDoneAt: 1,
  lastDoneAt: 1,
};

test("no alert, however hostile, makes a message that Slack refuses, or that calls or leads anybody anywhere", () => {
  const words = { mark: markOf("test", 12, "soc", 2), repeat: true };
  fc.assert(
    fc.property(pictures, fc.boolean(), (picture, byWebhook) => {
      const post = app.next(picture, null, words);
      const other = byWebhook ? webhook.next(picture, null, words) : app.next(picture, told, words);
      for (const step of [post, other]) {
        const fault = step === null ? null : faultOf(step.body);
        if (fault !== null) throw new Error(fault);
      }
    }),
    { numRuns: RUNS, seed: 9 },
  );
}, 300_000);

/** Of each alert the app's message, and its reply or the webhook's message. */
const RUNS = 10_000;
