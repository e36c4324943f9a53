// A real sshd on loopback with a config and a host key of its own, and the ways in that an attacker would try.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Account, run } from "./accounts.ts";

export interface Sshd {
  /** The public half of the key that `byKey` uses. */
  readonly publicKey: string;
  byPassword(account: Account): Promise<boolean>;
  byKey(account: Account): Promise<boolean>;
  /** Logs in and stays; resolves once it is in. */
  stay(account: Account): Promise<OpenSession>;
  stop(): Promise<void>;
}

export interface OpenSession {
  readonly over: Promise<void>;
}

export async function startSshd(folder: string): Promise<Sshd> {
  const port = await freePort();
  const key = join(folder, "key");
  for (const file of ["host", "key"]) run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", join(folder, file));
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const config = join(folder, "sshd_config");
  writeFileSync(config, configOf(port, folder));
  const server = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", config], { stdio: ["ignore", "ignore", "pipe"] });
  const gone = closed(server);
  await new Promise<void>((resolve, reject) => {
    let said = "";
    createInterface({ input: server.stderr }).on("line", (line) => {
      said += `${line}\n`;
      if (line.includes("Server listening")) resolve();
    });
    server.on("error", reject).on("exit", () => reject(new Error(`sshd did not start: ${said}`)));
  });

  const ssh = (account: Account, options: readonly string[], command: string): ChildProcess => {
    const askpass = join(folder, "askpass");
    writeFileSync(askpass, '#!/bin/sh\nprintf "%s\\n" "$RIPOSTE_TEST_PASSWORD"\n', { mode: 0o700 });
    const common = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"];
    const args = [...common, ...options].flatMap((option) => ["-o", option]);
    return spawn("ssh", ["-F", "none", "-p", String(port), ...args, `${account.name}@127.0.0.1`, command], {
      env: {
        PATH: process.env["PATH"],
        SSH_ASKPASS: askpass,
        SSH_ASKPASS_REQUIRE: "force",
        RIPOSTE_TEST_PASSWORD: account.password,
      },
      stdio: ["ignore", "pipe", "ignore"],
    });
  };
  const byKey = [`IdentityFile=${key}`, "IdentitiesOnly=yes", "PasswordAuthentication=no"];
  const byPassword = ["PubkeyAuthentication=no", "NumberOfPasswordPrompts=1"];

  return {
    publicKey: run("cat", `${key}.pub`).trim(),
    byPassword: (account) => gotIn(ssh(account, byPassword, "echo in")),
    byKey: (account) => gotIn(ssh(account, byKey, "echo in")),
    async stay(account) {
      const client = ssh(account, byKey, "echo in; exec sleep 600");
      const over = closed(client);
      await new Promise<void>((resolve, reject) => {
        client.stdout?.once("data", () => resolve());
        client.once("exit", () => reject(new Error("the session did not open")));
      });
      return { over };
    },
    async stop() {
      server.kill();
      await gone;
    },
  };
}

function configOf(port: number, folder: string): string {
  return [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${join(folder, "host")}`,
    "PidFile none",
    "UsePAM yes",
    "PasswordAuthentication yes",
    "KbdInteractiveAuthentication no",
    "AllowUsers riptest-*",
    "",
  ].join("\n");
}

async function gotIn(client: ChildProcess): Promise<boolean> {
  let said = "";
  client.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await closed(client);
  return said === "in\n";
}

function closed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("close", () => resolve());
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
