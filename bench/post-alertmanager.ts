// Hands Alertmanager generated alerts over a few connections, each with its line as an annotation: our webhook carries
// the document as well.
import { systemClock } from "../src/ports/clock.ts";
import { openUndiciHttp } from "../src/ports/undici-http.ts";
import { alertLines } from "./generate.ts";

const [url = "", alerts = "0", seed = "1"] = process.argv.slice(2);
const [CONNECTIONS, ALERTS_A_CALL, HOUR_MS] = [4, 100, 3_600_000];
const http = openUndiciHttp({ connectionsPerOrigin: CONNECTIONS, clock: systemClock });
const lines = alertLines(Number(seed));
const endsAt = new Date(Date.now() + 24 * HOUR_MS).toISOString();
const startsAt = new Date().toISOString();
const bodies = Array.from({ length: Math.ceil(Number(alerts) / ALERTS_A_CALL) }, (_, call) =>
  JSON.stringify(Array.from({ length: Math.min(ALERTS_A_CALL, Number(alerts) - call * ALERTS_A_CALL) }, nextAlert)),
);

await Promise.all(Array.from({ length: CONNECTIONS }, postUntilNone));
await http.close(1_000);
console.log("{}");

function nextAlert(): object {
  const { id, level, line } = lines.next().value;
  const { rule, agent } = JSON.parse(line) as { rule: { id: string; description: string }; agent: { name: string } };
  return {
    labels: { alertname: rule.id, alert_id: id, agent: agent.name, level: `${level}` },
    annotations: { summary: rule.description, line },
    startsAt,
    endsAt,
  };
}

async function postUntilNone(): Promise<void> {
  for (let body = bodies.shift(); body !== undefined; body = bodies.shift()) {
    const headers = { "content-type": "application/json" };
    const call = { method: "POST", url, headers, body, deadlineMs: 60_000, maxAnswerBytes: 10_000 } as const;
    const result = await http.request(call);
    if (result.kind !== "answered" || result.status !== 200)
      throw new Error(`Alertmanager did not take it: ${result.kind === "answered" ? result.status : result.reason}`);
  }
}
