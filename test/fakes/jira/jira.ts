import {
  jsonAnswer,
  pathWithoutQuery,
  textAnswer,
  type Vendor,
  type VendorAnswer,
  type VendorRequest,
} from "../vendor.ts";
import { aboutRoutes } from "./about.ts";
import { failedLogin, isKnown, turnAway, type JiraToken, type LoginHabit } from "./access.ts";
import { attachmentRoutes } from "./attachments.ts";
import { Refused, refusal, type Call, type Route } from "./call.ts";
import { commentRoutes } from "./comments.ts";
import { createmetaRoutes } from "./createmeta.ts";
import type { JiraIssue } from "./issue.ts";
import { issueRoutes } from "./issues.ts";
import { cloudLimits, Limits, type LimitOptions } from "./limits.ts";
import { linkRoutes } from "./links.ts";
import { JiraWithPeople } from "./people.ts";
import { searchRoutes } from "./search.ts";
import { JiraSite, type SiteOptions } from "./site.ts";
import { transitionRoutes } from "./transitions.ts";

/**
 * Jira Cloud (REST v3 and v2) or Data Center (v2) with its bad habits: no idempotency, a search that lags, unseen and
 * deleted all the same 404, refusals by field and in rounds, three limits, and people who move, close and delete.
 */
export class FakeJira extends JiraWithPeople implements Vendor {
  readonly limits: Limits;
  /** Who may come in; a test takes one away or lets it expire. */
  readonly tokens: JiraToken[];
  /** What a token that is worth nothing gets. */
  loginHabit: LoginHabit;
  /** While it stands every call is answered with it, done (`done`) or not: a day of outage, a proxy's error page. */
  outage: Outage | null = null;
  /** Answers to give to the next calls instead of doing anything, first in first out. */
  readonly scripted: VendorAnswer[] = [];
  readonly requests: JiraRequest[] = [];

  constructor(options: JiraOptions) {
    super(new JiraSite(options));
    this.limits = new Limits(options.limits ?? (options.deployment === "Cloud" ? cloudLimits : {}));
    this.tokens = [...(options.tokens ?? [usualToken(options.deployment)])];
    this.loginHabit = options.loginHabit ?? "json";
  }

  get issues(): readonly JiraIssue[] {
    return this.site.issues;
  }

  /** What a person would still have to work on: neither deleted nor done. */
  liveIssues(): readonly JiraIssue[] {
    return this.issues.filter((issue) => issue.isLive);
  }

  handle(request: VendorRequest, nowMs: number): VendorAnswer {
    const { door, path } = this.#door(request);
    const outage = this.outage;
    const matched = matchRoute(this.site.deployment, request.method, path);
    const answer =
      this.scripted.shift() ??
      (outage !== null && !outage.done ? outage.answer : this.#answer(request, door, path, matched, nowMs));
    const given = outage?.answer ?? answer;
    const { method } = request;
    this.requests.push({
      at: nowMs,
      method,
      path: request.path,
      route: matched === null ? null : `${method} ${matched.route.path}`,
      body: request.body,
      status: given.status,
    });
    return given;
  }

  #door(request: VendorRequest): { door: "site" | "gateway"; path: string } {
    const path = pathWithoutQuery(request.path);
    const gateway = `/ex/jira/${this.site.cloudId}`;
    if (this.site.deployment === "Cloud" && path.startsWith(`${gateway}/`)) {
      return { door: "gateway", path: path.slice(gateway.length) };
    }
    return { door: "site", path };
  }

  #answer(
    request: VendorRequest,
    door: "site" | "gateway",
    path: string,
    matched: Match | null,
    nowMs: number,
  ): VendorAnswer {
    if (this.site.deployment === "Cloud" && door === "site" && path === "/_edge/tenant_info") {
      return jsonAnswer(200, { cloudId: this.site.cloudId });
    }
    if (matched === null) return lost(request.path);
    if (matched.kind === "method") return textAnswer(405, "");
    const { route } = matched;
    const known = isKnown(request, this.tokens, door, this.site.deployment, nowMs);
    // A site tells what it is to whoever asks; the gateway tells nobody anything.
    const isOpen = route.path === "/serverInfo" && door === "site";
    const goesOn = known || isOpen || (this.loginHabit === "anonymous" && route.anonymous !== undefined);
    if (!goesOn) return turnAway(this.loginHabit, door, this.site.url);

    const call: Call = {
      site: this.site,
      request,
      params: matched.params,
      query: new URL(request.path, "http://jira").searchParams,
      version: matched.version,
      nowMs,
      user: known ? this.site.me : null,
    };
    const answer = this.limits.refuse(this.#limited(route, matched.params), nowMs) ?? run(route, call);
    return known || isOpen ? answer : { ...answer, headers: { ...answer.headers, ...failedLogin } };
  }

  #limited(route: Route, params: Readonly<Record<string, string>>) {
    const named = route.method === "GET" ? undefined : params["issue"];
    const writtenIssueId = named === undefined ? null : (this.site.find(named)?.id ?? null);
    return { method: route.method, endpoint: route.path, writtenIssueId };
  }
}

export interface JiraOptions extends SiteOptions {
  /** One that `usualAuthorization` fits, unless others are given. */
  readonly tokens?: readonly JiraToken[];
  readonly loginHabit?: LoginHabit;
  readonly limits?: LimitOptions;
}

export interface Outage {
  readonly answer: VendorAnswer;
  /** Whether the calls are carried out all the same. */
  readonly done: boolean;
}

export interface JiraRequest {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** `POST /issue/{issue}/comment`; null where there is no such way in. */
  readonly route: string | null;
  readonly body: string;
  readonly status: number;
}

export const usualEmail = "riposte@example.com";
export const usualTokenText = "fake-jira-token-5b1e";

/** The header that the usual token goes in. */
export function usualAuthorization(deployment: "Cloud" | "Server"): string {
  if (deployment === "Server") return `Bearer ${usualTokenText}`;
  return `Basic ${Buffer.from(`${usualEmail}:${usualTokenText}`).toString("base64")}`;
}

function usualToken(deployment: "Cloud" | "Server"): JiraToken {
  return { token: usualTokenText, ...(deployment === "Cloud" && { email: usualEmail }) };
}

type Match =
  | {
      readonly kind: "route";
      readonly route: Route;
      readonly params: Readonly<Record<string, string>>;
      readonly version: 2 | 3;
    }
  | { readonly kind: "method"; readonly route: Route };

const routes: readonly Route[] = [
  ...aboutRoutes,
  ...createmetaRoutes,
  ...issueRoutes,
  ...commentRoutes,
  ...transitionRoutes,
  ...linkRoutes,
  ...attachmentRoutes,
  ...searchRoutes,
];

const compiled = routes.map((route) => ({ route, segments: route.path.split("/") }));

function matchRoute(deployment: "Cloud" | "Server", method: string, path: string): Match | null {
  const [, named, rest] = /^\/rest\/api\/(2|3|latest)(\/.*)$/.exec(path) ?? [];
  if (named === undefined || rest === undefined || (named === "3" && deployment === "Server")) return null;
  const version = named === "3" ? 3 : 2;
  const segments = rest.split("/");
  let other: Route | null = null;
  for (const { route, segments: wanted } of compiled) {
    if (route.only !== undefined && route.only !== deployment) continue;
    const params = matchSegments(wanted, segments);
    if (params === null) continue;
    if (route.method === method) return { kind: "route", route, params, version };
    other ??= route;
  }
  return other === null ? null : { kind: "method", route: other };
}

function matchSegments(wanted: readonly string[], given: readonly string[]): Record<string, string> | null {
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [n, segment] of wanted.entries()) {
    const text = given[n] ?? "";
    if (segment.startsWith("{")) {
      if (text === "") return null;
      params[segment.slice(1, -1)] = decodeURIComponent(text);
    } else if (segment !== text) return null;
  }
  return params;
}

function run(route: Route, call: Call): VendorAnswer {
  try {
    return route.run(call);
  } catch (error) {
    if (error instanceof Refused) return error.answer;
    throw error;
  }
}

function lost(path: string): VendorAnswer {
  return refusal(404, [`null for uri: ${path}`]).answer;
}
