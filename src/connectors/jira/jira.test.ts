import { describe, expect, test } from "vitest";
import { connectorSuite, type ConnectorCase } from "../../../test/conformance/connector.ts";
import { usualEmail } from "../../../test/fakes/jira/jira.ts";
import { jsonAnswer } from "../../../test/fakes/vendor.ts";
import { jiraRigs } from "../../../test/fixtures/jira-rig.ts";
import { bruteForce, withMoments } from "../../../test/fixtures/pictures.ts";
import type { JiraConfig } from "./config.ts";
import { jira } from "./jira.ts";

const token = "cAnArY-token-0123456789";

connectorSuite("jira, Cloud", (url): ConnectorCase<JiraConfig> => {
  return {
    ...common,
    config: {
      url: { env: "URL" },
      email: usualEmail,
      token: { env: "TOKEN" },
      project: "SEC",
      deployment: "cloud",
      attach: false,
      priority: { critical: "Highest" },
    },
    secrets: { URL: url, TOKEN: token },
    canaries: [token, Buffer.from(`${usualEmail}:${token}`).toString("base64")],
  };
});

connectorSuite("jira, Data Center", (url): ConnectorCase<JiraConfig> => {
  return {
    ...common,
    config: { url: { env: "URL" }, token: { env: "TOKEN" }, project: "SEC", deployment: "data_center", attach: false },
    secrets: { URL: url, TOKEN: token },
    canaries: [token],
  };
});

const common = {
  connector: jira,
  ok: jsonAnswer(201, { id: "10001", key: "SEC-1", self: "https://example.atlassian.net/rest/api/3/issue/10001" }),
  unreadable: "unknown",
  // The answer that says which ticket it is may not be missing.
  statusMeans: (status: number) => (status === 204 ? "unknown" : null),
  openFields: ["url"],
  maxBodyChars: 400_000,
} as const;

describe.each(["Cloud", "Server"] as const)("jira, %s", (deployment) => {
  const start = jiraRigs();
  const config = { resolve: { transition: "Done", resolution: "Done" }, reopen: "Reopen" };

  test("one ticket lives as its incident does: made, edited, commented, closed, opened again", async () => {
    const { fake, served, drive } = await start({
      deployment,
      config: { ...config, priority: { critical: "Highest" } },
    });

    const made = await drive(bruteForce());
    expect(made.actions).toEqual(["create"]);
    expect(made.outcomes[0]).toMatchObject({ evidence: "created SEC-1" });
    expect(made.receipt.remote).toEqual({ anchor: fake.issue("SEC-1").id, url: `${served.url}/browse/SEC-1` });
    const issue = fake.issue("SEC-1");
    expect(issue.labels).toEqual(["riposte", "rp-test-12-soc-1"]);
    expect(issue.summary).toMatch(/^\[Wazuh\] sshd: brute force .* \(web-01\)$/);

    const grown = await drive(withMoments(bruteForce({ count: 40 }), "escalated"), made.receipt);
    expect(grown.actions).toEqual(["edit", "comment"]);
    expect(issue.priority).toBe("Highest");
    expect(issue.comments).toHaveLength(1);
    expect(issue.comments[0]?.properties.get("riposte")).toEqual({ mark: "rp-test-12-soc-3" });

    const closed = await drive(withMoments(bruteForce({ count: 41 }), "escalated", "resolved"), grown.receipt);
    expect(closed.actions).toEqual(["edit", "resolve", "comment"]);
    expect(issue.isDone).toBe(true);

    const again = await drive(withMoments(bruteForce(), "escalated", "resolved", "reopened"), closed.receipt);
    expect(again.actions).toEqual(["edit", "reopen", "comment"]);
    expect(issue.isDone).toBe(false);
    expect(fake.issues).toHaveLength(1);
  });

  test("an incident that was over before its ticket could be made becomes one ticket, closed", async () => {
    const { fake, drive } = await start({ deployment, config });
    const { actions } = await drive(withMoments(bruteForce({ count: 4_321 }), "escalated", "resolved"));

    expect(actions).toEqual(["create", "resolve"]);
    expect(fake.issue("SEC-1")).toMatchObject({ isDone: true, resolution: "Done" });
    expect(fake.issue("SEC-1").description).toContain("4,321");
    expect(fake.issue("SEC-1").comments).toEqual([]);
  });

  test("who acknowledges an incident that is held back again has its ticket opened again", async () => {
    const { fake, drive } = await start({ deployment, config });
    const { receipt } = await drive(withMoments(bruteForce(), "resolved"));

    const { actions } = await drive(withMoments(bruteForce(), "resolved", "acknowledged"), receipt);

    expect(actions).toContain("reopen");
    expect(fake.issue("SEC-1").isDone).toBe(false);
  });

  test("what the site is is asked once and remembered", async () => {
    const { served, drive, perform, step } = await start({ deployment });
    const { receipt } = await drive(bruteForce());
    await perform(step(withMoments(bruteForce(), "escalated"), receipt));
    expect(served.requests.filter(({ path }) => path.endsWith("/serverInfo"))).toHaveLength(1);
  });

  test("more of the same is a count in the ticket, and not an edit for each alert", async () => {
    const { drive, destination } = await start({ deployment });
    const words = { mark: "rp-test-12-soc-2", repeat: false };
    const at = bruteForce().incident.lastAt;
    const flood = (count: number) => bruteForce({ count, lastAt: at + count });
    const { receipt } = await drive(flood(1_200));

    expect(destination.next(flood(1_201), receipt, words)).toBeNull();
    expect(destination.next(flood(1_299), receipt, words)).toBeNull();
    expect(destination.next(flood(1_300), receipt, words)?.action).toBe("edit");
  });
});

describe("jira", () => {
  const start = jiraRigs();

  test("a token with scopes goes by the gateway, by the id that the site itself gives", async () => {
    const scoped = { token: "fake-jira-token-5b1e", email: usualEmail, scoped: true };
    const direct = await start({ tokens: [scoped], loginHabit: "json" });
    expect(await direct.perform(direct.step(bruteForce(), null))).toMatchObject({
      kind: "later",
      reason: "unauthorized",
      scope: "destination",
      evidence: expect.stringContaining("write `gateway: true`"),
    });
    const { url } = direct.served;
    const { fake, served, drive } = await start({ tokens: [scoped], config: { gateway: url } });
    expect((await drive(bruteForce())).actions).toEqual(["create"]);
    expect(fake.issues).toHaveLength(0);
    expect(direct.served.requests.at(-1)?.path).toMatch(/^\/ex\/jira\/[\w-]+\/rest\/api\/3\/issue$/);
    expect(direct.fake.issues).toHaveLength(1);
    expect(served.requests.map(({ path }) => path)).toEqual(["/_edge/tenant_info"]);
  });

  test.each([
    ["Cloud", { email: undefined }, /takes an API token together with the e-mail address/],
    ["Server", { email: usualEmail }, /personal access token stands alone: leave out `email`/],
  ] as const)(
    "a token of the other kind of Jira is said, and nothing is sent with it (%s)",
    async (deployment, config, says) => {
      const { perform, step, fake } = await start({ deployment, config });
      expect(await perform(step(bruteForce(), null))).toMatchObject({
        kind: "later",
        reason: "unauthorized",
        evidence: expect.stringMatching(says),
      });
      expect(fake.requests.map(({ method }) => method)).toEqual(["GET"]);
    },
  );

  test("the probe says who it is and what it may do, and writes nothing", async () => {
    const { destination, io, fake } = await start();
    const probe = await destination.probe(io());
    expect(probe).toMatchObject({ ok: true, says: expect.stringMatching(/^Jira Cloud as Riposte; may do in SEC/) });
    expect(fake.issues).toEqual([]);
  });
});
