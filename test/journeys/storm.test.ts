// More incidents than anybody would read tickets of: a few have their own, and one lists the rest.
import { appendFileSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { startApp } from "../../src/app.ts";
import { loadConfig } from "../../src/config/load.ts";
import { connectors } from "../../src/connectors/index.ts";
import { createLog } from "../../src/observe/log.ts";
import { FakeJira, usualEmail, usualTokenText } from "../fakes/jira/jira.ts";
import { serveVendor } from "../fakes/serve.ts";
import type { Vendor } from "../fakes/vendor.ts";
import { alertLine } from "../fixtures/cli-rig.ts";
import { briskClock, StartDesk } from "../fixtures/start-desk.ts";

const STORM = /^.*More incidents than the budget of soc.*$/;

it(
  "what is beyond the budget is listed in one ticket, and the critical has its own",
  { timeout: 120_000 },
  async () => {
    const desk = new StartDesk();
    const jira = new WatchedJira();
    const served = await serveVendor(jira);
    onTestFinished(() => served.close());
    const text = `store: "sqlite:${desk.at("riposte.db")}"
wazuh: { alerts: "${desk.alerts}", start: beginning }
destinations:
  soc:
    type: jira
    url: "${served.url}"
    email: ${usualEmail}
    token: { env: STORM_TOKEN }
    project: SEC
    pace: { max: 100, per: 1s }
    budget: { max: 3, per: 1h }
policies: [{ name: each, when: { rule.level: ">= 7" }, group_by: [id], collapse: off, tell: [soc] }]
`;
    process.env["STORM_TOKEN"] = usualTokenText;
    const loaded = loadConfig(text, "riposte.yaml", connectors);
    if (loaded.kind === "refused") throw new Error(loaded.errors.map(({ says }) => says).join("\n"));
    const log = createLog({ level: "error", write: () => {} });
    const app = await startApp({
      config: loaded.config,
      configPath: "riposte.yaml",
      log,
      died: () => {},
      clock: briskClock,
    });
    if (!("stop" in app)) throw new Error(app.message);
    onTestFinished(() => app.stop("the test is over"));

    for (let n = 1; n <= 8; n += 1) appendFileSync(desk.alerts, alertLine(n));
    await jira.until(() => jira.storm()?.includes("5 are listed here") === true);
    appendFileSync(desk.alerts, alertLine(9, 15));
    appendFileSync(desk.alerts, alertLine(10));
    await jira.until(() => jira.storm()?.includes("6 are listed here") === true && jira.live() === 5);

    expect(jira.storm()).toMatch(/#\d+ medium: sshd/);
    expect(jira.live()).toBe(5);
  },
);

/** Tells after each request whether what is waited for has come about. */
class WatchedJira implements Vendor {
  readonly #fake = new FakeJira({ deployment: "Cloud", projects: [{ key: "SEC" }], limits: {} });
  readonly #lookers = new Set<() => void>();

  handle(...[request, nowMs]: Parameters<Vendor["handle"]>): ReturnType<Vendor["handle"]> {
    const answer = this.#fake.handle(request, nowMs);
    for (const look of this.#lookers) look();
    return answer;
  }

  live(): number {
    return this.#fake.liveIssues().length;
  }

  /** What the ticket of the storm says. */
  storm(): string | null {
    const issue = this.#fake.liveIssues().find(({ values }) => STORM.test(JSON.stringify(values.get("summary"))));
    const description = issue?.values.get("description");
    return description === undefined ? null : JSON.stringify(description);
  }

  until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isSo()) return;
        this.#lookers.delete(look);
        resolve();
      };
      this.#lookers.add(look);
      look();
    });
  }
}
