import { execFileSync } from "node:child_process";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FakeCa } from "../../test/fakes/certificates.ts";
import { Folder } from "../../test/fixtures/outside.ts";
import { openSecrets } from "../secrets/read.ts";
import { systemClock } from "./clock.ts";
import { readTlsFiles, sayTroubles } from "./tls-files.ts";
import { STRAIGHT_OUT, type WayOutSettings } from "./way-out-settings.ts";

const ca = new FakeCa("Corp CA");
const client = ca.issue();
const secrets = openSecrets(systemClock, { CLIENT_KEY: client.key });

async function troubleWith(settings: Partial<WayOutSettings>): Promise<string> {
  const files = await readTlsFiles({ ...STRAIGHT_OUT, ...settings }, secrets);
  return files.kind === "read" ? "none" : sayTroubles(files.troubles);
}

describe("what is right is taken", () => {
  test("a CA, a chain of several, and a client certificate with its key from a file or a variable", async () => {
    const folder = new Folder();
    const caFile = folder.write("ca.pem", `# ours\n${ca.certificate}\n${new FakeCa("Second").certificate}`);
    const cert = folder.write("client.pem", client.certificate.replaceAll("\n", "\r\n"));

    expect(await troubleWith({ ca: caFile })).toBe("none");
    expect(await troubleWith({ ca: caFile, cert, key: { env: "CLIENT_KEY" } })).toBe("none");
    expect(await troubleWith({ cert, key: { file: folder.write("key.pem", client.key) } })).toBe("none");
  });

  test("and files that are the same as before give the same context", async () => {
    const folder = new Folder();
    const settings = { ...STRAIGHT_OUT, ca: folder.write("ca.pem", ca.certificate) };
    const first = await readTlsFiles(settings, secrets);
    if (first.kind !== "read") throw new Error("it can be read");

    expect(await readTlsFiles(settings, secrets, first)).toBe(first);
    folder.write("ca.pem", new FakeCa("Corp CA").certificate);
    const renewed = await readTlsFiles(settings, secrets, first);
    expect(renewed.kind === "read" && renewed.context === first.context).toBe(false);
  });
});

describe("what can't be used is told by its place, with what to do", () => {
  const certificates: readonly (readonly [string, (folder: Folder) => string | Uint8Array, string])[] = [
    ["empty", () => "", "holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----"],
    ["DER", () => new X509Certificate(ca.certificate).raw, "openssl x509 -inform der"],
    ["a page", () => "<html>Log in</html>", "holds no certificate in PEM"],
    ["cut", () => ca.certificate.slice(0, 300), "is damaged: a certificate in it has no end"],
    ["flipped", () => ca.certificate.replace(/\n./, "\n!"), "is damaged: its certificate can't be read"],
    [
      "second of two flipped",
      () => ca.certificate + new FakeCa("x").certificate.replace(/\nM/, "\nX"),
      "is damaged: certificate 2 of 2 in it can't be read. Copy it there once more",
    ],
    ["too large", () => "x".repeat(1_048_577), "is larger than 1 MiB: is this the right file?"],
  ];

  test.each(certificates)("a CA that is %s", async (name, content, says) => {
    const folder = new Folder();
    const path = folder.write(name.replaceAll(" ", "-"), content(folder));

    const trouble = await troubleWith({ ca: path });
    expect(trouble.startsWith(`http_client.ca: ${path} `)).toBe(true);
    expect(trouble).toContain(says);
  });

  test("a path at which no file is", async () => {
    const folder = new Folder();
    const [directory, pipe] = [join(folder.path, "d"), join(folder.path, "p")];
    mkdirSync(directory);
    execFileSync("mkfifo", [pipe]);
    const missing = join(folder.path, "missing.pem");

    expect(await troubleWith({ ca: missing })).toBe(
      `http_client.ca: ${missing} does not exist. Create it, or correct the path in the config`,
    );
    expect(await troubleWith({ ca: directory })).toBe(
      `http_client.ca: ${directory} is not a plain file. Name the file itself`,
    );
    expect(await troubleWith({ ca: pipe })).toBe(`http_client.ca: ${pipe} is not a plain file. Name the file itself`);
  });

  const locked = String(
    generateKeyPairSync("ec", {
      namedCurve: "P-256",
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "not-a-real-secret" },
    }).privateKey,
  );
  const keys: readonly (readonly [string, string, string])[] = [
    ["a certificate", client.certificate, "holds no private key in PEM, which begins with -----BEGIN PRIVATE KEY-----"],
    ["locked", locked, "is locked by a passphrase, which Riposte can't be given"],
    ["damaged", client.key.replace(/\n.{20}/, "\nAAAAAAAAAAAAAAAAAAAA"), "is damaged: the private key can't be read"],
    ["another's", ca.issue().key, "is not the key of the certificate in http_client.cert"],
  ];

  test.each(keys)("a key that is %s, and not a word of it", async (_, key, says) => {
    const folder = new Folder();
    const file = folder.write("key.pem", key);
    const trouble = await troubleWith({ cert: folder.write("client.pem", client.certificate), key: { file } });

    expect(trouble).toContain(`http_client.key: ${file} ${says}`);
    for (const line of key.split("\n").filter((each) => each.length > 40)) expect(trouble).not.toContain(line);
  });

  test("several at once", async () => {
    const trouble = await troubleWith({ ca: "/no/ca", cert: "/no/cert", key: { file: "/no/key" } });

    expect(trouble.match(/http_client\.(ca|cert|key): /g)).toHaveLength(3);
    expect(trouble).toContain("the secret file /no/key does not exist");
  });
});
