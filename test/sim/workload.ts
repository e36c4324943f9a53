import { DAY_MS } from "../../src/core/time.ts";
import { between, pick, type Chance } from "./chance.ts";
import { accountChange, responseLine, type WrittenResponse } from "./response-lines.ts";
import { isInFleet, STORMY } from "./sim-fleet.ts";
import { WINDOW_RULES } from "./window-terms.ts";
import type { Draft, Written } from "./written.ts";
import type { SimDisk } from "./sim-disk.ts";
import type { SimTime } from "./sim-time.ts";

export const ALERTS_PATH = "/var/ossec/logs/alerts/alerts.json";

/** So long after midnight Wazuh packs what is of the days before. */
const PACKED_AFTER_MS = 10_000;
const FIRST_DAY_AT = Date.UTC(2026, 10, 28);
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const LF = 0x0a;

interface Rule {
  readonly id: string;
  readonly level: number;
  readonly description: string;
}

const STORY_RULES = [
  { id: "5712", level: 10, description: "sshd: brute force trying to get access to the system" },
  { id: "5551", level: 10, description: "PAM: Multiple failed logins in a small period of time" },
  { id: "40112", level: 12, description: "Multiple authentication failures followed by a success" },
  { id: "510", level: 7, description: "Host-based anomaly detection event <!channel> *x*" },
  // Wanted by its id, and too mild for anybody to be told.
  { id: "510", level: 5, description: "Host-based anomaly detection event" },
  { id: "100900", level: 15, description: "Ransom note found \u202e on a share" },
] as const satisfies readonly Rule[];
const NOISE_RULES = [
  { id: "5715", level: 3, description: "sshd: authentication success" },
  { id: "5402", level: 3, description: "Successful sudo to ROOT executed" },
  { id: "5710", level: 5, description: "sshd: Attempt to login using a non-existent user" },
] as const satisfies readonly Rule[];

const AGENT_RULES = {
  "503": { id: "503", level: 3, description: "Wazuh agent started." },
  "504": { id: "504", level: 3, description: "Wazuh agent disconnected." },
  "506": { id: "506", level: 3, description: "Wazuh agent stopped." },
  "533": { id: "533", level: 3, description: "Listened ports have changed." },
} as const satisfies Record<string, Rule>;
const BRUTE_FORCE = { id: "5763", level: 10, description: "sshd: brute force trying to get access to the system" };

/** What a Wazuh manager writes in a seed's life: bursts, noise, rotations at odd moments, lines cut in two by its buffer. */
export class Workload {
  readonly written: Written[] = [];
  readonly #disk: SimDisk;
  readonly #time: SimTime;
  readonly #chance: Chance;
  /** Of what is counted in windows. */
  readonly #guesses: Chance;
  /** The file that is written to, and those before it that are not packed. */
  #dated = "";
  #left: string[] = [];
  #dayAt = FIRST_DAY_AT;
  #part = 0;
  #ids = 0;
  #id = "1.0";
  /** What the manager's buffer still holds back, and how many of the lines are on the disk to their last byte. */
  #unflushed = Buffer.alloc(0);
  #isEnding = false;
  #flushed = 0;

  constructor(disk: SimDisk, time: SimTime, chance: Chance, guesses: Chance) {
    this.#disk = disk;
    this.#time = time;
    this.#chance = chance;
    this.#guesses = guesses;
    this.#open();
  }

  /** How often it went on to another file, and how many it has packed. */
  rotations = 0;
  packed = 0;

  /** Goes on by itself until `endAt`. */
  run(endAt: number): void {
    const next = (): void => {
      if (this.#time.now >= endAt) {
        this.#isEnding = true;
        this.#flush();
        return;
      }
      this.#act();
      this.#time.after(this.#pauseMs(), next);
    };
    this.#time.after(between(this.#chance, 10, 5_000), next);
    const guess = (): void => {
      if (this.#time.now >= endAt) return;
      this.#guess();
      const isSoon = this.#guesses() < 0.7;
      this.#time.after(isSoon ? between(this.#guesses, 100, 8_000) : between(this.#guesses, 10_000, 90_000), guess);
    };
    this.#time.after(between(this.#guesses, 10, 5_000), guess);
  }

  /** Guesses and logins, backups that come by and by, tools that somebody starts: what only together says something. */
  #guess(): void {
    const chance = this.#guesses;
    const agent = between(chance, 1, 4);
    const write = (id: string, level: number, description: string, user: string): void =>
      this.#write(withUser(this.#alert({ id, level, description }, agent), user));
    const kind = chance();
    const count = chance() < 0.05 ? between(chance, 10, 25) : between(chance, 1, 3);
    if (kind < 0.4) {
      const only = pick(chance, ["root", "eve", "bob"]);
      for (let i = 0; i < count; i += 1) {
        const user = chance() < 0.7 ? only : pick(chance, ["root", "eve", "bob"]);
        write(WINDOW_RULES.guess, chance() < 0.7 ? 8 : 5, "sshd: authentication failed.", user);
      }
    } else if (kind < 0.7) {
      for (let i = 0; i < count; i += 1) {
        const draw = chance();
        if (draw < 0.6) write(WINDOW_RULES.refused, 5, "PAM: User login failed.", "eve");
        else if (draw < 0.95) write(WINDOW_RULES.login, 3, "PAM: Login session opened.", "eve");
        else write("5502", 3, "PAM: Login session closed.", "eve");
      }
    } else if (kind < 0.85) write(WINDOW_RULES.backup, 3, "Backup done.", "backup");
    else write(WINDOW_RULES.tool, 3, "A tool was started.", pick(chance, ["root", "eve", "bob", "ann", "dan"]));
    if (chance() < 0.5) this.#flush();
  }

  #pauseMs(): number {
    return this.#chance() < 0.5 ? between(this.#chance, 5, 1_500) : between(this.#chance, 5_000, 90_000);
  }

  #act(): void {
    const kind = this.#chance();
    if (kind < 0.03) this.goThroughFiles(this.#chance() < 0.3 ? between(this.#chance, 2, 5) : 1);
    else if (kind < 0.05) this.#garbage();
    else if (kind < 0.08) this.#writeAgain();
    else if (kind < 0.35)
      this.#write({ ...this.#alert(pick(this.#chance, NOISE_RULES)), fate: "ignored", alert: null });
    else if (kind < 0.45) this.#agentStory();
    else if (kind < 0.6) this.#queueStory();
    else if (kind < 0.68) this.#responseStory();
    else if (kind < 0.72) this.#restartStory();
    else if (kind < 0.75) this.#stormStory();
    else this.#burst();
    if (this.#chance() < 0.5) this.#flush();
  }

  #burst(): void {
    const rule = pick(this.#chance, STORY_RULES);
    const agent = between(this.#chance, 1, 4);
    const count = this.#chance() < 0.1 ? between(this.#chance, 10, 60) : between(this.#chance, 1, 4);
    for (let i = 0; i < count; i += 1) this.#write(this.#alert(rule, agent));
  }

  /** Seldom so many lines that nobody can read that their quarantine comes round. */
  #garbage(): void {
    const count = this.#chance() < 0.1 ? between(this.#chance, 60, 140) : between(this.#chance, 1, 3);
    for (let i = 0; i < count; i += 1) {
      this.#write({ line: `{ not an alert at all ${this.written.length}`, fate: "malformed", alert: null });
    }
  }

  /** An agent is lost and may come back: held incidents, with and without the alert that clears them. */
  #agentStory(): void {
    this.#story(AGENT_RULES["504"], AGENT_RULES["503"], 0.6, between(this.#chance, 1, 4));
  }

  /** Of an agent that somebody else keeps the story of. */
  writeOf(rule: keyof typeof AGENT_RULES, agent: number): void {
    this.#write(this.#alert(AGENT_RULES[rule], agent));
    if (this.#chance() < 0.7) this.#flush();
  }

  /** Half the fleet goes at once, and comes back agent by agent, or not all of it; or all of it raises the same alert. */
  #stormStory(): void {
    const agents = STORMY.slice(0, between(this.#chance, 4, STORMY.length));
    const lost = AGENT_RULES["504"];
    const loud = { id: "100901", level: 8, description: "The same everywhere." };
    const isLoss = this.#chance() < 0.6;
    const spreadMs = this.#chance() < 0.5 ? 0 : between(this.#chance, 1_000, 120_000);
    for (const agent of agents) {
      const go = (): void => {
        this.#write(this.#alert(isLoss ? lost : loud, agent));
        if (!isLoss && this.#chance() < 0.1) this.#write(this.#alert({ ...loud, level: 15 }, agent));
      };
      this.#time.after(spreadMs === 0 ? 1 : between(this.#chance, 1, spreadMs), go);
      const back = AGENT_RULES["503"];
      const backMs = between(this.#chance, 60_000, 20 * 60_000);
      if (isLoss && this.#chance() < 0.7) this.#time.after(backMs, () => this.#write(this.#alert(back, agent)));
    }
  }

  /** A queue that is full and then is not, again and again: news that old news must not overtake. */
  #queueStory(): void {
    const full = { id: "202", level: 7, description: "Agent event queue is 90% full." };
    const normal = { id: "205", level: 3, description: "Agent event queue is back to normal load." };
    this.#story(full, normal, 0.7, between(this.#chance, 1, 2));
  }

  /**
   * A brute force that Wazuh answers by itself, now and then late, twice or never; what that changes on the account is
   * seen before or after it, and so is what somebody else changes there. Some are lifted in time.
   */
  #responseStory(): void {
    const agent = between(this.#chance, 1, 3);
    const user = pick(this.#chance, ["deploy", "eve"]);
    const account = (): void => {
      const tool = pick(this.#chance, ["passwd", "chage"]);
      this.#write(this.#shell(tool, user, agent));
    };
    const respond = (order: "add" | "delete"): void => {
      if (this.#chance() < 0.25) account();
      this.#write(this.#response({ program: "disable-account", user, order, cause }, agent));
      if (this.#chance() < 0.3) account();
    };
    const cause = this.#alert(BRUTE_FORCE, agent);
    if (this.#chance() < 0.9) this.#write(cause);
    const answers = this.#chance() < 0.2 ? 0 : this.#chance() < 0.15 ? 2 : 1;
    const waitMs = this.#chance() < 0.6 ? between(this.#chance, 0, 3_000) : between(this.#chance, 3_000, 40_000);
    for (let i = 0; i < answers; i += 1) this.#time.after(waitMs * (i + 1), () => respond("add"));
    if (this.#chance() < 0.7) {
      const liftMs = this.#chance() < 0.7 ? 301_000 : between(this.#chance, 1_000, 600_000);
      this.#time.after(waitMs + liftMs, () => respond("delete"));
    }
    if (this.#chance() < 0.1) account();
  }

  /** An agent's service stops, and some of the time it was a restart that Wazuh ordered and that it came back from. */
  #restartStory(): void {
    const agent = between(this.#chance, 1, 3);
    const order = (): void =>
      this.#write(this.#response({ program: "restart-wazuh", user: null, order: "add", cause: null }, agent));
    const isFirst = this.#chance() < 0.3;
    if (isFirst) order();
    this.#write(this.#alert(AGENT_RULES["506"], agent));
    if (this.#chance() < 0.6) this.#time.after(between(this.#chance, 1_000, 90_000), order);
  }

  #shell(tool: string, user: string, agent: number): Draft {
    return accountChange(this.#alert({ id: "5904", level: 8, description: "Account changed." }, agent), tool, user);
  }

  #response(of: WrittenResponse, agent: number): Draft {
    // Now and then with a level at which a policy would take it for an alert like others.
    const level = this.#chance() < 0.3 ? 7 : 3;
    return responseLine(this.#alert({ id: "657", level, description: "Active response" }, agent), of);
  }

  /** One of the two, and now and then both in a breath, when either may be stamped before the other. */
  #story(trouble: Rule, end: Rule, troubles: number, agent: number): void {
    const isTrouble = this.#chance() < troubles;
    this.#write(this.#alert(isTrouble ? trouble : end, agent));
    if (this.#chance() < 0.15) this.#write(this.#alert(isTrouble ? end : trouble, agent));
  }

  #alert(rule: Rule, agent = between(this.#chance, 1, 6)): Draft {
    // A restarted manager and the samples give an id again.
    if (this.#chance() > 0.03) {
      this.#ids += between(this.#chance, 1, 900);
      this.#id = `${Math.floor(this.#time.now / 1_000)}.${this.#ids}`;
    }
    const at = this.#time.now - between(this.#chance, 0, 900);
    const timestamp = new Date(at).toISOString().replace("Z", "+0000");
    const { id, level } = rule;
    const number = String(agent).padStart(3, "0");
    const alert = {
      identity: `${this.#id} ${timestamp} ${id}`,
      at,
      rule: id,
      level,
      agent: number,
      isOfFleet: isInFleet(number),
    };
    const line = JSON.stringify({
      timestamp,
      rule: {
        level: rule.level,
        description: rule.description,
        id: rule.id,
        firedtimes: 1,
        mail: false,
        groups: ["sim"],
      },
      agent: { id: number, name: `web-${number}` },
      manager: { name: "wazuh-manager" },
      id: this.#id,
      full_log: `line ${this.#ids} "rule":{"level":15, <@U123>`,
      decoder: { name: "sshd" },
      data: { srcip: `198.51.100.${agent}`, srcuser: "admin\u0000<!here>" },
      location: "journald",
    });
    return { line, fate: "wanted", alert };
  }

  /** A manager that repeats itself, as restarted ones and samples do. */
  #writeAgain(): void {
    const before = this.written.at(-1);
    if (before !== undefined) this.#write(before);
  }

  #write({ line, fate, alert }: Draft): void {
    this.written.push({ line, fate, alert, flushedAt: null });
    const bytes = Buffer.concat([this.#unflushed, Buffer.from(`${line}\n`)]);
    // The buffer flushes when it is full, wherever in a line that is.
    const flushed = this.#chance() < 0.5 ? between(this.#chance, 0, bytes.length) : 0;
    this.#unflushed = bytes;
    // What a story writes after the end has no later line to push it out.
    if (this.#isEnding) this.#flush();
    else if (flushed > 0) this.#flush(flushed);
  }

  #flush(size = this.#unflushed.length): void {
    if (size === 0) return;
    const out = this.#unflushed.subarray(0, size);
    this.#disk.append(this.#dated, out);
    this.#unflushed = this.#unflushed.subarray(size);
    for (let end = out.indexOf(LF); end >= 0; end = out.indexOf(LF, end + 1)) {
      this.written[this.#flushed]!.flushedAt = this.#time.now;
      this.#flushed += 1;
    }
  }

  /** Goes on to as many other files, most with something in them: by size or because another day begins. */
  goThroughFiles(count: number): void {
    for (let i = 0; i < count; i += 1) {
      this.#rotate();
      if (this.#chance() < 0.8) this.#burst();
    }
  }

  #rotate(): void {
    this.#flush();
    this.rotations += 1;
    this.#left.push(this.#dated);
    if (this.#chance() < 0.5) this.#part += 1;
    else this.#beginDay();
    const before = this.#dated;
    this.#open();
    // Wazuh keeps no empty file.
    if (this.#disk.sizeOf(before) === 0) this.#disk.unlink(before);
  }

  #beginDay(): void {
    this.#dayAt += DAY_MS;
    this.#part = 0;
    const ofDaysBefore = this.#left;
    this.#left = [];
    this.#time.after(PACKED_AFTER_MS, () => {
      for (const file of ofDaysBefore) if (this.#disk.pack(file)) this.packed += 1;
    });
  }

  #open(): void {
    const day = new Date(this.#dayAt);
    const part = this.#part === 0 ? "" : `-${String(this.#part).padStart(3, "0")}`;
    const name = `ossec-alerts-${String(day.getUTCDate()).padStart(2, "0")}${part}.json`;
    this.#dated = `/var/ossec/logs/alerts/${day.getUTCFullYear()}/${MONTHS[day.getUTCMonth()]}/${name}`;
    this.#disk.append(this.#dated, Buffer.alloc(0));
    this.#disk.unlink(ALERTS_PATH);
    this.#disk.link(this.#dated, ALERTS_PATH);
  }
}

/** The same alert about an account. */
function withUser({ line, fate, alert }: Draft, user: string): Draft {
  const document = JSON.parse(line) as { readonly data: object };
  const data = { ...document.data, dstuser: user };
  return { line: JSON.stringify({ ...document, data }), fate, alert: alert && { ...alert, user } };
}
