import { fork, type ChildProcess } from "node:child_process";
import { appendFileSync, linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FakeWebhookReceiver } from "../fakes/webhook-receiver.ts";
import { serveVendor, type ServedVendor } from "../fakes/serve.ts";
import type { CrashDatabase, OpenDatabase } from "./database.ts";
import type { CrashPoint } from "./death.ts";

const SECRET = `whsec_${Buffer.from("a key for the crash tests").toString("base64")}`;

const KEPT = `SELECT (SELECT count(*) FROM alert) AS alerts, (SELECT count(*) FROM work) AS works,
  (SELECT count(*) FROM receipt) AS receipts, (SELECT count(*) FROM attempt WHERE ended_at IS NULL) AS unended`;

/** One Riposte with a disk, a database and a receiver of its own: started, killed and started again. */
export class Desk {
  readonly directory: string;
  readonly receiver = new FakeWebhookReceiver({ secret: SECRET });
  readonly #alerts: string;
  readonly #database: CrashDatabase;
  #sink: ServedVendor | null = null;
  #child: ChildProcess | null = null;
  #ids = 0;

  private constructor(directory: string, database: CrashDatabase) {
    this.directory = directory;
    this.#alerts = join(directory, "alerts", "alerts.json");
    this.#database = database;
  }

  static async open(openDatabase: OpenDatabase): Promise<Desk> {
    const directory = mkdtempSync(join(tmpdir(), "riposte-crash-"));
    const desk = new Desk(directory, await openDatabase(directory));
    await desk.#open();
    return desk;
  }

  async #open(): Promise<void> {
    this.#sink = await serveVendor(this.receiver);
    const dated = join(this.directory, "alerts", "2026", "Nov");
    mkdirSync(dated, { recursive: true });
    writeFileSync(join(dated, "ossec-alerts-23.json"), "");
    linkSync(join(dated, "ossec-alerts-23.json"), this.#alerts);
    writeFileSync(join(this.directory, "hook-secret"), SECRET);
    for (const [name, text] of Object.entries(this.#database.files)) writeFileSync(join(this.directory, name), text);
    writeFileSync(
      join(this.directory, "riposte.yaml"),
      `${this.#database.config}
wazuh: { alerts: ${this.#alerts}, start: beginning }
destinations:
  hook: { type: webhook, url: "${this.#sink.url}/hook", secret: { file: ${this.directory}/hook-secret } }
policies:
  - { name: each, when: { rule.level: ">= 7" }, group_by: [id], collapse: off, resolve_after: 3650d, tell: [hook] }
`,
    );
  }

  /** Appends so many alerts, as bytes that may end in the middle of a line. */
  append(count: number): void {
    let text = "";
    for (let i = 0; i < count; i += 1) {
      this.#ids += 1;
      const id = `1795435200.${this.#ids}`;
      const at = new Date(Date.UTC(2026, 10, 23) + this.#ids * 10).toISOString().replace("Z", "+0000");
      const rule = {
        level: 10,
        description: "sshd: brute force",
        id: "5712",
        firedtimes: 1,
        mail: false,
        groups: ["sshd"],
      };
      const agent = { id: "003", name: "web-01" };
      text += `${JSON.stringify({ timestamp: at, rule, agent, manager: { name: "m" }, id, full_log: "x", location: "journald" })}\n`;
    }
    const middle = Math.floor(text.length / 2);
    appendFileSync(this.#alerts, text.slice(0, middle));
    appendFileSync(this.#alerts, text.slice(middle));
  }

  get written(): number {
    return this.#ids;
  }

  /** Ends when the process has, by its own death or by `kill`. */
  async run(death: { readonly point: CrashPoint; readonly after: number } | null): Promise<ChildProcess> {
    const env = death === null ? {} : { CRASH_POINT: death.point, CRASH_AFTER: String(death.after) };
    const child = fork(fileURLToPath(new URL("serve.ts", import.meta.url)), [join(this.directory, "riposte.yaml")], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#child = child;
    await Promise.race([once(child, "message"), once(child, "exit")]);
    return child;
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  /** Whether everything that was written has been delivered and nothing waits any more. */
  async isAtRest(): Promise<boolean> {
    const { alerts, works } = await this.#database.numbers(KEPT);
    return alerts === this.#ids && works === 0;
  }

  /** What is wrong, judged from what the receiver got and what the database says; empty where nothing is. */
  async faults(): Promise<readonly string[]> {
    const faults: string[] = [];
    const source = await this.#database.numbers("SELECT read, ignored, malformed, duplicate, kept FROM source");
    const { read = 0, ignored = 0, malformed = 0, duplicate = 0, kept = 0 } = source;
    if (read !== ignored + malformed + duplicate + kept) faults.push(`${read} read, and not all accounted for`);
    if (kept !== this.#ids) faults.push(`${this.#ids} were written, and ${kept} kept`);
    const { unended, receipts } = await this.#database.numbers(KEPT);
    if (unended !== 0) faults.push(`${unended} attempts never ended`);
    if (receipts !== this.#ids) faults.push(`${receipts} receipts for ${this.#ids} alerts`);

    const seen = new Map<string, { firsts: number; repeats: number }>();
    for (const { body, verified } of this.receiver.deliveries) {
      if (!verified) faults.push("a delivery was not signed as it should be");
      const { possible_repeat, alerts } = JSON.parse(body) as {
        possible_repeat: boolean;
        alerts: { first: { id: string } };
      };
      const times = seen.get(alerts.first.id) ?? { firsts: 0, repeats: 0 };
      if (possible_repeat) times.repeats += 1;
      else times.firsts += 1;
      seen.set(alerts.first.id, times);
    }
    if (seen.size !== this.#ids) faults.push(`${this.#ids} were written, and ${seen.size} came to the receiver`);
    const twice = [...seen].find(([, { firsts }]) => firsts > 1);
    if (twice !== undefined)
      faults.push(`alert ${twice[0]} came ${twice[1].firsts} times without the mark of a repeat`);
    return faults;
  }

  async close(): Promise<void> {
    await this.kill();
    await this.#sink?.close();
    await this.#database.remove();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
