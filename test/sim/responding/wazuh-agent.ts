import { targetOf, type AgentLine, type SentData } from "./agent-line.ts";
import { Companion } from "./companion.ts";

export interface AgentWitness {
  /** From now on it is in force there, and was not by this token. */
  touched(agent: WazuhAgent, token: string, target: string): void;
  logged(agent: WazuhAgent, line: AgentLine): void;
  /** Nobody can know any more what became of the response of this token. */
  excused(token: string, why: string): void;
}

interface Timer {
  readonly key: string;
  readonly data: SentData;
  readonly program: string;
  readonly seconds: number;
  endsAt: number;
}

/** A machine with Wazuh's agent: execd with its timers in memory, scripts that log before they act, and the companion. */
export class WazuhAgent {
  readonly id: string;
  readonly name: string;
  readonly registeredAt: number;
  isUp = true;
  /** Its network, without which it hears and says nothing. */
  isConnected = true;
  /** Locking does not take on it, and Wazuh's scripts say nothing of that. */
  isBroken = false;
  readonly companions: ReadonlyMap<string, Companion>;
  readonly #witness: AgentWitness;
  /** By target, the tokens whose scripts brought it about; each rule of a firewall once more. */
  readonly #inForce = new Map<string, string[]>();
  #timers: Timer[] = [];

  constructor(id: string, name: string, registeredAt: number, witness: AgentWitness) {
    this.id = id;
    this.name = name;
    this.registeredAt = registeredAt;
    this.#witness = witness;
    const effects = {
      apply: (target: string, token: string): boolean => {
        if (this.isBroken) return false;
        if (!this.#isOn(target)) this.#inForce.set(target, [BY_COMPANION]);
        this.#witness.touched(this, token, target);
        return true;
      },
      isOn: (target: string): boolean => this.#isOn(target),
      takeBack: (target: string): void => void this.#inForce.delete(target),
    };
    this.companions = new Map(
      ["riposte-disable-account", "riposte-block-ip"].map((program) => [program, new Companion(program, effects)]),
    );
  }

  /** What is in force, whoever did it. */
  get inForce(): readonly string[] {
    return [...this.#inForce.keys()];
  }

  holds(token: string): boolean {
    const byStock = [...this.#inForce.values()].some((tokens) => tokens.includes(token));
    return byStock || [...this.companions.values()].some((companion) => companion.holds(token));
  }

  /** As execd runs it; a script that hangs, or a machine that dies amid it, says nothing. */
  run(command: string, data: SentData, now: number, dies: boolean): void {
    const [, program = "", digits = "0"] = /^(.*?)(\d*)$/.exec(command) ?? [];
    const companion = this.companions.get(program);
    if (companion === undefined) return this.#runStock(program, Number(digits), data, now);
    for (const line of companion.liftWhatIsOver(now)) this.#witness.logged(this, line);
    const line = companion.carryOut(data, now, dies);
    if (line !== null) this.#witness.logged(this, line);
  }

  /** Timers of execd that are over, and where their owner has one, the companion's. */
  pass(now: number, hasCron: boolean): void {
    if (!this.isUp) return;
    this.#endTimers((timer) => timer.endsAt <= now);
    if (!hasCron) return;
    for (const companion of this.companions.values())
      for (const line of companion.liftWhatIsOver(now)) this.#witness.logged(this, line);
  }

  /** All timers are run at once where it stops in order, and forgotten where it does not. */
  goDown(how: "stop" | "crash"): void {
    if (how === "stop") this.#endTimers(() => true);
    for (const { data } of this.#timers) this.#witness.excused(data.riposte.token, "execd forgot its timer");
    this.#timers = [];
    this.isUp = false;
  }

  /** A person types what the dead letter says. */
  undoByHand(target: string): void {
    this.#inForce.delete(target);
  }

  #isOn(target: string): boolean {
    return this.#inForce.has(target);
  }

  /** The order is logged before anything is looked at, and the second of one key only makes the time longer. */
  #runStock(program: string, seconds: number, data: SentData, now: number): void {
    this.#witness.logged(this, { kind: "stock", program, order: "add", data });
    const target = targetOf(data);
    const key = `${program}-${target}`;
    const known = this.#timers.find((timer) => timer.key === key);
    if (known !== undefined) {
      known.endsAt = now + 1_000 * known.seconds;
      this.#witness.excused(data.riposte.token, "execd counts it to the one before");
      return;
    }
    if (seconds > 0) this.#timers.push({ key, data, program, seconds, endsAt: now + 1_000 * seconds });
    if (this.isBroken) return;
    const { token } = data.riposte;
    this.#inForce.set(target, [...(this.#inForce.get(target) ?? []), token]);
    this.#witness.touched(this, token, target);
  }

  #endTimers(isOver: (timer: Timer) => boolean): void {
    const over = this.#timers.filter(isOver);
    this.#timers = this.#timers.filter((timer) => !over.includes(timer));
    for (const { data, program } of over) {
      this.#witness.logged(this, { kind: "stock", program, order: "delete", data });
      const rest = (this.#inForce.get(targetOf(data)) ?? []).slice(1);
      if (rest.length > 0) this.#inForce.set(targetOf(data), rest);
      else this.#inForce.delete(targetOf(data));
    }
  }
}

/** The companion knows by itself which tokens hold what. */
const BY_COMPANION = "";
