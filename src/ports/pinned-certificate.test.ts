import { expect, test } from "vitest";
import { openWazuhApiRig } from "../../test/fixtures/wazuh-api-rig.ts";

test("a certificate of an unknown CA for another name is trusted by its fingerprint", async () => {
  const { api, fingerprint } = await openWazuhApiRig({ names: ["wazuh.invalid"] });

  const client = api({ proof: { ca: null, fingerprint } });

  expect(await client.version()).toMatchObject({ kind: "version", version: "4.14.7" });
  expect(await client.disconnectedAgents()).toEqual({ kind: "agents", agents: [] });
});

test("another certificate is refused before a byte of the password is out, and its fingerprint is said", async () => {
  const { api, fingerprint, served } = await openWazuhApiRig();
  const other = Array.from({ length: 32 }, () => "AB").join(":");

  const answer = await api({ proof: { ca: null, fingerprint: other } }).version();

  expect(answer).toMatchObject({ kind: "failed", reason: "tls_failed" });
  expect(answer.kind === "failed" && answer.says).toContain(`has the fingerprint ${fingerprint}, not that of`);
  expect(served.requests).toEqual([]);
});

test("a fingerprint is no leave to show another certificate of a CA that is trusted anyway", async () => {
  const { api, caPath, served } = await openWazuhApiRig();
  const other = Array.from({ length: 32 }, () => "AB").join(":");

  const answer = await api({ proof: { ca: caPath, fingerprint: other } }).version();

  expect(answer).toMatchObject({ kind: "failed", reason: "tls_failed" });
  expect(served.requests).toEqual([]);
});

test("without a word about who answers there a certificate of its own is refused, with both remedies", async () => {
  const { api, served } = await openWazuhApiRig();

  const answer = await api({ proof: { ca: null, fingerprint: null } }).version();

  expect(answer.kind === "failed" && answer.says).toContain(
    "name its certificate in wazuh.api.ca, or its fingerprint in wazuh.api.fingerprint",
  );
  expect(served.requests).toEqual([]);
});
