import { parseJsonObject, type JsonObject } from "../json.ts";
import { serveSockets, type ServedSockets, type ServerSocket } from "./web-socket.ts";

export const usualAppToken = "xapp-1-A00000001-fake-app-level-token";

/** What was acknowledged, with the answer that came along. */
export interface Acknowledged {
  readonly envelope: string;
  readonly payload: JsonObject;
}

/** Slack's end of Socket Mode: each address that it gives out is good for one connection. */
export class FakeSocketMode {
  readonly acknowledged: Acknowledged[] = [];
  /** Words to refuse the next calls for an address with, first in first out. */
  readonly refusals: string[] = [];
  readonly tokens: string[] = [];
  saysHello = true;
  #served: ServedSockets | null = null;
  #live: ServerSocket[] = [];
  #tickets = new Set<string>();
  #given = 0;
  connections = 0;

  static async open(): Promise<FakeSocketMode> {
    const fake = new FakeSocketMode();
    fake.#served = await serveSockets({
      opened: (socket, path) => {
        if (!fake.#tickets.delete(path)) return socket.cut();
        fake.connections += 1;
        fake.#live.push(socket);
        const hello = { type: "hello", num_connections: 1, connection_info: { app_id: "A00000001" } };
        if (fake.saysHello) socket.send(JSON.stringify(hello));
      },
      heard: (_, text) => {
        const { envelope_id: envelope, payload = {} } = parseJsonObject(text) ?? {};
        if (typeof envelope === "string") fake.acknowledged.push({ envelope, payload: payload as JsonObject });
      },
      ended: (socket) => {
        fake.#live = fake.#live.filter((each) => each !== socket);
      },
    });
    return fake;
  }

  /** The answer to `apps.connections.open`. */
  give(token: string): JsonObject {
    this.tokens.push(token);
    const word = this.refusals.shift() ?? (token === usualAppToken ? null : "invalid_auth");
    if (word !== null) return { ok: false, error: word };
    const path = `/link/?ticket=${(this.#given += 1)}`;
    this.#tickets.add(path);
    return { ok: true, url: `${this.#served?.url ?? ""}${path}` };
  }

  get isConnected(): boolean {
    return this.#live.length > 0;
  }

  /** Sends it over the newest connection; what is not acknowledged is sent again by whoever tests that. */
  deliver(envelope: string, type: "interactive" | "slash_commands" | "events_api", payload: object): void {
    const socket = this.#live.at(-1);
    if (socket === undefined) throw new Error("nobody is connected");
    const accepts = type === "slash_commands";
    socket.send(JSON.stringify({ envelope_id: envelope, type, payload, accepts_response_payload: accepts }));
  }

  /** Slack renews its machines, or somebody switched Socket Mode off. */
  warn(reason: "warning" | "refresh_requested" | "link_disabled"): void {
    for (const socket of this.#live) socket.send(JSON.stringify({ type: "disconnect", reason }));
  }

  cut(): void {
    for (const socket of this.#live) socket.cut();
  }

  async close(): Promise<void> {
    await this.#served?.close();
  }
}
