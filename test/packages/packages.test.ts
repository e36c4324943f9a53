// What is installed where nobody has Node or a registry, tried in a root of its own that has neither, nor a network.
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "riposte-packages-"));
const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
const arch = process.arch === "arm64" ? "arm64" : "x64";
const tarball = join(folder, `riposte-${version}-linux-${arch}.tar.gz`);
const deb = join(folder, `riposte_${version}_${arch === "x64" ? "amd64" : "arm64"}.deb`);
const root = join(folder, "root");
const unpacked = join(root, "opt", `riposte-${version}-linux-${arch}`);
const mayChangeRoot = process.platform === "linux" && process.getuid?.() === 0 && does("unshare", "-n", "true");

function does(...[program, ...args]: [string, ...string[]]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

function said(...[program, ...args]: [string, ...string[]]): string {
  const done = spawnSync(program, args, { encoding: "utf8" });
  if (done.status === 0) return done.stdout;
  throw new Error(`${program} ${args.join(" ")}: ${done.status} ${done.stdout}${done.stderr}`);
}

beforeAll(() => {
  const kinds = does("dpkg-deb", "--version") ? [] : ["tarball"];
  said(process.execPath, "scripts/package.ts", "--quick", "--out", folder, ...kinds);
  mkdirSync(join(root, "opt"), { recursive: true });
  said("tar", "-xzf", tarball, "-C", join(root, "opt"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the tarball", () => {
  it("names the sum of each of its files, and its own is beside it", () => {
    expect(said("sh", "-c", `cd '${unpacked}' && sha256sum --quiet -c SHA256SUMS`)).toBe("");
    expect(said("sh", "-c", `cd '${folder}' && sha256sum -c '${tarball}.sha256'`)).toContain(": OK");
  });

  it("has the runtime, the packages of a user's installation and no others, and nothing that only compilers read", () => {
    expect(existsSync(join(unpacked, "node_modules", "zod", "package.json"))).toBe(true);
    for (const name of ["vitest", "typescript", "fast-check", "@types"])
      expect(existsSync(join(unpacked, "node_modules", name))).toBe(false);
    const files = said("tar", "-tzf", tarball).split("\n");
    expect(files.filter((file) => /\.(?:ts|map)$/.test(file))).toEqual([]);
    expect(files.filter((file) => /\/zod\/LICENSE/.test(file))).not.toEqual([]);
  });

  it("can be read by everybody and written by nobody but root", () => {
    const listed = said("tar", "-tvzf", tarball)
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("l"));
    expect(listed.filter((line) => !/^(?:drwxr-xr-x|-rw-r--r--|-rwxr-xr-x) 0\/0 /.test(line))).toEqual([]);
    expect(listed.filter((line) => line.startsWith("-rwx")).map((line) => line.split("/").slice(-2).join("/"))).toEqual(
      expect.arrayContaining(["bin/riposte", "runtime/node"]),
    );
  });

  it("leaves nothing of its memory when it dies, wherever it was started from", async () => {
    const home = join(folder, "home");
    mkdirSync(home);
    writeFileSync(join(home, "alerts.json"), "");
    writeFileSync(join(home, "webhook"), "https://siem.example/s3cret-path", { mode: 0o600 });
    const config = join(home, "riposte.yaml");
    writeFileSync(
      config,
      `store: "sqlite:${join(home, "riposte.db")}"
wazuh: { alerts: "${join(home, "alerts.json")}" }
destinations: { hook: { type: slack, webhook: { file: "${join(home, "webhook")}" } } }
policies: [{ name: lost, when: { rule.id: 504 }, tell: [hook] }]
`,
    );
    const script = `ulimit -c unlimited && exec '${unpacked}/bin/riposte' serve --config '${config}'`;
    const server = spawn("sh", ["-c", script], { cwd: home, stdio: "pipe" });
    const ended = new Promise((resolve) => server.once("exit", (_, signal) => resolve(signal)));
    await new Promise<void>((resolve) =>
      server.stderr.on("data", (chunk: Buffer) => {
        if (chunk.toString().includes("started")) resolve();
      }),
    );
    const limits = readFileSync(`/proc/${server.pid}/limits`, "utf8");
    server.kill("SIGABRT");

    expect(await ended).toBe("SIGABRT");
    expect(limits).toMatch(/^Max core file size +0 +0 /m);
    expect(readdirSync(home).filter((name) => name.startsWith("core"))).toEqual([]);
  });
});

describe.skipIf(!mayChangeRoot)("unpacked in a root without Node and without a network", () => {
  // `readlink` and `dirname` are what the launcher asks of a system.
  const programs = ["/bin/sh", "/usr/bin/readlink", "/usr/bin/dirname"];

  const command = ["-n", "chroot", root, unpacked.slice(root.length) + "/bin/riposte"];
  const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };

  function inside(...args: string[]) {
    return spawnSync("unshare", [...command, ...args], { encoding: "utf8", env });
  }

  beforeAll(() => {
    for (const program of programs) bring(program);
    for (const library of librariesOf(join(unpacked, "runtime", "node"))) bring(library);
    for (const path of ["tmp", "dev", "etc", "var/lib/riposte"]) mkdirSync(join(root, path), { recursive: true });
    chmodSync(join(root, "tmp"), 0o1777);
    writeFileSync(join(root, "alerts.json"), "");
    writeFileSync(
      join(root, "etc", "riposte.yaml"),
      `store: sqlite:/var/lib/riposte/riposte.db
wazuh: { alerts: /alerts.json }
destinations: { hook: { type: webhook, url: "https://siem.example/hook", unsigned: true } }
policies: [{ name: lost, when: { rule.id: 504 }, tell: [hook], playbook: agent-disconnection }]
`,
    );
  });

  function bring(path: string): void {
    const into = join(root, path);
    mkdirSync(dirname(into), { recursive: true });
    copyFileSync(path, into);
    for (const library of librariesOf(path)) if (!existsSync(join(root, library))) bring(library);
  }

  function librariesOf(program: string): readonly string[] {
    const printed = spawnSync("ldd", [program], { encoding: "utf8" }).stdout;
    return [...printed.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path = ""]) => path);
  }

  it("says its version, and finds what it came with", () => {
    expect(inside("--version").stdout.trim()).toBe(version);
    expect(inside("check", "/etc/riposte.yaml")).toMatchObject({ status: 0, stderr: "" });
  });

  it("tells of a mistake with its place", () => {
    writeFileSync(join(root, "etc", "wrong.yaml"), "wazuh: { alert: /alerts.json }\n");

    expect(inside("serve", "--config", "/etc/wrong.yaml")).toMatchObject({
      status: 78,
      stderr: expect.stringContaining("/etc/wrong.yaml:1:") as string,
    });
  });

  it("makes its database, serves, answers, and ends when it is asked to", async () => {
    const server = spawn("unshare", [...command, "serve", "--config", "/etc/riposte.yaml"], { env, stdio: "pipe" });
    const ended = new Promise((resolve) => server.once("exit", resolve));
    let log = "";
    const started = new Promise<string>((resolve) => {
      server.stderr.on("data", (chunk: Buffer) => {
        log += chunk.toString();
        if (log.includes("started")) resolve("started");
      });
    });
    expect(await Promise.race([started, ended.then(() => log)])).toBe("started");
    const asked = inside("status", "--json", "--config", "/etc/riposte.yaml");
    server.kill("SIGTERM");

    expect(asked).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(asked.stdout)).toHaveProperty("sources");
    expect(await ended).toBe(0);
  });
});

describe.skipIf(!does("dpkg-deb", "--version"))("the Debian package", () => {
  it("has a command, two units and a folder for the config, all of them root's", () => {
    const listed = said("dpkg-deb", "-c", deb);
    expect(listed).toMatch(/root\/root .* \.\/usr\/bin\/riposte -> \.\.\/lib\/riposte\/bin\/riposte/);
    for (const path of [
      "usr/lib/systemd/system/riposte.service",
      "usr/lib/systemd/system/riposte-forward.service",
      "etc/riposte/",
    ])
      expect(listed).toContain(` ./${path}\n`);
    expect(listed.split("\n").filter((line) => line !== "" && !line.includes(" root/root "))).toEqual([]);
  });

  it("says what it is, and its scripts are such as any sh reads", () => {
    expect(said("dpkg-deb", "-f", deb, "Version").trim()).toBe(version);
    const control = join(folder, "control");
    said("dpkg-deb", "-e", deb, control);
    for (const script of ["postinst", "prerm", "postrm"]) {
      said("sh", "-n", join(control, script));
      expect(statSync(join(control, script)).mode & 0o777).toBe(0o755);
    }
  });
});

describe.skipIf(!does("systemd-analyze", "--version"))("the units", () => {
  it.each(["riposte.service", "riposte-forward.service"])("%s leaves little to whoever takes it over", (unit) => {
    // 0 is a program that can do nothing, 10 one that can do everything.
    const exposed = said(
      "systemd-analyze",
      "security",
      "--offline=true",
      "--no-pager",
      join("deploy", "systemd", unit),
    );
    const level = Number(/exposure level for \S+: (\d+\.\d)/i.exec(exposed)?.[1]);
    expect(level).toBeLessThan(2);
  });
});
