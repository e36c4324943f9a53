import { drawWindows } from "./window-terms.ts";
import { makePlan, type Plan } from "./plan.ts";
import { FakeBoard } from "../fakes/board.ts";
import { usualPassword } from "../fakes/wazuh-api/wazuh-api.ts";
import { usualEmail, type FakeJira } from "../fakes/jira/jira.ts";
import { usualIndexerPassword, usualIndexerUser } from "../fakes/opensearch/opensearch.ts";
import type { FakeJiraAutomation } from "../fakes/jira-automation.ts";
import { FakeSlackApp } from "../fakes/slack-app/slack-app.ts";
import { FakeSlackWebhooks, usualHookPath } from "../fakes/slack-webhook.ts";
import { FakeWebhookReceiver } from "../fakes/webhook-receiver.ts";
import { chanceOf, type Chance } from "./chance.ts";
import { DiskSpace } from "./disk-space.ts";
import { History } from "./history.ts";
import { kindOfChatCall } from "./chat-calls.ts";
import { kindOfJiraCall } from "./jira-calls.ts";
import type { Deed } from "./jira-people.ts";
import { JiraSite } from "./jira-site.ts";
import { RuleSite } from "./rule-calls.ts";
import { SimDisk } from "./sim-disk.ts";
import { SimIndexer } from "./sim-indexer.ts";
import { SimNet } from "./sim-net.ts";
import { GROUPED_RULE, SimGroups } from "./sim-groups.ts";
import { SimFleet } from "./sim-fleet.ts";
import { SimScripts } from "./sim-scripts.ts";
import type { Change } from "../../src/core/change.ts";
import type { Intake } from "../../src/ports/intake.ts";
import { SimForwarder } from "./forwarding/sim-forwarder.ts";
import { SimSender } from "./sim-sender.ts";
import { SimSpool } from "./sim-spool.ts";
import type { SimDatabase } from "./sim-database.ts";
import type { SimTime } from "./sim-time.ts";
import type { Visit } from "./visits.ts";
import { Workload } from "./workload.ts";

export const SECRETS: Readonly<Record<string, string>> = {
  "/etc/riposte/slack": `https://slack.sim${usualHookPath}`,
  "/etc/riposte/jira": JSON.stringify({
    JIRA_URL: "https://tickets.sim/automation/webhooks/jira/a/cloud/rule",
    JIRA_API_KEY: "canary-jira-token-55e1",
    JIRA_PROJECT_KEY: "SEC",
  }),
  "/etc/riposte/jira-token": "canary-jira-rest-token-9d20",
  "/etc/riposte/slack-token": "xoxb-canary-slack-token-4e02",
  "/etc/riposte/siren": "https://siren.sim/canary-siren-hook-2c71",
  "/etc/riposte/wazuh-api": usualPassword,
  "/etc/riposte/hook": `whsec_${Buffer.from("canary-hook-key-17c9").toString("base64")}`,
  "/etc/riposte/indexer": usualIndexerPassword,
};
/** What must be in no row and no message: parts of the secrets that are nothing but secret. */
export const CANARIES = [
  "xxxxxxxxxxxxxxxxxxxxxxxx",
  "canary-jira-token-55e1",
  "canary-jira-rest-token-9d20",
  Buffer.from(`${usualEmail}:${SECRETS["/etc/riposte/jira-token"]}`).toString("base64"),
  "canary-slack-token-4e02",
  usualPassword,
  "canary-siren-hook-2c71",
  SECRETS["/etc/riposte/hook"]!.slice(6),
  usualIndexerPassword,
  Buffer.from(`${usualIndexerUser}:${usualIndexerPassword}`).toString("base64"),
];

/** What is seldom costs every seed little. */
/** A chat that has digests. */
const DIGESTS = 0.5;
const SPOOLS = 0.25;
const INDEXERS = 0.25;
const FLEETS = 0.25;
const SENDERS = 0.25;
const FORWARDERS = 0.25;

export interface Vendors {
  readonly board: FakeBoard;
  readonly slack: FakeSlackWebhooks;
  readonly tickets: FakeJiraAutomation;
  readonly hook: FakeWebhookReceiver;
  readonly jira: FakeJira;
  readonly chat: FakeSlackApp;
}

export const WAZUH_HOST = "wazuh.sim";

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
  /** Null: no scripts hand over anything in this seed. */
  readonly spool: SimSpool | null;
  /** Null: no indexer is read in this seed. */
  readonly indexer: SimIndexer | null;
  readonly scripts: SimScripts;
  /** Null: the Wazuh API is not asked in this seed. */
  readonly fleet: SimFleet | null;
  /** Of its agents; null where there is none. */
  groups: SimGroups | null = null;
  /** Null: nobody sends alerts over HTTP in this seed. */
  readonly sender: SimSender | null;
  /** Null: no forwarder sends in this seed. */
  readonly forwarder: SimForwarder | null;
  /** Where the living engine takes what is sent, by sender; null: there is none. */
  intakes: () => ReadonlyMap<string, Intake> | null = () => null;
  /** Steps and looks where each makes several calls. */
  readonly visits: Visit[] = [];
  /** Incidents and destinations of which a reason not to tell was ever written down. */
  readonly hushed = new Set<string>();
  /** Whoever pressed in the chat, and whether he may. */
  readonly pressed: { readonly who: string; readonly may: boolean }[] = [];
  /** What was committed, whether or not anybody lives to hear of it. */
  stored: (changes: readonly Change[]) => void = () => {};
  /** What people did in Jira. */
  readonly deeds: Deed[] = [];
  readonly jiraSite: JiraSite;
  readonly rule: RuleSite;
  readonly plan: Plan;
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
    this.jiraSite = new JiraSite(SECRETS["/etc/riposte/jira-token"]!, this.chance("jira site"));
    this.rule = new RuleSite("canary-jira-token-55e1", time, this.chance("rule"), (what) => this.reach(what));
    const hasDigests = this.chance("digests")() < DIGESTS;
    this.plan = makePlan(this.jiraSite.config, this.rule, drawWindows(this.chance("windows")), hasDigests);
    if (hasDigests) this.reach("digests");
    this.reach(`jira of kind ${this.jiraSite.kind}`);
    this.vendors = {
      board: new FakeBoard({ indexLagMs: 15_000 }),
      slack: new FakeSlackWebhooks(),
      tickets: this.rule.fake,
      hook: new FakeWebhookReceiver({ secret: SECRETS["/etc/riposte/hook"]! }),
      jira: this.jiraSite.fake,
      chat: new FakeSlackApp({ token: SECRETS["/etc/riposte/slack-token"]!, mostAPage: 15 }),
    };
    const { jira: _, chat, ...others } = { ...this.vendors, tickets: this.rule.vendor };
    for (const [name, vendor] of Object.entries(others)) {
      this.net.hosts.set(hostOf(name), { vendor, outage: null, lateness: name === "board" ? 12 : 1 });
    }
    this.net.hosts.set(hostOf("jira"), {
      ...this.jiraSite.hostWith(this.chance("jira index")),
      outage: null,
      lateness: 12,
      kindOf: kindOfJiraCall,
      // A look makes many calls, and must come to an end now and then.
      calm: 5,
    });
    this.net.hosts.set(hostOf("chat"), { vendor: chat, outage: null, lateness: 12, kindOf: kindOfChatCall, calm: 3 });
    this.scripts = new SimScripts(this.time, this.chance("processes"), (what) => this.reach(what));
    const scripts = this.chance("scripts");
    this.spool = scripts() < SPOOLS ? new SimSpool(this.time, scripts) : null;
    if (this.spool !== null) this.reach("spool");
    const managers = this.chance("indexer");
    this.indexer = managers() < INDEXERS ? new SimIndexer(this.time, managers, (what) => this.reach(what)) : null;
    if (this.indexer !== null) this.reach("indexer");
    const sending = this.chance("sender");
    const [reach, intakes] = [(what: string) => this.reach(what), () => this.intakes()];
    const intake = (): Intake | null => intakes()?.get("worker-1") ?? null;
    this.sender = sending() < SENDERS ? new SimSender({ time, chance: sending, reach, intake }) : null;
    const onNode = this.chance("forwarder on a node");
    this.forwarder = onNode() < FORWARDERS ? new SimForwarder({ time, chance: onNode, reach, intakes }) : null;
    if (this.forwarder !== null) this.reach("forwarder on a node");
    this.workload = new Workload(this.disk, this.time, this.chance("manager"), this.chance("guesses"));
    const agents = this.chance("fleet");
    this.fleet = agents() < FLEETS ? this.#makeFleet(agents) : null;
  }

  #makeFleet(chance: Chance): SimFleet {
    const { time, workload } = this;
    const reach = (what: string): void => this.reach(what);
    const fleet = new SimFleet({ time, chance, write: (rule, agent) => workload.writeOf(rule, agent), reach });
    const groups = { time, chance: this.chance("groups"), reach };
    this.groups = new SimGroups(fleet, groups, (agent) => workload.writeOf(GROUPED_RULE, agent));
    const vendor = this.groups.over(fleet.api);
    this.net.hosts.set(WAZUH_HOST, { vendor, outage: null, lateness: 1, kindOf: () => "asks", calm: 3 });
    reach("fleet");
    return fleet;
  }

  chance(drawer: string): Chance {
    return chanceOf(this.#seed, drawer);
  }

  reach(what: string): void {
    this.reached.set(what, (this.reached.get(what) ?? 0) + 1);
  }
}
