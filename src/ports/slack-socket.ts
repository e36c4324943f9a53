import type { Socket } from "node:net";
import type * as SocketMode from "@slack/socket-mode";
import { Agent } from "undici";
import { MINUTE_MS, SECOND_MS, type Instant } from "../core/time.ts";
import type { Clock } from "./clock.ts";
import type { Inbound, InboundStatus, TakeEnvelope } from "./inbound.ts";
import type { Secrets } from "./secrets.ts";
import { saySocketTrouble } from "./slack-socket-trouble.ts";
import type { WayOutSettings } from "./way-out-settings.ts";
import { openWayOut, type WayOut } from "./way-out.ts";

export interface SlackSocketOptions {
  readonly clock: Clock;
  /** Read anew for each connection; a sentence where there is none. */
  readonly access: () => Promise<SocketAccess | string>;
  readonly take: TakeEnvelope;
  readonly wayOut: {
    /** As they are when it connects. */
    readonly settings: () => WayOutSettings;
    readonly secrets: Secrets;
    readonly troubled: (says: string) => void;
  };
  /** Told of each change; null: connected. */
  readonly told: (trouble: string | null) => void;
  /** An answer that could not be made. Slack delivers again what was not acknowledged. */
  readonly failed: (error: unknown) => void;
  /** An answer that did not get out, since the connection had ended. */
  readonly unsaid: () => void;
}

export interface SocketAccess {
  /** `xapp-…` */
  readonly appToken: string;
  /** Where Slack's API is, without a slash at the end. */
  readonly api: string;
}

type Sdk = typeof SocketMode;

const CONNECT_WITHIN_MS = 10 * SECOND_MS;
/** From the first call until Slack has said hello. */
const START_WITHIN_MS = 30 * SECOND_MS;
const LONGEST_WAIT_MS = MINUTE_MS;
const GOODBYE_MS = SECOND_MS;
/** A connection that lasted so long was one. */
const STEADY_MS = 30 * SECOND_MS;
const FLAPS = 4;
const CLOSED_AGAIN = "Slack closes each connection at once: look whether Socket Mode is switched on in the app";

/**
 * Slack's Socket Mode by its own SDK. Connecting again is done here: the SDK gives up for good at the first network
 * error, and what it then throws nobody could catch.
 */
export class SlackSocket implements Inbound {
  readonly #options: SlackSocketOptions;
  #state: InboundStatus["state"] = "stopped";
  #trouble: string | null = null;
  #downSince: Instant | null;
  #connectedAt: Instant = 0;
  /** Attempts and connections in a row that came to nothing. */
  #failures = 0;
  #cancelWait: () => void = () => {};
  #end: (() => Promise<void>) | null = null;

  constructor(options: SlackSocketOptions) {
    this.#options = options;
    this.#downSince = options.clock.now();
  }

  start(): void {
    if (this.#state !== "stopped") return;
    this.#state = "connecting";
    this.#connect().catch((bug: unknown) => this.#again(saySocketTrouble(bug), null));
  }

  async stop(): Promise<void> {
    this.#state = "stopped";
    this.#cancelWait();
    await this.#end?.();
  }

  status(): InboundStatus {
    const isUp = this.#state === "connected" && (this.#failures < FLAPS || this.#isSteady());
    if (isUp) this.#downSince = null;
    return { state: this.#state, trouble: this.#trouble, downSince: this.#downSince };
  }

  async #connect(): Promise<void> {
    const access = await this.#options.access();
    if (typeof access === "string") return this.#again(access, null);
    // Whoever has no use for it does not pay for it.
    const sdk = await import("@slack/socket-mode");
    if (this.#isStopped()) return;
    const line = openLine(this.#options);
    const client = new sdk.SocketModeClient({
      appToken: access.appToken,
      autoReconnectEnabled: false,
      logger: silent(sdk),
      dispatcher: line.agent,
      clientOptions: {
        slackApiUrl: `${access.api}/`,
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
        timeout: CONNECT_WITHIN_MS,
        allowAbsoluteUrls: false,
      },
    });
    const hasEnded = Promise.withResolvers<void>();
    let isOver = false;
    let cancelLate = (): void => {};
    const over = (): void => {
      if (isOver) return;
      isOver = true;
      cancelLate();
      this.#end = null;
      line.close();
      hasEnded.resolve();
    };
    this.#end = async () => {
      client.disconnect().catch(() => {});
      const cancel = this.#options.clock.after(GOODBYE_MS, over);
      await hasEnded.promise;
      cancel();
    };
    client.on("slack_event", (event: SlackEvent) => this.#answer(event));
    client.on("disconnected", over);
    // The SDK waits for the hello for ever.
    const late = Promise.withResolvers<"late">();
    cancelLate = this.#options.clock.after(START_WITHIN_MS, () => late.resolve("late"));
    try {
      if ((await Promise.race([client.start(), late.promise])) === "late") {
        over();
        return this.#again("Slack gave an address for a connection, and nobody answers there", null);
      }
    } catch (error) {
      over();
      return this.#again(saySocketTrouble(error), retryAfterOf(error));
    }
    cancelLate();
    if (isOver || this.#isStopped()) {
      await this.#end?.();
      return this.#again("Slack closed the connection at once", null);
    }
    this.#connected();
    await hasEnded.promise;
    // Slack renews connections now and then: that is no trouble yet.
    if (this.#isSteady()) this.#failures = 0;
    this.#again(this.#failures >= FLAPS ? CLOSED_AGAIN : null, null);
  }

  #connected(): void {
    this.#state = "connected";
    this.#connectedAt = this.#options.clock.now();
    this.#trouble = null;
    this.#options.told(null);
  }

  /** Whether the connection has lasted, or there is no reason to doubt that it will. */
  #isSteady(): boolean {
    return Math.abs(this.#options.clock.now() - this.#connectedAt) >= STEADY_MS;
  }

  #again(trouble: string | null, retryAfterMs: number | null): void {
    if (this.#isStopped()) return;
    const { clock, told } = this.#options;
    this.status();
    this.#state = "waiting";
    this.#downSince ??= clock.now();
    if (trouble !== null && trouble !== this.#trouble) told(trouble);
    this.#trouble = trouble ?? this.#trouble;
    const waitMs = Math.min(LONGEST_WAIT_MS, SECOND_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    this.#cancelWait = clock.after(Math.max(waitMs, retryAfterMs ?? 0), () => {
      if (this.#isStopped()) return;
      this.#state = "connecting";
      this.#connect().catch((bug: unknown) => this.#again(saySocketTrouble(bug), null));
    });
  }

  #answer({ type, body, ack }: SlackEvent): void {
    this.#options
      .take({ type, payload: body })
      .then((reply) => ack(reply ?? undefined).catch(() => this.#options.unsaid()))
      .catch((error: unknown) => this.#options.failed(error));
  }

  #isStopped(): boolean {
    return this.#state === "stopped";
  }
}

interface SlackEvent {
  readonly type: string;
  readonly body: unknown;
  readonly ack: (reply?: object) => Promise<void>;
}

/** All that one connection is made over, so that it can be cut whatever the other side does. */
function openLine({ clock, wayOut }: SlackSocketOptions): { readonly agent: Agent; close(): void } {
  const { settings, secrets, troubled } = wayOut;
  const way: WayOut = openWayOut({ settings: settings(), secrets, clock, timeoutMs: CONNECT_WITHIN_MS, troubled });
  const sockets = new Set<Socket>();
  const agent = new Agent({
    allowH2: false,
    connect: (options, callback) =>
      way.connector(options, (...[error, socket]) => {
        if (socket === null) return callback(error, null);
        sockets.add(socket);
        socket.once("close", () => sockets.delete(socket));
        callback(null, socket);
      }),
  });
  return {
    agent,
    close() {
      way.close();
      for (const socket of sockets) socket.destroy();
      agent.destroy().catch(() => {});
    },
  };
}

/** What it would log has payloads and addresses with tickets in them. */
function silent({ LogLevel }: Sdk): NonNullable<ConstructorParameters<Sdk["SocketModeClient"]>[0]>["logger"] & object {
  const nothing = (): void => {};
  return {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
    setLevel: nothing,
    setName: nothing,
    getLevel: () => LogLevel.ERROR,
  };
}

function retryAfterOf(error: unknown): number | null {
  const seconds: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "retryAfter") : null;
  return typeof seconds === "number" && seconds >= 0 ? Math.min(seconds * SECOND_MS, 60 * MINUTE_MS) : null;
}
