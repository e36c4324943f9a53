import { Agent, type AgentOptions } from "node:https";
import type { Duplex } from "node:stream";
import type { RequestOptions } from "node:https";
import { openWayOut, type WayOutOptions } from "./way-out.ts";

/** The way out for a library that makes its own requests by Node's client: connections are made as all others are. */
export class WayOutAgent extends Agent {
  readonly #out: ReturnType<typeof openWayOut>;

  constructor(wayOut: WayOutOptions, options: AgentOptions = {}) {
    super(options);
    this.#out = openWayOut(wayOut);
  }

  override createConnection(
    { host, port }: RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const target = { protocol: "https:", hostname: host ?? "localhost", port: String(port ?? "") };
    this.#out.connector(target, (...[error, socket]) => {
      // What Node's types don't say: with an error there is no stream.
      if (error === null) callback?.(null, socket);
      else callback?.(error, undefined as never);
    });
  }

  override destroy(): void {
    this.#out.close();
    super.destroy();
  }
}
