import type { Input, Result } from "../core/input.ts";
import type { OrderOutcome, Resolved } from "../core/respond-inputs.ts";
import type { Order } from "../core/response-order.ts";
import type { Response } from "../core/response.ts";
import { DAY_MS, HOUR_MS, SECOND_MS, type Instant } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { WriterDoor } from "./door.ts";

/** What reaches the agents. Never throws for anything that the outside does. */
export interface Hands {
  resolve(response: Response): Promise<Resolved>;
  send(order: Order): Promise<OrderOutcome>;
}

export interface ActuatorOptions {
  readonly door: Pick<WriterDoor, "submit">;
  readonly clock: Clock;
  /** Null: the config names no Wazuh API. */
  readonly hands: () => Hands | null;
  /** Whether any policy answers with anything. */
  readonly responds: () => boolean;
  readonly failed: (error: unknown) => void;
}

const TICK_MS = SECOND_MS;
/** Calls share the API's minute with all its other clients. */
const AT_ONCE = 2;
const RETRY_DOOR_MS = SECOND_MS;
/** Nobody asks how long ago an account was seen beyond this. */
const SIGHTINGS_KEPT_MS = 8 * DAY_MS;

/**
 * Carries out responses: asks what is due, looks who it would be done to, has the guardrails decide, and sends what is
 * then a row. It goes on as long as anything is in force, also when no policy responds any more.
 */
export class Actuator {
  readonly #options: ActuatorOptions;
  readonly #busy = new Set<number>();
  #idle: (() => void)[] = [];
  #isResponding = true;
  #forgotAt: Instant = 0;
  #stopped = false;
  #cancel: () => void = () => {};

  constructor(options: ActuatorOptions) {
    this.#options = options;
  }

  start(): void {
    this.#later();
  }

  /** Begins nothing more, and waits for the calls in flight. */
  async drain(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    if (this.#busy.size > 0) await new Promise<void>((idle) => this.#idle.push(idle));
  }

  #later(): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.after(TICK_MS, () => {
      this.#tick().then(
        () => this.#later(),
        (error: unknown) => {
          this.#options.failed(error);
          this.#later();
        },
      );
    });
  }

  async #tick(): Promise<void> {
    const { door, clock, responds } = this.#options;
    if (!this.#isResponding && !responds()) return;
    const now = clock.now();
    const forgets = Math.abs(now - this.#forgotAt) >= HOUR_MS;
    if (forgets) this.#forgotAt = now;
    const result = await door.submit({
      kind: "respond_due",
      now,
      busy: [...this.#busy],
      ...(forgets && { forgetBefore: now - SIGHTINGS_KEPT_MS }),
    });
    this.#isResponding = result.isResponding === true;
    for (const response of result.responses ?? []) {
      if (this.#stopped || this.#busy.size >= AT_ONCE) return;
      if (!this.#busy.has(response.id)) this.#carryOn(response);
    }
  }

  #carryOn(response: Response): void {
    this.#busy.add(response.id);
    this.#resolve(response)
      .catch((error: unknown) => this.#options.failed(error))
      .finally(() => {
        this.#busy.delete(response.id);
        if (this.#busy.size > 0) return;
        const waiting = this.#idle;
        this.#idle = [];
        for (const idle of waiting) idle();
      });
  }

  async #resolve(response: Response): Promise<void> {
    const { door, hands } = this.#options;
    const now = hands();
    const what: Resolved =
      now === null
        ? { kind: "later", reason: "destination_removed", says: "the config names no wazuh.api" }
        : await now.resolve(response);
    // Who is asked to stop begins nothing more: what was found out is asked anew by the next life.
    if (this.#stopped) return;
    const { orders = [] } = await door.submit({ kind: "resolved", response: response.id, what });
    for (const order of orders) {
      const outcome: OrderOutcome =
        now === null
          ? { kind: "later", reason: "destination_removed", says: "the config names no wazuh.api" }
          : await now.send(order);
      await this.#tell({ kind: "order_settled", response: order.response, n: order.n, outcome });
    }
  }

  /** An outcome is worth waiting for: while the database takes nothing, it is offered again and again. */
  async #tell(input: Input): Promise<Result | null> {
    const { door, clock, failed } = this.#options;
    for (;;) {
      try {
        return await door.submit(input);
      } catch (error) {
        failed(error);
        if (this.#stopped) return null;
        await new Promise<void>((resolve) => clock.after(RETRY_DOOR_MS, resolve));
      }
    }
  }
}
