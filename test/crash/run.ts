// npm run crash -- [--smoke] [--times N] [--minutes N --alerts N]
// Kills a real process at every named point and at random ones, starts it again, and compares what the other side
// received with what the database says. Exit codes: 0 nothing lost, 1 something was.
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { CRASH_POINTS, type CrashPoint } from "./death.ts";
import { Desk } from "./desk.ts";

const { values } = parseArgs({
  options: {
    smoke: { type: "boolean", default: false },
    times: { type: "string" },
    minutes: { type: "string" },
    alerts: { type: "string", default: "5000" },
  },
});

const ALERTS = 60;
const REST_WITHIN_MS = 120_000;
const AT_ONCE = 4;

process.exitCode = (await (values.minutes === undefined ? everyPoint() : soak())) ? 0 : 1;

async function everyPoint(): Promise<boolean> {
  const times = Number(values.times ?? (values.smoke ? 2 : 20));
  const deaths = CRASH_POINTS.flatMap((point) =>
    Array.from({ length: times }, (_, i) => ({ name: `${point} ${i + 1}`, point, after: 1 + ((i * 7) % 25) })),
  );
  const random = Array.from({ length: times }, (_, i) => ({ name: `at random ${i + 1}`, point: null, after: i }));
  const waiting: { name: string; point: CrashPoint | null; after: number }[] = [...deaths, ...random];
  const bad: string[] = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const faults = await killOnce(next.point, next.after);
        console.log(
          `${faults.length === 0 ? "ok  " : "LOST"}  killed ${next.name}${faults.map((fault) => `\n      ${fault}`).join("")}`,
        );
        if (faults.length > 0) bad.push(next.name);
      }
    }),
  );
  console.log(`${deaths.length + random.length - bad.length} of ${deaths.length + random.length} deaths lost nothing`);
  return bad.length === 0;
}

/** One life that ends at the point (null: some time into it), one more that puts everything right. */
async function killOnce(point: CrashPoint | null, after: number): Promise<readonly string[]> {
  const desk = new Desk();
  try {
    await desk.open();
    desk.append(ALERTS / 2);
    const child = await desk.run(point === null ? null : { point, after });
    const ended = once(child, "exit");
    desk.append(ALERTS / 2);
    if (point === null) {
      // Killed at an instant of no importance: the wait is the test, not a hope.
      await wait(5 + after * 13);
      await desk.kill();
    }
    if (child.exitCode === null && child.signalCode === null)
      await Promise.race([ended, wait(20_000, undefined, { ref: false })]);
    const died = child.signalCode === "SIGKILL";
    if (!died) return [`it did not die: exit code ${child.exitCode}`];
    await desk.run(null);
    return await faultsAtRest(desk);
  } finally {
    await desk.close();
  }
}

/** Alerts are appended all the while, and the process is killed again and again. */
async function soak(): Promise<boolean> {
  const minutes = Number(values.minutes);
  const alerts = Number(values.alerts);
  const desk = new Desk();
  await desk.open();
  const endAt = Date.now() + minutes * 60_000;
  let deaths = 0;
  while (Date.now() < endAt) {
    await desk.run(null);
    const lifeEndsAt = Date.now() + 300 + Math.random() * 4_000;
    while (Date.now() < lifeEndsAt) {
      const due = Math.ceil(alerts * Math.min(1, 1 - (endAt - Date.now()) / (minutes * 60_000)));
      if (due > desk.written) desk.append(Math.min(due, alerts) - desk.written);
      await wait(20);
    }
    await desk.kill();
    deaths += 1;
  }
  if (desk.written < alerts) desk.append(alerts - desk.written);
  await desk.run(null);
  const faults = await faultsAtRest(desk);
  const repeats = desk.receiver.repeats();
  console.log(`${desk.written} alerts, ${deaths} deaths in ${minutes} minutes, ${repeats} marked repeats`);
  for (const fault of faults) console.log(`LOST  ${fault}`);
  await desk.close();
  return faults.length === 0;
}

async function faultsAtRest(desk: Desk): Promise<readonly string[]> {
  const endAt = Date.now() + REST_WITHIN_MS;
  while (Date.now() < endAt) {
    if (desk.isAtRest()) return desk.faults();
    await wait(100);
  }
  return ["it did not come to rest", ...desk.faults()];
}
