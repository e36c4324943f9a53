// As much of a Kubernetes API server as `helm upgrade --install` talks to: it says what it serves, keeps what it is
// given, and nothing runs in it.
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { KubeObject } from "./helm.ts";

const SERVES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  v1: {
    secrets: "Secret",
    configmaps: "ConfigMap",
    services: "Service",
    serviceaccounts: "ServiceAccount",
    pods: "Pod",
  },
  "apps/v1": { statefulsets: "StatefulSet", deployments: "Deployment" },
  "policy/v1": { poddisruptionbudgets: "PodDisruptionBudget" },
  "networking.k8s.io/v1": { networkpolicies: "NetworkPolicy" },
  "apiregistration.k8s.io/v1": { apiservices: "APIService" },
  "external-secrets.io/v1": { externalsecrets: "ExternalSecret" },
};

export interface StandInCluster {
  readonly env: Readonly<Record<string, string>>;
  objects(kind: string): readonly KubeObject[];
  close(): Promise<void>;
}

export async function openStandInCluster(): Promise<StandInCluster> {
  const kept = new Map<string, KubeObject>();
  const server = createServer((request, response) => {
    readAll(request).then(
      (body) => {
        // Helm's own records of releases, which are forgotten: it finds the objects by their labels as those of its release.
        const type = request.headers["content-type"] ?? "";
        if (type.includes("protobuf")) {
          response.writeHead(201, { "content-type": type }).end(body);
          return;
        }
        const [status, answer] = answerTo(kept, request, body.toString());
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = mkdtempSync(join(tmpdir(), "riposte-cluster-"));
  const config = join(folder, "kubeconfig");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(
    config,
    stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "c",
      clusters: [{ name: "c", cluster: { server: url } }],
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      users: [{ name: "u", user: {} }],
    }),
  );
  return {
    env: { KUBECONFIG: config },
    objects: (kind) => [...kept.values()].filter((object) => object.kind === kind),
    close: () =>
      new Promise((resolve) => {
        rmSync(folder, { recursive: true });
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function answerTo(
  kept: Map<string, KubeObject>,
  { method = "GET", url = "" }: IncomingMessage,
  body: string,
): readonly [number, unknown] {
  const { pathname, searchParams } = new URL(url, "http://cluster");
  const discovery = discoveryAt(pathname);
  if (discovery !== null) return [200, discovery];
  const [, version, , resource = "", name = ""] =
    /^\/apis?\/((?:[^/]+\/)?v1)(\/namespaces\/[^/]+)?\/([^/]+)(?:\/([^/]+))?$/.exec(pathname) ?? [];
  const kind = SERVES[version ?? ""]?.[resource];
  if (kind === undefined) return [404, failure(404, `the server could not find ${pathname}`)];
  const there = kept.get(`${kind} ${name}`);
  if (method === "GET" && name === "") {
    const wanted = (searchParams.get("labelSelector") ?? "").split(",").filter((term) => term.includes("="));
    const items = [...kept.values()].filter(
      (object) => object.kind === kind && wanted.every((term) => hasLabel(object, term)),
    );
    return [200, { apiVersion: version, kind: `${kind}List`, metadata: { resourceVersion: "1" }, items }];
  }
  if (method === "GET" || method === "DELETE") {
    if (there === undefined) return [404, failure(404, `${resource} "${name}" not found`)];
    if (method === "DELETE") kept.delete(`${kind} ${name}`);
    return [200, there];
  }
  const given = parse(body) as KubeObject;
  const object = (method === "PATCH" && there !== undefined ? merged(there, given) : given) as KubeObject;
  const stored = {
    ...object,
    apiVersion: version ?? "",
    kind,
    metadata: { ...object.metadata, namespace: "wazuh", resourceVersion: "1", uid: "1" },
  };
  kept.set(`${kind} ${stored.metadata.name}`, stored);
  return [method === "POST" ? 201 : 200, stored];
}

function discoveryAt(path: string): unknown {
  if (path === "/version") return { major: "1", minor: "36", gitVersion: "v1.36.0" };
  if (path === "/api") return { kind: "APIVersions", versions: ["v1"] };
  const groups = Object.keys(SERVES).filter((version) => version.includes("/"));
  if (path === "/apis") {
    const list = groups.map((groupVersion) => ({
      name: groupVersion.split("/")[0],
      versions: [{ groupVersion, version: "v1" }],
      preferredVersion: { groupVersion, version: "v1" },
    }));
    return { kind: "APIGroupList", apiVersion: "v1", groups: list };
  }
  const version = path.replace(/^\/apis?\//, "");
  const serves = SERVES[version];
  if (serves === undefined) return null;
  const verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];
  const resources = Object.entries(serves).map(([name, kind]) => ({
    name,
    singularName: kind.toLowerCase(),
    namespaced: true,
    kind,
    verbs,
  }));
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion: version, resources };
}

function hasLabel({ metadata }: KubeObject, term: string): boolean {
  const [key = "", value] = term.split("=");
  return (metadata["labels"] as Record<string, string> | undefined)?.[key] === value;
}

function merged(old: unknown, given: unknown): unknown {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return given;
  const before = (typeof old === "object" && old !== null ? old : {}) as Record<string, unknown>;
  return {
    ...before,
    ...Object.fromEntries(Object.entries(given).map(([key, value]) => [key, merged(before[key], value)])),
  };
}

function failure(code: number, message: string): unknown {
  return { kind: "Status", apiVersion: "v1", status: "Failure", reason: "NotFound", code, message };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
