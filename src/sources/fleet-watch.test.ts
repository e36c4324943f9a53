import { expect, test } from "vitest";
import { createTestClock } from "../../test/clock.ts";
import { FakeWazuhApi, usualPassword, usualUser } from "../../test/fakes/wazuh-api/wazuh-api.ts";
import type { AgentFact, AgentRow } from "../core/agent-facts.ts";
import { DAY_MS, MINUTE_MS } from "../core/time.ts";
import type { Http } from "../ports/http.ts";
import { openWazuhApi } from "../wazuh/api/client.ts";
import { AgentBook } from "./agent-book.ts";
import { FleetWatch, type FleetLook } from "./fleet-watch.ts";

const URL = "https://wazuh.example";
const noon = Date.UTC(2026, 10, 23, 12);

class Fleet {
  readonly clock = createTestClock(noon);
  readonly fake = new FakeWazuhApi();
  readonly asked: string[] = [];
  isAway = false;
  /** Whose labels the API has trouble with. */
  readonly troubled = new Set<string>();
  book = new AgentBook();
  watch: FleetWatch;
  readonly #facts: ReadonlySet<AgentFact>;

  constructor(...facts: readonly AgentFact[]) {
    this.#facts = new Set(facts);
    this.watch = this.#open();
  }

  /** What is new, and known from then on. */
  async look(): Promise<FleetLook> {
    const look = await this.watch.look();
    if (look.news !== null) this.book.take(look.news);
    return look;
  }

  async later(ms: number): Promise<FleetLook> {
    await this.clock.advance(ms);
    return this.look();
  }

  beginAnew(): void {
    this.watch = this.#open();
  }

  row(id: string): AgentRow | undefined {
    return this.book.row(id);
  }

  #open(): FleetWatch {
    const { fake, clock, asked } = this;
    const http: Http = {
      request: ({ method, url, headers, body }) => {
        if (this.isAway) return Promise.resolve({ kind: "failed", reason: "connect_timeout", written: false });
        const path = url.slice(URL.length);
        if (!path.startsWith("/security")) asked.push(path);
        const labelled = /^\/agents\/(\d+)\/config\/agent\/labels$/.exec(path)?.[1];
        if (labelled !== undefined && this.troubled.has(labelled))
          return Promise.resolve({ kind: "answered", retryAfterMs: null, status: 500, headers: {}, body: "{}" });
        const answer = fake.handle({ method, path, headers, body: body ?? "" }, clock.now());
        return Promise.resolve({ kind: "answered", retryAfterMs: null, ...answer });
      },
    };
    const settings = { url: URL, user: usualUser, password: { file: "/api" } };
    const secrets = { read: () => Promise.resolve({ kind: "value", value: usualPassword } as const) };
    const api = openWazuhApi({ settings, http, secrets, clock });
    return new FleetWatch({ api, facts: this.#facts, book: this.book, clock });
  }
}

test("all agents are listed with what was asked for, and only what has changed is said again", async () => {
  const fleet = new Fleet("group", "os", "node");
  Object.assign(fleet.fake.add("001", "web-01", noon), { groups: ["default", "web"], node: "worker-1" });
  fleet.fake.add("002", "db-01", noon);
  fleet.fake.lose("002", noon);

  expect((await fleet.look()).news).toMatchObject({ lookedAt: noon, gone: [], agents: [{ id: "001" }, { id: "002" }] });
  expect(fleet.row("001")).toEqual({
    id: "001",
    name: "web-01",
    groups: ["default", "web"],
    os: { name: "Ubuntu", version: "24.04.2 LTS", platform: "ubuntu" },
    node: "worker-1",
    labels: null,
    labelsAt: null,
    config: null,
    unlistedSince: null,
  });

  fleet.fake.agents.get("002")!.groups = ["db"];
  expect((await fleet.later(MINUTE_MS)).news).toBeNull();
  expect((await fleet.later(4 * MINUTE_MS)).news).toMatchObject({
    lookedAt: noon + 5 * MINUTE_MS,
    agents: [{ id: "002", groups: ["db"] }],
  });
  expect(fleet.asked).toHaveLength(2);
});

test("a fleet of thousands is read page by page", async () => {
  const fleet = new Fleet("group");
  for (let n = 1; n <= 1_200; n += 1) fleet.fake.add(String(n).padStart(3, "0"), `host-${n}`, noon);

  expect((await fleet.look()).news?.agents).toHaveLength(1_200);
  expect(fleet.asked.map((path) => new URLSearchParams(path.split("?")[1]).get("offset"))).toEqual([
    "0",
    "500",
    "1000",
  ]);
});

test("who is not listed is gone only where the manager says so, and else grows old", async () => {
  const fleet = new Fleet("group");
  for (const id of ["001", "002", "003"]) fleet.fake.add(id, `host-${id}`, noon);
  await fleet.look();
  fleet.fake.hidden = new Set(["002"]);
  fleet.fake.agents.delete("003");

  const { news } = await fleet.later(5 * MINUTE_MS);

  expect(news).toMatchObject({ gone: ["003"], agents: [{ id: "002", unlistedSince: noon }] });
  await fleet.later(5 * MINUTE_MS);
  expect(fleet.row("002")?.unlistedSince).toBe(noon);
  fleet.fake.hidden = null;
  await fleet.later(5 * MINUTE_MS);
  expect(fleet.row("002")?.unlistedSince).toBeNull();
});

test("an API that is away or shows nothing takes nothing away", async () => {
  const fleet = new Fleet("group");
  fleet.fake.add("001", "web-01", noon);
  await fleet.look();

  fleet.isAway = true;
  expect(await fleet.later(5 * MINUTE_MS)).toMatchObject({ news: null, trouble: expect.stringContaining("no answer") });
  fleet.isAway = false;
  fleet.fake.mayReadAgents = false;
  expect(await fleet.later(5 * MINUTE_MS)).toMatchObject({
    news: null,
    trouble: expect.stringContaining("agent:read"),
  });

  expect(fleet.row("001")).toMatchObject({ groups: ["default"] });
  expect(fleet.book.lookedAt).toBe(noon);
});

test("labels are asked of a few agents at each look, and again when a configuration changes or after a day", async () => {
  const fleet = new Fleet("labels");
  for (let n = 1; n <= 30; n += 1) {
    const id = String(n).padStart(3, "0");
    Object.assign(fleet.fake.add(id, `host-${n}`, noon), {
      labels: [
        { key: "site", value: "berlin" },
        { key: "owner", value: "ana", hidden: "yes" },
      ],
    });
  }
  const labelled = (): number => [...fleet.book.rows()].filter(({ labels }) => labels !== null).length;
  const askedFor = (): number => fleet.asked.filter((path) => path.endsWith("/labels")).length;

  await fleet.look();
  expect(labelled()).toBe(20);
  await fleet.later(MINUTE_MS);
  expect(labelled()).toBe(30);
  expect(fleet.row("030")?.labels).toEqual({ site: "berlin" });
  await fleet.later(MINUTE_MS);
  expect(askedFor()).toBe(30);

  Object.assign(fleet.fake.agents.get("007")!, { labels: [{ key: "site", value: "hamburg" }], configSum: "another" });
  await fleet.later(5 * MINUTE_MS);
  expect(askedFor()).toBe(31);
  expect(fleet.row("007")?.labels).toEqual({ site: "hamburg" });
  await fleet.later(DAY_MS);
  expect(askedFor()).toBe(51);
});

test("an agent that will not say its labels holds nobody else up, and keeps those that it had", async () => {
  const fleet = new Fleet("labels");
  for (const id of ["001", "002"]) fleet.fake.add(id, `host-${id}`, noon).labels = [{ key: "site", value: id }];
  await fleet.look();
  fleet.fake.saysLabels = false;

  const { trouble } = await fleet.later(DAY_MS);

  expect(trouble).toBeNull();
  expect(fleet.row("001")?.labels).toEqual({ site: "001" });
  fleet.fake.agents.get("002")!.configSum = "another";
  await fleet.later(5 * MINUTE_MS);
  expect(fleet.row("002")?.labels).toBeNull();
});

test("agents that answer with trouble go behind, and those after them have their turn", async () => {
  const fleet = new Fleet("labels");
  for (const id of ["001", "002", "003", "004"]) fleet.fake.add(id, id, noon).labels = [{ key: "site", value: id }];
  const labelled = (): readonly string[] =>
    [...fleet.book.rows()].flatMap(({ id, labels }) => (labels === null ? [] : [id]));

  fleet.troubled.add("003");
  expect((await fleet.look()).trouble).toContain("HTTP 500");
  expect(labelled()).toEqual(["001", "002", "004"]);

  fleet.troubled.add("001").add("002");
  for (const id of ["001", "002", "004"]) fleet.fake.agents.get(id)!.configSum = "another";
  fleet.fake.agents.get("004")!.labels = [{ key: "site", value: "new" }];
  await fleet.later(5 * MINUTE_MS);
  expect(fleet.row("004")?.labels).toEqual({ site: "004" });
  await fleet.later(MINUTE_MS);
  expect(fleet.row("004")?.labels).toEqual({ site: "new" });

  fleet.troubled.clear();
  expect((await fleet.later(MINUTE_MS)).trouble).toBeNull();
  expect(fleet.row("003")?.labels).toEqual({ site: "003" });
});

test("of more than are asked for by name at a look, each has its turn", async () => {
  const fleet = new Fleet("group");
  for (let n = 1; n <= 1_002; n += 1) fleet.fake.add(String(n).padStart(3, "0"), `host-${n}`, noon);
  await fleet.look();
  fleet.fake.hidden = new Set([...fleet.fake.agents.keys()].slice(0, 1_001));
  fleet.fake.agents.delete("1002");

  expect((await fleet.later(5 * MINUTE_MS)).news?.gone).toEqual([]);
  expect((await fleet.later(5 * MINUTE_MS)).news?.gone).toEqual(["1002"]);
  fleet.fake.agents.delete("005");
  expect((await fleet.later(5 * MINUTE_MS)).news?.gone).toEqual(["005"]);
});

test("whoever is given an id that was another's has nothing of that one", async () => {
  const fleet = new Fleet("labels", "group");
  fleet.fake.add("001", "vault", noon).labels = [{ key: "tier", value: "0" }];
  await fleet.look();
  fleet.fake.agents.delete("001");
  Object.assign(fleet.fake.add("001", "laptop", noon), { status: "disconnected", statusCode: 4 });

  await fleet.later(5 * MINUTE_MS);

  expect(fleet.row("001")).toMatchObject({ name: "laptop", labels: null, labelsAt: null });
});

test("after a start the fleet is listed at once, however lately that was done", async () => {
  const fleet = new Fleet("group");
  fleet.fake.add("001", "web-01", noon);
  await fleet.look();
  fleet.beginAnew();

  const { news } = await fleet.later(1_000);

  expect(news).toEqual({ agents: [], gone: [], lookedAt: noon + 1_000 });
});
