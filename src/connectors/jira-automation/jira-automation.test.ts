import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { connectorSuite, type ConnectorCase } from "../../../test/conformance/connector.ts";
import { secretsOf } from "../../../test/conformance/secrets.ts";
import { FakeJiraAutomation } from "../../../test/fakes/jira-automation.ts";
import { serveVendor, type ServedVendor } from "../../../test/fakes/serve.ts";
import { jsonAnswer } from "../../../test/fakes/vendor.ts";
import { agentLost, bruteForce, withMoments } from "../../../test/fixtures/pictures.ts";
import { markOf } from "../../core/receipt.ts";
import { systemClock } from "../../ports/clock.ts";
import { openUndiciHttp, type UndiciHttp } from "../../ports/undici-http.ts";
import type { Destination, Io, Step } from "../connector.ts";
import type { JiraAutomationConfig } from "./config.ts";
import { jiraAutomation } from "./jira-automation.ts";

const token = "cAnArY-token-0123456789";

connectorSuite("jira-automation, three keys", (url): ConnectorCase<JiraAutomationConfig> => {
  return {
    ...common,
    config: { secret: { env: "JIRA" } },
    secrets: { JIRA: JSON.stringify({ JIRA_URL: `${url}/cAnArY-path`, JIRA_API_KEY: token, JIRA_PROJECT_KEY: "SEC" }) },
  };
});

connectorSuite("jira-automation, url and token", (url): ConnectorCase<JiraAutomationConfig> => {
  return {
    ...common,
    config: { url: { env: "URL" }, token: { env: "TOKEN" }, project: "SEC", issue_type: "Incident" },
    secrets: { URL: `${url}/cAnArY-path\n`, TOKEN: `${token}\n` },
  };
});

connectorSuite("jira-automation, each key a file of its own", (url): ConnectorCase<JiraAutomationConfig> => {
  return {
    ...common,
    config: { url: { env: "URL" }, token: { env: "TOKEN" }, project: { env: "PROJECT" }, issue_type: "Task" },
    secrets: { URL: `${url}/cAnArY-path\n`, TOKEN: `${token}\n`, PROJECT: "SEC\n" },
  };
});

const common = {
  connector: jiraAutomation,
  canaries: [token, "cAnArY-path"],
  ok: jsonAnswer(200, {}),
  unreadable: "unknown",
  maxBodyChars: 60_000,
  inspect: takenByJira,
} as const;

describe("jira-automation", () => {
  let http: UndiciHttp;
  let jira: FakeJiraAutomation;
  let served: ServedVendor;
  beforeAll(() => {
    http = openUndiciHttp({ connectionsPerOrigin: 2, clock: systemClock });
  });
  afterAll(() => http.close(0));
  afterEach(() => served.close());

  async function start(): Promise<void> {
    jira = new FakeJiraAutomation({ token, createAfterMs: 0 });
    served = await serveVendor(jira);
  }

  function ioWith(secret: string): Io {
    return { http, secrets: secretsOf({ JIRA: secret }), now: Date.now(), deadlineMs: 5_000 };
  }

  test("the original secret and the original body make a ticket", async () => {
    await start();
    const outcome = await destination().perform(stepOf(), ioWith(secretFor(served.url + jira.path)));
    jira.settle(Date.now());

    expect(outcome).toEqual({
      kind: "done",
      remote: { anchor: null, url: null },
      evidence: "Jira answered 200: received",
    });
    expect(jira.failedRuns).toEqual([]);
    const [issue] = jira.issues;
    expect(issue).toMatchObject({
      summary: "[Wazuh] sshd: brute force trying to get access to the system. Authentication failed. (web-01)",
      issueType: "Task",
      body: {
        data: {
          project: { key: "SEC" },
          labels: ["rp-test-12-soc-1"],
          riposte: {
            incident: 12,
            mark: "rp-test-12-soc-1",
            possible_repeat: false,
            severity: "medium",
            rule: { id: "5763", level: 10 },
            agent: { id: "003", name: "web-01" },
            source_ip: "198.51.100.23",
            mitre: ["T1110"],
          },
        },
      },
    });
    expect(issue?.description.split("\n")).toEqual([
      "Incident: #12, open, policy ssh-brute-force",
      "Severity: Medium",
      "Rule: 5763 (level 10) sshd: brute force trying to get access to the system. Authentication failed.",
      "Agent: web-01 (003) 10.0.4.21",
      "Manager: wazuh-manager-master-0",
      "Location: journald",
      "User: deploy",
      "Source address: 198.51.100.23",
      "MITRE ATT&CK: T1110 Brute Force",
      "Rule groups: syslog, sshd, authentication_failures",
      "First alert: 2026-08-20 09:00:14 UTC (Wazuh id 1787216414.101684)",
      "",
      "Log:",
      "Aug 20 09:00:14 web-01 sshd[4007]: Failed password for deploy from 198.51.100.23 port 50007 ssh2",
      "",
      "Riposte mark: rp-test-12-soc-1",
    ]);
  });

  test("nothing is ever said to have been created", async () => {
    await start();
    const { evidence } = await destination().perform(stepOf(), ioWith(secretFor(served.url + jira.path)));
    expect(evidence).toContain("received");
    expect(evidence).not.toContain("created");
  });

  test("once handed over, nothing more is to be done, whatever happens to the incident", () => {
    const receipt = {
      incident: 12,
      destination: "soc",
      remote: { anchor: null, url: null },
      twins: [],
      steps: 1,
      momentsTold: 1,
      headDigest: null,
      repeats: 0,
      firstDoneAt: 1,
      lastDoneAt: 1,
    };
    expect(destination().next(withMoments(agentLost(), "escalated", "resolved"), receipt, words())).toBeNull();
  });

  test("a wrong token waits for a person and says where to look", async () => {
    await start();
    const secret = secretFor(served.url + jira.path, { JIRA_API_KEY: "another-token" });
    expect(await destination().perform(stepOf(), ioWith(secret))).toMatchObject({
      kind: "later",
      scope: "destination",
      reason: "unauthorized",
      evidence: "Jira answered 403: not allowed: look whether the secret is still the right one",
    });
  });

  test.each([
    ["{", "secret: not a JSON object with JIRA_URL, JIRA_API_KEY and JIRA_PROJECT_KEY"],
    ["[]", "secret: not a JSON object with JIRA_URL, JIRA_API_KEY and JIRA_PROJECT_KEY"],
    [without("JIRA_URL"), "secret: the key JIRA_URL is missing"],
    [without("JIRA_API_KEY"), "secret: the key JIRA_API_KEY is missing"],
    [without("JIRA_PROJECT_KEY"), "secret: the key JIRA_PROJECT_KEY is missing"],
    [secretFor("https://x.invalid", { JIRA_API_KEY: 7 }), "secret: JIRA_API_KEY is empty or not text"],
    [secretFor("https://x.invalid", { JIRA_API_KEY: " " }), "secret: JIRA_API_KEY is empty or not text"],
    [secretFor("https://x.invalid", { JIRA_API_KEY: "a\u0001b" }), /^secret: JIRA_API_KEY: .* no header holds$/],
    [secretFor("https://x.invalid", { JIRA_PROJECT_KEY: "a b" }), "secret: JIRA_PROJECT_KEY is no project key"],
    [secretFor("http://jira.example/x"), /^secret: JIRA_URL: not https\. Plain http/],
    [secretFor("https://a:b@jira.example/x"), /^secret: JIRA_URL: a URL with a user name/],
    [secretFor("nowhere"), /^secret: JIRA_URL: not a URL/],
  ])("a secret of the wrong make is named by key (%#)", async (secret, evidence) => {
    await start();
    const outcome = await destination().perform(stepOf(), ioWith(secret));
    expect(outcome).toMatchObject({ kind: "later", reason: "secret_unreadable", scope: "destination" });
    expect(outcome.evidence).toEqual(typeof evidence === "string" ? evidence : expect.stringMatching(evidence));
    expect(await destination().probe(ioWith(secret))).toMatchObject({ ok: false, says: outcome.evidence });
  });

  test("a project's key is read from where the other two are, and is sent; what is none is named by its field", async () => {
    await start();
    const { path } = jira;
    const config = { url: { env: "URL" }, token: { env: "TOKEN" }, project: { env: "PROJECT" } };
    const sent = (project: string) => {
      const secrets = secretsOf({ URL: served.url + path, TOKEN: token, PROJECT: project });
      return destination(config).perform(stepOf(), { http, secrets, now: Date.now(), deadlineMs: 5_000 });
    };

    expect(await sent("SEC\n")).toMatchObject({ kind: "done" });
    expect(await sent("no key")).toMatchObject({
      kind: "later",
      reason: "secret_unreadable",
      evidence: "project: what is there is no project key",
    });
    jira.settle(Date.now());
    expect(jira.issues.map(({ body }) => body)).toMatchObject([{ data: { project: { key: "SEC" } } }]);
  });

  test("keys that the secret holds besides are left alone", async () => {
    await start();
    const secret = secretFor(served.url + jira.path, { OTHER: "x", __proto__: 1 });
    expect(await destination().perform(stepOf(), ioWith(secret))).toMatchObject({ kind: "done" });
  });

  test.each([
    [{}, /give `secret`, or both `url` and `token`/],
    [{ url: { env: "U" } }, /`url` needs the token/],
    [{ token: { env: "T" } }, /`token` needs the address/],
    [{ secret: { env: "S" }, url: { env: "U" } }, /not beside `secret`/],
    [{ secret: { env: "S" }, project: "no key" }, /expected a project key/],
  ])("a config that can't work is refused (%#)", (config, message) => {
    const result = jiraAutomation.schema.safeParse(config);
    expect(result.error?.issues.map((issue) => issue.message).join("; ")).toMatch(message);
  });
});

/** As Jira's rule would take it: and nothing in it that Jira would read as a mention, a link, a picture or a macro. */
function takenByJira(body: string): void {
  const jira = new FakeJiraAutomation({ token, createAfterMs: 0 });
  jira.handle({ method: "POST", path: jira.path, headers: { "x-automation-webhook-token": token }, body }, 1);
  jira.settle(1);
  expect(jira.failedRuns).toEqual([]);
  const [issue] = jira.issues;
  for (const text of [issue?.summary ?? "", issue?.description ?? ""]) {
    expect(text).not.toMatch(/\[[~^#]|\[[^\]\n]{0,300}\||\[\s*https?:|\{\{|\{(?:code|noformat|panel)|!https?:/i);
    expect(text).not.toMatch(/[[\p{Cc}\p{Cf}]--[\n\t]]/v);
  }
}

function destination(config: object = { secret: { env: "JIRA" } }): Destination {
  return jiraAutomation.destination("soc", jiraAutomation.schema.parse(config));
}

function stepOf(): Step {
  const step = destination().next(bruteForce(), null, words());
  if (step === null) throw new Error("no step");
  return step;
}

function words(): { mark: string; repeat: boolean } {
  return { mark: markOf("test", 12, "soc", 1), repeat: false };
}

function secretFor(url: string, other: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ JIRA_URL: url, JIRA_API_KEY: token, JIRA_PROJECT_KEY: "SEC", ...other });
}

function without(key: string): string {
  return secretFor("https://x.invalid", { [key]: undefined });
}
