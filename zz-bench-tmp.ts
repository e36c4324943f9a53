import { openUndiciHttp } from "./src/ports/undici-http.ts";
import { systemClock } from "./src/ports/clock.ts";
import { webhook } from "./src/connectors/webhook/webhook.ts";
import { bruteForce } from "./test/fixtures/pictures.ts";
import { secretsOf } from "./test/conformance/secrets.ts";
import { request, Agent } from "undici";
const port = process.argv[2];
const http = openUndiciHttp({ connectionsPerOrigin: 16, clock: systemClock });
const config = webhook.schema.parse({ url: `http://127.0.0.1:${port}/hook`, secret: { env: "K" } });
const d = webhook.destination("x", config);
const io = { http, secrets: secretsOf({ K: "whsec_" + Buffer.alloc(32, 7).toString("base64") }), now: Date.now(), deadlineMs: 10000 };
const p0 = bruteForce();
const doc = { ...p0.first.document, pad: "x".repeat(1000) };
const first = { ...p0.first, document: doc };
const picture = { ...p0, first, newest: first };
const body = d.next(picture, null, { mark: "rp-a-1-x-1", repeat: false })!.body;
console.log("body", body.length);
async function run(name: string, one: (n: number) => Promise<unknown>, N = 30000) {
  for (const M of [3000, N]) {
    const cpu0 = process.cpuUsage(), t0 = performance.now();
    let n = 0;
    await Promise.all(Array.from({ length: 16 }, async () => { while (n < M) { n++; await one(n); } }));
    const cpu = process.cpuUsage(cpu0), dt = performance.now() - t0;
    if (M === N) console.log(name, Math.round(M / dt * 1000), "/s", (cpu.user / M).toFixed(1), "µs user", (cpu.system / M).toFixed(1), "sys");
  }
}
const agent = new Agent({ connections: 16, pipelining: 1, allowH2: false });
for (let r = 0; r < 2; r++) {
await run("undici.request", async () => { const a = await request(`http://127.0.0.1:${port}/hook`, { method: "POST", dispatcher: agent, headers: { "content-type": "application/json" }, body }); await a.body.text(); });
await run("http port", () => http.request({ method: "POST", url: `http://127.0.0.1:${port}/hook`, headers: { "content-type": "application/json" }, body, deadlineMs: 10000, maxAnswerBytes: 65536 }));
const s = d.next(picture, null, { mark: "rp-a-1-x-1", repeat: false })!;
await run("perform", () => d.perform(s, io));
await run("next+perform", (n) => d.perform(d.next(picture, null, { mark: "rp-a-1-x-" + n, repeat: false })!, io));
}
for (let r = 0; r < 3; r++) { const t = performance.now(); for (let i = 0; i < 50000; i++) d.next(picture, null, { mark: "m" + i, repeat: false }); console.log("next µs", ((performance.now() - t) / 50).toFixed(2)); }
await http.close(1000); await agent.close();
