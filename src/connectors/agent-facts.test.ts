import { expect, test } from "vitest";
import { knownAgent } from "../../test/fixtures/pictures.ts";
import { connectorOfType } from "./index.ts";

function bodyOf(type: string, config: object, ageMs: number): string {
  const connector = connectorOfType(type)!;
  const destination = connector.destination("x", connector.schema.parse(config));
  return destination.next(knownAgent(ageMs), null, { mark: "rp-0a1b2c3d-12-x-1", repeat: false })!.body;
}

const HOUR = 3_600_000;
const slack = { webhook: { env: "S" } };
const jira = { url: "https://x.atlassian.net", email: "a@x.example", token: { env: "S" }, project: "SEC" };

test.each([
  ["slack", slack, "web-01 (003) · 10.0.4.21 · group default, web · Ubuntu 24.04.2 LTS · node worker-1"],
  [
    "jira-automation",
    { secret: { env: "S" } },
    "web-01 (003) 10.0.4.21, group default, web · Ubuntu 24.04.2 LTS · node worker-1",
  ],
] as const)("%s shows what is known of an agent, and as of when where that is a while ago", (type, config, words) => {
  expect(bodyOf(type, config, 60_000)).toContain(words);
  expect(bodyOf(type, config, 60_000)).not.toContain("as of");
  expect(bodyOf(type, config, HOUR)).toContain(`${words} (as of 2026-08-20 08:00:14 UTC)`);
});

test("a ticket has it in its table", () => {
  const body = bodyOf("jira", jira, HOUR);

  for (const words of ["Agent's group", "default, web (as of 2026-08-20 08:00:14 UTC)", "Ubuntu 24.04.2 LTS (as of"])
    expect(body).toContain(words);
  expect(bodyOf("jira", jira, 0)).not.toContain("as of");
});

test("a webhook gets it beside the alert, which stays as Wazuh wrote it", () => {
  const body = JSON.parse(bodyOf("webhook", { url: "https://x.example/hook", unsigned: true }, HOUR)) as {
    readonly agent: unknown;
  };

  expect(body.agent).toEqual({
    group: ["default", "web"],
    os: { name: "Ubuntu", version: "24.04.2 LTS", platform: "ubuntu" },
    node: "worker-1",
    labels: { site: "berlin" },
    as_of: "2026-08-20T08:00:14.123Z",
    stale: true,
  });
});
