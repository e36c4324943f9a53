import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { FakeCa } from "../../test/fakes/certificates.ts";
import { FakeRiposte, riposteProblem } from "../../test/fakes/riposte-server.ts";
import { unreachableUrl } from "../../test/fakes/serve.ts";
import { filterFrom, ForwardRig } from "../../test/fixtures/forward-rig.ts";
import { alertLine } from "../../test/tail/rig.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [main, "forward", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, out, err }));
  return { child, ended };
}

test("over TLS, by a config file: forwards with the flags that keep it small, and stops in order", async () => {
  const rig = await ForwardRig.open();
  const ca = new FakeCa("Our CA");
  const { certificate, key } = ca.issue({ names: ["127.0.0.1"] });
  const server = await FakeRiposte.open({ tls: { cert: certificate, key } });
  onTestFinished(() => server.close());
  server.token = "the-first-token";
  server.filter = filterFrom(7);
  const config = join(rig.home, "forward.yaml");
  writeFileSync(join(rig.home, "ca.pem"), ca.certificate);
  writeFileSync(
    config,
    `to: ${server.url}
alerts: ${rig.alerts.path}
token_file: ${rig.tokenFile}
ca: ${rig.home}/ca.pem
state: ${rig.state}
start: beginning
`,
  );
  rig.alerts.lines(alertLine(1, { level: 3 }), alertLine(2));

  const { child, ended } = run(["--config", config, "--log-format", "json"]);
  await server.until(() => server.kept.size === 1);
  const commandLine = readFileSync(`/proc/${child.pid}/cmdline`, "utf8");
  child.kill("SIGTERM");
  const { code, err } = await ended;

  expect(code).toBe(0);
  expect(server.ids).toEqual(["2"]);
  expect(server.ignored).toBe(1);
  expect(commandLine).toContain("--no-opt");
  expect(err).not.toContain("the-first-token");
  const said = err.trimEnd().split("\n");
  expect(said.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
    "forwarding",
    "reading",
    "stopping",
    "stopped",
  ]);
});

test("--check says whether the server is there and lets it in, and whether the file can be read", async () => {
  const rig = await ForwardRig.open();
  rig.server.filter = filterFrom(7);
  rig.server.token = "the-first-token";
  const args = ["--check", "--token-file", rig.tokenFile, "--alerts"];
  const to = ["--to", rig.server.url];

  const well = run([...args, rig.alerts.path, ...to]).ended;
  const noFile = run([...args, "/nowhere/alerts.json", ...to]).ended;
  const noServer = run([...args, rig.alerts.path, "--to", await unreachableUrl()]).ended;
  const ends = await Promise.all([well, noFile, noServer]);
  // A server that says what it was told, to a terminal.
  rig.server.habit = () => riposteProblem(401, "unauthorised", "what is \u001b[31mthe-first-token?");
  const notLetIn = await run([...args, rig.alerts.path], { RIPOSTE_FORWARD_TO: rig.server.url }).ended;

  expect(ends.map(({ code }) => code)).toEqual([0, 66, 69]);
  expect(ends[0]?.out).toBe(`${rig.server.url}: answers, and lets this sender in\n${rig.alerts.path}: can be read\n`);
  expect(ends[1]?.err).toContain("/nowhere/alerts.json: there is no such file");
  expect(ends[2]?.err).toContain("nobody listens there");
  expect(notLetIn.code).toBe(77);
  expect(notLetIn.err).toContain("the server does not know this token (401): what is \\x1b[31m[secret]?");
});

test("mistakes in the settings, and a state folder that is not its own, are told with exit codes", async () => {
  const rig = await ForwardRig.open();
  const config = join(rig.home, "forward.yaml");
  writeFileSync(config, "tok_file: /x\nstate:\n");
  mkdirSync(rig.state);
  writeFileSync(join(rig.state, "cursor.json"), '{"v":1,"alerts":"/other/alerts.json","cursor":"{}"}');
  writeFileSync(join(rig.home, "plain"), "");
  const args = ["--to", rig.server.url, "--token-file", rig.tokenFile, "--alerts", rig.alerts.path, "--state"];

  const [file, others, notAFolder] = await Promise.all([
    run(["--config", config]).ended,
    run([...args, rig.state]).ended,
    run([...args, join(rig.home, "plain")]).ended,
  ]);

  expect(file).toMatchObject({ code: 78, out: "" });
  expect(file.err).toContain(`${config}:1:1 tok_file: unknown key. Did you mean token_file?`);
  expect(file.err).toContain(`${config}:2:1 state: is empty`);
  expect(others.code).toBe(78);
  expect(others.err).toContain("is where a forwarder of /other/alerts.json keeps its place");
  expect(notAFolder.code).toBe(73);
});

const isRoot = process.geteuid?.() === 0;

test.skipIf(!isRoot)(
  "as uid 65532 and gid 999 it reads what is the group's, and needs to write nowhere near it",
  async () => {
    const rig = await ForwardRig.open();
    rig.alerts.lines(alertLine(1));
    const entries = readdirSync(rig.alerts.folder, { recursive: true, withFileTypes: true });
    for (const path of [rig.alerts.folder, ...entries.map((entry) => join(entry.parentPath, entry.name))]) {
      chownSync(path, 0, 999);
      chmodSync(path, path.endsWith(".json") ? 0o640 : 0o750);
    }
    mkdirSync(rig.state);
    chmodSync(rig.home, 0o755);
    chownSync(rig.state, 65_532, 999);
    chownSync(rig.tokenFile, 65_532, 999);
    const before = namesIn(rig.alerts.folder);

    // In this process, since the program itself may lie where only root can read.
    process.setegid?.(999);
    process.setgroups?.([999]);
    process.seteuid?.(65_532);
    try {
      const forwarder = await rig.start();
      await rig.server.until(() => rig.server.kept.size === 1);
      await forwarder.stop();
    } finally {
      process.seteuid?.(0);
      process.setegid?.(0);
      process.setgroups?.([0]);
    }

    expect(rig.server.ids).toEqual(["1"]);
    expect(namesIn(rig.alerts.folder)).toEqual(before);
  },
);

function namesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted();
}
