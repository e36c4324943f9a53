import { makePlan } from "./plan.ts";
import { FakeBoard } from "../fakes/board.ts";
import { FakeJiraAutomation } from "../fakes/jira-automation.ts";
import { FakeSlackWebhooks, usualHookPath } from "../fakes/slack-webhook.ts";
import { FakeWebhookReceiver } from "../fakes/webhook-receiver.ts";
import { chanceOf, type Chance } from "./chance.ts";
import { DiskSpace } from "./disk-space.ts";
import { History } from "./history.ts";
import { SimDisk } from "./sim-disk.ts";
import { SimNet } from "./sim-net.ts";
import type { SimDatabase } from "./sim-database.ts";
import type { SimTime } from "./sim-time.ts";
import { Workload } from "./workload.ts";

export const SECRETS: Readonly<Record<string, string>> = {
  "/etc/riposte/slack": `https://slack.sim${usualHookPath}`,
  "/etc/riposte/jira": JSON.stringify({
    JIRA_URL: "https://tickets.sim/automation/webhooks/jira/a/cloud/rule",
    JIRA_API_KEY: "canary-jira-token-55e1",
    JIRA_PROJECT_KEY: "SEC",
  }),
  "/etc/riposte/hook": `whsec_${Buffer.from("canary-hook-key-17c9").toString("base64")}`,
};
/** What must be in no row and no message: parts of the secrets that are nothing but secret. */
export const CANARIES = ["xxxxxxxxxxxxxxxxxxxxxxxx", "canary-jira-token-55e1", SECRETS["/etc/riposte/hook"]!.slice(6)];

export interface Vendors {
  readonly board: FakeBoard;
  readonly slack: FakeSlackWebhooks;
  readonly tickets: FakeJiraAutomation;
  readonly hook: FakeWebhookReceiver;
}

/** Each destination has a host of its own. */
export function hostOf(destination: string): string {
  return `${destination}.sim`;
}

/** Everything outside the engine: time, disk, network, vendors and the manager. It outlives every life of the engine. */
export class World {
  readonly time: SimTime;
  readonly disk: SimDisk;
  readonly net: SimNet;
  readonly vendors: Vendors;
  readonly workload: Workload;
  readonly plan = makePlan();
  readonly history = new History();
  readonly space: DiskSpace;
  readonly database: SimDatabase;
  /** How often each kind of thing was reached, for the run's report. */
  readonly reached = new Map<string, number>();
  readonly #seed: number;

  constructor(seed: number, time: SimTime, database: SimDatabase) {
    this.#seed = seed;
    this.time = time;
    this.database = database;
    this.disk = new SimDisk(this.time);
    this.space = new DiskSpace(this.time);
    this.net = new SimNet(this.time, this.chance("network"));
    this.vendors = {
      board: new FakeBoard({ indexLagMs: 15_000 }),
      slack: new FakeSlackWebhooks(),
      tickets: new FakeJiraAutomation({ token: "canary-jira-token-55e1" }),
      hook: new FakeWebhookReceiver({ secret: SECRETS["/etc/riposte/hook"]! }),
    };
    for (const [name, vendor] of Object.entries(this.vendors)) {
      this.net.hosts.set(hostOf(name), { vendor, outage: null, lateness: name === "board" ? 12 : 1 });
    }
    this.workload = new Workload(this.disk, this.time, this.chance("manager"));
  }

  chance(drawer: string): Chance {
    return chanceOf(this.#seed, drawer);
  }

  reach(what: string): void {
    this.reached.set(what, (this.reached.get(what) ?? 0) + 1);
  }
}
