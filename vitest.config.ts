import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    pool: "forks",
    // The journeys wait more than they work: one worker more than there are cores keeps the machine busy.
    maxWorkers: availableParallelism() + 1,
    // A test that hangs fails; nothing here waits for wall time on purpose.
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
