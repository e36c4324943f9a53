// The lint of this repository. What each folder may import and touch comes from test/repo/import-table.ts;
// test/repo/lint.test.ts plants one violation per rule and sees it reported.
import { defineConfig } from "oxlint";
import { importOverrides } from "./test/repo/import-lint.ts";

const noMock = "No stand-ins for our own modules: the real store, fake vendors, our clock.";

export default defineConfig({
  plugins: ["typescript", "unicorn", "oxc", "import", "promise"],
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: "error" },
  categories: { correctness: "error" },
  ignorePatterns: ["node_modules", "dist", "coverage"],
  rules: {
    eqeqeq: "error",
    // Control characters are what a hostile alert is made of: patterns here name them on purpose.
    "no-control-regex": "off",
    "no-fallthrough": "error",
    "no-var": "error",
    "prefer-const": "error",
    "preserve-caught-error": "error",
    "import/no-cycle": "error",
    "import/no-self-import": "error",
    "typescript/consistent-type-imports": "error",
    "typescript/no-explicit-any": "error",
    // `void` would be a way to forget a promise: it is awaited, returned, or given a catch.
    "typescript/no-floating-promises": ["error", { ignoreVoid: false }],
    "typescript/no-misused-promises": "error",
    // Code points are what is wanted where a string is spread.
    "typescript/no-misused-spread": ["error", { allow: ["string"] }],
    "typescript/no-namespace": "error",
    "typescript/only-throw-error": "error",
    "typescript/return-await": ["error", "error-handling-correctness-only"],
    "typescript/switch-exhaustiveness-check": [
      "error",
      { allowDefaultCaseForExhaustiveSwitch: false, considerDefaultExhaustiveForUnions: false },
    ],
    "unicorn/filename-case": ["error", { case: "kebabCase" }],
  },
  overrides: [
    { files: ["src/**/*.ts"], rules: { "import/no-default-export": "error", "no-console": "error" } },
    { files: ["src/cli/**/*.ts", "src/main.ts"], rules: { "no-console": "off" } },
    {
      files: ["src/**/*.ts"],
      excludeFiles: ["**/*.test.ts", "**/conformance.ts"],
      rules: {
        "typescript/no-unsafe-argument": "error",
        "typescript/no-unsafe-assignment": "error",
        "typescript/no-unsafe-call": "error",
        "typescript/no-unsafe-member-access": "error",
        "typescript/no-unsafe-return": "error",
      },
    },
    {
      files: ["**/*.test.ts"],
      plugins: ["typescript", "unicorn", "oxc", "import", "promise", "vitest"],
      rules: {
        "vitest/no-focused-tests": "error",
        "vitest/no-identical-title": "error",
        "vitest/no-restricted-vi-methods": ["error", { doMock: noMock, mock: noMock }],
        "vitest/valid-expect": "error",
      },
    },
    ...importOverrides(),
  ],
});
