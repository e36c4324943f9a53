import type { Snapshot } from "../../src/core/snapshot.ts";
import type { FakeWebhookReceiver } from "../fakes/webhook-receiver.ts";
import { hold } from "./checks.ts";
import { isDead, receiptsAt, type Rows } from "./rows.ts";
import type { Vendors } from "./world.ts";

/** 3 where nothing can be found: every step arrived, and whatever arrived twice says that it may be a repeat. */
export function checkRepeatsAreMarked(rows: Rows, snapshot: Snapshot, vendors: Vendors): void {
  const hookCalls = vendors.hook.deliveries.map(({ id, body }) => ({
    mark: id ?? "",
    repeat: (JSON.parse(body) as { possible_repeat?: boolean }).possible_repeat === true,
  }));
  const unverified = vendors.hook.deliveries.filter(({ verified }) => !verified);
  hold(6, unverified.length === 0, () => `a delivery was not believed: ${unverified[0]?.doubt}`);
  const jiraCalls = vendors.tickets.received.map(({ body }) => {
    const text = JSON.stringify(body);
    return {
      mark: /rp-[a-z0-9]+-\d+-tickets-\d+/.exec(text)?.[0] ?? "",
      repeat: text.includes('"possible_repeat":true'),
    };
  });
  for (const [destination, calls] of [
    ["hook", hookCalls],
    ["tickets", jiraCalls],
  ] as const) {
    for (const { incident, steps } of receiptsAt(rows, snapshot, destination)) {
      for (let step = 1; step <= steps; step += 1) {
        const ours = calls.filter(({ mark }) => mark.endsWith(`-${incident}-${destination}-${step}`));
        hold(6, ours.length > 0, () => `step ${step} of #${incident} never came to ${destination}`);
        const firsts = ours.filter(({ repeat }) => !repeat).length;
        hold(3, firsts <= 1, () => `step ${step} of #${incident} came to ${destination} ${firsts} times, unmarked`);
      }
    }
  }
  for (const { incident, steps, destination } of receiptsAt(rows, snapshot, "slack")) {
    const posts = vendors.slack.posted.filter(({ text }) => new RegExp(`Incident #${incident}\\b`).test(text));
    const firsts = posts.filter(({ text }) => !/possible repeat|may be a repeat/i.test(text)).length;
    hold(
      6,
      posts.length >= steps,
      () => `#${incident} was told in ${posts.length} messages, and in ${steps} by our count`,
    );
    const most = steps + (isDead(rows, incident, destination) ? 1 : 0);
    hold(
      3,
      firsts <= most,
      () => `#${incident} has ${firsts} messages without the mark of a repeat, for ${steps} steps`,
    );
  }
  const failed = vendors.tickets.failedRuns[0];
  hold(6, failed === undefined, () => `Jira's rule failed: ${failed?.why}`);
}

/** 6 at a receiver that keeps the first copy of each delivery, as its id invites it to: it has heard every moment once. */
export function checkFirstCopiesTellAll(rows: Rows, snapshot: Snapshot, { deliveries }: FakeWebhookReceiver): void {
  const heard = new Map<string, number>();
  const ids = new Set<string | null>();
  for (const { id, body } of deliveries) {
    if (ids.has(id)) continue;
    ids.add(id);
    const { incident, moments } = JSON.parse(body) as { incident: { id: number }; moments: { n: number }[] };
    for (const { n } of moments) heard.set(`${incident.id} ${n}`, (heard.get(`${incident.id} ${n}`) ?? 0) + 1);
  }
  for (const { incident, moments_told: told } of receiptsAt(rows, snapshot, "hook")) {
    for (let n = 1; n <= told; n += 1) {
      const times = heard.get(`${incident} ${n}`) ?? 0;
      hold(6, times === 1, () => `who keeps first copies has heard moment ${n} of #${incident} ${times} times`);
    }
  }
}
