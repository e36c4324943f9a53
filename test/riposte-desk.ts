import { appendFileSync, linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startApp, type App } from "../src/app.ts";
import { readConfig } from "../src/app/read-config.ts";
import { createLog } from "../src/observe/log.ts";
import { systemClock, type Clock } from "../src/ports/clock.ts";
import { FakeJiraAutomation } from "./fakes/jira-automation.ts";
import { serveVendor, type ServedVendor, type ServeOptions } from "./fakes/serve.ts";
import { FakeSlackWebhooks, usualHookPath } from "./fakes/slack-webhook.ts";
import { filledConf } from "./fixtures/ossec/original.ts";
import { hurriedClockOf, hurriedWriterEntry, type HurriedTime } from "./fixtures/hurried-time.ts";

export interface DeskOptions {
  readonly slack?: ServeOptions;
  readonly jira?: ServeOptions;
  /** Jira's rule is the one that looks the mark up and calls back. */
  readonly rule?: { readonly indexLagMs: number };
  /** How many times faster than the machine's its time runs. */
  readonly hurry?: number;
}

export interface StartedWith {
  readonly alerts?: string;
  /** More keys of `wazuh`. */
  readonly wazuh?: string;
}

/** A whole Riposte in a folder of its own, with the vendors' fakes behind real sockets. */
export class RiposteDesk {
  readonly directory = mkdtempSync(join(tmpdir(), "riposte-desk-"));
  readonly alertsPath = join(this.directory, "alerts", "alerts.json");
  readonly configPath = join(this.directory, "riposte.yaml");
  readonly slack = new FakeSlackWebhooks();
  readonly jira: FakeJiraAutomation;
  readonly logLines: string[] = [];
  slackServed!: ServedVendor;
  jiraServed!: ServedVendor;
  #hurried: HurriedTime | null;
  #app: App | null = null;

  constructor({ hurry = null, rule }: { readonly hurry?: number | null; readonly rule?: DeskOptions["rule"] }) {
    const looksUp = rule === undefined ? {} : { looksUp: rule };
    this.jira = new FakeJiraAutomation({ token: "API_KEY", createAfterMs: 0, ...looksUp });
    this.#hurried = hurry === null ? null : { from: Date.now(), times: hurry };
  }

  get clock(): Clock {
    return this.#hurried === null ? systemClock : hurriedClockOf(this.#hurried);
  }

  /** Lets so much time pass at once, while it is stopped. */
  skip(ms: number): void {
    if (this.#hurried === null || this.#app !== null) throw new Error("time passes by itself here");
    this.#hurried = { ...this.#hurried, skippedMs: (this.#hurried.skippedMs ?? 0) + ms };
  }

  static async open({ slack, jira, hurry, rule }: DeskOptions = {}): Promise<RiposteDesk> {
    const desk = new RiposteDesk({ ...(hurry !== undefined && { hurry }), ...(rule !== undefined && { rule }) });
    desk.slackServed = await serveVendor(desk.slack, slack);
    desk.jiraServed = await serveVendor(desk.jira, jira);
    const dated = join(dirname(desk.alertsPath), "2026", "Nov", "ossec-alerts-23.json");
    mkdirSync(dirname(dated), { recursive: true });
    writeFileSync(dated, "");
    linkSync(dated, desk.alertsPath);
    desk.secret("slack-webhook", `${desk.slackServed.url}${usualHookPath}`);
    const JIRA_URL = `${desk.jiraServed.url}${desk.jira.path}`;
    desk.secret("jira-api-key", JSON.stringify({ JIRA_URL, JIRA_API_KEY: "API_KEY", JIRA_PROJECT_KEY: "PROJ" }));
    return desk;
  }

  /** The original's two blocks, with the addresses of the fakes. */
  get filledConf(): string {
    const slack = `${this.slackServed.url}${usualHookPath}`;
    return filledConf({ slack, jira: `${this.jiraServed.url}${this.jira.path}` });
  }

  /** Writes a secret's file; `SECRETS/name` in a config is its path. */
  secret(name: string, value: string): void {
    writeFileSync(join(this.directory, name), value, { mode: 0o600 });
  }

  /** Starts on this config, to which store and alerts are added. */
  async start(config: string, { alerts = this.alertsPath, wazuh = "" }: StartedWith = {}): Promise<void> {
    const more = wazuh === "" ? "" : `, ${wazuh}`;
    const text = `store: sqlite:${this.directory}/riposte.db
${`wazuh: { alerts: ${alerts}, start: beginning${more} }
${config}`.replaceAll("SECRETS", this.directory)}`;
    writeFileSync(this.configPath, text);
    const read = readConfig(this.configPath);
    if (read.kind === "unreadable") throw new Error(read.says);
    if (read.kind === "refused") throw new Error(read.errors.map(({ line, says }) => `${line}: ${says}`).join("\n"));
    const { config: loaded, ossec } = read;
    const log = createLog({ level: "debug", write: (line) => this.logLines.push(line) });
    const died = (error: Error): never => {
      throw error;
    };
    const entry = this.#hurried === null ? {} : { writerEntry: hurriedWriterEntry(this.#hurried) };
    const { clock } = this;
    const app = await startApp({
      config: loaded,
      configPath: this.configPath,
      // Followed only where the files of integrations are.
      ...(ossec !== null && { configText: text, ossec }),
      log,
      died,
      clock,
      instead: entry,
    });
    if (!("stop" in app)) throw new Error(app.message);
    this.#app = app;
  }

  /** Appends alerts as Wazuh writes them. */
  append(...alerts: readonly object[]): void {
    appendFileSync(this.alertsPath, alerts.map((alert) => `${JSON.stringify(alert)}\n`).join(""));
  }

  /** Work that somebody still has to do something about, by its state; what is only watched is done. */
  workLeft(): Readonly<Record<string, number>> {
    const db = new DatabaseSync(join(this.directory, "riposte.db"), { readOnly: true });
    try {
      const rows = db.prepare("SELECT state, count(*) AS n FROM work WHERE state <> 'watched' GROUP BY state").all();
      return Object.fromEntries(rows.map(({ state, n }) => [String(state), Number(n)]));
    } finally {
      db.close();
    }
  }

  /** How many works each destination has in each state. */
  works(): readonly string[] {
    const db = new DatabaseSync(join(this.directory, "riposte.db"), { readOnly: true });
    try {
      const rows = db.prepare("SELECT destination, state, count(*) AS n FROM work GROUP BY 1, 2 ORDER BY 1, 2").all();
      return rows.map(({ destination, state, n }) => [destination, state, n].map(String).join(" "));
    } finally {
      db.close();
    }
  }

  get socketPath(): string {
    return this.#app?.socketPath ?? "";
  }

  /** Where other machines are heard, where the config says so. */
  get httpPort(): number {
    return Number(this.#app?.httpAddress?.split(":").at(-1));
  }

  /** `127.0.0.1:8080`. */
  get httpAddress(): string {
    return this.#app?.httpAddress ?? "";
  }

  /** As SIGHUP does. */
  async reload(): Promise<void> {
    await this.#app?.reload();
  }

  async stop(): Promise<void> {
    await this.#app?.stop("the test is over");
    this.#app = null;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.slackServed.close();
    await this.jiraServed.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
