import { describe, expect, test } from "vitest";
import { connectorSuite, type ConnectorCase } from "../../../test/conformance/connector.ts";
import { parseJsonObject } from "../../../test/fakes/json.ts";
import { refusePayload } from "../../../test/fakes/slack-payload.ts";
import { liveMarkup } from "../../../test/fakes/slack-markup.ts";
import { jsonAnswer } from "../../../test/fakes/vendor.ts";
import { bruteForce, withMoments } from "../../../test/fixtures/pictures.ts";
import { slackRigs } from "../../../test/fixtures/slack-rig.ts";
import type { SlackConfig } from "./config.ts";
import { slack } from "./slack.ts";

const token = "xoxb-cAnArY-token-0123456789";

connectorSuite("slack, the app", (url): ConnectorCase<SlackConfig> => {
  return {
    connector: slack,
    config: {
      token: { env: "TOKEN" },
      api: { env: "URL" },
      channel: "#security-alerts",
      workspace: "https://fake-soc.slack.com",
      wazuh_dashboard: "https://wazuh.example",
      console: "https://riposte.example",
      mention: { severity: { critical: ["here", "primary"], high: ["S0123456789"] } },
      on_call: { primary: "U0123456789" },
    },
    secrets: { URL: url, TOKEN: token },
    canaries: [token, "cAnArY"],
    ok: jsonAnswer(200, { ok: true, channel: "C0123456789", ts: "1787216414.101684" }),
    unreadable: "unknown",
    // Slack says ok, or it was not Slack; a 204 carries no body.
    statusMeans: (status) => (status === 204 ? "unknown" : null),
    openFields: ["api"],
    maxBodyChars: 60_000,
    inspect: takenAndHarmless,
  };
});

const OURS = /^<(?:!here|@U0123456789|!subteam\^S0123456789)>$/;
const OUR_HOSTS: ReadonlySet<string | null> = new Set(["wazuh.example", "riposte.example"]);

/** Live is what the config names, and a date: nothing that came from the alert. */
function takenAndHarmless(body: string): void {
  const payload = parseJsonObject(body);
  if (payload === null) throw new Error("not a JSON object");
  expect(refusePayload(payload)).toBeNull();
  const live = liveMarkup(payload).filter((each) => {
    if (each.kind === "link") return !OUR_HOSTS.has(each.host);
    return (
      !OURS.test(each.markup) && !/^<!date\^\d+\^\{date_short_pretty\} \{time_secs\}\|[^<>|^]*>$/.test(each.markup)
    );
  });
  expect(live).toEqual([]);
  expect(body).not.toMatch(/\\u00[01]|\\u007f|[\u0080-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/);
}

describe("slack, the app", () => {
  const start = slackRigs();

  test("one message lives as its incident does: posted, edited, its story in the thread", async () => {
    const { fake, drive, messages } = await start({ config: { mention: { severity: { critical: ["U0123456789"] } } } });

    const posted = await drive(bruteForce());
    expect(posted.actions).toEqual(["post"]);
    const [message] = messages();
    expect(posted.receipt.remote).toEqual({
      anchor: `${message!.channel}/${message!.ts}/1`,
      url: `https://fake-soc.slack.com/archives/${message!.channel}/p${message!.ts.replace(".", "")}`,
    });
    expect(message?.metadata).toEqual({ event_type: "riposte_step", event_payload: { mark: "rp-test-12-soc-1" } });
    expect(fake.textOf(message!)).toMatch(/^Medium · sshd: brute force/);

    const worse = await drive(withMoments(bruteForce({ count: 40 }), "escalated"), posted.receipt);
    expect(worse.actions).toEqual(["edit", "reply"]);
    const [reply] = fake.repliesTo(message!);
    expect(reply).toMatchObject({ isBroadcast: true, metadata: { event_payload: { mark: "rp-test-12-soc-3" } } });
    expect(fake.textOf(reply!)).toContain("@U0123456789");
    expect(fake.textOf(reply!)).toContain("*Escalated to critical* · 40 alerts so far");
    expect(fake.textOf(message!)).toMatch(/^Critical · sshd/);
    expect(message?.metadata).toMatchObject({ event_payload: { mark: "rp-test-12-soc-1" } });

    const over = await drive(
      withMoments(bruteForce({ count: 41 }), "escalated", "acknowledged", "resolved"),
      worse.receipt,
    );
    expect(over.actions).toEqual(["edit", "reply"]);
    expect(fake.textOf(message!)).toMatch(/^Resolved · sshd/);
    expect(fake.repliesTo(message!)).toHaveLength(2);
    expect(fake.repliesTo(message!)[1]).toMatchObject({ isBroadcast: false });
    expect(messages()).toHaveLength(1);
  });

  test("more of the same is a count in the message, and not an edit for each alert", async () => {
    const { drive, destination } = await start();
    const words = { mark: "rp-test-12-soc-2", repeat: false };
    const flood = (count: number) => bruteForce({ count, lastAt: bruteForce().incident.lastAt + count });
    const { receipt } = await drive(flood(1_200));

    expect(destination.next(flood(1_299), receipt, words)).toBeNull();
    expect(destination.next(flood(1_300), receipt, words)?.action).toBe("edit");
  });

  test("a message that somebody deleted is posted anew with the next news, says so, and calls nobody again", async () => {
    const { fake, drive, messages } = await start({ config: { mention: { severity: { medium: ["here"] } } } });
    const { receipt } = await drive(bruteForce());
    expect(fake.textOf(messages()[0]!)).toContain("@here");
    fake.deleteByPerson(messages()[0]!, Date.now());

    const { actions, receipt: after } = await drive(withMoments(bruteForce(), "acknowledged"), receipt);

    expect(actions).toEqual(["edit", "repost"]);
    const [message] = messages();
    expect(fake.textOf(message!)).toMatch(/^Medium, acknowledged · sshd[^]*Posted anew[^]*was deleted/);
    expect(fake.textOf(message!)).not.toContain("@here");
    expect(after.remote.anchor).toBe(`${message!.channel}/${message!.ts}/3`);
    expect(messages()).toHaveLength(1);
  });

  test("a reply to a message that was deleted under it is told in the one that is posted anew", async () => {
    const { fake, drive, step, perform, messages, after } = await start();
    const { receipt } = await drive(bruteForce());
    const picture = withMoments(bruteForce(), "note");
    const edit = step(picture, receipt);
    const edited = after(receipt, edit, await perform(edit));
    fake.deleteByPerson(messages()[0]!, Date.now());

    const { actions } = await drive(picture, edited);

    expect(actions).toEqual(["reply", "repost"]);
    expect(fake.textOf(messages()[0]!)).toContain("• Note by alice: looking at it");
  });

  test.each([
    ["policy", { channels: { policy: { "ssh-brute-force": "#ssh" }, severity: { medium: "#other" } } }],
    ["severity", { channels: { severity: { medium: "C0000000SSH" } } }],
  ])("a channel by %s, and its messages stay there", async (_, config) => {
    const channels = [{ name: "security-alerts" }, { name: "ssh", id: "C0000000SSH" }, { name: "other" }];
    const { fake, drive, messages } = await start({ config, channels });
    const { receipt } = await drive(bruteForce());
    await drive(withMoments(bruteForce(), "escalated"), receipt);

    expect(messages()).toHaveLength(1);
    expect(fake.channel("ssh").messages).toHaveLength(2);
  });

  test("a public channel that the app is not in is joined, a private one is named with what to do", async () => {
    const channels = [
      { name: "security-alerts", isMember: false },
      { name: "war-room", isPrivate: true, isMember: false },
    ];
    const { fake, drive } = await start({ channels });
    expect((await drive(bruteForce())).actions).toEqual(["post"]);
    expect(fake.channel("security-alerts").isMember).toBe(true);

    const hidden = await start({ channels, config: { channel: "war-room" } });
    expect(await hidden.perform(hidden.step(bruteForce(), null))).toMatchObject({
      kind: "later",
      reason: "destination_gone",
      scope: "destination",
      evidence: expect.stringContaining("the app was not invited"),
    });
  });

  test.each([
    ["revoked", "unauthorized", /token_revoked: .*install it again/],
    ["expired", "unauthorized", /token_expired: /],
    ["uninstalled", "unauthorized", /account_inactive: the app was removed/],
  ] as const)("a token that is %s puts all off and is named", async (state, reason, evidence) => {
    const { fake, perform, step } = await start();
    fake.tokenState = state;
    expect(await perform(step(bruteForce(), null))).toMatchObject({
      kind: "later",
      scope: "destination",
      reason,
      evidence: expect.stringMatching(evidence),
    });
  });

  test.each([
    ["msg_blocks_too_long", { kind: "never", reason: "too_large" }],
    ["invalid_blocks", { kind: "never", reason: "bad_request" }],
    ["is_archived", { kind: "later", reason: "destination_gone", scope: "destination" }],
    ["restricted_action", { kind: "later", reason: "destination_gone" }],
    ["fatal_error", { kind: "unknown", reason: "server_error" }],
    ["internal_error", { kind: "unknown", reason: "server_error" }],
    ["a_word_of_tomorrow", { kind: "later", scope: "work" }],
  ])("a post that is answered with %s", async (word, outcome) => {
    const { fake, perform, step } = await start();
    fake.scripted.set("chat.postMessage", [word]);
    const came = await perform(step(bruteForce(), null));
    expect(came).toMatchObject(outcome);
    expect(came.evidence).toContain(word);
  });

  test("a scope that is missing is named", async () => {
    const { perform, step } = await start({ scopes: ["channels:read"] });
    expect(await perform(step(bruteForce(), null))).toMatchObject({
      reason: "unauthorized",
      evidence: expect.stringMatching(/missing_scope \(chat:write\): open the app at .*reinstall/),
    });
  });

  test("edits that are slowed down wait by themselves; the channel's own pace is everybody's", async () => {
    const { fake, drive, step, perform } = await start({ aMinute: { "chat.update": 0 } });
    const { receipt } = await drive(bruteForce());
    expect(await perform(step(withMoments(bruteForce(), "escalated"), receipt))).toMatchObject({
      kind: "later",
      reason: "rate_limited",
      scope: "action",
    });
    const post = step(bruteForce(), null);
    const outcomes = [];
    for (let n = 0; n < 5; n += 1) outcomes.push(await perform(post));
    expect(outcomes.at(-1)).toMatchObject({ reason: "rate_limited", scope: "destination", retryAfterMs: 1_000 });
    expect(fake.calls.at(-1)?.error).toBe("ratelimited");
  });

  test("what belongs to an app that was removed can't be edited, and goes on in a new message", async () => {
    const { fake, drive, messages } = await start();
    const { receipt } = await drive(bruteForce());
    messages()[0]!.by = "former app";
    const { actions } = await drive(withMoments(bruteForce(), "escalated"), receipt);
    expect(actions).toEqual(["edit", "repost"]);
    expect(fake.textOf(messages()[1]!)).toContain("can't be edited any more");
  });

  test("where the ticket, the console and the dashboard are is a link away", async () => {
    const config = { console: "https://riposte.example/", wazuh_dashboard: "https://wazuh.example" };
    const { drive, messages } = await start({ config });
    const elsewhere = [{ destination: "soc-jira", url: "https://example.atlassian.net/browse/SEC-7" }];
    await drive({ ...bruteForce(), elsewhere });

    const links = liveMarkup(messages()[0]!.payload).flatMap((each) => (each.kind === "link" ? [each.markup] : []));
    expect(links).toEqual([
      "<https://example.atlassian.net/browse/SEC-7|SEC-7>",
      "<https://riposte.example/incidents/12|in Riposte>",
      expect.stringMatching(/^<https:\/\/wazuh\.example\/app\/threat-hunting#.*\|alerts of this rule>$/),
      "<https://wazuh.example/app/endpoints-summary#/agents?tab=welcome&amp;agent=003|agent web-01>",
      expect.stringMatching(/1787216414\.101684.*\|this alert>$/),
    ]);
  });

  test("what matters for a kind of alert is shown beside what every alert has", async () => {
    const { fake, drive, messages } = await start();
    const first = {
      ...bruteForce().first,
      document: { syscheck: { path: "/etc/passwd", event: "modified", changed_attributes: ["size", "mtime"] } },
    };
    await drive({ ...bruteForce(), first });
    expect(fake.textOf(messages()[0]!)).toContain(
      "*File*\n/etc/passwd\n*Change*\nmodified\n*What changed*\nsize,mtime",
    );
  });
});
