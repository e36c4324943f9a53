// A lost agent reaches the channel and Jira once, over whichever road it is noticed, and so does its return.
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openWazuhApiRig, type WazuhApiRig } from "../fixtures/wazuh-api-rig.ts";
import { FakeJira, usualEmail, usualTokenText } from "../fakes/jira/jira.ts";
import { serveVendor } from "../fakes/serve.ts";
import { usualPassword, usualUser } from "../fakes/wazuh-api/wazuh-api.ts";
import { agentDisconnected, wazuhAlert } from "../fixtures/wazuh-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";

/** So that a call that is given fifteen seconds still has most of one on a busy machine. */
const HURRY = 20;
const TIMEOUT = { timeout: 120_000 };
const LONG = { timeout: 60_000, interval: 50 };
const MINUTE_MS = 60_000;

const WEBHOOK = "{ type: jira-automation, secret: { file: SECRETS/jira-api-key } }";

interface Wanted {
  /** Another destination for tickets than the webhook. */
  readonly tickets?: string;
  readonly tell?: string;
  /** A long one where the test has to be done with something before it is over. */
  readonly hold?: string;
  /** As the config says it; its default where it is not said. */
  readonly collapse?: string;
}

const config = ({
  tickets = WEBHOOK,
  tell = "[security-alerts, tickets]",
  hold = "1m",
  collapse = "{}",
}: Wanted): string => `
destinations:
  security-alerts: { type: slack, webhook: { file: SECRETS/slack-webhook } }
  tickets: ${tickets}
policies:
  - name: agent-lost
    when: { rule.id: [504, 506] }
    clear: { rule.id: [501, 503] }
    hold: ${hold}
    group_by: [agent.id]
    severity: high
    collapse: ${collapse}
    tell: ${tell}
  - { name: marks, when: { rule.id: 5712 }, group_by: [id], collapse: off, tell: [security-alerts] }`;

const web = { id: "001", name: "web-01" };
const db = { id: "002", name: "db-01" };

interface Journey {
  readonly desk: RiposteDesk;
  readonly now: () => number;
  readonly slack: () => string;
  readonly start: (wanted?: Wanted) => Promise<void>;
}

async function journey(api?: WazuhApiRig): Promise<Journey> {
  const desk = openDesks.shift() ?? (await RiposteDesk.open({ hurry: HURRY }));
  onTestFinished(() => desk.close());
  return {
    desk,
    now: () => desk.clock.now(),
    slack: () => desk.slack.posted.map(({ text }) => text).join("\n"),
    start(wanted = {}) {
      if (api === undefined) return desk.start(config(wanted));
      desk.secret("wazuh-api", usualPassword);
      const account = `url: "${api.served.url}", user: ${usualUser}, password: { file: SECRETS/wazuh-api }`;
      const wazuh = `api: { ${account}, ca: ${api.caPath} }, agents: { every: 10s }`;
      return desk.start(config(wanted), { wazuh });
    },
  };
}
const openDesks: RiposteDesk[] = [];

/** A fleet behind the API, in the desk's time. */
async function journeyWithApi(): Promise<Journey & { readonly api: WazuhApiRig }> {
  const desk = await RiposteDesk.open({ hurry: HURRY });
  openDesks.push(desk);
  const api = await openWazuhApiRig({ now: () => desk.clock.now() });
  for (const { id, name } of [web, db]) api.fake.add(id, name, desk.clock.now());
  return { ...(await journey(api)), api };
}

function back(agent: { readonly id: string; readonly name: string }, at: number): object {
  const said = { id: "503", level: 3, description: "Wazuh agent started.", agent, location: "wazuh-agent" };
  return wazuhAlert(said, new Date(at));
}

function stopped(agent: { readonly id: string; readonly name: string }, at: number): object {
  const said = { id: "506", level: 3, description: "Wazuh agent stopped.", agent, location: "wazuh-remoted" };
  return wazuhAlert(said, new Date(at));
}

/** Told at once: whatever should have been told before it has been, or never is. */
function mark(at: number): object {
  return wazuhAlert({ id: "5712", level: 10, description: "a mark" }, new Date(at));
}

/** Agents were asked for once. */
async function looked({ served }: WazuhApiRig): Promise<void> {
  await expect.poll(() => served.requests.some(({ path }) => path.startsWith("/agents")), LONG).toBe(true);
}

interface IncidentRow {
  readonly state: string;
  readonly count: number;
  readonly agent: string | null;
}

function incidents(desk: RiposteDesk): readonly IncidentRow[] {
  const db = new DatabaseSync(join(desk.directory, "riposte.db"), { readOnly: true });
  try {
    const rows = db
      .prepare("SELECT state, count, agent_id FROM incident WHERE policy = 'agent-lost' ORDER BY id")
      .all();
    return rows.map(({ state, count, agent_id: agent }) => {
      return { state: String(state), count: Number(count), agent: agent === null ? null : String(agent) };
    });
  } finally {
    db.close();
  }
}

it("504 and then silence: channel and ticket after the hold, and both hear of the return", TIMEOUT, async () => {
  const { desk, now, slack, start } = await journey();
  const jira = new FakeJira({ deployment: "Cloud", projects: [{ key: "SEC" }], indexLagMs: 0 });
  const served = await serveVendor(jira, { now });
  onTestFinished(() => served.close());
  desk.secret("jira-token", usualTokenText);
  const account = `url: "${served.url}", email: ${usualEmail}, token: { file: SECRETS/jira-token }, project: SEC`;
  await start({ tickets: `{ type: jira, ${account}, resolve: Done }` });

  desk.append(agentDisconnected(db, new Date(now())));
  await desk.slackServed.arrived(1);
  await expect.poll(() => jira.liveIssues().length, LONG).toBe(1);
  expect(slack()).toContain("db-01");
  const [issue] = jira.liveIssues();
  expect(JSON.stringify(issue!.values.get("description"))).toContain("db-01");
  expect(issue!.status.name).not.toBe("Done");

  desk.append(back(db, now()));
  await expect.poll(() => [desk.slack.posted.length, issue!.status.name], LONG).toEqual([2, "Done"]);
  expect(desk.slack.posted[1]!.text).toMatch(/resolved/i);
  expect(incidents(desk)).toEqual([{ state: "resolved", count: 1, agent: "002" }]);
});

it("506, an agent that stops by itself, is lost as well when it stays away", TIMEOUT, async () => {
  const { desk, now, slack, start } = await journey();
  await start();

  desk.append(stopped(db, now()));
  await desk.slackServed.arrived(1);

  expect(slack()).toContain("db-01");
  expect(incidents(desk)).toEqual([{ state: "open", count: 1, agent: "002" }]);
});

it("an agent that flaps and is back in time each time is nobody's business", TIMEOUT, async () => {
  const { desk, now, start } = await journey();
  await start();
  const from = now() - 10 * MINUTE_MS;

  for (let n = 0; n < 10; n += 1) {
    desk.append(agentDisconnected(db, new Date(from + n * MINUTE_MS)));
    desk.append(back(db, from + n * MINUTE_MS + MINUTE_MS / 2));
  }
  desk.append(mark(now()));
  await desk.slackServed.arrived(1);
  // Its own hold would have been over by then.
  desk.append(agentDisconnected(web, new Date(now())));
  await desk.slackServed.arrived(2);

  expect(desk.slack.posted.map(({ text }) => /a mark|web-01/.exec(text)?.[0])).toEqual(["a mark", "web-01"]);
  expect(incidents(desk)).toMatchObject([
    { state: "resolved", agent: "002" },
    { state: "open", agent: "001" },
  ]);
});

it("an hour of downtime with the return in the backlog tells nobody", TIMEOUT, async () => {
  const { desk, now, start } = await journey();
  await start({ hold: "10m" });
  // The last that is read before the lights go out.
  const lostAt = now();
  desk.append(agentDisconnected(db, new Date(lostAt)));
  await expect.poll(() => incidents(desk), LONG).toEqual([{ state: "pending", count: 1, agent: "002" }]);
  await desk.stop();

  desk.skip(60 * MINUTE_MS);
  desk.append(back(db, lostAt + 9 * MINUTE_MS), mark(now()));
  await start({ hold: "10m" });
  await desk.slackServed.arrived(1);

  expect(desk.slack.posted.map(({ text }) => /a mark|db-01/.exec(text)?.[0])).toEqual(["a mark"]);
  expect(incidents(desk)).toEqual([{ state: "resolved", count: 1, agent: "002" }]);
});

it(
  "an hour of downtime in which it did not come back in time tells of both, as it would have been told",
  TIMEOUT,
  async () => {
    const { desk, now, slack, start } = await journey();
    await start({ hold: "10m" });
    const lostAt = now();
    desk.append(agentDisconnected(db, new Date(lostAt)));
    await expect.poll(() => incidents(desk).length, LONG).toBe(1);
    await desk.stop();

    desk.skip(60 * MINUTE_MS);
    desk.append(back(db, lostAt + 30 * MINUTE_MS));
    await start({ hold: "10m" });

    await expect.poll(slack, LONG).toMatch(/resolved/i);
    expect(slack()).toContain("db-01");
  },
);

it("over the API alone: told after the hold since the last keepalive, resolved when it is back", TIMEOUT, async () => {
  const { desk, now, slack, start, api } = await journeyWithApi();
  await start();
  await looked(api);

  api.fake.lose("002", now(), now() - 30_000);
  await desk.slackServed.arrived(1);
  await desk.jiraServed.arrived(1);
  expect(slack()).toContain("db-01");

  api.fake.bringBack("002", now());
  await expect.poll(() => desk.slack.posted.length, LONG).toBe(2);
  expect(desk.slack.posted[1]!.text).toMatch(/resolved/i);
  expect(incidents(desk)).toEqual([{ state: "resolved", count: 1, agent: "002" }]);
  expect(api.faults).toEqual([]);
  expect(desk.logLines.join("")).not.toContain(usualPassword);
  expect(desk.logLines.join("")).not.toContain("eyJhbGciOiJFUzUxMiJ9");
});

it.each(["the alert first", "the API first"])(
  "both roads: one incident, told once, and over once, %s",
  TIMEOUT,
  async (order) => {
    const { desk, now, start, api } = await journeyWithApi();
    await start();
    await looked(api);

    const lostAt = now();
    const viaApi = async (): Promise<void> => {
      api.fake.lose("002", lostAt, lostAt - 30_000);
      await expect.poll(() => incidents(desk)[0]?.count, LONG).toBe(order === "the API first" ? 1 : 2);
    };
    if (order === "the API first") await viaApi();
    desk.append(agentDisconnected(db, new Date(lostAt)));
    if (order === "the alert first") await viaApi();
    await expect.poll(() => incidents(desk)[0], LONG).toMatchObject({ count: 2 });
    await desk.slackServed.arrived(1);

    desk.append(back(db, now()));
    api.fake.bringBack("002", now());
    await expect.poll(() => incidents(desk)[0]?.state, LONG).toBe("resolved");
    desk.append(mark(now()));
    await expect
      .poll(() => desk.slack.posted.map(({ text }) => /a mark|resolved|db-01/i.exec(text)?.[0]), LONG)
      .toHaveLength(3);

    expect(desk.slack.posted.filter(({ text }) => text.includes("db-01"))).toHaveLength(2);
    expect(incidents(desk)).toHaveLength(1);
  },
);

it(
  "the other road hours later and after a restart: the same incident, and nobody hears of it again",
  TIMEOUT,
  async () => {
    const { desk, now, start, api } = await journeyWithApi();
    await start();
    await looked(api);
    api.fake.lose("002", now(), now() - 30_000);
    await desk.slackServed.arrived(1);
    await desk.stop();

    desk.skip(7 * 60 * MINUTE_MS);
    desk.append(agentDisconnected(db, new Date(now() - MINUTE_MS)), mark(now()));
    await start();
    await desk.slackServed.arrived(2);
    await expect.poll(() => incidents(desk), LONG).toEqual([{ state: "open", count: 2, agent: "002" }]);

    api.fake.bringBack("002", now());
    await expect.poll(() => desk.slack.posted.length, LONG).toBe(3);
    expect(desk.slack.posted.map(({ text }) => /a mark|resolved|db-01/i.exec(text)?.[0])).toHaveLength(3);
    expect(incidents(desk)).toMatchObject([{ state: "resolved" }]);
  },
);

it("six hundred at once that are back within the hold are told to nobody", TIMEOUT, async () => {
  const { desk, now, start, api } = await journeyWithApi();
  const fleet = Array.from({ length: 600 }, (_, n) => String(n + 10).padStart(3, "0"));
  for (const id of fleet) api.fake.add(id, `host-${id}`, now());
  await start({ hold: "10m" });
  await looked(api);

  const lostAt = now();
  for (const id of fleet) api.fake.lose(id, lostAt, lostAt);
  await expect.poll(() => incidents(desk).length, LONG).toBe(600);
  for (const id of fleet) api.fake.bringBack(id, now());
  await expect.poll(() => incidents(desk).filter(({ state }) => state === "resolved").length, LONG).toBe(600);
  desk.append(mark(now()));
  await desk.slackServed.arrived(1);

  expect(desk.slack.posted.map(({ text }) => /a mark|host/.exec(text)?.[0])).toEqual(["a mark"]);
  expect(desk.jira.received).toEqual([]);
});

it(
  "six hundred at once that stay away are as many tickets as the budget has, and one that lists the rest",
  TIMEOUT,
  async () => {
    const { desk, now, start, api } = await journeyWithApi();
    const jira = new FakeJira({ deployment: "Cloud", projects: [{ key: "SEC" }], indexLagMs: 0, limits: {} });
    const served = await serveVendor(jira, { now });
    onTestFinished(() => served.close());
    desk.secret("jira-token", usualTokenText);
    const fleet = Array.from({ length: 600 }, (_, n) => String(n + 10).padStart(3, "0"));
    for (const id of fleet) api.fake.add(id, `host-${id}`, now());
    const account = `url: "${served.url}", email: ${usualEmail}, token: { file: SECRETS/jira-token }, project: SEC`;
    const limits = "pace: { max: 20, per: 1s }, budget: { max: 5, per: 1h }";
    await start({ tickets: `{ type: jira, ${account}, ${limits} }`, tell: "[tickets]", collapse: "off" });
    await looked(api);

    const lostAt = now();
    for (const id of fleet) api.fake.lose(id, lostAt, lostAt);

    await expect
      .poll(
        () =>
          jira
            .liveIssues()
            .map(({ values }) => JSON.stringify(values.get("description")))
            .join("\n"),
        LONG,
      )
      .toContain("595 are listed here");
    expect(jira.liveIssues()).toHaveLength(6);
  },
);

it("an agent whose return only the API saw during our downtime is told to nobody", TIMEOUT, async () => {
  const { desk, now, start, api } = await journeyWithApi();
  await start({ hold: "10m" });
  await looked(api);
  desk.append(agentDisconnected(db, new Date(now())));
  await expect.poll(() => incidents(desk).length, LONG).toBe(1);
  await desk.stop();
  expect(incidents(desk)).toMatchObject([{ state: "pending" }]);

  desk.skip(60 * MINUTE_MS);
  api.fake.bringBack("002", now());
  desk.append(mark(now()));
  await start({ hold: "10m" });
  await desk.slackServed.arrived(1);
  await expect.poll(() => incidents(desk)[0]?.state, LONG).toBe("resolved");

  expect(desk.slack.posted.map(({ text }) => /a mark|db-01/.exec(text)?.[0])).toEqual(["a mark"]);
});

it(
  "an API that dies takes no agent with it: it is trouble of Riposte's own, and later it goes on",
  TIMEOUT,
  async () => {
    const { desk, now, slack, start, api } = await journeyWithApi();
    await start();
    await looked(api);

    const { password } = api.fake;
    api.fake.password = "another one";
    api.fake.revokeTokens();
    await expect.poll(slack, LONG).toContain("Riposte can't read the source agents");
    expect(slack()).toContain("look whether wazuh.api.user and the password are still right");
    expect(incidents(desk)).toEqual([]);

    api.fake.password = password;
    api.fake.lose("001", now());
    await expect.poll(slack, LONG).toContain("web-01");
  },
);
