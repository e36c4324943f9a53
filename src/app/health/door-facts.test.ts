import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { FakeCa } from "../../../test/fakes/certificates.ts";
import type { Config } from "../../config/schema.ts";
import { DAY_MS } from "../../core/time.ts";
import type { DoorSettings } from "../../ports/door-settings.ts";
import { openSecrets } from "../../secrets/read.ts";
import { doorTroubles } from "./door-facts.ts";

const folder = mkdtempSync(join(tmpdir(), "riposte-door-"));
afterAll(() => rmSync(folder, { recursive: true }));
const now = Date.now();
const ca = new FakeCa("CA");

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

function troubles(http: Partial<DoorSettings> | null) {
  const settings: DoorSettings | null = http && { host: "127.0.0.1", port: 0, tls: null, tokens: [], ...http };
  return doorTroubles({ http: settings } as Config, openSecrets({ now: () => now }, {}), now);
}

function tlsUntil(validUntilMs: number) {
  const { certificate, key } = ca.issue({ validUntilMs });
  return { certificate: file("tls.crt", certificate), key: file("tls.key", key), clientCa: null };
}

test("a door that is well, or none, is nothing to tell of", async () => {
  const secret = { file: file("fine", "not-a-real-token-0123456789") };

  expect(await troubles(null)).toEqual([]);
  expect(
    await troubles({
      tls: tlsUntil(now + 60 * DAY_MS),
      tokens: [{ name: "fine", proof: { kind: "secret", secret }, may: ["read"] }],
    }),
  ).toEqual([]);
});

test("a token that nobody can use is told of with what to do, and without a word of it", async () => {
  const token = (name: string, secret: { file: string }) =>
    ({ name, proof: { kind: "secret", secret }, may: ["send"] }) as const;

  const found = await troubles({
    tokens: [token("gone", { file: join(folder, "gone") }), token("short", { file: file("short", "not-a-real-one") })],
  });

  expect(found).toEqual([
    {
      about: "http.tokens gone",
      title: "Nobody gets in with the token gone",
      says: `the secret file ${folder}/gone does not exist. Create it, or correct the path in the config.`,
    },
    {
      about: "http.tokens short",
      title: "Nobody gets in with the token short",
      says: "It has fewer than 24 characters, so it could be guessed. Make one with: openssl rand -hex 32.",
    },
  ]);
});

test.each([
  [13 * DAY_MS, "The certificate of http.tls expires soon"],
  [-DAY_MS / 2, "The certificate of http.tls has expired"],
])("a certificate that ends in %d ms is told of", async (leftMs, title) => {
  expect(await troubles({ tls: tlsUntil(now + leftMs) })).toMatchObject([{ about: "http.tls", title }]);
});

test("files that can't be used are told of before the next start fails because of them", async () => {
  const tls = { ...tlsUntil(now + 60 * DAY_MS), key: file("other.key", ca.issue().key) };

  expect(await troubles({ tls })).toMatchObject([
    {
      title: "The files of http.tls can't be used",
      says: expect.stringContaining("is not the key of the certificate"),
    },
  ]);
});
