// M6, with tools that others made: the original's two commands by AWS's own command line, and another's Secrets Manager.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../src/ports/clock.ts";
import { openAwsSecrets } from "../../src/secrets/aws.ts";
import { openSecrets } from "../../src/secrets/read.ts";
import { FakeAws } from "../fakes/aws/aws.ts";
import { serveVendor, type ServedVendor } from "../fakes/serve.ts";
import { awsEnvironment } from "../fixtures/aws-environment.ts";

const REGION = "eu-central-1";
const VALUE = '{"JIRA_URL":"WEBHOOK_URL","JIRA_API_KEY":"API_KEY","JIRA_PROJECT_KEY":"PROJ"}';
const login = { AWS_ACCESS_KEY_ID: "AKIATEST", AWS_SECRET_ACCESS_KEY: "not-a-real-secret" };
const hasCli = spawnSync("aws", ["--version"]).status === 0;
const hasMoto = spawnSync("python3", ["-c", "import moto.server"]).status === 0;

beforeAll(() => {
  for (const [name, value] of Object.entries({ ...awsEnvironment, ...login })) vi.stubEnv(name, value);
});
afterAll(() => void vi.unstubAllEnvs());

/** With AWS's command line, whose empty variables count as set. */
async function aws(endpoint: string, ...args: string[]): Promise<string> {
  const given = Object.entries({ ...awsEnvironment, ...login }).filter(([, value]) => value !== "");
  const env = { PATH: process.env["PATH"], ...Object.fromEntries(given) };
  const child = spawn("aws", ["secretsmanager", ...args, "--region", REGION, "--endpoint-url", endpoint], { env });
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (out += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  expect({ code, out }).toMatchObject({ code: 0 });
  return out;
}

/** The original's create-secret and get-secret-value, and then what Riposte makes of the secret. */
async function createVerifyRead(endpoint: string): Promise<void> {
  await aws(endpoint, "create-secret", "--name", "wazuh/jira-api-key", "--secret-string", VALUE);
  const verified = JSON.parse(await aws(endpoint, "get-secret-value", "--secret-id", "wazuh/jira-api-key")) as object;
  expect(verified).toMatchObject({ Name: "wazuh/jira-api-key", SecretString: VALUE });

  const secrets = openAwsSecrets({ region: REGION, endpoint, refreshMs: 60_000 }, openSecrets(systemClock, {}));
  expect(await secrets.read({ aws: "wazuh/jira-api-key" })).toMatchObject({ value: VALUE });
  expect(await secrets.read({ aws: "wazuh/jira-api-key", key: "JIRA_PROJECT_KEY" })).toMatchObject({ value: "PROJ" });
}

describe.skipIf(!hasCli)("with the aws command line (skipped where it is not installed)", () => {
  let served: ServedVendor;
  beforeAll(async () => {
    served = await serveVendor(new FakeAws());
  });
  afterAll(() => served.close());

  it("aws secretsmanager create-secret --name wazuh/jira-api-key, and get-secret-value", async () => {
    await createVerifyRead(served.url);
  }, 30_000);
});

describe.skipIf(!hasMoto)("with moto (skipped where it is not installed)", () => {
  const folder = mkdtempSync(join(tmpdir(), "riposte-moto-"));
  let moto: ChildProcess;
  let url = "";
  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const run = ["-c", "from moto.server import main; main()", "-H", "127.0.0.1", "-p", String(port)];
    // Of its own, without the empty variables of ours.
    const env = { PATH: process.env["PATH"], HOME: folder, ...login };
    moto = spawn("python3", run, { stdio: "ignore", env });
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => moto.once("close", resolve));
    moto.kill();
    await ended;
    rmSync(folder, { recursive: true });
  });

  it("the same secret is read, and with a service account's role (IRSA)", async () => {
    const answers = (): Promise<boolean> =>
      fetch(`${url}/moto-api/`).then(
        ({ ok }) => ok,
        () => false,
      );
    await expect.poll(answers, { timeout: 30_000 }).toBe(true);
    const client = new SecretsManagerClient({ region: REGION, endpoint: url });
    await client.send(new CreateSecretCommand({ Name: "wazuh/jira-api-key", SecretString: VALUE }));

    writeFileSync(join(folder, "token"), "account-token");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "");
    vi.stubEnv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/riposte");
    vi.stubEnv("AWS_WEB_IDENTITY_TOKEN_FILE", join(folder, "token"));
    vi.stubEnv("AWS_ENDPOINT_URL_STS", url);
    const secrets = openAwsSecrets({ region: REGION, endpoint: url, refreshMs: 60_000 }, openSecrets(systemClock, {}));
    expect(await secrets.read({ aws: "wazuh/jira-api-key" })).toMatchObject({ value: VALUE });
    expect(await secrets.read({ aws: "wazuh/jira-api-key", key: "JIRA_API_KEY" })).toMatchObject({ value: "API_KEY" });
    // Moto answers 404 where AWS answers 400.
    expect(await secrets.read({ aws: "wazuh/nowhere" })).toMatchObject({
      why: "the secret wazuh/nowhere in AWS Secrets Manager is not there. Create it, or correct its name or the region (aws.region)",
    });
  }, 60_000);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
