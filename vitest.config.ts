import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    pool: "forks",
    projects: [
      // A test beside its source leaves nothing behind in its process, so that the next file may come into it: loading
      // the modules anew for each file costs a third of their time.
      { extends: true, test: { name: "parts", include: ["src/**/*.test.ts"], isolate: false } },
      { extends: true, test: { name: "whole", include: ["test/**/*.test.ts"] } },
    ],
    // The journeys wait more than they work: one worker more than there are cores keeps the machine busy.
    maxWorkers: availableParallelism() + 1,
    // A test that hangs fails; nothing here waits for wall time on purpose.
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
