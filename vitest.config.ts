import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    pool: "forks",
    // Left to itself Vitest keeps a core free, which on two cores doubles the time.
    maxWorkers: "100%",
    // A test that hangs fails; nothing here waits for wall time on purpose.
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
