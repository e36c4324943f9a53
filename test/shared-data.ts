// Sample alerts and vendors' published descriptions that some machines have beside the checkout. They are not part of
// the repository, so tests that read them are skipped, by name, where they are not there.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, test } from "vitest";
import { withoutSampleData } from "../scripts/test-report.ts";

/** Calls `fn` inside a `describe` with a way to name a file of the sample data. */
export function describeWithSharedData(name: string, fn: (fileNamed: (file: string) => string) => void): void {
  describeWithFolder("../../shared/data/", name, fn);
}

/** The same with the descriptions that vendors publish of what they take. */
export function describeWithPublishedSpecs(name: string, fn: (fileNamed: (file: string) => string) => void): void {
  describeWithFolder("../../shared/specs/", name, fn);
}

function describeWithFolder(from: string, name: string, fn: (fileNamed: (file: string) => string) => void): void {
  const folder = fileURLToPath(new URL(from, import.meta.url));
  if (existsSync(folder)) describe(name, () => fn((file) => join(folder, file)));
  else test.skip(`${name} ${withoutSampleData}`, () => undefined);
}

/** Where a published description is; null: not on this machine. For what tests check besides what they test. */
export function publishedSpec(file: string): string | null {
  const path = fileURLToPath(new URL(`../../shared/specs/${file}`, import.meta.url));
  return existsSync(path) ? path : null;
}
