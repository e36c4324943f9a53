// The other side of `deliver`: the same bodies over the same HTTP client, with nothing decided and nothing stored.
// What it reaches is what the client, the sink and this machine allow.
import { randomUUID } from "node:crypto";
import { systemClock } from "../src/ports/clock.ts";
import { openUndiciHttp } from "../src/ports/undici-http.ts";
import { alertLines } from "./generate.ts";

export interface PostAnswer {
  readonly tookMs: number;
}

const [url = "", calls = "0", connections = "1", seed = "1"] = process.argv.slice(2);
const http = openUndiciHttp({ connectionsPerOrigin: Number(connections), clock: systemClock });
const lines = alertLines(Number(seed));
const bodies = Array.from({ length: Number(calls) }, () => {
  const { id, line } = lines.next().value;
  return `{"mark":"${randomUUID()}","incident":{"group":{"id":"${id}"}},"alerts":{"first":${line},"newest":${line}}}`;
});

const startedAt = performance.now();
await Promise.all(Array.from({ length: Number(connections) }, postUntilNone));
const answer: PostAnswer = { tookMs: performance.now() - startedAt };
await http.close(1_000);
console.log(JSON.stringify(answer));

async function postUntilNone(): Promise<void> {
  for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
    const headers = { "content-type": "application/json" };
    const result = await http.request({
      method: "POST",
      url,
      headers,
      body,
      deadlineMs: 10_000,
      maxAnswerBytes: 1_000,
    });
    if (result.kind !== "answered" || result.status !== 204)
      throw new Error(`the sink did not take it: ${result.kind}`);
  }
}
