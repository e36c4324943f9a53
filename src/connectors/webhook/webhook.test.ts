import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { connectorSuite, type ConnectorCase } from "../../../test/conformance/connector.ts";
import { secretsOf } from "../../../test/conformance/secrets.ts";
import { serveVendor, type ServedVendor } from "../../../test/fakes/serve.ts";
import { textAnswer } from "../../../test/fakes/vendor.ts";
import { FakeWebhookReceiver } from "../../../test/fakes/webhook-receiver.ts";
import { bruteForce, withMoments } from "../../../test/fixtures/pictures.ts";
import { markOf } from "../../core/receipt.ts";
import { systemClock } from "../../ports/clock.ts";
import { openUndiciHttp, type UndiciHttp } from "../../ports/undici-http.ts";
import type { Destination, Io, Step } from "../connector.ts";
import type { WebhookConfig } from "./config.ts";
import { webhook } from "./webhook.ts";

const key = "c2VjcmV0LWNhbmFyeS0wMTIzNDU2Nzg5YWJjZGVm";
const secret = `whsec_${key}`;

connectorSuite("webhook, signed, at a secret address", (url): ConnectorCase<WebhookConfig> => {
  return {
    ...common,
    config: { url: { env: "URL" }, secret: { env: "KEY" } },
    secrets: { URL: `${url}/hook/cAnArY-path`, KEY: secret },
    canaries: [key, "cAnArY-path"],
    openFields: ["url"],
  };
});

connectorSuite("webhook, unsigned, at an open address", (url): ConnectorCase<WebhookConfig> => {
  return { ...common, config: { url: `${url}/hook`, unsigned: true }, secrets: {}, canaries: [] };
});

const common = {
  connector: webhook,
  ok: textAnswer(200, "thanks"),
  unreadable: "done",
  maxBodyChars: 1_048_576,
} as const;

describe("webhook", () => {
  let http: UndiciHttp;
  let receiver: FakeWebhookReceiver;
  let served: ServedVendor;
  beforeAll(() => {
    http = openUndiciHttp({ connectionsPerOrigin: 2, clock: systemClock });
  });
  afterAll(() => http.close(0));
  afterEach(() => served.close());

  async function start(): Promise<void> {
    receiver = new FakeWebhookReceiver({ secret });
    served = await serveVendor(receiver);
  }

  function ioWith(value: string = secret): Io {
    return { http, secrets: secretsOf({ KEY: value }), now: Date.now(), deadlineMs: 5_000 };
  }

  function destination(): Destination {
    const config = webhook.schema.parse({ url: `${served.url}/hook`, secret: { env: "KEY" } });
    return webhook.destination("siem", config);
  }

  test("the receiver can tell that it is ours, which delivery it is, and read all there is to know", async () => {
    await start();
    const picture = withMoments(bruteForce(), "acknowledged");
    expect(await destination().perform(stepOf(destination(), picture), ioWith())).toEqual({
      kind: "done",
      remote: { anchor: null, url: null },
      evidence: "the receiver answered 204",
    });

    const [delivery] = receiver.deliveries;
    expect(delivery).toMatchObject({ id: "rp-test-12-siem-1", verified: true });
    expect(JSON.parse(delivery?.body ?? "")).toEqual({
      type: "incident",
      version: 1,
      mark: "rp-test-12-siem-1",
      possible_repeat: false,
      incident: {
        id: 12,
        policy: "ssh-brute-force",
        state: "acknowledged",
        severity: "medium",
        title: "sshd: brute force trying to get access to the system. Authentication failed.",
        group: { "agent.id": "003", "data.srcip": "198.51.100.23" },
        rule_id: "5763",
        agent_id: "003",
        agent_name: "web-01",
        count: 1,
        first_at: "2026-08-20T09:00:14.123Z",
        last_at: "2026-08-20T09:00:14.123Z",
        opened_at: "2026-08-20T09:00:15.023Z",
        resolved_at: null,
        resolved_by: null,
        acknowledged_by: "alice",
        revision: 2,
      },
      moments: [
        { n: 1, kind: "opened", at: "2026-08-20T09:00:15.023Z", severity: "medium", count: 1, by: null, text: null },
        {
          n: 2,
          kind: "acknowledged",
          at: "2026-08-20T09:02:14.123Z",
          severity: "medium",
          count: 1,
          by: "alice",
          text: null,
        },
      ],
      alerts: JSON.parse(JSON.stringify({ first: picture.first.document, newest: picture.newest.document })),
      shortened: [],
    });
  });

  test("a delivery that is made again has the same id and says that it may be a repeat", async () => {
    await start();
    const step = stepOf(destination());
    await destination().perform(step, ioWith());
    const again = destination().next(bruteForce(), null, { mark: step.mark, repeat: true });
    await destination().perform(again ?? step, ioWith());

    expect(receiver.repeats()).toBe(1);
    expect(JSON.parse(receiver.deliveries[1]?.body ?? "")).toMatchObject({ mark: step.mark, possible_repeat: true });
  });

  test("a key that was changed signs the next call", async () => {
    await start();
    const other = `whsec_${Buffer.from("another key, long enough").toString("base64")}`;
    const values = { KEY: secret };
    const io = { ...ioWith(), secrets: secretsOf(values) };
    const mine = destination();
    expect(await mine.perform(stepOf(mine), io)).toMatchObject({ kind: "done" });
    receiver.changeSecret(other);
    expect(await mine.perform(stepOf(mine), io)).toMatchObject({ kind: "later", reason: "unauthorized" });
    values.KEY = other;
    expect(await mine.perform(stepOf(mine), io)).toMatchObject({ kind: "done" });
  });

  test.each([
    ["plainly wrong", /does not begin with whsec_/],
    ["whsec_not base64!", /is not base64/],
    ["whsec_c2hvcnQ=", /shorter than 16 bytes/],
  ])("a key that is none is not used: %s", async (value, evidence) => {
    await start();
    const outcome = await destination().perform(stepOf(destination()), ioWith(value));
    expect(outcome).toMatchObject({ kind: "later", reason: "secret_unreadable" });
    expect(outcome.evidence).toMatch(evidence);
    expect(receiver.deliveries).toEqual([]);
  });

  test("a document that is too long keeps what fits, and says so", async () => {
    await start();
    const { first, ...picture } = bruteForce();
    const document = { ...first.document, full_log: "A".repeat(1_048_576) };
    const body = stepOf(destination(), { ...picture, first: { ...first, document } }).body;

    const { alerts, shortened } = JSON.parse(body) as {
      alerts: { first: Record<string, unknown> };
      shortened: unknown;
    };
    expect(shortened).toEqual(["first"]);
    expect(alerts.first).toMatchObject({ id: first.id, rule: { id: "5763" } });
    expect(alerts.first["full_log"]).toMatch(/^A{4096} … \[cut: 1,048,576 characters in all\]$/);
  });

  test.each([
    [{ url: "https://example.com/hook" }, /`unsigned: true`/],
    [{ url: "https://example.com/hook", secret: { env: "K" }, unsigned: true }, /not beside `secret`/],
    [{ url: "https://example.com/hook?token=x", unsigned: true }, /may hold a secret/],
    [{ url: "https://u:p@example.com/hook", unsigned: true }, /user name or password/],
    [{ url: "http://example.com/hook", unsigned: true }, /not https/],
    [{ url: "example.com", unsigned: true }, /not a URL/],
  ])("a config that can't be right is refused (%#)", (config, message) => {
    const result = webhook.schema.safeParse(config);
    expect(result.success).toBe(false);
    expect(JSON.stringify(result.error?.issues)).toMatch(message);
  });

  test("the pace and the number of calls at once are the user's", () => {
    const url = "https://example.com/hook";
    const usual = webhook.capabilities(webhook.schema.parse({ url, unsigned: true }));
    expect(usual).toMatchObject({ paceMs: 0, concurrency: 16, finds: false, edits: false });
    const slow = webhook.schema.parse({ url, unsigned: true, concurrency: 2, pace: { max: 100, per: "1m" } });
    expect(webhook.capabilities(slow)).toMatchObject({ paceMs: 600, concurrency: 2 });
  });
});

function stepOf(destination: Destination, picture = bruteForce()): Step {
  const step = destination.next(picture, null, { mark: markOf("test", 12, "siem", 1), repeat: false });
  if (step === null) throw new Error("no step");
  return step;
}
