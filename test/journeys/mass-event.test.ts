// Six hundred agents lost at once are one conversation, over whichever road they are noticed.
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { FakeJira, usualEmail, usualTokenText } from "../fakes/jira/jira.ts";
import { serveVendor } from "../fakes/serve.ts";
import { usualPassword, usualUser } from "../fakes/wazuh-api/wazuh-api.ts";
import { agentDisconnected, wazuhAlert } from "../fixtures/wazuh-alerts.ts";
import { openWazuhApiRig, type WazuhApiRig } from "../fixtures/wazuh-api-rig.ts";
import { RiposteDesk } from "../riposte-desk.ts";

/** So that a call that is given fifteen seconds still has most of one on a busy machine. */
const HURRY = 20;
const TIMEOUT = { timeout: 120_000 };
const LONG = { timeout: 30_000, interval: 50 };
const MINUTE_MS = 60_000;

interface Agent {
  readonly id: string;
  readonly name: string;
}

const fleet: readonly Agent[] = Array.from({ length: 600 }, (_, n) => {
  const id = String(n + 10).padStart(3, "0");
  return { id, name: `host-${id}` };
});

const few = fleet.slice(0, 100);

class Journey {
  readonly desk: RiposteDesk;
  readonly jira = new FakeJira({ deployment: "Cloud", projects: [{ key: "SEC" }], indexLagMs: 0, limits: {} });
  readonly #api: WazuhApiRig | null;
  #jiraUrl = "";

  constructor(desk: RiposteDesk, api: WazuhApiRig | null) {
    this.desk = desk;
    this.#api = api;
  }

  static async begin({ overApi = false } = {}): Promise<Journey> {
    const desk = await RiposteDesk.open({ hurry: HURRY });
    const now = (): number => desk.clock.now();
    const api = overApi ? await openWazuhApiRig({ now }) : null;
    const journey = new Journey(desk, api);
    for (const { id, name } of fleet) api?.fake.add(id, name, now());
    const served = await serveVendor(journey.jira, { now });
    onTestFinished(async () => {
      await desk.close();
      await served.close();
    });
    journey.#jiraUrl = served.url;
    desk.secret("jira-token", usualTokenText);
    desk.secret("wazuh-api", usualPassword);
    await journey.start();
    // A look that saw all of them there.
    await api?.served.arrived(2);
    return journey;
  }

  start(): Promise<void> {
    const config = `
destinations:
  security-alerts: { type: slack, webhook: { file: SECRETS/slack-webhook } }
  tickets: { type: jira, url: "${this.#jiraUrl}", email: ${usualEmail}, token: { file: SECRETS/jira-token }, project: SEC, resolve: Done, reopen: Reopen }
policies:
  - name: agent-lost
    when: { rule.id: [504, 506] }
    clear: { rule.id: [501, 503] }
    hold: 1m
    group_by: [agent.id]
    severity: high
    tell: [security-alerts, tickets]
  - { name: worst, when: { rule.level: ">= 15" }, tell: [security-alerts] }`;
    if (this.#api === null) return this.desk.start(config);
    const account = `url: "${this.#api.served.url}", user: ${usualUser}, password: { file: SECRETS/wazuh-api }`;
    return this.desk.start(config, { wazuh: `api: { ${account}, ca: ${this.#api.caPath} }, agents: { every: 10s }` });
  }

  lose(agents: readonly Agent[], roads = { alerts: true, api: false }): void {
    const at = this.desk.clock.now();
    if (roads.alerts) this.desk.append(...agents.map((agent) => agentDisconnected(agent, new Date(at))));
    if (roads.api) for (const { id } of agents) this.#api!.fake.lose(id, at, at);
  }

  bringBack(agents: readonly Agent[], roads = { alerts: true, api: false }): void {
    const at = this.desk.clock.now();
    const said = { id: "503", level: 3, description: "Wazuh agent started.", location: "wazuh-agent" };
    if (roads.alerts) this.desk.append(...agents.map((agent) => wazuhAlert({ ...said, agent }, new Date(at))));
    if (roads.api) for (const { id } of agents) this.#api!.fake.bringBack(id, at);
  }

  /** What the channel was told, in a word each. */
  said(): readonly string[] {
    return this.desk.slack.posted.map(({ text }) => {
      const what = /Many incidents at once: agent-lost|ransom/.exec(text)?.[0] ?? text;
      return `${/Resolved|Reopened/.exec(text)?.[0] ?? "Opened"} ${what}`;
    });
  }

  rows(sql: string): readonly Readonly<Record<string, unknown>>[] {
    const db = new DatabaseSync(join(this.desk.directory, "riposte.db"), { readOnly: true });
    try {
      return db.prepare(sql).all();
    } finally {
      db.close();
    }
  }

  /** `600 open, 1 mass event with 600 of which 600 are not over`. */
  stands(): string {
    const states = this.rows("SELECT state, count(*) AS n FROM incident WHERE policy = 'agent-lost' GROUP BY state");
    const masses = this.rows("SELECT state, members, unresolved FROM mass JOIN incident ON id = mass.incident");
    return [
      ...states.map(({ state, n }) => `${String(n)} ${String(state)}`),
      ...masses.map(
        ({ state, members, unresolved }) => `mass event ${String(state)}: ${String(unresolved)}/${String(members)}`,
      ),
    ].join(", ");
  }

  tickets(): readonly string[] {
    return this.jira.issues.map(({ values, status }) => `${status.name} ${JSON.stringify(values.get("summary"))}`);
  }
}

const MASS = "Many incidents at once: agent-lost";

it.each([
  ["alerts.json alone", { alerts: true, api: false }],
  ["the API alone", { alerts: false, api: true }],
  ["both", { alerts: true, api: true }],
] as const)(
  "600 lost at once, by %s: two messages, one ticket, closed with the last that is back",
  TIMEOUT,
  async (_, roads) => {
    const journey = await Journey.begin({ overApi: roads.api });
    const { desk } = journey;

    journey.lose(fleet, roads);
    await desk.slackServed.arrived(1);
    await expect.poll(() => journey.stands(), LONG).toBe("600 open, mass event open: 600/600");
    desk.append(wazuhAlert({ id: "100900", level: 15, description: "ransom note found" }, new Date(desk.clock.now())));
    await desk.slackServed.arrived(2);
    await expect
      .poll(() => JSON.stringify(journey.jira.liveIssues()[0]?.values.get("description")), LONG)
      .toContain("600 of them not over");
    // Each road has said all that it will.
    const heard = roads.alerts && roads.api ? 1_200 : 600;
    const count = "SELECT sum(count) AS n FROM incident WHERE policy = 'agent-lost'";
    await expect.poll(() => journey.rows(count), LONG).toEqual([{ n: heard }]);
    const [first] = journey.rows(
      "SELECT evidence FROM work WHERE state = 'listed' AND destination = 'tickets' LIMIT 1",
    );
    const [mass] = journey.rows("SELECT incident FROM mass");
    expect(first?.["evidence"]).toBe(`told in #${String(mass?.["incident"])}`);

    journey.bringBack(fleet, roads);
    await expect.poll(() => journey.said(), LONG).toEqual([`Opened ${MASS}`, "Opened ransom", `Resolved ${MASS}`]);
    await expect.poll(() => journey.tickets(), LONG).toEqual([`Done "[Wazuh] ${MASS}"`]);

    expect(journey.stands()).toBe("600 resolved, mass event resolved: 0/600");
    // No budget was used up, so nothing else stands for them.
    expect(journey.rows("SELECT * FROM incident WHERE policy LIKE 'riposte:storm%'")).toEqual([]);
    expect(journey.rows("SELECT * FROM work WHERE state IN ('listed', 'dead')")).toEqual([]);
    const ledger = journey.rows(
      "SELECT disposition, count(*) AS n FROM alert WHERE rule_id <> '100900' GROUP BY 1 ORDER BY 1",
    );
    expect(ledger.find(({ disposition }) => disposition === "opened")?.["n"]).toBe(600);
    expect(ledger.find(({ disposition }) => disposition === "cleared")?.["n"]).toBe(600);
  },
);

it(
  "a fleet that flaps is told when it is lost, when all of it is back, and when it is lost again",
  TIMEOUT,
  async () => {
    const journey = await Journey.begin();

    journey.lose(few);
    await expect.poll(() => journey.stands(), LONG).toBe("100 open, mass event open: 100/100");
    await expect.poll(() => journey.said(), LONG).toHaveLength(1);
    journey.bringBack(few.slice(1));
    journey.lose(few.slice(1));
    // Those that come and go while it lasts are nobody's news.
    await expect
      .poll(() => journey.rows("SELECT count(*) AS n FROM moment WHERE kind = 'reopened'"), LONG)
      .toEqual([{ n: 99 }]);
    journey.bringBack(few);
    await expect.poll(() => journey.said(), LONG).toEqual([`Opened ${MASS}`, `Resolved ${MASS}`]);
    journey.lose(few);

    await expect.poll(() => journey.said(), LONG).toEqual([`Opened ${MASS}`, `Resolved ${MASS}`, `Reopened ${MASS}`]);
    await expect.poll(() => journey.stands(), LONG).toBe("100 open, mass event open: 100/100");
    await expect.poll(() => journey.tickets().map((ticket) => ticket.includes("Done")), LONG).toEqual([false]);
  },
);

it(
  "a restart in the middle of it changes nothing: those that go meanwhile join, and it ends as it would have",
  TIMEOUT,
  async () => {
    const journey = await Journey.begin();
    const { desk } = journey;
    const [some, others] = [few.slice(0, 50), few.slice(50)];

    journey.lose(some);
    await expect.poll(() => journey.stands(), LONG).toContain("mass event open: 50/50");
    await desk.stop();
    journey.lose(others);
    desk.skip(2 * MINUTE_MS);
    await journey.start();
    await expect.poll(() => journey.stands(), LONG).toBe("100 open, mass event open: 100/100");
    await expect.poll(() => journey.said(), LONG).toHaveLength(1);
    await desk.stop();
    journey.bringBack(some);
    await journey.start();
    await expect.poll(() => journey.stands(), LONG).toContain("mass event open: 50/100");
    journey.bringBack(others);

    await expect.poll(() => journey.said(), LONG).toEqual([`Opened ${MASS}`, `Resolved ${MASS}`]);
    await expect.poll(() => journey.tickets(), LONG).toEqual([`Done "[Wazuh] ${MASS}"`]);
  },
);
