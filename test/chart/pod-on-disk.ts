// Runs the containers of a rendered pod for real, without a cluster: a private root with users and groups, its volumes
// as folders that live as long as the pod or its claim, mounts where the pod says, its environment and capabilities.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { KubeObject } from "./helm.ts";

export interface ContainerRun {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface Settings {
  readonly name: string;
  /** `spec.template.spec`. */
  readonly spec: KubeObject["spec"];
  readonly objects: readonly KubeObject[];
  /** What is in the Secrets that no object of the chart makes; may change while the pod runs. */
  readonly secrets: Secrets;
  /** Lays the image's own files into a root. */
  readonly image: (root: string) => void;
  /** What the image starts where the container names no command. */
  readonly entrypoint?: readonly string[];
  /** Folders of this machine that the image has as well. */
  readonly has?: readonly string[];
  /** A network with nothing in it but itself: one of its own, or that of another's process. */
  readonly network?: "own" | (() => ChildProcess);
}

/** Chroots, users and mounts are root's alone. */
export const mayRunPods =
  process.platform === "linux" && process.getuid?.() === 0 && spawnSync("unshare", ["-m", "true"]).status === 0;

export class PodOnDisk {
  readonly #settings: Settings;
  readonly #folder = mkdtempSync(join(tmpdir(), "riposte-pod-"));
  readonly #roots: string[] = [];
  readonly #running: ChildProcess[] = [];

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#makeVolumes("claim");
    this.#makeVolumes("pod");
  }

  /** Where a volume lies, or a path in it. */
  volume(name: string, path = ""): string {
    return join(this.#folder, "volumes", name, path);
  }

  /** The pod is replaced: only what is on claims stays. */
  replace(): void {
    this.#makeVolumes("pod");
  }

  setSecrets(secrets: Secrets): void {
    (this.#settings as { secrets: Secrets }).secrets = secrets;
    for (const volume of this.#settings.spec.volumes) if (volume.secret !== undefined) this.#fill(volume);
  }

  run(container: string, command?: readonly string[]): ContainerRun {
    const [program, ...args] = this.#commandLine(container, command);
    const { status, stdout, stderr } = spawnSync(program ?? "", args, {
      encoding: "utf8",
      env: this.environment(container),
    });
    return { status, out: stdout, err: stderr };
  }

  /** One that stays: a sidecar. */
  start(container: string): { readonly process: ChildProcess; readonly said: () => string } {
    const [program, ...args] = this.#commandLine(container);
    const child = spawn(program ?? "", args, { env: this.environment(container), stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (said += text));
    this.#running.push(child);
    return { process: child, said: () => said };
  }

  environment(container: string): Record<string, string> {
    const env: Record<string, string> = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
    for (const { name, value, valueFrom } of this.#container(container).env ?? []) {
      const secret = valueFrom?.secretKeyRef;
      const found = secret === undefined ? this.#settings.name : this.#valuesOf(secret.name)?.[secret.key];
      if (value === undefined && found === undefined && secret?.optional !== true)
        throw new Error(`no ${name}: the container would not start`);
      const given = value ?? found;
      if (given !== undefined)
        env[name] = given.replaceAll(/\$\((\w+)\)/g, (whole: string, key: string) => env[key] ?? whole);
    }
    return env;
  }

  close(): void {
    for (const child of this.#running) child.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
    for (const root of this.#roots) rmSync(root, { recursive: true, force: true });
  }

  #container(name: string) {
    const { initContainers = [], containers } = this.#settings.spec;
    const found = [...initContainers, ...containers].find((container: KubeObject) => container["name"] === name);
    if (found === undefined) throw new Error(`no container ${name}`);
    return found;
  }

  #commandLine(name: string, instead?: readonly string[]): string[] {
    const { command, args = [], volumeMounts = [], securityContext = {} } = this.#container(name);
    const root = mkdtempSync(join(tmpdir(), "riposte-root-"));
    chmodSync(root, 0o755);
    this.#roots.push(root);
    this.#settings.image(root);
    const steps = ["set -e", `mount --bind '${root}' '${root}'`, ...hostParts(root)];
    for (const mount of [...volumeMounts].sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1))) {
      const from = this.#mounted(mount.name, mount.subPath ?? "");
      const to = join(root, mount.mountPath);
      makeMountPoint(to, statSync(from).isDirectory());
      steps.push(`mount --bind '${from}' '${to}'`);
      if (mount.readOnly === true) steps.push(`mount -o remount,ro,bind '${to}'`);
    }
    // Behind the pod's own mounts: a checkout below /tmp would be hidden by the pod's.
    for (const folder of this.#settings.has ?? []) {
      const to = join(root, folder);
      steps.push(`mkdir -p '${to}'`, `mount --bind '${folder}' '${to}'`);
    }
    if (securityContext.readOnlyRootFilesystem === true) steps.push(`mount -o remount,ro,bind '${root}'`);
    const { add = [], drop = [] } = securityContext.capabilities ?? {};
    const bounds = drop.includes("ALL")
      ? [`--bounding-set=-all${add.map((cap: string) => `,+${cap.toLowerCase()}`).join("")}`]
      : [];
    const { fsGroup, ...ofPod } = this.#settings.spec.securityContext ?? {};
    const { runAsUser = 0, runAsGroup = 0 } = { ...ofPod, ...securityContext };
    const groups = fsGroup === undefined ? "--clear-groups" : `--groups=${fsGroup}`;
    const who = runAsUser > 0 ? [`--reuid=${runAsUser}`, `--regid=${runAsGroup}`, groups] : [];
    const words = [
      "chroot",
      root,
      "setpriv",
      ...bounds,
      ...who,
      ...(instead ?? [...(command ?? this.#settings.entrypoint ?? []), ...args]),
    ];
    steps.push(`exec ${words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ")}`);
    // A process namespace ends as a whole with the one that is killed here.
    const unshare = ["unshare", "--mount", "--propagation=private", "--pid", "--fork", "--kill-child"];
    const { network } = this.#settings;
    if (network === "own") return [...unshare, "--net", "sh", "-c", `ip link set lo up\n${steps.join("\n")}`];
    const joins = network === undefined ? [] : ["nsenter", `--net=/proc/${network().pid}/ns/net`];
    return [...joins, ...unshare, "sh", "-c", steps.join("\n")];
  }

  /** The kubelet makes a subPath that is not there, with the mode of the volume. */
  #mounted(name: string, subPath: string): string {
    const volume = this.volume(name);
    const path = join(volume, subPath);
    if (!existsSync(path)) {
      const { mode, gid } = statSync(volume);
      for (let made = volume; made !== path;) {
        made = join(made, path.slice(made.length + 1).split("/")[0] ?? "");
        if (existsSync(made)) continue;
        mkdirSync(made);
        if ((mode & 0o2000) !== 0) chownSync(made, 0, gid);
        chmodSync(made, mode & 0o7777);
      }
    }
    return path;
  }

  #makeVolumes(life: "claim" | "pod"): void {
    const { spec } = this.#settings;
    const named = new Set<string>(spec.volumes.map(({ name }: KubeObject) => name));
    const mounted: readonly string[] = [...(spec.initContainers ?? []), ...spec.containers].flatMap(
      ({ volumeMounts = [] }) => volumeMounts.map(({ name }: KubeObject) => name),
    );
    const claims = [...new Set(mounted)].filter((name) => !named.has(name)).map((name) => ({ name }));
    for (const volume of life === "claim" ? claims : spec.volumes) {
      if (life === "pod") rmSync(this.volume(volume.name), { recursive: true, force: true });
      mkdirSync(this.volume(volume.name), { recursive: true });
      chmodSync(this.volume(volume.name), life === "claim" ? 0o755 : 0o777);
      if (life === "pod" && volume.emptyDir === undefined) this.#fill(volume);
    }
    // As the kubelet does at each start of a pod, with a group of the pod's.
    const group = spec.securityContext?.fsGroup;
    if (group === undefined || life === "claim") return;
    for (const { name } of [...claims, ...spec.volumes]) {
      spawnSync("chown", ["-hR", `:${group}`, this.volume(name)]);
      spawnSync("chmod", ["-R", "g+rwX", this.volume(name)]);
      spawnSync("find", [this.volume(name), "-type", "d", "-exec", "chmod", "g+s", "{}", "+"]);
    }
  }

  /** ConfigMaps and Secrets lie in a folder of their own behind two links. */
  #fill({ name, configMap, secret, projected }: KubeObject): void {
    const volume = this.volume(String(name));
    for (const old of readdirSync(volume)) rmSync(join(volume, old), { recursive: true });
    if (projected !== undefined) {
      this.#project(volume, projected);
      return;
    }
    const values: Readonly<Record<string, string>> =
      configMap === undefined ? (this.#valuesOf(secret.secretName) ?? {}) : this.#dataOf("ConfigMap", configMap.name);
    mkdirSync(join(volume, "..1"));
    symlinkSync("..1", join(volume, "..data"));
    const items =
      secret?.items?.map(({ key, path }: { key: string; path: string }) => [key, path]) ??
      Object.keys(values).map((key) => [key, key]);
    for (const [key, path] of items) {
      if (values[key] === undefined) continue;
      writeFileSync(join(volume, "..1", path), values[key], { mode: 0o644 });
      symlinkSync(join("..data", path), join(volume, path));
    }
  }

  #project(volume: string, { sources, defaultMode }: KubeObject): void {
    for (const { configMap, secret } of sources as readonly KubeObject[]) {
      const values =
        configMap === undefined ? (this.#valuesOf(secret.name) ?? {}) : this.#dataOf("ConfigMap", configMap.name);
      const items: readonly { key: string; path: string }[] =
        (configMap ?? secret).items ?? Object.keys(values).map((key) => ({ key, path: key }));
      for (const { key, path } of items) {
        const value = values[key];
        if (value === undefined) continue;
        mkdirSync(dirname(join(volume, path)), { recursive: true });
        writeFileSync(join(volume, path), value);
        // The chart's YAML is of the kind in which 0440 is octal; the parser of these tests is of the other.
        chmodSync(join(volume, path), Number.parseInt(String(defaultMode), 8));
      }
    }
  }

  #valuesOf(secret: string): Readonly<Record<string, string>> | undefined {
    const given = this.#settings.secrets[secret];
    if (given !== undefined) return given;
    if (!this.#settings.objects.some(({ kind, metadata }) => kind === "Secret" && metadata.name === secret))
      return undefined;
    return Object.fromEntries(
      Object.entries(this.#dataOf("Secret", secret)).map(([key, value]) => [
        key,
        Buffer.from(value, "base64").toString(),
      ]),
    );
  }

  #dataOf(kind: string, name: string): Readonly<Record<string, string>> {
    const object = this.#settings.objects.find((each) => each.kind === kind && each.metadata.name === name);
    if (object === undefined) throw new Error(`no ${kind} ${name}`);
    return object["data"] as Readonly<Record<string, string>>;
  }
}

/** The programs of this machine, and its devices. */
function hostParts(root: string): string[] {
  const steps: string[] = [];
  for (const name of ["usr", "bin", "sbin", "lib", "lib64", "dev"]) {
    const host = lstatSync(`/${name}`, { throwIfNoEntry: false });
    if (host === undefined) continue;
    if (host.isSymbolicLink()) symlinkSync(`usr/${name}`, join(root, name));
    else {
      mkdirSync(join(root, name), { recursive: true });
      steps.push(`mount --rbind /${name} '${join(root, name)}'`);
    }
  }
  return steps;
}

function makeMountPoint(path: string, isFolder: boolean): void {
  if (existsSync(path)) return;
  mkdirSync(isFolder ? path : dirname(path), { recursive: true });
  if (!isFolder) writeFileSync(path, "");
}
