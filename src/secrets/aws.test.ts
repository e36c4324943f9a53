import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { FakeAws } from "../../test/fakes/aws/aws.ts";
import { FakeCa } from "../../test/fakes/certificates.ts";
import { serveProxy } from "../../test/fakes/connect-proxy.ts";
import { refusal } from "../../test/fakes/aws/refusal.ts";
import { serveVendor, unreachableUrl, type ServedVendor } from "../../test/fakes/serve.ts";
import { awsEnvironment } from "../../test/fixtures/aws-environment.ts";
import { systemClock } from "../ports/clock.ts";
import { STRAIGHT_OUT } from "../ports/way-out-settings.ts";
import type { AwsSecret, SecretValue } from "../ports/secrets.ts";
import { openAwsSecrets } from "./aws.ts";
import { openSecrets } from "./read.ts";

const KEYS = JSON.stringify({ JIRA_URL: "https://jira.example/x", JIRA_API_KEY: "k-1", JIRA_PROJECT_KEY: "PROJ" });
const ROLE = "arn:aws:iam::123456789012:role/riposte";

const folder = mkdtempSync(join(tmpdir(), "riposte-aws-"));
let aws = new FakeAws();
let served: ServedVendor;
let slow: (() => Promise<void>) | null = null;

beforeAll(async () => {
  served = await serveVendor(
    { handle: (request, now) => aws.handle(request, now) },
    { beforeAnswer: async () => slow?.() },
  );
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await served.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  vi.unstubAllEnvs();
  environment({ AWS_ACCESS_KEY_ID: "AKIATEST", AWS_SECRET_ACCESS_KEY: "not-a-real-secret" });
  aws = new FakeAws();
  slow = null;
});

function environment(more: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries({ ...awsEnvironment, ...more })) vi.stubEnv(name, value);
}

function read(ref: AwsSecret, settings: { region?: string | null; endpoint?: string } = {}): Promise<SecretValue> {
  const { region = "eu-central-1", endpoint = served.url } = settings;
  return openAwsSecrets({ region, endpoint, refreshMs: 60_000 }, openSecrets(systemClock, {})).read(ref);
}

async function why(ref: AwsSecret, settings: Parameters<typeof read>[1] = {}): Promise<string> {
  const found = await read(ref, settings);
  return found.kind === "unreadable" ? found.why : "it was read";
}

test("a secret is read whole, by a key of its JSON, by its ARN and by its stage", async () => {
  const version = aws.shelf.put("wazuh/jira-api-key", KEYS);
  aws.shelf.putPending("wazuh/jira-api-key", "next");

  expect(await read({ aws: "wazuh/jira-api-key" })).toMatchObject({ value: KEYS, version, madeAt: 1_795_000_000_000 });
  expect(await read({ aws: "wazuh/jira-api-key", key: "JIRA_API_KEY" })).toMatchObject({ value: "k-1" });
  expect(await read({ aws: "wazuh/jira-api-key", stage: "AWSPENDING" })).toMatchObject({ value: "next" });
  // An ARN says where it is, whatever the config says.
  expect(await read({ aws: aws.shelf.arn("wazuh/jira-api-key") }, { region: "us-east-1" })).toMatchObject({
    value: KEYS,
  });
});

test("several fields of one secret are one call", async () => {
  aws.shelf.put("wazuh/jira-api-key", KEYS);
  const secrets = openAwsSecrets(
    { region: "eu-central-1", endpoint: served.url, refreshMs: 60_000 },
    openSecrets(systemClock, {}),
  );

  await Promise.all(["JIRA_URL", "JIRA_API_KEY"].map((key) => secrets.read({ aws: "wazuh/jira-api-key", key })));

  expect(aws.calls).toHaveLength(1);
});

test("a secret that is of no use is told by its name and key, with what to do, and never by its value", async () => {
  const { shelf } = aws;
  shelf.put("binary", Uint8Array.from([1, 2]));
  shelf.put("empty", "");
  shelf.put("plain", "not-a-real-secret");
  shelf.put("list", '["not-a-real-secret"]');
  shelf.put("keys", JSON.stringify({ url: "not-a-real-secret", TOKEN: "", port: 4711 }));
  shelf.put("deleted", "not-a-real-secret");
  shelf.remove("deleted");
  shelf.makeEmpty("unset");
  aws.denied.add("denied");

  const reasons = [
    await why({ aws: "binary" }),
    await why({ aws: "empty" }),
    await why({ aws: "plain", key: "url" }),
    await why({ aws: "list", key: "url" }),
    await why({ aws: "keys", key: "JIRA_URL" }),
    await why({ aws: "keys", key: "TOKEN" }),
    await why({ aws: "keys", key: "port" }),
    await why({ aws: "deleted" }),
    await why({ aws: "unset" }),
    await why({ aws: "wazuh/nowhere" }),
    await why({ aws: "keys", stage: "AWSPENDING" }),
    await why({ aws: "denied" }),
  ];

  const keys = "the secret keys in AWS Secrets Manager";
  expect(reasons).toEqual([
    "the secret binary in AWS Secrets Manager is binary. Put it there as text: aws secretsmanager put-secret-value --secret-id binary --secret-string …",
    "the secret empty in AWS Secrets Manager is empty. Put the secret there",
    "the secret plain in AWS Secrets Manager is not JSON, so it has no key url. Leave key out, or put JSON there",
    "the secret list in AWS Secrets Manager is not a JSON object, so it has no key url. Leave key out, or put an object there",
    `${keys} has no key JIRA_URL. It has url, TOKEN, port`,
    `the key TOKEN of ${keys} is empty. Put the secret there`,
    `${keys} has something else than text as port. Put it there in quotes`,
    "the secret deleted in AWS Secrets Manager was deleted, or has no value. Bring it back: aws secretsmanager restore-secret --secret-id deleted",
    "the secret unset in AWS Secrets Manager has no value yet. Put one there: aws secretsmanager put-secret-value --secret-id unset --secret-string …",
    "the secret wazuh/nowhere in AWS Secrets Manager is not there. Create it, or correct its name or the region (aws.region)",
    "the secret keys (AWSPENDING) in AWS Secrets Manager is not there: no such secret, or no version with that stage. Correct the one or the other",
    "the secret denied in AWS Secrets Manager may not be read by arn:aws:sts::123456789012:assumed-role/riposte/session. Allow secretsmanager:GetSecretValue on it",
  ]);
  expect(reasons.join()).not.toContain("not-a-real-secret");
});

test("what is wrong with the way to AWS is told as that", async () => {
  aws.shelf.put("a", "not-a-real-secret");
  aws.expire("AKIATEST");
  expect(await why({ aws: "a" })).toContain("the AWS credentials have expired. Renew them");
  environment({ AWS_ACCESS_KEY_ID: "AKIASTRANGER" });
  expect(await why({ aws: "a" })).toContain("AWS does not know these credentials");
  environment({ AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" });
  expect(await why({ aws: "a" })).toContain("there are no AWS credentials. Give Riposte a role");
  environment({ AWS_ACCESS_KEY_ID: "AKIATEST", AWS_SECRET_ACCESS_KEY: "x" });
  expect(await why({ aws: "a" }, { region: null })).toContain("there is no AWS region. Write aws: { region:");
  expect(await why({ aws: "a" }, { endpoint: await unreachableUrl() })).toContain(
    "AWS can't be reached (ECONNREFUSED)",
  );
});

test("asked to slow down, the client waits and asks again", async () => {
  aws.shelf.put("a", "value-of-a");
  aws.refuseNext.push(refusal("ThrottlingException", "Rate exceeded"));

  expect(await read({ aws: "a" })).toMatchObject({ value: "value-of-a" });
  expect(aws.calls.map(({ refused }) => refused)).toEqual(["ThrottlingException", null]);
});

test("an AWS that has trouble of its own says nothing about the secret", async () => {
  aws.refuseNext.push(...Array.from({ length: 3 }, () => refusal("InternalServiceError", "An error occurred", 500)));

  expect(await read({ aws: "a" })).toMatchObject({ kind: "unreadable", isAway: true });
  expect(await read({ aws: "a" })).not.toHaveProperty("isAway");
});

test("an EKS service account has its role by the token in its file (IRSA)", async () => {
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, "account-token");
  aws.trusted.set("account-token", ROLE);
  aws.shelf.put("a", "value-of-a");
  const irsa = { AWS_ROLE_ARN: ROLE, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_ENDPOINT_URL_STS: served.url };
  environment({ AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", ...irsa });

  expect(await read({ aws: "a" })).toMatchObject({ value: "value-of-a" });
  expect(aws.calls[0]?.key).toBe("ASIATEST1");

  aws.trusted.clear();
  expect(await why({ aws: "a" })).toContain("AWS does not let this service account have its role");
});

test("a pod has its role by the agent of EKS (Pod Identity)", async () => {
  const tokenFile = join(folder, "pod-token");
  writeFileSync(tokenFile, "pod-token");
  aws.podToken = "pod-token";
  aws.shelf.put("a", "value-of-a");
  const pod = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${served.url}/pod-credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile,
  };
  environment({ AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", ...pod });

  expect(await read({ aws: "a" })).toMatchObject({ value: "value-of-a" });
});

test("with a proxy as the only way out, the role and the secret are had over it, by the CA in the file", async () => {
  const [sts, manager] = ["sts.aws.invalid", "secretsmanager.aws.invalid"];
  const ca = new FakeCa("the ca");
  const behind = await serveVendor(
    { handle: (request, now) => aws.handle(request, now) },
    { tls: ca.issue({ names: [sts, manager] }) },
  );
  const port = Number(new URL(behind.url).port);
  const proxy = await serveProxy({ hosts: { [sts]: port, [manager]: port }, login: "riposte:a-password" });
  onTestFinished(async () => {
    await proxy.close();
    await behind.close();
  });
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  aws.trusted.set("account-token", ROLE);
  aws.shelf.put("a", "value-of-a");
  const irsa = { AWS_ROLE_ARN: ROLE, AWS_WEB_IDENTITY_TOKEN_FILE: file("token", "account-token") };
  environment({ AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", ...irsa, AWS_ENDPOINT_URL_STS: `https://${sts}` });
  const login = file("proxy", proxy.url.replace("//", "//riposte:a-password@"));
  const by = (proxyFile: string): Promise<SecretValue> => {
    const wayOut = { ...STRAIGHT_OUT, proxy: { file: proxyFile }, ca: file("ca.pem", ca.certificate) };
    const settings = { region: "eu-central-1", endpoint: `https://${manager}`, refreshMs: 60_000, wayOut };
    return openAwsSecrets(settings, openSecrets(systemClock, {})).read({ aws: "a" });
  };

  expect(await by(login)).toMatchObject({ value: "value-of-a" });
  expect(proxy.asked.map(({ target, status }) => `${target} ${status}`)).toEqual([
    `${sts}:443 200`,
    `${manager}:443 200`,
  ]);

  const refused = await by(file("wrong", proxy.url.replace("//", "//riposte:another@")));
  expect(refused).toMatchObject({ kind: "unreadable", isAway: true });
  expect(JSON.stringify(refused)).toContain("http_client.proxy");
});
