// The server's side of the bench `forward`, in a process of its own: takes batches over TLS, counts, and remembers when
// each line came. It stores nothing, so that what is measured is the forwarder.
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { zstdDecompressSync } from "node:zlib";
import { monotonicMs } from "./sink-process.ts";

export interface ForwardSinkSetup {
  readonly certificate: string;
  readonly key: string;
  /** Lines below this level are refused at the edge. */
  readonly minLevel: number;
}

export interface ForwardSinkFacts {
  /** When the forwarder asked for the filter, with which it begins. */
  readonly askedAtMs: number;
  readonly lines: number;
  readonly ignored: number;
  readonly batches: number;
  readonly wireBytes: number;
  /** By alert id, when it came first. */
  readonly arrivals: readonly (readonly [string, number])[];
}

const setup = JSON.parse(process.argv[2] ?? "") as ForwardSinkSetup;
const filter = {
  v: 1,
  levels: [
    { from: 0, refuse: "all", ids: [] },
    { from: setup.minLevel, refuse: "none", ids: [] },
  ],
};
const facts = { askedAtMs: 0, lines: 0, ignored: 0, batches: 0, wireBytes: 0 };
const arrivals = new Map<string, number>();
const awaited = new Map<string, () => void>();

const server = createServer({ cert: setup.certificate, key: setup.key }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const cameAtMs = monotonicMs();
    response.setHeader("content-type", "application/json");
    if (request.url === "/v1/filter") {
      facts.askedAtMs = cameAtMs;
      response.end(JSON.stringify({ etag: "bench", filter }));
      return;
    }
    const wire = Buffer.concat(chunks);
    const body = request.headers["content-encoding"] === "zstd" ? zstdDecompressSync(wire) : wire;
    const lines = body.toString("utf8").split("\n").slice(0, -1);
    facts.lines += lines.length;
    facts.ignored += Number(request.headers["riposte-ignored"] ?? 0);
    facts.batches += 1;
    facts.wireBytes += wire.length;
    response.end(JSON.stringify({ read: lines.length, kept: lines.length, filter: "bench" }));
    for (const line of lines) note(idOf(line), cameAtMs);
  });
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));

process.on("message", (ask: { readonly kind: "await"; readonly id: string } | { readonly kind: "facts" }) => {
  if (ask.kind === "facts") process.send?.({ ...facts, arrivals: [...arrivals] } satisfies ForwardSinkFacts);
  else if (arrivals.has(ask.id)) process.send?.("came");
  else awaited.set(ask.id, () => process.send?.("came"));
});
process.on("disconnect", () => process.exit());

function note(id: string, cameAtMs: number): void {
  if (!arrivals.has(id)) arrivals.set(id, cameAtMs);
  awaited.get(id)?.();
  awaited.delete(id);
}

function idOf(line: string): string {
  return (JSON.parse(line) as { readonly id: string }).id;
}
