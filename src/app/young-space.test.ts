import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const MIB = 1_048_576;

/** Much survives, so that V8 grows the room for what is new as far as it may. */
const program = (url: string): string => `
  import { getHeapSpaceStatistics } from "node:v8";
  import { setImmediate as turn } from "node:timers/promises";
  import { keepYoungSpaceSmall, letYoungSpaceGrow } from ${JSON.stringify(url)};
  const room = () => getHeapSpaceStatistics().find((space) => space.space_name === "new_space").space_size;
  const kept = [];
  async function work(turns) {
    for (let n = 0; n < turns; n += 1) {
      for (let i = 0; i < 20_000; i += 1) kept[(n * 20_000 + i) % 300_000] = { n, i: [i] };
      await turn();
    }
  }
  keepYoungSpaceSmall();
  await work(50);
  const before = room();
  letYoungSpaceGrow();
  await work(500);
  console.log(JSON.stringify([before, room()]));
`;

test("the room for what is new stays small until it may grow, and then ends at 32 MiB", async () => {
  const url = new URL("young-space.ts", import.meta.url).href;
  const args = ["--input-type=module", "--eval", program(url)];

  const { stdout } = await promisify(execFile)(process.execPath, args);

  const [before = 0, after = 0] = JSON.parse(stdout) as number[];
  expect(before).toBeLessThan(10 * MIB);
  expect(after).toBeGreaterThanOrEqual(32 * MIB);
  expect(after).toBeLessThan(48 * MIB);
});
