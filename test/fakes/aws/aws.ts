import { pathWithoutQuery, type Vendor, type VendorAnswer, type VendorRequest } from "../vendor.ts";
import { SecretShelf } from "./secret-shelf.ts";
import { refusal, type Refused } from "./refusal.ts";

export interface FakeAwsOptions {
  readonly region?: string;
  /** Access keys that AWS knows from the start. */
  readonly keys?: readonly string[];
}

/** One call of Secrets Manager. */
export interface AwsCall {
  readonly action: string;
  readonly secret: string | null;
  /** The access key that it was signed with. */
  readonly key: string | null;
  /** Null: it went well. */
  readonly refused: string | null;
}

const ACCOUNT = "123456789012";

/**
 * AWS as far as Riposte sees it: Secrets Manager, the STS call that makes credentials of a service account's token, and
 * the agent that hands credentials to a pod. Signatures are looked at as far as their scope and key, and not computed.
 */
export class FakeAws implements Vendor {
  readonly region: string;
  readonly shelf: SecretShelf;
  readonly calls: AwsCall[] = [];
  /** What is answered to the next calls of Secrets Manager instead of doing anything, first in first out. */
  readonly refuseNext: Refused[] = [];
  /** Tokens of service accounts by the role that they may have. */
  readonly trusted = new Map<string, string>();
  /** What a pod's agent wants to be shown; null: there is no such agent. */
  podToken: string | null = null;
  /** Names of secrets that nobody may read. */
  readonly denied = new Set<string>();
  readonly #keys = new Map<string, "valid" | "expired">();
  #issued = 0;

  constructor({ region = "eu-central-1", keys = ["AKIATEST"] }: FakeAwsOptions = {}) {
    this.region = region;
    this.shelf = new SecretShelf(region, ACCOUNT);
    for (const key of keys) this.#keys.set(key, "valid");
  }

  expire(key: string): void {
    this.#keys.set(key, "expired");
  }

  handle(request: VendorRequest, nowMs: number): VendorAnswer {
    const path = pathWithoutQuery(request.path);
    if (request.method === "GET" && path === "/pod-credentials") return this.#podCredentials(request, nowMs);
    const target = request.headers["x-amz-target"];
    if (target === undefined) return this.#sts(new URLSearchParams(request.body), nowMs);
    return this.#secretsManager(target.replace(/^secretsmanager\./, ""), request, nowMs);
  }

  #secretsManager(action: string, request: VendorRequest, nowMs: number): VendorAnswer {
    const wanted = JSON.parse(request.body) as Readonly<Record<string, unknown>>;
    const secret = typeof wanted["SecretId"] === "string" ? wanted["SecretId"] : null;
    const key = keyOf(request);
    const done = this.refuseNext.shift() ?? this.#refusesCaller(request) ?? this.#do(action, wanted, nowMs);
    const isRefused = "type" in done;
    this.calls.push({ action, secret, key, refused: isRefused ? done.type : null });
    const headers = { "content-type": "application/x-amz-json-1.1" };
    if (!isRefused) return { status: 200, headers, body: JSON.stringify(done.answer) };
    const { status = 400, type, message } = done;
    return { status, headers, body: JSON.stringify({ __type: type, Message: message }) };
  }

  #refusesCaller(request: VendorRequest): Refused | null {
    const authorization = request.headers["authorization"] ?? "";
    const scope = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request,/.exec(authorization);
    if (scope === null) return refusal("MissingAuthenticationTokenException", "Missing Authentication Token");
    const [, key = "", region, service] = scope;
    if (service !== "secretsmanager" || region !== this.region)
      return refusal("InvalidSignatureException", `Credential should be scoped to a valid region.`);
    const state = this.#keys.get(key);
    if (state === undefined)
      return refusal("UnrecognizedClientException", "The security token included in the request is invalid.");
    if (state === "expired")
      return refusal("ExpiredTokenException", "The security token included in the request is expired");
    if (key.startsWith("ASIA") && request.headers["x-amz-security-token"] === undefined)
      return refusal("UnrecognizedClientException", "The security token included in the request is invalid.");
    return null;
  }

  #do(
    action: string,
    wanted: Readonly<Record<string, unknown>>,
    nowMs: number,
  ): Refused | { readonly answer: Readonly<Record<string, unknown>> } {
    const id = textOr(wanted["SecretId"], textOr(wanted["Name"], ""));
    if (this.denied.has(id)) {
      const who = `arn:aws:sts::${ACCOUNT}:assumed-role/riposte/session`;
      const says = `User: ${who} is not authorized to perform: secretsmanager:${action} on resource: ${id} because no identity-based policy allows the secretsmanager:${action} action`;
      return refusal("AccessDeniedException", says);
    }
    switch (action) {
      case "GetSecretValue":
        return this.shelf.get(id, textOr(wanted["VersionStage"], "AWSCURRENT"), wanted["VersionId"]);
      case "DescribeSecret":
        return this.shelf.describe(id);
      case "CreateSecret":
        return this.shelf.create(id, textOr(wanted["SecretString"], ""), nowMs);
      default:
        return refusal("UnknownOperationException", "");
    }
  }

  /** A web identity's token for credentials of an hour. */
  #sts(query: URLSearchParams, nowMs: number): VendorAnswer {
    const headers = { "content-type": "text/xml" };
    const xml = (status: number, body: string): VendorAnswer => ({ status, headers, body });
    const no = (status: number, code: string, message: string): VendorAnswer =>
      xml(
        status,
        `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
      );
    if (query.get("Action") !== "AssumeRoleWithWebIdentity")
      return no(400, "InvalidAction", "Could not find operation");
    const role = query.get("RoleArn") ?? "";
    if (this.trusted.get(query.get("WebIdentityToken") ?? "") !== role)
      return no(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity");
    const { AccessKeyId, SecretAccessKey, Token, Expiration } = this.#issue(nowMs);
    return xml(
      200,
      `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>${AccessKeyId}</AccessKeyId><SecretAccessKey>${SecretAccessKey}</SecretAccessKey><SessionToken>${Token}</SessionToken><Expiration>${Expiration}</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>AROA:s</AssumedRoleId><Arn>${role}/s</Arn></AssumedRoleUser></AssumeRoleWithWebIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleWithWebIdentityResponse>`,
    );
  }

  #podCredentials(request: VendorRequest, nowMs: number): VendorAnswer {
    const headers = { "content-type": "application/json" };
    if (this.podToken === null || request.headers["authorization"] !== this.podToken)
      return { status: 401, headers, body: JSON.stringify({ code: "AccessDenied", message: "no" }) };
    return { status: 200, headers, body: JSON.stringify({ ...this.#issue(nowMs), AccountId: ACCOUNT }) };
  }

  #issue(nowMs: number) {
    this.#issued += 1;
    const AccessKeyId = `ASIATEST${this.#issued}`;
    this.#keys.set(AccessKeyId, "valid");
    const Expiration = new Date(nowMs + 3_600_000).toISOString();
    return { AccessKeyId, SecretAccessKey: "not-a-real-secret", Token: `session-${this.#issued}`, Expiration };
  }
}

function keyOf({ headers }: VendorRequest): string | null {
  return /Credential=([^/]+)\//.exec(headers["authorization"] ?? "")?.[1] ?? null;
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}
