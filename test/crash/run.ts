// npm run crash -- [--store sqlite|postgres] [--smoke] [--times N] [--minutes N --alerts N]
// Kills a real process at every named point and at random ones, on PostgreSQL the database server as well, starts it
// again, and compares what the other side received with what the database says. So with the forwarder, of which a
// server that breaks connections, or that is killed itself, must have every alert once.
// Exit codes: 0 nothing lost, 1 something was.
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { PostgresServer } from "../fixtures/postgres-server.ts";
import { STORES, type StoreKind } from "../sim/sim-database.ts";
import { openDatabases, type Databases, type OpenDatabase } from "./database.ts";
import { CRASH_POINTS, type CrashPoint } from "./death.ts";
import { Desk } from "./desk.ts";
import { killForwarder } from "./forward.ts";
import { killForwarderOrServer } from "./forward-and-serve.ts";

const { values } = parseArgs({
  options: {
    store: { type: "string", default: "sqlite" },
    smoke: { type: "boolean", default: false },
    times: { type: "string" },
    minutes: { type: "string" },
    alerts: { type: "string", default: "5000" },
  },
});

const ALERTS = 60;
const REST_WITHIN_MS = 120_000;
const ENDS_WITHIN_MS = 20_000;
const AT_ONCE = 4;
/** In the soak every so many lives end with that of the server. */
const SERVER_DIES_EVERY = 3;

const times = Number(values.times ?? (values.smoke ? 2 : 20));
const databases = await openDatabases(storeOf(values.store));
if (databases !== null) {
  const isSound = values.minutes === undefined ? await everyDeath(databases) : await soak(databases);
  process.exitCode = isSound ? 0 : 1;
  await databases.stop();
}

function storeOf(text: string): StoreKind {
  const found = STORES.find((kind) => kind === text);
  if (found === undefined) throw new Error(`--store is one of ${STORES.join(", ")}, not ${text}`);
  return found;
}

interface Death {
  readonly name: string;
  readonly die: () => Promise<readonly string[]>;
}

async function everyDeath({ open, server }: Databases): Promise<boolean> {
  const nth = Array.from({ length: times }, (_, i) => i);
  const ofEngine = [
    ...CRASH_POINTS.flatMap((point) =>
      nth.map((i) => ({ name: `${point} ${i + 1}`, die: () => killEngine(open, point, 1 + ((i * 7) % 25)) })),
    ),
    ...nth.map((i) => ({ name: `at random ${i + 1}`, die: () => killEngine(open, null, i) })),
  ];
  // It has no store, so one of the two runs is enough.
  const ofForwarder =
    server === null
      ? nth.flatMap((i) => [
          { name: `the forwarder at random ${i + 1}`, die: () => killForwarder(i + 1) },
          { name: `the forwarder or its server at random ${i + 1}`, die: () => killForwarderOrServer(i + 1) },
        ])
      : [];
  // One at a time, and after all others: they share the server.
  const ofServer =
    server === null
      ? []
      : nth.map((i) => ({ name: `the server at random ${i + 1}`, die: () => killServer(server, open, i) }));
  const bad = (await inTurns([...ofEngine, ...ofForwarder], AT_ONCE)) + (await inTurns(ofServer, 1));
  const all = ofEngine.length + ofForwarder.length + ofServer.length;
  console.log(`${all - bad} of ${all} deaths lost nothing`);
  return bad === 0;
}

/** How many of them lost something. */
async function inTurns(deaths: readonly Death[], atOnce: number): Promise<number> {
  const waiting = [...deaths];
  let bad = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const faults = await next.die();
        if (faults.length > 0) bad += 1;
        const verdict = faults.length === 0 ? "ok  " : "LOST";
        console.log(`${verdict}  killed ${next.name}${faults.map((fault) => `\n      ${fault}`).join("")}`);
      }
    }),
  );
  return bad;
}

/** One life that ends at the point (null: some time into it), one more that puts everything right. */
async function killEngine(open: OpenDatabase, point: CrashPoint | null, after: number): Promise<readonly string[]> {
  const desk = await Desk.open(open);
  try {
    desk.append(ALERTS / 2);
    const child = await desk.run(point === null ? null : { point, after });
    const ended = once(child, "exit");
    desk.append(ALERTS / 2);
    if (point === null) {
      await aLittle(after);
      await desk.kill();
    }
    if (child.exitCode === null && child.signalCode === null) await soonOr(ended);
    const died = child.signalCode === "SIGKILL";
    if (!died) return [`it did not die: exit code ${child.exitCode}`];
    await desk.run(null);
    return await faultsAtRest(desk);
  } finally {
    await desk.close();
  }
}

/** The server dies under a life, which must end by itself; the next one may begin before the server is back. */
async function killServer(server: PostgresServer, open: OpenDatabase, after: number): Promise<readonly string[]> {
  const desk = await Desk.open(open);
  try {
    desk.append(ALERTS / 2);
    const child = await desk.run(null);
    const ended = once(child, "exit");
    desk.append(ALERTS / 2);
    await aLittle(after);
    await server.crash();
    await soonOr(ended);
    const isBackFirst = after % 2 === 0;
    if (child.exitCode === null) {
      await server.startAgain();
      return ["the database was gone, and it went on"];
    }
    if (isBackFirst) await server.startAgain();
    const next = desk.run(null);
    if (!isBackFirst) await server.startAgain();
    await next;
    return await faultsAtRest(desk);
  } finally {
    await desk.close();
  }
}

/** Alerts are appended all the while, and the process is killed again and again, and sometimes its database's. */
async function soak({ open, server }: Databases): Promise<boolean> {
  const minutes = Number(values.minutes);
  const alerts = Number(values.alerts);
  const desk = await Desk.open(open);
  const endAt = Date.now() + minutes * 60_000;
  let deaths = 0;
  let ofServer = 0;
  while (Date.now() < endAt) {
    const child = await desk.run(null);
    const ended = once(child, "exit");
    const lifeEndsAt = Date.now() + 300 + Math.random() * 4_000;
    while (Date.now() < lifeEndsAt) {
      const due = Math.ceil(alerts * Math.min(1, 1 - (endAt - Date.now()) / (minutes * 60_000)));
      if (due > desk.written) desk.append(Math.min(due, alerts) - desk.written);
      await wait(20);
    }
    deaths += 1;
    if (server !== null && deaths % SERVER_DIES_EVERY === 0) {
      await server.crash();
      ofServer += 1;
      await soonOr(ended);
      await server.startAgain();
    }
    await desk.kill();
  }
  if (desk.written < alerts) desk.append(alerts - desk.written);
  await desk.run(null);
  const faults = await faultsAtRest(desk);
  const repeats = desk.receiver.repeats();
  const servers = server === null ? "" : `, ${ofServer} of them with the server's`;
  console.log(`${desk.written} alerts, ${deaths} deaths${servers} in ${minutes} minutes, ${repeats} marked repeats`);
  for (const fault of faults) console.log(`LOST  ${fault}`);
  await desk.close();
  return faults.length === 0;
}

/** Killed at an instant of no importance: the wait is the test, not a hope. */
async function aLittle(after: number): Promise<void> {
  await wait(5 + after * 13);
}

async function soonOr(ended: Promise<unknown>): Promise<void> {
  await Promise.race([ended, wait(ENDS_WITHIN_MS, undefined, { ref: false })]);
}

async function faultsAtRest(desk: Desk): Promise<readonly string[]> {
  const endAt = Date.now() + REST_WITHIN_MS;
  while (Date.now() < endAt) {
    if (await desk.isAtRest()) return desk.faults();
    await wait(100);
  }
  return ["it did not come to rest", ...(await desk.faults())];
}
