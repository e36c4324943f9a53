import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { connectorSuite, type ConnectorCase } from "../../../test/conformance/connector.ts";
import { secretsOf } from "../../../test/conformance/secrets.ts";
import { ownList, parseJsonObject } from "../../../test/fakes/json.ts";
import { serveVendor, type ServedVendor } from "../../../test/fakes/serve.ts";
import { refusePayload } from "../../../test/fakes/slack-payload.ts";
import { FakeSlackWebhooks, liveMarkup, usualHookPath, type HookState } from "../../../test/fakes/slack-webhook.ts";
import { textAnswer } from "../../../test/fakes/vendor.ts";
import { agentLost, bruteForce, withMoments } from "../../../test/fixtures/pictures.ts";
import { markOf } from "../../core/receipt.ts";
import { systemClock } from "../../ports/clock.ts";
import { openUndiciHttp, type UndiciHttp } from "../../ports/undici-http.ts";
import type { Io, Step } from "../connector.ts";
import type { SlackConfig } from "./config.ts";
import { slack } from "./slack.ts";

// Made of small letters like the words in which Slack answers, and with one of them inside it, as in `hooks.slack.com`.
const canary = "canary_of_the_webhook";

for (const style of ["blocks", "legacy"] as const) {
  connectorSuite(`slack, ${style}`, (url): ConnectorCase<SlackConfig> => {
    return {
      connector: slack,
      config: { webhook: { env: "WEBHOOK" }, style },
      secrets: { WEBHOOK: `${url}/services/T00/B00/${canary}` },
      canaries: [canary, "/services/"],
      ok: textAnswer(200, "ok"),
      unreadable: "unknown",
      // Slack says ok, or it was not Slack; a 204 carries no body.
      statusMeans: (status) => (status === 204 ? "unknown" : null),
      maxBodyChars: 40_000,
      inspect: takenAndHarmless,
    };
  });
}

describe("slack", () => {
  let http: UndiciHttp;
  let fake: FakeSlackWebhooks;
  let served: ServedVendor;
  beforeAll(() => {
    http = openUndiciHttp({ connectionsPerOrigin: 2, clock: systemClock });
  });
  afterAll(() => http.close(0));
  afterEach(() => served.close());

  async function start(): Promise<Io> {
    fake = new FakeSlackWebhooks();
    served = await serveVendor(fake);
    return { http, secrets: secretsOf({ W: served.url + usualHookPath }), now: Date.now(), deadlineMs: 5_000 };
  }

  test("a new incident is shown with what a reader wants to know first", async () => {
    const io = await start();
    const step = stepFor({});
    expect(await destinationFor({}).perform(step, io)).toEqual({
      kind: "done",
      remote: { anchor: null, url: null },
      evidence: "Slack answered 200 ok",
    });

    const [posted] = fake.posted;
    expect(posted?.notification).toMatch(/^#12 Medium · sshd: brute force .* · web-01$/);
    expect(posted?.text.split("\n")).toEqual([
      "Medium · sshd: brute force trying to get access to the system. Authentication failed.",
      "*Agent*",
      "web-01 (003) · 10.0.4.21",
      "*Rule*",
      "5763 (level 10)",
      "*Severity*",
      "Medium",
      "*Alerts*",
      "1",
      "*Time*",
      "2026-08-20 09:00:14 UTC",
      "*Location*",
      "journald",
      "*User*",
      "deploy",
      "*Source address*",
      "198.51.100.23",
      "*MITRE ATT&CK*",
      "T1110 Brute Force",
      "```Aug 20 09:00:14 web-01 sshd[4007]: Failed password for deploy from 198.51.100.23 port 50007 ssh2```",
      "Incident #12 · open · policy ssh-brute-force",
    ]);
    expect(posted?.payload).toMatchObject({ attachments: [{ color: "#6092c0" }], unfurl_links: false });
  });

  test("moments that waited together are told in one message, the last one first", async () => {
    const io = await start();
    const picture = withMoments(bruteForce(), "escalated", "acknowledged", "note", "resolved");
    await destinationFor({}).perform(stepFor({}, picture), io);

    const text = fake.posted[0]?.text ?? "";
    expect(text).toMatch(/^Resolved · sshd/);
    expect(text).toContain("• Note by alice: looking at it · 2026-08-20 09:04:14 UTC");
    expect(text).toContain("• Resolved · ");
    expect(text).not.toContain("Escalated");
    expect(text).toContain("Incident #12 · resolved · policy ssh-brute-force");
  });

  test("what was told is not told again", () => {
    const told = { ...receiptAfter(1), momentsTold: 1 };
    const next = destinationFor({}).next(withMoments(agentLost(), "resolved"), told, words(2));
    expect(next?.plan.momentsTold).toBe(2);
    expect(next?.body).toContain("Resolved");
    expect(next?.body).not.toContain("Opened");
  });

  test("a possible repeat is marked for the reader", async () => {
    const io = await start();
    const step = destinationFor({}).next(bruteForce(), null, { ...words(1), repeat: true });
    await destinationFor({}).perform(step ?? stepFor({}), io);
    expect(fake.posted[0]?.text).toContain("*Possible repeat*");
  });

  test.each<[HookState, object]>([
    [
      "revoked",
      { kind: "later", reason: "destination_gone", scope: "destination", evidence: /404 no_service: .*make a new/ },
    ],
    [
      "archived",
      { kind: "later", reason: "destination_gone", scope: "destination", evidence: /410 channel_is_archived: / },
    ],
    [
      "prohibited",
      { kind: "later", reason: "unauthorized", scope: "destination", evidence: /403 action_prohibited: / },
    ],
    ["troubled", { kind: "unknown", reason: "server_error", evidence: /500 rollup_error: trouble on the other side/ }],
  ])("a webhook that is %s is named with what to do", async (state, { evidence, ...rest }: { evidence?: RegExp }) => {
    const io = await start();
    fake.setState(state);
    const outcome = await destinationFor({}).perform(stepFor({}), io);
    expect(outcome).toMatchObject(rest);
    expect(outcome.evidence).toMatch(evidence ?? /never/);
  });

  test("the probe tells a webhook that works from one that doesn't, and posts nothing", async () => {
    const io = await start();
    expect(await destinationFor({}).probe(io)).toEqual({ ok: true, says: "Slack takes posts" });
    fake.setState("revoked");
    expect(await destinationFor({}).probe(io)).toMatchObject({
      ok: false,
      says: expect.stringContaining("no_service"),
    });
    expect(fake.posted).toEqual([]);
  });

  test("the legacy style is the attachment of Wazuh's own integration, with its options laid over it", () => {
    const [attachment] = attachmentsOf(stepFor({ style: "legacy", options: { pretext: "Wazuh Alert" } }));
    expect(attachment).toEqual({
      color: "danger",
      pretext: "Wazuh Alert",
      title: "sshd: brute force trying to get access to the system. Authentication failed.",
      text: "Aug 20 09:00:14 web-01 sshd[4007]: Failed password for deploy from 198.51.100.23 port 50007 ssh2",
      fields: [
        { title: "Agent", value: "(003) - web-01" },
        { title: "Location", value: "journald" },
        { title: "Rule ID", value: "5763 _(Level 10)_" },
      ],
      ts: "1787216414.101684",
    });
  });

  test.each([
    [4, "good"],
    [5, "warning"],
    [7, "warning"],
    [8, "danger"],
  ])("the legacy style shows level %i as %s", (level, color) => {
    const picture = bruteForce();
    const step = stepFor({ style: "legacy" }, { ...picture, first: { ...picture.first, level } });
    expect(attachmentsOf(step)).toMatchObject([{ color, pretext: "WAZUH Alert" }]);
  });

  test("the legacy style adds the count and the news that the old integration could not know", () => {
    const picture = withMoments(bruteForce({ count: 1_234 }), "resolved");
    const step = destinationFor({ style: "legacy" }).next(picture, receiptAfter(1), words(2));
    expect(attachmentsOf(step ?? stepFor({}))).toMatchObject([
      {
        title: "Resolved · sshd: brute force trying to get access to the system. Authentication failed.",
        fields: expect.arrayContaining([
          { title: "Alerts", value: "1,234" },
          { title: "Incident", value: "#12, resolved" },
        ]),
      },
    ]);
  });

  test("options without the legacy style, and a pace that is none, are refused", () => {
    const webhook = { env: "W" };
    expect(slack.schema.safeParse({ webhook, options: { pretext: "x" } }).success).toBe(false);
    expect(slack.schema.safeParse({ webhook, pace: { max: 0, per: "1s" } }).success).toBe(false);
    expect(slack.schema.safeParse({ webhook, pace: { max: 1, per: "soon" } }).success).toBe(false);
    const slower = slack.schema.parse({ webhook, pace: { max: 20, per: "1m" } });
    expect(slack.capabilities(slower).paceMs).toBe(3_000);
    expect(slack.capabilities(slack.schema.parse({ webhook })).paceMs).toBe(1_000);
  });
});

function takenAndHarmless(body: string): void {
  const payload = parseJsonObject(body);
  if (payload === null) throw new Error("not a JSON object");
  expect(refusePayload(payload)).toBeNull();
  // A date is ours and only shows one; anything else that is live came from the alert.
  const live = liveMarkup(payload).filter(
    ({ markup }) => !/^<!date\^\d+\^\{date_short_pretty\} \{time_secs\}\|[^<>|^]*>$/.test(markup),
  );
  expect(live).toEqual([]);
  expect(body).not.toMatch(/\\u00[01]|\\u007f|[\u0080-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/);
}

function destinationFor(config: object): ReturnType<typeof slack.destination> {
  return slack.destination("security-alerts", slack.schema.parse({ webhook: { env: "W" }, ...config }));
}

function stepFor(config: object, picture = bruteForce()): Step {
  const step = destinationFor(config).next(picture, null, words(1));
  if (step === null) throw new Error("no step");
  return step;
}

function attachmentsOf(step: Step): readonly unknown[] {
  return ownList(parseJsonObject(step.body) ?? {}, "attachments");
}

function words(step: number): { mark: string; repeat: boolean } {
  return { mark: markOf("test", 12, "security-alerts", step), repeat: false };
}

function receiptAfter(momentsTold: number) {
  return {
    incident: 12,
    destination: "security-alerts",
    remote: { anchor: null, url: null },
    twins: [],
    steps: 1,
    momentsTold,
    headDigest: null,
    repeats: 0,
    firstDoneAt: 1,
    lastDoneAt: 1,
  };
}
