import { SECOND_MS, MINUTE_MS, type Instant } from "../../../src/core/time.ts";
import type { FakeOrder } from "../../fakes/wazuh-api/active-response.ts";
import { FakeWazuhApi, usualPassword } from "../../fakes/wazuh-api/wazuh-api.ts";
import type { Vendor } from "../../fakes/vendor.ts";
import { between, pick, type Chance } from "../chance.ts";
import type { SimDisk } from "../sim-disk.ts";
import type { SimTime } from "../sim-time.ts";
import { alertOf, tokenOf, type AgentLine, type SentData } from "./agent-line.ts";
import { FLEET_SIZE } from "./desk-terms.ts";
import { AGENT_ADDRESS, MANAGER_ADDRESS, USERS } from "./people-there.ts";
import { WazuhAgent } from "./wazuh-agent.ts";

export const ALERTS_PATH = "/var/ossec/logs/alerts/alerts.json";
/** Guarded by group, by label, by name and by id. */
export const SAFE_AGENTS: readonly string[] = ["005", "006", "008", "007"];
export const GUARDED_AGENTS: readonly string[] = ["001", "002", "003", "004", "009"];

export interface SiteParts {
  readonly time: SimTime;
  readonly chance: Chance;
  readonly disk: SimDisk;
  readonly reach: (what: string) => void;
  readonly witness: SiteWitness;
}

export interface SiteWitness {
  /** The manager has passed it on. */
  ordered(order: FakeOrder): void;
  touched(agent: WazuhAgent, token: string, target: string): void;
  logged(agent: WazuhAgent, line: AgentLine): void;
  excused(token: string, why: string): void;
}

interface Draft {
  readonly rule: string;
  readonly level: number;
  readonly data?: object;
  readonly groups?: readonly string[];
  readonly location?: string;
}

/** A Wazuh manager with its API, its file of alerts, and agents that it knows less of than it says. */
export class Site {
  readonly api = new FakeWazuhApi({ callsAMinute: 240 });
  readonly agents = new Map<string, WazuhAgent>();
  /** Machines whose id another has by now: whatever is in force there, nobody reaches it by Wazuh. */
  readonly gone: WazuhAgent[] = [];
  isBusy = true;
  readonly #parts: SiteParts;
  readonly #cron = new Set<string>();
  #ids = 0;

  constructor(parts: SiteParts) {
    this.#parts = parts;
    const { time, chance, witness } = parts;
    this.api.nodes = [{ name: "master-node", ip: MANAGER_ADDRESS }];
    this.api.arConf = new Set(
      ["firewall-drop", "disable-account"]
        .flatMap((name) => [0, 120, 180, 300].map((seconds) => `${name}${seconds}`))
        .concat(["riposte-disable-account0", "riposte-block-ip0"]),
    );
    for (let i = 1; i <= FLEET_SIZE; i += 1) this.#register(`00${i}`, time.now - 10 * MINUTE_MS);
    for (const id of this.agents.keys()) if (chance() < 0.3) this.#cron.add(id);
    this.api.onOrder = (order) => {
      witness.ordered(order);
      this.#passOn(order);
    };
    const everySecond = (): void => {
      for (const agent of this.agents.values()) agent.pass(time.now, this.#cron.has(agent.id));
      time.after(this.isBusy ? SECOND_MS : 20 * SECOND_MS, everySecond);
    };
    time.after(SECOND_MS, everySecond);
  }

  get vendor(): Vendor {
    return { handle: (request, now) => this.api.handle(request, now) };
  }

  nameOf(id: string): string {
    return this.agents.get(id)?.name ?? "";
  }

  /** An alert of what an agent says, as the manager writes it. */
  alert(id: string, draft: Draft): void {
    const { time, disk } = this.#parts;
    this.#ids += 1;
    const { rule, level, data, groups = ["syslog", "sshd"], location = "/var/log/auth.log" } = draft;
    const labels = id === "006" ? { labels: { tier: "0" } } : {};
    const document = {
      timestamp: new Date(time.now).toISOString().replace("Z", "+0000"),
      rule: { level, description: `rule ${rule}`, id: rule, firedtimes: 1, mail: false, groups },
      agent: { id, name: this.nameOf(id), ...labels },
      manager: { name: "wazuh-master" },
      id: `${Math.floor(time.now / 1_000)}.${this.#ids}`,
      decoder: { name: "sshd" },
      ...(data !== undefined && { data }),
      location,
    };
    disk.append(ALERTS_PATH, Buffer.from(`${JSON.stringify(document)}\n`));
  }

  attack(id: string, user: string, address: string): void {
    const data = { srcip: address, srcport: "50007", ...(user !== "" && { dstuser: user }) };
    this.alert(id, { rule: "5763", level: 10, data, groups: ["syslog", "sshd", "authentication_failures"] });
  }

  login(id: string, user: string, address: string): void {
    const data = { srcip: address, srcport: "50009", dstuser: user };
    this.alert(id, { rule: "5715", level: 3, data, groups: ["syslog", "sshd", "authentication_success"] });
  }

  /** What its agent logs comes to the manager late, twice, or not at all. */
  deliver(agent: WazuhAgent, line: AgentLine): void {
    const { time, chance, witness, reach } = this.#parts;
    const dice = this.isBusy ? chance() : 1;
    if (dice < 0.07) {
      reach("desk line lost");
      witness.excused(tokenOf(line), "a line of it was lost");
      return;
    }
    const isTwice = dice < 0.13;
    if (isTwice) reach("desk line twice");
    const loggedAt = time.now;
    const send = (lateMs: number): void => {
      time.after(lateMs, () => {
        // What could not be sent waits in the file for the agent to be back.
        if (this.agents.get(agent.id) !== agent) return witness.excused(tokenOf(line), "the machine is gone");
        if (!agent.isUp || !agent.isConnected) return send(20 * SECOND_MS);
        if (time.now - loggedAt > 3 * MINUTE_MS) witness.excused(tokenOf(line), "a line of it came late");
        const { rule, data } = alertOf(line);
        this.alert(agent.id, { rule, level: 3, data, groups: ["ossec"], location: "active-responses.log" });
      });
    };
    send(this.isBusy && chance() < 0.15 ? between(chance, 20, 150) * SECOND_MS : between(chance, 50, 4_000));
    if (isTwice) send(between(chance, 50, 100_000));
  }

  /** It is down for a while; the manager notices later, or never. */
  fail(agent: WazuhAgent, how: "crash" | "stop" | "cut off"): void {
    const { time, chance, reach } = this.#parts;
    if (!agent.isUp || !agent.isConnected) return;
    reach(`desk agent ${how}`);
    if (how === "cut off") agent.isConnected = false;
    else agent.goDown(how);
    const isCurrent = (): boolean => this.agents.get(agent.id) === agent && !(agent.isUp && agent.isConnected);
    if (how === "stop") {
      this.api.stopGracefully(agent.id, time.now);
      this.alert(agent.id, { rule: "506", level: 3, groups: ["ossec"], location: "wazuh-remoted" });
    } else {
      time.after(between(chance, 15, 120) * SECOND_MS, () => {
        if (isCurrent()) this.api.lose(agent.id, time.now);
      });
    }
    time.after(between(chance, 20, 360) * SECOND_MS, () => (isCurrent() ? this.#bringBack(agent) : undefined));
  }

  bringAllBack(): void {
    this.isBusy = false;
    this.api.password = usualPassword;
    for (const agent of this.agents.values()) {
      agent.isBroken = false;
      delete this.api.agents.get(agent.id)?.arOff;
      this.#bringBack(agent);
    }
  }

  /** Its id is another's now, with nothing that was on the old one. */
  replace(agent: WazuhAgent): void {
    const { time, witness, reach } = this.#parts;
    reach("desk agent registered anew");
    agent.goDown("crash");
    for (const token of this.tokensOn(agent)) witness.excused(token, "its machine is gone");
    this.gone.push(agent);
    this.api.agents.delete(agent.id);
    this.#register(agent.id, time.now - (time.now % SECOND_MS));
  }

  /** Set by whoever knows which responses there are. */
  tokensOn: (agent: WazuhAgent) => readonly string[] = () => [];

  #bringBack(agent: WazuhAgent): void {
    const { time, chance } = this.#parts;
    if (agent.isUp && agent.isConnected && this.api.agents.get(agent.id)?.status === "active") return;
    const wasDown = !agent.isUp;
    Object.assign(agent, { isUp: true, isConnected: true });
    this.api.bringBack(agent.id, time.now);
    if (wasDown && chance() < 0.8)
      this.alert(agent.id, { rule: "503", level: 3, groups: ["ossec"], location: "wazuh-agent" });
  }

  #register(id: string, at: Instant): void {
    const { witness } = this.#parts;
    const name = id === "008" ? "vault-1" : `host-${id}`;
    const logged = (agent: WazuhAgent, line: AgentLine): void => {
      witness.logged(agent, line);
      this.deliver(agent, line);
    };
    this.agents.set(id, new WazuhAgent(id, name, at, { ...witness, logged }));
    Object.assign(this.api.add(id, name, at), {
      ip: id === "001" ? AGENT_ADDRESS : `203.0.113.${150 + Number(id)}`,
      users: USERS,
      groups: id === "005" ? ["default", "domain-controllers"] : ["default"],
    });
  }

  /** What the manager has passed on is lost where nobody is there any more, whatever the API has said. */
  #passOn({ agentId, command, alert }: FakeOrder): void {
    const { time, chance, reach, witness } = this.#parts;
    const { data } = alert as { readonly data: SentData };
    const to = this.agents.get(agentId);
    const isDropped = this.isBusy && chance() < 0.04;
    const takesMs = this.isBusy && chance() < 0.2 ? between(chance, 5_000, 60_000) : between(chance, 20, 1_500);
    time.after(takesMs, () => {
      if (to === undefined || isDropped || !to.isUp || !to.isConnected) {
        reach("desk order lost");
        witness.excused(data.riposte.token, "an order of it was lost on its way");
        return;
      }
      const dies = this.isBusy && chance() < 0.03;
      to.run(command, data, time.now, dies);
      if (dies) this.fail(to, "crash");
    });
  }

  trouble(): void {
    const { time, chance, reach } = this.#parts;
    const agent = pick(chance, [...this.agents.values()]);
    const dice = chance();
    if (dice < 0.3) this.fail(agent, "crash");
    else if (dice < 0.45) this.fail(agent, "stop");
    else if (dice < 0.6) this.fail(agent, "cut off");
    else if (dice < 0.66) this.replace(agent);
    else if (dice < 0.74) {
      agent.isBroken = true;
      time.after(between(chance, 1, 4) * MINUTE_MS, () => (agent.isBroken = false));
    } else if (dice < 0.82) {
      const entry = this.api.agents.get(agent.id)!;
      entry.arOff = true;
      time.after(between(chance, 1, 4) * MINUTE_MS, () => delete entry.arOff);
    } else if (dice < 0.9) this.api.revokeTokens();
    else if (dice < 0.95) {
      reach("desk manager restarted");
      this.api.restartManager(time.now);
      for (const each of this.agents.values()) {
        time.after(between(chance, 2, 90) * SECOND_MS, () => {
          if (this.agents.get(each.id) === each && each.isUp && each.isConnected) this.api.bringBack(each.id, time.now);
        });
      }
    } else {
      this.api.password = "another";
      this.api.revokeTokens();
      time.after(between(chance, 5, 120) * SECOND_MS, () => (this.api.password = usualPassword));
    }
  }
}
