// Sends batches of alerts over several connections, each as soon as the one before is answered, and adds up the answers.
import { request, Agent } from "node:http";
import { gzipSync } from "node:zlib";
import { alertLines, HIGH_LEVEL } from "./generate.ts";

export interface IngestAnswer {
  readonly tookMs: number;
  /** Of these so many have a high level. */
  readonly lines: number;
  readonly high: number;
  readonly bytes: number;
  readonly read: number;
  readonly kept: number;
  readonly ignored: number;
  readonly duplicate: number;
  readonly malformed: number;
  /** Answers other than 200. */
  readonly others: number;
  /** How long one batch took, the slowest of a hundred. */
  readonly p99Ms: number;
}

const [url = "", token = "", batchText = "", batchesText = "", encoding = "identity"] = process.argv.slice(2);
const [batch, batches] = [Number(batchText), Number(batchesText)];
const CONNECTIONS = 4;

const lines = alertLines(77);
let high = 0;
let bytes = 0;
const bodies = Array.from({ length: batches }, () => {
  const text = Array.from({ length: batch }, () => {
    const { line, level } = lines.next().value;
    if (level >= HIGH_LEVEL) high += 1;
    return `${line}\n`;
  }).join("");
  bytes += Buffer.byteLength(text);
  return encoding === "gzip" ? gzipSync(text) : Buffer.from(text);
});

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const sum = { read: 0, kept: 0, ignored: 0, duplicate: 0, malformed: 0, others: 0 };
const took: number[] = [];
const startedAt = performance.now();
await Promise.all(Array.from({ length: CONNECTIONS }, sendOn));
const tookMs = performance.now() - startedAt;
agent.destroy();
took.sort((a, b) => a - b);
const answer: IngestAnswer = {
  tookMs,
  lines: batch * batches,
  high,
  bytes,
  ...sum,
  p99Ms: took[Math.floor(0.99 * (took.length - 1))] ?? 0,
};
console.log(JSON.stringify(answer));

async function sendOn(): Promise<void> {
  for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
    const beganAt = performance.now();
    const { status, text } = await post(body);
    took.push(performance.now() - beganAt);
    if (status !== 200) sum.others += 1;
    else {
      const counts = JSON.parse(text) as Omit<typeof sum, "others">;
      for (const key of ["read", "kept", "ignored", "duplicate", "malformed"] as const) sum[key] += counts[key];
    }
  }
}

function post(body: Buffer): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      `${url}/v1/alerts`,
      {
        method: "POST",
        agent,
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/x-ndjson",
          "content-encoding": encoding,
          "content-length": body.length,
        },
      },
      (answered) => {
        let text = "";
        answered.setEncoding("utf8").on("data", (piece: string) => (text += piece));
        answered.on("end", () => resolve({ status: answered.statusCode ?? 0, text }));
      },
    );
    asked.on("error", reject);
    asked.end(body);
  });
}
