import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    pool: "forks",
    // The journeys wait more than they work: with a worker for each core a third of the machine would be idle.
    maxWorkers: 2 * availableParallelism(),
    // A test that hangs fails; nothing here waits for wall time on purpose.
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
