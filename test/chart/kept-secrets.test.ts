// The original's own command, run against a server that speaks as Kubernetes does, and again: what was made stays.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { chart, describeWithHelm, type Helm, ORIGINAL_VALUES } from "./helm.ts";
import { openStandInCluster, type StandInCluster } from "./stand-in-cluster.ts";

describeWithHelm("helm upgrade --install, twice", (helms) => {
  it.each(helms)(
    "with Helm $version installs, keeps every secret that it made, and adds those of new workers",
    async (helm) => {
      const cluster = await openStandInCluster();
      onTestFinished(() => cluster.close());
      const first = await upgrade(helm, cluster, ORIGINAL_VALUES);
      const before = secretsOf(cluster);
      const second = await upgrade(helm, cluster, `${ORIGINAL_VALUES}wazuh: { worker: { replicas: 3 } }\n`);

      expect([first.err, first.status, second.err, second.status]).toEqual(["", 0, "", 0]);
      expect(first.out).toContain("kubectl exec soc-wazuh-manager-worker-0 -n wazuh -c wazuh-init -- env | grep JIRA");
      const { "soc-riposte-tokens": tokens, ...others } = secretsOf(cluster);
      const { "soc-riposte-tokens": oldTokens, ...oldOthers } = before;
      expect(others).toEqual(oldOthers);
      expect(Object.keys(others)).toEqual(["soc-riposte-tls", "soc-wazuh-manager"]);
      expect(tokens).toEqual({ ...oldTokens, "soc-wazuh-manager-worker-2": expect.any(String) as string });
    },
  );

  it("what is made is long enough, and of the signs that its reader takes", async () => {
    const cluster = await openStandInCluster();
    onTestFinished(() => cluster.close());
    await upgrade(helms[1], cluster, ORIGINAL_VALUES);
    const { "soc-wazuh-manager": wazuh, "soc-riposte-tokens": tokens, "soc-riposte-tls": tls } = secretsOf(cluster);

    expect(wazuh).toEqual({
      "cluster-key": expect.stringMatching(/^[A-Za-z0-9]{32}$/) as string,
      "api-password": expect.stringMatching(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*\.)[A-Za-z0-9.]{8,64}$/) as string,
      "authd-pass": expect.stringMatching(/^[A-Za-z0-9]{32}$/) as string,
    });
    for (const token of Object.values(tokens ?? {})) expect(token).toMatch(/^[A-Za-z0-9]{48}$/);
    const folder = mkdtempSync(join(tmpdir(), "riposte-tls-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const [name, text] of Object.entries(tls ?? {})) writeFileSync(join(folder, name), text);
    const verify = ["verify", "-CAfile", "ca.crt", "-verify_hostname", "soc-riposte.wazuh.svc", "tls.crt"];
    expect(execFileSync("openssl", verify, { cwd: folder, encoding: "utf8" })).toBe("tls.crt: OK\n");
  });
});

/** As the original has it; what a cluster's own description would check, the matrix of values does. */
async function upgrade(helm: Helm, cluster: StandInCluster, values: string) {
  const folder = mkdtempSync(join(tmpdir(), "riposte-upgrade-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "values.yaml"), values);
  symlinkSync(chart, join(folder, "wazuh-chart"));
  const args = [
    "upgrade",
    "--install",
    "soc",
    join(folder, "wazuh-chart"),
    "-n",
    "wazuh",
    "-f",
    join(folder, "values.yaml"),
  ];
  return helm.run([...args, "--disable-openapi-validation"], cluster.env);
}

function secretsOf(cluster: StandInCluster): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const made = cluster.objects("Secret").filter(({ metadata }) => metadata.name.startsWith("soc-"));
  const text = ([key, value]: [string, string]) => [key, Buffer.from(value, "base64").toString()];
  return Object.fromEntries(
    made
      .map(({ metadata, data }) => [metadata.name, Object.fromEntries(Object.entries<string>(data).map(text))])
      .sort(([a = ""], [b = ""]) => (String(a) < String(b) ? -1 : 1)),
  );
}
