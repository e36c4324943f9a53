import type { Problem } from "./problem.ts";
import { z } from "zod";
import { isThisMachine } from "../core/no-proxy.ts";
import { ROLES, SCOPES, type Role } from "../core/scope.ts";
import type { DoorSettings, TokenTerms } from "../ports/door-settings.ts";
import { absolutePath } from "./absolute-path.ts";
import { Name } from "./name.ts";
import { SecretField } from "./secret.ts";

const LISTEN = "127.0.0.1:8080";
const LISTEN_FORM = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):(\d{1,5})$/;
const LISTEN_RULE = `expected an address and a port. Example: ${LISTEN}`;

const Listen = z
  .string({ error: ({ input }) => (input === undefined ? undefined : LISTEN_RULE) })
  .regex(LISTEN_FORM, { error: LISTEN_RULE, abort: true })
  .refine((text) => Number(LISTEN_FORM.exec(text)?.[2]) <= 65_535, { error: LISTEN_RULE })
  .meta({ examples: [LISTEN] })
  .transform((text) => {
    const [, host = "", port = ""] = LISTEN_FORM.exec(text) ?? [];
    return { host: host.replaceAll(/[[\]]/g, ""), port: Number(port) };
  })
  .meta({
    description:
      "Where /healthz, /readyz and /metrics are served, and /v1 to those whom tokens names; without it no port is opened.",
  });

const TLS_RULE =
  "expected { certificate: /etc/riposte/tls.crt, key: /etc/riposte/tls.key }, or off where a proxy before Riposte ends TLS";

const TlsFiles = z.strictObject({
  certificate: absolutePath("/etc/riposte/tls.crt").meta({
    description: "PEM file with the certificate, and what leads to its CA.",
  }),
  key: absolutePath("/etc/riposte/tls.key").meta({ description: "PEM file with its private key." }),
  client_ca: absolutePath("/etc/riposte/clients.pem")
    .optional()
    .meta({ description: "PEM file with the CA of the certificates that clients may show instead of a token." }),
});

const Tls = z
  .union(
    [
      TlsFiles,
      z.string().refine((word) => word === "off", { error: TLS_RULE }),
      // What YAML 1.1 makes of the word.
      z.boolean().refine((on) => !on, { error: TLS_RULE }),
    ],
    { error: ({ input }) => (typeof input === "object" && input !== null ? undefined : TLS_RULE) },
  )
  .meta({ description: "TLS of the port; the files are followed as they change." });

const KNOWN_BY = "secret: { file: /etc/riposte/tokens/NAME }, or certificate: NAME";

const Token = z
  .strictObject({
    name: Name.meta({ description: "What the audit has as who; unique.", examples: ["forwarder-1"] }),
    secret: SecretField.optional(),
    certificate: z
      .string()
      .min(1)
      .max(253)
      .optional()
      .meta({
        description: "Instead of secret: the common name, or an alternative name, of the client's certificate.",
        examples: ["forwarder-1.corp.example"],
      }),
    may: z
      .array(z.enum(SCOPES))
      .min(1)
      .optional()
      .meta({ description: "send: alerts. hooks: call hooks. read: see everything. act: what people do." }),
    role: z
      .enum(Object.keys(ROLES) as Role[])
      .optional()
      .meta({ description: "Instead of may: viewer reads, responder reads and acts, admin may all." }),
  })
  .superRefine(({ secret, certificate, may, role }, context) => {
    const wrong = (message: string, path: string[] = []): void => context.addIssue({ code: "custom", path, message });
    if (secret === undefined && certificate === undefined) wrong(`says not how it is known. Write ${KNOWN_BY}`);
    if (secret !== undefined && certificate !== undefined)
      wrong("either secret or certificate, not both", ["certificate"]);
    if (may === undefined && role === undefined)
      wrong(`may nothing. Write may: [send] (${SCOPES.join(", ")}) or role: viewer (${Object.keys(ROLES).join(", ")})`);
    if (may !== undefined && role !== undefined) wrong("either may or role, not both", ["role"]);
  });
type Token = z.infer<typeof Token>;

/** `http`: the door for other machines. */
export const HttpDoor = z
  .strictObject({ listen: Listen, tls: Tls.optional(), tokens: z.array(Token).optional() })
  .superRefine(({ listen, tls, tokens = [] }, context) => {
    const wrong = (message: string, ...path: (string | number)[]): void =>
      context.addIssue({ code: "custom", path, message });
    const twins = (key: (token: Token) => string | undefined, at: string, message: string): void => {
      const keys = tokens.map(key);
      for (const [i, own] of keys.entries()) {
        if (own !== undefined && keys.indexOf(own) < i) wrong(message, "tokens", i, at);
      }
    };
    twins(({ name }) => name, "name", "another token has this name already");
    twins(({ certificate }) => certificate, "certificate", "another token has this certificate already");
    twins(
      ({ secret }) => secret && JSON.stringify(secret),
      "secret",
      "another token has this secret already, so nobody could tell the two apart",
    );
    const files = typeof tls === "object" ? tls : null;
    for (const [i, { certificate }] of tokens.entries()) {
      if (certificate === undefined || files?.client_ca !== undefined) continue;
      wrong(
        "needs client_ca in http.tls, which says whose certificates are believed. Example: /etc/riposte/clients.pem",
        "tokens",
        i,
        "certificate",
      );
    }
    if (tls === undefined && tokens.length > 0 && !isThisMachine(listen.host)) {
      wrong(
        `without tls anybody on the way to ${listen.host} could read the tokens. Write tls: { certificate: /etc/riposte/tls.crt, key: /etc/riposte/tls.key }, or tls: off where a proxy before Riposte ends TLS`,
        "tokens",
      );
    }
  });
type HttpDoor = z.infer<typeof HttpDoor>;

export function doorOf({ listen, tls, tokens = [] }: HttpDoor): DoorSettings {
  return {
    ...listen,
    tls:
      typeof tls === "object"
        ? { certificate: tls.certificate, key: tls.key, clientCa: tls.client_ca ?? null }
        : tls === undefined
          ? null
          : "off",
    tokens: tokens.map(tokenOf),
  };
}

function tokenOf({ name, secret, certificate = "", may, role = "viewer" }: Token): TokenTerms {
  const scopes = may ?? ROLES[role];
  return {
    name,
    proof: secret === undefined ? { kind: "certificate", subject: certificate } : { kind: "secret", secret },
    may: SCOPES.filter((scope) => scopes.includes(scope)),
  };
}

/** What is allowed and hardly meant. */
export function doorDoubts(http: DoorSettings | null): readonly Problem[] {
  if (http === null || http.tls === null || http.tls === "off" || http.tls.clientCa === null) return [];
  if (http.tokens.some(({ proof }) => proof.kind === "certificate")) return [];
  const says = "no token is known by a certificate, so nobody gets in by one. Write certificate: NAME in a token";
  return [{ path: ["http", "tls", "client_ca"], at: "key", says }];
}
