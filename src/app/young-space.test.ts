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

// How far V8 goes within its bounds is V8's affair and differs from run to run: asserted is what it never passes.
test("the room for what is new grows once it may, and ends at 32 MiB", async () => {
  const [least = 0, most = 0] = await rooms(`
    keepYoungSpaceSmall();
    const least = await work(50);
    letYoungSpaceGrow();
    console.log(JSON.stringify([least, await work(500)]));
  `);
  const [alone = 0] = await rooms("console.log(JSON.stringify([await work(500)]))");

  expect(most).toBeGreaterThan(least);
  expect(most).toBeLessThan(48 * MIB);
  expect(alone).toBeGreaterThan(48 * MIB);
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
  expect(again).toBeGreaterThan(taken);
});

test("a thread that is started has room of its own, whatever this one may", async () => {
  const thread = `${survivors} console.log(", " + (await work(500)) + "]")`;
  const [, most = 0] = await rooms(`
    import { Worker } from "node:worker_threads";
    keepYoungSpaceSmall();
    letYoungSpaceGrow();
    process.stdout.write("[" + room());
    new Worker(new URL("data:text/javascript," + encodeURIComponent(${JSON.stringify(thread)})));
  `);

  // Two halves of 8 MiB, and one more while they are collected.
  expect(most).toBeLessThanOrEqual(24 * MIB);
});
