// The real Helm, of both versions, over the chart, and what it makes as objects.
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, test } from "vitest";
import { parseAllDocuments, stringify } from "yaml";
import { type Binaries, helmBinaries } from "../../scripts/helm-binaries.ts";

export const chart = fileURLToPath(new URL("../../wazuh-chart/", import.meta.url));

/** The original's values.yaml, to the letter. */
export const ORIGINAL_VALUES = `integration:
  jira:
    enabled: true
    externalSecret: true
`;

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  // What stands in them is looked at by tests only, and checked against Kubernetes' own description.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly [key: string]: any;
}

export type HelmVersion = 3 | 4;

export interface HelmRun {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Helm {
  readonly version: HelmVersion;
  run(args: readonly string[], env?: Readonly<Record<string, string>>, cwd?: string): Promise<HelmRun>;
  /** `helm template RELEASE ./wazuh-chart -n wazuh -f values.yaml` and more; throws what Helm says if it fails. */
  template(values: unknown, more?: readonly string[], release?: string): Promise<readonly KubeObject[]>;
  /** What Helm says of values that it refuses. */
  refuses(values: unknown, more?: readonly string[]): Promise<string>;
}

/** Helm 4 alone for what both do alike: half the time. */
export function describeWithHelm(
  name: string,
  fn: (helms: readonly [three: Helm, four: Helm], kubectl: string) => void,
): void {
  const binaries = helmBinaries();
  if (binaries.kind === "none") {
    if (isCi()) throw new Error(`without Helm the chart can't be tested: ${binaries.why}`);
    test.skip(`${name} (skipped: ${binaries.why})`, () => undefined);
    return;
  }
  // On a machine that is busy with other things each of its programs takes seconds.
  describe(name, { timeout: 180_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), "riposte-chart-"));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    fn([openHelm(binaries, 3, folder), openHelm(binaries, 4, folder)], binaries.kubectl);
  });
}

function isCi(): boolean {
  return !["", "0", "false", undefined].includes(process.env["CI"]);
}

function openHelm(binaries: Binaries, version: HelmVersion, folder: string): Helm {
  const path = binaries.helms.find((helm) => helm.version === version)?.path ?? "";
  const homes = {
    HELM_CACHE_HOME: folder,
    HELM_CONFIG_HOME: folder,
    HELM_DATA_HOME: folder,
    KUBECONFIG: join(folder, "none"),
  };
  let files = 0;
  const run: Helm["run"] = (args, env = {}, cwd = folder) =>
    new Promise((resolve) => {
      const settings = { cwd, env: { ...process.env, ...homes, ...env }, maxBuffer: 64 * 1_048_576 };
      execFile(path, args, settings, (error, out, err) => {
        resolve({ status: error === null ? 0 : typeof error.code === "number" ? error.code : null, out, err });
      });
    });
  const template = (values: unknown, more: readonly string[], release: string): Promise<HelmRun> => {
    const file = join(folder, `values-${version}-${files++}.yaml`);
    writeFileSync(file, typeof values === "string" ? values : stringify(values));
    return run(["template", release, chart, "-n", "wazuh", "-f", file, ...more]);
  };
  return {
    version,
    run,
    async template(values, more = [], release = "soc") {
      const { status, out, err } = await template(values, more, release);
      if (status !== 0) throw new Error(err);
      return objectsIn(out);
    },
    async refuses(values, more = []) {
      const { status, err } = await template(values, more, "soc");
      if (status === 0) throw new Error("Helm took the values");
      return err;
    },
  };
}

export function objectsIn(text: string): readonly KubeObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0];
    const value: unknown = document.toJS();
    return value === null ? [] : [value as KubeObject];
  });
}

export function objectOf(objects: readonly KubeObject[], kind: string, name: string): KubeObject {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name === name);
  if (found.length !== 1)
    throw new Error(
      `${found.length} of ${kind} ${name}: ${objects.map((o) => `${o.kind} ${o.metadata.name}`).join(", ")}`,
    );
  return found[0] as KubeObject;
}

export function kustomize(kubectl: string, folder: string): readonly KubeObject[] {
  const { status, stdout, stderr } = spawnSync(kubectl, ["kustomize", folder], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return objectsIn(stdout);
}
