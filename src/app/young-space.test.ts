import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const MIB = 1_048_576;

/** Much survives, so that V8 grows the room for what is new as far as it may. */
const survivors = `
  import { getHeapSpaceStatistics } from "node:v8";
  import { setImmediate as turn } from "node:timers/promises";
  const room = () => getHeapSpaceStatistics().find((space) => space.space_name === "new_space").space_size;
  const kept = [];
  async function work(turns) {
    for (let n = 0; n < turns; n += 1) {
      for (let i = 0; i < 20_000; i += 1) kept[(n * 20_000 + i) % 300_000] = { n, i: [i] };
      await turn();
    }
    return room();
  }
`;

async function rooms(program: string): Promise<readonly number[]> {
  const youngSpace = JSON.stringify(new URL("young-space.ts", import.meta.url).href);
  const text = `import { keepYoungSpaceSmall, letYoungSpaceGrow } from ${youngSpace};${survivors}${program}`;
  const args = ["--expose-gc", "--input-type=module", "--eval", text];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as number[];
}

test("the room for what is new stays small until it may grow, and then ends at 32 MiB", async () => {
  const [before = 0, after = 0] = await rooms(`
    keepYoungSpaceSmall();
    const before = await work(50);
    letYoungSpaceGrow();
    console.log(JSON.stringify([before, await work(500)]));
  `);

  expect(before).toBeLessThan(10 * MIB);
  expect(after).toBeGreaterThanOrEqual(32 * MIB);
  expect(after).toBeLessThan(48 * MIB);
});

test("room that V8 took back comes again", async () => {
  const [full = 0, taken = 0, again = 0] = await rooms(`
    letYoungSpaceGrow();
    const full = await work(500);
    kept.length = 0;
    gc({ type: "major", flavor: "last-resort" });
    await turn();
    const taken = room();
    console.log(JSON.stringify([full, taken, await work(500)]));
  `);

  expect(taken).toBeLessThan(full / 2);
  expect(again).toBe(full);
});

test("a thread that is started has room of its own, whatever this one may", async () => {
  const thread = (turns: number): string => `${survivors} console.log(", " + (await work(${turns})) + "]")`;
  const started = (turns: number): string => `
    process.stdout.write("[" + room());
    new Worker(new URL("data:text/javascript," + encodeURIComponent(${JSON.stringify(thread(turns))})));
  `;
  const threads = 'import { Worker } from "node:worker_threads";';

  const [, least = 0] = await rooms(`${threads} keepYoungSpaceSmall(); ${started(500)}`);
  const [, most = 0] = await rooms(`${threads} keepYoungSpaceSmall(); letYoungSpaceGrow(); ${started(500)}`);

  expect(least).toBe(4 * MIB);
  expect(most).toBe(16 * MIB);
});
