// Hands Alertmanager generated alerts over a few connections, each with its line as an annotation: our webhook carries
// the document as well.
import { systemClock } from "../src/ports/clock.ts";
import { openUndiciHttp } from "../src/ports/undici-http.ts";
import { alertLines } from "./generate.ts";
import { cpuMs } from "./process-facts.ts";

export interface PostedAnswer {
  /** The ids of those that it said it has. */
  readonly taken: readonly string[];
  /** What the handing over took, without the making of what is handed over. */
  readonly cpuMs: number;
}

const [url = "", alerts = "0", seed = "1", untilGone] = process.argv.slice(2);
const [CONNECTIONS, ALERTS_A_CALL, HOUR_MS] = [4, 100, 3_600_000];
const http = openUndiciHttp({ connectionsPerOrigin: CONNECTIONS, clock: systemClock });
const lines = alertLines(Number(seed));
const endsAt = new Date(Date.now() + 24 * HOUR_MS).toISOString();
const startsAt = new Date().toISOString();
const calls = Array.from({ length: Math.ceil(Number(alerts) / ALERTS_A_CALL) }, (_, call) => {
  const made = Array.from({ length: Math.min(ALERTS_A_CALL, Number(alerts) - call * ALERTS_A_CALL) }, nextAlert);
  return { ids: made.map(({ id }) => id), body: JSON.stringify(made.map(({ alert }) => alert)) };
});
const taken: string[] = [];
const startCpuMs = cpuMs(process.pid);

await Promise.all(Array.from({ length: CONNECTIONS }, postUntilNone));
const answer: PostedAnswer = { taken, cpuMs: cpuMs(process.pid) - startCpuMs };
await http.close(1_000);
console.log(JSON.stringify(answer));

function nextAlert(): { readonly id: string; readonly alert: object } {
  const { id, level, line } = lines.next().value;
  const { rule, agent } = JSON.parse(line) as { rule: { id: string; description: string }; agent: { name: string } };
  const alert = {
    labels: { alertname: rule.id, alert_id: id, agent: agent.name, level: `${level}` },
    annotations: { summary: rule.description, line },
    startsAt,
    endsAt,
  };
  return { id, alert };
}

async function postUntilNone(): Promise<void> {
  for (let call = calls.shift(); call !== undefined; call = calls.shift()) {
    const headers = { "content-type": "application/json" };
    const request = {
      method: "POST",
      url,
      headers,
      body: call.body,
      deadlineMs: 60_000,
      maxAnswerBytes: 10_000,
    } as const;
    const result = await http.request(request);
    if (result.kind === "answered" && result.status === 200) taken.push(...call.ids);
    else if (result.kind === "failed" && untilGone !== undefined) return;
    else throw new Error(`Alertmanager did not take it: ${result.kind === "answered" ? result.status : result.reason}`);
  }
}
